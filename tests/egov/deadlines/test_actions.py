"""Clocks in the database: stored due moments that move with pauses, extensions and calendar changes."""

import dataclasses
import datetime as dt

import pytest
import time_machine
from django.db import IntegrityError, transaction

from egov.deadlines import actions, queries
from egov.deadlines.actions import ClockSpec
from egov.deadlines.models import Clock
from egov.deadlines.registry import missed_handlers, moved_handlers
from egov.kernel.actor import ANONYMOUS, SYSTEM
from egov.kernel.clock import end_of_day
from egov.kernel.errors import NotPermitted, TransitionNotAllowed
from egov.kernel.refs import Ref

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("calendar")]

SUBJECT = Ref("thing", "T-1")
SPEC = ClockSpec(subject=SUBJECT, kind="statutory", limit=20, unit="wd", department_id=None, basis="art. 42")


def at(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text + "+08:00")


def start(moment: str = "2026-11-23T09:00") -> Clock:
    with time_machine.travel(at(moment), tick=False):
        return actions.start_clocks(SYSTEM, [SPEC])[0]


def test_a_clock_stores_when_it_is_due() -> None:
    assert start().due_at == end_of_day(dt.date(2026, 12, 21))


def test_starting_costs_one_statement_once_the_calendar_is_known(django_assert_num_queries) -> None:
    queries.working_days()
    with django_assert_num_queries(1):
        start()


def test_one_clock_of_a_kind_runs_for_a_subject() -> None:
    start()
    with pytest.raises(IntegrityError), transaction.atomic():
        start()


def test_pause_and_resume_move_the_due_moment() -> None:
    start()
    with time_machine.travel(at("2026-11-25T10:00"), tick=False):
        assert actions.pause(SYSTEM, subject=SUBJECT, reason="inspection")[0].paused_at
        assert actions.pause(SYSTEM, subject=SUBJECT, reason="again") == []
    with time_machine.travel(at("2026-12-02T10:00"), tick=False):
        clock = actions.resume(SYSTEM, subject=SUBJECT)[0]
    assert clock.due_at == end_of_day(dt.date(2026, 12, 28))
    assert clock.paused_at is None


def test_an_extension_adds_units_and_forgives_the_miss() -> None:
    clock = start()
    Clock.objects.filter(pk=clock.pk).update(missed_at=clock.due_at)
    extended = actions.extend(SYSTEM, subject=SUBJECT, kind="statutory", by=10)[0]
    # 2027 is not published: Monday to Friday without the days that the law itself makes free, provisionally.
    assert extended.due_at == end_of_day(dt.date(2027, 1, 5))
    assert queries.working_days().is_provisional(dt.date(2027, 1, 4))
    assert extended.missed_at is None


def test_nothing_to_extend_is_an_error() -> None:
    with pytest.raises(TransitionNotAllowed):
        actions.extend(SYSTEM, subject=SUBJECT, kind="statutory", by=10)


def test_a_stopped_clock_frees_its_place() -> None:
    start()
    assert actions.stop(SYSTEM, subject=SUBJECT)[0].stopped_at
    start()
    assert len(queries.clocks_of(str(SUBJECT))) == 2


def test_a_missed_deadline_is_told_once(monkeypatch) -> None:
    told = []
    monkeypatch.setitem(missed_handlers._handlers, "thing", lambda actor, clock: told.append(clock.kind))
    start()
    with time_machine.travel(at("2026-12-21T23:59"), tick=False):
        assert actions.mark_missed(SYSTEM) == 0
    with time_machine.travel(at("2026-12-22T00:00"), tick=False):
        assert actions.mark_missed(SYSTEM) == 1
        assert actions.mark_missed(SYSTEM) == 0
    assert told == ["statutory"]


def test_a_paused_clock_is_never_missed() -> None:
    start()
    with time_machine.travel(at("2026-11-25T10:00"), tick=False):
        actions.pause(SYSTEM, subject=SUBJECT, reason="hearing")
    with time_machine.travel(at("2027-02-01T10:00"), tick=False):
        assert actions.mark_missed(SYSTEM) == 0


def test_a_new_day_off_moves_running_clocks() -> None:
    clock = start()
    with time_machine.travel(at("2026-11-24T10:00"), tick=False):
        actions.set_day(SYSTEM, calendar="default", day=dt.date(2026, 12, 10), is_working=False)
    clock.refresh_from_db()
    assert clock.due_at == end_of_day(dt.date(2026, 12, 22))


def test_only_administrators_change_calendars() -> None:
    with pytest.raises(NotPermitted):
        actions.set_day(ANONYMOUS, calendar="default", day=dt.date(2026, 12, 10), is_working=False)


