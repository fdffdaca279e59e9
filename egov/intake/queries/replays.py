"""Replays, for whoever may change what they are of."""

from egov.catalogue import queries as catalogue
from egov.intake.models import Replay
from egov.kernel.actor import Actor
from egov.kernel.errors import NotFound, NotPermitted


def replay(actor: Actor, replay_id: int) -> Replay:
    """Raises ``NotFound``, ``NotPermitted``."""
    row = Replay.objects.filter(pk=replay_id).first()
    if row is None:
        raise NotFound()
    if row.of_event:
        may = catalogue.may_compose(actor, catalogue.event_version(row.subject, row.after_number).lead_role)
    else:
        may = catalogue.may_configure(actor, catalogue.service(row.subject))
    if not may:
        raise NotPermitted()
    return row


def last_replay(subject: str, after_id: int) -> Replay | None:
    """The last one of this version."""
    return Replay.objects.filter(subject=subject, after_id=after_id).order_by("-id").first()
