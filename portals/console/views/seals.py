"""Seals of the departments: in use, running out, replaced; what was sealed with an old one stays valid."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from egov.documents import actions, queries
from egov.documents.models import Seal
from egov.documents.registry import expires_soon
from egov.identity import queries as identity
from egov.kernel import clock
from portals.console import forms
from portals.console.access import ConsoleRequest, administrators, department_of
from portals.console.views.acting import crumbs, form_page, posted_to, url
from portals.shared.components import Badge, Tone


@require_GET
@administrators
def index(request: ConsoleRequest, capacity: str) -> HttpResponse:
    rows = request.scope.narrow(queries.seals(), "department")
    sealed = list(rows)
    without = [
        row
        for row in identity.department_tree(request.scope)
        if not row.closed and row.pk not in {seal.department_id for seal in sealed}
    ]
    context = {
        "seals": [(row, _state(row)) for row in sealed],
        "without": without,
        "crumbs": crumbs(request),
    }
    return render(request, "console/seals.html", context)


@require_GET
@administrators
def detail(request: ConsoleRequest, capacity: str, key: str) -> HttpResponse:
    department = department_of(request, key)
    context = {
        "department": department,
        "seals": [(row, _state(row)) for row in queries.seal_history(department.pk)],
        "crumbs": crumbs(request, (_("Seals"), url(request, "seals"))),
    }
    return render(request, "console/seal.html", context)


@require_http_methods(["GET", "POST"])
@administrators
def rotate(request: ConsoleRequest, capacity: str, key: str) -> HttpResponse:
    department = department_of(request, key)
    return form_page(
        request,
        form=forms.ReasonForm(posted_to(request)),
        act=lambda data: actions.rotate_seal(request.actor, department_id=department.pk, reason=data["reason"]),
        context={
            "title": _("Replace the seal by a new one"),
            "subject": department.full_name,
            "lead": _(
                "The secret key of the old seal is destroyed. What was sealed with it stays valid: the journal proves when."
            ),
            "submit": _("Make a new seal"),
            "danger": True,
            "crumbs": crumbs(request, (_("Seals"), url(request, "seals"))),
        },
        done=_("A new seal is in use. What was sealed before stays valid."),
        back=url(request, "seal", key),
    )


def _state(seal: Seal) -> Badge:
    if seal.retired_at:
        return Badge(_("replaced"), Tone.DONE)
    if seal.valid_to <= clock.now():
        return Badge(_("expired"), Tone.MISS)
    if expires_soon(seal):
        return Badge(_("runs out soon"), Tone.RISK)
    return Badge(_("in use"), Tone.OK)
