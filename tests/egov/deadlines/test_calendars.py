"""Working days are rows: published, provisional, a department's own; loading twice changes nothing."""

import datetime as dt

import chinese_calendar
import pytest
from django.core.management import CommandError, call_command

from egov.deadlines import actions, queries
from egov.deadlines.actions import ClockSpec, Day
from egov.deadlines.models import CalendarDay, WorkCalendar
from egov.kernel.actor import ANONYMOUS, SYSTEM
from egov.kernel.errors import InvalidInput, NotFound, NotPermitted, Unavailable
from egov.kernel.refs import Ref

pytestmark = pytest.mark.django_db


def rows():
    return list(CalendarDay.objects.order_by("calendar_id", "day").values_list("calendar__key", "day", "is_working"))


@pytest.fixture
def csv_file(tmp_path):
    def write(*lines):
        file = tmp_path / "days.csv"
        file.write_text("\n".join(["day,is_working,name_zh,name_en", *lines]), encoding="utf-8-sig")
        return str(file)

    return write


def test_without_a_calendar_nothing_is_guessed():
    with pytest.raises(Unavailable, match="load_calendar"):
        queries.working_days()


def test_every_published_day_is_as_the_notices_say(calendar):
    days = queries.working_days()
    day = dt.date(2004, 1, 1)
    while day <= dt.date(2026, 12, 31):
        assert days.is_working(day) == chinese_calendar.is_workday(day), day
        day += dt.timedelta(days=1)
    october = CalendarDay.objects.get(day=dt.date(2026, 10, 10))
    assert october.name == {"zh-Hans": "国庆节调休上班", "en": "National Day (worked instead)"}


def test_coming_years_are_provisional(calendar):
    days = queries.working_days()
    assert not days.is_provisional(dt.date(2026, 12, 31))
    assert days.is_provisional(dt.date(2027, 1, 4))
    assert not days.is_working(dt.date(2027, 10, 1))  # the law itself makes it free
    assert days.is_working(dt.date(2027, 10, 4))  # how it is moved is not known yet
    assert days.is_provisional(dt.date(2035, 1, 1))


def test_loading_twice_changes_nothing_and_keeps_what_was_set(calendar):
    actions.set_day(SYSTEM, calendar="default", day=dt.date(2026, 10, 1), is_working=True)
    before = rows()
    call_command("load_calendar", verbosity=0)
    assert rows() == before
    assert queries.working_days().is_working(dt.date(2026, 10, 1))


def test_calendars_are_read_once_for_all_departments(calendar, identities, django_assert_num_queries):
    queries.kept.forget()
    with django_assert_num_queries(4):  # the stamps and three tables
        for department in (None, 1, 2, None):
            queries.working_days(department)
    with django_assert_num_queries(0):
        queries.working_days(3).add(dt.date(2026, 1, 5), 20)


def test_a_published_year_takes_the_place_of_the_provisional_one(calendar, csv_file, capsys):
    spec = ClockSpec(Ref("thing", "1"), "statutory", 5, "wd", None, started_at=dt.datetime(2027, 2, 1, tzinfo=dt.UTC))
    (clock,) = actions.start_clocks(SYSTEM, [spec])
    file = csv_file("2027-01-01,0,元旦,New Year", "2027-02-03,0,春节,Spring Festival", "2027-02-06,1,,")
    provisional = CalendarDay.objects.filter(day__year=2027).count()
    call_command("load_calendar", "--file", file)
    output = capsys.readouterr().out
    assert f"3 days added, {provisional} provisional ones replaced" in output
    assert "Nothing was written" in output
    assert CalendarDay.objects.filter(day__year=2027).count() == provisional
    assert queries.working_days().is_provisional(dt.date(2027, 2, 1))

    call_command("load_calendar", "--file", file, "--apply")
    days = queries.working_days()
    assert not days.is_provisional(dt.date(2027, 12, 31))
    assert days.is_provisional(dt.date(2028, 1, 1))
    assert not days.is_working(dt.date(2027, 2, 3))
    assert days.is_working(dt.date(2027, 2, 6))
    assert days.is_working(dt.date(2027, 4, 5))  # it was free only provisionally
    clock.refresh_from_db()
    assert clock.due_at.astimezone(dt.timezone(dt.timedelta(hours=8))).date() == dt.date(2027, 2, 9)
    call_command("load_calendar", verbosity=0)  # and set-up does not bring the provisional days back
    assert queries.working_days().is_working(dt.date(2027, 4, 5))


def test_what_was_set_otherwise_is_named_and_overwritten_only_when_asked(calendar, csv_file, capsys):
    actions.set_day(SYSTEM, calendar="default", day=dt.date(2026, 12, 10), is_working=False)
    file = csv_file("2026-12-10,1,,")
    call_command("load_calendar", "--file", file, "--apply")
    assert "left alone, because it was set otherwise: 2026-12-10" in capsys.readouterr().out
    assert not queries.working_days().is_working(dt.date(2026, 12, 10))
    call_command("load_calendar", "--file", file, "--apply", "--overwrite")
    assert queries.working_days().is_working(dt.date(2026, 12, 10))


@pytest.mark.parametrize("line", ["2026-13-01,0,,", "2026-12-10,yes,,", "tomorrow,1,,", ",,,"])
def test_a_faulty_file_is_refused_with_its_line(calendar, csv_file, line):
    before = rows()
    with pytest.raises(CommandError, match="line 3"):
        call_command("load_calendar", "--file", csv_file("2026-12-11,0,,", line), "--apply")
    assert rows() == before


