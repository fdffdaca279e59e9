"""Starting plans and moving them on; the engine decides, this module writes what it says."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

import structlog
from django.db import transaction

from egov.identity import queries as identity
from egov.identity.models import Unit
from egov.kernel import clock
from egov.kernel.actor import Actor
from egov.kernel.refs import Ref
from egov.kernel.text import LocalisedText
from egov.law import queries as law
from egov.work import rules
from egov.work.actions.opening import item_of, step_due
from egov.work.models import ItemState, Plan, PlanState, Step, StepState, WorkItem
from egov.work.registry import ItemSpec, handler_of

logger = structlog.get_logger(__name__)


@transaction.atomic
def start_plan(
    actor: Actor,
    *,
    subject: Ref,
    definition: Mapping[str, Any],
    context: Mapping[str, Any],
    department_id: int,
    unit_id: int,
    title: LocalisedText,
    subtitle: str = "",
    topic: str = "",
    due_at: dt.datetime | None = None,
) -> Plan:
    """Run a copy of ``definition`` for ``subject``; ``context`` is what its conditions may read.

    A part of the caller's act, so the caller keeps the journal. Raises ``InvalidInput`` for a faulty definition.
    """
    plan_definition = rules.parse_plan(definition)
    now = clock.now()
    plan = Plan.objects.create(
        subject=str(subject),
        key=plan_definition.key,
        definition=dict(definition),
        context=dict(context),
        title=title,
        subtitle=subtitle[:200],
        topic=topic,
        department_id=department_id,
        unit_id=unit_id,
        due_at=due_at,
        started_at=now,
    )
    moves = rules.start(plan_definition, condition_over(plan.context))
    enter(actor, plan, moves)
    return plan


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
            return bool(law.evaluate(expression, {**context, "steps": steps}))
        except Exception as error:  # whatever the expression did, the work must find a person
            logger.warning("plan_condition_failed", expression=expression, error=repr(error))
            return True

    return holds


def _take_back(plan: Plan, moves: rules.Moves) -> None:
    """Tokens that were sent back lose their count; what ran beside them is cancelled."""
    now = clock.now()
    if moves.returned:
        plan.steps.filter(key__in=moves.returned, state__in=rules.FINISHED).update(state=StepState.RETURNED)
    if moves.cancelled:
        running = plan.steps.filter(key__in=moves.cancelled, state=StepState.ACTIVE)
        WorkItem.objects.filter(step__in=running, state__in=["open", "claimed"]).update(
            state=ItemState.CANCELLED, done_at=now
        )
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
    places = _places(plan, [entered.step for entered, _step in begun])
    WorkItem.objects.bulk_create(
        item_of(_item_spec(plan, entered, places[entered.step.unit], now), now=now, step_id=step.pk)
        for entered, step in begun
    )
    if moves.finished:
        _finish(actor, plan, now)


def _item_spec(plan: Plan, entered: rules.Entered, place: tuple[int, int], now: dt.datetime) -> ItemSpec:
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
        excluded_persons=entered.excluded_persons,
        due_at=step_due(step.limit, entered_at=now, department_id=department_id, no_later_than=plan.due_at),
    )


def _places(plan: Plan, steps: Sequence[rules.StepDefinition]) -> dict[str, tuple[int, int]]:
    """Department and unit for each place a step names; what cannot be found stays with the handling unit."""
    handling = (plan.department_id, plan.unit_id)
    places = dict.fromkeys((step.unit for step in steps), handling)
    if "department_head" in places:
        heads = identity.head_posts(plan.department_id)
        places["department_head"] = (plan.department_id, heads[0].unit_id) if heads else handling
    named = [unit for unit in places if unit not in ("handling", "department_head")]
    if named:
        for key, department_id, unit_id in Unit.objects.filter(key__in=named, closed_on__isnull=True).values_list(
            "key", "department_id", "id"
        ):
            places[key] = (department_id, unit_id)
    return places


def _finish(actor: Actor, plan: Plan, now: dt.datetime) -> None:
    plan.state = PlanState.FINISHED
    plan.finished_at = now
    plan.save(update_fields=["state", "finished_at"])
    handler_of(plan.subject).on_plan_finished(actor, plan)
