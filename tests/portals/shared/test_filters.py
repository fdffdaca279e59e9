"""Dates, money, limits and localised text as people read them, in both languages."""

import datetime as dt
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from django.template import Context, Template
from django.utils import translation

from portals.shared.templatetags import egov_ui as ui

SHANGHAI = ZoneInfo("Asia/Shanghai")


def drawn(source: str, language: str, **values: object) -> str:
    with translation.override(language):
        return Template(source).render(Context(values))


@pytest.mark.parametrize(("language", "text"), [("zh-hans", "2026年11月24日"), ("en", "24 November 2026")])
def test_a_date_is_written_as_the_language_does(language, text):
    assert f">{text}</time>" in drawn("{{ day|local_date }}", language, day=dt.date(2026, 11, 24))


def test_a_moment_is_shown_on_the_wall_clock_of_the_authority():
    late = dt.datetime(2026, 11, 24, 16, 30, tzinfo=dt.UTC)  # 00:30 of the next day in Shanghai
    assert "2026年11月25日 00:30" in drawn("{{ moment|local_datetime }}", "zh-hans", moment=late)
    assert "25 November 2026, 00:30" in drawn("{{ moment|local_datetime }}", "en", moment=late)


def test_a_due_moment_of_midnight_belongs_to_the_day_before():
    due = dt.datetime(2026, 12, 8, 0, 0, tzinfo=SHANGHAI)
    assert "2026年12月7日" in drawn("{{ due|due_day }}", "zh-hans", due=due)


@pytest.mark.parametrize(
    ("value", "chinese", "english"),
    [("12", "12元", "¥12"), ("1234.5", "1,234.50元", "¥1,234.50"), ("-3", "−3元", "−¥3"), ("0", "0元", "¥0")],
)
def test_money_in_a_sentence(value, chinese, english):
    assert f">{chinese}<" in drawn("{{ value|money }}", "zh-hans", value=Decimal(value))
    assert f">{english}<" in drawn("{{ value|money }}", "en", value=Decimal(value))


def test_amounts_in_tables_have_two_places_and_a_true_minus():
    assert ui.amount(Decimal("-60000")) == "−60,000.00"
    assert ui.amount(None) == ""


@pytest.mark.parametrize(
    ("count", "unit", "language", "text"),
    [
        (1, "wd", "en", "1 working day"),
        (20, "wd", "en", "20 working days"),
        (20, "wd", "zh-hans", "20个工作日"),
        (0, "wd", "zh-hans", "当场办结"),
        (3, "m", "en", "3 months"),
        (60, "d", "zh-hans", "60日"),
    ],
)
def test_limits_in_words(count, unit, language, text):
    with translation.override(language):
        assert ui.limit(count, unit) == text


def test_an_unknown_unit_is_a_mistake_of_the_caller():
    with pytest.raises(KeyError):
        ui.limit(3, "moons")


def test_text_in_another_language_is_marked_with_it():
    only_chinese = {"zh-Hans": "文庙街18号"}
    assert drawn("{{ text|localised }}", "en", text=only_chinese) == '<span lang="zh-Hans">文庙街18号</span>'
    assert drawn("{{ text|localised }}", "zh-hans", text=only_chinese) == "文庙街18号"


def test_what_people_entered_is_escaped_and_marked():
    assert drawn("{{ name|data_text }}", "en", name="<b>林</b>") == '<span lang="zh-Hans">&lt;b&gt;林&lt;/b&gt;</span>'
    assert drawn("{{ name|data_text }}", "zh-hans", name="<b>") == "&lt;b&gt;"


@pytest.mark.parametrize(
    ("number", "shown"),
    [("310101199003071234", "310***********1234"), ("林晓雯", "林**"), ("13800138000", "138****8000"), ("", "")],
)
def test_masked_numbers_show_only_their_ends(number, shown):
    assert ui.masked(number) == shown


def test_the_query_of_the_page_survives_a_change(rf):
    request = rf.get("/services", {"q": "面馆", "after": "x", "theme": "food"})
    address = Template('{% query_with after="" theme="tax" %}').render(Context({"request": request}))
    assert address == "/services?q=%E9%9D%A2%E9%A6%86&amp;theme=tax"
