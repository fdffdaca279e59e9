"""Reads of the to-do list: who may take what, the inbox, the team's load, the work on one subject."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.contrib.postgres.aggregates import ArrayAgg
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Case, Count, F, OuterRef, Q, QuerySet, Value, When
from django.db.models.functions import JSONObject
from django.utils.dateparse import parse_datetime

from egov.deadlines import queries as deadlines
from egov.deadlines.rules import Remaining, remaining
from egov.identity.models import Post
from egov.journal import actions as journal
from egov.kernel import clock
from egov.kernel.actor import Actor
from egov.kernel.refs import Ref
from egov.kernel.text import searched_words
from egov.work import rules, running
from egov.work.errors import NotYourTask
from egov.work.models import OPEN_ITEMS, Cover, ItemState, Plan, Step, WorkItem
from egov.work.registry import Hint, subject_handlers

PAGE = 50
NO_HINT = Hint()
MOST = 100  # rows of one page


# --- Who ---------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Worker:
    """A post that holds on a day, and who holds it."""

    post_id: int
    person_id: int
    name: str
    title: Mapping[str, str]
    place: rules.Place


def place_of(actor: Actor) -> rules.Place:
    return rules.Place(actor.department_id, actor.unit_id, actor.roles, actor.post_id)


def worker(post_id: int, on: dt.date | None = None) -> Worker | None:
    """The holder of a post that is valid on the day (today), or None."""
    return next(iter(_workers(Post.objects.filter(pk=post_id), on)), None)


def colleagues(unit_id: int, on: dt.date | None = None) -> list[Worker]:
    """Everybody who holds a post in the unit, by name."""
    return sorted(_workers(Post.objects.filter(unit_id=unit_id), on), key=lambda each: each.name)


def _workers(posts: QuerySet[Post], on: dt.date | None) -> list[Worker]:
    day = on or clock.today()
    rows = (
        posts.filter(Q(valid_to__isnull=True) | Q(valid_to__gte=day), valid_from__lte=day)
        .annotate(role_names=ArrayAgg("roles__name", filter=Q(roles__isnull=False), default=[]))
        .values_list("id", "person_id", "person__party__name", "title", "unit__department_id", "unit_id", "role_names")
    )
    return [
        Worker(post, person, name, title, rules.Place(department, unit, frozenset(roles), post))
        for post, person, name, title, department, unit, roles in rows
    ]


def covered_places(actor: Actor) -> list[rules.Place]:
    """The places the actor stands in for today: those of absent colleagues."""
    if actor.post_id is None:
        return []
    today = clock.today()
    rows = (
        Cover.objects.filter(deputy_id=actor.post_id, valid_from__lte=today, valid_to__gte=today, ended_at__isnull=True)
        .annotate(role_names=ArrayAgg("absent__roles__name", filter=Q(absent__roles__isnull=False), default=[]))
        .values_list("absent__unit__department_id", "absent__unit_id", "role_names", "absent_id")
    )
    return [rules.Place(department, unit, frozenset(roles), post) for department, unit, roles, post in rows]


def covers_post(actor: Actor, post_id: int | None) -> bool:
    """Whether the actor stands in for the holder of ``post_id`` today."""
    return post_id is not None and any(place.post_id == post_id for place in covered_places(actor))


def check_may_take(actor: Actor, item: WorkItem) -> None:
    """Raises ``NotYourTask`` (unit, role) or ``FourEyes`` (the actor did an earlier step)."""
    if not actor.is_staff:
        raise NotYourTask
    if actor.party_id in item.excluded_persons:
        raise rules.FourEyes
    if item.assignee_id is not None and item.assignee_id == actor.post_id:
        return
    wanted = {"department_id": item.department_id, "unit_id": item.unit_id, "role": item.role}
    if rules.reaches(place_of(actor), **wanted):
        return
    for place in covered_places(actor):
        if place.post_id == item.assignee_id or rules.reaches(place, **wanted):
            return
    raise NotYourTask


def may_take(actor: Actor, item: WorkItem) -> bool:
    try:
        check_may_take(actor, item)
    except (NotYourTask, rules.FourEyes):
        return False
    return True


# --- The inbox ---------------------------------------------------------------------------------------

VIEWS = ("mine", "unit", "overdue", "waiting", "cover", "team", "done")
DUE = ("overdue", "today", "week", "none")
SORTS = ("due", "newest")


@dataclass(frozen=True)
class InboxFilters:
    """What the address of the page says; unknown values are ignored, so that an old link still opens."""

    view: str = "mine"
    due: str = ""
    kind: str = ""
    topic: str = ""
    text: str = ""
    sort: str = "due"
    assignee: int | None = None  # a post: what one colleague has in hand

    @classmethod
    def read(cls, values: Mapping[str, Any]) -> "InboxFilters":
        view, due, sort = (str(values.get(name, "")) for name in ("view", "due", "sort"))
        assignee = str(values.get("assignee", ""))
        return cls(
            view=view if view in VIEWS else "mine",
            due=due if due in DUE else "",
            kind=str(values.get("kind", ""))[:40],
            topic=str(values.get("topic", ""))[:64],
            text=searched_words(str(values.get("q", ""))),
            sort=sort if sort in SORTS else "due",
            assignee=int(assignee) if assignee.isdecimal() and len(assignee) < 19 else None,
        )

    @property
    def order(self) -> str:
        """ "done" work lies the other way round, whatever was asked."""
        return "done" if self.view == "done" else self.sort


@dataclass(frozen=True)
class InboxRow:
    """``remaining`` is None without a due date and while the subject's clock stands still."""

    item: WorkItem
    subject: Ref
    hint: Hint
    remaining: Remaining | None


