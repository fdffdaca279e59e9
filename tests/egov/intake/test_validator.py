"""The one validator: what is asked, what is right, and what a person is told about a fault."""

import datetime as dt

import pytest
from django.utils import translation

from egov.intake import rules
from egov.intake.rules import FormDefinitionError, compile_form


def question(kind: str = "string", **more: object) -> dict[str, object]:
    return {"type": kind, "x-title": {"zh-Hans": "问题", "en": "Question"}, **more}


def form_of(properties: dict[str, object], **more: object) -> rules.Form:
    return compile_form({"type": "object", "properties": properties, **more})


def codes(form: rules.Form, answers: dict[str, object], **more: object) -> dict[str, str]:
    return {fault.path: fault.code for fault in rules.check(form, answers, **more).faults}


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


def test_missing_answer_names_the_question_and_what_to_do():
    form = form_of({"street": question(**{"x-title": {"zh-Hans": "街道", "en": "Street"}})}, required=["street"])
    (fault,) = rules.check(form, {"street": "   "}).faults
    assert (fault.path, fault.code) == ("street", "required")
    assert "Street" in str(fault.message)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("2026-3-7", "2026-03-07"),
        ("2026/03/07", "2026-03-07"),
        ("2026年3月7日", "2026-03-07"),
        ("２０２６－３－７", "2026-03-07"),
        ("20260307", "2026-03-07"),
    ],
)
def test_dates_are_read_as_people_write_them(typed, kept):
    form = form_of({"on": question(format="date")})
    assert rules.check(form, {"on": typed}).answers == {"on": kept}


@pytest.mark.parametrize("typed", ["2026-02-30", "2026-13-01", "26-1-1", "yesterday", "2026-1", "0000-01-01"])
def test_days_that_do_not_exist_are_refused(typed):
    assert codes(form_of({"on": question(format="date")}), {"on": typed}) == {"on": "format"}


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("1,234.5", "1234.50"),
        ("¥100", "100.00"),
        ("１００元", "100.00"),
        (100, "100.00"),
        (0.1, "0.10"),
        ("007", "7.00"),
    ],
)
def test_money_is_kept_as_a_decimal_string(typed, kept):
    assert rules.check(form_of({"sum": question(format="money")}), {"sum": typed}).answers == {"sum": kept}


@pytest.mark.parametrize("typed", ["-5", "5.001", "1e3", "NaN", "five", "9" * 20, "1.2.3"])
def test_what_is_no_amount_is_refused(typed):
    assert codes(form_of({"sum": question(format="money")}), {"sum": typed}) == {"sum": "format"}


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("138 0013 8000", "13800138000"),
        ("+86-13800138000", "13800138000"),
        ("１３８００１３８０００", "13800138000"),
        ("+49 1512 3456789", "+4915123456789"),
    ],
)
def test_phone_numbers(typed, kept):
    assert rules.check(form_of({"phone": question(format="phone")}), {"phone": typed}).answers == {"phone": kept}


@pytest.mark.parametrize("typed", ["12345", "1380013800", "abc", "+999"])
def test_wrong_phone_numbers(typed):
    assert codes(form_of({"phone": question(format="phone")}), {"phone": typed}) == {"phone": "format"}


def test_identity_numbers_and_credit_codes_are_normalised_and_checked():
    form = form_of({"id": question(format="cn-resident-id"), "uscc": question(format="cn-uscc")})
    typed = {"id": " 33010619950506997x", "uscc": "91110108ma01dem07k"}
    assert rules.check(form, typed).answers == {"id": "33010619950506997X", "uscc": "91110108MA01DEM07K"}
    assert codes(form, {"id": "110101199003079971", "uscc": "91110108MA01DEM07L"}) == {"id": "format", "uscc": "format"}


def test_text_is_composed_and_freed_of_what_cannot_be_shown():
    form = form_of({"line": question(), "text": question(**{"x-widget": "textarea"})})
    typed = {"line": " Cafe\u0301\x00\r\nnext\u202e ", "text": "a\r\nb\x07\ud800"}
    assert rules.check(form, typed).answers == {"line": "Café next", "text": "a\nb"}


def test_a_hidden_question_is_neither_required_nor_kept():
    form = form_of(
        {
            "lost": question("boolean"),
            "where": question(**{"x-visible-when": "lost == true", "x-required-when": "lost == true"}),
        }
    )
    assert codes(form, {"lost": True}) == {"where": "required"}
    assert codes(form, {"lost": False, "where": "x" * 9999}) == {}
    assert rules.check(form, {"lost": False, "where": "bus"}).answers == {"lost": False}


