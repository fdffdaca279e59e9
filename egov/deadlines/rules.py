"""Counting time as statutes do. Pure: a calendar is handed in, the clock is not read.

The day of the event is not counted; counting starts the next day and ends at 24:00 of the last one
(Civil Code arts. 201–203; Administrative Licensing Law art. 82 for working days). A limit in natural days or
months that ends on a day off ends on the next working day (Civil Code art. 203).
"""

import bisect
import calendar as gregorian
import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from egov.kernel.clock import end_of_day, local


class OutOfCalendar(LookupError):
    """The calendar does not reach the day asked for."""


@dataclass(frozen=True)
class WorkingDays:
    """The working days of an authority as one sorted array: adding a limit is an index, not a loop.

    ``exceptions`` maps a day to whether it is worked; every other day is worked from Monday to Friday.
    ``provisional_from`` is the first day whose year the authority has not published yet.
    """

    first: dt.date
    last: dt.date
    exceptions: Mapping[dt.date, bool]
    provisional_from: dt.date | None = None
    _ordinals: Sequence[int] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        days = range(self.first.toordinal(), self.last.toordinal() + 1)
        exceptions = {day.toordinal(): worked for day, worked in self.exceptions.items()}
        # Ordinal 1 (0001-01-01) was a Monday.
        worked = [n for n in days if exceptions.get(n, (n - 1) % 7 < 5)]
        object.__setattr__(self, "_ordinals", worked)

    def is_working(self, day: dt.date) -> bool:
        ordinal = self._inside(day)
        at = bisect.bisect_left(self._ordinals, ordinal)
        return at < len(self._ordinals) and self._ordinals[at] == ordinal

    def add(self, day: dt.date, count: int) -> dt.date:
        """The ``count``-th working day after ``day``; ``day`` itself for 0."""
        ordinal = self._inside(day)
        if count == 0:
            return day
        at = bisect.bisect_right(self._ordinals, ordinal) + count - 1
        if at >= len(self._ordinals):
            raise OutOfCalendar(f"{count} working days after {day}")
        return dt.date.fromordinal(self._ordinals[at])

    def next_working(self, day: dt.date) -> dt.date:
        """``day`` itself when it is worked, else the next one that is."""
        at = bisect.bisect_left(self._ordinals, self._inside(day))
        if at >= len(self._ordinals):
            raise OutOfCalendar(f"working day from {day}")
        return dt.date.fromordinal(self._ordinals[at])

    def between(self, start: dt.date, end: dt.date) -> int:
        """Working days after ``start`` up to and including ``end``; negative when ``end`` lies before ``start``."""
        after = bisect.bisect_right(self._ordinals, self._inside(start))
        return bisect.bisect_right(self._ordinals, self._inside(end)) - after

    def counted(self, first: dt.date, last: dt.date) -> int:
        """Working days from ``first`` to ``last``, both included (leave, attendance)."""
        return bisect.bisect_right(self._ordinals, self._inside(last)) - bisect.bisect_left(
            self._ordinals, self._inside(first)
        )

    def is_provisional(self, day: dt.date) -> bool:
        return self.provisional_from is not None and day >= self.provisional_from

    def _inside(self, day: dt.date) -> int:
        if not self.first <= day <= self.last:
            raise OutOfCalendar(f"{day} is outside {self.first} – {self.last}")
        return day.toordinal()


def plus_months(day: dt.date, months: int) -> dt.date:
    """The same day of the month; the month's last day where it has no such day (Civil Code art. 202)."""
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    last = gregorian.monthrange(year, month + 1)[1]
    return dt.date(year, month + 1, min(day.day, last))


def due_at(started: dt.datetime, limit: int, unit: str, working_days: WorkingDays) -> dt.datetime:
    """The first moment that is too late: 24:00 of the last day. Hours ("h") run through.

    ``unit``: "wd" working days, "d" natural days, "m" months, "h" hours; ``ValueError`` for another one. A limit of
    0 working days ends with the same day, or with the next working day when that one is off.
    """
    return due_with_pauses(started, limit, unit, working_days, ())


