"""Whatever comes in: never an exception, one verdict for page, API and import, and what is right stays right."""

import json
from typing import Any

from django.http import QueryDict
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from egov.intake import rules
from egov.kernel.errors import EgovError

ANY_TEXT = st.one_of(
    st.text(max_size=40),
    st.sampled_from(
        [
            "",
            " ",
            "\x00",
            "\u202eabc",
            "NaN",
            "1e999",
            "-0",
            "＇ OR 1=1",
            "<script>",
            "𠮷",
            "é",
            "🇨🇳👨‍👩‍👧",
            "\ud800",
            "2026-02-30",
            "true",
        ]
    ),
)
ANY_VALUE = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), ANY_TEXT),
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(st.text(max_size=8), inner, max_size=4)),
    max_leaves=12,
)
TITLE = {"zh-Hans": "问题", "en": "Question"}


@st.composite
def leaves(draw: Any) -> tuple[dict[str, Any], st.SearchStrategy[Any]]:
    """A question and right answers to it."""
    kind = draw(
        st.sampled_from(["text", "textarea", "integer", "number", "boolean", "radio", "date", "money", "phone"])
    )
    base: dict[str, Any] = {"x-title": TITLE}
    if kind in ("text", "textarea"):
        low = draw(st.integers(0, 3))
        high = draw(st.integers(4, 30))
        schema = {**base, "type": "string", "minLength": low, "maxLength": high, "x-widget": kind}
        words = st.text(st.characters(categories=("L", "N")), min_size=max(low, 1), max_size=4)
        return schema, words.filter(lambda text: low <= len(rules.tidy(text)) <= high and rules.tidy(text) == text)
    if kind == "integer":
        return {**base, "type": "integer", "minimum": -5, "maximum": 500}, st.integers(-5, 500)
    if kind == "number":
        return {**base, "type": "number", "minimum": 0}, st.integers(0, 10**6).map(lambda n: n / 8)
    if kind == "boolean":
        return {**base, "type": "boolean"}, st.booleans()
    if kind == "radio":
        return {**base, "type": "string", "enum": ["a", "b", "c"]}, st.sampled_from(["a", "b", "c"])
    if kind == "date":
        return {**base, "type": "string", "format": "date"}, st.dates().map(str)
    if kind == "money":
        return {**base, "type": "string", "format": "money"}, st.integers(0, 10**9).map(
            lambda n: f"{n // 100}.{n % 100:02}"
        )
    return {**base, "type": "string", "format": "phone"}, st.integers(0, 10**8 - 1).map(lambda n: f"139{n:08}")


@st.composite
def forms(draw: Any) -> tuple[rules.Form, dict[str, Any]]:
    """A form with conditions, pages and a group, and answers that are right where they are asked."""
    properties: dict[str, Any] = {}
    answers: dict[str, Any] = {}
    required = []
    for number in range(draw(st.integers(1, 6))):
        key = f"q{number}"
        schema, right = draw(leaves())
        if number and draw(st.booleans()):
            schema["x-visible-when"] = draw(st.sampled_from([f"q{number - 1} != null", 'q0 == "a"', "q0 == true"]))
        if draw(st.booleans()):
            required.append(key)
        properties[key] = schema
        answers[key] = draw(right)
    if draw(st.booleans()):
        schema, right = draw(leaves())
        row = {"type": "object", "properties": {"inner": schema}, "required": ["inner"]}
        properties["rows"] = {"type": "array", "items": row, "x-widget": "group", "x-title": TITLE, "maxItems": 4}
        answers["rows"] = [{"inner": value} for value in draw(st.lists(right, max_size=3)) if value is not False]
    cut = draw(st.integers(0, len(properties)))
    keys = list(properties)
    pages = [
        {"key": f"p{i}", "title": TITLE, "fields": part} for i, part in enumerate((keys[:cut], keys[cut:])) if part
    ]
    schema = {"type": "object", "properties": properties, "required": required, "x-pages": pages}
    return rules.compile_form(schema), answers


