"""What cases hear: bills that were paid, limits that passed."""

from egov.casework import actions, queries
from egov.contracts.cases import CaseClockMissed
from egov.contracts.money import BillPaid
from egov.deadlines.models import Clock
from egov.deadlines.registry import missed_handlers
from egov.kernel import outbox
from egov.kernel.actor import SYSTEM, Actor
from egov.kernel.refs import Ref


@outbox.consumes(BillPaid, key="casework.bill_paid")
def on_bill_paid(event: BillPaid) -> None:
    """The cases of the bill count as received; those withdrawn meanwhile stay so.

    A case that a bundle opens later asks for itself whether it was paid.
    """
    for subject in event.subjects:
        ref = Ref.parse(subject)
        if ref.kind == "case" and queries.exists(ref.key):
            actions.receive_paid(SYSTEM, case=ref.key)


def note_missed(_actor: Actor, clock: Clock) -> None:
    """The clock's row is locked here; acts lock the case first. So only say it, and act in a transaction of its own."""
    outbox.emit(CaseClockMissed(case=Ref.parse(clock.subject).key, kind=clock.kind))


missed_handlers.add("case", note_missed)


@outbox.consumes(CaseClockMissed, key="casework.clock_missed")
def on_clock_missed(event: CaseClockMissed) -> None:
    actions.follow_missed_clock(SYSTEM, case=event.case, kind=event.kind)
