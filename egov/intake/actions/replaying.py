"""Asking what a version would have changed. The work itself is done in the background (``egov.intake.replaying``)."""

from celery import current_app
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from egov.catalogue import queries as catalogue
from egov.catalogue.models import EventVersion, ServiceVersion
from egov.intake.models import Replay
from egov.journal import actions as journal
from egov.kernel import clock
from egov.kernel.actor import Actor
from egov.kernel.errors import NotPermitted, TransitionNotAllowed
from egov.kernel.refs import Ref


@transaction.atomic
def replay_service(actor: Actor, *, code: str, number: int) -> Replay:
    """Run the last stored cases of a service again under a version in work. Raises ``NotPermitted``, ``NotFound``,
    ``TransitionNotAllowed`` when there is no version in force to compare with."""
    row = catalogue.version_numbered(code, number)
    if not catalogue.may_configure(actor, row.service):
        raise NotPermitted()
    before = catalogue.version_before(row)
    if before is not None and not (before.is_fileable and row.is_fileable):
        raise TransitionNotAllowed(_("Only what can be filed here can be run again."))
    return _ask(actor, code, row, before, of_event=False)


@transaction.atomic
def replay_event(actor: Actor, *, code: str, number: int) -> Replay:
    """Run the last filings of an event again under a version in work. Raises as ``replay_service``."""
    row = catalogue.event_version(code, number)
    if not catalogue.may_compose(actor, row.lead_role):
        raise NotPermitted()
    return _ask(actor, code, row, catalogue.event_version_before(row), of_event=True)


def _ask(
    actor: Actor,
    subject: str,
    after: ServiceVersion | EventVersion,
    before: ServiceVersion | EventVersion | None,
    *,
    of_event: bool,
) -> Replay:
    if before is None:
        raise TransitionNotAllowed(_("There is no version in force to compare with."))
    row = Replay.objects.create(
        subject=subject,
        of_event=of_event,
        before_id=before.pk,
        after_id=after.pk,
        before_number=before.number,
        after_number=after.number,
        asked_by_id=actor.party_id,
        asked_at=clock.now(),
    )
    kind = "event" if of_event else "service"
    journal.record(actor, "intake.replay", Ref(kind, subject), content=[before.number, after.number])
    # A queue that is away must not undo the request: it is asked for again with the next sweep.
    transaction.on_commit(
        lambda: current_app.send_task("intake.replay", queue="bulk", retry=False, ignore_result=True), robust=True
    )
    return row
