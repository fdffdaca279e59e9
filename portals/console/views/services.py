"""Services: found, switched, changed by versions."""

from collections.abc import Callable
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from egov.catalogue import actions, queries
from egov.catalogue.models import PublicService, ServiceVersion, VersionState
from egov.intake import queries as intake
from egov.kernel.errors import NotFound
from egov.routing import queries as routing
from portals.console import acts, forms, readable
from portals.console.access import ConsoleRequest, administrators, service_of
from portals.console.differences import grouped, shown_differences
from portals.console.event_forms import NextVersionForm
from portals.console.version_form import MODES, ExpertForm, NewServiceForm
from portals.console.views.acting import crumbs, form_page, posted, posted_to, revision_read, url
from portals.console.views.designing import above, version_of
from portals.console.views.parts import parts_of
from portals.shared.paging import page_of

ACTS: dict[str, tuple[Callable[..., ServiceVersion], Any]] = {
    "review": (actions.review_version, gettext_lazy("Reviewed. Somebody may publish it now.")),
    "publish": (
        actions.publish_version,
        gettext_lazy("Published. New cases use this version; open ones keep theirs."),
    ),
}
NEW = {"promised_unit": "wd", "level": "district", "item_type": "20"}
DEPTHS = [("fileable", gettext_lazy("can be filed")), ("listed", gettext_lazy("listed only"))]
STATES = [("on", gettext_lazy("on")), ("off", gettext_lazy("off")), ("in_work", gettext_lazy("a version in work"))]


@require_GET
@administrators
def index(request: ConsoleRequest, capacity: str) -> HttpResponse:
    chosen = {name: request.GET.get(name, "").strip() for name in ("q", "mode", "depth", "state")}
    rows = queries.services_for_console(
        request.actor,
        text=chosen["q"],
        mode=chosen["mode"],
        depth=chosen["depth"],
        state=chosen["state"],
    )
    page = page_of(request, rows, order=["code"], size=50)
    context = {
        "page": page,
        "coverage": queries.numbers() if request.scope.is_platform else None,
        "chosen": chosen,
        "may_open": request.scope.is_platform or bool(queries.functions_of(request.actor)),
        "selects": [
            ("mode", _("For whom"), MODES),
            ("depth", _("Online"), DEPTHS),
            ("state", _("State"), STATES),
        ],
        "crumbs": crumbs(request),
    }
    return render(request, "console/services.html", context)


@require_GET
@administrators
def detail(request: ConsoleRequest, capacity: str, code: str) -> HttpResponse:
    service = service_of(request, code)
    versions = list(queries.versions_of(code).defer("form", "plan", "auto_decision", "auto_advice", "materials", "faq"))
    context = {
        "service": service,
        "versions": readable.with_writers(versions),
        "current": next((row for row in versions if row.state == VersionState.PUBLISHED), None),
        "in_work": next((row for row in versions if row.state in ("draft", "reviewed") and not row.is_shipped), None),
        "competences": readable.with_functions(queries.competences_of(service)[:60]),
        "examples": routing.example_counts([code]).get(code, 0),
        "changes": readable.newest([*readable.changes_of(service), *acts.of_service(code)]),
        "crumbs": crumbs(request, (_("Services"), url(request, "services"))),
    }
    return render(request, "console/service.html", context)


@require_http_methods(["GET", "POST"])
@administrators
def switch(request: ConsoleRequest, capacity: str, code: str) -> HttpResponse:
    """Off and on again, with the reason."""
    service = service_of(request, code)
    enabled = not service.enabled
    off = _("Nobody can start it any more and nobody finds it; open cases go on.")
    on = _("It is found and can be started again at once.")
    return form_page(
        request,
        form=forms.ReasonForm(posted_to(request)),
        act=lambda data: actions.set_enabled(request.actor, code=code, enabled=enabled, reason=data["reason"]),
        context={
            "title": _("Switch the service on") if enabled else _("Switch the service off"),
            "subject": code,
            "lead": on if enabled else off,
            "submit": _("Switch on") if enabled else _("Switch off"),
            "danger": not enabled,
            "crumbs": _above(request, service),
        },
        done=_("The service is on.") if enabled else _("The service is off: nobody can start it, open cases go on."),
        back=url(request, "service", code),
    )


@require_http_methods(["GET", "POST"])
@administrators
def new(request: ConsoleRequest, capacity: str) -> HttpResponse:
    """Open a service: what it is called and whose it is. What it asks and how it goes come on its own page."""
    form = NewServiceForm(posted_to(request), actor=request.actor, initial=NEW)
    return form_page(
        request,
        form=form,
        act=lambda data: actions.open_service(
            request.actor,
            code=data["code"],
            mode=data["mode"],
            department_role=data["department_role"],
            content=form.changes(),
            change_reason=data["change_reason"],
        ),
        places={
            "name": "name_zh",
            "summary": "summary_zh",
            "conditions": "conditions_zh",
            "department_name": "department_role",
        },
        context={
            "title": _("Open a new service"),
            "lead": _("First what it is called. On the next page come its form, its documents and its review."),
            "submit": _("Go on to its parts"),
            "wide": True,
            "crumbs": crumbs(request, (_("Services"), url(request, "services"))),
        },
        done=_("The draft is kept. Nobody finds it before it is published."),
        back=url(request, "services"),
        next_page=lambda row: url(request, "version", row.service.code, row.number),
    )


