"""How long a department took: counted without pauses, told only when enough cases stand behind it."""

import datetime as dt

import pytest

from egov.casework import actions, queries
from egov.casework.models import Case, CorrectionRequest, Pace
from egov.kernel import clock
from egov.kernel.actor import SYSTEM
from egov.kernel.errors import NotPermitted

pytestmark = pytest.mark.django_db


def decided(casework, days, *, times=1, **more):
    """Cases decided today that were received ``days`` working days ago."""
    from egov.deadlines import queries as deadlines

    for _number in range(times):
        case = casework.received(**more)
        received = deadlines.working_days(None).add(clock.today(), -days)
        Case.objects.filter(pk=case.pk).update(
            state="closed",
            outcome="granted",
            received_at=clock.end_of_day(received) - dt.timedelta(hours=14),
            decided_at=clock.now(),
        )
    return Case.objects.select_related("service").get(pk=case.pk)


def test_cases_are_counted_by_department_and_working_day(casework):
    decided(casework, 3, times=2)
    case = decided(casework, 5)
    assert actions.measure_paces(SYSTEM) == 1
    pace = Pace.objects.get()
    assert (pace.department_id, pace.days, pace.cases) == (case.department_id, {"3": 2, "5": 1}, 3)
    assert actions.measure_paces(SYSTEM) == 1, "again counts the same"
    assert Pace.objects.get().days == pace.days


def test_what_waited_for_the_applicant_does_not_count(casework):
    case = decided(casework, 6)
    CorrectionRequest.objects.create(
        case=case,
        items=[],
        asked_at=case.received_at,
        asked_by_id=casework.clerk.post_id,
        respond_by=clock.now(),
        answered_at=clock.now(),
    )
    actions.measure_paces(SYSTEM)
    assert Pace.objects.get().days == {"0": 1}


def test_of_too_few_cases_nothing_is_said(casework):
    case = decided(casework, 3, times=19)
    actions.measure_paces(SYSTEM)
    assert queries.paces().of(case.service.code, case.department_id) == {}
    decided(casework, 4)
    actions.measure_paces(SYSTEM)
    assert queries.paces().of(case.service.code, case.department_id) == {3: 19, 4: 1}
    assert queries.paces().of(case.service.code, 999) == {3: 19, 4: 1}, "of all departments, when one has too few"


def test_only_the_platform_counts(casework, identities):
    with pytest.raises(NotPermitted):
        actions.measure_paces(identities.officer("department_head"))
