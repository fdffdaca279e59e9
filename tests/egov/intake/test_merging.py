"""One form for several services: each element once, nothing needed missing, the same verdict as apart."""

from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from egov.intake import rules

TITLE = {"zh-Hans": "问题", "en": "Question"}
PAGE = {"zh-Hans": "材料", "en": "Documents"}


def form(properties: dict[str, Any], *, required: tuple[str, ...] = (), **more: Any) -> rules.Form:
    schema = {
        "type": "object",
        "properties": {key: {"x-title": TITLE, **value} for key, value in properties.items()},
        "required": list(required),
    }
    return rules.compile_form({**schema, **more})


NAME = {"type": "string", "x-element": "person.name"}
LEASE = {"type": "string", "x-widget": "file", "x-material": "lease"}


def test_one_element_is_asked_once_and_reaches_every_member_under_its_own_key():
    merged = rules.merge({"A": form({"applicant": NAME}), "B": form({"operator": NAME, "area": {"type": "number"}})})
    assert [question.key for question in merged.questions] == ["person__name", "b__area"]
    assert merged.serves["person__name"] == ("A", "B")
    assert merged.part("B").own({"person__name": "林晓雯", "b__area": 80}) == {"operator": "林晓雯", "area": 80}
    assert (merged.questions_apart, len(merged.questions)) == (3, 2)


def test_rows_of_several_forms_are_the_same_where_they_agree_else_in_their_place():
    def rows(*columns: str) -> rules.Question:
        items = {"type": "object", "properties": {column: {"type": "string", "x-title": TITLE} for column in columns}}
        return form({"rows": {"type": "array", "x-widget": "group", "items": items}}).by_key["rows"]

    known = [{"name": "甲", "phone": "1"}, {"name": "乙", "phone": "2"}]
    asked = rows("name", "share")
    assert rules.beside(asked, [{"name": "乙", "share": "4"}], known) == [{"name": "乙", "share": "4", "phone": "2"}]
    renamed = [{"name": "丙"}, {"name": "乙"}]
    assert rules.beside(asked, renamed, known) == [{"name": "丙", "phone": "1"}, {"name": "乙", "phone": "2"}]
    assert rules.beside(asked, [{"name": "丙"}], known) == [{"name": "丙"}], "which one it was, nobody knows"
    apart = [{"share": "6"}, {"share": "4"}]
    assert rules.beside(rows("share"), apart, known) == [{**known[0], "share": "6"}, {**known[1], "share": "4"}]
    assert rules.beside(rows("name", "phone"), [{"name": "甲"}], known) == [{"name": "甲"}], "emptied, not forgotten"


def test_one_document_is_asked_for_once():
    merged = rules.merge({"A": form({"paper": LEASE}), "B": form({"lease": LEASE})})
    assert [question.material for question in merged.file_questions] == ["lease"]
    files = {"lease": ["F1"]}
    assert merged.part("A").own_files(files) == merged.part("B").own_files(files) == files


def test_the_strictest_limits_hold():
    merged = rules.merge(
        {"A": form({"n": {**NAME, "maxLength": 5}}), "B": form({"n": {**NAME, "minLength": 3, "maxLength": 9}})}
    )
    for name, right in (("ab", False), ("abcd", True), ("abcdef", False)):
        assert (not rules.check(merged, {"person__name": name}).faults) is right
        assert rules.is_right(merged.by_key["person__name"], name) is right


def test_only_choices_that_all_know_are_offered_and_kinds_that_do_not_fit_are_a_clash():
    kind = {"type": "string", "x-element": "shop.kind"}
    merged = rules.merge(
        {"A": form({"k": {**kind, "enum": ["x", "y"]}}), "B": form({"k": {**kind, "enum": ["y", "z"]}})}
    )
    assert merged.questions[0].choices == ("y",)
    apart = rules.merge({"A": form({"k": {**kind, "enum": ["x"]}}), "B": form({"k": kind})})
    assert [question.key for question in apart.questions] == ["shop__kind", "b__k"]
    assert apart.clashes == (rules.Clash("shop.kind", ("A", "B")),)


def test_what_an_earlier_member_brings_is_not_asked_and_not_missed():
    number = {"type": "string", "x-element": "child.id_number"}
    later = form({"id": number, "school": {"type": "string"}}, required=("id", "school"))
    merged = rules.merge({"B": later}, awaited={"B": frozenset({"child.id_number"})})
    assert [question.key for question in merged.questions] == ["b__school"]
    assert [fault.path for fault in rules.check(merged, {}).faults] == ["b__school"]
    assert not rules.check(merged, {"b__school": "实验小学"}).faults


def test_a_condition_of_one_member_does_not_hide_the_question_from_another():
    sells = form(
        {"kind": {"type": "string", "enum": ["food", "other"]}, "n": {**NAME, "x-visible-when": 'kind == "food"'}}
    )
    always = form({"n": NAME}, required=("n",))
    merged = rules.merge({"A": sells, "B": always})
    checked = rules.check(merged, {"a__kind": "other", "person__name": "面馆"})
    assert "person__name" in checked.visible
    assert "person__name" in checked.required
    assert rules.check_part(merged.part("A"), checked.answers).answers == {"kind": "other"}


