"""The demonstration city's matters: each a whole of one service, with the state its case gave it."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from egov.casework.models import Case
from egov.matters import rules
from egov.matters.models import Matter, MatterState, Member


@dataclass(frozen=True, kw_only=True)
class PastMatter:
    """``ended_at``: when its case was decided, or ended otherwise. ``promised_due_at``: as it was on submission."""

    key: int
    reference: str
    case: Case
    opened_at: dt.datetime
    promised_due_at: dt.datetime | None
    ended_at: dt.datetime | None
    outputs: Mapping[str, Any] = field(default_factory=dict)
    need: str = ""
    event: str = ""


def lay_matters(matters: Sequence[PastMatter]) -> list[Matter]:
    """Insert ``matters`` with their members: two statements."""
    rows = Matter.objects.bulk_create([_matter(each) for each in matters], batch_size=1000)
    Member.objects.bulk_create(
        [
            Member(
                matter=row,
                key=each.case.service.code,
                service_id=each.case.service_id,
                case=each.case.reference,
                state=_state(each.case),
                outputs=dict(each.outputs),
                started_at=each.opened_at,
                ended_at=each.ended_at,
            )
            for row, each in zip(rows, matters, strict=True)
        ],
        batch_size=1000,
    )
    return rows


def _matter(each: PastMatter) -> Matter:
    case = each.case
    state = rules.matter_state([_state(case)])
    return Matter(
        pk=each.key,
        reference=each.reference,
        applicant_id=case.applicant_id,
        filed_by_id=case.filed_by_id,
        capacity=case.capacity,
        title=case.version.name,
        need=each.need,
        event=each.event,
        state=state,
        opened_at=each.opened_at,
        closed_at=None if state == MatterState.OPEN else each.ended_at,
        promised_due_at=each.promised_due_at,
    )


def _state(case: Case) -> str:
    if case.outcome:
        return rules.state_after_decision(case.outcome)
    return rules.state_after_case(case.state) or rules.OPEN
