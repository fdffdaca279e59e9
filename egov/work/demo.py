"""The demonstration city's to-do lists: plans and items of one subject run in memory on the same engine, then written."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from egov.kernel.actor import Actor
from egov.kernel.refs import Ref
from egov.kernel.text import LocalisedText
from egov.work import rules, running
from egov.work.models import OPEN_ITEMS, ItemEvent, ItemState, Plan, PlanState, Step, StepState, WorkItem
from egov.work.registry import ItemSpec


class PastWork:
    """Plan and items of one subject. Each method does what the action of its name does, at a moment that is given."""

    def __init__(self) -> None:
        self.items: list[WorkItem] = []
        self.events: list[ItemEvent] = []
        self.steps: list[Step] = []
        self.plan: Plan | None = None
        self._definition: rules.PlanDefinition | None = None

    def open_item(self, spec: ItemSpec, at: dt.datetime) -> WorkItem:
        item = running.item_of(spec, now=at)
        self.items.append(item)
        return item

    def open_items(self, *kinds: str) -> list[WorkItem]:
        return [item for item in self.items if item.state in OPEN_ITEMS and (not kinds or item.kind in kinds)]

    def claim(self, item: WorkItem, actor: Actor, at: dt.datetime) -> None:
        item.assignee_id, item.state, item.claimed_at = actor.post_id, ItemState.CLAIMED, at
        self._note(item, actor, at, "claim")

    def settle(self, actor: Actor, at: dt.datetime, *, kinds: Sequence[str], outcome: str) -> None:
        for item in self.open_items(*kinds):
            if item.step is None:
                item.state, item.outcome, item.done_at, item.done_by_id = ItemState.DONE, outcome, at, actor.post_id

    def complete(
        self, actor: Actor, item: WorkItem, at: dt.datetime, *, outcome: str = "", note: str = "", others: Any = ()
    ) -> bool:
        """Whether the plan came to its end with it. ``others``: parties who did it with the actor."""
        item.state, item.outcome, item.note = ItemState.DONE, outcome or rules.DONE, note
        item.done_at, item.done_by_id = at, actor.post_id
        item.assignee_id = item.assignee_id or actor.post_id
        self._note(item, actor, at, "done", note)
        if item.step is None:
            return False
        step = item.step
        step.state, step.outcome, step.finished_at = StepState.DONE, item.outcome, at
        step.persons = [*([actor.party_id] if actor.party_id else []), *others]
        return self._advance(step, at)

    def start_plan(
        self,
        at: dt.datetime,
        *,
        subject: Ref,
        definition: Mapping[str, Any],
        context: Mapping[str, Any],
        department_id: int,
        unit_id: int,
        title: LocalisedText,
        subtitle: str,
        topic: str,
        due_at: dt.datetime | None,
        excluded_persons: Sequence[int],
    ) -> None:
        self._definition = rules.parse_plan(definition)
        self.plan = Plan(
            subject=str(subject),
            key=self._definition.key,
            definition=dict(definition),
            context=dict(context),
            title=title,
            subtitle=subtitle[:200],
            topic=topic,
            department_id=department_id,
            unit_id=unit_id,
            due_at=due_at,
            excluded_persons=list(excluded_persons),
            started_at=at,
        )
        self._enter(rules.start(self._definition, running.condition_over(self.plan.context)), at)

    def step_of(self, item: WorkItem) -> rules.StepDefinition | None:
        return self._definition.step(item.step.key) if self._definition and item.step else None

    def pause(self) -> None:
        for item in self.open_items():
            item.paused = True

    def resume(self, due_at: dt.datetime | None) -> None:
        for item in self.open_items():
            if item.paused:
                item.paused = False
                if due_at is not None:
                    item.due_at, item.escalated_at = due_at, None

    def reschedule(self, due_at: dt.datetime) -> None:
        if self.plan is not None and self.plan.state in (PlanState.RUNNING, PlanState.SUSPENDED):
            self.plan.due_at = due_at
        for item in self.open_items():
            if item.step is not None:
                item.due_at, item.escalated_at = due_at, None

    def cancel(self, at: dt.datetime, *, kinds: Sequence[str] = ()) -> None:
        for item in self.open_items(*kinds):
            item.state, item.done_at = ItemState.CANCELLED, at
        if kinds:
            return
        if self.plan is not None and self.plan.state in (PlanState.RUNNING, PlanState.SUSPENDED):
            self.plan.state, self.plan.finished_at = PlanState.CANCELLED, at
            for step in self.steps:
                if step.state == StepState.ACTIVE:
                    step.state, step.finished_at = StepState.CANCELLED, at

    def next_late(self) -> WorkItem | None:
        """The open item that will be raised first, because it is late."""
        waiting = [item for item in self.open_items() if not item.paused and item.escalated_at is None]
        due = [(item.due_at, number, item) for number, item in enumerate(waiting) if item.due_at]
        return min(due)[2] if due else None

    def escalate(self, item: WorkItem, at: dt.datetime) -> None:
        item.escalated_at, item.priority = at, 1

    # --- Parts --------------------------------------------------------------------------------------

    def _advance(self, step: Step, at: dt.datetime) -> bool:
        if self.plan is None or self._definition is None:
            raise ValueError("a step without its plan")
        tokens = [
            rules.Token(each.key, each.round, each.state, each.outcome, tuple(each.persons)) for each in self.steps
        ]
        holds = running.condition_over(self.plan.context)
        moves = rules.complete(self._definition, tokens, step.key, step.outcome, holds)
        for each in self.steps:
            if each.key in moves.returned and each.state in rules.FINISHED:
                each.state = StepState.RETURNED
            if each.key in moves.cancelled and each.state == StepState.ACTIVE:
                each.state, each.finished_at = StepState.CANCELLED, at
                for item in self.open_items():
                    if item.step is each:
                        item.state, item.done_at = ItemState.CANCELLED, at
        self._enter(moves, at)
        return moves.finished

    def _enter(self, moves: rules.Moves, at: dt.datetime) -> None:
        plan: Plan = self.plan  # type: ignore[assignment]
        places = running.places(plan, [entered.step for entered in moves.entered if not entered.skipped])
        for entered in moves.entered:
            state = StepState.SKIPPED if entered.skipped else StepState.ACTIVE
            step = Step(plan=plan, key=entered.step.key, round=entered.round, state=state, entered_at=at)
            self.steps.append(step)
            if entered.skipped:
                step.finished_at = at
            else:
                item = running.item_of(running.item_spec(plan, entered, places[entered.step.unit], at), now=at)
                item.step = step
                self.items.append(item)
        if moves.finished:
            plan.state, plan.finished_at = PlanState.FINISHED, at

    def _note(self, item: WorkItem, actor: Actor, at: dt.datetime, act: str, note: str = "") -> None:
        self.events.append(ItemEvent(item=item, at=at, act=act, by_id=actor.post_id, note=note))


def lay_work(many: Iterable[PastWork]) -> None:
    """Four inserts for any number."""
    known = list(many)
    Plan.objects.bulk_create([each.plan for each in known if each.plan is not None], batch_size=500)
    Step.objects.bulk_create([step for each in known for step in each.steps], batch_size=1000)
    WorkItem.objects.bulk_create([item for each in known for item in each.items], batch_size=500)
    ItemEvent.objects.bulk_create([event for each in known for event in each.events], batch_size=1000)
