"""Telling people: an inbox row exactly once, messages that leave at least once under one key."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import structlog
from django.conf import settings
from django.db import transaction
from django.utils import translation

from egov.identity.models import Account, Contact
from egov.journal import actions as journal
from egov.kernel import clock, secrets
from egov.kernel.actor import Actor
from egov.kernel.errors import NotFound, NotPermitted
from egov.kernel.refs import Ref
from egov.kernel.text import localise
from egov.notices import texts
from egov.notices.models import Delivery, DeliveryState, Notice
from egov.notices.registry import Outgoing, channels

logger = structlog.get_logger(__name__)

MAX_ATTEMPTS = 8
PAUSES = (10, 60, 300, 900, 3600, 14400, 43200)  # seconds until the next attempt


def notify(
    actor: Actor,
    *,
    recipients: Iterable[int],
    key: str,
    kind: str,
    subject: Ref,
    context: Mapping[str, Any] | None = None,
    needs_action: bool = False,
) -> list[Notice]:
    """Put a notice into the inbox of each recipient (a party) and queue its messages; four statements at most.

    ``key`` names what is told of: a recipient gets one notice per key, however often this is called. ``context`` holds
    what the text names; localised texts, dates, amounts and words. Returns the new notices.
    """
    wanted = sorted(set(recipients))
    told = set(Notice.objects.filter(recipient_id__in=wanted, key=key).values_list("recipient_id", flat=True))
    missing = [party for party in wanted if party not in told]
    if not missing:
        return []
    title, body = texts.write(kind, subject=subject, context=context or {})
    moment = clock.now()
    notices = Notice.objects.bulk_create(
        Notice(
            recipient_id=party,
            key=key,
            kind=kind,
            subject=str(subject),
            title=title,
            body=body,
            needs_action=needs_action,
            created_at=moment,
        )
        for party in missing
    )
    _queue_messages(notices, moment)
    return notices


def _queue_messages(notices: Sequence[Notice], moment: dt.datetime) -> None:
    by_recipient = {notice.recipient_id: notice for notice in notices}
    contacts = Contact.objects.filter(party_id__in=by_recipient, wanted=True, verified_at__isnull=False)
    Delivery.objects.bulk_create(
        Delivery(
            notice_id=by_recipient[contact.party_id].pk,
            channel=contact.channel,
            address=contact.encrypted,
            address_masked=contact.masked,
            idempotency_key=f"n{by_recipient[contact.party_id].pk}-{contact.channel}",
            created_at=moment,
            due_at=moment,
        )
        for contact in contacts
    )


def deliver_due(*, limit: int = 100) -> int:
    """Hand over waiting messages; returns how many were tried.

    A message is locked while it is handed over, so no two workers send it. A crash after the hand-over and before
    the record makes it leave once more, under the same key: the receiver drops the repeat.
    """
    tried = 0
    while tried < limit:
        with transaction.atomic():
            delivery = (
                Delivery.objects.select_for_update(skip_locked=True)
                .filter(state__in=[DeliveryState.WAITING, DeliveryState.FAILED], due_at__lte=clock.now())
                .order_by("due_at", "id")
                .first()
            )
            if delivery is None:
                return tried
            _hand_over(delivery)
        tried += 1
    return tried


def _hand_over(delivery: Delivery) -> None:
    delivery.attempts += 1
    try:
        delivery.receipt = channels.get(delivery.channel).send(_outgoing(delivery))[:120]
    except Exception as error:
        logger.warning("delivery_failed", channel=delivery.channel, key=delivery.idempotency_key, error=repr(error))
        delivery.last_error = repr(error)[:2000]
        if delivery.attempts >= MAX_ATTEMPTS:
            delivery.state = DeliveryState.DEAD
        else:
            delivery.state = DeliveryState.FAILED
            pause = PAUSES[min(delivery.attempts - 1, len(PAUSES) - 1)]
            delivery.due_at = clock.now() + dt.timedelta(seconds=pause)
    else:
        delivery.state = DeliveryState.SENT
        delivery.sent_at = clock.now()
        delivery.last_error = ""
    delivery.save(update_fields=["attempts", "receipt", "state", "due_at", "sent_at", "last_error"])


def _outgoing(delivery: Delivery) -> Outgoing:
    notice = Notice.objects.get(pk=delivery.notice_id)
    chosen = Account.objects.filter(person_id=notice.recipient_id).values_list("language", flat=True).first()
    language = chosen or settings.LANGUAGE_CODE
    with translation.override(language):
        return Outgoing(
            key=delivery.idempotency_key,
            address=secrets.decrypt(bytes(delivery.address)),
            title=localise(notice.title),
            body=localise(notice.body),
            url=f"{settings.PUBLIC_URL}/me/",
        )


def mark_read(actor: Actor, *, notice_ids: Iterable[int]) -> int:
    """Mark the actor's own notices as read; returns how many were new. Others' notices are not touched."""
    if actor.on_behalf_of_id is None and actor.party_id is None:
        raise NotPermitted()
    mine = [party for party in (actor.on_behalf_of_id, actor.party_id) if party is not None]
    return Notice.objects.filter(pk__in=list(notice_ids), recipient_id__in=mine, read_at__isnull=True).update(
        read_at=clock.now()
    )


@transaction.atomic
def retry_dead(actor: Actor, *, delivery_id: int) -> None:
    """Try a given-up message again. For administrators of the platform. Raises ``NotPermitted``, ``NotFound``."""
    if not (actor.is_system or actor.has_role("platform_admin")):
        raise NotPermitted()
    changed = Delivery.objects.filter(pk=delivery_id, state=DeliveryState.DEAD).update(
        state=DeliveryState.FAILED, attempts=0, due_at=clock.now()
    )
    if not changed:
        raise NotFound()
    journal.record(actor, "notices.retry_dead", Ref("delivery", str(delivery_id)))
