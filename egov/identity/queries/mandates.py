"""Mandates: who let whom act."""

from django.db.models import Q, QuerySet

from egov.identity import rules
from egov.identity.models import Mandate, Representative
from egov.identity.queries.current import current
from egov.kernel.actor import Actor


def mandates_given(party_id: int) -> QuerySet[Mandate]:
    """All mandates this party ever gave, newest first; ``accepted_at`` and ``revoked_at`` tell how they stand."""
    return Mandate.objects.filter(grantor_id=party_id).select_related("agent").order_by("-granted_at", "-id")


def mandates_held(person_id: int) -> QuerySet[Mandate]:
    """All mandates given to this person, or to an organisation that they represent, newest first."""
    return (
        Mandate.objects.filter(of_agent(person_id))
        .select_related("grantor", "agent")
        .order_by("-granted_at", "-id")
        .distinct()
    )


def may_end_mandate(actor: Actor, mandate: Mandate) -> bool:
    """Whether the actor takes it back as the grantor, or gives it up as the agent (Civil Code art. 173)."""
    if rules.may_bind(actor, mandate.grantor_id) or rules.may_bind(actor, mandate.agent_id):
        return True
    if actor.mandate_id != mandate.pk or actor.party_id is None:
        return False
    # In the capacity of the mandate itself: the agent, or who represents the agent.
    represented = Representative.objects.filter(current(), organisation_id=mandate.agent_id, person_id=actor.party_id)
    return actor.party_id == mandate.agent_id or represented.exists()


def in_force() -> Q:
    """Accepted, not revoked, within its dates."""
    return current() & Q(accepted_at__isnull=False, revoked_at__isnull=True)


def of_agent(person_id: int) -> Q:
    """Where the person is the agent, or represents the organisation that is."""
    represented = current(prefix="agent__organisation__representatives__") & Q(
        agent__organisation__representatives__person_id=person_id, agent__organisation__dissolved_on__isnull=True
    )
    return Q(agent_id=person_id) | represented