def last_day(started: dt.date, limit: int, unit: str, working_days: WorkingDays) -> dt.date:
    """The last day of a limit in days or months that starts with an event on ``started``."""
    if unit == "h":
        raise ValueError("hours have no last day")
    begun = end_of_day(started) - dt.timedelta(hours=12)
    return due_day(due_at(begun, limit, unit, working_days))


def due_day(due: dt.datetime) -> dt.date:
    """The last day on which it is not too late, as people are told it."""
    return last_moment(due).date()


def last_moment(due: dt.datetime) -> dt.datetime:
    """Just in time: what begins with the end of a limit begins on its last day, not on the day after."""
    return local(due) - dt.timedelta(microseconds=1)


@dataclass(frozen=True)
class Pause:
    """A stretch in which a clock stood still; ``end`` None while it lasts."""

    start: dt.datetime
    end: dt.datetime | None


def due_with_pauses(
    started: dt.datetime, limit: int, unit: str, working_days: WorkingDays, pauses: Sequence[Pause]
) -> dt.datetime:
    """The due moment when the days of finished pauses do not count (Administrative Licensing Law art. 45).

    For working days every working day after the day the pause began, up to and including the day it ended, is given
    back; for natural days and months every day; hours give back the time itself. A pause that began when the limit
    was over gives nothing back.
    """
    back = dt.timedelta() if unit == "h" else 0
    for pause in sorted(pauses, key=lambda each: each.start):
        if pause.end is not None and pause.start < _over_at(started, limit, unit, working_days, back):
            back += _given_back(pause.start, pause.end, unit, working_days)
    over = _over_at(started, limit, unit, working_days, back)
    return over if unit in ("h", "wd") else end_of_day(working_days.next_working(due_day(over)))


def _given_back(start: dt.datetime, end: dt.datetime, unit: str, working_days: WorkingDays) -> Any:
    """A stretch of time for hours, a number of days for the rest."""
    if unit == "h":
        return end - start
    first, last = local(start).date(), local(end).date()
    return working_days.between(first, last) if unit == "wd" else (last - first).days


def _over_at(started: dt.datetime, limit: int, unit: str, working_days: WorkingDays, back: Any) -> dt.datetime:
    """When the limit itself is over, before a last day that is off moves on to the next working day."""
    if unit == "h":
        return started + dt.timedelta(hours=limit) + back
    begin = local(started).date()
    match unit:
        case "wd":
            first = begin if limit else working_days.next_working(begin)
            return end_of_day(working_days.add(first, limit + back))
        case "d":
            undelayed = begin + dt.timedelta(days=limit)
        case "m":
            undelayed = plus_months(begin, limit)
        case _:
            raise ValueError(f"unknown unit of time: {unit!r}")
    return end_of_day(undelayed + dt.timedelta(days=back))


class Colour(StrEnum):
    GREEN = "green"
    YELLOW = "yellow"
    ORANGE = "orange"
    RED = "red"


@dataclass(frozen=True)
class Remaining:
    """How a deadline stands. ``days`` are working days left, the last one included; negative when late."""

    days: int
    colour: Colour
    late: bool


def remaining(*, started: dt.datetime, due: dt.datetime, now: dt.datetime, working_days: WorkingDays) -> Remaining:
    """Green up to 60 % used, yellow above, orange on the last two working days, red when late."""
    final = due_day(due)
    begin, today = local(started).date(), local(now).date()
    left = working_days.between(today, final)
    if now >= due:
        return Remaining(days=min(left, -1), colour=Colour.RED, late=True)
    whole = max(working_days.between(begin, final), 1)
    used = working_days.between(begin, today)
    if left < 2:
        colour = Colour.ORANGE
    elif used > 0.6 * whole:
        colour = Colour.YELLOW
    else:
        colour = Colour.GREEN
    return Remaining(days=left, colour=colour, late=False)