@dataclass(frozen=True)
class InboxPage:
    """``next`` is the cursor of the following page, "" at the end; ``counts`` per view.

    ``standing``: of the view shown, how many are "overdue", due "today" or "soon" (a week), "paused", and "rest".
    """

    rows: list[InboxRow]
    next: str
    counts: dict[str, int]
    standing: dict[str, int]
    topics: list[str] = field(default_factory=list)
    kinds: list[str] = field(default_factory=list)


def leads(actor: Actor) -> bool:
    """Whether the actor hands out the work of their own unit."""
    if actor.department_id is None or actor.unit_id is None:
        return False
    return rules.leads(place_of(actor), department_id=actor.department_id, unit_id=actor.unit_id)


def inbox(actor: Actor, filters: InboxFilters, *, covered: Sequence[rules.Place] | None = None) -> QuerySet[WorkItem]:
    """Items for the actor under ``filters``, nearest due date first (done work: latest first)."""
    covered = covered_places(actor) if covered is None else covered
    items = WorkItem.objects.filter(_view(actor, filters.view, covered))
    if filters.kind:
        items = items.filter(kind=filters.kind)
    if filters.topic:
        items = items.filter(topic=filters.topic)
    if filters.due:
        items = items.filter(_due(filters.due))
    if filters.assignee is not None:
        items = items.filter(assignee_id=filters.assignee)
    for word in filters.text.split():
        items = items.filter(Q(subtitle__icontains=word) | Q(subject__icontains=word) | Q(title__icontains=word))
    if filters.order == "done":
        return items.order_by("-done_at", "-id")
    if filters.order == "newest":
        return items.order_by("-id")
    return items.order_by(F("due_at").asc(nulls_last=True), "id")


def inbox_page(actor: Actor, filters: InboxFilters, *, after: str = "", size: int = PAGE) -> InboxPage:
    """One page with counts and next actions: the number of statements does not grow with the rows.

    Writes the journal's entry of a list that was shown.
    """
    covered = covered_places(actor)
    size = min(max(size, 1), MOST)
    items = inbox(actor, filters, covered=covered).annotate(holder=F("assignee__person__party__name"))
    found = list(_after(items, after, order=filters.order)[: size + 1])
    page, more = found[:size], len(found) > size
    rows = rows_of(actor, page)
    summary = _summary(actor, covered, filters.view)
    shown = [ref for row in rows for ref in (row.subject, row.hint.concerns) if ref]
    journal.record_list(actor, list(dict.fromkeys(shown)))
    return InboxPage(
        rows=rows,
        next=cursor_of(page[-1], order=filters.order) if more else "",
        counts=summary["counts"],
        standing=summary["standing"],
        topics=summary["topics"],
        kinds=summary["kinds"],
    )


