"""Seals of the departments: in use, expiring, rotated."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_POST

from egov.documents import actions, queries
from portals.console.access import administrators
from portals.console.views.acting import posted


@require_GET
@administrators
def index(request: HttpRequest, capacity: str) -> HttpResponse:
    return render(request, "console/seals.html", {"seals": queries.seals()})


@require_POST
@administrators
def rotate(request: HttpRequest, capacity: str, department: int) -> HttpResponse:
    return posted(
        request,
        act=lambda: actions.rotate_seal(request.actor, department_id=department),
        done=_("A new seal is in use. What was sealed before stays valid."),
        back=reverse("console:seals", args=[capacity]),
    )
