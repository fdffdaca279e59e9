"""The inbox: what is to be done, by when; claiming, giving back; finding cases."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from egov.casework import queries as cases
from egov.kernel.errors import EgovError, NotFound
from egov.kernel.refs import subjects
from egov.kernel.text import localise
from egov.work import actions, queries
from egov.work.queries import InboxFilters, InboxRow
from portals.shared.components import Deadline, KeyHint, Tab
from portals.staff.access import civil_servants

VIEWS = {
    "mine": gettext_lazy("Mine"),
    "unit": gettext_lazy("To be claimed"),
    "overdue": gettext_lazy("Overdue"),
    "waiting": gettext_lazy("Waiting"),
    "cover": gettext_lazy("I stand in for"),
    "team": gettext_lazy("The unit"),
    "done": gettext_lazy("Done"),
}
ITEM_ACTS = {
    "claim": (actions.claim, gettext_lazy("It is yours.")),
    "give-back": (actions.give_back, gettext_lazy("Given back to the unit.")),
}
KEYS = (
    KeyHint(("j", "k"), gettext_lazy("next, previous")),
    KeyHint(("Enter",), gettext_lazy("open")),
    KeyHint(("/",), gettext_lazy("search")),
    KeyHint(("?",), gettext_lazy("all keys")),
)


@require_GET
@civil_servants
def inbox(request: HttpRequest, capacity: str) -> HttpResponse:
    filters = InboxFilters.read(request.GET)
    page = queries.inbox_page(request.actor, filters, after=request.GET.get("after", ""))
    tabs = [
        Tab(title, f"?view={view}", current=view == filters.view, count=page.counts.get(view))
        for view, title in VIEWS.items()
    ]
    rows = [(row, _deadline(row), _url(request, row)) for row in page.rows]
    context = {"tabs": tabs, "rows": rows, "page": page, "filters": filters, "keys": KEYS}
    return render(request, "staff/inbox.html", context)


def _deadline(row: InboxRow) -> Deadline:
    if row.item.paused:
        return Deadline.paused(_("Clock stopped"))
    if row.remaining is None or row.item.due_at is None:
        return Deadline.none()
    return Deadline.running(colour=row.remaining.colour, days=row.remaining.days, due=row.item.due_at)


def _url(request: HttpRequest, row: InboxRow) -> str:
    """Where the work is done: the page of the subject, for an opinion its own."""
    capacity = request.actor.capacity
    if row.subject.kind == "case":
        return reverse("staff:case", args=[capacity, row.subject.key])
    if row.subject.kind == "opinion":
        return reverse("staff:opinion", args=[capacity, row.subject.key])
    known = subjects.find(row.subject.kind)
    return (known.url(row.subject, request.actor) if known else None) or ""


@require_POST
@civil_servants
def item_act(request: HttpRequest, capacity: str, item: int, act: str) -> HttpResponse:
    if act not in ITEM_ACTS:
        raise NotFound()
    action, done = ITEM_ACTS[act]
    try:
        action(request.actor, item_id=item)
    except EgovError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, str(done))
    back = request.POST.get("next", "")
    safe = back if back.startswith(f"/desk/{capacity}/") else reverse("staff:inbox", args=[capacity])
    return redirect(safe)


@require_GET
@civil_servants
def search(request: HttpRequest, capacity: str) -> HttpResponse:
    """By reference, name or identity number; the search is journaled with what it showed."""
    text = request.GET.get("q", "").strip()[:80]
    found = cases.search(request.actor, text) if text else []
    rows = [(case, localise(case.title), reverse("staff:case", args=[capacity, case.reference])) for case in found]
    return render(request, "staff/search.html", {"text": text, "rows": rows})
