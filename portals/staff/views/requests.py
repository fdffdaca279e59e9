"""Requests that a post files itself: internal ones for the person, those between departments for its department.

One page holds the whole form: internal forms are short, and what is saved is not yet filed.
"""

import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from egov.casework import actions as casework
from egov.casework import queries as cases
from egov.catalogue import queries as catalogue
from egov.intake import actions, queries, rules
from egov.intake.actions import DraftChanged
from egov.intake.models import Draft
from egov.intake.queries import OpenDraft
from egov.kernel.actor import Actor
from egov.kernel.errors import EgovError, InvalidInput, NotFound, TooLarge
from egov.kernel.text import localise, whole_number
from egov.matters import queries as matters
from egov.registers.queries import register_names
from egov.work import queries as work
from portals.applicant import answers as words
from portals.applicant import fields, lanes
from portals.applicant.talk import thread_of
from portals.shared.components import Crumb, Fault, faults_of
from portals.shared.paging import page_of
from portals.shared.requests import SignedInRequest
from portals.staff.access import civil_servants

SHOWN = 20


@require_GET
@civil_servants
def index(request: SignedInRequest, capacity: str) -> HttpResponse:
    """What the post may file, what it began, what became of what it filed."""
    actor: Actor = request.actor
    page = page_of(request, matters.matters_of(actor), order=("-id",), size=SHOWN)
    services = [version for mode in queries.FILED_BY_POSTS for version in catalogue.services(mode=mode, fileable=True)]
    context = {
        "services": services,
        "drafts": list(queries.drafts_of_post(actor)[:SHOWN]),
        "page": page,
        "lines": matters.lines_of(page.items, actor=actor),
    }
    return render(request, "staff/requests.html", context)


@require_POST
@civil_servants
def start(request: SignedInRequest, capacity: str, code: str) -> HttpResponse:
    actor = queries.filing_as(request.actor, code)
    draft = actions.start_draft(actor, service=code, region=actor.region_code)
    return redirect("staff:request_form", capacity=capacity, reference=draft.reference)


def _opened(actor: Actor, reference: str) -> tuple[Actor, OpenDraft]:
    """The draft, and the actor as the party it is for. Raises ``NotFound`` for somebody else's."""
    draft: Draft | None = queries.drafts_of_post(actor).filter(reference=reference).first()
    if draft is None:
        raise NotFound
    filing = queries.filing_as(actor, draft.version.service.code)
    return filing, queries.open_draft(filing, reference=reference)


# --- The form -------------------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
@civil_servants
def form(request: SignedInRequest, capacity: str, reference: str) -> HttpResponse:
    """Save keeps what stands there; submit files it when nothing is missing."""
    filing, opened = _opened(request.actor, reference)
    if not opened.is_current:
        actions.migrate_draft(filing, draft=reference)
        messages.warning(request, _("This service has changed since you began. Look at your answers again."))
        return redirect("staff:request_form", capacity=capacity, reference=reference)
    if request.method == "GET":
        return _show(request, capacity, opened)
    typed = rules.read_page(opened.form, request.POST, asked=set(request.POST.get("_asked", "").split()))
    try:
        faults = _files(request, filing, opened)
        revision = whole_number(request.POST.get("_revision", ""))
        actions.save_draft(filing, draft=reference, answers=typed, revision=revision)
    except DraftChanged as conflict:
        return _show(request, capacity, opened, typed=typed, problem=str(conflict), status=conflict.status)
    except (InvalidInput, TooLarge) as error:
        return _show(request, capacity, opened, typed=typed, problem=str(error), status=error.status)
    if "submit" not in request.POST:
        if faults:
            return _show(request, capacity, queries.open_draft(filing, reference=reference), faults=faults)
        messages.success(request, _("Saved. Nothing is filed yet."))
        return redirect("staff:request_form", capacity=capacity, reference=reference)
    return _submit(request, capacity, filing, reference, faults)


def _files(request: SignedInRequest, filing: Actor, opened: OpenDraft) -> dict[str, str]:
    """Keep new files and take off those that were removed; faults by question."""
    faults: dict[str, str] = {}
    removed = whole_number(request.POST.get("_detach", ""))
    if removed in {each.pk for each in opened.attachments}:
        actions.detach(filing, draft=opened.draft.reference, attachment=removed)
    for question in opened.form.file_questions:
        for upload in request.FILES.getlist(question.key):
            try:
                actions.attach(filing, draft=opened.draft.reference, material=question.material, upload=upload)
            except InvalidInput as error:
                faults[question.key] = str(error.faults[0].message)
    return faults


def _submit(
    request: SignedInRequest, capacity: str, filing: Actor, reference: str, faults: Mapping[str, str]
) -> HttpResponse:
    opened = queries.open_draft(filing, reference=reference)
    missing = {fault.path: str(fault.message) for fault in opened.checked.faults}
    if missing or faults:
        return _show(request, capacity, opened, faults={**missing, **faults})
    try:
        submission = actions.submit(filing, draft=reference, key=request.POST.get("_key", "")[:100])
    except InvalidInput as error:
        return _show(request, capacity, opened, faults={fault.path: str(fault.message) for fault in error.faults})
    except EgovError as error:
        return _show(request, capacity, opened, problem=str(error), status=error.status)
    messages.success(request, _("Filed. You see here what becomes of it."))
    return redirect("staff:request", capacity=capacity, reference=submission.matter)