def rows_of(actor: Actor, items: Sequence[WorkItem]) -> list[InboxRow]:
    """Items with their next actions and how their deadlines stand."""
    hints = next_actions(actor, items)
    return [InboxRow(item, Ref.parse(item.subject), hints.get(item.pk, NO_HINT), remaining_of(item)) for item in items]


def remaining_of(item: WorkItem) -> Remaining | None:
    """How the item's deadline stands on the calendar of its department."""
    if item.due_at is None or item.paused:
        return None
    return remaining(
        started=item.created_at,
        due=item.due_at,
        now=clock.now(),
        working_days=deadlines.working_days(item.department_id),
    )


def next_actions(actor: Actor, items: Sequence[WorkItem]) -> dict[int, Hint]:
    """What is to be done next with each item, asked of the subjects' rooms (one question per kind of subject)."""
    by_kind: dict[str, list[WorkItem]] = {}
    for item in items:
        by_kind.setdefault(Ref.parse(item.subject).kind, []).append(item)
    hints: dict[int, Hint] = {}
    for kind, members in by_kind.items():
        if handler := subject_handlers.find(kind):
            hints.update(handler.next_actions(actor, members))
    return hints


def _view(actor: Actor, view: str, covered: Sequence[rules.Place]) -> Q:
    open_items = Q(state__in=OPEN_ITEMS)
    mine = open_items & Q(assignee_id=actor.post_id)
    waiting_in_unit = Q(state=ItemState.OPEN) & _reachable(actor)
    if view == "unit":
        return waiting_in_unit
    if view == "overdue":
        return (mine | waiting_in_unit) & Q(due_at__lt=clock.now(), paused=False)
    if view == "waiting":
        return mine & Q(paused=True)
    if view == "cover":
        return _covered(covered)
    if view == "team":
        return open_items & _led(actor)
    if view == "done":
        return Q(state=ItemState.DONE, done_by_id=actor.post_id)
    return mine


def _reachable(actor: Actor) -> Q:
    """Items of units and roles the actor may take from, except those four eyes keep from them."""
    if not actor.is_staff:
        return Q(pk__in=[])
    unit = Q(unit_id=actor.unit_id, department_id=actor.department_id)
    if "department_head" not in actor.roles:
        unit &= Q(role="") | Q(role__in=actor.roles)
    else:
        unit = Q(department_id=actor.department_id)
    return unit & ~Q(excluded_persons__contains=[actor.party_id])


def _led(actor: Actor) -> Q:
    """The team's list: one's unit; for the head of the organ, the whole department."""
    if not actor.is_staff:
        return Q(pk__in=[])
    if "department_head" in actor.roles:
        return Q(department_id=actor.department_id)
    return Q(unit_id=actor.unit_id, department_id=actor.department_id)


def _covered(covered: Sequence[rules.Place]) -> Q:
    found = Q(pk__in=[])
    for place in covered:
        found |= Q(state__in=OPEN_ITEMS, assignee_id=place.post_id)
    return found


def _due(due: str) -> Q:
    now = clock.now()
    if due == "overdue":
        return Q(due_at__lt=now, paused=False)
    if due == "today":
        return Q(due_at__gte=now, due_at__lte=clock.end_of_day(clock.today()), paused=False)
    if due == "week":
        return Q(due_at__gte=now, due_at__lte=clock.end_of_day(clock.today() + dt.timedelta(days=7)), paused=False)
    return Q(due_at__isnull=True)


def _summary(actor: Actor, covered: Sequence[rules.Place], view: str) -> dict[str, Any]:
    """How much stands in each view, and which services and kinds occur: one statement over open work.

    Items alike in all that is counted come as one row with their number.
    """
    ours = Q(state__in=OPEN_ITEMS) & (Q(assignee_id=actor.post_id) | _led(actor) | _reachable(actor))
    views = {name: _is(_view(actor, name, covered)) for name in ("mine", "unit", "cover", "team")}
    alike = (
        WorkItem.objects.filter(ours | _covered(covered))
        .annotate(**{f"in_{name}": one for name, one in views.items()}, due=_stands())
        .values(*(f"in_{name}" for name in views), "due", "paused", "topic", "kind")
        .annotate(number=Count("id"))
        .order_by()
    )
    counts = dict.fromkeys((each for each in VIEWS if each != "done"), 0)
    standing = dict.fromkeys(("overdue", "today", "soon", "paused"), 0)
    topics, kinds = set(), set()
    for row in alike:
        found = {name for name in views if row[f"in_{name}"]}
        found |= {"overdue"} if found & {"mine", "unit"} and row["due"] == "overdue" else set()
        found |= {"waiting"} if "mine" in found and row["paused"] else set()
        for name in found:
            counts[name] += row["number"]
        stands = "paused" if row["paused"] else row["due"]
        if view in found and stands:
            standing[stands] += row["number"]
        topics.add(row["topic"])
        kinds.add(row["kind"])
    return {"counts": counts, "standing": standing, "topics": sorted(topics - {""}), "kinds": sorted(kinds)}


