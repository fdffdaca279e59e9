"""Starting, stopping and moving clocks; changing calendars. Due moments are stored, never counted by night."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from egov.deadlines import queries
from egov.deadlines.models import CalendarDay, Clock, ClockPause, WorkCalendar
from egov.deadlines.registry import missed_handlers
from egov.deadlines.rules import Pause, due_at, due_with_pauses
from egov.journal import actions as journal
from egov.kernel import clock as wall
from egov.kernel.actor import Actor
from egov.kernel.errors import NotPermitted, TransitionNotAllowed
from egov.kernel.refs import Ref
from egov.kernel.text import LocalisedText

CALENDAR_ROLES = ("platform_admin", "department_admin")


@dataclass(frozen=True)
class ClockSpec:
    """A clock to start. ``started_at`` None is now; ``basis`` is the instrument and article."""

    subject: Ref
    kind: str
    limit: int
    unit: str
    department_id: int | None
    basis: str = ""
    started_at: dt.datetime | None = None


def start_clocks(actor: Actor, specs: Iterable[ClockSpec]) -> list[Clock]:
    """Start clocks, in one insert. Raises ``IntegrityError`` when one of that kind already runs for the subject."""
    moment = wall.now()
    clocks = []
    for spec in specs:
        calendar = queries.calendar_of(spec.department_id)
        started = spec.started_at or moment
        clocks.append(
            Clock(
                subject=str(spec.subject),
                kind=spec.kind,
                calendar_id=calendar.pk,
                limit=spec.limit,
                unit=spec.unit,
                started_at=started,
                due_at=due_at(started, spec.limit, spec.unit, calendar.working_days),
                basis=spec.basis,
            )
        )
    return Clock.objects.bulk_create(clocks) if clocks else []


@transaction.atomic
def pause(actor: Actor, *, subject: Ref, reason: str, kinds: Sequence[str] | None = None) -> list[Clock]:
    """Stop the running clocks of ``subject`` (of ``kinds`` only). Clocks that stand still already stay so."""
    moment = wall.now()
    clocks = [clock for clock in _running(subject, kinds) if clock.paused_at is None]
    ClockPause.objects.bulk_create(ClockPause(clock=clock, from_at=moment, reason=reason) for clock in clocks)
    for clock in clocks:
        clock.paused_at = moment
    Clock.objects.bulk_update(clocks, ["paused_at"])
    return clocks


@transaction.atomic
def resume(actor: Actor, *, subject: Ref, kinds: Sequence[str] | None = None) -> list[Clock]:
    """Let paused clocks run on; their due moments move by the days they stood still."""
    moment = wall.now()
    clocks = [clock for clock in _running(subject, kinds) if clock.paused_at is not None]
    ClockPause.objects.filter(clock__in=clocks, to_at__isnull=True).update(to_at=moment)
    for clock in clocks:
        clock.paused_at = None
    return _recompute(clocks, ["paused_at", "due_at"])


@transaction.atomic
def extend(actor: Actor, *, subject: Ref, kind: str, by: int) -> list[Clock]:
    """Give ``by`` more units of the clock's own kind. Raises ``TransitionNotAllowed`` when none runs."""
    clocks = _running(subject, [kind])
    if not clocks:
        raise TransitionNotAllowed(_("No deadline of this kind is running."))
    for clock in clocks:
        clock.extended_by += by
        clock.missed_at = None
    return _recompute(clocks, ["extended_by", "missed_at", "due_at"])


@transaction.atomic
def stop(actor: Actor, *, subject: Ref, kind: str | None = None) -> list[Clock]:
    """The act was done: end the clocks of ``subject`` (of ``kind`` only)."""
    moment = wall.now()
    clocks = _running(subject, [kind] if kind else None)
    ClockPause.objects.filter(clock__in=[c for c in clocks if c.paused_at], to_at__isnull=True).update(to_at=moment)
    for clock in clocks:
        clock.stopped_at = moment
        clock.paused_at = None
    Clock.objects.bulk_update(clocks, ["stopped_at", "paused_at"])
    return clocks


def mark_missed(actor: Actor, *, limit: int = 500) -> int:
    """Mark clocks whose due moment passed, and tell the subject's room; returns how many were marked."""
    marked = 0
    while marked < limit:
        with transaction.atomic():
            clock = (
                Clock.objects.select_for_update(skip_locked=True)
                .filter(stopped_at__isnull=True, paused_at__isnull=True, missed_at__isnull=True)
                .filter(due_at__lte=wall.now())
                .order_by("due_at")
                .first()
            )
            if clock is None:
                return marked
            clock.missed_at = wall.now()
            clock.save(update_fields=["missed_at"])
            subject = Ref.parse(clock.subject)
            handler = missed_handlers.find(subject.kind)
            if handler:
                handler(actor, clock)
            journal.record(actor, "deadlines.mark_missed", subject, content={"kind": clock.kind})
        marked += 1
    return marked


@transaction.atomic
def set_day(
    actor: Actor, *, calendar: str, day: dt.date, is_working: bool, name: LocalisedText | None = None
) -> CalendarDay:
    """Say whether a day is worked. Running clocks of that calendar whose due moment lies on or after it move.

    Raises ``NotPermitted`` unless the actor administers the platform or a department.
    """
    if not (actor.is_system or any(actor.has_role(role) for role in CALENDAR_ROLES)):
        raise NotPermitted()
    row = WorkCalendar.objects.get(key=calendar)
    entry, _created = CalendarDay.objects.update_or_create(
        calendar=row, day=day, defaults={"is_working": is_working, "name": name or {}, "provisional": False}
    )
    queries.forget_calendars()
    _recompute(
        list(
            Clock.objects.select_for_update()
            .filter(Q(calendar=row) | Q(calendar__based_on=row), stopped_at__isnull=True)
            .filter(due_at__gte=wall.end_of_day(day - dt.timedelta(days=1)))
        ),
        ["due_at"],
    )
    journal.record(actor, "deadlines.set_day", Ref("calendar", calendar), content=[day.isoformat(), is_working])
    return entry


def _running(subject: Ref, kinds: Sequence[str] | None) -> list[Clock]:
    clocks = Clock.objects.select_for_update().filter(subject=str(subject), stopped_at__isnull=True)
    if kinds is not None:
        clocks = clocks.filter(kind__in=kinds)
    return list(clocks.order_by("id"))


def _recompute(clocks: list[Clock], fields: list[str]) -> list[Clock]:
    pauses: dict[int, list[Pause]] = {}
    for row in ClockPause.objects.filter(clock__in=clocks):
        pauses.setdefault(row.clock_id, []).append(Pause(row.from_at, row.to_at))
    calendars = {c.pk: c for c in WorkCalendar.objects.filter(pk__in={clock.calendar_id for clock in clocks})}
    for clock in clocks:
        clock.due_at = due_with_pauses(
            clock.started_at,
            clock.limit + clock.extended_by,
            clock.unit,
            queries.working_days_of(calendars[clock.calendar_id]),
            pauses.get(clock.pk, []),
        )
    Clock.objects.bulk_update(clocks, fields)
    return clocks
