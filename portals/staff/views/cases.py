"""The case page, every act on it, its evidence, letters and journal."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import FileResponse, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from egov.casework import actions, queries
from egov.casework.errors import ReasonNeeded
from egov.casework.queries import Access, CasePage
from egov.documents import queries as documents
from egov.documents.models import IssuedDocument
from egov.identity import queries as identity
from egov.journal import queries as journal
from egov.kernel.errors import EgovError, InvalidInput, NotFound, NotPermitted, StaleVersion
from egov.kernel.refs import Ref
from egov.registers import queries as registers
from portals.shared.requests import SignedInRequest
from portals.staff import acts, casepage
from portals.staff.access import civil_servants

REASONS = "desk.reasons"  # of the session: why this officer opened a case that is not theirs
REASONS_KEPT = 20
SHOWN_INLINE = frozenset({"image/jpeg", "image/png", "image/webp", "application/pdf"})
ENTRIES_SHOWN = 100


@require_http_methods(["GET", "POST"])
@civil_servants
def case(request: SignedInRequest, capacity: str, reference: str) -> HttpResponse:
    """Who has nothing to do with the case says why it is opened; the reason is in the journal with each view."""
    if request.method == "POST":
        return _withreason_given(request, capacity, reference)
    try:
        page = queries.case_page(request.actor, reference, reason=reason_given(request, reference))
    except ReasonNeeded as error:
        return _askreason_given(request, reference, str(error), status=403)
    if page.access is Access.OWN:
        return redirect("staff:request", capacity=capacity, reference=page.case.matter)
    if page.access is Access.ADVISING:
        asked = next((each for each in page.opinions if each.is_open), page.opinions[-1] if page.opinions else None)
        if asked is not None:
            return redirect("staff:opinion", capacity=capacity, pk=asked.id)
    return render(request, "staff/case.html", casepage.context_of(page, actor=request.actor))


def reason_given(request: SignedInRequest, reference: str) -> str:
    return str(request.session.get(REASONS, {}).get(reference, ""))


def _askreason_given(request: SignedInRequest, reference: str, told: str, *, status: int) -> HttpResponse:
    return render(request, "staff/reason.html", {"reference": reference, "told": told}, status=status)


def _withreason_given(request: SignedInRequest, capacity: str, reference: str) -> HttpResponse:
    reason = request.POST.get("reason", "").strip()[:200]
    if len(reason) < 2:
        return _askreason_given(request, reference, _("Say why, in a few words."), status=422)
    kept = dict(request.session.get(REASONS, {}))
    kept[reference] = reason
    request.session[REASONS] = dict(list(kept.items())[-REASONS_KEPT:])
    return redirect("staff:case", capacity=capacity, reference=reference)


@require_POST
@civil_servants
def act(request: SignedInRequest, capacity: str, reference: str, act: str) -> HttpResponse:
    """Do one act; what was wrong is said on the page, and what was typed comes back."""
    return _do(request, capacity, reference, act, lambda: acts.perform(request.actor, act, reference, request.POST))


@require_POST
@civil_servants
def withdraw_opinion(request: SignedInRequest, capacity: str, reference: str, pk: int) -> HttpResponse:
    return _do(
        request,
        capacity,
        reference,
        "withdraw_opinion",
        lambda: actions.withdraw_opinion(request.actor, opinion_id=pk),
    )


TOLD: dict[str, Callable[[], str]] = {
    "save_draft": lambda: _("The draft is kept. Nothing has been handed over yet."),
    "send_message": lambda: _("Sent."),
}


def _do(request: SignedInRequest, capacity: str, reference: str, act: str, perform: Callable[[], Any]) -> HttpResponse:
    if act not in acts.ACTS and act != "withdraw_opinion":
        raise NotFound()
    try:
        perform()
    except NotFound:
        raise
    except EgovError as error:
        return _again(request, capacity, reference, act, error)
    told = TOLD.get(act)
    messages.success(request, told() if told else _("Done."))
    if not _still_open_to(request, reference):
        return redirect("staff:inbox", capacity=capacity)
    return redirect(reverse("staff:case", args=[capacity, reference]) + ("#letter" if act == "save_draft" else ""))


def _still_open_to(request: SignedInRequest, reference: str) -> bool:
    """A case handed over to another department is no longer this officer's."""
    return queries.is_open_to(request.actor, reference) or bool(reason_given(request, reference))


def _again(request: SignedInRequest, capacity: str, reference: str, act: str, error: EgovError) -> HttpResponse:
    """The page as it stands now, with the fault and everything that was typed."""
    try:
        page = queries.case_page(request.actor, reference, reason=reason_given(request, reference))
    except ReasonNeeded:
        raise NotPermitted(str(error)) from error
    if page.access is Access.OWN:
        raise error
    typed = acts.Typed.of(request.POST)
    context = casepage.context_of(page, actor=request.actor, failed=act, typed=typed)
    context |= {
        "failed": act,
        "faults": _faults(page, act, error, request),
        "stale": isinstance(error, StaleVersion),
        "since": casepage.moves_since(page, request.POST.get("seen", "")),
        "lost": _lost(context["acts"], act, request),
    }
    status = error.status if error.status in (403, 409) else 422
    return render(request, "staff/case.html", context, status=status)


