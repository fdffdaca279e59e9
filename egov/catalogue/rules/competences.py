"""Which competence row is nearer to a case: the service before its function, the district before the city."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class CompetenceRow:
    """One row of ``Competence``, kept in memory. ``condition`` is a zen expression over answers and applicant."""

    id: int
    service_id: int | None
    department_role: str
    region: str
    department_id: int
    unit_id: int | None
    condition: str
    priority: int
    valid_from: dt.date
    valid_to: dt.date | None
    note: str = ""

    def holds_on(self, day: dt.date) -> bool:
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)


def nearest_first(
    rows: Iterable[CompetenceRow], *, service_id: int, department_role: str, chain: Sequence[str], on: dt.date
) -> list[CompetenceRow]:
    """Rows that can apply, best first; ``chain`` is the region and those above it, nearest first.

    A row for the service beats one for its function; then the nearer region, then the higher priority, then the one
    with a condition (a special case) before the one without, then the older row.
    """
    distance = {code: number for number, code in enumerate(chain)}
    fitting = [
        row
        for row in rows
        if row.region in distance
        and row.holds_on(on)
        and (row.service_id == service_id or (row.service_id is None and row.department_role == department_role))
    ]
    return sorted(
        fitting,
        key=lambda row: (row.service_id is None, distance[row.region], -row.priority, not row.condition, row.id),
    )
