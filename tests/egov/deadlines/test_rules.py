"""How statutes count time."""

import datetime as dt

import chinese_calendar
import pytest
from hypothesis import given
from hypothesis import strategies as st

from egov.deadlines import rules
from egov.deadlines.rules import Colour, OutOfCalendar, Pause, WorkingDays
from egov.kernel.clock import end_of_day

SHANGHAI = dt.timezone(dt.timedelta(hours=8))


def published() -> WorkingDays:
    first, last = dt.date(2025, 1, 1), dt.date(2026, 12, 31)
    days = (first + dt.timedelta(days=n) for n in range((last - first).days + 1))
    exceptions = {day: worked for day in days if (worked := chinese_calendar.is_workday(day)) != (day.weekday() < 5)}
    return WorkingDays(first=dt.date(2024, 1, 1), last=dt.date(2036, 12, 31), exceptions=exceptions)


DAYS = published()


def at(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("accepted", "limit", "last"),
    [
        ("2026-02-13", 5, "2026-02-27"),  # 14 February is a make-up working Saturday
        ("2026-09-24", 5, "2026-10-09"),
        ("2026-09-30", 20, "2026-11-03"),  # 10 October is worked
        ("2026-04-30", 7, "2026-05-13"),  # 9 May is worked
        ("2026-11-20", 20, "2026-12-18"),
    ],
)
def test_worked_dates_of_the_facts(accepted: str, limit: int, last: str) -> None:
    assert rules.last_day(dt.date.fromisoformat(accepted), limit, "wd", DAYS) == dt.date.fromisoformat(last)


def test_the_day_of_the_event_is_not_counted_and_the_last_one_ends_at_midnight() -> None:
    due = rules.due_at(at("2026-11-23T09:14"), 1, "wd", DAYS)
    assert due == end_of_day(dt.date(2026, 11, 24))


def test_a_limit_of_nothing_ends_with_the_day() -> None:
    assert rules.due_at(at("2026-11-23T09:14"), 0, "wd", DAYS) == end_of_day(dt.date(2026, 11, 23))


def test_what_is_promised_for_the_same_day_is_not_due_on_a_day_off():
    sunday, monday = at("2026-11-22T20:46"), dt.date(2026, 11, 23)
    assert rules.due_at(sunday, 0, "wd", DAYS) == end_of_day(monday)
    assert rules.due_at(sunday, 1, "wd", DAYS) == end_of_day(monday)
    stood = rules.Pause(at("2026-11-23T10:00"), at("2026-11-25T10:00"))
    assert rules.due_with_pauses(sunday, 0, "wd", DAYS, [stood]) == end_of_day(dt.date(2026, 11, 25))


def test_natural_days_that_end_on_a_day_off_end_on_the_next_working_day() -> None:
    # 15 days after 18 September 2026 is Saturday 3 October, in the National Day holiday until the 7th.
    assert rules.last_day(dt.date(2026, 9, 18), 15, "d", DAYS) == dt.date(2026, 10, 8)


def test_months_end_on_the_last_day_where_the_month_is_short() -> None:
    assert rules.plus_months(dt.date(2026, 1, 31), 1) == dt.date(2026, 2, 28)
    assert rules.plus_months(dt.date(2026, 11, 30), 3) == dt.date(2027, 2, 28)


def test_hours_run_through_the_night() -> None:
    assert rules.due_at(at("2026-11-23T20:00"), 24, "h", DAYS) == at("2026-11-24T20:00")


def test_days_in_a_special_procedure_do_not_count() -> None:
    pauses = [Pause(at("2026-11-25T10:00"), at("2026-12-02T16:00"))]
    paused = rules.due_with_pauses(at("2026-11-23T09:00"), 20, "wd", DAYS, pauses)
    assert paused == rules.due_at(at("2026-11-23T09:00"), 25, "wd", DAYS)


def test_an_unknown_unit_is_refused() -> None:
    with pytest.raises(ValueError, match="unit"):
        rules.last_day(dt.date(2026, 1, 5), 3, "weeks", DAYS)


def test_beyond_the_calendar_is_said() -> None:
    with pytest.raises(OutOfCalendar):
        DAYS.add(dt.date(2036, 12, 29), 10)


@pytest.mark.parametrize(
    ("now", "days", "colour"),
    [
        ("2026-11-23T15:00", 20, Colour.GREEN),
        ("2026-12-07T15:00", 10, Colour.GREEN),
        ("2026-12-10T15:00", 7, Colour.YELLOW),
        ("2026-12-18T15:00", 1, Colour.ORANGE),
        ("2026-12-21T15:00", 0, Colour.ORANGE),
        ("2026-12-22T00:00", -1, Colour.RED),
        ("2026-12-28T09:00", -5, Colour.RED),
    ],
)
def test_colours(now: str, days: int, colour: Colour) -> None:
    due = rules.due_at(at("2026-11-23T09:00"), 20, "wd", DAYS)
    result = rules.remaining(started=at("2026-11-23T09:00"), due=due, now=at(now), working_days=DAYS)
    assert (result.days, result.colour) == (days, colour)


some_day = st.dates(dt.date(2025, 1, 1), dt.date(2027, 6, 30))