def _faults(page: CasePage, act: str, error: EgovError, request: SignedInRequest) -> list[str]:
    """Each fault in a sentence; in a list of corrections, with the name of the thing it is about."""
    if not isinstance(error, InvalidInput) or not error.faults:
        return [str(error)]
    if act != "request_correction":
        return [str(fault.message) for fault in error.faults]
    chosen = [*request.POST.getlist("field"), *request.POST.getlist("material")]
    return [_named(page, chosen, fault.path, str(fault.message)) for fault in error.faults]


def _named(page: CasePage, chosen: list[str], path: str, message: str) -> str:
    number = path.split("/")[1] if path.startswith("items/") else ""
    if not number.isdecimal() or int(number) >= len(chosen):
        return message
    return _("%(thing)s: %(message)s") % {"thing": casepage.name_of(page, chosen[int(number)]), "message": message}


def _lost(offered: list[acts.ActForm], act: str, request: SignedInRequest) -> list[str]:
    """What was typed in a form that the page no longer offers: shown, so that it can be copied."""
    if act == "send_message" or any(form.open for form in offered):
        return []
    left_out = {"csrfmiddlewaretoken", "lock_version", "seen", "item"}
    return [text for name, text in request.POST.items() if name not in left_out and len(str(text).strip()) > 2]  # type: ignore[misc]


# --- Evidence, letters, registers, journal ----------------------------------------------------------------


@require_GET
@civil_servants
def file(request: SignedInRequest, capacity: str, reference: str, file: str) -> FileResponse:
    """A piece of evidence, shown in the browser where that is safe; each opening is in the journal."""
    paper = queries.paper_of(request.actor, reference, file, reason=reason_given(request, reference))
    if paper.file is None:
        raise NotFound()
    content = documents.open_file(paper.file.pk)
    inline = paper.file.content_type in SHOWN_INLINE and "download" not in request.GET
    response = FileResponse(
        content,
        as_attachment=not inline,
        filename=paper.file.name or file,
        content_type=paper.file.content_type,
    )
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, max-age=600"
    return response


@require_GET
@civil_servants
def letter(request: SignedInRequest, capacity: str, reference: str, document: str) -> HttpResponse:
    """A sealed letter of the case as PDF, to read or print."""
    page = queries.case_page(request.actor, reference, reason=reason_given(request, reference))
    if not any(each.reference == document for each in page.documents):
        raise NotFound()
    return as_pdf(IssuedDocument.objects.get(reference=document))


def as_pdf(found: IssuedDocument) -> HttpResponse:
    """The sealed document, to read in the browser."""
    response = HttpResponse(documents.pdf(found.pk), content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{found.reference}.pdf"'
    return response


@require_GET
@civil_servants
def register_view(request: SignedInRequest, capacity: str, reference: str) -> HttpResponse:
    """What the registers say today about the same things, beside the answers; the reading is in the journal."""
    page = _handled(request, reference)
    facts = registers.facts(
        request.actor,
        party_id=page.case.applicant_id,
        elements=sorted(set(casepage.elements_of(page).values())),
        purpose="verify",
        subject=Ref("case", page.case.reference),
    )
    lines = casepage.compared(page, facts, registers.register_names())
    crumbs = casepage.crumbs_of(page.case, capacity, _("Registers"))
    return render(request, "staff/registers.html", {"case": page.case, "lines": lines, "crumbs": crumbs})


@require_GET
@civil_servants
def case_journal(request: SignedInRequest, capacity: str, reference: str) -> HttpResponse:
    """Who did and who saw what on this case."""
    page = _handled(request, reference)
    entries = list(journal.entries_about(Ref("case", page.case.reference))[: ENTRIES_SHOWN + 1])
    names = identity.names_of({entry.party_id for entry in entries if entry.party_id})
    lines = [(entry, names.get(entry.party_id or 0, "")) for entry in entries[:ENTRIES_SHOWN]]
    context = {
        "case": page.case,
        "lines": lines,
        "more": len(entries) > ENTRIES_SHOWN,
        "crumbs": casepage.crumbs_of(page.case, capacity, _("Journal")),
    }
    return render(request, "staff/journal.html", context)


def _handled(request: SignedInRequest, reference: str) -> CasePage:
    """For whoever handles the case; a reason opens the case, not what hangs on the applicant beyond it."""
    page = queries.case_page(request.actor, reference, reason=reason_given(request, reference))
    if page.access is not Access.HANDLING:
        raise NotPermitted()
    return page
