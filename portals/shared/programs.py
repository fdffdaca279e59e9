"""Programs that act for an account through the API: which there are, registering one, removing one."""

from allauth.account.decorators import reauthentication_required
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from egov.identity import actions, queries
from egov.identity.rules import API_SCOPES
from egov.kernel.errors import EgovError, InvalidInput
from portals.shared.components import Fault, Field, Option, faults_of
from portals.shared.requests import SignedInRequest

SCOPES = dict(
    zip(
        API_SCOPES,
        (
            gettext_lazy("Everything that I may do"),
            gettext_lazy("Read only"),
            gettext_lazy("Apply, pay and follow, as I do for myself and those I act for"),
            gettext_lazy("Work in my posts: inbox, cases, opinions"),
        ),
        strict=True,
    )
)


@login_required
@reauthentication_required
@never_cache
@require_http_methods(["GET", "POST"])
def programs(request: SignedInRequest) -> HttpResponse:
    """A new program's secret is on this answer and never again; the platform keeps its digest."""
    faults: dict[str, str] = {}
    made = None
    if request.method == "POST":
        try:
            made = actions.register_program(
                request.user,
                name=request.POST.get("name", ""),
                scopes=request.POST.getlist("scopes"),
                request_id=request.request_id,
            )
        except InvalidInput as error:
            faults = {fault.path: str(fault.message) for fault in error.faults}
        except EgovError as error:
            faults = {"": f"{error} {error.way_out or ''}".strip()}
    questions = _questions(request if made is None else None, faults)
    told = faults_of(questions)
    if "" in faults:
        told.insert(0, Fault(faults[""]))
    rows = [
        (each, [SCOPES[key] for key in each.get_scopes() if key in SCOPES])
        for each in queries.programs_of(request.user)
    ]
    context = {"rows": rows, "questions": questions, "faults": told, "made": made}
    return render(request, "shared/programs.html", context, status=422 if told else 200)


def _questions(request: SignedInRequest | None, faults: dict[str, str]) -> list[Field]:
    posted = request.POST if request else {}
    chosen = request.POST.getlist("scopes") if request else []
    return [
        Field(
            "name",
            _("Name of the program"),
            value=posted.get("name", ""),
            error=faults.get("name", ""),
            hint=_("By which you will know it again."),
            max_length=60,
            width="m",
        ),
        Field(
            "scopes",
            _("What may it do?"),
            widget="checkboxes",
            error=faults.get("scopes", ""),
            options=[Option(key, label, checked=key in chosen) for key, label in SCOPES.items()],
        ),
    ]


@require_POST
@login_required
@reauthentication_required
def remove(request: SignedInRequest, client_id: str) -> HttpResponse:
    actions.remove_program(request.user, client_id=client_id, request_id=request.request_id)
    messages.success(request, _("Removed. Its access has ended."))
    return redirect("shared:programs")
