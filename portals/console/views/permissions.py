"""Who may configure what: by role of a post, and by what was granted on departments and services."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from egov.catalogue import actions as catalogue_actions
from egov.catalogue import queries as catalogue
from egov.identity import actions, queries
from egov.kernel.errors import NotFound
from portals.console import forms, readable
from portals.console.access import ConsoleRequest, administrators
from portals.console.views.acting import crumbs, form_page, posted, posted_to, url


@require_http_methods(["GET", "POST"])
@administrators
def index(request: ConsoleRequest, capacity: str) -> HttpResponse:
    scope = request.scope
    form = forms.GrantForm(posted_to(request), scope=scope)
    names = readable.role_names()
    context = {
        "departments": scope.narrow(queries.configuration_grants(), "content_object"),
        "services": _service_grants(request),
        "roles": [(role, names.get(role.name, role.name)) for role in queries.roles_with_posts(scope)],
        "suggestions": queries.staff_accounts(scope),
        "crumbs": crumbs(request),
    }
    return form_page(
        request,
        form=form,
        act=lambda data: _grant(request, data),
        template="console/permissions.html",
        context=context,
        done=_("Granted."),
        back=url(request, "permissions"),
    )


@require_GET
@administrators
def role(request: ConsoleRequest, capacity: str, name: str) -> HttpResponse:
    """Who has a role today, in the departments one configures."""
    names = readable.role_names()
    if name not in names:
        raise NotFound()
    context = {
        "name": names[name],
        "posts": queries.posts_with_role(name, request.scope)[:300],
        "crumbs": crumbs(request, (_("Permissions"), url(request, "permissions"))),
    }
    return render(request, "console/role.html", context)


@require_POST
@administrators
def revoke(request: ConsoleRequest, capacity: str, pk: int) -> HttpResponse:
    grant = queries.configuration_grant(pk)
    return posted(
        request,
        act=lambda: actions.withdraw_configuration(
            request.actor,
            account_id=grant.user_id,
            thing=grant.content_object,
        ),
        done=_("Revoked."),
        back=url(request, "permissions"),
    )


@require_POST
@administrators
def revoke_service(request: ConsoleRequest, capacity: str, pk: int) -> HttpResponse:
    grant = catalogue.service_grants().filter(pk=pk).first()
    if grant is None:
        raise NotFound()
    return posted(
        request,
        act=lambda: catalogue_actions.withdraw_service(
            request.actor,
            account_id=grant.user_id,
            code=grant.content_object.code,
        ),
        done=_("Revoked."),
        back=url(request, "permissions"),
    )


def _grant(request: ConsoleRequest, data: dict[str, Any]) -> None:
    actor = request.actor
    account = queries.account_named(data["username"])
    if data["service"]:
        catalogue_actions.grant_service(actor, account_id=account.pk, code=data["service"].strip())
    else:
        thing = queries.department_by_id(data["department"])
        actions.grant_configuration(actor, account_id=account.pk, thing=thing)


def _service_grants(request: ConsoleRequest) -> Any:
    rows = catalogue.service_grants()
    if request.scope.is_platform:
        return rows
    return rows.filter(content_object__in=catalogue.configurable(request.actor))
