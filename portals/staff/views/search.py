"""Finding a case by its number, a person or business, or a service."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from egov.casework import queries
from portals.shared.requests import SignedInRequest
from portals.staff.access import civil_servants

SHOWN = 50


@require_GET
@civil_servants
def search(request: SignedInRequest, capacity: str) -> HttpResponse:
    """One entry in the journal names what was shown."""
    text = request.GET.get("q", "").strip()[:80]
    rows = queries.search(request.actor, text, limit=SHOWN) if text else []
    context = {"text": text, "rows": rows, "full": len(rows) == SHOWN}
    return render(request, "staff/search.html", context)
