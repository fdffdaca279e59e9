"""Pages that belong to no portal: the choice of a capacity, and the heartbeat that keeps a session."""

from dataclasses import dataclass

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from egov.identity import queries as identity
from egov.identity.queries import Capacity
from egov.kernel.actor import CapacityKind

CONSOLE_ROLES = {"platform_admin", "department_admin"}


@dataclass(frozen=True)
class Door:
    title: str
    text: str | Promise
    url: str
    icon: str


@login_required
@never_cache
@require_GET
def me(request: HttpRequest) -> HttpResponse:
    """In which capacities may I act? With one only, straight on."""
    doors = [door for capacity in identity.capacities_of(request.user) for door in _doors(capacity)]
    if len(doors) == 1 and "stay" not in request.GET:
        return redirect(doors[0].url)
    return render(request, "shared/me.html", {"doors": doors})


def _doors(capacity: Capacity) -> list[Door]:
    title = str(capacity.title)
    if capacity.kind == CapacityKind.POST:
        doors = [Door(title, _("Office: inbox, cases, decisions"), f"/desk/{capacity.slug}/", "work")]
        if CONSOLE_ROLES & set(capacity.roles):
            doors.append(
                Door(title, _("Administration: departments, services, rules"), f"/console/{capacity.slug}/", "settings")
            )
        return doors
    texts = {
        CapacityKind.SELF: (_("For yourself"), "person"),
        CapacityKind.GUARDIAN: (_("For your child or ward, as guardian"), "people"),
        CapacityKind.REPRESENTATIVE: (_("For the organisation you represent"), "location_city"),
        CapacityKind.AGENT: (_("Under a mandate you accepted"), "contact_page"),
    }
    text, icon = texts.get(CapacityKind(capacity.kind), (_("Another capacity"), "person"))
    return [Door(title, text, f"/as/{capacity.slug}/", icon)]


@require_POST
@login_required
def stay(request: HttpRequest) -> HttpResponse:
    """The person is still there: the session starts anew."""
    request.session.modified = True
    return HttpResponse(status=204)
