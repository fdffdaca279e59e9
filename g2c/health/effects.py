"""What happens to the room's registers when one of its cases is decided."""

import datetime as dt
from typing import Any

from egov.casework.models import Case, Decision
from egov.casework.registry import Effect, effects
from egov.kernel.actor import Actor
from g2c.health import actions, rules


def register_treatment(actor: Actor, case: Case, decision: Decision, options: dict[str, Any]) -> dict[str, Any]:
    """The registration runs from the day asked for; a single treatment's ends after six months."""
    starts_on = dt.date.fromisoformat(case.answers["from_on"])
    registration = actions.register_treatment(
        actor,
        case=case.reference,
        person_id=case.applicant_id,
        kind=case.answers["kind"],
        place=case.answers["place"],
        valid_from=starts_on,
        valid_to=rules.ends_on(case.answers["kind"], starts_on),
    )
    return {
        "treatment.place": registration.place,
        "treatment.valid_from": registration.valid_from.isoformat(),
        "treatment.valid_to": registration.valid_to.isoformat() if registration.valid_to else None,
    }


def number_birth_certificate(actor: Actor, case: Case, decision: Decision, options: dict[str, Any]) -> dict[str, Any]:
    """The certificate has a number of its own series, by which all later members of the matter know it."""
    number = actions.number_birth_certificate(
        actor, case=case.reference, series=options["series"], region_code=case.region
    )
    return {"child.birth_certificate": number}


effects.add(
    "health.register_treatment",
    Effect(
        key="health.register_treatment",
        apply=register_treatment,
        options={"type": "object", "properties": {}, "additionalProperties": False},
    ),
)
effects.add(
    "health.number_birth_certificate",
    Effect(
        key="health.number_birth_certificate",
        apply=number_birth_certificate,
        options={
            "type": "object",
            "properties": {"series": {"type": "string", "pattern": "^[A-Z]$"}},
            "required": ["series"],
            "additionalProperties": False,
        },
    ),
)
