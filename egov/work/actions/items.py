"""What people do with items: claim, assign, delegate, give back, complete; and what subjects do with theirs."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from egov.identity.models import Post, Unit
from egov.journal import actions as journal
from egov.kernel import clock, writing
from egov.kernel.actor import Actor
from egov.kernel.errors import NotFound
from egov.kernel.refs import Ref
from egov.kernel.text import LocalisedText
from egov.work import queries, rules, running
from egov.work.errors import (
    AlreadyClaimed,
    ItemClosed,
    MorePersonsNeeded,
    NothingWaiting,
    NotInHand,
    NotSuitable,
    NotYourTask,
)
from egov.work.models import OPEN_ITEMS, ItemEvent, ItemState, Plan, PlanState, Step, StepState, WorkItem
from egov.work.registry import ItemSpec, handler_of


def open_item(
    actor: Actor,
    *,
    subject: Ref,
    kind: str,
    title: LocalisedText,
    department_id: int,
    unit_id: int,
    role: str = "",
    due_at: dt.datetime | None = None,
    excluded_persons: Sequence[int] = (),
    **more: Any,
) -> WorkItem:
    """Something to do for a unit. ``more``: the other fields of :class:`egov.work.registry.ItemSpec`."""
    spec = ItemSpec(
        subject=subject,
        kind=kind,
        title=title,
        department_id=department_id,
        unit_id=unit_id,
        role=role,
        due_at=due_at,
        excluded_persons=excluded_persons,
        **more,
    )
    return open_items(actor, [spec])[0]


def open_items(actor: Actor, specs: Sequence[ItemSpec]) -> list[WorkItem]:
    """One insert for all of ``specs``; a part of the caller's act, so the caller keeps the journal."""
    now = clock.now()
    return writing.insert([running.item_of(spec, now=now) for spec in specs])


# --- One item ---------------------------------------------------------------------------------------


@transaction.atomic
def claim(actor: Actor, *, item_id: int) -> WorkItem:
    """Take an item in hand. Of two officers at once one wins; the other gets ``AlreadyClaimed``.

    Raises ``NotYourTask`` or ``FourEyes`` when the item is for another unit, role or pair of eyes.
    """
    item = _locked(item_id)
    if item.state == ItemState.CLAIMED and item.assignee_id == actor.post_id:
        return item
    queries.check_may_take(actor, item)
    if item.state == ItemState.CLAIMED and not queries.covers_post(actor, item.assignee_id):
        raise AlreadyClaimed
    _hand_to(item, actor.post_id)
    _note(actor, item, "claim")
    handler_of(item.subject).on_claimed(actor, item)
    return item


@transaction.atomic
def assign(actor: Actor, *, item_id: int, post_id: int, note: str = "") -> WorkItem:
    """The head of the section gives an item to a colleague of the unit. Raises ``NotSuitable``."""
    item = _locked(item_id)
    if not rules.leads(queries.place_of(actor), department_id=item.department_id, unit_id=item.unit_id):
        raise NotYourTask
    return _pass_on(actor, item, post_id, "assign", note)


@transaction.atomic
def delegate(actor: Actor, *, item_id: int, post_id: int, note: str = "") -> WorkItem:
    """Whoever holds an item passes it to a colleague of the unit. Raises ``NotSuitable``."""
    item = _locked(item_id)
    _check_holds(actor, item)
    return _pass_on(actor, item, post_id, "delegate", note)


@transaction.atomic
def pass_on(actor: Actor, *, item_id: int, post_id: int, note: str = "") -> WorkItem:
    """Hand an item to a colleague: who leads the unit assigns it, who holds it delegates it. Raises ``NotSuitable``."""
    item = _locked(item_id)
    if rules.leads(queries.place_of(actor), department_id=item.department_id, unit_id=item.unit_id):
        return _pass_on(actor, item, post_id, "assign", note)
    _check_holds(actor, item)
    return _pass_on(actor, item, post_id, "delegate", note)


@transaction.atomic
def claim_next(actor: Actor) -> WorkItem:
    """Take the most urgent item that waits in the unit; two who ask at once get two items. Raises ``NothingWaiting``."""
    if not actor.is_staff:
        raise NotYourTask
    waiting = queries.inbox(actor, queries.InboxFilters(view="unit"))
    item = waiting.select_for_update(of=("self",), skip_locked=True).first()
    if item is None:
        raise NothingWaiting
    return claim(actor, item_id=item.pk)


@transaction.atomic
def give_back(actor: Actor, *, item_id: int, note: str = "") -> WorkItem:
    """Put an item back on the unit's list."""
    item = _locked(item_id)
    _check_holds(actor, item)
    item.assignee = None
    item.state = ItemState.OPEN
    item.claimed_at = None
    item.save(update_fields=["assignee", "state", "claimed_at"])
    _note(actor, item, "give_back", note=note)
    return item