def test_an_answer_hidden_by_a_hidden_answer_counts_for_nothing():
    form = form_of(
        {
            "third": question(**{"x-visible-when": 'second == "yes"'}),
            "second": question(**{"x-visible-when": 'first == "yes"'}),
            "first": question(),
        }
    )
    answers = {"first": "no", "second": "yes", "third": "stale"}
    assert rules.check(form, answers).answers == {"first": "no"}


def test_a_hidden_page_hides_its_questions():
    form = form_of(
        {"a": question(), "b": question()},
        required=["a", "b"],
        **{
            "x-pages": [
                {"key": "one", "title": {"en": "One"}, "fields": ["a"]},
                {"key": "two", "title": {"en": "Two"}, "fields": ["b"], "visible_when": 'a == "more"'},
            ]
        },
    )
    assert codes(form, {"a": "less"}) == {}
    assert codes(form, {"a": "more"}) == {"b": "required"}


def test_a_condition_over_a_missing_number_does_not_hold():
    form = form_of(
        {"area": question("number"), "fire": question(**{"x-visible-when": "area > 300"})}, required=["fire"]
    )
    assert "fire" not in rules.check(form, {}).visible
    assert "fire" not in rules.check(form, {"area": "big"}).visible
    assert "fire" in rules.check(form, {"area": "300.5"}).visible


def test_conditions_see_money_in_whole_fen():
    form = form_of({"sum": question(format="money"), "proof": question(**{"x-visible-when": "sum >= 100001"})})
    assert "proof" not in rules.check(form, {"sum": "1000.00"}).visible
    assert "proof" in rules.check(form, {"sum": "1000.01"}).visible


def test_a_declaration_must_be_confirmed():
    form = form_of({"promise": question("boolean", const=True, **{"x-widget": "checkbox"})})
    assert codes(form, {}) == {"promise": "required"}
    assert codes(form, {"promise": "on"}) == {}


def test_an_unticked_box_says_no():
    form = form_of({"agree": question("boolean")}, required=["agree"])
    assert rules.check(form, {}).answers == {"agree": False}


def group(**more: object) -> dict[str, object]:
    row = {
        "type": "object",
        "properties": {
            "name": question(),
            "share": question(format="money"),
            "why": question(**{"x-visible-when": 'name == "other"', "x-required-when": 'name == "other"'}),
        },
        "required": ["name"],
    }
    return question("array", items=row, **{"x-widget": "group", **more})


def test_faults_inside_a_group_name_the_row():
    form = form_of({"people": group()})
    answers = {"people": [{"name": "a", "share": "x"}, {}, {"share": "1"}, {"name": "other"}]}
    assert codes(form, answers) == {"people/0/share": "format"}
    answers["people"][0]["share"] = "1"
    assert codes(form, answers) == {"people/1/name": "required", "people/2/why": "required"}


def test_empty_rows_are_left_out_and_row_limits_hold():
    form = form_of({"people": group(minItems=1, maxItems=2)}, required=["people"])
    assert codes(form, {"people": [{}, {"name": " "}]}) in ({"people": "too_few"}, {"people": "required"})
    assert codes(form, {"people": [{"name": "a"}] * 3}) == {"people": "too_many"}
    assert rules.check(form, {"people": [{}, {"name": "a"}]}).answers == {"people": [{"name": "a"}]}


def test_files_count_by_material():
    schema = {"type": "object", "properties": {"photo": question(**{"x-widget": "file", "x-material": "portrait"})}}
    materials = [
        {"key": "portrait", "name": {"en": "Portrait"}, "source": "applicant", "required": "always", "max_mb": 5}
    ]
    form = compile_form(schema, materials)
    assert form.by_key["photo"].max_mb == 5
    assert codes(form, {}) == {"photo": "required"}
    assert codes(form, {"photo": "JZ-F-1"}) == {"photo": "required"}, "a file is attached, not claimed"
    assert rules.check(form, {}, files={"portrait": ["JZ-F-1"]}).answers == {"photo": "JZ-F-1"}


def test_a_material_nobody_asks_for_gets_a_question_of_its_own():
    materials = [
        {"key": "plan", "name": {"en": "Floor plan"}, "source": "applicant", "required": 'kind == "shop"'},
        {"key": "licence", "name": {"en": "Licence"}, "source": "shared", "required": "always"},
    ]
    form = compile_form({"type": "object", "properties": {"kind": question()}}, materials)
    assert [page.key for page in form.pages] == ["form", "documents"]
    assert codes(form, {"kind": "shop"}) == {"plan": "required"}
    assert codes(form, {"kind": "office"}) == {}


def test_codes_that_do_not_exist_are_refused():
    form = form_of({"district": question(**{"x-widget": "region"})})
    assert codes(form, {"district": "999999"}, known={"region": {"990102"}}) == {"district": "enum"}
    assert codes(form, {"district": "990102"}, known={"region": {"990102"}}) == {}


