"""The demonstration city's journal: acts of its past, in one insert. The sealer gives them their places as any other."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from egov.journal.models import Entry, EntryKind
from egov.kernel.actor import Actor
from egov.kernel.idempotency import digest_of
from egov.kernel.refs import Ref


@dataclass(frozen=True)
class PastAct:
    """An act of the past; see ``actions.record``."""

    at: dt.datetime
    actor: Actor
    action: str
    refs: Sequence[Ref]
    content: Any = None
    reason: str = ""


def lay_entries(acts: Iterable[PastAct]) -> int:
    """Insert ``acts`` in the order of time; how many."""
    rows = [
        Entry(
            at=each.at,
            kind=EntryKind.ACT,
            action=each.action,
            account_id=each.actor.account_id,
            party_id=each.actor.party_id,
            capacity=each.actor.capacity or each.actor.kind.value,
            on_behalf_of_id=each.actor.on_behalf_of_id,
            department_id=each.actor.department_id,
            reason=each.reason[:200],
            refs=[str(ref) for ref in each.refs],
            content_digest=digest_of(each.content) if each.content is not None else b"",
        )
        for each in sorted(acts, key=lambda act: act.at)
    ]
    Entry.objects.bulk_create(rows, batch_size=1000)
    return len(rows)
