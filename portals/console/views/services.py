"""Services: found, switched, changed by versions, routed to units."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from egov.catalogue import actions, queries
from egov.catalogue.models import ServiceVersion
from egov.identity import queries as identity
from egov.kernel.actor import Actor
from egov.kernel.errors import NotFound
from portals.console import forms
from portals.console.access import administrators
from portals.console.views.acting import form_page, posted
from portals.shared.paging import page_of


def _retire(actor: Actor, *, version_id: int) -> ServiceVersion:
    return actions.retire_version(actor, version_id=version_id, reason="console")


ACTS = {
    "review": (actions.review_version, _("Reviewed. Somebody may publish it now.")),
    "publish": (actions.publish_version, _("Published. New cases use this version; open ones keep theirs.")),
    "retire": (_retire, _("Retired.")),
}

MODES = [("g2c", _("residents")), ("g2b", _("businesses")), ("g2g", _("departments")), ("g2e", _("staff"))]


@require_GET
@administrators
def index(request: HttpRequest, capacity: str) -> HttpResponse:
    rows = queries.services_for_console(
        text=request.GET.get("q", ""), mode=request.GET.get("mode", ""), depth=request.GET.get("depth", "")
    )
    page = page_of(request, rows, order=["code"], size=50)
    return render(
        request,
        "console/services.html",
        {"page": page, "coverage": queries.numbers(), "chosen": request.GET, "modes": MODES},
    )


@require_GET
@administrators
def detail(request: HttpRequest, capacity: str, code: str) -> HttpResponse:
    service = queries.service(code)
    context = {
        "service": service,
        "versions": queries.versions_of(code),
        "competences": queries.competences_of(service.pk),
        "competence_form": forms.CompetenceForm(),
    }
    return render(request, "console/service.html", context)


@require_POST
@administrators
def switch(request: HttpRequest, capacity: str, code: str) -> HttpResponse:
    enabled = request.POST.get("enabled") == "1"
    return posted(
        request,
        act=lambda: actions.set_enabled(request.actor, code=code, enabled=enabled),
        done=_("The service is on.") if enabled else _("The service is off: nobody can start it, open cases go on."),
        back=reverse("console:service", args=[capacity, code]),
    )


@require_http_methods(["GET", "POST"])
@administrators
def draft(request: HttpRequest, capacity: str, code: str) -> HttpResponse:
    """Write the next version, starting from the newest."""
    newest = queries.versions_of(code).first() or queries.published(code)
    form = forms.VersionForm(request.POST) if request.method == "POST" else forms.VersionForm.of(newest)
    return form_page(
        request,
        form=form,
        act=lambda data: actions.draft_version(
            request.actor, code=code, changes=form.changes(), change_reason=data["change_reason"]
        ),
        template="console/form.html",
        context={"title": _("Write a new version"), "subject": newest.name},
        done=_("The draft is kept. Somebody else reviews it before it is published."),
        back=reverse("console:service", args=[capacity, code]),
    )


@require_GET
@administrators
def version(request: HttpRequest, capacity: str, code: str, number: int) -> HttpResponse:
    row = queries.version_numbered(code, number)
    base = queries.version_before(row)
    differences = queries.differences(base, row) if base else []
    return render(request, "console/version.html", {"version": row, "base": base, "differences": differences})


@require_POST
@administrators
def act(request: HttpRequest, capacity: str, code: str, number: int, act: str) -> HttpResponse:
    if act not in ACTS:
        raise NotFound()
    action, done = ACTS[act]
    row = queries.version_numbered(code, number)
    return posted(
        request,
        act=lambda: action(request.actor, version_id=row.pk),
        done=done,
        back=reverse("console:version", args=[capacity, code, number]),
    )


@require_http_methods(["GET", "POST"])
@administrators
def competence(request: HttpRequest, capacity: str, code: str) -> HttpResponse:
    """Route the service in a region to a unit."""
    form = forms.CompetenceForm(request.POST or None)
    return form_page(
        request,
        form=form,
        act=lambda data: actions.set_competence(
            request.actor,
            service=code,
            region=data["region"],
            department_id=identity.unit_by_id(int(data["unit"])).department_id,
            unit_id=int(data["unit"]),
            condition=data["condition"],
            priority=data["priority"],
            valid_from=data["valid_from"],
            note=data["note"],
        ),
        template="console/form.html",
        context={"title": _("Route this service to a unit"), "subject": code},
        done=_("The next case of this service in that region goes there."),
        back=reverse("console:service", args=[capacity, code]),
    )


@require_POST
@administrators
def end_competence(request: HttpRequest, capacity: str, pk: int) -> HttpResponse:
    code = queries.competence(pk).service.code
    return posted(
        request,
        act=lambda: actions.end_competence(request.actor, competence_id=pk),
        done=_("The rule has ended."),
        back=reverse("console:service", args=[capacity, code]),
    )