def test_a_file_or_calendar_that_is_not_there(calendar, csv_file, tmp_path):
    with pytest.raises(CommandError):
        call_command("load_calendar", "--file", str(tmp_path / "missing.csv"))
    with pytest.raises(CommandError):
        call_command("load_calendar", "--file", csv_file("2026-12-11,0,,"), "--calendar", "moon")
    with pytest.raises(NotFound):
        actions.set_day(SYSTEM, calendar="moon", day=dt.date(2026, 12, 11), is_working=False)


# --- A department's own -----------------------------------------------------------------------------


def test_a_department_has_days_of_its_own(calendar, identities):
    hall, other = identities.department("jz.data"), identities.department("jz.tax")
    saturday = dt.date(2026, 11, 28)
    actions.open_calendar(SYSTEM, key="hall", name={"zh-Hans": "大厅"}, department_ids=[hall.pk])
    actions.set_day(SYSTEM, calendar="hall", day=saturday, is_working=True)
    assert queries.working_days(hall.pk).is_working(saturday)
    assert not queries.working_days(other.pk).is_working(saturday)
    # What the default calendar says holds there too, unless it says otherwise itself.
    assert not queries.working_days(hall.pk).is_working(dt.date(2026, 10, 1))
    actions.set_day(SYSTEM, calendar="default", day=dt.date(2026, 12, 10), is_working=False)
    assert not queries.working_days(hall.pk).is_working(dt.date(2026, 12, 10))
    assert queries.calendar_of(4711).key == "default"


def test_a_change_of_the_default_moves_the_clocks_of_calendars_based_on_it(calendar, identities):
    hall = identities.department("jz.data")
    actions.open_calendar(SYSTEM, key="hall", name={}, department_ids=[hall.pk])
    spec = ClockSpec(
        Ref("thing", "1"), "statutory", 3, "wd", hall.pk, started_at=dt.datetime(2026, 12, 7, tzinfo=dt.UTC)
    )
    (clock,) = actions.start_clocks(SYSTEM, [spec])
    before = clock.due_at
    actions.set_day(SYSTEM, calendar="default", day=dt.date(2026, 12, 10), is_working=False)
    clock.refresh_from_db()
    assert clock.due_at - before == dt.timedelta(days=1)


def test_a_calendar_based_on_itself_ends(calendar):
    row = WorkCalendar.objects.get(key="default")
    row.based_on = row
    row.save()
    queries.kept.forget()
    assert not queries.working_days().is_working(dt.date(2026, 10, 1))


@pytest.mark.parametrize(
    ("given", "path"), [({"key": "default"}, "key"), ({"key": "x", "based_on": "moon"}, "based_on")]
)
def test_a_calendar_is_not_opened_with_faults(calendar, given, path):
    with pytest.raises(InvalidInput) as caught:
        actions.open_calendar(SYSTEM, name={}, **given)
    assert caught.value.faults[0].path == path


def test_who_may_change_which_calendar(calendar, identities, administrator):
    """The default one belongs to everybody, so that an administrator of one department does not move all deadlines."""
    hall = identities.department("jz.data")
    own = administrator("department_admin", department_id=hall.pk)
    elsewhere = administrator("department_admin", department_id=identities.department("jz.tax").pk)
    actions.open_calendar(own, key="hall", name={}, department_ids=[hall.pk])
    day = dt.date(2026, 12, 10)
    attempts = {
        "default": lambda actor: actions.set_day(actor, calendar="default", day=day, is_working=False),
        "hall": lambda actor: actions.set_day(actor, calendar="hall", day=day, is_working=False),
        "file": lambda actor: actions.load_days(actor, calendar="hall", days=[Day(day, False)]),
        "open": lambda actor: actions.open_calendar(actor, key="new", name={}, department_ids=[hall.pk]),
        "for all": lambda actor: actions.open_calendar(actor, key="all", name={}),
    }
    allowed = {
        "platform_admin": set(attempts),
        "own": {"hall", "file", "open"},
        "elsewhere": set(),
        "anonymous": set(),
    }
    who = {"platform_admin": administrator(), "own": own, "elsewhere": elsewhere, "anonymous": ANONYMOUS}
    for name, actor in who.items():
        for act, attempt in attempts.items():
            WorkCalendar.objects.filter(key__in=["new", "all"]).delete()
            if act in allowed[name]:
                attempt(actor)
            else:
                with pytest.raises(NotPermitted):
                    attempt(actor)


def test_what_the_console_shows(calendar, identities, django_assert_num_queries):
    hall = identities.department("jz.data")
    actions.open_calendar(SYSTEM, key="hall", name={"en": "Hall"}, department_ids=[hall.pk])
    actions.set_day(SYSTEM, calendar="hall", day=dt.date(2026, 11, 28), is_working=True, name={"en": "Open day"})
    with django_assert_num_queries(2):
        assert [(row.key, len(row.departments.all())) for row in queries.calendars()] == [("default", 0), ("hall", 1)]
    assert queries.calendar("hall").based_on.key == "default"
    assert [row.name for row in queries.days_of("hall", 2026)] == [{"en": "Open day"}]
    assert not queries.days_of("hall", 2025)
    with pytest.raises(NotFound):
        queries.calendar("moon")
