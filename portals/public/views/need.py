"""What somebody needs, in their words: ranked services and events with the reasons, or a question back, or the hotline."""

from collections.abc import Sequence

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from egov.catalogue import queries as catalogue
from egov.kernel.text import language_tag
from egov.routing import queries as routing
from portals.public import reading, region
from portals.shared import components as c
from portals.shared.templatetags.egov_ui import localised_plain

LONGEST = 300  # characters of a need
HOTLINE = "CP01"


@require_safe
def need(request: HttpRequest) -> HttpResponse:
    """``?q=`` the sentence, ``region`` from where, ``for`` person or business when a question was answered."""
    text = request.GET.get("q", "").strip()[:LONGEST]
    if not text:
        return redirect("public:front")
    here = region.chosen(request)
    match = routing.match_need(text, language=language_tag(), region=here.code, capacity=request.GET.get("for", ""))
    services = [each for each in match.candidates if each.kind == "service"]
    events = [each for each in match.candidates if each.kind == "event"]
    response = render(
        request,
        "public/need.html",
        {
            "text": text,
            "match": match,
            "cards": _cards(services),
            "events": [_event(each) for each in events],
            "question": match.question,
            "hotline": HOTLINE,
            "region_field": region.field(request, _("Where")),
        },
    )
    region.remember(request, response)
    return response


def _cards(candidates: "Sequence[routing.Candidate]") -> list[c.ServiceCard]:
    versions = catalogue.published_many(each.code for each in candidates)
    found = [(each, versions[each.code]) for each in candidates if each.code in versions]
    return [
        reading.card(version, number=number, reasons=[localised_plain(reason) for reason in each.reasons])
        for number, (each, version) in enumerate(found, 1)
    ]


def _event(candidate: "routing.Candidate") -> c.Link:
    address = reverse("public:event", args=[candidate.code])
    return c.Link(localised_plain(candidate.title), address, reading.joined(candidate.reasons))