@given(some_day, st.integers(0, 200))
def test_adding_and_counting_are_inverse(day: dt.date, count: int) -> None:
    assert DAYS.between(day, DAYS.add(day, count)) == count


@given(some_day, st.integers(1, 120))
def test_a_limit_in_working_days_always_ends_on_one(day: dt.date, count: int) -> None:
    assert DAYS.is_working(DAYS.add(day, count))


@given(some_day, st.integers(0, 90), st.integers(0, 90))
def test_more_time_never_ends_earlier(day: dt.date, limit: int, more: int) -> None:
    for unit in ("wd", "d"):
        assert rules.last_day(day, limit + more, unit, DAYS) >= rules.last_day(day, limit, unit, DAYS)


@given(some_day, st.integers(0, 60), st.integers(0, 40), st.integers(0, 40), st.sampled_from(["wd", "d", "m", "h"]))
def test_a_pause_never_shortens(day: dt.date, limit: int, begins: int, lasts: int, unit: str) -> None:
    started = end_of_day(day) - dt.timedelta(hours=10)
    start = started + dt.timedelta(days=begins)
    pause = Pause(start, start + dt.timedelta(days=lasts))
    assert rules.due_with_pauses(started, limit, unit, DAYS, [pause]) >= rules.due_with_pauses(
        started, limit, unit, DAYS, []
    )


def test_a_calendar_day_by_day_against_the_published_list() -> None:
    day = dt.date(2026, 1, 1)
    while day <= dt.date(2026, 12, 31):
        assert DAYS.is_working(day) == chinese_calendar.is_workday(day)
        day += dt.timedelta(days=1)


@given(
    some_day,
    st.integers(0, 40),
    st.lists(st.tuples(st.integers(1, 400), st.integers(0, 400)), max_size=4),
    st.sampled_from(["wd", "d", "h"]),
)
def test_pauses_give_back_exactly_what_stood_still(
    day: dt.date, limit: int, stretches: list[tuple[int, int]], unit: str
) -> None:
    """Against a count day by day: a working day counts unless it lies in a pause (after its first, up to its last)."""
    started = end_of_day(day) - dt.timedelta(hours=14)
    pauses, moment = [], started
    for runs, stands in stretches:
        begin = moment + dt.timedelta(hours=runs)
        moment = begin + dt.timedelta(hours=stands)
        pauses.append(Pause(begin, moment))
    due = rules.due_with_pauses(started, limit, unit, DAYS, pauses)
    if unit == "h":
        stood = sum((p.end - p.start for p in pauses if p.start < due), dt.timedelta())
        assert due == started + dt.timedelta(hours=limit) + stood
        return
    still = [(p.start.astimezone(SHANGHAI).date(), p.end.astimezone(SHANGHAI).date()) for p in pauses if p.start < due]

    def stands_still(day: dt.date) -> bool:
        return any(first < day <= last for first, last in still)

    used, here = 0, DAYS.next_working(day) if unit == "wd" and not limit else day
    while stands_still(here):
        here += dt.timedelta(days=1)
    while used < limit:
        here += dt.timedelta(days=1)
        used += (unit == "d" or DAYS.is_working(here)) and not stands_still(here)
    while stands_still(here + dt.timedelta(days=1)):  # paused on the last day: it goes on when the pause ends
        here += dt.timedelta(days=1)
    if unit == "wd":  # days off may lie between
        assert DAYS.between(rules.due_day(due), here) == 0
    else:
        assert rules.due_day(due) == DAYS.next_working(here)


@given(some_day, st.integers(0, 60), st.sampled_from(["wd", "d", "m"]))
def test_a_limit_ends_at_the_end_of_a_working_day(day: dt.date, limit: int, unit: str) -> None:
    due = rules.due_at(end_of_day(day) - dt.timedelta(minutes=1), limit, unit, DAYS)
    assert due.astimezone(SHANGHAI).time() == dt.time()
    assert DAYS.is_working(rules.due_day(due))
    assert due == end_of_day(rules.last_day(day, limit, unit, DAYS))


@given(some_day, st.integers(1, 40), st.integers(0, 60 * 24 * 60))
def test_a_colour_never_gets_better_by_waiting(day: dt.date, limit: int, minutes: int) -> None:
    started = end_of_day(day) - dt.timedelta(hours=12)
    due = rules.due_at(started, limit, "wd", DAYS)
    order = list(Colour)
    now = started + dt.timedelta(minutes=minutes)
    first = rules.remaining(started=started, due=due, now=now, working_days=DAYS)
    later = rules.remaining(started=started, due=due, now=now + dt.timedelta(hours=20), working_days=DAYS)
    assert order.index(later.colour) >= order.index(first.colour)
    assert first.late is (now >= due)


def test_hours_have_no_last_day() -> None:
    with pytest.raises(ValueError, match="hours"):
        rules.last_day(dt.date(2026, 1, 5), 3, "h", DAYS)


def test_a_weekend_has_no_working_days_and_a_week_has_five() -> None:
    assert DAYS.counted(dt.date(2026, 11, 21), dt.date(2026, 11, 22)) == 0
    assert DAYS.counted(dt.date(2026, 11, 23), dt.date(2026, 11, 29)) == 5
