"""The first page after signing in: what needs the person's action, then what is under way."""

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from egov.intake import queries as intake
from egov.matters import queries as matters
from egov.notices import queries as notices
from egov.payments import queries as payments
from portals.applicant.access import ApplicantRequest, applicant_page
from portals.applicant.todo import to_do
from portals.shared.components import Crumb
from portals.shared.mandated import bills_in_reach, notices_in_reach

SHOWN = 5


@applicant_page
@require_GET
def home(request: ApplicantRequest, capacity: str) -> HttpResponse:
    actor = request.actor
    drafts = list(intake.drafts_of(actor)[: SHOWN + 1])
    running = list(matters.matters_of(actor).filter(state="open")[: SHOWN + 1])
    context = {
        "todo": to_do(actor),
        "drafts": drafts[:SHOWN],
        "more_drafts": len(drafts) > SHOWN,
        "matters": matters.lines_of(running[:SHOWN], actor=actor),
        "more_matters": len(running) > SHOWN,
        "elsewhere": list(matters.cases_elsewhere(actor)[: 2 * SHOWN]),
        "unread": notices.unread_count(notices_in_reach(actor, notices.inbox(actor))),
        "bills": bills_in_reach(actor, payments.bills_of(actor.on_behalf_of_id)).filter(state="open").count(),
    }
    return render(request, "applicant/home.html", context)


@applicant_page
@require_GET
def help_page(request: ApplicantRequest, capacity: str) -> HttpResponse:
    """Where to ask, and how long an answer takes now: counted, or said to be unknown."""
    context = {
        "answers": matters.answer_time(),
        "hotline": reverse("citizen:start", kwargs={"capacity": capacity, "code": "CP01"}),
        "crumbs": [Crumb(_("My matters"), reverse("citizen:home", kwargs={"capacity": capacity})), Crumb(_("Help"))],
    }
    return render(request, "applicant/help.html", context)
