"""Documents that registers hold, handed in by the applicant instead: who does not agree, or has one that none holds."""

from dataclasses import replace

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from egov.intake import actions, queries
from egov.intake.queries import OpenDraft
from egov.kernel.errors import InvalidInput
from portals.applicant import fields
from portals.applicant.access import ApplicantRequest, applicant_page
from portals.applicant.views.forms import changed_service, crumbs_of, page_url
from portals.shared.components import Crumb, faults_of


@applicant_page
@require_http_methods(["GET", "POST"])
def papers(request: ApplicantRequest, capacity: str, reference: str) -> HttpResponse:
    opened = queries.open_draft(request.actor, reference=reference)
    if not opened.is_current:
        return changed_service(request, capacity, opened)
    faults: dict[str, str] = {}
    if request.method == "POST":
        faults = _kept(request, opened)
        opened = queries.open_draft(request.actor, reference=reference)
        if not faults and "_detach" not in request.POST:
            messages.success(request, _("Saved. Nothing is filed yet."))
            return redirect(page_url(capacity, reference, "") + "#h-gets")
    keys = [paper.question.key for paper in opened.shared_papers]
    asked = fields.asked_on(fields.Filled.draft(opened), keys, faults=faults)
    questions = [replace(each, required=False) for each in asked.fields]  # none is needed of who agrees
    check = reverse("citizen:check", kwargs={"capacity": capacity, "reference": reference})
    crumbs = [
        *crumbs_of(capacity, opened)[:-1],
        Crumb(_("Check and submit"), check),
        Crumb(_("Hand in documents yourself")),
    ]
    told = faults_of(questions)
    context = {"opened": opened, "questions": questions, "faults": told, "check_url": check, "crumbs": crumbs}
    return render(request, "applicant/papers.html", context, status=422 if told else 200)


def _kept(request: ApplicantRequest, opened: OpenDraft) -> dict[str, str]:
    """Keep new files and take off those that were removed; faults by question."""
    draft = opened.draft.reference
    faults: dict[str, str] = {}
    taken_off = request.POST.get("_detach", "")
    if taken_off.isdecimal() and any(each.pk == int(taken_off) for each in opened.attachments):
        actions.detach(request.actor, draft=draft, attachment=int(taken_off))
    for paper in opened.shared_papers:
        for upload in request.FILES.getlist(paper.question.key):
            try:
                actions.attach(request.actor, draft=draft, material=paper.material, upload=upload)
            except InvalidInput as error:
                faults[paper.question.key] = str(error.faults[0].message)
    return faults
