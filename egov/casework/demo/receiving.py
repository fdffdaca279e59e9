"""From receipt to acceptance, as it would have been written. See ``tale``."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from egov.casework import deciding, letters, moving, opening
from egov.casework.actions.acceptance import DEFAULT_PLAN, TASK_ACCEPT_AGAIN
from egov.casework.demo.decisions import Deciding
from egov.casework.demo.telling import Granting
from egov.casework.models import (
    CaseState,
    CorrectionRequest,
    Decision,
)
from egov.casework.rules.lifecycle import TRANSITIONS
from egov.contracts.cases import CorrectionRequested
from egov.documents.models import StoredFile
from egov.kernel.actor import SYSTEM, Actor


class Receiving(Deciding):
    """Payment, acceptance, corrections."""

    def pay(self, at: dt.datetime) -> None:
        """The bill was paid: the case counts as received from now on."""
        self._begin(at, "pay", SYSTEM)
        self.case.received_at = at
        for spec in opening.decision_clocks(self.case, self.procedure, at):
            setattr(self.case, f"{spec.kind}_due_at", opening.due_of(spec))
        self._finish("pay", SYSTEM)
        self._receive()

    def _receive(self) -> None:
        verdict = deciding.instant_verdict(self.case)
        if verdict is not None:
            self._decide_at_once(verdict)
            return
        spec = opening.acceptance_clock(self.case, self.procedure, self.case.received_at)
        due = self.clocks.start(spec, self.now).due_at if spec is not None else None
        self.work.open_item(opening.item_for(self.case, "accept", opening.TASK_ACCEPT, due=due), self.now)

    def _decide_at_once(self, verdict: deciding.Verdict) -> None:
        case, now = self.case, self.now
        self.decision = Decision(
            case=case,
            outcome=verdict.outcome,
            reasons=verdict.reasons,
            citations=list(verdict.citations),
            data=dict(verdict.data),
            trace=verdict.trace,
            drafted_at=now,
            signed_at=now,
        )
        case.outcome, case.accepted_at, case.decided_at = verdict.outcome, now, now
        self.granting = Granting(now, SYSTEM)
        moves = ["accept_at_once", "decide_at_once"]
        if deciding.delivered_electronically(case):
            moves.append("deliver")
            deciding.hand_over(case, self.procedure, self.decision, now)
        for key in moves:
            self._move(key, SYSTEM, before=case.state, after=TRANSITIONS[key].after)
            case.state = TRANSITIONS[key].after
        case.lock_version += len(moves)
        self._note(SYSTEM, "casework.decide_at_once", content={"outcome": case.outcome, "trace": verdict.trace})
        changed = moving.changed(case, CaseState.RECEIVED, "decide_at_once")
        self._tell(lambda: changed)
        self._tell(self._decided)

    @property
    def last_answer(self) -> dt.datetime | None:
        answered = [each.answered_at for each in self.corrections if each.answered_at]
        return answered[-1] if answered else None

    def accept(self, at: dt.datetime, actor: Actor) -> None:
        self._begin(at, "accept", actor)
        self._accepted("accept", actor, started_at=at)

    def _accepted(self, act: str, actor: Actor, *, started_at: dt.datetime) -> None:
        case, rules = self.case, self.procedure.correction
        restarts = rules is not None and rules.restarts_clock
        started = self.last_answer if restarts and self.last_answer else started_at
        self.clocks.stop(self.now, opening.ACCEPTANCE)
        due = {
            spec.kind: self.clocks.start(spec, self.now).due_at
            for spec in opening.decision_clocks(case, self.procedure, started)
        }
        self.work.settle(actor, self.now, kinds=["accept"], outcome=act)
        changes = {
            "accepted_at": started,
            "promised_due_at": due[opening.PROMISED],
            "statutory_due_at": due.get(opening.STATUTORY),
            "handler_id": actor.post_id or case.handler_id,
        }
        self._finish(act, actor, changes=changes)
        self._paper(actor, letters.acceptance_spec(case, self.procedure))
        self.work.start_plan(
            self.now,
            subject=self.ref,
            definition=case.version.plan or DEFAULT_PLAN,
            context=case.answers,
            department_id=case.department_id,
            unit_id=case.unit_id,
            title=case.title,
            subtitle=case.applicant.name,
            topic=case.service.code,
            due_at=case.promised_due_at,
            excluded_persons=opening.concerned(case),
        )

    def not_accept(self, at: dt.datetime, actor: Actor, reason: str) -> None:
        self._begin(at, "not_accept", actor, reason=reason)
        self.clocks.stop(at)
        self.work.settle(actor, at, kinds=["accept"], outcome="not_accept")
        self.work.cancel(at)
        self._finish("not_accept", actor, note=reason, changes={"closed_at": at})
        self._paper(actor, letters.ruling_spec(self.case, self.procedure, "not_accept", reasons=reason))

    def request_correction(self, at: dt.datetime, actor: Actor, items: Sequence[Mapping[str, Any]]) -> None:
        """``items`` with their labels, as :class:`CorrectionRequest` keeps them."""
        given = [{key: value for key, value in item.items() if key != "label"} for item in items]
        self._begin(at, "request_correction", actor, items=given)
        rules = self.procedure.correction
        if rules is None:
            raise ValueError("this procedure knows no correction")
        self.clocks.stop(at, opening.ACCEPTANCE)
        clock_ = self._start_clock(opening.CORRECTION, rules.answer_limit, rules.answer_unit, rules.basis)
        self.corrections.append(
            CorrectionRequest(
                case=self.case,
                items=list(items),
                asked_at=at,
                asked_by_id=actor.own_post_id,
                respond_by=clock_.due_at,
                answers_before=self.case.answers,
            )
        )
        self.work.settle(actor, at, kinds=["accept"], outcome="request_correction")
        self._finish("request_correction", actor, changes={"handler_id": actor.post_id}, content=list(items))
        event = CorrectionRequested(
            case=self.case.reference,
            matter=self.case.matter,
            service=self.case.service.code,
            applicant_id=self.case.applicant_id,
            respond_by=clock_.due_at.isoformat(),
        )
        self._tell(lambda: event)
        self._paper(actor, letters.correction_spec(self.case, self.procedure, items, clock_.due_at))

    def answer_correction(
        self, at: dt.datetime, *, answers: Mapping[str, Any], files: Sequence[tuple[str, StoredFile]]
    ) -> None:
        self._begin(at, "answer_correction", self.applicant, answers=answers, files=files)
        for material, file in files:
            self.attach(material, file, origin="correction")
        self._answered(at)
        changes = {"answers": {**self.case.answers, **answers}}
        self._finish("answer_correction", self.applicant, changes=changes, content=dict(answers))
        self._look_again()

    def _take_as_it_is(self) -> None:
        self._answered(self.now)
        self._finish("take_as_it_is", SYSTEM)
        self._look_again()

    def _answered(self, at: dt.datetime) -> None:
        for request in self.corrections:
            request.answered_at = request.answered_at or at

    def _look_again(self) -> None:
        self.clocks.stop(self.now, opening.CORRECTION)
        spec = opening.acceptance_clock(self.case, self.procedure, self.now)
        due = self.clocks.start(spec, self.now).due_at if spec is not None else None
        item = opening.item_for(self.case, "accept", TASK_ACCEPT_AGAIN, due=due, assignee_id=self.case.handler_id)
        self.work.open_item(item, self.now)
