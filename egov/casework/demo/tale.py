"""One case of the past, told in memory: each method writes the rows that the action of its name would have written.

Nothing here touches the database; :mod:`egov.casework.demo.writing` lays many tales at once. What was done stands in
``deeds``, so that the same life can be lived again through the actions (a test does).
"""

import datetime as dt

from egov.casework import letters, opening
from egov.casework.actions import CaseSpec
from egov.casework.actions.ending import CLOSE_AFTER, SILENT
from egov.casework.demo.conversing import Conversing
from egov.casework.demo.officers import Officers
from egov.casework.demo.receiving import Receiving
from egov.casework.demo.reviewing import Reviewing
from egov.casework.demo.telling import Raised, key_of
from egov.casework.models import CaseState
from egov.contracts.cases import DeadlineMissed
from egov.deadlines.models import Clock
from egov.identity.models import Party, Unit
from egov.kernel import clock
from egov.kernel.actor import SYSTEM, Actor
from egov.kernel.text import localise

SWEEP = dt.timedelta(minutes=1)  # after a limit passed, until the platform has noticed
NIGHT = dt.timedelta(hours=1, minutes=30)  # when what was delivered some days ago is closed


class Tale(Receiving, Reviewing, Conversing):
    """A case with all that hangs on it, from its opening on.

    ``actor``: for the applicant. ``by_platform``: a member of a whole, opened when its turn came.
    """

    def __init__(
        self,
        actor: Actor,
        spec: CaseSpec,
        at: dt.datetime,
        *,
        applicant: Party,
        unit: Unit,
        officers: Officers,
        by_platform: bool = False,
    ) -> None:
        super().__init__(actor, spec, at, applicant=applicant, unit=unit, officers=officers)
        state, opener = self.case.state, SYSTEM if by_platform else actor
        self._move("open" if state == CaseState.RECEIVED else "open_unpaid", opener, before="", after=state)
        if by_platform:
            self._note(SYSTEM, "casework.open", content=self.case.answers)
        if state == CaseState.RECEIVED:
            self._receive()

    # --- Time passes ----------------------------------------------------------------------------------

    def until(self, moment: dt.datetime) -> None:
        """What the platform does by itself before ``moment``."""
        while (at := self._next_sweep()) is not None and at < moment:
            self._sweep(at)
        closing = self._closing()
        if closing is not None and closing < moment:
            self._deed(closing, "close", SYSTEM)
            self._finish("close", SYSTEM, changes={"closed_at": closing})
            self.until(moment)

    def _next_sweep(self) -> dt.datetime | None:
        missed, late = self.clocks.next_missed(), self.work.next_late()
        dues = [due for due in (missed and missed.due_at, late and late.due_at) if due]
        closing = self._closing()
        at = max(min(dues), self.now) + SWEEP if dues else None
        return None if at is None or (closing is not None and closing <= at) else at

    def _closing(self) -> dt.datetime | None:
        """The night in which what was delivered is closed."""
        if self.case.state != CaseState.DELIVERED or self.case.delivered_at is None:
            return None
        ripe = self.case.delivered_at + CLOSE_AFTER
        night = clock.end_of_day(clock.local(ripe).date() - dt.timedelta(days=1)) + NIGHT
        return night if night > ripe else night + dt.timedelta(days=1)

    def _sweep(self, at: dt.datetime) -> None:
        self._deed(at, "sweep", SYSTEM)
        missed: list[Clock] = []
        while (one := self.clocks.next_missed()) is not None and one.due_at <= at:
            one.missed_at = at
            missed.append(one)
            self._note(SYSTEM, "deadlines.mark_missed", content={"kind": one.kind}, party=False)
        for one in missed:
            if one.stopped_at is None and one.paused_at is None and one.due_at <= at:
                self._follow(one.kind)
        while (item := self.work.next_late()) is not None and item.due_at and item.due_at < at:
            self.work.escalate(item, at)
            self.raised.append(Raised(at, item, item.due_at))
            self._note(SYSTEM, "work.escalate", key_of("work_item", item), party=False)

    def _follow(self, kind: str) -> None:
        rules = self.procedure.correction
        if kind == opening.ACCEPTANCE and self.state == CaseState.RECEIVED and rules and rules.deemed_accepted:
            self._accepted("deem_accepted", SYSTEM, started_at=self.last_answer or self.case.received_at)
        elif kind == opening.CORRECTION and self.state == CaseState.CORRECTION:
            if rules and rules.on_silence == "decide":
                self._take_as_it_is()
            else:
                self._end("terminate", SYSTEM, localise(SILENT, self.case.language))
        elif kind == opening.SUSPENSION and self.state == CaseState.SUSPENDED:
            self._resume(SYSTEM, "")
        elif kind in opening.DECISION_CLOCKS:
            self._overdue(statutory=kind == opening.STATUTORY)

    def _overdue(self, *, statutory: bool) -> None:
        self.case.overdue_at = self.case.overdue_at or self.now
        self._note(SYSTEM, "casework.overdue", content={"statutory": statutory}, party=False)
        event = DeadlineMissed(
            case=self.case.reference,
            service=self.case.service.code,
            department_id=self.case.department_id,
            applicant_id=self.case.applicant_id,
            statutory=statutory,
        )
        self._tell(lambda: event)

    # --- Other ends ---------------------------------------------------------------------------------------

    def withdraw(self, at: dt.datetime, reason: str) -> None:
        self._begin(at, "withdraw", self.applicant, reason=reason)
        self._end("withdraw", self.applicant, reason)

    def terminate(self, at: dt.datetime, actor: Actor, reason: str) -> None:
        self._begin(at, "terminate", actor, reason=reason)
        self._end("terminate", actor, reason)

    def _end(self, act: str, actor: Actor, reason: str) -> None:
        self.clocks.stop(self.now)
        self.work.cancel(self.now)
        self._finish(act, actor, note=reason, changes={"closed_at": self.now})
        self._paper(actor, letters.ruling_spec(self.case, self.procedure, act, reasons=reason))

    def contested(self, at: dt.datetime, by: str) -> None:
        """``by``: the case that contests this one's decision; that case's opening is the deed."""
        self.until(at)
        self.now = at
        state = self.case.state
        self._move("contest", self.applicant, before=state, after=state, note=by, basis=[])
