"""Help, privacy, accessibility, site map: pages that hardly change."""

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from egov.catalogue import queries as catalogue
from egov.identity.models import Unit
from egov.kernel.text import LocalisedText
from portals.public.groups import GROUPS


@dataclass(frozen=True)
class Hall:
    name: LocalisedText
    address: str
    phone: str
    hours: LocalisedText


@require_safe
def help_page(request: HttpRequest) -> HttpResponse:
    halls = [
        Hall(unit.name, unit.department.address, unit.phone or unit.department.phone, unit.department.office_hours)
        for unit in Unit.objects.filter(is_service_hall=True, closed_on__isnull=True)
        .select_related("department")
        .order_by("region_id", "id")
    ]
    return render(request, "public/help.html", {"halls": halls})


@require_safe
def privacy(request: HttpRequest) -> HttpResponse:
    return render(request, "public/privacy.html")


@require_safe
def accessibility(request: HttpRequest) -> HttpResponse:
    return render(request, "public/accessibility.html")


@require_safe
def sitemap(request: HttpRequest) -> HttpResponse:
    events = {
        "life_events": catalogue.events("life"),
        "business_events": catalogue.events("business"),
        "groups": GROUPS.values(),
    }
    return render(request, "public/sitemap.html", events)
