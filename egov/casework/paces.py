"""How long cases take, by service and department, from those decided in the last year. Kept in every process."""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from django.db import transaction

from egov.casework.measures import took
from egov.casework.models import Case, Pace
from egov.kernel import clock
from egov.kernel.actor import Actor
from egov.kernel.errors import NotPermitted
from egov.kernel.memory import Kept

WINDOW = dt.timedelta(days=365)
ENOUGH = 20  # cases; of fewer, one in ten is not even two
kept = Kept("casework.paces")


@dataclass(frozen=True)
class Paces:
    """Of a department, or of all of them, for a service: working days → cases."""

    by_department: Mapping[tuple[str, int], Mapping[int, int]]
    by_service: Mapping[str, Mapping[int, int]]

    def of(self, service: str, department_id: int | None) -> Mapping[int, int]:
        """The department's own pace; that of all departments when it has too few cases; empty when all have."""
        for found in (self.by_department.get((service, department_id or 0)), self.by_service.get(service)):
            if found is not None and sum(found.values()) >= ENOUGH:
                return found
        return {}


@kept.table
def paces() -> Paces:
    """One statement once kept anew."""
    by_department: dict[tuple[str, int], Mapping[int, int]] = {}
    by_service: dict[str, Counter[int]] = defaultdict(Counter)
    for service, department, days in Pace.objects.values_list("service__code", "department_id", "days"):
        counted = {int(day): cases for day, cases in days.items()}
        by_department[service, department] = counted
        by_service[service].update(counted)
    return Paces(by_department, by_service)


def measure_paces(actor: Actor) -> int:
    """Count anew what was decided in the last year; returns how many pairs of service and department there are."""
    if not actor.is_system:
        raise NotPermitted
    counted: dict[tuple[int, int], Counter[int]] = defaultdict(Counter)
    since = clock.now() - WINDOW
    # Service by service, so that a city's year of cases is never in memory at once.
    decided = Case.objects.filter(decided_at__gte=since)
    for service_id in decided.order_by().values_list("service_id", flat=True).distinct():
        for each in took(decided.filter(service_id=service_id)):
            counted[service_id, each.department][each.days] += 1
    today = clock.today()
    rows = [
        Pace(service_id=service, department_id=department, days=days, cases=days.total(), measured_on=today)
        for (service, department), days in sorted(counted.items())
    ]
    with transaction.atomic():
        Pace.objects.all().delete()
        Pace.objects.bulk_create(rows, batch_size=1000)
        kept.moved()
    return len(rows)
