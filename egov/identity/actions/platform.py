"""What administrators of the platform do to the platform itself."""

from collections.abc import Sequence

from django.db import transaction

from egov.identity import rules
from egov.identity.actions.common import require
from egov.journal import actions as journal
from egov.kernel import outbox
from egov.kernel.actor import Actor
from egov.kernel.refs import Ref


@transaction.atomic
def retry_events(actor: Actor, *, ids: Sequence[int]) -> int:
    """Give events that were given up another series of attempts, at once; how many there were.

    Raises ``NotPermitted``.
    """
    require(rules.may_administer_platform(actor))
    revived = outbox.revive(ids=ids)
    if revived:
        journal.record(actor, "identity.retry_events", *[Ref("outbox", str(each)) for each in ids])
    return revived
