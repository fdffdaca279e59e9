"""Who is behind an account: name and identity number, checked together by a provider, once."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from egov.identity import actions
from egov.identity.registry import enabled
from egov.kernel.errors import EgovError, InvalidInput
from egov.kernel.text import localise
from portals.shared.components import Fault, Field, Option, faults_of
from portals.shared.requests import SignedInRequest


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def verify(request: SignedInRequest) -> HttpResponse:
    """Until this is done, the account acts for nobody. Done once; afterwards it leads to the capacities."""
    if request.user.person_id is not None:
        return redirect("shared:me")
    faults: dict[str, str] = {}
    if request.method == "POST":
        try:
            actions.verify_identity(
                request.user,
                provider=request.POST.get("provider", ""),
                name=request.POST.get("name", "")[:200],
                id_number=request.POST.get("id_number", "")[:60],
                request_id=request.request_id,
            )
        except InvalidInput as error:
            faults = {fault.path: str(fault.message) for fault in error.faults}
        except EgovError as error:
            faults = {"": f"{error} {error.way_out or ''}".strip()}
        else:
            messages.success(request, _("Your identity is verified. You can file and follow matters now."))
            return redirect("shared:me")
    questions = _questions(request, faults)
    told = faults_of(questions)
    if "" in faults:
        told.insert(0, Fault(faults[""]))
    context = {"questions": questions, "faults": told, "possible": bool(enabled())}
    return render(request, "shared/verify.html", context, status=422 if told else 200)


def _questions(request: SignedInRequest, faults: dict[str, str]) -> list[Field]:
    providers = [Option(each.key, localise(each.name)) for each in enabled()]
    chosen = request.POST.get("provider") or (providers[0].value if providers else "")
    which = Field("provider", _("How?"), widget="hidden", value=chosen)
    if len(providers) > 1:
        options = [Option(each.value, each.label, checked=each.value == chosen) for each in providers]
        which = Field("provider", _("How?"), widget="radio", options=options)
    return [
        which,
        Field(
            "name",
            _("Name, as on your identity card"),
            value=request.POST.get("name", ""),
            error=faults.get("name", ""),
            autocomplete="name",
            width="m",
        ),
        Field(
            "id_number",
            _("Identity number"),
            value=request.POST.get("id_number", ""),
            error=faults.get("id_number", ""),
            hint=_("18 characters; the last one may be an X."),
            autocomplete="off",
            width="m",
        ),
    ]
