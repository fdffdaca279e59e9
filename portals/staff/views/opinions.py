"""Opinions that other departments ask of this unit."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from egov.casework import actions, queries
from egov.casework.models import OpinionRequest
from egov.intake import queries as forms
from egov.kernel.errors import EgovError
from egov.kernel.text import localise
from portals.applicant import answers as words
from portals.shared.components import SummaryRow
from portals.staff.access import civil_servants


@require_GET
@civil_servants
def index(request: HttpRequest, capacity: str) -> HttpResponse:
    answered = request.GET.get("view") == "answered"
    rows = queries.opinions_asked(request.actor, answered=answered)[:100]
    return render(request, "staff/opinions.html", {"rows": rows, "answered": answered})


@require_http_methods(["GET", "POST"])
@civil_servants
def opinion(request: HttpRequest, capacity: str, pk: int) -> HttpResponse:
    """The question and what was shared for it, nothing else of the case."""
    page = queries.opinion_page(request.actor, pk)
    fault = ""
    if request.method == "POST":
        try:
            actions.give_opinion(
                request.actor,
                opinion_id=pk,
                stance=request.POST.get("stance", ""),
                answer=request.POST.get("answer", "").strip(),
            )
        except EgovError as error:
            fault = str(error)
        else:
            messages.success(request, _("The opinion is given."))
            return redirect(reverse("staff:opinions", args=[capacity]))
    form = forms.form_for(page.request.case.version)
    shared = [
        SummaryRow(localise(form.by_key[key].title), words.shown(form.by_key[key], value))
        for key, value in page.answers.items()
        if key in form.by_key
    ]
    context = {
        "page": page,
        "asked": page.request,
        "shared": shared,
        "stances": OpinionRequest._meta.get_field("stance").choices,
        "typed": request.POST,
        "fault": fault,
    }
    return render(request, "staff/opinion.html", context, status=422 if fault else 200)
