"""The case page: facts and sources, the work with the law beside it, clock and history; and every act."""

import io
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from egov.casework import actions, queries
from egov.casework.queries import CasePage, ClockView
from egov.documents import queries as documents
from egov.identity import queries as identity
from egov.identity.models import Unit
from egov.intake import queries as forms
from egov.kernel.errors import EgovError, InvalidInput, NotFound
from egov.kernel.text import localise
from portals.applicant import answers as words
from portals.shared.components import Badge, Deadline, Message, PlanStep, Tone
from portals.shared.templatetags.egov_ui import local_datetime
from portals.staff.access import civil_servants

STEP_STATES = {"done": "done", "active": "current", "skipped": "skipped"}


@require_GET
@civil_servants
def case(request: HttpRequest, capacity: str, reference: str) -> HttpResponse:
    """Opening a case of another unit of the department demands a reason, which is journaled."""
    reason = request.GET.get("reason", "").strip()[:200]
    try:
        page = queries.case_page(request.actor, reference, reason=reason)
    except EgovError as error:
        if error.code != "reason_needed":
            raise
        return render(request, "staff/reason.html", {"reference": reference, "message": error}, status=403)
    return render(request, "staff/case.html", _context(request, page))


def _context(request: HttpRequest, page: CasePage) -> dict[str, Any]:
    found = page.case
    return {
        "case": found,
        "page": page,
        "title": f"{found.applicant.name} · {localise(found.title)}",
        "badges": _badges(page),
        "sections": words.sections_of(found, page.papers),
        "reasons": [localise(reason) for reason in found.route.get("reasons", [])],
        "steps": _steps(page),
        "clocks": [(_clock_name(clock), clock, _deadline(clock)) for clock in page.clocks],
        "story": [
            PlanStep(
                move.label, "done", note=" ".join(filter(None, (move.by, move.note))), when=local_datetime(move.at)
            )
            for move in reversed(page.moves)
        ],
        "thread": [
            Message(
                author=found.applicant.name if said.from_applicant else (said.by or found.department.party.name),
                at=said.at,
                text=said.text,
                mine=not said.from_applicant,
            )
            for said in page.messages
        ],
        "law_texts": [text for _citation, text in page.law],
        "units": _advisers(page) if page.may("ask_opinion") else [],
        "questions": _questions(page),
        "outcomes": [("granted", _("Grant")), ("refused", _("Refuse")), ("partly", _("Grant in part"))],
    }


def _badges(page: CasePage) -> list[Badge]:
    badges = [Badge(page.case.get_state_display(), Tone.NOTE)]
    if page.case.handler:
        badges.append(Badge(_("in the hands of %(name)s") % {"name": page.case.handler.person.party.name}))
    return badges


def _steps(page: CasePage) -> list[PlanStep]:
    if page.work is None:
        return []
    return [
        PlanStep(
            title=localise(step.definition.title),
            state=STEP_STATES.get(step.state, "todo"),
            note=step.outcome,
            when=local_datetime(step.finished_at) if step.finished_at else "",
        )
        for step in page.work.steps
    ]


def _clock_name(clock: ClockView) -> str:
    names = {
        "promised": _("Promised"),
        "statutory": _("By law"),
        "acceptance": _("To accept"),
        "correction": _("For the correction"),
        "suspension": _("Special procedure"),
    }
    return names.get(clock.kind, clock.kind)


def _deadline(clock: ClockView) -> Deadline:
    if clock.stopped_at:
        return Deadline.done(at=clock.stopped_at, due=clock.due_at)
    if clock.paused_at or clock.remaining is None:
        return Deadline.paused(_("Clock stopped"), clock.due_at)
    return Deadline.running(colour=clock.remaining.colour, days=clock.remaining.days, due=clock.due_at)


def _advisers(page: CasePage) -> list[tuple[str, str]]:
    """Units of the departments that the service names for opinions, in the case's region or above."""
    roles = {row.get("department_role", "") for row in page.case.version.opinions}
    chain = identity.region_chain(page.case.region)
    units = Unit.objects.filter(closed_on__isnull=True, department__party__region__in=chain)
    return [
        (unit.key, f"{localise(unit.department.full_name)} · {localise(unit.name)}")
        for unit in units.select_related("department").order_by("key")
        if (unit.department.key or "").rpartition(".")[2] in roles
    ]


def _questions(page: CasePage) -> list[tuple[str, str]]:
    """Key and words of each question that was answered: what may be asked to be corrected, or shared."""
    form = forms.form_for(page.case.version)
    return [(key, localise(form.by_key[key].title)) for key in page.answers if key in form.by_key]


