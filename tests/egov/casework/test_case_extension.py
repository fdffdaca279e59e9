"""More time: once, before the limit, approved by whom the procedure names, the reason told."""

import pytest

from egov.casework import actions, errors
from egov.documents.models import IssuedDocument
from egov.kernel.errors import InvalidInput, NotFound, NotPermitted
from egov.kernel.models import OutboxMessage
from egov.work.rules import FourEyes


def propose(casework, case, officer=None, **more):
    more = {"days": 10, "reason": "需专家会商", **more}
    return actions.propose_extension(officer or casework.reviewer, case=case.reference, **more)


def test_the_head_of_the_organ_approves_and_both_dates_move(casework, frozen):
    frozen("2026-11-02 10:00")
    case = casework.accepted()
    assert casework.last_day(case.statutory_due_at) == "2026-11-30"
    propose(casework, case)
    assert casework.item(case, "extension").role == "department_head"
    case = actions.decide_extension(casework.director, case=case.reference, approved=True)
    assert casework.last_day(case.statutory_due_at) == "2026-12-14"
    assert casework.last_day(case.promised_due_at) == "2026-11-30"
    assert casework.item(case, "review").due_at == case.promised_due_at


def test_the_applicant_hears_the_reason(casework):
    case = casework.accepted()
    propose(casework, case)
    assert not IssuedDocument.objects.filter(title__en="Notice of extended time for the licence decision").exists()
    actions.decide_extension(casework.director, case=case.reference, approved=True)
    letter = IssuedDocument.objects.get(title__en="Notice of extended time for the licence decision")
    assert letter.data["reasons"] == "需专家会商"
    assert OutboxMessage.objects.filter(name="case_changed", payload__act="extend").count() == 1


def test_not_approved_nothing_moves_and_it_may_be_proposed_again(casework):
    case = casework.accepted()
    due = case.statutory_due_at
    propose(casework, case)
    case = actions.decide_extension(casework.director, case=case.reference, approved=False, note="可以按时办结")
    assert casework.again(case).statutory_due_at == due
    propose(casework, case)


def test_once_only(casework):
    case = casework.accepted()
    propose(casework, case)
    with pytest.raises(errors.ExtensionPending):
        propose(casework, case)
    actions.decide_extension(casework.director, case=case.reference, approved=True)
    with pytest.raises(errors.ExtensionUsed):
        propose(casework, case)


def test_not_more_than_the_law_allows(casework):
    case = casework.accepted()
    with pytest.raises(InvalidInput):
        propose(casework, case, days=11)


def test_only_before_the_limit_has_passed(casework, frozen):
    frozen("2026-11-02 10:00")
    case = casework.accepted()
    frozen("2026-12-01 10:00")
    with pytest.raises(errors.LimitPassed):
        propose(casework, case)


def test_a_benefit_knows_no_extension(casework):
    with pytest.raises(errors.ExtensionNotProvided):
        propose(casework, casework.accepted(casework.service("benefit")))


def test_nobody_but_the_approver(casework):
    case = casework.accepted()
    propose(casework, case)
    for officer in (casework.second, casework.head, casework.clerk):
        with pytest.raises(NotPermitted):
            actions.decide_extension(officer, case=case.reference, approved=True)
    with pytest.raises(NotFound):
        actions.decide_extension(casework.adviser, case=case.reference, approved=True)


def test_who_proposes_does_not_approve(casework):
    case = casework.accepted(casework.service("hotline"))  # approved by the head of the section
    propose(casework, case, officer=casework.head)
    with pytest.raises(FourEyes):
        actions.decide_extension(casework.head, case=case.reference, approved=True)
