"""Mandates: granted by the party itself, accepted by the agent, revoked by either (Civil Code arts. 161–173)."""

import datetime as dt
from collections.abc import Sequence

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from egov.identity import queries, rules
from egov.identity.actions.common import locked, party_named, party_ref, require
from egov.identity.models import Mandate
from egov.journal import actions as journal
from egov.kernel import clock
from egov.kernel.actor import Actor
from egov.kernel.errors import InvalidInput, NotPermitted, TransitionNotAllowed
from egov.kernel.refs import Ref


@transaction.atomic
def grant_mandate(
    actor: Actor,
    *,
    grantor_id: int,
    agent_id: int,
    services: Sequence[str] = (),
    valid_from: dt.date | None = None,
    valid_to: dt.date | None = None,
) -> Mandate:
    """Let ``agent`` (a person or an organisation) act for ``grantor``, for the named services or for all.

    Only the person themselves or the organisation's representative, with verified identity, may grant. It takes
    effect when the agent accepts. Raises ``NotPermitted``, ``NotFound``, ``InvalidInput``.
    """
    require(rules.may_bind(actor, grantor_id))
    if actor.party_id is None:
        raise NotPermitted()
    if agent_id == grantor_id:
        raise InvalidInput.at("agent_id", "self", _("A mandate is given to somebody else."))
    party_named(agent_id)
    first = valid_from or clock.today()
    if valid_to is not None and valid_to < first:
        raise InvalidInput.at("valid_to", "order", _("The last day lies before the first."))
    mandate = Mandate.objects.create(
        grantor_id=grantor_id,
        agent_id=agent_id,
        services=sorted(set(services)),
        valid_from=first,
        valid_to=valid_to,
        granted_by_id=actor.party_id,
        granted_at=clock.now(),
    )
    journal.record(actor, "identity.grant_mandate", *_refs(mandate), content=mandate.services)
    return mandate


@transaction.atomic
def accept_mandate(actor: Actor, *, mandate_id: int) -> Mandate:
    """The agent takes it on. Raises ``NotPermitted``, ``NotFound``; ``TransitionNotAllowed`` when it was answered."""
    mandate = locked(Mandate, mandate_id)
    require(rules.may_bind(actor, mandate.agent_id))
    if mandate.accepted_at is not None or mandate.revoked_at is not None:
        raise TransitionNotAllowed()
    mandate.accepted_at = clock.now()
    mandate.save(update_fields=["accepted_at"])
    journal.record(actor, "identity.accept_mandate", *_refs(mandate))
    return mandate


@transaction.atomic
def revoke_mandate(actor: Actor, *, mandate_id: int) -> Mandate:
    """The grantor takes it back, or the agent gives it up or declines it (Civil Code art. 173), at once.

    Raises ``NotPermitted``, ``NotFound``; ``TransitionNotAllowed`` when it is revoked already.
    """
    mandate = locked(Mandate, mandate_id)
    require(queries.may_end_mandate(actor, mandate))
    if mandate.revoked_at is not None:
        raise TransitionNotAllowed()
    mandate.revoked_at = clock.now()
    mandate.revoked_by_id = actor.party_id
    mandate.save(update_fields=["revoked_at", "revoked_by"])
    journal.record(actor, "identity.revoke_mandate", *_refs(mandate))
    return mandate


def _refs(mandate: Mandate) -> tuple[Ref, ...]:
    return Ref("mandate", str(mandate.pk)), party_ref(mandate.grantor_id), party_ref(mandate.agent_id)
