"""Opinions of other departments: they see the question and what was shared, and nothing is decided before."""

import pytest

from egov.casework import actions, errors
from egov.casework.models import OpinionRequest
from egov.casework.queries import opinion_page, opinions_asked
from egov.casework.registry import OpinionProcedure, opinion_procedures
from egov.kernel.errors import InvalidInput, NotFound, NotPermitted
from egov.kernel.models import OutboxMessage


def ask(casework, case, **more):
    more = {"unit": casework.elsewhere.key, "question": "隔油池是否符合要求", "shared_fields": ["area"], **more}
    return actions.ask_opinion(casework.reviewer, case=case.reference, **more)


def test_the_other_department_gets_work_with_its_own_due_date(casework, frozen):
    frozen("2026-11-02 10:00")
    case = casework.reviewed()
    request = ask(casework, case)
    item = casework.item(case, "opinion_answer")
    assert (item.department_id, item.unit_id, item.subtitle) == (
        casework.elsewhere.department_id,
        casework.elsewhere.pk,
        "",
    )
    assert casework.last_day(item.due_at) == "2026-11-09"  # five working days
    assert OutboxMessage.objects.get(name="opinion_requested").payload["opinion_id"] == request.pk
    assert list(opinions_asked(casework.adviser)) == [request]


def test_it_sees_only_what_was_shared(casework):
    request = ask(casework, casework.reviewed())
    page = opinion_page(casework.adviser, request.pk)
    assert page.answers == {"area": 64}
    assert page.may_answer


def test_nobody_else_sees_the_question(casework):
    request = ask(casework, casework.reviewed())
    for actor in (casework.neighbour, casework.stranger, casework.applicant, casework.supervisor):
        with pytest.raises(NotFound):
            opinion_page(actor, request.pk)


def test_the_answer_comes_back_and_frees_the_decision(casework):
    case = casework.reviewed()
    request = ask(casework, case)
    with pytest.raises(errors.OpinionOutstanding):
        casework.draft(case)
    actions.give_opinion(casework.adviser, opinion_id=request.pk, stance="agree", answer="无意见")
    casework.draft(case)
    assert OpinionRequest.objects.get(pk=request.pk).answered_by_id == casework.adviser.post_id


@pytest.mark.parametrize("stance", ["conditions", "object"])
def test_conditions_and_objections_say_why(casework, stance):
    request = ask(casework, casework.reviewed())
    with pytest.raises(InvalidInput):
        actions.give_opinion(casework.adviser, opinion_id=request.pk, stance=stance, answer=" ")


def test_it_is_answered_once(casework):
    request = ask(casework, casework.reviewed())
    actions.give_opinion(casework.adviser, opinion_id=request.pk, stance="agree", answer="")
    with pytest.raises((errors.NoOpinionOpen, NotFound)):
        actions.give_opinion(casework.adviser, opinion_id=request.pk, stance="object", answer="x")


def test_a_request_can_be_withdrawn(casework):
    case = casework.reviewed()
    request = ask(casework, case)
    actions.withdraw_opinion(casework.reviewer, opinion_id=request.pk)
    assert list(opinions_asked(casework.adviser)) == []
    casework.draft(case)


def test_the_handling_unit_cannot_answer_for_the_other(casework):
    request = ask(casework, casework.reviewed())
    with pytest.raises(NotPermitted):
        actions.give_opinion(casework.reviewer, opinion_id=request.pk, stance="agree", answer="")


@pytest.mark.parametrize(
    "more",
    [{"unit": "nowhere"}, {"procedure": "nothing"}],
)
def test_unknown_units_and_procedures(casework, more):
    with pytest.raises(NotFound):
        ask(casework, casework.reviewed(), **more)


@pytest.mark.parametrize("more", [{"shared_fields": ["nothing"]}, {"question": ""}])
def test_a_request_with_faults(casework, more):
    with pytest.raises(InvalidInput):
        ask(casework, casework.reviewed(), **more)


def test_one_open_request_per_unit(casework):
    case = casework.reviewed()
    ask(casework, case)
    with pytest.raises(InvalidInput):
        ask(casework, case)


@pytest.fixture
def joint_visit(monkeypatch):
    asked = []
    procedure = OpinionProcedure(
        key="test.joint",
        name={"en": "Joint visit"},
        limit=3,
        on_asked=lambda actor, request: asked.append(request.pk),
    )
    monkeypatch.setitem(opinion_procedures._handlers, "test.joint", procedure)
    return asked


def test_a_room_may_bring_its_own_procedure(casework, joint_visit):
    request = ask(casework, casework.reviewed(), procedure="test.joint")
    assert joint_visit == [request.pk]
