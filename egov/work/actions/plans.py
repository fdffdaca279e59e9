"""Starting a plan for a subject."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction

from egov.kernel import clock
from egov.kernel.actor import Actor
from egov.kernel.refs import Ref
from egov.kernel.text import LocalisedText
from egov.work import rules, running
from egov.work.models import Plan


def inform_plans(actor: Actor, *, subject: Ref, context: Mapping[str, Any]) -> int:
    """What conditions of the subject's running plans look at has changed: steps still to come go by it.

    A part of the caller's act, so the caller keeps the journal. Returns how many plans.
    """
    return Plan.objects.filter(subject=str(subject), state__in=["running", "suspended"]).update(context=dict(context))


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
    excluded_persons: Sequence[int] = (),
) -> Plan:
    """Run a copy of ``definition`` for ``subject``; ``context`` is what its conditions may read.

    ``excluded_persons`` may do none of its steps (it is their own matter).

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
        excluded_persons=list(excluded_persons),
        started_at=now,
    )
    moves = rules.start(plan_definition, running.condition_over(plan.context))
    running.enter(actor, plan, moves)
    return plan