# --- Acts ------------------------------------------------------------------------------------------
def _lines(text: str) -> list[dict[str, str]]:
    """Citations as typed: one a line, instrument and article."""
    rows = [line.split() for line in text.splitlines() if line.strip()]
    return [{"instrument": row[0], "article": " ".join(row[1:])} for row in rows]


def _number(text: str, name: str) -> int:
    if not text.strip().isdecimal():
        raise InvalidInput.at(name, "number", _("Give a whole number of days."))
    return int(text)


def _corrections(post: QueryDict) -> list[dict[str, str]]:
    chosen = post.getlist("field")
    return [
        {"field": key, "message": post.get(f"why-{key}", "").strip() or post.get("why", "").strip()} for key in chosen
    ]


Reader = Callable[[QueryDict], dict[str, Any]]


def _texts(*names: str) -> Reader:
    return lambda post: {name: post.get(name, "").strip() for name in names}


# act -> (action, how its form is read)
ACTS: dict[str, tuple[Callable[..., Any], Reader]] = {
    "accept": (actions.accept, _texts("note")),
    "not_accept": (actions.not_accept, _texts("reason")),
    "redirect": (actions.redirect_case, _texts("body", "reason")),
    "transfer": (actions.transfer_case, _texts("unit", "reason")),
    "request_correction": (actions.request_correction, lambda post: {"items": _corrections(post)}),
    "suspend": (actions.suspend, _texts("procedure", "reason")),
    "resume": (actions.resume, _texts("result")),
    "propose_extension": (
        actions.propose_extension,
        lambda post: {"days": _number(post.get("days", ""), "days"), "reason": post.get("reason", "").strip()},
    ),
    "extend": (actions.decide_extension, lambda post: {"approved": True, "note": post.get("note", "").strip()}),
    "refuse_extension": (
        actions.decide_extension,
        lambda post: {"approved": False, "note": post.get("note", "").strip()},
    ),
    "ask_opinion": (
        actions.ask_opinion,
        lambda post: {
            "unit": post.get("unit", ""),
            "question": post.get("question", "").strip(),
            "shared_fields": post.getlist("share"),
        },
    ),
    "complete_step": (
        actions.complete_step,
        lambda post: {
            "item_id": _number(post.get("item", ""), "item"),
            "outcome": post.get("outcome", ""),
            "note": post.get("note", "").strip(),
        },
    ),
    "draft_decision": (
        actions.draft_decision,
        lambda post: {
            "outcome": post.get("outcome", ""),
            "reasons": post.get("reasons", "").strip(),
            "conditions": post.get("conditions", "").strip(),
            "citations": _lines(post.get("citations", "")),
        },
    ),
    "return_draft": (actions.return_draft, _texts("note")),
    "sign_decision": (actions.sign_decision, _texts("note")),
    "deliver": (actions.deliver, _texts("note")),
    "close": (actions.close, lambda _post: {}),
    "terminate": (actions.terminate, _texts("reason")),
    "send_message": (actions.send_message, _texts("text")),
}
WITHOUT_LOCK = frozenset({"send_message"})


@require_POST
@civil_servants
def act(request: HttpRequest, capacity: str, reference: str, act: str) -> HttpResponse:
    """Do one act; what was wrong is said on the page, and what was typed comes back."""
    if act not in ACTS:
        raise NotFound()
    action, read = ACTS[act]
    try:
        given = read(request.POST)
        version = request.POST.get("lock_version", "")
        if act not in WITHOUT_LOCK and version.isdecimal():
            given["lock_version"] = int(version)
        action(request.actor, case=reference, **given)
    except InvalidInput as error:
        return _again(request, reference, act, [str(fault.message) for fault in error.faults])
    except EgovError as error:
        return _again(request, reference, act, [str(error)])
    messages.success(request, _("Done."))
    return redirect(reverse("staff:case", args=[capacity, reference]))


def _again(request: HttpRequest, reference: str, act: str, faults: list[str]) -> HttpResponse:
    page = queries.case_page(request.actor, reference)
    context = {**_context(request, page), "failed_act": act, "faults": faults, "typed": request.POST}
    return render(request, "staff/case.html", context, status=422)


@require_GET
@civil_servants
def file(request: HttpRequest, capacity: str, reference: str, file: str) -> HttpResponse:
    """A paper of a case the officer may open; the reading is journaled with the case's."""
    page = queries.case_page(request.actor, reference)
    paper = next((each for each in page.papers if each.reference == file and each.file), None)
    if paper is None or paper.file is None:
        raise NotFound()
    opened = documents.open_file(paper.file)
    return FileResponse(
        io.BytesIO(opened.content), as_attachment=True, filename=paper.name or file, content_type=paper.content_type
    )
