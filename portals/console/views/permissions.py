"""Who may configure which department."""

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST

from egov.identity import actions, queries
from portals.console import forms
from portals.console.access import administrators
from portals.console.views.acting import form_page, posted


@require_http_methods(["GET", "POST"])
@administrators
def index(request: HttpRequest, capacity: str) -> HttpResponse:
    form = forms.GrantForm(request.POST or None)
    return form_page(
        request,
        form=form,
        act=lambda data: actions.grant_configuration(
            request.actor,
            account_id=queries.account_named(data["username"]).pk,
            thing=queries.department_by_id(data["department"]),
        ),
        template="console/permissions.html",
        context={"grants": queries.configuration_grants(), "roles": queries.roles_with_posts()},
        done=_("Granted."),
        back=reverse("console:permissions", args=[capacity]),
    )


@require_POST
@administrators
def revoke(request: HttpRequest, capacity: str, pk: int) -> HttpResponse:
    grant = queries.configuration_grant(pk)
    return posted(
        request,
        act=lambda: actions.withdraw_configuration(request.actor, account_id=grant.user_id, thing=grant.content_object),
        done=_("Revoked."),
        back=reverse("console:permissions", args=[capacity]),
    )
