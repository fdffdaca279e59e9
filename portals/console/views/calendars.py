"""Working days: a year at a glance, single days, the notice of a year, calendars of departments."""

import calendar as months
import datetime as dt
from dataclasses import dataclass

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.dates import WEEKDAYS, WEEKDAYS_ABBR
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from egov.deadlines import actions, queries
from egov.deadlines.models import CalendarDay, WorkCalendar
from egov.kernel import history
from egov.kernel.clock import today
from portals.console import forms, readable
from portals.console.access import ConsoleRequest, administrators
from portals.console.views.acting import crumbs, form_page, posted_to, url


@dataclass(frozen=True)
class ShownDay:
    """A day of the year's table; ``own`` when this calendar names it, ``name`` then says what it is."""

    day: dt.date
    works: bool
    own: bool
    name: str
    today: bool


@require_GET
@administrators
def index(request: ConsoleRequest, capacity: str) -> HttpResponse:
    context = {"calendars": queries.calendars().select_related("based_on"), "crumbs": crumbs(request)}
    return render(request, "console/calendars.html", context)


@require_http_methods(["GET", "POST"])
@administrators
def open_calendar(request: ConsoleRequest, capacity: str) -> HttpResponse:
    form = forms.CalendarForm(posted_to(request), scope=request.scope)
    return form_page(
        request,
        form=form,
        act=lambda data: actions.open_calendar(
            request.actor,
            key=data["key"],
            name=forms.both(data, "name"),
            department_ids=data["departments"],
        ),
        context={
            "title": _("Open a calendar"),
            "lead": _(
                "It follows the default calendar; set the days that differ afterwards. Running deadlines keep theirs."
            ),
            "submit": _("Open the calendar"),
            "crumbs": crumbs(request, (_("Calendars"), url(request, "calendars"))),
        },
        done=_("The calendar is open."),
        back=url(request, "calendars"),
    )


@require_http_methods(["GET", "POST"])
@administrators
def detail(request: ConsoleRequest, capacity: str, key: str) -> HttpResponse:
    row = queries.calendar(key)
    year = _year(request)
    form = forms.DayForm(posted_to(request), initial={"day": request.GET.get("day")})
    working = queries.all_calendars().by_id[row.pk].working_days
    return form_page(
        request,
        form=form,
        act=lambda data: actions.set_day(
            request.actor,
            calendar=key,
            day=data["day"],
            is_working=data["is_working"],
            name=forms.both(data, "name"),
        ),
        template="console/calendar.html",
        context={
            "calendar": row,
            "months": _table(row, year),
            "weekdays": _weekdays(),
            "days": queries.days_of(key, year),
            "year": year,
            "years": range(today().year - 1, today().year + 3),
            "working_count": sum(working.is_working(day) for day in _days(year)),
            "provisional_from": working.provisional_from,
            "may_set": _may_set(request, row),
            "changes": readable.shown(history.recent_changes(CalendarDay, limit=20, calendar_id=row.pk)),
            "crumbs": crumbs(request, (_("Calendars"), url(request, "calendars"))),
        },
        done=_("The day is set; running deadlines have moved with it."),
        back=f"{url(request, 'calendar', key)}?year={year}",
    )


@require_http_methods(["GET", "POST"])
@administrators
def load(request: ConsoleRequest, capacity: str, key: str) -> HttpResponse:
    """Put in the days of a notice, or of a whole year at once."""
    row = queries.calendar(key)
    form = forms.DaysForm(posted_to(request))
    return form_page(
        request,
        form=form,
        act=lambda data: actions.load_days(
            request.actor,
            calendar=key,
            days=data["days"],
            overwrite=data["overwrite"],
        ),
        context={
            "title": _("Put in the days of a year"),
            "subject": row.name,
            "lead": _(
                "A year that was provisional until now is replaced as a whole. Putting it in twice changes nothing."
            ),
            "submit": _("Put in"),
            "wide": True,
            "crumbs": crumbs(
                request,
                (_("Calendars"), url(request, "calendars")),
                (readable.text(row.name), url(request, "calendar", key)),
            ),
        },
        done=lambda loaded: (
            _("%(added)d days put in, %(replaced)d provisional ones replaced, %(kept)d left as set by hand.")
            % {"added": loaded.added, "replaced": loaded.replaced, "kept": len(loaded.kept)}
        ),
        back=url(request, "calendar", key),
    )


def _year(request: ConsoleRequest) -> int:
    wanted = request.GET.get("year", "")
    year = int(wanted) if wanted.isdecimal() and len(wanted) == 4 else today().year
    return min(max(year, queries.FIRST_YEAR), queries.LAST_YEAR)


def _may_set(request: ConsoleRequest, row: WorkCalendar) -> bool:
    departments = [each.pk for each in row.departments.all()]
    scope = request.scope
    return bool(scope.is_platform or (departments and all(scope.covers(pk) for pk in departments)))


def _days(year: int) -> list[dt.date]:
    first = dt.date(year, 1, 1)
    return [first + dt.timedelta(days=n) for n in range(366 if months.isleap(year) else 365)]


def _weekdays() -> list[tuple[str, str]]:
    """Monday to Sunday: the word, and as much of it as a narrow column holds."""
    chinese = get_language() == "zh-hans"
    return [(str(WEEKDAYS[n]), str(WEEKDAYS[n])[-1] if chinese else str(WEEKDAYS_ABBR[n])) for n in range(7)]


def _table(row: WorkCalendar, year: int) -> list[tuple[dt.date, list[list[ShownDay | None]]]]:
    """Twelve months of weeks, Monday first; days of other months are empty."""
    working = queries.all_calendars().by_id[row.pk].working_days
    own = {each.day: each for each in queries.days_of(row.key, year)}

    def cell(day: dt.date) -> ShownDay:
        named = own.get(day)
        return ShownDay(
            day, working.is_working(day), named is not None, readable.text(named.name) if named else "", day == today()
        )

    weeks = months.Calendar(firstweekday=0)
    return [
        (
            dt.date(year, month, 1),
            [
                [cell(day) if day.month == month else None for day in week]
                for week in weeks.monthdatescalendar(year, month)
            ],
        )
        for month in range(1, 13)
    ]
