"""Reading calendars and clocks. All calendars are kept in the process: every due date asks for one."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from egov.deadlines.models import CalendarDay, Clock, WorkCalendar
from egov.deadlines.rules import WorkingDays
from egov.kernel.errors import NotFound, Unavailable
from egov.kernel.memory import Kept

DEFAULT_CALENDAR = "default"
kept = Kept("deadlines")
# Outside these years nothing is due; cases of a generation ago may still be looked at.
FIRST_YEAR, LAST_YEAR = 2004, 2040


@dataclass(frozen=True)
class Calendar:
    """A calendar's key in the database and its days ready for counting."""

    pk: int
    key: str
    working_days: WorkingDays
    layers: tuple[int, ...]  # the calendars it is based on, the farthest first, and itself


@dataclass(frozen=True)
class Calendars:
    """Every calendar, and which department has its own."""

    by_id: Mapping[int, Calendar]
    by_department: Mapping[int, int]
    default: int | None

    def of(self, department_id: int | None) -> Calendar:
        """Raises ``Unavailable`` when no default calendar was loaded."""
        pk = self.by_department.get(department_id or 0, self.default)
        if pk is None:
            raise Unavailable(_("No work calendar is loaded. Run manage.py load_calendar."), code="no_calendar")
        return self.by_id[pk]


@kept.table
def all_calendars() -> Calendars:
    """Three statements once kept anew."""
    rows = {row.pk: row for row in WorkCalendar.objects.all()}
    days: dict[int, list[tuple[dt.date, bool, bool]]] = {pk: [] for pk in rows}
    listed = CalendarDay.objects.values_list("calendar_id", "day", "is_working", "provisional")
    for calendar_id, day, is_working, provisional in listed:
        days[calendar_id].append((day, is_working, provisional))
    own = WorkCalendar.departments.through.objects.values_list("organisation_id", "workcalendar_id")
    layers = {pk: _layers(row, rows) for pk, row in rows.items()}
    return Calendars(
        by_id={pk: Calendar(pk, row.key, _working_days(layers[pk], days), layers[pk]) for pk, row in rows.items()},
        by_department=dict(own),
        default=next((pk for pk, row in rows.items() if row.key == DEFAULT_CALENDAR), None),
    )


def calendar_of(department_id: int | None) -> Calendar:
    """The department's own calendar, else the default one. Raises ``Unavailable`` when none was loaded."""
    return all_calendars().of(department_id)


def working_days(department_id: int | None = None) -> WorkingDays:
    """The working days of a department (None: the default calendar)."""
    return calendar_of(department_id).working_days


def calendars() -> QuerySet[WorkCalendar]:
    """All calendars with the departments that have them, by key."""
    return WorkCalendar.objects.prefetch_related("departments").order_by("key")


def calendar(key: str) -> WorkCalendar:
    """Raises ``NotFound``."""
    row = calendars().filter(key=key).first()
    if row is None:
        raise NotFound(_("There is no such calendar."))
    return row


def days_of(key: str, year: int) -> QuerySet[CalendarDay]:
    """The days of a year that this calendar itself names."""
    return CalendarDay.objects.filter(calendar__key=key, day__year=year).order_by("day")


def clocks_of(subject: str) -> list[Clock]:
    """Running and ended clocks of a subject with their pauses, oldest first."""
    return list(Clock.objects.filter(subject=subject).prefetch_related("pauses").order_by("id"))


def _layers(calendar: WorkCalendar, rows: Mapping[int, WorkCalendar]) -> tuple[int, ...]:
    chain: list[int] = []
    here: WorkCalendar | None = calendar
    while here is not None and here.pk not in chain:
        chain.append(here.pk)
        here = rows.get(here.based_on_id) if here.based_on_id else None
    return tuple(reversed(chain))


def _working_days(layers: tuple[int, ...], days: Mapping[int, list[tuple[dt.date, bool, bool]]]) -> WorkingDays:
    exceptions: dict[dt.date, bool] = {}
    unsure: dict[dt.date, bool] = {}
    for layer in layers:
        for day, is_working, provisional in days[layer]:
            exceptions[day] = is_working
            unsure[day] = provisional
    return WorkingDays(
        first=dt.date(FIRST_YEAR, 1, 1),
        last=dt.date(LAST_YEAR, 12, 31),
        exceptions=exceptions,
        provisional_from=_provisional_from(unsure),
    )


def _provisional_from(unsure: Mapping[dt.date, bool]) -> dt.date | None:
    """The year of the first provisional day; without one, the year after the last that has published days."""
    first = min((day for day, provisional in unsure.items() if provisional), default=None)
    if first is not None:
        return dt.date(first.year, 1, 1)
    last = max(unsure, default=None)
    return dt.date(last.year + 1, 1, 1) if last else None