@transaction.atomic
def complete(
    actor: Actor, *, item_id: int, outcome: str = "", note: str = "", together_with: Sequence[int] = ()
) -> WorkItem:
    """Finish an item and move its plan on. ``together_with`` names the posts of officers who did it with the actor.

    An item nobody holds is claimed by the way. Raises ``UnknownOutcome``, ``MorePersonsNeeded``, ``AlreadyClaimed``,
    and whatever the subject's room objects with.
    """
    handler, plan = _lock_subject_and_plan(item_id)
    item = _locked(item_id)
    queries.check_may_take(actor, item)
    if item.state == ItemState.CLAIMED and not _holds(actor, item):
        raise AlreadyClaimed
    handler.check_completion(actor, item, outcome)
    persons = _persons(actor, item, plan, together_with)
    _finish(actor, item, outcome or rules.DONE, note)
    if plan is not None and item.step_id is not None:
        step: Step = item.step  # type: ignore[assignment]
        step.state = StepState.DONE
        step.outcome = outcome or rules.DONE
        step.persons = persons
        step.finished_at = item.done_at
        step.save(update_fields=["state", "outcome", "persons", "finished_at"])
        handler.on_step_done(actor, item)
        running.advance(actor, plan, step.key, step.outcome)
    return item


def _lock_subject_and_plan(item_id: int) -> tuple[Any, Plan | None]:
    """Subject, then plan, then item: every act locks in this order, so no two wait for each other."""
    found = WorkItem.objects.filter(pk=item_id).values_list("subject", "step__plan_id").first()
    if found is None:
        raise NotFound
    subject, plan_id = found
    handler = handler_of(subject)
    handler.lock(Ref.parse(subject))
    plan = Plan.objects.select_for_update().get(pk=plan_id) if plan_id else None
    return handler, plan


def _locked(item_id: int) -> WorkItem:
    item = WorkItem.objects.select_for_update(of=("self",)).select_related("step").filter(pk=item_id).first()
    if item is None:
        raise NotFound
    if item.state not in OPEN_ITEMS:
        raise ItemClosed
    return item


def _holds(actor: Actor, item: WorkItem) -> bool:
    return item.assignee_id == actor.post_id or queries.covers_post(actor, item.assignee_id)


def _check_holds(actor: Actor, item: WorkItem) -> None:
    if item.state != ItemState.CLAIMED:
        raise NotInHand
    leads = rules.leads(queries.place_of(actor), department_id=item.department_id, unit_id=item.unit_id)
    if not leads and not _holds(actor, item):
        raise NotYourTask


def _persons(actor: Actor, item: WorkItem, plan: Plan | None, together_with: Sequence[int]) -> list[int]:
    """The parties who did the step, the actor first."""
    wanted = 1
    if plan is not None and item.step is not None:
        wanted = rules.parse_plan(plan.definition).step(item.step.key).persons
    others = (
        list(
            Post.objects.filter(pk__in=together_with, unit__department_id=item.department_id)
            .exclude(person_id=actor.party_id)
            .exclude(person_id__in=item.excluded_persons)
            .values_list("person_id", flat=True)
            .distinct()
        )
        if together_with
        else []
    )
    if len(others) + 1 < wanted:
        raise MorePersonsNeeded
    return [*([actor.party_id] if actor.party_id else []), *others]


def _pass_on(actor: Actor, item: WorkItem, post_id: int, act: str, note: str) -> WorkItem:
    colleague = queries.worker(post_id)
    fits = colleague is not None and rules.reaches(
        colleague.place, department_id=item.department_id, unit_id=item.unit_id, role=item.role
    )
    if colleague is None or not fits or colleague.person_id in item.excluded_persons:
        raise NotSuitable
    _hand_to(item, post_id)
    _note(actor, item, act, to_id=post_id, note=note)
    return item


def _hand_to(item: WorkItem, post_id: int | None) -> None:
    item.assignee_id = post_id
    item.state = ItemState.CLAIMED
    item.claimed_at = clock.now()
    item.save(update_fields=["assignee", "state", "claimed_at"])


def _finish(actor: Actor, item: WorkItem, outcome: str, note: str) -> None:
    item.state = ItemState.DONE
    item.outcome = outcome
    item.note = note
    item.done_at = clock.now()
    item.done_by_id = actor.post_id
    item.assignee_id = item.assignee_id or actor.post_id
    item.save(update_fields=["state", "outcome", "note", "done_at", "done_by", "assignee"])
    _note(actor, item, "done", note=note)


def _note(actor: Actor, item: WorkItem, act: str, *, to_id: int | None = None, note: str = "") -> None:
    ItemEvent.objects.create(item=item, at=clock.now(), act=act, by_id=actor.post_id, to_id=to_id, note=note)
    journal.record(actor, f"work.{act}", Ref.parse(item.subject), Ref("work_item", str(item.pk)))


# --- All items of a subject: parts of the subject's own acts, which keep the journal -------------------------


