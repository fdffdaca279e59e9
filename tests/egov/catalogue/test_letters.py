"""What a department adds to its letters: every fault is named with its place, and what has none can be filled."""

import copy
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from egov.catalogue import actions, queries, rules
from egov.catalogue.models import ServiceVersion
from egov.kernel.actor import SYSTEM, Actor, CapacityKind
from egov.kernel.errors import InvalidInput
from egov.law.rules import LETTERS
from tests.plugins.catalogue import FORM

BOTH = {"zh-Hans": "请带{case}来。", "en": "Bring {case}."}
ROW = {"key": "next", "act": "grant", "text": BOTH}


def faults(*rows, **more):
    return [each.path for each in rules.check_letters(list(rows), form=FORM, **more)]


def test_good_paragraphs_have_no_fault():
    text = {tag: " ".join(f"{{{name}}}" for name in (*rules.PLACEHOLDERS, "answers.name")) for tag in ("zh-Hans", "en")}
    assert faults(ROW, {**ROW, "key": "named", "text": text, "when": 'kind == "b" and reason != null'}) == []
    assert faults(*({**ROW, "key": act, "act": act} for act in LETTERS)) == []


@pytest.mark.parametrize(
    ("row", "path"),
    [
        ({**ROW, "key": "Bad Key"}, "letters/0/key"),
        ({**ROW, "act": "deliver"}, "letters/next/act"),
        ({**ROW, "act": ["grant"]}, "letters/next/act"),
        ({**ROW, "colour": "red"}, "letters/next/colour"),
        ({**ROW, "text": {"en": "Bring it."}}, "letters/next/text/zh-Hans"),
        ({**ROW, "text": {**BOTH, "en": " \n"}}, "letters/next/text/en"),
        ({**ROW, "text": {**BOTH, "fr": "Venez."}}, "letters/next/text/fr"),
        ({**ROW, "text": {**BOTH, "en": ["Bring it."]}}, "letters/next/text/en"),
        ({**ROW, "text": {**BOTH, "en": "x" * 1001}}, "letters/next/text/en"),
        ({**ROW, "text": {**BOTH, "en": "{colour}"}}, "letters/next/text/en"),
        ({**ROW, "text": {**BOTH, "en": "{}"}}, "letters/next/text/en"),
        ({**ROW, "text": {**BOTH, "en": "{case.reference}"}}, "letters/next/text/en"),
        ({**ROW, "text": {**BOTH, "en": "{answers.colour}"}}, "letters/next/text/en"),
        ({**ROW, "text": {**BOTH, "en": "{answers.drawing}"}}, "letters/next/text/en"),  # a file
        ({**ROW, "text": {**BOTH, "en": "{{case}}"}}, "letters/next/text/en"),
        ({**ROW, "text": {**BOTH, "en": "Bring {case"}}, "letters/next/text/en"),
        ({**ROW, "text": {**BOTH, "zh-Hans": "请带｛case｝来。"}}, "letters/next/text/zh-Hans"),
        ({**ROW, "when": "kind =="}, "letters/next/when"),
        ({**ROW, "when": ""}, "letters/next/when"),
        ({**ROW, "when": True}, "letters/next/when"),
        ({**ROW, "when": "colour == 1"}, "letters/next/when"),
        ("Bring it.", "letters/0"),
    ],
)
def test_a_fault_is_named_with_its_place(row, path):
    assert set(faults(row)) == {path}


def test_a_text_that_is_none_lacks_both_languages():
    assert faults({**ROW, "text": "Bring it."}) == ["letters/next/text/zh-Hans", "letters/next/text/en"]


def test_two_paragraphs_have_two_keys_and_letters_are_a_list():
    assert faults(ROW, ROW) == ["letters/1/key"]
    assert [each.path for each in rules.check_letters({"grant": ROW}, form=FORM)] == ["letters"]
    assert faults(*({**ROW, "key": f"k{number}"} for number in range(41))) == ["letters"]


def test_only_what_the_procedure_issues_can_be_added_to(law):
    known = queries.known()
    assert "extend" in known.letters["licensing"]
    assert "extend" not in known.letters["benefit"], "a benefit knows no extension"
    assert faults({**ROW, "act": "extend"}, issued=known.letters["benefit"]) == ["letters/next/act"]
    assert faults({**ROW, "act": "withdraw"}, issued=known.letters["penalty"]) == ["letters/next/act"]


@pytest.mark.parametrize(
    "field",
    [
        {"type": "string", "format": "cn-resident-id"},
        {"type": "string", "x-widget": "id_number"},
        {"type": "string", "x-widget": "file"},
        {"type": "string", "x-widget": "post"},
        {"type": "array", "x-widget": "group", "items": {"type": "object", "properties": {}}},
        {"type": "array", "items": {"type": "object", "properties": {}}},
    ],
)
def test_who_somebody_is_and_what_is_no_sentence_stands_in_no_letter(field):
    form = {"type": "object", "properties": {"it": field}}
    row = {**ROW, "text": {"zh-Hans": "{answers.it}", "en": "{answers.it}"}}
    assert {each.path for each in rules.check_letters([row], form=form)} == {
        "letters/next/text/zh-Hans",
        "letters/next/text/en",
    }


