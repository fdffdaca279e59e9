"""What happens when a staff request is approved."""

import datetime as dt
from typing import Any

from egov.casework.models import Case, Decision
from egov.casework.registry import Effect, effects
from egov.identity import queries as identity
from egov.kernel import clock
from egov.kernel.actor import Actor
from g2e.administration import actions


def grant_leave(actor: Actor, case: Case, decision: Decision, options: dict[str, Any]) -> dict[str, Any]:
    answers = case.answers
    post = identity.post_in_department(case.applicant_id, case.department_id, on=clock.today())
    leave = actions.grant_leave(
        actor,
        case=case.reference,
        post_id=post.pk,
        kind=answers["kind"],
        first_day=dt.date.fromisoformat(answers["first_day"]),
        last_day=dt.date.fromisoformat(answers["last_day"]),
        deputy_id=int(answers["deputy"]) if answers.get("deputy") else None,
    )
    return {"leave.working_days": leave.working_days}


effects.add(
    "administration.grant_leave",
    Effect(key="administration.grant_leave", apply=grant_leave, options={"type": "object"}),
)