def settle_items(actor: Actor, *, subject: Ref, kinds: Sequence[str], outcome: str, note: str = "") -> int:
    """The act itself did what these items asked for: they are done, by the actor. Returns how many."""
    return WorkItem.objects.filter(
        subject=str(subject), kind__in=kinds, step__isnull=True, state__in=OPEN_ITEMS
    ).update(
        state=ItemState.DONE,
        outcome=outcome,
        note=note,
        done_at=clock.now(),
        done_by_id=actor.post_id,
    )


def pause_for(actor: Actor, *, subject: Ref) -> int:
    """The subject's clock stands still: its items are shown as waiting and are not overdue meanwhile."""
    return _open_of(subject).filter(paused=False).update(paused=True)


def resume_for(actor: Actor, *, subject: Ref, due_at: dt.datetime | None = None) -> int:
    """The clock runs again; items get the subject's new due date when one is given."""
    changes: dict[str, Any] = {"paused": False}
    if due_at is not None:
        changes |= {"due_at": due_at, "escalated_at": None}
    return _open_of(subject).filter(paused=True).update(**changes)


def reschedule_for(actor: Actor, *, subject: Ref, due_at: dt.datetime | None) -> int:
    """The limit was extended: items of the subject's plans follow, and so do the steps still to come."""
    Plan.objects.filter(subject=str(subject), state__in=["running", "suspended"]).update(due_at=due_at)
    return _open_of(subject).filter(step__isnull=False).update(due_at=due_at, escalated_at=None)


def cancel_for(actor: Actor, *, subject: Ref, kinds: Sequence[str] = ()) -> int:
    """The subject came to its end: its open items (of ``kinds``, or all with their plans) are no longer needed."""
    now = clock.now()
    items = _open_of(subject)
    if kinds:
        return items.filter(kind__in=kinds).update(state=ItemState.CANCELLED, done_at=now)
    cancelled = items.update(state=ItemState.CANCELLED, done_at=now)
    plans = Plan.objects.filter(subject=str(subject), state__in=["running", "suspended"])
    Step.objects.filter(plan__in=plans, state=StepState.ACTIVE).update(state=StepState.CANCELLED, finished_at=now)
    plans.update(state=PlanState.CANCELLED, finished_at=now)
    return cancelled


def cancel_items(actor: Actor, *, item_ids: Sequence[int]) -> int:
    """Single items the subject's room no longer needs."""
    return WorkItem.objects.filter(pk__in=item_ids, state__in=OPEN_ITEMS).update(
        state=ItemState.CANCELLED, done_at=clock.now()
    )


def move_to_unit(actor: Actor, *, subject: Ref, department_id: int, unit_id: int) -> int:
    """Another unit is competent: open items go to its list, whoever held them."""
    plans = Plan.objects.filter(subject=str(subject), state__in=["running", "suspended"])
    return _move(plans, _open_of(subject), department_id=department_id, unit_id=unit_id)


def take_over(actor: Actor, *, closed: Unit, heir: Unit) -> int:
    """A unit was closed: what lies there, and what its running plans will still ask for, goes to the list of ``heir``,
    whoever held it. Returns how many items. Doing it twice changes nothing."""
    plans = Plan.objects.filter(unit=closed, state__in=["running", "suspended"])
    items = WorkItem.objects.filter(unit=closed, state__in=OPEN_ITEMS)
    for subject in sorted({*plans.values_list("subject", flat=True), *items.values_list("subject", flat=True)}):
        handler_of(subject).lock(Ref.parse(subject))
    return _move(plans, items, department_id=heir.department_id, unit_id=heir.pk)


def _move(plans: QuerySet[Plan], items: QuerySet[WorkItem], *, department_id: int, unit_id: int) -> int:
    plans.update(department_id=department_id, unit_id=unit_id)
    return items.update(
        department_id=department_id, unit_id=unit_id, assignee=None, state=ItemState.OPEN, claimed_at=None
    )


def release_ended_posts(actor: Actor) -> int:
    """What posts hold whose last day has passed goes back to the lists of their units; returns how many items.

    Also what came to such a post since (a correction that its officer had asked for).
    """
    ended = Post.objects.filter(valid_to__lt=clock.today(), pk__in=_in_hand().values("assignee"))
    return sum(release_post(actor, post_id=pk) for pk in ended.order_by("pk").values_list("pk", flat=True))


def _in_hand() -> QuerySet[WorkItem]:
    return WorkItem.objects.filter(state=ItemState.CLAIMED)


@transaction.atomic
def release_post(actor: Actor, *, post_id: int) -> int:
    """The post ended: what it held goes back to the unit's list. Returns how many items."""
    released = _in_hand().filter(assignee_id=post_id).update(assignee=None, state=ItemState.OPEN, claimed_at=None)
    if released:
        journal.record(actor, "work.release_post", Ref("post", str(post_id)))
    return released


def _open_of(subject: Ref) -> Any:
    return WorkItem.objects.filter(subject=str(subject), state__in=OPEN_ITEMS)
