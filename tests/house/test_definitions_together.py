"""All shipped services side by side: one element is one question, so that any of them can be asked in one form."""

from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from egov.catalogue.rules import check_given
from egov.intake import rules
from egov.intake.rules.merging import fit
from egov.registers.actions import DEFINITIONS

SERVICES = sorted(Path().glob("g2?/*/services/*.yaml"))
FILES = {file.stem: file for file in SERVICES}
EVENTS = sorted(Path("egov/catalogue/definitions/events").glob("*.yaml"))


@cache
def definition(code: str) -> dict[str, Any]:
    # A file is named by the code it defines (the catalogue refuses others), so each is read once.
    read: dict[str, Any] = yaml.safe_load(FILES[code].read_text(encoding="utf-8"))
    return read


@cache
def form_of(code: str) -> rules.Form | None:
    read = definition(code)
    return rules.compile_form(read["form"], read.get("materials", [])) if read.get("form") else None


CODES = [file.stem for file in SERVICES]
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


@pytest.mark.parametrize("file", EVENTS, ids=lambda path: path.stem)
def test_what_an_event_answers_itself_is_asked_and_taken_by_its_members(file):
    read = yaml.safe_load(file.read_text(encoding="utf-8"))["definition"]
    asked: dict[str, list[dict[str, Any]]] = {}
    for row in read["members"]:
        for field in (definition(row["service"]).get("form") or {}).get("properties", {}).values():
            asked.setdefault(field.get("x-element", ""), []).append(field)
    given = read.get("given", {})
    assert not list(check_given(given, dictionary=dictionary(), asked=asked))
    assert set(given) <= asked.keys()


@pytest.mark.parametrize("file", EVENTS, ids=lambda path: path.stem)
def test_the_members_of_an_event_make_one_form(file):
    """No element twice, nothing needed missing, whatever is left out: by construction; here for what is shipped."""
    members = [row["service"] for row in yaml.safe_load(file.read_text(encoding="utf-8"))["definition"]["members"]]
    forms = {code: form for code in members if (form := form_of(code)) is not None}
    merged = rules.merge(forms)
    assert not merged.clashes
    asked = [question.element for question in merged.questions if question.element]
    assert len(asked) == len(set(asked))
    materials = [question.material for question in merged.file_questions]
    assert len(materials) == len(set(materials))
    for code, form in forms.items():
        assert set(merged.part(code).names) == set(form.by_key)


# Words that mean two things: (event, title) → why both are asked.
ASKED_TWICE = {
    ("LE03", "入学日期"): "of the course abroad, and of the schooling whose cost is deducted from tax",
}


@pytest.mark.parametrize("file", EVENTS, ids=lambda path: path.stem)
def test_one_thing_is_not_asked_under_two_elements(file):
    """Nor as a question of a service's own beside an element of the dictionary: it would be asked twice in one form."""
    members = [row["service"] for row in yaml.safe_load(file.read_text(encoding="utf-8"))["definition"]["members"]]
    bound: dict[str, set[str]] = {}
    for code in members:
        for question in form.questions if (form := form_of(code)) else ():
            if not question.material:
                own = f"{code}.{question.key}"
                bound.setdefault(question.title["zh-Hans"], set()).add(question.element or own)
    twice = {title: sorted(found) for title, found in bound.items() if len(found) > 1}
    assert {title: found for title, found in twice.items() if (file.stem, title) not in ASKED_TWICE} == {}