def _is(condition: Q) -> Case:
    return Case(When(condition, then=True), default=False)


def _stands() -> Case:
    return Case(
        When(_due("overdue"), then=Value("overdue")),
        When(_due("today"), then=Value("today")),
        When(_due("week"), then=Value("soon")),
        default=Value(""),
    )


# --- Keyset: the place in the list is (due date, id); no due date comes last -----------------------------


def cursor_of(item: WorkItem, *, order: str = "due") -> str:
    moment = {"done": item.done_at, "newest": None}.get(order, item.due_at)
    return f"{moment.isoformat() if moment else ''}~{item.pk}"


def _after(items: QuerySet[WorkItem], cursor: str, *, order: str) -> QuerySet[WorkItem]:
    """The items after ``cursor``; a cursor that cannot be read starts at the beginning."""
    text, separator, number = cursor.partition("~")
    if not separator or not number.isdecimal() or len(number) > 18:
        return items
    moment, key = _moment(text), int(number)
    if order == "newest":
        return items.filter(id__lt=key)
    if order == "done":
        return items.filter(Q(done_at__lt=moment) | Q(done_at=moment, id__lt=key)) if moment else items
    if moment is None:
        return items.filter(due_at__isnull=True, id__gt=key) if not text else items
    return items.filter(Q(due_at__gt=moment) | Q(due_at=moment, id__gt=key) | Q(due_at__isnull=True))


def _moment(text: str) -> dt.datetime | None:
    try:
        moment = parse_datetime(text) if text else None
    except ValueError:
        return None
    return moment if moment is not None and moment.tzinfo is not None else None


# --- The team -----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Load:
    """What one colleague (None: nobody yet) has on the desk. ``done`` counts the last 30 days."""

    worker: Worker | None
    open: int
    overdue: int
    waiting: int
    done: int
    away_until: dt.date | None = None
    deputy: str = ""
    cover_id: int | None = None


def team_loads(actor: Actor, *, unit_id: int | None = None) -> list[Load]:
    """Loads of everybody in the unit (the actor's own), and of what nobody has taken."""
    unit_id = unit_id or actor.unit_id
    if unit_id is None:
        return []
    now = clock.now()
    month_ago = now - dt.timedelta(days=30)
    team = colleagues(unit_id)
    counted: dict[int | None, dict[str, Any]] = {
        row["assignee_id"]: {**row}
        for row in WorkItem.objects.filter(unit_id=unit_id, state__in=OPEN_ITEMS)
        .values("assignee_id")
        .annotate(
            number=Count("id"),
            late=Count("id", filter=Q(due_at__lt=now, paused=False)),
            still=Count("id", filter=Q(paused=True)),
        )
    }
    done = dict(
        WorkItem.objects.filter(
            done_by_id__in=[each.post_id for each in team], state=ItemState.DONE, done_at__gte=month_ago
        )
        .values_list("done_by_id")
        .annotate(number=Count("id"))
    )
    away = {cover.absent_id: cover for cover in current_covers(unit_id)}
    loads = []
    for each in [*team, None]:
        key = each.post_id if each else None
        row = counted.get(key, {"number": 0, "late": 0, "still": 0})
        cover = away.get(key) if key else None
        loads.append(
            Load(
                each,
                row["number"],
                row["late"],
                row["still"],
                done.get(key, 0) if key else 0,
                cover.valid_to if cover else None,
                cover.deputy.person.party.name if cover else "",
                cover.pk if cover else None,
            )
        )
    return loads


