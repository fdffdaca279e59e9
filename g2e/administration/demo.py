"""The demonstration city's leave of civil servants."""

import datetime as dt
from collections.abc import Sequence

from egov.casework.demo import PastEffect, past_effects
from egov.deadlines import queries as deadlines
from egov.journal.demo import lay_entries
from g2e.administration.models import Leave


def lay_leave(effects: Sequence[PastEffect]) -> None:
    """See ``effects.grant_leave``; nobody named a deputy."""
    rows = [_leave(effect) for effect in effects]
    Leave.objects.bulk_create(rows, batch_size=1000)
    lay_entries(
        effect.note("administration.grant_leave", effect.case.applicant_id, row.working_days)
        for effect, row in zip(effects, rows, strict=True)
    )
    for effect, row in zip(effects, rows, strict=True):
        effect.outputs["leave.working_days"] = row.working_days


def _leave(effect: PastEffect) -> Leave:
    case = effect.case
    post = next(
        actor for actor in effect.tale.officers.by_department[case.department_id] if actor.party_id == case.applicant_id
    )
    first, last = (dt.date.fromisoformat(case.answers[key]) for key in ("first_day", "last_day"))
    return Leave(
        case=case.reference,
        post_id=post.own_post_id,
        kind=case.answers["kind"],
        first_day=first,
        last_day=last,
        working_days=deadlines.working_days(case.department_id).counted(first, last),
    )


past_effects.add("administration.grant_leave", lay_leave)
