"""One notice for all that the departments of a matter ask to be put right, answered once."""

from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from egov.intake import actions, queries
from egov.intake.queries import Asker, OpenCorrections
from egov.kernel.errors import EgovError, InvalidInput
from portals.applicant import fields
from portals.applicant.access import ApplicantRequest, applicant_page
from portals.applicant.views.changes import reach_of
from portals.applicant.views.matters import home_crumb
from portals.shared.components import Crumb, Fault, Field, faults_of
from portals.shared.templatetags.egov_ui import localised


@dataclass(frozen=True)
class AskedField:
    """A field with who asks for it and why."""

    field: Field
    askers: list[Asker]


@applicant_page
@require_http_methods(["GET", "POST"])
def corrections(request: ApplicantRequest, capacity: str, reference: str) -> HttpResponse:
    actor = request.actor
    found = queries.open_corrections(actor, matter=reference)
    given = fields.Typed(found.keys, {}, {})
    faults: dict[str, str] = {}
    problem = ""
    if request.method == "POST":
        given = fields.Typed.read(request, found)
        try:
            actions.answer_corrections(actor, matter=reference, answers=given.typed, uploads=given.uploads)
        except InvalidInput as error:
            faults = {fault.path: str(fault.message) for fault in error.faults}
        except EgovError as error:
            problem = str(error)
        else:
            messages.success(request, _("Sent. Each department goes on with what it asked for."))
            return redirect("citizen:matter", capacity=capacity, reference=reference)
    return _shown(request, capacity, found, given, faults, problem)


def _shown(
    request: ApplicantRequest,
    capacity: str,
    found: OpenCorrections,
    given: fields.Typed,
    faults: dict[str, str],
    problem: str,
) -> HttpResponse:
    answers = {**found.answers, **given.typed}
    filled = fields.Filled(found.form, answers, queries.check_answers(found.form, answers))
    asked = fields.asked_on(filled, given.keys, faults=faults, correcting=given.keys)
    told = faults_of(asked.fields)
    if problem:
        told.insert(0, Fault(problem))
    told += [Fault(text) for path, text in faults.items() if path.split("/")[0] not in asked.keys]
    matter = reverse("citizen:matter", kwargs={"capacity": capacity, "reference": found.matter})
    context = {
        "found": found,
        "departments": list(dict.fromkeys(localised(each.case.department.full_name) for each in found.asked)),
        "questions": [
            AskedField(field, found.askers(key)) for key, field in zip(asked.keys, asked.fields, strict=True)
        ],
        "reaches": [reach_of(each) for each in queries.reached_besides(request.actor, found.asked)],
        "faults": told,
        "crumbs": [home_crumb(capacity), Crumb(_("Matter"), matter), Crumb(_("Correct and complete"))],
    }
    return render(request, "applicant/corrections.html", context, status=422 if told else 200)