def test_a_question_the_form_does_not_ask_is_named():
    assert codes(form_of({"a": question()}), {"b": 1}) == {"b": "unknown"}


def test_partial_answers_are_checked_without_missing_ones():
    form = form_of({"a": question(), "on": question(format="date")}, required=["a"])
    assert [fault.code for fault in rules.validate(form, {"on": "soon"}, partial=True)] == ["format"]
    assert [fault.code for fault in rules.validate(form, {"on": "soon"})] == ["required", "format"]


def test_one_mistake_is_told_once():
    form = form_of({"n": question("integer", minimum=1, maximum=3)})
    (fault,) = rules.check(form, {"n": "many"}).faults
    assert fault.code == "type"
    (fault,) = rules.check(form, {"n": 7}).faults
    assert "1" in str(fault.message)
    assert "3" in str(fault.message)


@pytest.mark.parametrize(
    ("language", "part"), [("en", "Give the year, month and day of “Day”."), ("zh-hans", "请填写“日子”的年、月、日。")]
)
def test_messages_come_in_the_language_of_the_page(language, part):
    form = form_of({"on": question(format="date", **{"x-title": {"zh-Hans": "日子", "en": "Day"}})}, required=["on"])
    with translation.override(language):
        (fault,) = rules.check(form, {}).faults
    assert str(fault.message) == part


@pytest.mark.parametrize(
    "schema",
    [
        {"type": "array"},
        {"type": "object", "properties": {"a": {"type": "object"}}},
        {"type": "object", "properties": {"a": {"type": "string", "maxLength": "many"}}},
        {
            "type": "object",
            "properties": {"a": question(**{"x-visible-when": "b"}), "b": question(**{"x-visible-when": "a"})},
        },
        {"type": "object", "properties": {"a": question()}, "x-pages": [{"key": "p", "title": {}, "fields": ["z"]}]},
    ],
)
def test_a_form_that_cannot_be_used_is_refused_when_it_is_compiled(schema):
    with pytest.raises(FormDefinitionError):
        compile_form(schema)


def test_texts_between_quotes_are_no_questions():
    form = form_of({"a": question(**{"x-visible-when": "b == \"a\" or b == 'a'"}), "b": question()})
    assert form.order == ("b", "a")


def test_prices_follow_the_answers():
    form = form_of({"reason": question(enum=["lost", "first"])})
    fee = {
        "basis": {"en": "Law art. 20"},
        "items": [
            {"key": "first", "name": {"en": "First"}, "amount": "0.00", "when": 'reason == "first"'},
            {"key": "lost", "name": {"en": "Replacement"}, "amount": "40.00", "when": 'reason == "lost"'},
        ],
    }
    lost = rules.price_of(fee, form, {"reason": "lost"}, name={"en": "Card"})
    assert str(lost.total) == "40.00"
    assert lost.lines[0].basis == {"en": "Law art. 20"}
    assert rules.price_of(fee, form, {"reason": "first"}, name={"en": "Card"}).lines == ()
    assert str(rules.price_of({"amount": "120"}, form, {}, name={"en": "Card"}).total) == "120.00"


def test_remaining_minutes_go_down_and_never_below_one():
    form = form_of({key: question(**{"x-widget": "textarea"}) for key in "abcde"})
    empty = rules.minutes_left(form, rules.check(form, {}), sources={})
    full = rules.minutes_left(form, rules.check(form, dict.fromkeys("abcde", "text")), sources={})
    assert empty > full == 1


# --- Days -----------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("limit", "day", "code"),
    [
        ({"x-not-after": "today"}, "2026-03-02", ""),
        ({"x-not-after": "today"}, "2026-03-03", "too_late"),
        ({"x-not-before": "today"}, "2026-03-02", ""),
        ({"x-not-before": "today"}, "2026-3-1", "too_early"),
    ],
)
def test_a_day_lies_on_the_side_of_today_that_the_form_says(limit, day, code):
    form = form_of({"on": question(format="date", **limit)})
    assert codes(form, {"on": day}, today=dt.date(2026, 3, 2)) == ({"on": code} if code else {})


def test_a_day_is_not_before_another_day_of_the_form():
    form = form_of({"first": question(format="date"), "last": question(format="date", **{"x-not-before": "first"})})
    assert codes(form, {"first": "2026-03-09", "last": "2026-03-10"}) == {}
    (fault,) = rules.check(form, {"first": "2026-03-10", "last": "2026-3-9"}).faults
    assert (fault.path, fault.code) == ("last", "too_early")
    assert "2026-03-10" in str(fault.message)
    assert codes(form, {"last": "2026-03-09"}) == {}
