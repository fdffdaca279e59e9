"""Which unit handles what, where, for whom; and who would get the next case."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from egov.catalogue import actions, queries
from egov.catalogue.models import VersionState
from egov.identity import queries as identity
from egov.kernel.clock import today
from egov.kernel.errors import NotFound, NotPermitted
from egov.routing import queries as routing
from egov.routing.queries import Verdict
from portals.console import forms, readable
from portals.console.access import ConsoleRequest, administrators, platform_administrators, service_of
from portals.console.views.acting import crumbs, form_page, posted_to, url
from portals.shared.components import Badge, Tone

VERDICTS = {
    Verdict.CHOSEN: (gettext_lazy("gets the case"), Tone.OK),
    Verdict.CONDITION: (gettext_lazy("its condition does not hold"), Tone.PLAIN),
    Verdict.UNIT_CLOSED: (gettext_lazy("its unit is closed"), Tone.RISK),
    Verdict.LATER: (gettext_lazy("asked only if those before it do not hold"), Tone.PLAIN),
}


@require_GET
@administrators
def index(request: ConsoleRequest, capacity: str) -> HttpResponse:
    """All rules in force of the departments one configures."""
    rows = queries.competences_in(request.scope)
    wanted = request.GET.get("q", "").strip()
    if wanted:
        rows = queries.competences_found(rows, wanted)
    context = {"rows": readable.with_functions(rows[:300]), "text": wanted, "crumbs": crumbs(request)}
    return render(request, "console/competences.html", context)


@require_http_methods(["GET", "POST"])
@administrators
def for_service(request: ConsoleRequest, capacity: str, code: str) -> HttpResponse:
    """Give the service in a region to a unit."""
    service = service_of(request, code)
    scope = request.scope
    form = forms.CompetenceForm(
        posted_to(request),
        scope=scope,
        initial={"region": request.actor.region_code, "unit": request.GET.get("unit")},
    )
    return form_page(
        request,
        form=form,
        act=lambda data: _set(request, data, service=code),
        context={
            "title": _("Give this service to a unit"),
            "subject": _name(code),
            "crumbs": crumbs(
                request, (_("Services"), url(request, "services")), (service.code, url(request, "service", code))
            ),
        },
        done=_("From that day the cases of this service in that region go there."),
        back=url(request, "preview", code),
    )


@require_http_methods(["GET", "POST"])
@platform_administrators
def for_function(request: ConsoleRequest, capacity: str) -> HttpResponse:
    """Give all services of a function to a department."""
    form = forms.FunctionForm(posted_to(request), scope=request.scope)
    return form_page(
        request,
        form=form,
        act=lambda data: _set(request, data, department_role=data["function"]),
        context={
            "title": _("Give a function to a department"),
            "crumbs": crumbs(request, (_("Who handles what"), url(request, "competences"))),
        },
        done=_("From that day the services of this function in that region go there."),
        back=url(request, "competences"),
    )


@require_http_methods(["GET", "POST"])
@administrators
def end(request: ConsoleRequest, capacity: str, pk: int) -> HttpResponse:
    row = queries.competence(pk)
    if not request.scope.covers(row.department_id):
        raise NotPermitted()
    code = row.service.code if row.service else ""
    back = url(request, "service", code) if code else url(request, "competences")
    return form_page(
        request,
        form=forms.ConfirmForm(posted_to(request)),
        act=lambda _data: actions.end_competence(request.actor, competence_id=pk),
        context={
            "title": _("End the rule"),
            "subject": code or readable.function_name(row.department_role),
            "lead": _("The next case goes to the next rule that holds; without one to the region's service hall.")
            if code
            else _("This rule holds for all services of the function: their next cases go elsewhere."),
            "submit": _("End the rule"),
            "danger": True,
            "crumbs": crumbs(request, (_("Who handles what"), url(request, "competences"))),
        },
        done=_("The rule has ended."),
        back=back,
    )


@require_GET
@administrators
def preview(request: ConsoleRequest, capacity: str, code: str) -> HttpResponse:
    """Who would get the next case, and why: every rule that is asked, in its order."""
    service = service_of(request, code)
    form = forms.PreviewForm(
        {
            "region": request.GET.get("region") or request.actor.region_code,
            "applicant": request.GET.get("applicant") or "person",
            "answers": request.GET.get("answers", ""),
        }
    )
    context: dict[str, Any] = {
        "service": service,
        "name": _name(code),
        "form": form,
        "crumbs": crumbs(
            request, (_("Services"), url(request, "services")), (service.code, url(request, "service", code))
        ),
    }
    if form.is_valid():
        context |= _explained(code, form.cleaned_data)
    return render(request, "console/preview.html", context)


def _explained(code: str, data: dict[str, Any]) -> dict[str, Any]:
    try:
        found = routing.explain(
            service=code,
            region=data["region"],
            applicant_kind=data["applicant"],
            answers=data["answers"],
            on=today(),
        )
    except NotFound as error:
        return {"fault": str(error) if error.code != "no_service_hall" else _("There is no service hall at all.")}
    unit = identity.unit_by_id(found.choice.unit_id)
    return {
        "found": found,
        "chosen_unit": unit,
        "posts": identity.posts_in(unit.pk).count(),
        "rules": [(each, Badge(*VERDICTS[each.verdict])) for each in found.considered],
    }


def _set(request: ConsoleRequest, data: dict[str, Any], **what: str) -> object:
    return actions.set_competence(
        request.actor,
        region=data["region"],
        department_id=identity.unit_by_id(data["unit"]).department_id,
        unit_id=data["unit"],
        condition=data["condition"],
        priority=data["priority"],
        valid_from=data["valid_from"],
        valid_to=data["valid_to"],
        note=data["note"],
        **what,
    )


def _name(code: str) -> str:
    row = queries.versions_of(code).filter(state=VersionState.PUBLISHED).first()
    return f"{code} {readable.text(row.name)}" if row else code
