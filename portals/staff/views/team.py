"""The unit: who has how much on the desk, who stands in for whom."""

import datetime as dt

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from egov.kernel.errors import EgovError, InvalidInput
from egov.work import actions, queries
from portals.staff.access import civil_servants


@require_GET
@civil_servants
def team(request: HttpRequest, capacity: str) -> HttpResponse:
    context = {
        "loads": queries.team_loads(request.actor),
        "colleagues": queries.colleagues(request.actor.unit_id),
        "me": request.actor.post_id,
    }
    return render(request, "staff/team.html", context)


@require_POST
@civil_servants
def cover(request: HttpRequest, capacity: str) -> HttpResponse:
    """Name a deputy for the time of an absence."""
    try:
        actions.set_cover(
            request.actor,
            absent_id=_number(request, "absent"),
            deputy_id=_number(request, "deputy"),
            valid_from=_day(request, "valid_from"),
            valid_to=_day(request, "valid_to"),
        )
    except EgovError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("The deputy sees the work from that day on."))
    return redirect(reverse("staff:team", args=[capacity]))


def _number(request: HttpRequest, name: str) -> int:
    text = request.POST.get(name, "")
    if not text.isdecimal():
        raise InvalidInput.at(name, "required", _("Choose somebody."))
    return int(text)


def _day(request: HttpRequest, name: str) -> dt.date:
    try:
        return dt.date.fromisoformat(request.POST.get(name, ""))
    except ValueError as error:
        raise InvalidInput.at(name, "date", _("Give a day.")) from error
