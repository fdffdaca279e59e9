"""Check your answers, see who gets what, agree, declare, submit."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from egov.identity.models import Organisation
from egov.intake import actions, queries
from egov.intake.actions import ServiceChanged, ServicesChanged
from egov.intake.queries import DraftMember, Moved, OpenDraft, SharedPaper
from egov.kernel.errors import InvalidInput, NotFound
from egov.kernel.text import LocalisedText
from egov.registers.queries import register_names
from portals.applicant import answers as words
from portals.applicant.access import ApplicantRequest, applicant_page
from portals.applicant.views.forms import SITUATION, changed_service, crumbs_of, page_url, steps_of, to_receipt
from portals.shared.components import Fault, SummaryRow


@applicant_page
@require_http_methods(["GET", "POST"])
def check(request: ApplicantRequest, capacity: str, reference: str) -> HttpResponse:
    try:
        opened = queries.open_draft(request.actor, reference=reference)
    except NotFound:
        return to_receipt(request, capacity, reference)
    if not opened.is_current:
        return changed_service(request, capacity, opened)
    if SITUATION in request.POST:
        return changed_service(request, capacity, opened, to_check=True)
    if request.method == "POST":
        return _submit(request, capacity, opened)
    anew = queries.planned_anew(request.actor, opened)
    if anew and anew.changed:
        return changed_service(request, capacity, opened, to_check=True)
    return _check_page(request, capacity, opened, offered=anew.offered if anew else ())


def _check_page(
    request: ApplicantRequest,
    capacity: str,
    opened: OpenDraft,
    *,
    problems: list[Fault] | None = None,
    offered: Sequence[Moved] = (),
    status: int = 200,
) -> HttpResponse:
    reference = opened.draft.reference
    names = register_names()
    sections = []
    faults = list(problems or ())
    for page in opened.shown_pages:
        url = page_url(capacity, reference, page.key) + "?from=check"
        rows = [_answer_row(opened, key, url, names) for key in page.fields if key in opened.checked.visible]
        wrong = opened.checked.faults_on(page.fields)
        faults += [Fault(str(fault.message), f"page-{page.key}") for fault in wrong]
        sections.append({"page": page, "rows": rows, "url": url, "wrong": wrong})
    context = {
        "opened": opened,
        "sections": sections,
        "faults": faults,
        "complete": not opened.checked.faults,
        "claims": queries.named_claims(opened.bundle.claims),
        "fetched": [paper for paper in opened.shared_papers if paper.is_fetched],
        "unheld": [paper for paper in opened.shared_papers if not paper.is_held and not paper.handed_in],
        "instead": bool(opened.shared_papers),
        "goes_to": _destinations(request, opened),
        "price": opened.price,
        "offered": offered,
        "steps": steps_of(capacity, opened, "check"),
        "key": request.POST.get("_key") or uuid.uuid4().hex,
        "previous": opened.shown_pages[-1].key if opened.shown_pages else "",
        "crumbs": crumbs_of(capacity, opened),
        "declared": "declaration" in request.POST,
        "consented": "consent" in request.POST,
        "not_ticked": {"consent": "", "declaration": ""}
        | {fault.target.removeprefix("f-"): fault.message for fault in problems or ()},
    }
    return render(request, "applicant/check.html", context, status=status)


@dataclass(frozen=True)
class Destination:
    """One department and what it gets: for which service, which answers, which documents, which of them it fetches."""

    member: DraftMember
    department: LocalisedText
    reasons: Sequence[LocalisedText]
    answers: Sequence[LocalisedText]
    documents: Sequence[LocalisedText]
    fetched: Sequence[SharedPaper]


def _destinations(request: ApplicantRequest, opened: OpenDraft) -> list[Destination]:
    """By department; nothing while an answer is wrong: it may decide where the matter goes."""
    if opened.checked.faults:
        return []
    routes = queries.routes_of(opened, applicant_kind=request.party.kind)
    names = dict(
        Organisation.objects.filter(pk__in={route.department_id for _member, route in routes}).values_list(
            "pk", "full_name"
        )
    )
    order = {
        department: place for place, department in enumerate(dict.fromkeys(route.department_id for _m, route in routes))
    }
    return [
        _destination(opened, member, names.get(route.department_id) or member.version.department_name, route.reasons)
        for member, route in sorted(routes, key=lambda each: order[each[1].department_id])
    ]


def _destination(
    opened: OpenDraft, member: DraftMember, department: LocalisedText, reasons: Sequence[LocalisedText]
) -> Destination:
    answers = opened.checked_of(member).answers
    given = [member.form.by_key[key] for page in member.form.pages for key in page.fields if key in answers]
    shared = opened.shared_of(member)
    return Destination(
        member,
        department,
        reasons,
        answers=[question.title for question in given if not question.is_file],
        documents=[question.title for question in given if question.is_file]
        + [paper.name for paper in shared if paper.handed_in],
        fetched=[paper for paper in shared if paper.is_fetched],
    )


def _answer_row(opened: OpenDraft, key: str, url: str, names: Mapping[str, Any]) -> SummaryRow:
    question = opened.form.by_key[key]
    source = opened.draft.sources.get(key)
    value = opened.draft.answers.get(key)
    files = [each.file.name for each in opened.attachments if each.material == question.material]
    note = ""
    if source is not None and value != source.get("value"):
        note = words.told(
            _("You corrected this. The register says: %(value)s"), value=words.shown(question, source.get("value"))
        )
    return words.summary_row(
        question,
        opened.checked.answers.get(key, value),
        files=files,
        source=words.source_of(source, names.get(source["register"], source["register"]))
        if source and not note
        else None,
        note=note,
        change_url=f"{url}&correct={key}#f-{key}",
    )


def _submit(request: ApplicantRequest, capacity: str, opened: OpenDraft) -> HttpResponse:
    reference = opened.draft.reference
    if problems := _not_ticked(request, needs_consent=opened.needs_consent):
        return _check_page(request, capacity, opened, problems=problems, status=422)
    try:
        submission = actions.submit(
            request.actor,
            draft=reference,
            key=request.POST.get("_key", "")[:100],
            consent="consent" in request.POST,
        )
    except (ServiceChanged, ServicesChanged):
        return changed_service(request, capacity, opened, to_check=True)
    except InvalidInput as error:
        problems = [Fault(str(fault.message)) for fault in error.faults] if opened.checked.faults == () else []
        return _check_page(request, capacity, opened, problems=problems, status=error.status)
    return redirect("citizen:receipt", capacity=capacity, reference=submission.reference)


def _not_ticked(request: ApplicantRequest, *, needs_consent: bool) -> list[Fault]:
    """Neither box is ticked for anybody: consent is an act of its own (Personal Information Protection Law, Art. 14)."""
    problems = []
    if needs_consent and "consent" not in request.POST:
        text = _("Agree that these documents are fetched, or hand them in yourself.")
        problems.append(Fault(text, "f-consent"))
    if "declaration" not in request.POST:
        problems.append(Fault(_("Confirm that your answers are true, then submit."), "f-declaration"))
    return problems
