"""Starting, stopping and moving clocks; changing calendars. Due moments are stored, never counted by night."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import structlog
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from egov.deadlines import queries
from egov.deadlines.models import CalendarDay, Clock, ClockPause, WorkCalendar
from egov.deadlines.registry import missed_handlers, moved_handlers
from egov.deadlines.rules import Pause, due_at, due_with_pauses
from egov.identity.models import Organisation
from egov.identity.queries import may_configure
from egov.identity.rules import may_administer_platform
from egov.journal import actions as journal
from egov.kernel import clock as wall
from egov.kernel import writing
from egov.kernel.actor import Actor
from egov.kernel.errors import InvalidInput, NotFound, NotPermitted, TransitionNotAllowed
from egov.kernel.refs import Ref
from egov.kernel.text import LocalisedText

logger = structlog.get_logger(__name__)

ONE_DAY = dt.timedelta(days=1)


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
    return writing.insert(clocks)


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
    """Mark clocks whose due moment passed, and tell the subject's room; returns how many were marked.

    Each in a transaction of its own: one whose handler fails is tried again at the next run and stops no other.
    """
    marked = 0
    failed: list[int] = []
    while marked < limit:
        clock = None
        try:
            with transaction.atomic():
                clock = _next_missed(failed)
                if clock is None:
                    return marked
                _mark(actor, clock)
            marked += 1
        except Exception as error:  # whatever a room's handler raises
            if clock is None:
                raise
            failed.append(clock.pk)
            logger.exception("missed_handler_failed", subject=clock.subject, kind=clock.kind, error=repr(error))
    return marked


def _next_missed(failed: Sequence[int]) -> Clock | None:
    waiting = Clock.objects.select_for_update(skip_locked=True).filter(
        stopped_at__isnull=True, paused_at__isnull=True, missed_at__isnull=True, due_at__lte=wall.now()
    )
    return waiting.exclude(pk__in=failed).order_by("due_at").first()


def _mark(actor: Actor, clock: Clock) -> None:
    clock.missed_at = wall.now()
    clock.save(update_fields=["missed_at"])
    subject = Ref.parse(clock.subject)
    handler = missed_handlers.find(subject.kind)
    if handler:
        handler(actor, clock)
    journal.record(actor, "deadlines.mark_missed", subject, content={"kind": clock.kind})


# --- Calendars -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Day:
    """A day that differs from Monday to Friday, or that the authority named."""

    day: dt.date
    is_working: bool
    name: LocalisedText = field(default_factory=dict)
    provisional: bool = False


@dataclass(frozen=True)
class Loaded:
    """What loading did: days added, provisional ones replaced, and days left alone that say something else."""

    added: int
    replaced: int
    kept: tuple[dt.date, ...]


@transaction.atomic
def open_calendar(
    actor: Actor,
    *,
    key: str,
    name: LocalisedText,
    department_ids: Sequence[int] = (),
    based_on: str | None = queries.DEFAULT_CALENDAR,
) -> WorkCalendar:
    """A calendar that differs from the one it is based on, for some departments. Clocks that run keep theirs.

    For whoever may configure all of these departments; one for nobody in particular only for administrators of the
    platform. Raises ``NotPermitted``; ``InvalidInput`` for a taken key or an unknown base.
    """
    departments = list(Organisation.objects.filter(pk__in=department_ids))
    _require(actor, departments)
    if not key or WorkCalendar.objects.filter(key=key).exists():
        raise InvalidInput.at("key", "taken", _("This key is empty or already used."))
    base = WorkCalendar.objects.filter(key=based_on).first() if based_on else None
    if based_on and base is None:
        raise InvalidInput.at("based_on", "unknown", _("There is no such calendar."))
    calendar = WorkCalendar.objects.create(key=key, name=name, based_on=base)
    calendar.departments.set(departments)
    queries.kept.moved()
    journal.record(actor, "deadlines.open_calendar", Ref("calendar", key))
    return calendar


@transaction.atomic
def set_day(
    actor: Actor, *, calendar: str, day: dt.date, is_working: bool, name: LocalisedText | None = None
) -> CalendarDay:
    """Say whether a day is worked. Running clocks of that calendar that are due on or after it move.

    For whoever may configure all departments of the calendar; the default one only for administrators of the
    platform. Raises ``NotPermitted``, ``NotFound``.
    """
    row = _locked_calendar(calendar)
    _require(actor, list(row.departments.all()))
    entry, _created = CalendarDay.objects.update_or_create(
        calendar=row, day=day, defaults={"is_working": is_working, "name": name or {}, "provisional": False}
    )
    _move(actor, row, day)
    journal.record(actor, "deadlines.set_day", Ref("calendar", calendar), content=[day.isoformat(), is_working])
    return entry


@transaction.atomic
def load_days(actor: Actor, *, calendar: str, days: Iterable[Day], overwrite: bool = False) -> Loaded:
    """Put published days into a calendar; doing it twice changes nothing.

    Days of a year that was provisional until now are replaced as a whole. A day that stands there already, because
    an administrator set it, is left alone unless ``overwrite``. Raises ``NotPermitted``, ``NotFound``.
    """
    row = _locked_calendar(calendar)
    _require(actor, list(row.departments.all()))
    given = {each.day: each for each in days}
    published_years = {each.day.year for each in given.values() if not each.provisional}
    present = {each.day: each for each in row.days.all()}
    stale = [day for day, each in present.items() if each.provisional and day.year in published_years]
    row.days.filter(day__in=stale).delete()
    standing = {day: each for day, each in present.items() if day not in set(stale)}
    differing = {day for day, each in standing.items() if day in given and each.is_working != given[day].is_working}
    if overwrite:
        row.days.filter(day__in=differing).delete()
        standing = {day: each for day, each in standing.items() if day not in differing}
    # What is only provisional never comes into a year that has published days.
    known_years = published_years | {day.year for day, each in standing.items() if not each.provisional}
    new = [
        each
        for each in given.values()
        if each.day not in standing and not (each.provisional and each.day.year in known_years)
    ]
    CalendarDay.objects.bulk_create(
        CalendarDay(
            calendar=row, day=each.day, is_working=each.is_working, name=each.name, provisional=each.provisional
        )
        for each in new
    )
    changed = [each.day for each in new] + stale
    if changed:
        _move(actor, row, min(changed))
        journal.record(actor, "deadlines.load_days", Ref("calendar", calendar), content=len(new))
    return Loaded(len(new), len(stale), () if overwrite else tuple(sorted(differing)))


def _require(actor: Actor, departments: Sequence[Organisation]) -> None:
    if may_administer_platform(actor):
        return
    if not departments or not all(may_configure(actor, each) for each in departments):
        raise NotPermitted()


def _locked_calendar(key: str) -> WorkCalendar:
    row = WorkCalendar.objects.select_for_update().filter(key=key).first()
    if row is None:
        raise NotFound(_("There is no such calendar."))
    return row


def _move(actor: Actor, calendar: WorkCalendar, since: dt.date) -> None:
    """Compute anew when running clocks are due that end on or after ``since``, and tell their rooms."""
    queries.kept.moved()
    fresh = queries.all_calendars()
    concerned = [pk for pk, each in fresh.by_id.items() if calendar.pk in each.layers]
    clocks = list(
        Clock.objects.select_for_update()
        .filter(calendar_id__in=concerned, stopped_at__isnull=True, due_at__gt=wall.end_of_day(since - ONE_DAY))
        .order_by("id")
    )
    before = {clock.pk: clock.due_at for clock in clocks}
    moved = [each for each in _recompute(clocks, ["due_at"], calendars=fresh) if before[each.pk] != each.due_at]
    for kind in sorted({Ref.parse(each.subject).kind for each in moved}):
        handler = moved_handlers.find(kind)
        if handler:
            handler(actor, [each for each in moved if Ref.parse(each.subject).kind == kind])


def _running(subject: Ref, kinds: Sequence[str] | None) -> list[Clock]:
    clocks = Clock.objects.select_for_update().filter(subject=str(subject), stopped_at__isnull=True)
    if kinds is not None:
        clocks = clocks.filter(kind__in=kinds)
    return list(clocks.order_by("id"))


def _recompute(clocks: list[Clock], fields: list[str], calendars: queries.Calendars | None = None) -> list[Clock]:
    if not clocks:
        return clocks
    pauses: dict[int, list[Pause]] = {}
    for row in ClockPause.objects.filter(clock__in=clocks):
        pauses.setdefault(row.clock_id, []).append(Pause(row.from_at, row.to_at))
    known = (calendars or queries.all_calendars()).by_id
    for clock in clocks:
        clock.due_at = due_with_pauses(
            clock.started_at,
            clock.limit + clock.extended_by,
            clock.unit,
            known[clock.calendar_id].working_days,
            pauses.get(clock.pk, []),
        )
    Clock.objects.bulk_update(clocks, fields, batch_size=500)
    return clocks
