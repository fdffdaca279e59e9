"""Verification for anyone: by the code printed on a document, by its QR, or by the file itself. Verdict first."""

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from egov.documents import queries as documents
from egov.documents.queries import Finding, Verification
from egov.kernel import clock
from egov.kernel.errors import NotFound
from egov.kernel.text import localise
from portals.shared import components as c

MOST_BYTES = 20 * 1024 * 1024
SEAL_CHARACTERS = 4


@dataclass(frozen=True)
class Verdict:
    heading: str | Promise
    tone: str  # "", "waits" or "revoked"
    icon: str


VERDICTS = {
    Finding.VALID: Verdict(gettext_lazy("Genuine, and in force"), "", "verified"),
    Finding.PENDING: Verdict(gettext_lazy("Issued, being sealed"), "waits", "hourglass_empty"),
    Finding.NOT_YET_VALID: Verdict(gettext_lazy("Genuine, not in force yet"), "waits", "schedule"),
    Finding.SUSPENDED: Verdict(gettext_lazy("Genuine, but suspended"), "waits", "timer"),
    Finding.EXPIRED: Verdict(gettext_lazy("Genuine, but expired"), "waits", "history"),
    Finding.ENDED: Verdict(gettext_lazy("Genuine, but no longer in force"), "revoked", "cancel"),
    Finding.REVOKED: Verdict(gettext_lazy("Withdrawn by the authority"), "revoked", "cancel"),
    Finding.ALTERED: Verdict(gettext_lazy("Altered: do not rely on it"), "revoked", "error"),
    Finding.UNPROVEN: Verdict(gettext_lazy("The seal cannot be confirmed"), "revoked", "error"),
}


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def verify(request: HttpRequest) -> HttpResponse:
    """The two boxes: code, or file. A file is looked at and forgotten."""
    if request.method == "POST":
        return _verify_file(request)
    code = request.GET.get("code", "").strip()
    if not code:
        return render(request, "public/verify.html", {"faults": [], "code": ""})
    try:
        found = documents.verify(code)
    except NotFound as error:
        return render(
            request, "public/verify.html", {"faults": [c.Fault(str(error), "code")], "code": code}, status=404
        )
    return redirect("public:verify_code", code=found.code)


def _verify_file(request: HttpRequest) -> HttpResponse:
    upload = request.FILES.get("file")
    fault = ""
    if upload is None:
        fault = _("Choose the PDF first.")
    elif (upload.size or 0) > MOST_BYTES:
        fault = _("This file is larger than any document we issue.")
    else:
        try:
            return _page(request, documents.verify_upload(upload.read()))
        except NotFound as error:
            fault = str(error)
    return render(request, "public/verify.html", {"faults": [c.Fault(fault, "file")], "code": ""}, status=422)


@never_cache
@require_safe
def verify_code(request: HttpRequest, code: str) -> HttpResponse:
    """Where the QR leads."""
    try:
        found = documents.verify(code)
    except NotFound as error:
        return render(
            request, "public/verify.html", {"faults": [c.Fault(str(error), "code")], "code": code}, status=404
        )
    return _page(request, found)


def _page(request: HttpRequest, found: Verification) -> HttpResponse:
    return render(
        request,
        "public/verified.html",
        {
            "found": found,
            "verdict": VERDICTS[found.finding],
            "seal_text": _seal_text(found),
            "now": clock.now(),
            "genuine": found.finding not in (Finding.ALTERED, Finding.UNPROVEN, Finding.PENDING),
        },
    )


def _seal_text(found: Verification) -> str:
    """Four characters for the drawn seal: the beginning and the end of the authority's Chinese name."""
    if found.sealed_at is None:
        return ""
    name = localise(found.issuer, "zh-Hans").replace("市", "").replace("省", "").replace("区", "")
    return (name[:2] + name[2:4])[:SEAL_CHARACTERS]