@require_http_methods(["GET", "POST"])
@administrators
def draft(request: ConsoleRequest, capacity: str, code: str) -> HttpResponse:
    """Begin the next version as the one in force stands, with the reason."""
    service = service_of(request, code)
    base = queries.versions_of(code).filter(state=VersionState.PUBLISHED).first() or queries.versions_of(code).first()
    if base is None:
        raise NotFound()
    return form_page(
        request,
        form=NextVersionForm(posted_to(request)),
        act=lambda data: actions.draft_version(
            request.actor,
            code=code,
            changes={},
            change_reason=data["change_reason"],
            based_on=base.pk,
        ),
        context={
            "title": _("Write a new version"),
            "subject": base.name,
            "lead": _("It starts as the version in force. Nothing changes for anybody before it is published."),
            "submit": pgettext("a version", "Begin"),
            "crumbs": _above(request, service),
        },
        done=_("The draft is kept. Nobody finds it before it is published."),
        back=url(request, "service", code),
        next_page=lambda row: url(request, "version", code, row.number),
    )


@require_http_methods(["GET", "POST"])
@administrators
def edit(request: ConsoleRequest, capacity: str, code: str, number: int) -> HttpResponse:
    """The expert's view of a version in work: every structured part as it is kept."""
    row = version_of(request, code, number)
    return form_page(
        request,
        form=ExpertForm(posted_to(request), initial=ExpertForm.initial_of(row)),
        act=lambda data: actions.edit_draft(
            request.actor,
            version_id=row.pk,
            changes=data["structured"],
            revision=revision_read(request),
        ),
        revision=row.revision,
        context={
            "title": _("Expert view (YAML)"),
            "subject": row.name,
            "submit": _("Keep"),
            "wide": True,
            "crumbs": above(request, row),
        },
        done=_("Kept."),
        back=url(request, "version", code, number),
    )


@require_GET
@administrators
def version(request: ConsoleRequest, capacity: str, code: str, number: int) -> HttpResponse:
    service = service_of(request, code)
    row = queries.version_numbered(code, number)
    base = _compared_with(request, row)
    changes = (
        shown_differences(queries.differences(base, row), queries.content_of(base), queries.content_of(row))
        if base
        else []
    )
    actor = request.actor
    context = {
        "service": service,
        "version": readable.with_writers([row])[0],
        "base": base,
        "others": queries.versions_of(code).exclude(pk=row.pk).values_list("number", flat=True)[:20],
        "groups": grouped(changes),
        "parts": parts_of(request, row),
        "replayable": bool(base and base.is_fileable and row.is_fileable and row.state in ("draft", "reviewed")),
        "last_replay": intake.last_replay(code, row.pk),
        "mine": actor.party_id in row.writer_ids,
        "crumbs": _above(request, service),
    }
    return render(request, "console/version.html", context)


@require_POST
@administrators
def act(request: ConsoleRequest, capacity: str, code: str, number: int, act: str) -> HttpResponse:
    service_of(request, code)
    if act not in ACTS:
        raise NotFound()
    action, done = ACTS[act]
    row = queries.version_numbered(code, number)
    return posted(
        request,
        act=lambda: action(request.actor, version_id=row.pk, revision=revision_read(request)),
        done=done,
        back=url(request, "version", code, number),
    )


@require_http_methods(["GET", "POST"])
@administrators
def retire(request: ConsoleRequest, capacity: str, code: str, number: int) -> HttpResponse:
    service = service_of(request, code)
    row = queries.version_numbered(code, number)
    return form_page(
        request,
        form=forms.ReasonForm(posted_to(request)),
        act=lambda data: actions.retire_version(request.actor, version_id=row.pk, reason=data["reason"]),
        context={
            "title": _("Retire version %(number)d") % {"number": number},
            "subject": row.name,
            "lead": _("The service is then without a version in force: nobody finds or files it. Open cases go on."),
            "submit": _("Retire"),
            "danger": True,
            "crumbs": _above(request, service),
        },
        done=_("Retired."),
        back=url(request, "version", code, number),
    )


def _compared_with(request: ConsoleRequest, row: ServiceVersion) -> ServiceVersion | None:
    """The version named by ``?with=``, else the one it follows."""
    wanted = request.GET.get("with", "")
    if wanted.isdecimal() and len(wanted) < 9:
        return queries.version_numbered(row.service.code, int(wanted))
    return queries.version_before(row)


def _above(request: ConsoleRequest, service: PublicService) -> Any:
    return crumbs(
        request, (_("Services"), url(request, "services")), (service.code, url(request, "service", service.code))
    )
