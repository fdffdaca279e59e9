"""Opinions that other departments ask of this unit."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from egov.casework import actions, queries
from egov.casework.models import OpinionRequest
from egov.deadlines import queries as deadlines
from egov.deadlines.rules import remaining
from egov.intake import queries as forms
from egov.kernel import clock
from egov.kernel.errors import EgovError, InvalidInput, NotFound
from egov.kernel.text import localise
from portals.applicant import answers as words
from portals.shared.components import Crumb, Deadline, SummaryRow, Tab
from portals.shared.paging import page_of
from portals.shared.requests import SignedInRequest
from portals.staff.access import civil_servants
from portals.staff.acts import Typed

SHOWN = 25


@require_GET
@civil_servants
def index(request: SignedInRequest, capacity: str) -> HttpResponse:
    answered = request.GET.get("view") == "answered"
    rows = queries.opinions_asked(request.actor, answered=answered)
    page = page_of(request, rows, order=("-answered_at", "id") if answered else ("due_at", "id"), size=SHOWN)
    context = {
        "page": page,
        "lines": [(each, _deadline(each)) for each in page],
        "answered": answered,
        "tabs": [
            Tab(_("To be answered"), "?", current=not answered, key="1"),
            Tab(_("Answered"), "?view=answered", current=answered, key="2"),
        ],
    }
    return render(request, "staff/opinions.html", context)


def _deadline(asked: OpinionRequest) -> Deadline:
    if asked.answered_at:
        return Deadline.done(at=asked.answered_at, due=asked.due_at)
    left = remaining(
        started=asked.asked_at,
        due=asked.due_at,
        now=clock.now(),
        working_days=deadlines.working_days(asked.department_id),
    )
    return Deadline.running(colour=left.colour, days=left.days, due=asked.due_at)


@require_http_methods(["GET", "POST"])
@civil_servants
def opinion(request: SignedInRequest, capacity: str, pk: int) -> HttpResponse:
    """The question and what was shared for it, nothing else of the case."""
    faults: list[str] = []
    status = 200
    if request.method == "POST":
        try:
            actions.give_opinion(
                request.actor,
                opinion_id=pk,
                stance=request.POST.get("stance", ""),
                answer=request.POST.get("answer", "").strip(),
            )
        except NotFound:
            raise
        except EgovError as error:
            faults = [str(each.message) for each in error.faults] if isinstance(error, InvalidInput) else [str(error)]
            status = error.status
        else:
            messages.success(request, _("The opinion is given."))
            return redirect(reverse("staff:opinions", args=[capacity]))
    page = queries.opinion_page(request.actor, pk)
    form = forms.form_for(page.request.case.version)
    shared = [
        SummaryRow(localise(form.by_key[key].title), words.shown(form.by_key[key], value))
        for key, value in page.answers.items()
        if key in form.by_key
    ]
    context = {
        "page": page,
        "asked": page.request,
        "deadline": _deadline(page.request),
        "shared": shared,
        "stances": OpinionRequest._meta.get_field("stance").choices,
        "typed": Typed.of(request.POST),
        "faults": faults,
        "crumbs": [
            Crumb(_("Opinions"), reverse("staff:opinions", args=[capacity])),
            Crumb(localise(page.request.case.title)),
        ],
    }
    return render(request, "staff/opinion.html", context, status=status)
