"""Granting and revoking the use of another department's data."""

import datetime as dt

from django.db import transaction

from egov.journal import actions as journal
from egov.kernel import clock
from egov.kernel.actor import Actor
from egov.kernel.errors import NotFound, NotPermitted, TransitionNotAllowed
from egov.kernel.refs import Ref
from g2g.exchange.models import SharingGrant


@transaction.atomic
def grant_sharing(
    actor: Actor,
    *,
    case: str,
    recipient_id: int,
    granted_by_id: int,
    data_set: str,
    elements: str,
    purpose: str,
    legal_basis: str,
    mode: str,
    valid_to: dt.date,
) -> SharingGrant:
    """Authorise a department for a purpose and a time (政务数据共享条例)."""
    grant = SharingGrant.objects.create(
        case=case,
        recipient_id=recipient_id,
        granted_by_id=granted_by_id,
        data_set=data_set,
        elements=elements,
        purpose=purpose,
        legal_basis=legal_basis,
        mode=mode,
        valid_from=clock.today(),
        valid_to=valid_to,
    )
    journal.record(actor, "exchange.grant_sharing", Ref("party", str(recipient_id)), Ref("case", case))
    return grant


@transaction.atomic
def revoke_sharing(actor: Actor, *, grant_id: int, reason: str) -> SharingGrant:
    """End a grant early. Raises ``NotPermitted`` unless the actor belongs to the department that granted it."""
    grant = SharingGrant.objects.select_for_update().filter(pk=grant_id).first()
    if grant is None:
        raise NotFound()
    if not (actor.is_system or (actor.is_staff and actor.department_id == grant.granted_by_id)):
        raise NotPermitted()
    if grant.revoked_at:
        raise TransitionNotAllowed()
    grant.revoked_at = clock.now()
    grant.save(update_fields=["revoked_at"])
    journal.record(actor, "exchange.revoke_sharing", Ref("case", grant.case), content=reason)
    return grant
