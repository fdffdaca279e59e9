"""The unit: who has how much on the desk, who is away, who stands in for whom."""

import datetime as dt

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from egov.kernel.actor import Actor
from egov.kernel.errors import EgovError, InvalidInput, NotFound
from egov.work import actions, queries
from egov.work.queries import Load
from portals.shared.components import BarChart, Series
from portals.shared.requests import SignedInRequest
from portals.staff.access import civil_servants
from portals.staff.acts import Typed


@require_GET
@civil_servants
def team(request: SignedInRequest, capacity: str) -> HttpResponse:
    return _page(request)


def _page(request: SignedInRequest, *, faults: list[str] | None = None, status: int = 200) -> HttpResponse:
    actor: Actor = request.actor
    unit = actor.unit_id
    if unit is None:
        raise NotFound()
    loads = queries.team_loads(actor)
    leads = queries.leads(actor)
    colleagues = queries.colleagues(unit)
    context = {
        "loads": loads,
        "chart": _chart(loads),
        "covers": queries.current_covers(unit),
        "absent": [each for each in colleagues if leads or each.post_id == actor.post_id],
        "colleagues": colleagues,
        "leads": leads,
        "typed": Typed.of(request.POST),
        "faults": faults or [],
    }
    return render(request, "staff/team.html", context, status=status)


def _chart(loads: list[Load]) -> BarChart | None:
    """Open work of each, overdue and standing still apart: what is compared is drawn."""
    shown = [load for load in loads if load.open]
    if not shown:
        return None
    running = [load.open - load.overdue - load.waiting for load in shown]
    parts = [
        (_("Overdue"), [load.overdue for load in shown]),
        (_("Running"), running),
        (_("Standing still"), [load.waiting for load in shown]),
    ]
    return BarChart(
        caption=_("Open work in the unit"),
        labels=[load.worker.name if load.worker else _("not claimed yet") for load in shown],
        series=[Series(name, [float(n) for n in numbers], [str(n) for n in numbers]) for name, numbers in parts],
        heading=_("Person"),
    )


@require_POST
@civil_servants
def cover(request: SignedInRequest, capacity: str) -> HttpResponse:
    """Name a deputy for the time of an absence."""
    try:
        actions.set_cover(
            request.actor,
            absent_post_id=_number(request, "absent"),
            deputy_post_id=_number(request, "deputy"),
            valid_from=_day(request, "valid_from"),
            valid_to=_day(request, "valid_to"),
            reason=request.POST.get("reason", "").strip(),
        )
    except EgovError as error:
        faults = [str(each.message) for each in error.faults] if isinstance(error, InvalidInput) else [str(error)]
        return _page(request, faults=faults, status=error.status)
    messages.success(request, _("The deputy sees the work from that day on."))
    return redirect("staff:team", capacity=capacity)


@require_POST
@civil_servants
def end_cover(request: SignedInRequest, capacity: str, pk: int) -> HttpResponse:
    """The colleague is back before the day named."""
    actions.end_cover(request.actor, cover_id=pk)
    messages.success(request, _("The cover has ended."))
    return redirect("staff:team", capacity=capacity)


def _number(request: SignedInRequest, name: str) -> int:
    text = request.POST.get(name, "")
    if not text.isdecimal() or len(text) > 18:
        raise InvalidInput.at(name, "required", _("Choose somebody."))
    return int(text)


def _day(request: SignedInRequest, name: str) -> dt.date:
    try:
        return dt.date.fromisoformat(request.POST.get(name, ""))
    except ValueError as error:
        raise InvalidInput.at(name, "date", _("Give the first and the last day.")) from error
