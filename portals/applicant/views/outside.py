"""What somebody else files and a matter waits for: the applicant says that it is done, with what shows it."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from egov.documents import actions as documents
from egov.documents.models import StoredFile
from egov.intake.actions import DOCUMENTS
from egov.kernel.actor import Actor
from egov.kernel.errors import EgovError, InvalidInput, NotFound
from egov.matters import actions, queries
from egov.matters.actions import MOST_SAID
from portals.applicant.access import ApplicantRequest, applicant_page
from portals.applicant.views.matters import home_crumb
from portals.shared.components import Crumb, Fault, Field, faults_of
from portals.shared.templatetags.egov_ui import localised

MOST_MB = 10


@applicant_page
@require_http_methods(["GET", "POST"])
def declare(request: ApplicantRequest, capacity: str, reference: str, member: str) -> HttpResponse:
    actor: Actor = request.actor
    timeline = queries.timeline(actor, reference=reference)
    lane = next((each for each in timeline.lanes if each.key == member and each.by), None)
    if lane is None:
        raise NotFound
    faults: dict[str, str] = {}
    problem = ""
    if request.method == "POST":
        try:
            actions.declare_done(
                actor, matter=reference, member=member, text=request.POST.get("text", ""), file=_stored(actor, request)
            )
        except InvalidInput as error:
            faults = {fault.path: str(fault.message) for fault in error.faults}
        except EgovError as error:
            problem = str(error)
        else:
            messages.success(request, _("Noted. What waited for it goes on."))
            return redirect("citizen:matter", capacity=capacity, reference=reference)
    fields = _fields(request, faults)
    told = faults_of(fields)
    if problem:
        told.insert(0, Fault(problem))
    matter = reverse("citizen:matter", kwargs={"capacity": capacity, "reference": reference})
    context: dict[str, Any] = {
        "timeline": timeline,
        "lane": lane,
        "waiting": [each for each in timeline.lanes if lane.title in each.waits_for],
        "fields": fields,
        "faults": told,
        "crumbs": [home_crumb(capacity), Crumb(localised(timeline.matter.title), matter), Crumb(_("It is done"))],
    }
    return render(request, "applicant/declare.html", context, status=422 if told else 200)


def _stored(actor: Actor, request: ApplicantRequest) -> StoredFile | None:
    upload = request.FILES.get("file")
    if upload is None or not request.POST.get("text", "").strip():
        return None
    try:
        return documents.store_file(
            actor,
            upload=upload,
            owner_id=actor.on_behalf_of_id or 0,
            max_size=MOST_MB * 1024 * 1024,
            allowed=DOCUMENTS,
        )
    except InvalidInput as error:
        raise InvalidInput.at("file", "unfit", error.faults[0].message) from error


def _fields(request: ApplicantRequest, faults: dict[str, str]) -> list[Field]:
    return [
        Field(
            "text",
            _("How you know that it is done"),
            widget="textarea",
            value=request.POST.get("text", ""),
            error=faults.get("text", ""),
            hint=_(
                "For example: the certificate you were given, and its date. The department that waits for it reads this."
            ),
            max_length=MOST_SAID,
        ),
        Field(
            "file",
            _("A paper that shows it (optional)"),
            widget="file",
            error=faults.get("file", ""),
            hint=_("PDF or picture, at most %(size)d MB") % {"size": MOST_MB},
        ),
    ]
