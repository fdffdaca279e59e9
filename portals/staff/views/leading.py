"""The board of the department that answers for the whole of an event: who holds what up, and urging them."""

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_GET, require_POST

from egov.casework.models import Outcome
from egov.catalogue import queries as catalogue
from egov.kernel.actor import Actor
from egov.kernel.errors import EgovError, InvalidInput, Text
from egov.kernel.text import localise
from egov.matters import actions, queries
from egov.matters.queries import BoardFilters, BoardLine, Holder, HoldUp, Idle
from portals.applicant.lanes import waits_for
from portals.shared.components import Badge, Crumb, Deadline, Field, Option, Tone
from portals.shared.paging import page_of
from portals.shared.requests import SignedInRequest
from portals.staff.access import civil_servants

SHOWN = 25
STANDINGS: dict[str, Text] = {
    "": gettext_lazy("all"),
    "endangered": gettext_lazy("the promise is endangered"),
    "late": gettext_lazy("a department is late"),
    "applicant": gettext_lazy("waits for the applicant"),
}


@dataclass(frozen=True)
class Line:
    """A row as it is drawn."""

    line: BoardLine
    deadline: Deadline
    standing: Badge
    holders: tuple[tuple[Holder, Badge], ...]


@dataclass(frozen=True)
class ShownHoldUp:
    """A department and what it holds up: words, where they lead, whether they alarm."""

    of: HoldUp
    url: str
    chosen: bool
    figures: Sequence[tuple[str, str, bool]]


@require_GET
@civil_servants
def board(request: SignedInRequest, capacity: str) -> HttpResponse:
    actor: Actor = request.actor
    filters = BoardFilters.read(request.GET)
    hold_ups = queries.hold_ups(actor, filters)
    page = page_of(request, queries.board(actor, filters), order=("promised_due_at", "id"), size=SHOWN)
    context = {
        "page": page,
        "lines": [_line(each) for each in queries.board_lines(actor, page.items)],
        "fields": _fields(actor, filters, hold_ups),
        "hold_ups": [_shown(each, filters) for each in hold_ups],
        "filtered": bool(filters.standing or filters.event or filters.department),
    }
    return render(request, "staff/board.html", context)


def _shown(each: HoldUp, filters: BoardFilters) -> ShownHoldUp:
    """Each figure leads to what it counts."""

    def url(standing: str = "") -> str:
        chosen = {"department": each.department, "event": filters.event, "standing": standing}
        return f"?{urlencode({name: value for name, value in chosen.items() if value})}"

    figures = [
        (ngettext("%(n)d promise endangered", "%(n)d promises endangered", each.endangered), "endangered"),
        (_("%(n)d late"), "late"),
        (ngettext("%(n)d waits for the applicant", "%(n)d wait for the applicant", each.applicant), "applicant"),
    ]
    return ShownHoldUp(
        each,
        url(),
        each.department == filters.department,
        [
            (words % {"n": getattr(each, standing)}, url(standing), standing != "applicant")
            for words, standing in figures
            if getattr(each, standing)
        ],
    )


def _fields(actor: Actor, filters: BoardFilters, hold_ups: Sequence[HoldUp]) -> list[Field]:
    names = {event.code: localise(event.name) for event in catalogue.all_events()}
    events = {"": _("all"), **{code: names.get(code, code) for code in queries.events_led(actor)}}
    departments = {"": _("all"), **{each.department: localise(each.name) for each in hold_ups}}
    departments.setdefault(filters.department, filters.department)
    return [
        Field(name, label, widget="select", options=[Option(key, text, checked=key == chosen) for key, text in options])
        for name, label, options, chosen in (
            ("standing", _("How it stands"), STANDINGS.items(), filters.standing),
            ("department", _("Department"), departments.items(), filters.department),
            ("event", _("Event"), events.items(), filters.event),
        )
    ]


def _line(line: BoardLine) -> Line:
    return Line(line, _deadline(line), _standing(line), tuple((each, _badge(each)) for each in line.holders))


def _deadline(line: BoardLine) -> Deadline:
    due, left = line.promise.promised_due_at, line.promise.days_left
    if due is None or left is None or line.matter.state != "open":
        return Deadline.none()
    colour = "red" if left < 0 else "orange" if left < 2 or line.endangered else "green"
    return Deadline.running(colour=colour, days=left, due=due)


def _standing(line: BoardLine) -> Badge:
    if line.endangered:
        return Badge(_("endangered"), Tone.MISS)
    if line.waits_for_applicant:
        return Badge(_("waits for the applicant"), Tone.WAIT)
    return Badge(_("in time"), Tone.OK) if line.matter.state == "open" else Badge(_("over"), Tone.DONE)


def _badge(holder: Holder) -> Badge:
    if holder.endangers:
        return Badge(_("endangers the promise"), Tone.MISS)
    if holder.waits_for_applicant:
        return Badge(_("waits for the applicant"), Tone.WAIT)
    if holder.left is None:
        return Badge(_("clock stopped"), Tone.WAIT)
    return Badge(_("late"), Tone.DUE) if holder.left.late else Badge(_("in time"), Tone.OK)


@require_GET
@civil_servants
def matter(request: SignedInRequest, capacity: str, reference: str) -> HttpResponse:
    return _page(request, reference)


def _page(
    request: SignedInRequest, reference: str, *, failed: str = "", fault: str = "", status: int = 200
) -> HttpResponse:
    actor: Actor = request.actor
    line = queries.led_matter(actor, reference=reference)
    holders = [(holder, _badge(holder), _own_deadline(holder), holder.member.key == failed) for holder in line.holders]
    context = {
        "line": line,
        "matter": line.matter,
        "promise": line.promise,
        "deadline": _deadline(line),
        "standing": _standing(line),
        "holders": holders,
        "idle": [(each, _idle_badge(each)) for each in line.idle],
        "typed": request.POST.get("note", ""),
        "fault": fault,
        "crumbs": [Crumb(_("Led by us"), reverse("staff:board", args=[actor.capacity])), Crumb(reference)],
    }
    return render(request, "staff/lead_matter.html", context, status=status)


def _idle_badge(part: Idle) -> Badge:
    """Why nobody has it in hand."""
    if part.state == "waiting":
        return Badge(waits_for(part.by), Tone.WAIT) if part.by else Badge(_("has not begun"), Tone.WAIT)
    if part.state == "dropped":
        return Badge(_("No longer needed"), Tone.DONE)
    decided = str(Outcome(part.outcome).label) if part.outcome else ""
    if part.state == "failed":
        return Badge(decided or _("ended without success"), Tone.MISS)
    return Badge(decided or _("Done"), Tone.DONE)


def _own_deadline(holder: Holder) -> Deadline:
    due = holder.case.promised_due_at
    if holder.left is None or due is None:
        return Deadline.paused(_("Clock stopped"), due)
    return Deadline.running(colour=holder.left.colour, days=holder.left.days, due=due)


@require_POST
@civil_servants
def urge(request: SignedInRequest, capacity: str, reference: str, member: str) -> HttpResponse:
    actor: Actor = request.actor
    try:
        actions.urge(actor, matter=reference, member=member, note=request.POST.get("note", ""))
    except EgovError as error:
        told = str(error.faults[0].message) if isinstance(error, InvalidInput) else str(error)
        return _page(request, reference, failed=member, fault=told, status=error.status)
    messages.success(request, _("The department was told, and its work on this comes first."))
    return redirect("staff:lead_matter", capacity=capacity, reference=reference)
