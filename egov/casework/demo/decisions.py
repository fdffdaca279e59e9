"""Steps of the plan, the decision, and its delivery, as they would have been written. See ``tale``."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from egov.casework import deciding, opening
from egov.casework.demo.telling import Granting, Telling, key_of
from egov.casework.models import (
    Decision,
)
from egov.casework.rules.lifecycle import UNDER_REVIEW
from egov.casework.worklist import HANDLING
from egov.contracts.cases import CaseDecided
from egov.kernel.actor import SYSTEM, Actor
from egov.work import rules as plans
from egov.work.models import WorkItem


class Deciding(Telling):
    """The way to the decision."""

    def claim(self, at: dt.datetime, actor: Actor, item: WorkItem) -> None:
        self._begin(at, "claim", actor, kind=item.kind)
        self.work.claim(item, actor, at)
        self._note(actor, "work.claim", key_of("work_item", item), party=False)
        if item.kind in HANDLING:
            self.case.handler_id = actor.post_id

    def complete_step(
        self, at: dt.datetime, actor: Actor, item: WorkItem, *, outcome: str, note: str, others: Sequence[Actor] = ()
    ) -> None:
        together = [each.post_id for each in others]
        self._begin(at, "complete_step", actor, kind=item.kind, outcome=outcome, note=note, together_with=together)
        self._finish(
            "complete_step",
            actor,
            note=note,
            refs=[key_of("work_item", item)],
            content={"outcome": outcome, "note": note},
        )
        self._complete(actor, item, outcome=outcome, note=note, others=[each.party_id for each in others])

    def _complete(self, actor: Actor, item: WorkItem, *, outcome: str = "", note: str = "", others: Any = ()) -> None:
        self._note(actor, "work.done", key_of("work_item", item), party=False)
        if self.work.complete(actor, item, self.now, outcome=outcome, note=note, others=others):
            self._conclude(actor)

    def draft_decision(
        self,
        at: dt.datetime,
        actor: Actor,
        *,
        outcome: str,
        reasons: str,
        citations: Sequence[Mapping[str, str]] = (),
        conditions: str = "",
    ) -> None:
        told = {"outcome": outcome, "reasons": reasons, "citations": list(citations)}
        self._begin(at, "draft_decision", actor, **told, conditions=conditions)
        (item,) = self.work.open_items("decide")
        verdict = deciding.advice_on(self.case)
        self.decision = Decision(
            case=self.case,
            outcome=outcome,
            reasons=reasons,
            citations=[{"instrument": each["instrument"], "article": each.get("article", "")} for each in citations],
            conditions=conditions,
            trace=verdict.trace if verdict else None,
            drafted_by_id=actor.post_id,
            drafted_at=at,
        )
        deciding.check_complete(self.procedure, self.decision)
        self._finish("draft_decision", actor, content=told)
        self._complete(actor, item, outcome=self._onward(item))

    def sign_decision(self, at: dt.datetime, actor: Actor) -> None:
        self._begin(at, "sign_decision", actor)
        (item,) = self.work.open_items("sign")
        self._complete(actor, item, outcome=self._onward(item))

    def _onward(self, item: WorkItem) -> str:
        step = self.work.step_of(item)
        return step.first_forward() if step else plans.DONE

    def _conclude(self, actor: Actor) -> None:
        """The last step of the plan was done: the drafted decision stands."""
        decision, case = self.decision, self.case
        if case.state not in UNDER_REVIEW or decision is None:
            raise ValueError(f"{case}: the plan ended without a draft")
        decision.signed_by_id, decision.signed_at = actor.post_id, self.now
        case.outcome, case.decided_at = decision.outcome, self.now
        self.clocks.stop(self.now)
        self.work.cancel(self.now, kinds=["accept", "extension", "opinion_answer"])
        self.granting = Granting(self.now, actor)
        content = {"outcome": decision.outcome, "reasons": decision.reasons, "citations": decision.citations}
        self._finish("sign_decision", actor, content=content)
        self._tell(self._decided)
        if deciding.delivered_electronically(case):
            self._deliver(SYSTEM)
        else:
            self._await_delivery()

    def _decided(self) -> CaseDecided:
        return deciding.decided(self.case, self.decision)  # type: ignore[arg-type]

    def _await_delivery(self) -> None:
        limit, due = self.procedure.delivery, None
        if limit is not None:
            due = self._start_clock(opening.DELIVERY, limit.limit, limit.unit, limit.basis).due_at
        self.work.open_item(opening.item_for(self.case, "deliver", deciding.TASK_DELIVER, due=due), self.now)

    def deliver(self, at: dt.datetime, actor: Actor) -> None:
        self._begin(at, "deliver", actor)
        self._deliver(actor)

    def _deliver(self, actor: Actor) -> None:
        deciding.hand_over(self.case, self.procedure, self.decision, self.now)  # type: ignore[arg-type]
        self.clocks.stop(self.now, opening.DELIVERY)
        self.work.settle(actor, self.now, kinds=["deliver"], outcome="delivered")
        self._finish("deliver", actor)
