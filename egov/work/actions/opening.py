"""Opening items: many in one insert."""

import datetime as dt
from collections.abc import Sequence

from egov.deadlines import queries as deadlines
from egov.deadlines import rules as limits
from egov.kernel import clock
from egov.work.models import ItemState, WorkItem
from egov.work.registry import ItemSpec
from egov.work.rules import Limit


def item_of(spec: ItemSpec, *, now: dt.datetime, step_id: int | None = None) -> WorkItem:
    """The row for ``spec``, not yet written."""
    return WorkItem(
        subject=str(spec.subject),
        kind=spec.kind,
        step_id=step_id,
        title=spec.title,
        subtitle=spec.subtitle[:200],
        task=spec.task or {},
        topic=spec.topic,
        department_id=spec.department_id,
        unit_id=spec.unit_id,
        role=spec.role,
        assignee_id=spec.assignee_id,
        excluded_persons=list(spec.excluded_persons),
        state=ItemState.CLAIMED if spec.assignee_id else ItemState.OPEN,
        priority=spec.priority,
        due_at=spec.due_at,
        created_at=now,
        claimed_at=now if spec.assignee_id else None,
    )


def insert_items(specs: Sequence[ItemSpec]) -> list[WorkItem]:
    """One statement for all of ``specs``."""
    now = clock.now()
    return WorkItem.objects.bulk_create([item_of(spec, now=now) for spec in specs])


def step_due(
    limit: Limit | None, *, entered_at: dt.datetime, department_id: int, no_later_than: dt.datetime | None
) -> dt.datetime | None:
    """When a step is due: its own limit, and never later than the whole."""
    if limit is None:
        return no_later_than
    due = limits.due_at(entered_at, limit.n, limit.unit, deadlines.working_days(department_id))
    return due if no_later_than is None else min(due, no_later_than)