def test_rows_asked_by_two_members_have_the_columns_of_both_and_each_gets_its_own():
    def rows(**columns: Any) -> dict[str, Any]:
        item = {"type": "object", "properties": {key: {"x-title": TITLE, **each} for key, each in columns.items()}}
        return {"type": "array", "x-widget": "group", "x-element": "organisation.staff", "items": item}

    a = form({"people": rows(name={"type": "string"}, share={"type": "number"})})
    b = form({"staff": rows(name={"type": "string"}, role={"type": "string"})})
    merged = rules.merge({"A": a, "B": b})
    answers = {"organisation__staff": [{"name": "赵", "share": 60, "role": "cook"}]}
    checked = rules.check(merged, answers)
    assert not checked.faults
    assert rules.check_part(merged.part("B"), answers).answers == {"staff": [{"name": "赵", "role": "cook"}]}


def test_pages_under_one_title_are_one_page_and_documents_come_last():
    pages = [{"key": "docs", "title": PAGE, "fields": ["p"]}, {"key": "q", "title": TITLE, "fields": ["x"]}]
    a = form({"p": {**LEASE, "x-material": "plan"}, "x": {"type": "string"}}, **{"x-pages": pages})
    b = form({"p": LEASE}, **{"x-pages": pages[:1]})
    merged = rules.merge({"A": a, "B": b})
    assert [page.fields for page in merged.pages] == [("a__x",), ("file__plan", "file__lease")]


def test_what_depends_on_a_later_answer_is_asked_after_it_also_under_the_same_title():
    child = {"key": "child", "title": TITLE, "fields": ["name"]}
    a = form({"name": NAME}, **{"x-pages": [child]})
    b = form(
        {
            "claims": {"type": "boolean"},
            "school": {"type": "string"},
            "stage": {"type": "string", "x-visible-when": "claims == true"},
        },
        **{
            "x-pages": [
                {"key": "what", "title": PAGE, "fields": ["claims"]},
                {"key": "child", "title": TITLE, "fields": ["school", "stage"]},
            ]
        },
    )
    merged = rules.merge({"A": a, "B": b})
    assert [page.fields for page in merged.pages] == [("person__name", "b__school"), ("b__claims",), ("b__stage",)]


def test_what_no_register_can_know_for_one_member_is_filled_in_for_none():
    merged = rules.merge({"A": form({"n": NAME}), "B": form({"n": {**NAME, "x-prefill": False}})})
    assert not merged.by_key["person__name"].prefill


# --- Properties -----------------------------------------------------------------------------------------
ELEMENTS = {
    "person.name": {"type": "string", "maxLength": 8},
    "shop.area": {"type": "integer", "minimum": 0, "maximum": 900},
    "shop.food": {"type": "boolean"},
    "shop.kind": {"type": "string", "enum": ["a", "b"]},
}
VALUES = {
    "person.name": st.one_of(st.none(), st.text("面馆王", min_size=1, max_size=10)),
    "shop.area": st.one_of(st.none(), st.integers(-1, 901)),
    "shop.food": st.one_of(st.none(), st.booleans()),
    "shop.kind": st.one_of(st.none(), st.sampled_from(["a", "b", "c"])),
}
KIND_OF = {"text": "person.name", "number": "shop.area", "checkbox": "shop.food", "radio": "shop.kind"}
CONDITIONS = {
    "person.name": "{} != null",
    "shop.area": "{} >= 300",
    "shop.food": "{} == true",
    "shop.kind": '{} == "a"',
}


@st.composite
def member_forms(draw: Any) -> rules.Form:
    properties: dict[str, Any] = {}
    required = []
    element_of = {}
    for number, element in enumerate(draw(st.lists(st.sampled_from(list(ELEMENTS)), unique=True, max_size=4))):
        key = f"k{number}"
        shared = draw(st.booleans())
        properties[key] = {**ELEMENTS[element], "x-title": TITLE, **({"x-element": element} if shared else {})}
        if element_of and draw(st.booleans()):
            other = draw(st.sampled_from(sorted(element_of)))
            properties[key][draw(st.sampled_from(["x-visible-when", "x-required-when"]))] = CONDITIONS[
                element_of[other]
            ].format(other)
        elif draw(st.booleans()):
            required.append(key)
        element_of[key] = element
    return rules.compile_form({"type": "object", "properties": properties, "required": required})


@st.composite
def bundles(draw: Any) -> tuple[rules.MergedForm, dict[str, Any]]:
    merged = rules.merge({f"M{number}": draw(member_forms()) for number in range(draw(st.integers(1, 4)))})
    answers = {}
    for question in merged.questions:
        value = draw(VALUES[KIND_OF[question.widget]])
        if value is not None:
            answers[question.key] = value
    return merged, answers


@settings(max_examples=250, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(bundles())
def test_the_merged_form_asks_exactly_what_the_members_need(case):
    merged, answers = case
    elements = [question.element for question in merged.questions if question.element]
    assert len(elements) == len(set(elements)), "an element is asked twice"
    checked = rules.check(merged, answers)
    needed, visible = set(), set()
    faultless = True
    for part in merged.parts:
        own = rules.check(part.form, part.own(answers))
        visible |= {part.names[key] for key in own.visible}
        needed |= {part.names[key] for key in own.required}
        faultless = faultless and not own.faults
    assert checked.visible == visible
    assert checked.required == needed
    assert (not checked.faults) is faultless
    for fault in checked.faults:
        assert fault.path in merged.by_key
    if faultless:
        for part in merged.parts:
            alone = rules.check(part.form, part.own(answers))
            assert rules.check_part(part, checked.answers).answers == checked.of(part.member).answers == alone.answers
            assert checked.of(part.member).visible == alone.visible
