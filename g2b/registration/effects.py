"""What the register does when a case of its services is decided."""

from typing import Any

from egov.casework.models import Case, Decision
from egov.casework.registry import Effect, effects
from egov.identity import queries as identity
from egov.identity.models import Organisation, PartyKind
from egov.kernel.actor import Actor
from egov.kernel.errors import TransitionNotAllowed
from g2b.registration import actions


def register_organisation(actor: Actor, case: Case, decision: Decision, options: dict[str, Any]) -> dict[str, Any]:
    """Register the entity and hand its code on: later members of the matter ask for it."""
    return _known(_register(actor, case, options, representative_id=_person_behind(case)))


def change_entity(actor: Actor, case: Case, decision: Decision, options: dict[str, Any]) -> dict[str, Any]:
    """Enter what changes, and say what the licence says from now on."""
    answers = case.answers
    new = (answers.get("representative_name", ""), answers.get("representative_id_number", ""))
    organisation = actions.change_entity(
        actor,
        case=case.reference,
        organisation_id=case.applicant_id,
        representative=new if all(new) else None,
        name=answers.get("new_name", ""),
        region_code=answers.get("new_region", ""),
        address=answers.get("new_address", ""),
        scope=answers.get("new_scope", ""),
        capital=answers.get("new_capital", ""),
        shareholders=answers.get("new_shareholders", ()),
    )
    facts = identity.identity_facts(organisation.pk)
    told = ("organisation.name", "organisation.address", "organisation.legal_representative")
    return {element: facts[element] for element in told if element in facts}


def end_entity(actor: Actor, case: Case, decision: Decision, options: dict[str, Any]) -> dict[str, Any]:
    actions.end_entity(actor, case=case.reference, organisation_id=case.applicant_id)
    return {}


def convert_to_company(actor: Actor, case: Case, decision: Decision, options: dict[str, Any]) -> dict[str, Any]:
    """A company takes the place of the sole trader who applies, led by the same person."""
    company = _register(actor, case, options, representative_id=_person_behind(case))
    actions.end_entity(actor, case=case.reference, organisation_id=case.applicant_id)
    return _known(company)


def _person_behind(case: Case) -> int:
    """Who leads what is registered: the person who applies, or who stands for the business that does."""
    if case.applicant.kind == PartyKind.PERSON:
        return case.applicant_id
    head = identity.representatives_of(case.applicant_id).first()
    if head is None:
        raise TransitionNotAllowed
    return head.person_id


def _register(actor: Actor, case: Case, options: dict[str, Any], *, representative_id: int) -> Organisation:
    answers = case.answers
    return actions.register_entity(
        actor,
        case=case.reference,
        kind=options["kind"],
        org_type=answers.get("org_type") or options["org_type"],
        region_code=answers["premises_region"],
        representative_id=representative_id,
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


def _known(organisation: Organisation) -> dict[str, Any]:
    return {
        "organisation.party": organisation.pk,
        "organisation.name": organisation.party.name,
        "organisation.uscc": identity.number_of(organisation.pk, "cn.uscc"),
    }


_KIND: dict[str, Any] = {
    "type": "object",
    "properties": {"kind": {"enum": ["enterprise", "sole_trader"]}, "org_type": {"type": "string"}},
    "required": ["kind", "org_type"],
}
_NONE: dict[str, Any] = {"type": "object", "properties": {}, "additionalProperties": False}

for _apply, _options in (
    (register_organisation, _KIND),
    (change_entity, _NONE),
    (end_entity, _NONE),
    (convert_to_company, _KIND),
):
    _key = f"registration.{_apply.__name__}"
    effects.add(_key, Effect(key=_key, apply=_apply, options=_options))
