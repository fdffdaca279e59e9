"""What cases hear: that they are open and their papers can be fetched, bills that were paid, limits that passed."""

from egov.casework import actions, queries
from egov.casework.rules.lifecycle import SUBMITTED
from egov.contracts.cases import CaseChanged, CaseClockMissed, CaseOpened
from egov.contracts.money import BillPaid
from egov.deadlines.models import Clock
from egov.deadlines.registry import missed_handlers
from egov.kernel import outbox
from egov.kernel.actor import SYSTEM, Actor
from egov.kernel.refs import Ref


@outbox.consumes(CaseOpened, key="casework.case_opened")
def on_case_opened(event: CaseOpened) -> None:
    actions.fetch_all(SYSTEM, case=event.case)


@outbox.consumes(CaseChanged, key="casework.case_received")
def on_case_changed(event: CaseChanged) -> None:
    """What waits for its fee is fetched once it is paid: nothing is read for what may never be received."""
    if event.before == SUBMITTED:
        actions.fetch_all(SYSTEM, case=event.case)


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
