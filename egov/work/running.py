"""Writing what the engine says: tokens, and the items of the steps that begin. Private to this room."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

import structlog

from egov.deadlines import queries as deadlines
from egov.deadlines import rules as limits
from egov.identity import queries as identity
from egov.identity.models import Unit
from egov.kernel import clock
from egov.kernel.actor import Actor
from egov.kernel.refs import Ref
from egov.law import rules as law
from egov.work import rules
from egov.work.models import OPEN_ITEMS, ItemState, Plan, PlanState, Step, StepState, WorkItem
from egov.work.registry import ItemSpec, handler_of

logger = structlog.get_logger(__name__)


def advance(actor: Actor, plan: Plan, key: str, outcome: str) -> None:
    """Write what follows from the completed step ``key``. The plan's row must be locked."""
    definition = rules.parse_plan(plan.definition)
    moves = rules.complete(definition, tokens_of(plan), key, outcome, condition_over(plan.context))
    _take_back(plan, moves)
    enter(actor, plan, moves)


def tokens_of(plan: Plan) -> list[rules.Token]:
    """All tokens of ``plan``, oldest first."""
    rows = plan.steps.order_by("id").values_list("key", "round", "state", "outcome", "persons")
    return [rules.Token(key, number, state, outcome, tuple(persons)) for key, number, state, outcome, persons in rows]


def condition_over(context: Mapping[str, Any]) -> rules.Holds:
    """Conditions read the plan's context and, as ``steps``, the outcomes of earlier steps.

    A condition that cannot be evaluated holds: a step too many is seen by a person, a step too few by nobody.
    """

    def holds(expression: str, steps: Mapping[str, Any]) -> bool:
        try:
            return law.holds(expression, {**context, "steps": steps})
        except law.EvaluationError as error:
            logger.warning("plan_condition_failed", expression=expression, error=str(error))
            return True

    return holds


def _take_back(plan: Plan, moves: rules.Moves) -> None:
    """Tokens that were sent back lose their count; what ran beside them is cancelled."""
    now = clock.now()
    if moves.returned:
        plan.steps.filter(key__in=moves.returned, state__in=rules.FINISHED).update(state=StepState.RETURNED)
    if moves.cancelled:
        running = plan.steps.filter(key__in=moves.cancelled, state=StepState.ACTIVE)
        WorkItem.objects.filter(step__in=running, state__in=OPEN_ITEMS).update(state=ItemState.CANCELLED, done_at=now)
        running.update(state=StepState.CANCELLED, finished_at=now)


def enter(actor: Actor, plan: Plan, moves: rules.Moves) -> None:
    """Insert the tokens and items of the steps that begin; tell the subject's room when the plan is at its end."""
    now = clock.now()
    steps = Step.objects.bulk_create(
        Step(
            plan=plan,
            key=entered.step.key,
            round=entered.round,
            state=StepState.SKIPPED if entered.skipped else StepState.ACTIVE,
            entered_at=now,
            finished_at=now if entered.skipped else None,
        )
        for entered in moves.entered
    )
    begun = [(entered, step) for entered, step in zip(moves.entered, steps, strict=True) if not entered.skipped]
    found = places(plan, [entered.step for entered, _step in begun])
    WorkItem.objects.bulk_create(
        item_of(item_spec(plan, entered, found[entered.step.unit], now), now=now, step_id=step.pk)
        for entered, step in begun
    )
    if moves.finished:
        _finish(actor, plan, now)


def item_spec(plan: Plan, entered: rules.Entered, place: tuple[int, int], now: dt.datetime) -> ItemSpec:
    department_id, unit_id = place
    step = entered.step
    return ItemSpec(
        subject=Ref.parse(plan.subject),
        kind=step.kind,
        title=plan.title,
        subtitle=plan.subtitle,
        task=step.title,
        topic=plan.topic,
        department_id=department_id,
        unit_id=unit_id,
        role=step.role,
        excluded_persons=sorted({*plan.excluded_persons, *entered.excluded_persons}),
        due_at=due_of(step.limit, entered_at=now, department_id=department_id, no_later_than=plan.due_at),
    )


def places(plan: Plan, steps: Sequence[rules.StepDefinition]) -> dict[str, tuple[int, int]]:
    """Department and unit for each place a step names; what cannot be found stays with the handling unit."""
    handling = (plan.department_id, plan.unit_id)
    chosen = dict.fromkeys((step.unit for step in steps), handling)
    if "department_head" in chosen:
        head = identity.head_posts(plan.department_id).first()
        chosen["department_head"] = (plan.department_id, head.unit_id) if head else handling
    named = [unit for unit in chosen if unit not in ("handling", "department_head")]
    if named:
        for key, department_id, unit_id in Unit.objects.filter(key__in=named, closed_on__isnull=True).values_list(
            "key", "department_id", "id"
        ):
            chosen[key] = (department_id, unit_id)
    return chosen


def _finish(actor: Actor, plan: Plan, now: dt.datetime) -> None:
    plan.state = PlanState.FINISHED
    plan.finished_at = now
    plan.save(update_fields=["state", "finished_at"])
    handler_of(plan.subject).on_plan_finished(actor, plan)


def item_of(spec: ItemSpec, *, now: dt.datetime, step_id: int | None = None) -> WorkItem:
    """The row for ``spec``, not yet written."""
    return WorkItem(
        subject=str(spec.subject),
        kind=spec.kind,
        step_id=step_id,
        title=spec.title,
        subtitle=spec.subtitle[:200] if isinstance(spec.subtitle, str) else spec.subtitle,
        task=spec.task or {},
        topic=spec.topic,
        department_id=spec.department_id,
        unit_id=spec.unit_id,
        role=spec.role,
        assignee_id=spec.assignee_id,
        excluded_persons=list(spec.excluded_persons),
        state=ItemState.CLAIMED if spec.assignee_id else ItemState.OPEN,
        priority=spec.priority,
        due_at=spec.due_at,
        created_at=now,
        claimed_at=now if spec.assignee_id else None,
    )


def due_of(
    limit: rules.Limit | None, *, entered_at: dt.datetime, department_id: int, no_later_than: dt.datetime | None
) -> dt.datetime | None:
    """When a step is due: its own limit, and never later than the whole."""
    if limit is None:
        return no_later_than
    due = limits.due_at(entered_at, limit.n, limit.unit, deadlines.working_days(department_id))
    return due if no_later_than is None else min(due, no_later_than)
