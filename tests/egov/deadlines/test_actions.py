"""Clocks in the database: stored due moments that move with pauses, extensions and calendar changes."""

import datetime as dt

import pytest
import time_machine
from django.core.management import call_command
from django.db import IntegrityError, transaction

from egov.deadlines import actions, queries
from egov.deadlines.actions import ClockSpec
from egov.deadlines.models import CalendarDay, Clock
from egov.deadlines.registry import missed_handlers
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
    assert extended.due_at == end_of_day(dt.date(2027, 1, 4))  # 2027 is not published: Monday to Friday, provisional
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


def test_loading_twice_changes_nothing_and_keeps_what_was_set() -> None:
    actions.set_day(SYSTEM, calendar="default", day=dt.date(2026, 10, 1), is_working=True)
    before = list(CalendarDay.objects.order_by("day").values_list("day", "is_working"))
    call_command("load_calendar", verbosity=0)
    assert list(CalendarDay.objects.order_by("day").values_list("day", "is_working")) == before


def test_a_department_with_its_own_calendar(db) -> None:
    assert queries.calendar_of(4711).pk == queries.calendar_of(None).pk