def test_a_handler_that_fails_stops_no_other_clock(monkeypatch) -> None:
    told = []

    def handler(actor, clock):
        if clock.subject == "thing:T-1":
            raise ZeroDivisionError
        told.append(clock.subject)

    monkeypatch.setitem(missed_handlers._handlers, "thing", handler)
    first = start()
    with time_machine.travel(at("2026-11-23T10:00"), tick=False):
        actions.start_clocks(SYSTEM, [dataclasses.replace(SPEC, subject=Ref("thing", "T-2"))])
    with time_machine.travel(at("2026-12-22T00:00"), tick=False):
        assert actions.mark_missed(SYSTEM) == 1
        first.refresh_from_db()
        assert first.missed_at is None  # tried again at the next run
        monkeypatch.setitem(missed_handlers._handlers, "thing", lambda actor, clock: told.append(clock.subject))
        assert actions.mark_missed(SYSTEM) == 1
    assert told == ["thing:T-2", "thing:T-1"]


def test_due_moments_that_move_are_told_once_per_kind(monkeypatch) -> None:
    told = []
    monkeypatch.setitem(
        moved_handlers._handlers, "thing", lambda actor, clocks: told.append([c.subject for c in clocks])
    )
    start()
    early = dataclasses.replace(SPEC, subject=Ref("thing", "T-2"), limit=1)
    other = dataclasses.replace(SPEC, subject=Ref("other", "O-1"))
    with time_machine.travel(at("2026-11-23T09:00"), tick=False):
        actions.start_clocks(SYSTEM, [early, other])
        actions.set_day(SYSTEM, calendar="default", day=dt.date(2026, 12, 10), is_working=False)
        assert told == [["thing:T-1"]]
        actions.set_day(SYSTEM, calendar="default", day=dt.date(2026, 12, 10), is_working=False)
    assert told == [["thing:T-1"]]


def test_moving_many_clocks_takes_few_statements(django_assert_max_num_queries) -> None:
    specs = [dataclasses.replace(SPEC, subject=Ref("thing", str(number))) for number in range(60)]
    with time_machine.travel(at("2026-11-23T09:00"), tick=False):
        actions.start_clocks(SYSTEM, specs)
        with django_assert_max_num_queries(18):
            actions.set_day(SYSTEM, calendar="default", day=dt.date(2026, 12, 10), is_working=False)
    assert set(Clock.objects.values_list("due_at", flat=True)) == {end_of_day(dt.date(2026, 12, 22))}


@pytest.mark.parametrize(
    ("act", "most"),
    [
        (lambda: actions.pause(SYSTEM, subject=SUBJECT, reason="hearing"), 5),
        (lambda: actions.extend(SYSTEM, subject=SUBJECT, kind="statutory", by=1), 5),
        (lambda: actions.stop(SYSTEM, subject=SUBJECT), 4),
    ],
)
def test_moving_a_clock_takes_few_statements(act, most, django_assert_max_num_queries) -> None:
    start()
    queries.working_days()
    with django_assert_max_num_queries(most):
        act()


def test_a_clock_that_is_late_already_is_not_saved_by_a_pause() -> None:
    start()
    with time_machine.travel(at("2026-12-23T10:00"), tick=False):
        actions.pause(SYSTEM, subject=SUBJECT, reason="inspection")
    with time_machine.travel(at("2026-12-30T10:00"), tick=False):
        (clock,) = actions.resume(SYSTEM, subject=SUBJECT)
    assert clock.due_at == end_of_day(dt.date(2026, 12, 21))


def test_stopping_while_paused_ends_the_pause() -> None:
    start()
    with time_machine.travel(at("2026-11-25T10:00"), tick=False):
        actions.pause(SYSTEM, subject=SUBJECT, reason="hearing")
        actions.stop(SYSTEM, subject=SUBJECT, kind="statutory")
    (clock,) = queries.clocks_of(str(SUBJECT))
    assert clock.paused_at is None
    assert [each.to_at for each in clock.pauses.all()] == [at("2026-11-25T10:00")]


def test_only_the_named_kinds_are_paused() -> None:
    start()
    with time_machine.travel(at("2026-11-23T09:00"), tick=False):
        actions.start_clocks(SYSTEM, [dataclasses.replace(SPEC, kind="promised", limit=5)])
        paused = actions.pause(SYSTEM, subject=SUBJECT, reason="hearing", kinds=["promised"])
        assert [each.kind for each in paused] == ["promised"]
        assert actions.resume(SYSTEM, subject=SUBJECT, kinds=["statutory"]) == []
        assert [each.kind for each in actions.resume(SYSTEM, subject=SUBJECT)] == ["promised"]
