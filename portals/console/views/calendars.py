"""Working days: which are worked, which are not yet published."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods

from egov.deadlines import actions, queries
from egov.kernel.clock import today
from portals.console import forms
from portals.console.access import administrators
from portals.console.views.acting import form_page


@require_GET
@administrators
def index(request: HttpRequest, capacity: str) -> HttpResponse:
    return render(request, "console/calendars.html", {"calendars": queries.calendars()})


@require_http_methods(["GET", "POST"])
@administrators
def detail(request: HttpRequest, capacity: str, key: str) -> HttpResponse:
    year = int(request.GET["year"]) if request.GET.get("year", "").isdecimal() else today().year
    form = forms.DayForm(request.POST or None)
    return form_page(
        request,
        form=form,
        act=lambda data: actions.set_day(
            request.actor,
            calendar=key,
            day=data["day"],
            is_working=data["is_working"],
            name={tag: text for tag, text in (("zh-Hans", data["name_zh"]), ("en", data["name_en"])) if text},
        ),
        template="console/calendar.html",
        context={
            "calendar": queries.calendar(key),
            "days": queries.days_of(key, year),
            "year": year,
            "years": range(today().year - 1, today().year + 3),
            "provisional_from": queries.working_days().provisional_from,
        },
        done=_("The day is set; running deadlines have moved with it."),
        back=f"{reverse('console:calendar', args=[capacity, key])}?year={year}",
    )
