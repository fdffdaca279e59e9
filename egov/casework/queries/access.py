"""Who may see which case, by columns only, and what they may do with it."""

from enum import StrEnum

from django.db.models import Q, QuerySet

from egov.casework import facts, moving
from egov.casework.models import Case
from egov.casework.rules import lifecycle
from egov.casework.rules.lifecycle import Possibility, Who
from egov.kernel.actor import Actor, CapacityKind


class Access(StrEnum):
    """How somebody comes to see a case."""

    OWN = "own"  # the applicant, or whoever acts for them
    HANDLING = "handling"  # the unit that has it, or a step of it
    ADVISING = "advising"  # asked for an opinion: the question and what was shared
    REASON = "reason"  # the same department or data administration: only with a reason
    NONE = "none"


def access_to(case: Case, actor: Actor, party: lifecycle.Party) -> Access:
    """``case`` from ``moving.load``, ``party`` from ``facts.party_of``."""
    if Who.APPLICANT in party.parts:
        return Access.OWN
    if actor.is_system or party.parts & {Who.OFFICER, Who.APPROVER}:
        return Access.HANDLING
    if "verify_rating" in party.items and party.items["verify_rating"] is None:
        return Access.HANDLING
    if Who.ADVISER in party.parts:
        return Access.ADVISING
    if actor.is_staff and (actor.department_id == case.department_id or Who.SUPERVISOR in party.parts):
        return Access.REASON
    return Access.NONE


def visible_cases(actor: Actor) -> QuerySet[Case]:
    """The cases an actor sees in lists without a reason: the party's own; the unit's; for its head the department's."""
    if actor.is_system:
        return Case.objects.all()
    if actor.is_staff:
        own = Q(department_id=actor.department_id, unit_id=actor.unit_id)
        if actor.roles & {"department_head", "records"}:
            own = Q(department_id=actor.department_id)
        return Case.objects.filter(own)
    if not actor.is_applicant:
        return Case.objects.none()
    cases = Case.objects.filter(applicant_id=actor.on_behalf_of_id)
    if actor.mandate_services is not None:
        cases = cases.filter(service__code__in=actor.mandate_services)
    return cases


def own_cases(actor: Actor) -> QuerySet[Case]:
    """The cases for whose applicant the actor acts (``facts.acts_for_applicant``), for whoever narrows them down to a case
    or a matter: also those a founder filed for the company that was registered meanwhile."""
    if not actor.is_applicant:
        return Case.objects.none()
    if actor.kind is not CapacityKind.SELF or actor.mandate_services is not None:
        return visible_cases(actor)
    return Case.objects.filter(
        Q(applicant_id=actor.on_behalf_of_id) | Q(filed_by_id=actor.party_id, capacity=actor.capacity)
    )


def allowed_acts(case: Case, actor: Actor) -> list[Possibility]:
    """What the actor may do now, with the obstacle where a guard stands against it (three statements)."""
    row = moving.load(case.reference)
    return lifecycle.possibilities(facts.facts_of(row, facts.procedure_of(row)), facts.party_of(actor, row))


def exists(reference: str) -> bool:
    return Case.objects.filter(reference=reference).exists()
