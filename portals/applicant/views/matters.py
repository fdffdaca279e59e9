"""Receipt, list and timeline of matters; withdrawing one."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from egov.casework import queries as cases
from egov.casework.models import Case
from egov.documents import queries as documents
from egov.documents.models import IssuedDocument
from egov.intake import actions as intake_actions
from egov.intake import queries as intake
from egov.kernel import clock
from egov.kernel.errors import EgovError, NotFound
from egov.kernel.refs import Ref
from egov.kernel.text import localise
from egov.matters import actions, queries, rules
from egov.matters.queries import Reconsidered
from egov.matters.rules import Undone
from egov.payments import queries as payments
from egov.payments.models import Bill
from portals.applicant import lanes
from portals.applicant.access import ApplicantRequest, applicant_page
from portals.applicant.cards import card_of
from portals.applicant.talk import thread_of
from portals.applicant.views.events import comes_along
from portals.shared.components import Crumb, DocumentCard, Field, Option
from portals.shared.event_map import answer_words
from portals.shared.mandated import bills_in_reach, documents_in_reach
from portals.shared.paging import page_of
from portals.shared.templatetags.egov_ui import localised, localised_plain

STATES = ("open", "done", "withdrawn")


def home_crumb(capacity: str) -> Crumb:
    return Crumb(_("My matters"), reverse("citizen:home", kwargs={"capacity": capacity}))


@applicant_page
@require_GET
def receipt(request: ApplicantRequest, capacity: str, reference: str) -> HttpResponse:
    """The number and the date, at once; then what happens next."""
    submission = intake.submission_of(request.actor, reference=reference)
    timeline = queries.timeline(request.actor, reference=submission.matter)
    bills = bills_in_reach(request.actor, payments.bills_about([Ref("submission", reference)]))
    bill = bills.filter(state="open").first()
    context = {
        "submission": submission,
        "timeline": timeline,
        "bill": bill,
        "all_wait": _all_wait_for_payment(timeline),
        "stands_still": _(", ").join(localised_plain(lane.title) for lane in timeline.lanes if lane.needs == "pay"),
        "documents": [card_of(each, capacity) for each in _issued(timeline)],
        "crumbs": [home_crumb(capacity), Crumb(_("Receipt"))],
    }
    return render(request, "applicant/receipt.html", context)


def _all_wait_for_payment(timeline: queries.Timeline) -> bool:
    """Nothing goes on before the fee is paid: no department has any of it in hand."""
    in_hand = [lane for lane in timeline.lanes if lane.state == "open"]
    return bool(in_hand) and all(lane.needs == "pay" for lane in in_hand)


def _subjects(timeline: queries.Timeline) -> list[Ref]:
    submissions = {case.submission for case in timeline.cases if case.submission}
    return [
        Ref("matter", timeline.matter.reference),
        *(Ref("submission", reference) for reference in sorted(submissions)),
        *(Ref("case", case.reference) for case in timeline.cases),
        *documents.credentials_from(case.reference for case in timeline.cases),
    ]


@applicant_page
@require_GET
def matter_list(request: ApplicantRequest, capacity: str) -> HttpResponse:
    rows = queries.matters_of(request.actor)
    state = request.GET.get("state", "")
    if state in STATES:
        rows = rows.filter(state=state)
    page = page_of(request, rows, order=("-id",), size=20)
    context = {
        "page": page,
        "lines": queries.lines_of(page.items, actor=request.actor),
        "state": state if state in STATES else "",
        "crumbs": [home_crumb(capacity), Crumb(_("All matters"))],
    }
    return render(request, "applicant/matters.html", context)


@applicant_page
@require_GET
def matter(request: ApplicantRequest, capacity: str, reference: str) -> HttpResponse:
    try:
        return matter_page(request, capacity, reference)
    except NotFound:
        # A company finds its own case here, whose founder's the matter is.
        own = queries.cases_elsewhere(request.actor).filter(matter=reference).first()
        if own is None:
            raise
        return redirect("citizen:case", capacity=capacity, reference=own.reference)


def matter_page(
    request: ApplicantRequest, capacity: str, reference: str, *, said: str = "", problem: str = "", status: int = 200
) -> HttpResponse:
    """``said``: a message that could not be sent, with the ``problem``."""
    timeline = queries.timeline(request.actor, reference=reference)
    urls = {
        lane.key: reverse("citizen:case", kwargs={"capacity": capacity, "reference": lane.case.reference})
        for lane in timeline.lanes
        if lane.case and lane.is_own
    }
    bills = bills_in_reach(request.actor, payments.bills_about(_subjects(timeline)))
    done = len(timeline.done_lanes)
    outside = _outside(timeline)
    waiting = next((lane for lane in timeline.lanes if lane.needs), None)
    talk_to = _readers(timeline)
    undone = _undone(timeline)
    context = {
        "timeline": timeline,
        "matter": timeline.matter,
        "promise": timeline.promise,
        "unmeasured": _unmeasured(timeline),
        "drawing": lanes.drawing(timeline, urls),
        "total": len(timeline.counted_lanes),
        "done": done,
        "waiting": waiting,
        "all_wait": _all_wait_for_payment(timeline),
        "several": len(timeline.lanes) > 1,
        "back": sum((line.back for line in undone), Decimal(0)),
        "asking": [lane for lane in timeline.lanes if lane.needs == "correct"],
        "action_url": _action_url(timeline, waiting, bills, capacity) if waiting else "",
        "departments": _departments(timeline),
        "late": [lane for lane in timeline.open_lanes if lane.missed],
        "refusals": cases.refusals_among(timeline.cases),
        "rate": [lane for lane in timeline.lanes if _may_rate(lane)],
        "bills": bills,
        "documents": _documents(timeline, capacity),
        "undone": undone,
        "outside": outside,
        "waits_outside": lanes.who(outside[0].of.by) if outside and not _in_hand(timeline) else "",
        "lacking": [_reconsidered(each) for each in timeline.revised.lacking],
        "superfluous": [_reconsidered(each) for each in timeline.revised.superfluous],
        "changes": cases.changes_of(timeline.cases),
        "may_correct": any(lane.state in ("open", "waiting") for lane in timeline.lanes),
        "thread": thread_of(timeline.cases),
        "talk_to": talk_to,
        "message_fields": _message_fields(request, talk_to, said, problem),
        "said": said,
        "problem": problem,
        "urls": urls,
        "now": clock.now(),
        "crumbs": [
            home_crumb(capacity),
            Crumb(_("All matters"), reverse("citizen:matters", kwargs={"capacity": capacity})),
            Crumb(localised(timeline.matter.title)),
        ],
    }
    return render(request, "applicant/matter.html", context, status=status)


def _message_fields(request: ApplicantRequest, readers: Sequence[Case], said: str, problem: str) -> list[Field]:
    """The text and, where several departments have work, which of them reads it."""
    if not readers:
        return []
    names = [localise(case.department.full_name) or case.department.party.name for case in readers]
    label = _("Write to %(department)s") % {"department": names[0]} if len(names) == 1 else _("Your message")
    text = Field("text", label, "textarea", said, error=problem, max_length=2000, lines=3)
    if len(names) == 1:
        return [text]
    chosen = request.POST.get("to", readers[0].reference)
    options = [
        Option(case.reference, f"{name} · {localised_plain(case.title)}", checked=case.reference == chosen)
        for case, name in zip(readers, names, strict=True)
    ]
    return [Field("to", _("Which department is it for?"), "radio", options=options), text]


def _readers(timeline: queries.Timeline) -> list[Case]:
    """Whose departments may read a message: those that have work to do, else the first whose case is not closed yet."""
    unclosed = [case for case in timeline.cases if case.closed_at is None]
    return [case for case in unclosed if case.decided_at is None] or unclosed[:1]


def _unmeasured(timeline: queries.Timeline) -> str:
    """The services of which too few cases are known to say how long they take."""
    keys = timeline.promise.forecast.unmeasured
    return _(", ").join(str(localised(lane.title)) for lane in timeline.lanes if lane.key in keys)


@dataclass(frozen=True)
class UndoneLine:
    """A part that is not carried on: why, and what it means for the money."""

    title: str
    why: str
    back: Decimal


def _undone(timeline: queries.Timeline) -> list[UndoneLine]:
    titles = {lane.key: str(localised(lane.title)) for lane in timeline.lanes}
    return [
        UndoneLine(titles[lane.key], _why(lane, lane.undone, titles), lane.undone.back)
        for lane in timeline.lanes
        if lane.undone is not None
    ]


def _why(lane: queries.Lane, undone: Undone, titles: dict[str, str]) -> str:
    others = _(", ").join(titles[key] for key in undone.of) or localised(queries.ANOTHER_PART)
    if undone.why == rules.NOT_GRANTED:
        return _("Not begun, because %(services)s was not granted") % {"services": others}
    if undone.why == rules.NOT_STARTED:
        return _("Not begun, because %(services)s fell away") % {"services": others}
    if lane.case is not None and lane.case.state != "withdrawn":
        return _("Ended before anybody had examined it")
    return _("Taken back")


@dataclass(frozen=True)
class OutsideLine:
    """What somebody else files and ``waiting`` waits for."""

    of: queries.Lane
    words: str
    waiting: str


def _outside(timeline: queries.Timeline) -> list[OutsideLine]:
    titles = {lane.key: str(localised(lane.title)) for lane in timeline.lanes}
    states = {lane.key: lane.state for lane in timeline.lanes}
    found = []
    for lane in timeline.lanes:
        if lane.by and lane.state == "waiting":
            waiting = [
                titles[key]
                for key, needs in timeline.needs_of.items()
                if states.get(key) == "waiting" and any(need.before == lane.key for need in needs)
            ]
            if waiting:
                found.append(OutsideLine(lane, lanes.waits_for(lane.by), _(", ").join(waiting)))
    return found


def _in_hand(timeline: queries.Timeline) -> bool:
    return any(lane.state == "open" for lane in timeline.lanes)


@dataclass(frozen=True)
class ReconsideredLine:
    """A service that corrected answers speak for or against, with these answers."""

    of: Reconsidered
    reasons: Sequence[tuple[str, str]]


def _reconsidered(each: Reconsidered) -> ReconsideredLine:
    reasons = [
        (localised_plain(question["text"]), _("not answered") if answer is None else answer_words(question, answer))
        for question, answer in each.because
    ]
    return ReconsideredLine(each, reasons)


@applicant_page
@require_POST
def begin_lacking(request: ApplicantRequest, capacity: str, reference: str, service: str) -> HttpResponse:
    """What a corrected answer made necessary, in the same matter, with the answers that are known."""
    try:
        draft = intake_actions.start_lacking(request.actor, matter=reference, service=service)
    except NotFound:
        raise
    except EgovError as refused:
        messages.error(request, str(refused))
        return redirect("citizen:matter", capacity=capacity, reference=reference)
    _wanted, *along = intake.open_draft(request.actor, reference=draft.reference).members
    if along:
        messages.info(request, comes_along([localised_plain(each.version.name) for each in along]))
    return redirect("citizen:draft", capacity=capacity, reference=draft.reference)


def _documents(timeline: queries.Timeline, capacity: str) -> list[DocumentCard]:
    """Of a matter with several parts, each letter says which it belongs to."""
    parts = {str(Ref("case", lane.case.reference)): lane.title for lane in timeline.lanes if lane.case}
    several = len(parts) > 1
    return [
        card_of(each, capacity, about=localised(parts[each.subject]) if several and each.subject in parts else "")
        for each in _issued(timeline)
    ]


def _issued(timeline: queries.Timeline) -> QuerySet[IssuedDocument]:
    return documents_in_reach(timeline.actor, documents.documents_about(_subjects(timeline)))


def _may_rate(lane: queries.Lane) -> bool:
    return (
        lane.case is not None and lane.is_own and lane.case.decided_at is not None and not hasattr(lane.case, "rating")
    )


def _departments(timeline: queries.Timeline) -> list[str]:
    """Who has it in hand now, each once."""
    names = [str(localised(lane.department)) for lane in timeline.open_lanes if lane.case]
    return list(dict.fromkeys(names))


def _action_url(timeline: queries.Timeline, lane: queries.Lane, bills: QuerySet[Bill], capacity: str) -> str:
    """None for the bill of a whole of which the reader sees a part."""
    if lane.case is None or (lane.needs == "pay" and not timeline.is_whole and not bills):
        return ""
    if lane.needs == "pay":
        return reverse("citizen:bills", kwargs={"capacity": capacity})
    if len([each for each in timeline.lanes if each.needs == "correct"]) > 1:
        return reverse("citizen:corrections", kwargs={"capacity": capacity, "reference": timeline.matter.reference})
    return reverse("citizen:correction", kwargs={"capacity": capacity, "reference": lane.case.reference})


@applicant_page
@require_http_methods(["GET", "POST"])
def withdraw(request: ApplicantRequest, capacity: str, reference: str) -> HttpResponse:
    """The whole, or the one part that the address names with what cannot do without it."""
    timeline = queries.timeline(request.actor, reference=reference)
    part = request.POST.get("member") or request.GET.get("member", "")
    if part and part not in {lane.key for lane in timeline.lanes}:
        raise NotFound
    error = ""
    if request.method == "POST":
        reason = request.POST.get("reason", "")[:500]
        try:
            actions.withdraw_matter(request.actor, matter=reference, reason=reason, members=[part] if part else [])
        except EgovError as refused:
            error = str(refused)
        else:
            messages.success(request, _("Withdrawn. The departments were told."))
            return redirect("citizen:matter", capacity=capacity, reference=reference)
    going = {member.key for member in queries.going_with(timeline, part)}
    context = {
        "timeline": timeline,
        "part": part,
        "going": [lane for lane in timeline.lanes if lane.key in going],
        "staying": [lane for lane in timeline.lanes if lane.key not in going and lane.state != "dropped"],
        "error": error,
        "reason": request.POST.get("reason", ""),
        "crumbs": [
            home_crumb(capacity),
            Crumb(
                localised(timeline.matter.title),
                reverse("citizen:matter", kwargs={"capacity": capacity, "reference": reference}),
            ),
            Crumb(_("Withdraw")),
        ],
    }
    return render(request, "applicant/withdraw.html", context, status=409 if error else 200)
