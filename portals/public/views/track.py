"""Tracking by number, without a login: only the state, the unit and the dates, never a name or an answer."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from egov.casework import queries as casework
from egov.kernel import references
from egov.kernel.errors import NotFound
from portals.shared import components as c


@require_safe
def track(request: HttpRequest) -> HttpResponse:
    typed = request.GET.get("number", "").strip()
    if not typed:
        return render(request, "public/track.html", {"number": "", "faults": []})
    number = references.normalise(typed)
    if not references.is_valid(number):
        fault = c.Fault(
            _("This number has a typing error: its last two characters do not fit. Compare it with your receipt."),
            "number",
        )
        return render(request, "public/track.html", {"number": typed, "faults": [fault]}, status=422)
    try:
        tracked = casework.track(number)
    except NotFound:
        fault = c.Fault(
            _(
                "There is no case with this number. Take the number of the case (with -C-) or of the matter (with -M-) from your receipt."
            ),
            "number",
        )
        return render(request, "public/track.html", {"number": typed, "faults": [fault]}, status=404)
    return render(request, "public/track.html", {"number": number, "faults": [], "tracked": tracked})
