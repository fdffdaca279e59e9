"""Pages that belong to no portal: the choice of a capacity, and the heartbeat that keeps a session."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from allauth.account.views import LogoutView
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from egov.catalogue import queries as catalogue
from egov.identity import queries as identity
from egov.identity.queries import Capacity
from egov.kernel.actor import APPLICANT_KINDS, CapacityKind
from egov.kernel.errors import NotFound

CONSOLE_ROLES = {"platform_admin", "department_admin"}


@dataclass(frozen=True)
class Door:
    title: str
    text: str | Promise
    url: str
    icon: str


SERVICE_CODE = re.compile(r"[A-Za-z0-9-]{2,64}")


@login_required
@never_cache
@require_GET
def me(request: HttpRequest) -> HttpResponse:
    """In which capacities may I act? With one only, straight on.

    ``?start=LC01``: for whom is this service filed? ``?event=BE01``: for whom is all of this done?
    """
    service, event = request.GET.get("start", ""), request.GET.get("event", "")
    if not all(SERVICE_CODE.fullmatch(code) for code in (service, event) if code):
        raise NotFound
    capacities = identity.capacities_of(request.user)
    if service or event:
        place = f"start/{service}/" if service else f"events/{event}/"
        need = urlencode({"need": request.GET["need"][:300]}) if request.GET.get("need") else ""
        able = _people_only(capacities) if service and _is_for_people(service) else capacities
        doors = _doors_to(able, f"{place}?{need}" if need else place)
    else:
        doors = [door for each in capacities for door in _doors(each)]
    if len(doors) == 1 and "stay" not in request.GET:
        return redirect(doors[0].url)
    return render(request, "shared/me.html", {"doors": doors, "service": service or event})


def _is_for_people(service: str) -> bool:
    version = catalogue.published_many([service]).get(service)
    return version is not None and version.is_for_people_only


def _people_only(capacities: Sequence[Capacity]) -> list[Capacity]:
    """Without those that stand for an organisation; for whom a mandate is, its form says."""
    return [each for each in capacities if each.kind != CapacityKind.REPRESENTATIVE]


def _doors_to(capacities: Sequence[Capacity], place: str) -> list[Door]:
    doors = []
    for capacity in capacities:
        if CapacityKind(capacity.kind) in APPLICANT_KINDS:
            text, icon = TEXTS[CapacityKind(capacity.kind)]
            doors.append(Door(str(capacity.title), text, f"/as/{capacity.slug}/{place}", icon))
    return doors


TEXTS = {
    CapacityKind.SELF: (_("For yourself"), "person"),
    CapacityKind.GUARDIAN: (_("For your child or ward, as guardian"), "people"),
    CapacityKind.REPRESENTATIVE: (_("For the organisation you represent"), "location_city"),
    CapacityKind.AGENT: (_("Under a mandate you accepted"), "contact_page"),
}


def _doors(capacity: Capacity) -> list[Door]:
    title, kind = str(capacity.title), CapacityKind(capacity.kind)
    if kind is not CapacityKind.POST:
        text, icon = TEXTS[kind]
        return [Door(title, text, f"/as/{capacity.slug}/", icon)]
    doors = [Door(title, _("Office: inbox, cases, decisions"), f"/desk/{capacity.slug}/", "work")]
    if CONSOLE_ROLES & set(capacity.roles):
        text = _("Administration: departments, services, rules")
        doors.append(Door(title, text, f"/console/{capacity.slug}/", "settings"))
    return doors


class SafeLogoutView(LogoutView):
    """On a shared computer nothing stays behind: the browser forgets what it kept of this site."""

    def post(self, *args: Any, **kwargs: Any) -> HttpResponse:
        response: HttpResponse = super().post(*args, **kwargs)
        response["Clear-Site-Data"] = '"cache", "storage"'
        return response


@require_POST
@login_required
def stay(request: HttpRequest) -> HttpResponse:
    """The person is still there: the session starts anew."""
    request.session.modified = True
    return HttpResponse(status=204)
