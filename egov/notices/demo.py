"""The demonstration city's inboxes: notices of its past, read or not. No message leaves for them."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from egov.kernel.events import Event
from egov.kernel.refs import Ref
from egov.kernel.text import LocalisedText
from egov.notices import consumers, texts
from egov.notices.models import Notice


@dataclass(frozen=True, kw_only=True)
class PastNotice:
    """A notice of the past; ``named`` is its subject's title. See ``actions.notify`` for the rest."""

    recipient_id: int
    key: str
    kind: str
    subject: Ref
    named: LocalisedText
    created_at: dt.datetime
    context: Mapping[str, Any] = field(default_factory=dict)
    needs_action: bool = False
    read_at: dt.datetime | None = None


def lay_notices(notices: Sequence[PastNotice]) -> int:
    """Insert ``notices``; one that is there already stays as it is. Returns how many are new."""
    before = Notice.objects.count()
    rows = []
    for each in notices:
        title, body = texts.write(each.kind, subject=each.subject, context=each.context, named=each.named)
        rows.append(
            Notice(
                recipient_id=each.recipient_id,
                key=each.key,
                kind=each.kind,
                subject=str(each.subject),
                title=title,
                body=body,
                needs_action=each.needs_action,
                created_at=each.created_at,
                read_at=each.read_at,
            )
        )
    Notice.objects.bulk_create(rows, batch_size=1000, ignore_conflicts=True)
    return Notice.objects.count() - before


def past_notice(
    event: Event, *, named: LocalisedText, at: dt.datetime, read_at: dt.datetime | None = None
) -> PastNotice | None:
    """What the event tells, as its consumer would have told it ``at``; None when nobody hears of it."""
    told = consumers.told_of(event)
    if told is None:
        return None
    return PastNotice(
        recipient_id=told.recipient_id,
        key=told.key,
        kind=told.kind,
        subject=told.subject,
        named=named,
        created_at=at,
        context=told.context,
        needs_action=told.needs_action,
        read_at=read_at,
    )
