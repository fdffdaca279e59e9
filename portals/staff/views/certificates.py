"""What a case brought ends before its time, by who leads the department that issued it."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from egov.casework import queries
from egov.documents import rules
from egov.documents.models import Credential, IssuedDocument
from egov.kernel.errors import InvalidInput, NotFound, NotPermitted
from portals.shared import ending
from portals.shared.components import faults_of
from portals.shared.requests import SignedInRequest
from portals.staff.access import civil_servants
from portals.staff.views.cases import as_pdf, reason_given


@require_GET
@civil_servants
def certificate(request: SignedInRequest, capacity: str, reference: str, document: str) -> HttpResponse:
    """Its sealed form as PDF, to read or print."""
    page = queries.case_page(request.actor, reference, reason=reason_given(request, reference))
    if not any(each.document == document for each in page.certificates):
        raise NotFound()
    return as_pdf(IssuedDocument.objects.get(reference=document))


@require_http_methods(["GET", "POST"])
@civil_servants
def end(request: SignedInRequest, capacity: str, reference: str, document: str) -> HttpResponse:
    """Who leads the issuing department annuls, revokes or cancels what the case brought."""
    page = queries.case_page(request.actor, reference, reason=reason_given(request, reference))
    certificates = Credential.objects.filter(case=page.case.reference, end_kind="")
    certificate = get_object_or_404(certificates.select_related("document"), document__reference=document)
    if not rules.may_end(request.actor, certificate.issuer_id):
        raise NotPermitted()
    fields = ending.questions(ending.BY_ISSUER, request.POST)
    if request.method == "POST":
        try:
            ending.end(request.actor, certificate, ending.BY_ISSUER, request.POST)
        except InvalidInput as fault:
            fields = ending.questions(ending.BY_ISSUER, request.POST, fault)
        else:
            messages.success(request, _("The certificate has ended. Whoever verifies it is told so."))
            return redirect("staff:case", capacity=capacity, reference=reference)
    context = {
        "case": page.case,
        "certificate": certificate,
        "questions": fields,
        "faults": faults_of(fields),
    }
    status = 422 if context["faults"] else 200
    return render(request, "staff/certificate_end.html", context, status=status)
