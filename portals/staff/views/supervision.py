"""What went wrong and has to be put right: missed deadlines, bad ratings."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from egov.casework import queries
from egov.casework.models import Rating
from egov.casework.queries import Missed
from portals.shared.components import Badge, Deadline, Tab, Tone
from portals.shared.paging import page_of
from portals.shared.requests import SignedInRequest
from portals.staff.access import civil_servants

RATINGS_SHOWN = 25


@require_GET
@civil_servants
def supervision(request: SignedInRequest, capacity: str) -> HttpResponse:
    view = request.GET.get("view", "missed")
    view = view if view in ("missed", "ratings", "settled") else "missed"
    context: dict[str, object] = {
        "view": view,
        "tabs": [
            Tab(_("Missed deadlines"), "?view=missed", current=view == "missed", key="1"),
            Tab(_("Bad ratings"), "?view=ratings", current=view == "ratings", key="2"),
            Tab(_("Ratings settled"), "?view=settled", current=view == "settled", key="3"),
        ],
    }
    if view == "missed":
        missed = queries.missed_deadlines(request.actor)
        context["missed"] = [(each, _late(each)) for each in missed]
    else:
        settled = view == "settled"
        rows = queries.ratings_to_handle(request.actor, settled=settled)
        page = page_of(request, rows, order=("-at", "-id") if settled else ("at", "id"), size=RATINGS_SHOWN)
        context |= {"page": page, "ratings": [(each, _standing(each)) for each in page]}
    return render(request, "staff/supervision.html", context)


def _late(missed: Missed) -> Deadline:
    due = missed.case.promised_due_at
    if due is None:
        return Deadline.none()
    return Deadline.running(colour=missed.late.colour, days=missed.late.days, due=due)


def _standing(rating: Rating) -> Badge:
    """Whose turn it is."""
    if rating.rectified_at:
        return Badge(_("answered"), Tone.OK)
    if rating.verified is None:
        return Badge(_("to be called back"), Tone.RISK)
    if rating.verified:
        return Badge(_("to be put right"), Tone.DUE)
    return Badge(_("explained"), Tone.DONE)
