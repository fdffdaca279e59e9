"""Whatever the questions of an event come to: its members make one form in which nothing stands twice, nothing clashes,
nothing that a member needs is missing, and nothing is asked before it exists.

Every set of members that the conditions can give, with all that may be added and with nothing.
``test_every_event_runs`` then files some of them.
"""

from collections import Counter
from typing import Any

import pytest

from egov.intake import rules
from egov.kernel import clock
from tests.plugins.answering import AnswerSheet
from tests.plugins.outcomes import EVENTS, Outcome, outcomes_of, produced_by

# (event, who asks, element) → why it may be asked although another member of the same outcome produces it.
HAS_IT_ALREADY = "the members of a later phase begin with the code that an earlier phase gave, and only hand it on"
MAY_BE_ASKED = {
    ("BE05", "BR07", "organisation.name"): "the abnormal entry stands under the present name, which BR03 changes later",
    ("LE04", "EM07", "organisation.name"): "asked of an employer who claims; the event files for the worker",
    ("LE04", "EM07", "organisation.uscc"): "asked of an employer who claims; the event files for the worker",
    **{("BE07", code, "project.code"): HAS_IT_ALREADY for code in ("IV04", "IV08", "IV09", "IV11")},
}


def elements_asked(form: rules.Form) -> list[str]:
    return [question.element for question in form.questions if question.element]


@pytest.mark.parametrize("code", EVENTS)
def test_nothing_is_asked_twice_and_nothing_clashes(code: str) -> None:
    for outcome in outcomes_of(code):
        form = outcome.form
        assert not form.clashes, outcome
        materials = [question.material for question in form.file_questions]
        twice = Counter(elements_asked(form)) + Counter(materials)
        assert not {key for key, times in twice.items() if times > 1}, outcome


@pytest.mark.parametrize("code", EVENTS)
def test_every_question_of_a_member_is_asked_or_brought_by_one_before_it(code: str) -> None:
    for outcome in outcomes_of(code):
        form = outcome.form
        asked = {key for page in form.pages for key in page.fields} | {each.key for each in form.shared}  # fetched
        for part in form.parts:
            assert part.names.keys() | part.awaited == part.form.by_key.keys(), outcome
            assert not part.names.keys() & part.awaited, outcome
            assert set(part.names.values()) <= asked, outcome
            assert {part.form.by_key[key].element for key in part.awaited} <= outcome.brought(part.member), outcome


@pytest.mark.parametrize("code", EVENTS)
def test_nothing_is_asked_before_it_exists(code: str) -> None:
    found = {each for outcome in outcomes_of(code) for each in asked_too_early(outcome)}
    allowed = {each for each in MAY_BE_ASKED if each[0] == code}
    assert found - allowed == set()
    assert allowed - found == set(), "an exception that nothing needs any more"


def asked_too_early(outcome: Outcome) -> set[tuple[str, str, str]]:
    """What one member asks the person although another member of the same outcome brings it into being."""
    found = set()
    for part in outcome.form.parts:
        asked = {part.form.by_key[key].element for key in part.names}
        others = frozenset().union(*(produced_by(each) for each in outcome.members if each != part.member))
        found |= {(outcome.event, part.member, element) for element in asked & others}
    return found


@pytest.mark.long
@pytest.mark.django_db
@pytest.mark.timeout(900, func_only=True)
@pytest.mark.parametrize("code", EVENTS)
def test_what_is_typed_into_the_one_form_satisfies_every_member(code: str) -> None:
    """Each member's own validator on its own part, with what is brought filled in as its own form would ask it."""
    for outcome in outcomes_of(code):
        form = outcome.form
        answers = AnswerSheet(form, EVENTS[code].get("given", {})).fill().answers
        files = {question.material: ["F1"] for question in form.file_questions}
        for part in form.parts:
            assert_satisfied(part, answers, files, outcome)


def assert_satisfied(part: rules.Part, merged: dict[str, Any], files: dict[str, list[str]], outcome: Outcome) -> None:
    sheet = AnswerSheet(part.form, answers=part.own(merged))
    typed = sheet.answers.keys()
    brought = sheet.fill().answers.keys() - typed
    assert brought <= part.awaited, (outcome, part.member, brought - part.awaited)
    checked = rules.check(part.form, sheet.answers, files=part.own_files(files), today=clock.today())
    assert not checked.faults, (outcome, part.member)
