"""Consumers: a correction that a department did not take over changes nothing of the event either."""

from egov.contracts.cases import ChangeDecided
from egov.intake import actions
from egov.kernel import outbox


@outbox.consumes(ChangeDecided, key="intake.change_decided")
def on_change_decided(event: ChangeDecided) -> None:
    if not event.accepted:
        actions.forget_refused(change_id=event.change_id)
