"""The whole configuration taken out as one file, and brought in from another instance: looked at first, then applied."""

import uuid
from typing import Any

from django.contrib import messages
from django.core.cache import cache
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from egov.kernel import clock, configuration
from egov.kernel.errors import EgovError, InvalidInput, NotPermitted
from portals.console import forms
from portals.console.access import ConsoleRequest, platform_administrators
from portals.console.views.acting import crumbs, posted_to, url

KEPT = 900  # seconds between looking and applying
SHOWN = 200  # entries of a section


@require_http_methods(["GET", "POST"])
@platform_administrators
def index(request: ConsoleRequest, capacity: str) -> HttpResponse:
    """Upload shows what would change; nothing is written."""
    form = forms.UploadForm(posted_to(request), request.FILES if request.method == "POST" else None)
    context: dict[str, Any] = {"form": form, "sections": configuration.ordered(), "crumbs": crumbs(request)}
    if request.method == "POST" and form.is_valid():
        content = form.cleaned_data["file"].read(configuration.MAX_BYTES + 1)
        try:
            found = _brought_in(request, content, commit=False)
        except InvalidInput as error:
            for fault in error.faults[:50]:
                form.add_error(None, f"{fault.path}: {fault.message}")
        except EgovError as error:
            if isinstance(error, NotPermitted):
                raise
            form.add_error(None, str(error))
        else:
            token = uuid.uuid4().hex
            cache.set(_key(request, token), content, KEPT)
            context |= {
                "found": [(each, each.entries[:SHOWN], max(len(each.entries) - SHOWN, 0)) for each in found],
                "writes": any(each.writes for each in found),
                "token": token,
            }
    return render(request, "console/configuration.html", context, status=422 if form.errors else 200)


@require_POST
@platform_administrators
def apply(request: ConsoleRequest, capacity: str) -> HttpResponse:
    """Write what was looked at."""
    content = cache.get(_key(request, request.POST.get("token", "")[:32]))
    if content is None:
        messages.error(request, _("What was looked at is no longer kept. Choose the file again."))
        return redirect(url(request, "configuration"))
    try:
        found = _brought_in(request, content, commit=True)
    except InvalidInput as error:
        for fault in error.faults[:20]:
            messages.error(request, f"{fault.path}: {fault.message}")
    else:
        count = sum(entry.outcome is not configuration.Outcome.KEPT for each in found for entry in each.entries)
        said = ngettext(
            "Brought in: %(count)d change. What has versions waits as a draft for somebody else.",
            "Brought in: %(count)d changes. What has versions waits as a draft for somebody else.",
            count,
        )
        messages.success(request, said % {"count": count})
    return redirect(url(request, "configuration"))


@require_GET
@platform_administrators
def download(request: ConsoleRequest, capacity: str) -> HttpResponse:
    response = HttpResponse(configuration.pack(), content_type="application/zip")
    response["Content-Disposition"] = f'attachment; filename="configuration-{clock.today().isoformat()}.zip"'
    return response


def _brought_in(request: ConsoleRequest, content: bytes, *, commit: bool) -> list[configuration.Loaded]:
    data = configuration.unpack(content)
    return configuration.bring_in(request.actor, data=data, commit=commit)


def _key(request: ConsoleRequest, token: str) -> str:
    """Only the account that uploaded a file applies it."""
    return f"configuration:{request.actor.account_id}:{token}"
