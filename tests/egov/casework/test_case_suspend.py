"""Special procedures stop the clock; what they take does not count."""

import pytest

from egov.casework import actions, errors
from egov.casework.models import Suspension
from egov.deadlines.models import Clock
from egov.documents.models import IssuedDocument
from egov.kernel.errors import InvalidInput, TransitionNotAllowed


def test_an_inspection_stops_both_limits_and_is_told(casework, frozen):
    frozen("2026-11-02 10:00")
    case = casework.suspended()
    assert case.state == "suspended"
    paused = Clock.objects.filter(subject=f"case:{case.reference}", paused_at__isnull=False)
    assert sorted(clock.kind for clock in paused) == ["promised", "statutory"]
    assert Suspension.objects.get(case=case).until.isoformat() == "2026-11-23"  # fifteen working days at most
    letter = IssuedDocument.objects.filter(subject=f"case:{case.reference}").latest("id")
    assert letter.title["zh-Hans"] == "行政许可特别程序告知书"
    assert "2026-11-23" in str(letter.data["rows"])


def test_the_items_wait_and_are_not_late(casework):
    case = casework.suspended()
    assert casework.item(case, "review").paused


def test_what_it_took_is_given_back(casework, frozen):
    frozen("2026-11-02 10:00")
    case = casework.accepted()
    before = casework.last_day(case.promised_due_at)
    frozen("2026-11-04 10:00")
    actions.suspend(casework.reviewer, case=case.reference, procedure="inspection", reason="现场核查", days=5)
    frozen("2026-11-09 10:00")
    case = actions.resume(casework.reviewer, case=case.reference, result="合格")
    assert case.state == "accepted"
    assert (before, casework.last_day(case.promised_due_at)) == ("2026-11-16", "2026-11-19")  # three working days
    assert casework.item(case, "review").due_at == case.promised_due_at
    assert not casework.item(case, "review").paused
    assert Suspension.objects.get(case=case).result == "合格"


def test_never_longer_than_the_law_allows(casework):
    case = casework.accepted()
    with pytest.raises(InvalidInput):
        actions.suspend(casework.reviewer, case=case.reference, procedure="inspection", reason="x", days=16)


def test_only_special_procedures_the_service_knows(casework):
    case = casework.accepted(casework.service(special_procedures=["hearing"]))
    with pytest.raises(InvalidInput):
        actions.suspend(casework.reviewer, case=case.reference, procedure="inspection", reason="x")
    actions.suspend(casework.reviewer, case=case.reference, procedure="hearing", reason="申请人要求听证")


def test_a_procedure_without_special_procedures_never_stops(casework):
    case = casework.accepted(casework.service("internal"))
    with pytest.raises(errors.NoSpecialProcedure):
        actions.suspend(casework.reviewer, case=case.reference, procedure="inspection", reason="x")


def test_a_step_may_be_done_while_the_clock_stands(casework):
    case = casework.suspended()
    case = casework.step(case, casework.reviewer, "review")
    assert case.state == "suspended"


def test_nothing_is_decided_while_the_clock_stands(casework):
    case = casework.suspended()
    casework.step(case, casework.reviewer, "review")
    with pytest.raises(TransitionNotAllowed):
        casework.draft(case)


def test_a_clerk_may_not_stop_the_clock(casework):
    case = casework.accepted()
    with pytest.raises(errors.RoleMissing):
        actions.suspend(casework.clerk, case=case.reference, procedure="inspection", reason="x")
