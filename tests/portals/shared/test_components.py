"""Components draw what they are given, escaped, with a word beside each colour."""

import datetime as dt
import re
from zoneinfo import ZoneInfo

import pytest
from django.contrib.staticfiles import finders
from django.template import Context, Template
from django.utils import translation

from portals.shared import components as c
from portals.shared import drawings

NOW = dt.datetime(2026, 11, 24, 10, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
DAY = dt.timedelta(days=1)


def drawn(source: str, **values: object) -> str:
    with translation.override("en"):
        return Template(source).render(Context(values))


@pytest.mark.parametrize(
    ("colour", "days", "tone", "word"),
    [
        ("green", 5, c.Tone.OK, "5 working days left"),
        ("yellow", 1, c.Tone.RISK, "1 working day left"),
        ("orange", 0, c.Tone.DUE, "Due today"),
        ("red", -4, c.Tone.MISS, "4 working days late"),
    ],
)
def test_a_deadline_says_in_a_word_what_its_colour_says(colour, days, tone, word):
    with translation.override("en"):
        deadline = c.Deadline.running(colour=colour, days=days, due=NOW)
    assert (deadline.badge.tone, str(deadline.badge.text)) == (tone, word)
    assert deadline.badge.shown_icon


def test_done_after_the_due_moment_is_not_called_on_time():
    with translation.override("en"):
        assert str(c.Deadline.done(at=NOW, due=NOW + DAY).badge.text) == "Done on time"
        assert str(c.Deadline.done(at=NOW, due=NOW).badge.text) == "Done, later than promised"


def test_lanes_lie_inside_the_drawing_and_in_order():
    lane = drawings.Lane(
        "Drainage",
        "Water",
        [
            drawings.Segment(drawings.Bar.RUN, NOW - 9 * DAY, NOW - 3 * DAY),
            drawings.Segment(drawings.Bar.PAUSE, NOW - 3 * DAY, NOW),
        ],
        c.Badge("waits", c.Tone.RISK),
        due=NOW + 6 * DAY,
    )
    drawing = drawings.Timeline.draw([lane], now=NOW)
    first, second = drawing.lanes[0].bars
    assert 0 <= float(first.x) < float(second.x) < float(drawing.lanes[0].due_x) <= 100
    assert float(first.x) + float(first.width) == pytest.approx(float(second.x), abs=0.02)
    assert float(drawing.now_x) < float(drawing.lanes[0].due_x)


def test_an_instant_is_still_visible():
    lane = drawings.Lane("x", "y", [drawings.Segment(drawings.Bar.DONE, NOW, NOW)], c.Badge("done", c.Tone.DONE))
    assert float(drawings.Timeline.draw([lane], now=NOW).lanes[0].bars[0].width) > 0


def test_the_summary_names_each_fault_in_the_order_of_the_page():
    inner = c.Field("grease", "Trap", error="too large")
    fields = [
        c.Field("oil", "Fat?", "radio", options=[c.Option("yes", "Yes", fields=[inner])]),
        c.Field("born", "Born", "date", error="in the future"),
        c.Field("staff", "Staff", "group", rows=[c.Row("1", [c.Field("staff/0/name", "Name", error="missing")])]),
    ]
    assert [(f.message, f.target) for f in c.faults_of(fields)] == [
        ("too large", "f-grease"),
        ("in the future", "f-born__y"),
        ("missing", "f-staff-0-name"),
    ]


def test_each_target_of_the_summary_is_a_control_on_the_page():
    fields = [
        c.Field("a", "A", error="x"),
        c.Field("b", "B", "radio", error="x", options=[c.Option("1", "One"), c.Option("2", "Two")]),
        c.Field("d", "D", "date", error="x"),
        c.Field("e", "E", "checkboxes", error="x", options=[c.Option("1", "One")]),
        c.Field("f", "F", "file", error="x"),
        c.Field("g", "G", "textarea", error="x"),
        c.Field("h", "H", "select", error="x", options=[c.Option("1", "One")]),
        c.Field("i", "I", "checkbox", error="x"),
    ]
    html = drawn("{% for item in fields %}{% field item %}{% endfor %}", fields=fields)
    for fault in c.faults_of(fields):
        assert re.search(rf'<(input|select|textarea)[^>]* id="{fault.target}"', html), fault.target


def test_a_field_ties_its_hint_and_its_error_to_the_control():
    html = drawn("{% field item %}", item=c.Field("a", "A", hint="how", error="wrong"))
    assert 'aria-describedby="f-a-h f-a-e"' in html
    assert 'aria-invalid="true"' in html
    assert 'id="f-a-h"' in html
    assert 'id="f-a-e"' in html


def test_what_people_typed_never_becomes_markup():
    nasty = '"><script>alert(1)</script>'
    fields = [c.Field("a", nasty, value=nasty, hint=nasty, error=nasty), c.Field("b", nasty, "textarea", value=nasty)]
    html = drawn("{% for item in fields %}{% field item %}{% endfor %}{% summary_list rows %}", fields=fields,
                 rows=[c.SummaryRow(nasty, nasty, c.Source(nasty), nasty)])  # fmt: skip
    assert "<script" not in html


def test_a_figure_draws_its_interval_on_its_axis():
    figure = c.Figure("On time", "96.8", "%", point=96.8, low=96.6, high=97.0, target=95, axis=(94, 98))
    assert 2 < float(figure.target_x) < float(figure.low_x) < float(figure.point_x) < float(figure.high_x) < 238


def test_a_chart_has_the_same_numbers_in_its_table():
    chart = c.BarChart("Tax", ["a", "b"], [c.Series("s", [1.0, 3.0], ["1.00", "3.00"])])
    html = drawn("{% chart chart %}", chart=chart)
    assert [float(cells[0].width) for _, cells, _ in chart.rows] == [pytest.approx(33.33, abs=0.01), 100.0]
    assert "<td>1.00</td>" in html
    assert "<td>3.00</td>" in html


def test_every_picture_that_a_template_names_is_in_the_sprite(settings):
    from pathlib import Path

    sprite = Path(finders.find("vendor/uswds/img/sprite.svg")).read_text()
    known = set(re.findall(r'id="([^"]+)"', sprite))
    named: set[str] = set(c.Badge.ICONS.values()) - {""}
    for path in (settings.BASE_DIR / "templates").rglob("*.html"):
        text = path.read_text()
        named |= set(re.findall(r'{% icon "([a-z_]+)"', text))
        named |= set(re.findall(r'{% badge [\w.]+ "[a-z]+" "([a-z_]+)"', text))
        named |= set(re.findall(r'{% empty (?:[\w."]+ )+"([a-z_]+)" %}', text))
    for path in (settings.BASE_DIR / "portals").rglob("*.py"):
        text = path.read_text()
        named |= set(re.findall(r'\bicon(?:_name)?=\s*"([a-z_]+)"', text))
        named |= set(re.findall(r'\bc\.Tone\.[A-Z]+, "([a-z_]+)"', text))
    assert sorted(named - known) == []


def test_no_template_holds_inline_style_or_script(settings):
    """The policy forbids them; a browser would drop them silently."""
    wrong = []
    for path in (settings.BASE_DIR / "templates").rglob("*.html"):
        text = path.read_text()
        if re.search(r"<style|\sstyle=|\son[a-z]+=\"|<script(?![^>]*(\bsrc=|application/json))", text):
            wrong.append(str(path))
    assert not wrong
