"""Public figures of casework: only promises that were made, only time the office had, only ratings that were given."""

import datetime as dt

import pytest

from egov.casework import measures
from egov.casework.models import Case, CorrectionRequest, Rating, Suspension
from egov.kernel import clock
from egov.measures import queries
from egov.measures.actions import compute

pytestmark = pytest.mark.django_db

MONDAY = dt.date(2026, 3, 2)


def at(day: dt.date, hour: int = 10) -> dt.datetime:
    return clock.end_of_day(day - dt.timedelta(days=1)) + dt.timedelta(hours=hour)


@pytest.fixture
def decided(casework, frozen):
    """A decided case with these moments; the tables only, so that history can be laid."""
    frozen("2026-03-20 12:00")

    def make(received: dt.date, decision: dt.date, promised: dt.date | None, **more):
        case = casework.received()
        Case.objects.filter(pk=case.pk).update(
            received_at=at(received), decided_at=at(decision), state="closed", outcome="granted",
            promised_due_at=clock.end_of_day(promised) if promised else None, **more,
        )  # fmt: skip
        return case

    return make


@pytest.fixture
def computed(casework, identities):
    def run():
        done = compute(identities.officer("supervisor"), day=clock.today(), keys=[
            measures.ON_TIME, measures.DURATION_MEDIAN, measures.DURATION_P90, measures.SATISFACTION, measures.OVERDUE,
        ])  # fmt: skip
        assert not done.failed
        return queries

    return run


def test_on_time_is_the_share_of_kept_promises(decided, computed, casework):
    decided(MONDAY, MONDAY + dt.timedelta(days=1), MONDAY + dt.timedelta(days=1))  # on its last day: kept
    decided(MONDAY, MONDAY + dt.timedelta(days=2), MONDAY + dt.timedelta(days=1))  # a day late
    decided(MONDAY, MONDAY, None)  # no promise, not counted
    figure = computed().latest(measures.ON_TIME)
    assert (figure.numerator, figure.denominator, float(figure.value)) == (1, 2, 0.5)
    assert figure.low < figure.value < figure.high
    assert computed().latest(measures.ON_TIME, f"department:{casework.department.pk}").denominator == 2


def test_cases_decided_before_the_window_do_not_count(decided, computed):
    decided(dt.date(2026, 1, 5), dt.date(2026, 1, 6), dt.date(2026, 1, 7))
    assert computed().latest(measures.ON_TIME) is None


def test_time_is_counted_in_working_days_without_the_weekend(decided, computed):
    friday = MONDAY + dt.timedelta(days=4)
    decided(friday, friday + dt.timedelta(days=3), None)  # decided on Monday: one working day
    assert computed().latest(measures.DURATION_MEDIAN).value == 1


def test_waiting_for_the_applicant_and_special_procedures_are_not_the_offices_time(decided, computed, casework):
    case = decided(MONDAY, MONDAY + dt.timedelta(days=9), None)  # seven working days
    CorrectionRequest.objects.create(
        case=case, items=[], asked_at=at(MONDAY), answered_at=at(MONDAY + dt.timedelta(days=2)),
        asked_by_id=casework.clerk.post_id, respond_by=at(MONDAY + dt.timedelta(days=5)),
    )  # fmt: skip
    Suspension.objects.create(
        case=case, procedure="inspection", reason="x", from_at=at(MONDAY + dt.timedelta(days=3)),
        until=MONDAY + dt.timedelta(days=4), ended_at=at(MONDAY + dt.timedelta(days=4)),
    )  # fmt: skip
    assert computed().latest(measures.DURATION_MEDIAN).value == 7 - 2 - 1


def test_nine_in_ten_is_the_ninetieth_percentile(decided, computed):
    for days in range(1, 5):
        decided(MONDAY, MONDAY + dt.timedelta(days=days), None)
    figures = computed().figures([measures.DURATION_MEDIAN, measures.DURATION_P90])
    assert float(figures[measures.DURATION_MEDIAN].value) == 2.5
    assert float(figures[measures.DURATION_P90].value) == pytest.approx(3.7)


def test_satisfaction_counts_who_rated(decided, computed):
    for grade in (5, 4, 3, 1):
        Rating.objects.create(case=decided(MONDAY, MONDAY, None), grade=grade, at=clock.now())
    decided(MONDAY, MONDAY, None)  # nobody rated
    figure = computed().latest(measures.SATISFACTION)
    assert (figure.numerator, figure.denominator) == (2, 4)


def test_late_and_open_is_counted_now(casework, computed, frozen):
    frozen("2026-03-20 12:00")
    late, fine = casework.received(), casework.received()
    Case.objects.filter(pk=late.pk).update(promised_due_at=clock.now() - dt.timedelta(days=1))
    Case.objects.filter(pk=fine.pk).update(promised_due_at=clock.now() + dt.timedelta(days=1))
    assert computed().latest(measures.OVERDUE).value == 1


def test_nothing_late_is_a_figure_too(casework, computed):
    assert computed().latest(measures.OVERDUE).value == 0


def test_the_cases_behind_a_figure_are_those_that_were_late(decided):
    late = decided(MONDAY, MONDAY + dt.timedelta(days=2), MONDAY)
    decided(MONDAY, MONDAY, MONDAY)
    behind = measures.measures.get(measures.ON_TIME).behind("", MONDAY, MONDAY + dt.timedelta(days=9))
    assert [ref.key for ref in behind] == [late.reference]


def test_three_statements_whatever_the_number(decided, django_assert_num_queries):
    from egov.deadlines import queries as deadlines

    for _ in range(8):
        case = decided(MONDAY, MONDAY + dt.timedelta(days=2), MONDAY)
    deadlines.working_days(case.department_id)
    with django_assert_num_queries(3):
        measures.durations(MONDAY, MONDAY + dt.timedelta(days=9))