texts = st.lists(st.one_of(st.text(max_size=20), st.sampled_from(["{case}", "{answers.name}", "{", "}", "{x}"]))).map(
    "".join
)


@given(text=texts, value=st.text(min_size=1))
def test_what_has_no_fault_is_filled_whole_and_what_is_put_in_is_never_read_again(text, value):
    row = {**ROW, "text": {"zh-Hans": text, "en": text}}
    if faults(row):
        return
    shown = rules.filled(text, lambda _name: value)
    assert shown == text.replace("{case}", value).replace("{answers.name}", value).strip() or "{" in value
    assert rules.filled(text, lambda _name: "") == ("" if "{" in text else text.strip())


# --- Piece by piece -----------------------------------------------------------------------------------------
def test_a_paragraph_moves_within_its_letter():
    rows = [{"key": key, "act": act} for key, act in (("a", "grant"), ("x", "accept"), ("b", "grant"))]

    def keys(changed):
        return [each["key"] for each in changed]

    assert keys(rules.with_paragraph_moved(rows, key="b", up=True)) == ["b", "x", "a"]
    assert keys(rules.with_paragraph_moved(rows, key="a", up=False)) == ["b", "x", "a"]
    assert keys(rules.with_paragraph_moved(rows, key="x", up=True)) == ["a", "x", "b"], "it is alone in its letter"
    assert keys(rules.without_paragraph(rows, key="x")) == ["a", "b"]
    changed = rules.with_paragraph(rows, row={"key": "x", "act": "refuse"})
    assert (keys(changed), changed[1]["act"]) == (["a", "x", "b"], "refuse")
    assert keys(rules.with_paragraph(rows, row={"key": "n", "act": "grant"})) == ["a", "x", "b", "n"]


@pytest.mark.django_db
def test_a_new_fault_is_refused_at_its_place(service):
    admin = Actor(kind=CapacityKind.POST, capacity="p-1", party_id=1, roles=frozenset({"platform_admin"}))
    draft = actions.draft_version(admin, code="ZZ01", changes={}, change_reason="x")
    with pytest.raises(InvalidInput) as caught:
        actions.design_version(admin, version_id=draft.pk, changes={"letters": [{**ROW, "act": "deliver"}]})
    assert [each.path for each in caught.value.faults] == ["letters/next/act"]
    row = actions.design_version(admin, version_id=draft.pk, changes={"letters": [ROW]})
    assert row.letters == [ROW]


# --- In and out ---------------------------------------------------------------------------------------------
@pytest.mark.django_db
def test_they_are_loaded_from_a_file_exported_and_brought_in_again(definitions, fileable):
    definitions.write("ZZ02", **fileable, letters=[ROW])
    definitions.load()
    assert queries.published("ZZ02").letters == [ROW]
    exported = json.loads(json.dumps(queries.export_configuration()))
    assert exported["services"][0]["content"]["letters"] == [ROW]
    assert actions.import_configuration(SYSTEM, data=copy.deepcopy(exported)).changed == []
    exported["services"][0]["content"]["letters"] = [{**copy.deepcopy(ROW), "act": "refuse"}]
    assert actions.import_configuration(SYSTEM, data=exported).updated == ["ZZ02"]
    assert queries.published("ZZ02").letters[0]["act"] == "refuse"
    exported["services"][0]["content"]["letters"][0]["text"]["en"] = "{colour}"
    with pytest.raises(InvalidInput) as caught:
        actions.import_configuration(SYSTEM, data=exported)
    assert [each.path for each in caught.value.faults] == ["ZZ02/letters/next/text/en"]


def test_a_file_from_before_there_were_letters_is_the_same_file():
    content = rules.complete({"promised_limit": 5})
    before = {name: value for name, value in content.items() if name != "letters"}
    assert rules.digest(content) == rules.digest(before)
    assert rules.digest({**content, "letters": [ROW]}) != rules.digest(before)


@pytest.mark.django_db
def test_a_difference_names_the_paragraph(new_service):
    old = new_service("ZZ09", letters=[ROW])
    new = ServiceVersion(service=old.service, **{**queries.content_of(old), "letters": [{**ROW, "act": "refuse"}]})
    assert [each.path for each in queries.differences(old, new)] == ["letters/next/act"]


def test_questions_come_in_the_order_of_the_pages():
    """Not of the database, which keeps the parts of an object by the length of their keys."""
    fields = {"a": {}, "later": {}, "first": {}, "nowhere": {}}
    form = {"properties": fields, "x-pages": [{"fields": ["first"]}, {"fields": ["later", "gone", "a"]}]}
    assert [key for key, _field in rules.in_order(form)] == ["first", "later", "a", "nowhere"]
    assert rules.in_order(None) == []