def current_covers(unit_id: int) -> list[Cover]:
    """Covers of absent members of the unit that hold today or begin later."""
    return list(
        Cover.objects.filter(absent__unit_id=unit_id, valid_to__gte=clock.today(), ended_at__isnull=True)
        .select_related("absent__person__party", "deputy__person__party")
        .order_by("valid_from", "id")
    )


# --- The work on one subject ------------------------------------------------------------------------------


@dataclass(frozen=True)
class StepView:
    """A step as the case page shows it: done, active, skipped, or still to come (``state`` "")."""

    definition: rules.StepDefinition
    state: str = ""
    round: int = 0
    outcome: str = ""
    finished_at: dt.datetime | None = None
    item: WorkItem | None = None


@dataclass(frozen=True)
class SubjectWork:
    """Plan steps in their order, and all items (newest last)."""

    plan: Plan | None
    steps: list[StepView]
    items: list[WorkItem]

    @property
    def open_items(self) -> list[WorkItem]:
        return [item for item in self.items if item.state in OPEN_ITEMS]

    def open_kinds(self) -> frozenset[str]:
        return frozenset(item.kind for item in self.open_items)


def work_on(subject: Ref) -> SubjectWork:
    """The latest plan of a subject with its steps, and all its items, in two statements."""
    steps = (
        Step.objects.filter(plan=OuterRef("pk"))
        .order_by("id")
        .values(
            row=JSONObject(
                id="id", key="key", round="round", state="state", outcome="outcome", finished_at="finished_at"
            )
        )
    )
    plan = Plan.objects.filter(subject=str(subject)).annotate(step_rows=ArraySubquery(steps)).order_by("-id").first()
    items = list(
        WorkItem.objects.filter(subject=str(subject))
        .select_related("assignee__person__party", "done_by__person__party", "unit")
        .order_by("id")
    )
    return SubjectWork(plan, _step_views(plan, plan.step_rows, items) if plan else [], items)


def _step_views(plan: Plan, latest: Sequence[Mapping[str, Any]], items: Sequence[WorkItem]) -> list[StepView]:
    rows = {row["key"]: row for row in latest}  # the latest round of each step
    by_step = {item.step_id: item for item in items if item.step_id}
    views = []
    for definition in rules.parse_plan(plan.definition).steps:
        row = rows.get(definition.key)
        if row is None or row["state"] in ("returned", "cancelled"):
            views.append(StepView(definition, round=row["round"] if row else 0))
            continue
        finished = parse_datetime(row["finished_at"]) if row["finished_at"] else None
        views.append(StepView(definition, row["state"], row["round"], row["outcome"], finished, by_step.get(row["id"])))
    return views


def open_item_of(subject: Ref, *, kinds: Sequence[str]) -> WorkItem | None:
    """The oldest open item of these kinds."""
    return WorkItem.objects.filter(subject=str(subject), kind__in=kinds, state__in=OPEN_ITEMS).order_by("id").first()


def last_items_of(subjects: Sequence[Ref], *, kind: str) -> dict[Ref, WorkItem]:
    """The newest item of a kind for each of these subjects, open or not. One statement."""
    if not subjects:
        return {}
    rows = WorkItem.objects.filter(subject__in=[str(each) for each in subjects], kind=kind)
    return {Ref.parse(row.subject): row for row in rows.order_by("subject", "-id").distinct("subject")}


def plan_of(subject: Ref) -> Plan | None:
    """The running plan of a subject."""
    return Plan.objects.filter(subject=str(subject), state__in=["running", "suspended"]).order_by("-id").first()


def step_of(item_id: int) -> rules.StepDefinition | None:
    """What the plan says about the item's step; None for an item without one."""
    found = (
        WorkItem.objects.filter(pk=item_id, step__isnull=False)
        .values_list("step__key", "step__plan__definition")
        .first()
    )
    return rules.parse_plan(found[1]).step(found[0]) if found else None


def open_in_unit(unit_id: int) -> int:
    """How many items wait or are in hand there, for administrators: no subject, no name."""
    return WorkItem.objects.filter(unit_id=unit_id, state__in=OPEN_ITEMS).count()


def forward_way(definition: Mapping[str, Any], context: Mapping[str, Any]) -> tuple[str, ...]:
    """The steps that a plan would take over these answers when every step lets the work go on."""
    return rules.forward_way(rules.parse_plan(definition), running.condition_over(context))