def _show(
    request: SignedInRequest,
    capacity: str,
    opened: OpenDraft,
    *,
    typed: Mapping[str, Any] | None = None,
    faults: Mapping[str, str] | None = None,
    problem: str = "",
    status: int = 0,
) -> HttpResponse:
    url = reverse("staff:request_form", args=[capacity, opened.draft.reference])
    filled = fields.Filled.draft(opened, typed)
    choices = {"post": _colleagues(request.actor)}
    sections = [
        (
            page,
            fields.asked_on(
                filled,
                page.fields,
                faults=faults,
                correcting=set(request.GET.getlist("correct")),
                registers=register_names(),
                choices=choices,
            ),
        )
        for page in opened.form.pages
    ]
    shown = [(page, asked) for page, asked in sections if asked.facts or asked.fields]
    told = [fault for _page, asked in shown for fault in faults_of(asked.fields)]
    if problem:
        told.insert(0, Fault(problem))
    context = {
        "opened": opened,
        "sections": shown,
        "asked_keys": " ".join(key for _page, asked in shown for key in asked.keys),
        "faults": told,
        "key": request.POST.get("_key") or uuid.uuid4().hex,
        "url": url,
        "for_department": opened.version.service.mode == "g2g",
        "crumbs": [
            Crumb(_("Requests"), reverse("staff:requests", args=[capacity])),
            Crumb(localise(opened.version.name)),
        ],
    }
    return render(request, "staff/request_form.html", context, status=status or (422 if told else 200))


def _colleagues(actor: Actor) -> Sequence[tuple[str, str]]:
    """Who could stand in: the others of the unit."""
    if actor.unit_id is None:
        return []
    return [
        (str(each.post_id), f"{each.name} · {localise(each.title)}")
        for each in work.colleagues(actor.unit_id)
        if each.person_id != actor.party_id
    ]


@require_POST
@civil_servants
def discard(request: SignedInRequest, capacity: str, reference: str) -> HttpResponse:
    filing, _opened_draft = _opened(request.actor, reference)
    actions.discard(filing, draft=reference)
    messages.success(request, _("The form was thrown away."))
    return redirect("staff:requests", capacity=capacity)


# --- What became of it ------------------------------------------------------------------------------------


@require_GET
@civil_servants
def request_page(request: SignedInRequest, capacity: str, reference: str) -> HttpResponse:
    return _request_page(request, capacity, reference)


def _request_page(
    request: SignedInRequest,
    capacity: str,
    reference: str,
    *,
    answered: str = "",
    problem: str = "",
    status: int = 200,
) -> HttpResponse:
    """``answered``: the case whose correction was just sent, and could not be taken."""
    actor: Actor = request.actor
    timeline = matters.timeline(actor, reference=reference)
    pages = [cases.case_for_applicant(actor, case.reference) for case in timeline.cases]
    context = {
        "timeline": timeline,
        "matter": timeline.matter,
        "drawing": lanes.drawing(timeline, {}),
        "parts": [
            (page, words.sections_of(page.case, page.papers), _correction(request, page, answered)) for page in pages
        ],
        "thread": thread_of(timeline.cases),
        "problem": problem,
        "crumbs": [
            Crumb(_("Requests"), reverse("staff:requests", args=[capacity])),
            Crumb(localise(timeline.matter.title)),
        ],
    }
    return render(request, "staff/request.html", context, status=status)


def _correction(request: SignedInRequest, page: cases.CasePage, answered: str) -> fields.Asked | None:
    """What the applicant has to put right, as fields of the form; with what was typed there."""
    if page.open_correction is None:
        return None
    asked = queries.OpenCorrection(page.case, queries.form_for(page.case.version), page.open_correction)
    again = page.case.reference == answered
    given = fields.Typed.read(request, asked) if again else fields.Typed(asked.keys, {}, {})
    answers = {**page.case.answers, **given.typed}
    files = {paper.material: [paper.reference or ""] for paper in page.papers}
    filled = fields.Filled(asked.form, answers, queries.check_answers(asked.form, answers, files=files))
    return fields.asked_on(filled, given.keys, correcting=given.keys)


# What the one who asked may do on the page of their request.
@require_POST
@civil_servants
def request_act(request: SignedInRequest, capacity: str, reference: str, case: str, act: str) -> HttpResponse:
    actor: Actor = request.actor
    timeline = matters.timeline(actor, reference=reference)
    if case not in {each.reference for each in timeline.cases} or act not in REQUEST_ACTS:
        raise NotFound
    try:
        REQUEST_ACTS[act](request, actor, case)
    except EgovError as error:
        told = "; ".join(str(each.message) for each in error.faults) if isinstance(error, InvalidInput) else str(error)
        answered = case if act == "correction" else ""
        return _request_page(request, capacity, reference, answered=answered, problem=told, status=error.status)
    messages.success(request, _("Done."))
    return redirect("staff:request", capacity=capacity, reference=reference)


def _withdraw(request: SignedInRequest, actor: Actor, case: str) -> None:
    casework.withdraw(actor, case=case, reason=request.POST.get("reason", "").strip()[:500])


def _message(request: SignedInRequest, actor: Actor, case: str) -> None:
    casework.send_message(actor, case=case, text=request.POST.get("text", ""))


def _answer(request: SignedInRequest, actor: Actor, case: str) -> None:
    asked = queries.open_correction(actor, case=case)
    filing = queries.filing_as(actor, asked.case.service.code)
    given = fields.Typed.read(request, asked)
    actions.answer_correction(filing, case=case, answers=given.typed, uploads=given.uploads)


REQUEST_ACTS = {"withdraw": _withdraw, "message": _message, "correction": _answer}
