"""What passing time brings about by itself."""

import pytest

from egov.casework import actions
from egov.casework.models import Suspension, Transition
from egov.deadlines import actions as deadlines
from egov.deadlines.models import Clock
from egov.kernel.actor import SYSTEM
from egov.kernel.models import OutboxMessage


@pytest.fixture
def time_passes(frozen, deliver_outbox):
    """Move on to a moment and let the worker do what is due."""

    def to(moment):
        frozen(moment)
        deadlines.mark_missed(SYSTEM)
        deliver_outbox()

    return to


def test_a_licence_not_answered_in_time_counts_as_accepted_from_receipt(casework, frozen, time_passes):
    received = frozen("2026-11-16 10:00")
    case = casework.received()
    time_passes("2026-11-24 00:01")  # five working days ended on the 23rd
    case = casework.again(case)
    assert (case.state, case.accepted_at) == ("accepted", received)
    assert casework.last_day(case.statutory_due_at) == "2026-12-14"  # twenty working days from receipt
    assert casework.item(case, "review")
    assert Transition.objects.get(case=case, act="deem_accepted").basis[0]["article"] == "32.1.4"


def test_a_corrected_licence_not_answered_in_time_counts_as_accepted_from_its_correction(casework, frozen, time_passes):
    frozen("2026-11-02 10:00")
    case = casework.corrected()
    corrected = frozen("2026-11-16 10:00")
    actions.answer_correction(casework.applicant, case=case.reference, answers={"area": 66})
    time_passes("2026-11-24 00:01")
    case = casework.again(case)
    assert (case.state, case.accepted_at) == ("accepted", corrected)
    assert casework.last_day(case.statutory_due_at) == "2026-12-14"  # twenty working days from the corrected papers


def test_a_benefit_is_not_accepted_by_silence(casework, frozen, time_passes):
    frozen("2026-11-16 10:00")
    case = casework.received(casework.service("benefit"))
    time_passes("2026-11-24 00:01")
    assert casework.again(case).state == "received"
    assert Clock.objects.get(subject=f"case:{case.reference}", kind="acceptance").missed_at is not None


def test_silence_after_a_correction_ends_the_procedure(casework, frozen, time_passes):
    frozen("2026-11-02 10:00")
    case = casework.corrected()
    time_passes("2026-12-01 00:01")  # fifteen working days
    case = casework.again(case)
    assert case.state == "terminated"
    assert "没有补正" in Transition.objects.filter(case=case).latest("id").note


def test_the_hotline_goes_on_with_what_there_is(casework, frozen, time_passes):
    frozen("2026-11-02 10:00")
    case = casework.corrected(casework.service("hotline"))
    time_passes("2026-11-20 00:01")
    case = casework.again(case)
    assert case.state in ("received", "accepted")
    assert Transition.objects.filter(case=case, act="take_as_it_is").exists()


def test_a_special_procedure_that_outlives_its_time_lets_the_clock_run_again(casework, frozen, time_passes):
    frozen("2026-11-02 10:00")
    case = casework.suspended()
    time_passes("2026-11-24 00:01")  # fifteen working days of inspection
    case = casework.again(case)
    assert case.state == "accepted"
    assert Suspension.objects.get(case=case).ended_at is not None
    assert casework.last_day(case.statutory_due_at) > "2026-12-01"


def test_a_missed_promise_is_marked_once_and_told(casework, frozen, time_passes):
    frozen("2026-11-02 10:00")
    case = casework.accepted()
    time_passes("2026-11-17 00:01")
    missed = casework.again(case)
    assert missed.overdue_at is not None
    assert missed.state == "accepted"
    time_passes("2026-12-15 00:01")
    told = OutboxMessage.objects.filter(name="deadline_missed", payload__case=case.reference)
    assert [row.payload["statutory"] for row in told.order_by("id")] == [False, True]
    assert casework.again(case).overdue_at == missed.overdue_at


def test_a_case_decided_meanwhile_is_left_alone(casework, frozen, deliver_outbox):
    frozen("2026-11-02 10:00")
    case = casework.received()
    frozen("2026-11-10 00:01")
    deadlines.mark_missed(SYSTEM)
    actions.accept(casework.clerk, case=case.reference)
    deliver_outbox()
    assert Transition.objects.filter(case=case, act="deem_accepted").count() == 0
    assert casework.again(case).accepted_at != case.received_at
