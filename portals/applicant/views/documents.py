"""The wallet: what was issued to the party, each sealed and verifiable; and the files of a draft or case."""

import segno
from django.conf import settings
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from egov.documents import queries, rules
from egov.documents.models import IssuedDocument, StoredFile
from egov.kernel.errors import NotFound
from egov.kernel.text import localise
from portals.applicant.access import applicant_page
from portals.applicant.cards import card_of
from portals.applicant.views.matters import home_crumb
from portals.shared.components import Crumb
from portals.shared.mandated import documents_in_reach, file_in_reach
from portals.shared.paging import page_of


@applicant_page
@require_GET
def wallet(request: HttpRequest, capacity: str) -> HttpResponse:
    rows = documents_in_reach(request.actor, queries.documents_of(request.actor.on_behalf_of_id))
    page = page_of(request, rows, order=("-id",), size=20)
    context = {
        "page": page,
        "cards": [card_of(each, capacity) for each in page],
        "crumbs": [home_crumb(capacity), Crumb(_("Documents"))],
    }
    return render(request, "applicant/documents.html", context)


def _own(request: HttpRequest, reference: str) -> IssuedDocument:
    rows = IssuedDocument.objects.filter(holder_id=request.actor.on_behalf_of_id)
    return get_object_or_404(
        documents_in_reach(request.actor, rows).select_related("department__party", "seal"), reference=reference
    )


@applicant_page
@require_GET
def document(request: HttpRequest, capacity: str, reference: str) -> HttpResponse:
    found = _own(request, reference)
    address = settings.PUBLIC_URL + reverse("public:verify_code", kwargs={"code": found.code})
    context = {
        "document": found,
        "card": card_of(found, capacity),
        "credential": getattr(found, "credential", None),
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
@require_GET
def pdf(request: HttpRequest, capacity: str, reference: str) -> HttpResponse:
    """The sealed PDF; one that is still pending is typeset and sealed now."""
    found = _own(request, reference)
    response = HttpResponse(queries.pdf(found.pk), content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="{found.reference}.pdf"'
    return response


@applicant_page
@require_GET
def file(request: HttpRequest, capacity: str, reference: str) -> HttpResponse:
    """A file the party handed in."""
    if not file_in_reach(request.actor, reference):
        raise NotFound
    found = get_object_or_404(
        StoredFile, reference=reference, owner_id=request.actor.on_behalf_of_id, removed_at__isnull=True
    )
    return FileResponse(
        queries.open_file(found.pk), as_attachment=True, filename=found.name, content_type=found.content_type
    )
