"""What the register does when a case of its services is decided."""

from typing import Any

from egov.casework.models import Case, Decision
from egov.casework.registry import Effect, effects
from egov.identity import queries as identity
from egov.kernel.actor import Actor
from g2b.registration import actions


def register_organisation(actor: Actor, case: Case, decision: Decision, options: dict[str, Any]) -> dict[str, Any]:
    """Register the entity and hand its code on: later members of the matter ask for it."""
    answers = case.answers
    organisation = actions.register_entity(
        actor,
        case=case.reference,
        kind=options["kind"],
        org_type=answers.get("org_type") or options["org_type"],
        region_code=answers["premises_region"],
        representative_id=case.applicant_id,
        particulars={
            "name": answers["trade_name"],
            "address": answers["premises_address"],
            "scope": answers["scope"],
            "industry": answers.get("industry", ""),
            "capital": answers.get("capital"),
            "employees": answers.get("employees"),
            "shareholders": answers.get("shareholders", []),
        },
    )
    return {
        "organisation.party": organisation.pk,
        "organisation.name": organisation.party.name,
        "organisation.uscc": identity.number_of(organisation.pk, "cn.uscc"),
    }


effects.add(
    "registration.register_organisation",
    Effect(
        key="registration.register_organisation",
        apply=register_organisation,
        options={
            "type": "object",
            "properties": {
                "kind": {"enum": ["enterprise", "sole_trader"]},
                "org_type": {"type": "string"},
            },
            "required": ["kind", "org_type"],
        },
    ),
)
