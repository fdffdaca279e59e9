"""All shipped services side by side: one element is one question, so that any of them can be asked in one form."""

from collections import Counter
from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest
import yaml

from egov.catalogue.rules import check_given, element_of, longest_way, promised_days
from egov.intake import rules
from egov.intake.rules.merging import fit
from egov.registers.actions import DEFINITIONS
from tests.plugins.outcomes import EVENTS, SERVICES, definition, form_of

CODES = list(SERVICES)
FILEABLE = [code for code in CODES if form_of(code)]


@cache
def dictionary() -> dict[str, dict[str, Any]]:
    """Element → what it takes."""
    files = (yaml.safe_load(file.read_text(encoding="utf-8")) for file in DEFINITIONS.glob("*.yaml"))
    return {key: row.get("schema", {}) for read in files for key, row in read.get("elements", {}).items()}


def elements_in(form: rules.Form) -> Iterator[str]:
    for question in form.questions:
        yield from (each.element for each in (question, *question.children) if each.element)


@pytest.mark.parametrize("code", FILEABLE)
def test_a_form_names_elements_of_the_dictionary_and_asks_each_once(code):
    form = form_of(code)
    asked = [question.element for question in form.questions if question.element]
    assert set(elements_in(form)) <= dictionary().keys()
    assert not [element for element, times in Counter(asked).items() if times > 1]


@pytest.mark.parametrize("code", CODES)
def test_what_a_service_produces_is_in_the_dictionary(code):
    produced = {key for output in definition(code).get("outputs", []) for key in output.get("produces", {})}
    assert produced <= dictionary().keys()


def test_one_element_is_asked_in_one_way():
    """The same kind of answer, and the same choices under it, whoever asks."""
    first: dict[str, tuple[str, rules.Question]] = {}
    faults = []
    for code in FILEABLE:
        for question in form_of(code).questions:
            if not question.element:
                continue
            other, known = first.setdefault(question.element, (code, question))
            if not fit(known, question) or set(known.choices) != set(question.choices):
                faults.append(f"{question.element}: {other} and {code}")
    assert not faults


@pytest.mark.parametrize("code", EVENTS)
def test_what_an_event_answers_itself_is_asked_and_taken_by_its_members(code):
    asked: dict[str, list[dict[str, Any]]] = {}
    for row in EVENTS[code]["members"]:
        for field in (definition(row["service"]).get("form") or {}).get("properties", {}).values():
            asked.setdefault(field.get("x-element", ""), []).append(field)
    given = EVENTS[code].get("given", {})
    assert not list(check_given(given, dictionary=dictionary(), asked=asked))
    assert set(given) <= asked.keys()


@pytest.mark.parametrize("code", EVENTS)
def test_the_longest_way_is_the_one_that_publishing_would_reckon(code):
    read = {row["service"]: definition(row["service"]) for row in EVENTS[code]["members"]}
    days = {service: promised_days(each["promised_limit"], each["promised_unit"]) for service, each in read.items()}
    assert EVENTS[code]["longest"] == longest_way(EVENTS[code], days)


# Words that mean two things: (event, title) → why both are asked.
ASKED_TWICE = {
    ("LE03", "入学日期"): "of the course abroad, and of the schooling whose cost is deducted from tax",
}


@pytest.mark.parametrize("code", EVENTS)
def test_one_thing_is_not_asked_under_two_elements(code):
    """Nor as a question of a service's own beside an element of the dictionary: it would be asked twice in one form."""
    bound: dict[str, set[str]] = {}
    for service in (row["service"] for row in EVENTS[code]["members"]):
        for question in form.questions if (form := form_of(service)) else ():
            if not question.material:
                own = f"{service}.{question.key}"
                bound.setdefault(question.title["zh-Hans"], set()).add(question.element or own)
    twice = {title: sorted(found) for title, found in bound.items() if len(found) > 1}
    assert {title: found for title, found in twice.items() if (code, title) not in ASKED_TWICE} == {}


def test_every_question_is_bound_to_one_element_of_the_dictionary():
    """To one that services share, or to one of its own that no other element is called like."""
    own: list[str] = []
    for code in FILEABLE:
        for key, field in definition(code)["form"]["properties"].items():
            element = element_of(code, key, field)
            assert ("x-material" in field) is not bool(element), (code, key)
            if element and "x-element" not in field:
                assert field["x-title"]["zh-Hans"], (code, key)
                assert field["x-title"]["en"], (code, key)
                own.append(element)
    assert len(own) == len(set(own))
    assert not set(own) & dictionary().keys()
