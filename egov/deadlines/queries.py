"""Reading calendars and clocks. Calendars are kept per process for a minute: every due date asks for one."""

import datetime as dt
import threading
import time
from collections.abc import Iterable

from django.db.models import Q

from egov.deadlines.models import CalendarDay, Clock, WorkCalendar
from egov.deadlines.rules import WorkingDays
from egov.kernel.errors import NotFound

DEFAULT_CALENDAR = "default"
KEPT_SECONDS = 60
FIRST_YEAR, LAST_YEAR = 2004, 2040

_lock = threading.Lock()
_kept: dict[int | None, tuple[float, "Calendar"]] = {}


class Calendar:
    """A calendar's key in the database and its days ready for counting."""

    def __init__(self, pk: int, working_days: WorkingDays) -> None:
        self.pk = pk
        self.working_days = working_days


def calendar_of(department_id: int | None) -> Calendar:
    """The department's own calendar, else the default one. Raises ``LookupError`` when none was loaded."""
    moment = time.monotonic()
    kept = _kept.get(department_id)
    if kept and kept[0] > moment:
        return kept[1]
    row = _row(department_id)
    calendar = Calendar(row.pk, _days(row))
    with _lock:
        _kept[department_id] = (moment + KEPT_SECONDS, calendar)
    return calendar


def working_days(department_id: int | None = None) -> WorkingDays:
    """The working days of a department (None: the default calendar)."""
    return calendar_of(department_id).working_days


def working_days_of(calendar: WorkCalendar) -> WorkingDays:
    """The working days of a calendar, read now: for moving clocks after a change."""
    return _days(calendar)


def forget_calendars() -> None:
    """After a calendar changed in this process; other processes see it within a minute."""
    with _lock:
        _kept.clear()


def _row(department_id: int | None) -> WorkCalendar:
    candidates = WorkCalendar.objects.filter(Q(key=DEFAULT_CALENDAR) | Q(departments=department_id)).distinct()
    if department_id is None:
        candidates = WorkCalendar.objects.filter(key=DEFAULT_CALENDAR)
    own_first = sorted(candidates, key=lambda calendar: calendar.key == DEFAULT_CALENDAR)
    if not own_first:
        raise LookupError("no work calendar is loaded: run manage.py load_calendar")
    return own_first[0]


def _days(calendar: WorkCalendar) -> WorkingDays:
    layers = [calendar.based_on_id, calendar.pk] if calendar.based_on_id else [calendar.pk]
    exceptions: dict[dt.date, bool] = {}
    provisional: list[dt.date] = []
    for layer in layers:
        rows = CalendarDay.objects.filter(calendar=layer).values_list("day", "is_working", "provisional")
        for day, worked, unsure in rows:
            exceptions[day] = worked
            if unsure:
                provisional.append(day)
    return WorkingDays(
        first=dt.date(FIRST_YEAR, 1, 1),
        last=dt.date(LAST_YEAR, 12, 31),
        exceptions=exceptions,
        provisional_from=_provisional_from(exceptions, provisional),
    )


def _provisional_from(exceptions: dict[dt.date, bool], provisional: Iterable[dt.date]) -> dt.date | None:
    """The year of the first provisional day; without one, the year after the last that has published days."""
    first = min(provisional, default=None)
    if first:
        return dt.date(first.year, 1, 1)
    last = max(exceptions, default=None)
    return dt.date(last.year + 1, 1, 1) if last else None


def clocks_of(subject: str) -> list[Clock]:
    """Running and ended clocks of a subject with their pauses, oldest first."""
    return list(Clock.objects.filter(subject=subject).prefetch_related("pauses").order_by("id"))


def calendars() -> list[WorkCalendar]:
    """All calendars with the departments that use them."""
    return list(WorkCalendar.objects.prefetch_related("departments__party").order_by("key"))


def calendar(key: str) -> WorkCalendar:
    """Raises ``NotFound``."""
    row = WorkCalendar.objects.filter(key=key).first()
    if row is None:
        raise NotFound()
    return row


def days_of(key: str, year: int) -> list[CalendarDay]:
    """The days of a year that differ from Monday to Friday, in order."""
    return list(CalendarDay.objects.filter(calendar__key=key, day__year=year).order_by("day"))
