"""What happens when a request between departments is decided."""

import datetime as dt
from typing import Any

from egov.casework.models import Case, Decision
from egov.casework.registry import Effect, effects
from egov.kernel.actor import Actor
from g2g.exchange import actions


def grant_sharing(actor: Actor, case: Case, decision: Decision, options: dict[str, Any]) -> dict[str, Any]:
    answers = case.answers
    grant = actions.grant_sharing(
        actor,
        case=case.reference,
        recipient_id=case.applicant_id,
        granted_by_id=case.department_id,
        data_set=answers["data_set"],
        elements=answers["elements"],
        purpose=answers["purpose"],
        legal_basis=answers["legal_basis"],
        mode=answers["mode"],
        valid_to=dt.date.fromisoformat(answers["until"]),
    )
    return {"sharing.grant": grant.pk, "sharing.valid_to": grant.valid_to.isoformat()}


effects.add(
    "exchange.grant_sharing", Effect(key="exchange.grant_sharing", apply=grant_sharing, options={"type": "object"})
)
