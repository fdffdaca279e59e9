"""The wallet: what was issued to the party, each sealed and verifiable; and the files of a draft or case."""

import segno
from django.conf import settings
from django.contrib import messages
from django.http import FileResponse, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from egov.documents import queries, rules
from egov.documents.models import IssuedDocument, StoredFile
from egov.kernel.errors import InvalidInput, NotFound
from egov.kernel.text import localise
from portals.applicant.access import ApplicantRequest, applicant_page
from portals.applicant.cards import card_of
from portals.applicant.views.matters import home_crumb
from portals.shared import ending
from portals.shared.components import Crumb, faults_of
from portals.shared.mandated import documents_in_reach, file_in_reach
from portals.shared.paging import page_of


@applicant_page
@require_GET
def wallet(request: ApplicantRequest, capacity: str) -> HttpResponse:
    rows = documents_in_reach(request.actor, queries.documents_of(request.actor.applicant_id))
    page = page_of(request, rows, order=("-id",), size=20)
    context = {
        "page": page,
        "cards": [card_of(each, capacity) for each in page],
        "crumbs": [home_crumb(capacity), Crumb(_("Documents"))],
    }
    return render(request, "applicant/documents.html", context)


def _own(request: ApplicantRequest, reference: str) -> IssuedDocument:
    rows = IssuedDocument.objects.filter(holder_id=request.actor.applicant_id)
    return get_object_or_404(
        documents_in_reach(request.actor, rows).select_related("department__party", "seal"), reference=reference
    )


def _open(request: ApplicantRequest, reference: str) -> IssuedDocument:
    """Also one of a company that the matter of its founder brought into being."""
    rows = IssuedDocument.objects.exclude(holder_id=request.actor.applicant_id)
    others = rows.select_related("department__party", "seal").filter(reference=reference).first()
    if others is not None and queries.may_open(others, request.actor):
        return others
    return _own(request, reference)


@applicant_page
@require_GET
def document(request: ApplicantRequest, capacity: str, reference: str) -> HttpResponse:
    found = _open(request, reference)
    address = settings.PUBLIC_URL + reverse("public:verify_code", kwargs={"code": found.code})
    context = {
        "document": found,
        "card": card_of(found, capacity),
        "credential": getattr(found, "credential", None),
        "own": found.holder_id == request.actor.applicant_id,
        "qr": segno.make(address, error="m", micro=False).svg_inline(border=2, omitsize=True),
        "shown_code": rules.shown_code(found.code),
        "crumbs": [
            home_crumb(capacity),
            Crumb(_("Documents"), reverse("citizen:documents", kwargs={"capacity": capacity})),
            Crumb(localise(found.title)),
        ],
    }
    return render(request, "applicant/document.html", context)


@applicant_page
@require_http_methods(["GET", "POST"])
def end(request: ApplicantRequest, capacity: str, reference: str) -> HttpResponse:
    """The holder declares a certificate lost, or gives it up."""
    found = _own(request, reference)
    credential = getattr(found, "credential", None)
    if credential is None or credential.end_kind:
        raise NotFound
    fields = ending.questions(ending.BY_HOLDER, request.POST)
    if request.method == "POST":
        try:
            ending.end(request.actor, credential, ending.BY_HOLDER, request.POST)
        except InvalidInput as fault:
            fields = ending.questions(ending.BY_HOLDER, request.POST, fault)
        else:
            messages.success(request, _("The certificate has ended. Whoever verifies it is told so."))
            return redirect("citizen:document", capacity=capacity, reference=reference)
    here = reverse("citizen:document", kwargs={"capacity": capacity, "reference": reference})
    context = {
        "document": found,
        "credential": credential,
        "questions": fields,
        "faults": faults_of(fields),
        "crumbs": [home_crumb(capacity), Crumb(localise(found.title), here), Crumb(_("Lost or given up"))],
    }
    status = 422 if context["faults"] else 200
    return render(request, "applicant/document_end.html", context, status=status)


@applicant_page
@require_GET
def pdf(request: ApplicantRequest, capacity: str, reference: str) -> HttpResponse:
    """The sealed PDF; one that is still pending is typeset and sealed now."""
    found = _open(request, reference)
    response = HttpResponse(queries.pdf(found.pk), content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="{found.reference}.pdf"'
    return response


@applicant_page
@require_GET
def file(request: ApplicantRequest, capacity: str, reference: str) -> FileResponse:
    """A file the party handed in."""
    if not file_in_reach(request.actor, reference):
        raise NotFound
    found = get_object_or_404(
        StoredFile, reference=reference, owner_id=request.actor.applicant_id, removed_at__isnull=True
    )
    return FileResponse(
        queries.open_file(found.pk), as_attachment=True, filename=found.name, content_type=found.content_type
    )