@st.composite
def forms_and_anything(draw: Any) -> tuple[rules.Form, dict[str, Any]]:
    form, answers = draw(forms())
    for key in draw(st.sets(st.sampled_from(list(form.by_key)))):
        answers[key] = draw(ANY_VALUE)
    return form, answers


SETTINGS = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@SETTINGS
@given(forms_and_anything())
def test_whatever_comes_in_is_judged_not_crashed_on(case):
    form, answers = case
    try:
        kept = rules.storable(form, answers)
    except EgovError:
        return
    checked = rules.check(form, kept)
    stored = json.dumps({"draft": kept, "answers": checked.answers}, ensure_ascii=False, allow_nan=False)
    assert "\x00" not in json.loads(stored).get("draft", {}).values()
    stored.encode()  # every character can be written
    for fault in checked.faults:
        assert fault.path.split("/")[0] in form.by_key
        assert "%(" not in str(fault.message)
    assert set(checked.answers) <= checked.visible


@SETTINGS
@given(forms())
def test_right_answers_have_no_faults(case):
    form, answers = case
    assert rules.check(form, rules.storable(form, answers)).faults == ()


@SETTINGS
@given(forms_and_anything())
def test_what_was_found_right_is_found_right_again(case):
    form, answers = case
    try:
        checked = rules.check(form, rules.storable(form, answers))
    except EgovError:
        return
    if not checked.faults:
        again = rules.check(form, checked.answers)
        assert (again.answers, again.faults) == (checked.answers, ())


def put(posted: QueryDict, question: rules.Question, name: str, value: Any) -> None:
    if question.widget == "checkbox":
        if value is True:
            posted[name] = "true"
    elif question.widget == "date" and isinstance(value, str) and value.count("-") == 2:
        for part, text in zip("ymd", value.split("-"), strict=True):
            posted[f"{name}__{part}"] = text
    elif value is not None:
        posted[name] = str(value)


def as_posted(form: rules.Form, answers: dict[str, Any]) -> QueryDict:
    """``answers`` as a browser sends the page's fields."""
    posted = QueryDict(mutable=True)

    for question in form.questions:
        value = answers.get(question.key)
        if question.is_group:
            for number, row in enumerate(value or []):
                for child in question.children:
                    put(posted, child, f"{question.key}/{number}/{child.key}", row.get(child.key))
        else:
            put(posted, question, question.key, value)
    return posted


def as_imported(form: rules.Form, answers: dict[str, Any]) -> dict[str, Any]:
    """``answers`` as a sheet brings them: everything is text."""

    def text(value: Any) -> Any:
        if isinstance(value, list):
            return [{key: text(item) for key, item in row.items()} for row in value]
        return value if value is None else str(value)

    return {key: text(value) for key, value in answers.items()}


@SETTINGS
@given(forms(), st.data())
def test_page_api_and_import_agree(case, data):
    form, answers = case
    for key in data.draw(st.sets(st.sampled_from(list(form.by_key)))):
        if not form.by_key[key].is_group and form.by_key[key].type != "boolean":  # a page only ticks or not
            answers[key] = data.draw(st.one_of(st.none(), st.integers(-10, 10), st.text("ab1-. 年", max_size=6)))
    from_api = rules.check(form, rules.storable(form, answers))
    from_page = rules.check(
        form, rules.storable(form, rules.read_page(form, as_posted(form, answers), asked=set(form.by_key)))
    )
    from_sheet = rules.check(form, rules.storable(form, as_imported(form, answers)))
    verdict = {(fault.path, fault.code) for fault in from_api.faults}
    assert {(fault.path, fault.code) for fault in from_page.faults} == verdict
    assert {(fault.path, fault.code) for fault in from_sheet.faults} == verdict
    if not verdict:
        assert from_page.answers == from_api.answers == from_sheet.answers
