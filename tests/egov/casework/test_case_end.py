"""Ways a case ends without a decision."""

import pytest

from egov.casework import actions, errors
from egov.casework.models import OPEN_STATES
from egov.deadlines.models import Clock
from egov.kernel.actor import SYSTEM
from egov.kernel.errors import InvalidInput, NotPermitted, TransitionNotAllowed
from egov.kernel.models import OutboxMessage
from egov.work.models import OPEN_ITEMS, Plan, WorkItem


@pytest.mark.parametrize("trait", ["unpaid", "received", "corrected", "accepted", "suspended", "drafted"])
def test_the_applicant_may_withdraw_before_the_decision(casework, trait):
    case = getattr(casework, trait)()
    case = actions.withdraw(casework.applicant, case=case.reference, reason="不办了")
    assert case.state == "withdrawn"
    assert case.closed_at is not None
    assert case.state not in OPEN_STATES
    assert not WorkItem.objects.filter(subject=f"case:{case.reference}", state__in=OPEN_ITEMS).exists()
    assert not Clock.objects.filter(subject=f"case:{case.reference}", stopped_at=None).exists()
    assert not Plan.objects.filter(subject=f"case:{case.reference}", state="running").exists()
    assert OutboxMessage.objects.filter(name="case_changed", payload__after="withdrawn").count() == 1


def test_not_after_the_decision(casework):
    case = casework.decided()
    with pytest.raises(TransitionNotAllowed):
        actions.withdraw(casework.applicant, case=case.reference)


def test_no_officer_withdraws_for_the_applicant(casework):
    case = casework.accepted()
    with pytest.raises(NotPermitted):
        actions.withdraw(casework.head, case=case.reference)


def test_a_penalty_cannot_be_withdrawn(casework):
    case = casework.received(casework.service("penalty"))
    with pytest.raises(errors.WithdrawalNotProvided):
        actions.withdraw(casework.applicant, case=case.reference)


def test_an_officer_terminates_with_a_reason(casework):
    case = casework.accepted()
    with pytest.raises(InvalidInput):
        actions.terminate(casework.head, case=case.reference, reason="")
    case = actions.terminate(casework.head, case=case.reference, reason="申请人死亡")
    assert case.state == "terminated"


def test_a_clerk_does_not_terminate(casework):
    case = casework.accepted()
    with pytest.raises(errors.RoleMissing):
        actions.terminate(casework.clerk, case=case.reference, reason="x")


def test_a_payment_that_comes_after_withdrawal_opens_nothing(casework):
    case = casework.unpaid()
    actions.withdraw(casework.applicant, case=case.reference)
    assert actions.receive_paid(SYSTEM, case=case.reference).state == "withdrawn"
