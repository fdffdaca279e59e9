"""Pages that belong to no portal: the choice of a capacity, and the heartbeat that keeps a session."""

import re
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from allauth.account.views import LogoutView
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from egov.catalogue import queries as catalogue
from egov.identity import queries as identity
from egov.identity.queries import Capacity
from egov.kernel.actor import CapacityKind
from egov.kernel.errors import NotFound
from portals.shared.applicants import Door, able_to_file, door_of, doors_to
from portals.shared.requests import SignedInRequest

CONSOLE_ROLES = {"platform_admin", "department_admin"}
SERVICE_CODE = re.compile(r"[A-Za-z0-9-]{2,64}")


@login_required
@never_cache
@require_GET
def me(request: SignedInRequest) -> HttpResponse:
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
        doors = doors_to(f"{place}?{need}" if need else place, _able(capacities, service))
    else:
        doors = [door for each in capacities for door in _doors(each)]
    if len(doors) == 1 and "stay" not in request.GET:
        return redirect(doors[0].url)
    return render(request, "shared/me.html", {"doors": doors, "service": service or event})


def _able(capacities: Sequence[Capacity], service: str) -> Sequence[Capacity]:
    """Those in which the service may be filed; all when there is none: where it begins says whom it is for."""
    version = catalogue.published_many([service]).get(service) if service else None
    return (version and able_to_file(version, capacities)) or capacities


def _doors(capacity: Capacity) -> list[Door]:
    if capacity.kind is not CapacityKind.POST:
        return [door_of(capacity, f"/as/{capacity.slug}/")]
    title = capacity.title
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
