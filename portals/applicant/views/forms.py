"""Filling in a form: start, pages, autosave, check, submit. Works without script; htmx makes it livelier."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from egov.intake import actions, queries, rules
from egov.intake.actions import DraftChanged, ServiceClosed
from egov.intake.queries import Migration, Moved, OpenDraft, PlannedAnew
from egov.intake.rules import FormPage
from egov.kernel.errors import InvalidInput, NotFound, NotPermitted, TooLarge
from egov.kernel.text import localise, whole_number
from egov.registers.queries import register_names
from egov.routing.queries import Why
from portals.applicant import answers as words
from portals.applicant import determinants, fields
from portals.applicant.access import ApplicantRequest, applicant_page
from portals.shared.components import Crumb, Fault, Step, faults_of
from portals.shared.event_map import answer_words
from portals.shared.templatetags.egov_ui import localised, localised_plain

_MOVED = gettext_lazy("This service has changed since you began. Your answers were kept where they still fit.")
SITUATION, SERVICES = "_situation", "services"
AGAIN, NEXT, BACK, LEAVE = "again", "next", "back", "leave"


@applicant_page
@require_GET
def draft(request: ApplicantRequest, capacity: str, reference: str) -> HttpResponse:
    """Where the person left off. One that was submitted leads to its receipt."""
    try:
        opened = queries.open_draft(request.actor, reference=reference)
    except NotFound:
        return to_receipt(request, capacity, reference)
    if not opened.is_current:
        return changed_service(request, capacity, opened)
    shown = [page.key for page in opened.shown_pages]
    left_off = opened.draft.page if opened.draft.page in shown else ""
    target = left_off or (opened.first_incomplete.key if opened.first_incomplete else "")
    return redirect(page_url(capacity, reference, target))


def to_receipt(request: ApplicantRequest, capacity: str, reference: str) -> HttpResponse:
    """Where a draft that was submitted is now. Raises ``NotFound`` when there was none."""
    submission = queries.submission_of_draft(request.actor, draft=reference)
    if submission is None:
        raise NotFound
    return redirect("citizen:receipt", capacity=capacity, reference=submission.reference)


def page_url(capacity: str, reference: str, page: str) -> str:
    if page:
        return reverse("citizen:draft_page", kwargs={"capacity": capacity, "reference": reference, "page": page})
    return reverse("citizen:check", kwargs={"capacity": capacity, "reference": reference})


def changed_service(
    request: ApplicantRequest, capacity: str, opened: OpenDraft, *, to_check: bool = False
) -> HttpResponse:
    """A service has a newer version, or by the answers other services are needed: what fits moves along, and the page
    says what is different. ``to_check``: on the page that checks, from which it came."""
    answers = request.POST.dict() if SITUATION in request.POST else {}
    services = request.POST.getlist(SERVICES) if SITUATION in request.POST else []
    try:
        migration = actions.migrate_draft(
            request.actor, draft=opened.draft.reference, answers=answers, services=services
        )
    except (ServiceClosed, NotPermitted) as refused:
        return _stays(request, capacity, opened, str(refused), refused.status)
    except InvalidInput as open_or_nothing:
        anew = queries.planned_anew(request.actor, opened, answers=answers)
        if anew and anew.to_ask:
            return _situation(request, capacity, opened, anew)
        problem = str(open_or_nothing.faults[0].message)
        return _stays(request, capacity, opened, problem, open_or_nothing.status)
    messages.warning(request, _told(migration))
    if to_check:
        return redirect(page_url(capacity, opened.draft.reference, ""))
    return redirect("citizen:draft", capacity=capacity, reference=opened.draft.reference)


def _stays(request: ApplicantRequest, capacity: str, opened: OpenDraft, problem: str, status: int) -> HttpResponse:
    """Why it cannot be filed as it is, and the way back to the answers."""
    context = {
        "opened": opened,
        "error": problem,
        "back": opened.shown_pages[0].key if opened.is_current and opened.shown_pages else "",
        "crumbs": crumbs_of(capacity, opened),
    }
    return render(request, "applicant/closed.html", context, status=status)


def _situation(request: ApplicantRequest, capacity: str, opened: OpenDraft, anew: PlannedAnew) -> HttpResponse:
    """What the event has to know by now, to say what applies."""
    missing = _("Answer this question, so that we know what applies.") if SITUATION in request.POST else ""
    shown = [
        determinants.field_of(each, value=request.POST.get(str(each["key"])), error=missing) for each in anew.to_ask
    ]
    context = {
        "opened": opened,
        "questions": shown,
        "answered": [
            (each["key"], request.POST[each["key"]])
            for each in anew.plan.questions
            if each["key"] in anew.plan.answers and each["key"] in request.POST
        ],
        "faults": faults_of(shown),
        "crumbs": crumbs_of(capacity, opened),
    }
    return render(request, "applicant/draft_situation.html", context, status=422 if missing else 200)


def _told(migration: Migration) -> str:
    """What was done to a draft, in words."""
    moved = [
        text % {"services": _in_words(services)}
        for text, services in (
            (_("Needed now: %(services)s."), migration.came),
            (_("No longer needed: %(services)s."), migration.went),
        )
        if services
    ]
    questions = [
        text % {"questions": _(", ").join(localise(each) for each in titles)}
        for text, titles in (
            (_("New: %(questions)s."), migration.added),
            (_("No longer asked: %(questions)s."), migration.removed),
            (_("To answer anew: %(questions)s."), migration.changed),
        )
        if titles
    ]
    first = _("What you need has changed. What you typed is kept.") if moved else str(_MOVED)
    return " ".join([first, *moved, *questions])


def _in_words(services: Sequence[Moved]) -> str:
    names = []
    for each in services:
        because = _because(each)
        text = _("%(service)s (%(because)s)") if because else "%(service)s"
        names.append(text % {"service": localise(each.title), "because": because})
    return pgettext("between notes", "; ").join(names)


def _because(moved: Moved) -> str:
    if moved.was_held:
        return _("what you had of it is no longer in force")
    if moved.why is Why.HELD:
        return _("you have it by now")
    if moved.is_closed:
        return _("it cannot be filed online at present")
    answers = [
        f"{localised_plain(question['text'])} {answer_words(question, answer)}" for question, answer in moved.because
    ]
    return _(", ").join(answers)


# --- One page -----------------------------------------------------------------------------------------
@applicant_page
@require_http_methods(["GET", "POST"])
def draft_page(request: ApplicantRequest, capacity: str, reference: str, page: str) -> HttpResponse:
    try:
        opened = queries.open_draft(request.actor, reference=reference)
    except NotFound:
        return to_receipt(request, capacity, reference)
    if not opened.is_current:
        return changed_service(request, capacity, opened)
    form_page = opened.form.page(page)
    if form_page is None:
        raise Http404
    if request.method == "POST":
        return _posted(request, capacity, opened, form_page)
    if form_page not in opened.shown_pages:
        return redirect("citizen:draft", capacity=capacity, reference=reference)
    correcting = set(request.GET.getlist("correct"))
    return _show(request, capacity, opened, form_page, correcting=correcting)


def _posted(request: ApplicantRequest, capacity: str, opened: OpenDraft, page: FormPage) -> HttpResponse:
    """Save what was typed in any case; then do what the pressed button says."""
    reference = opened.draft.reference
    asked = set(request.POST.get("_asked", "").split()) & set(page.fields)
    typed = rules.read_page(opened.form, request.POST, asked=asked)
    act = _act(request)
    _change_rows(request, typed)
    if act == NEXT:
        typed = {key: _without_empty_rows(value) for key, value in typed.items()}
    faults: dict[str, str] = {}
    try:
        faults = _attach(request, opened, page, asked)
        actions.save_draft(
            request.actor,
            draft=reference,
            answers=typed,
            page=page.key,
            revision=whole_number(request.POST.get("_revision", "")),
        )
    except DraftChanged as conflict:
        return _conflict(request, capacity, conflict, page, typed, asked, faults)
    except (InvalidInput, TooLarge) as error:
        return _show(
            request, capacity, opened, page, typed=typed, problem=str(error), status=error.status, correcting=asked
        )
    opened = queries.open_draft(request.actor, reference=reference)
    standing = opened.form.page(page.key)
    if standing is None:  # another window has moved the draft to a newer version
        return redirect("citizen:draft", capacity=capacity, reference=reference)
    page = standing
    if act == LEAVE:
        messages.success(request, _("Saved. You can go on any time, on any device."))
        return redirect("citizen:home", capacity=capacity)
    if act == BACK:
        return redirect(page_url(capacity, reference, _neighbour(opened, page, -1) or page.key))
    if act != NEXT:
        return _show(request, capacity, opened, page, faults=faults, correcting=asked)
    return _next(request, capacity, opened, page, asked, faults)


def _act(request: ApplicantRequest) -> str:
    for name in ("_add", "_remove", "_detach", "_attach"):
        if name in request.POST:
            return AGAIN
    act = request.POST.get("_act", NEXT)
    return act if act in (AGAIN, BACK, LEAVE) else NEXT


def _next(
    request: ApplicantRequest, capacity: str, opened: OpenDraft, page: FormPage, asked: set[str], faults: dict[str, str]
) -> HttpResponse:
    """On to the next page, unless something here is wrong or an answer has brought up a further question."""
    found = {fault.path: str(fault.message) for fault in opened.checked.faults_on(page.fields)}
    known = {key for key in page.fields if key in opened.draft.sources}
    new = [key for key in page.fields if key in opened.checked.visible and key not in asked | known]
    if new and page in opened.shown_pages:
        shown = {path: text for path, text in found.items() if path.split("/")[0] in asked}
        return _show(request, capacity, opened, page, faults={**shown, **faults}, correcting=asked, new=new)
    if found or faults:
        return _show(request, capacity, opened, page, faults={**found, **faults}, correcting=asked)
    following = "" if request.POST.get("_from") == "check" else _neighbour(opened, page, 1)
    return redirect(page_url(capacity, opened.draft.reference, following))


def _neighbour(opened: OpenDraft, page: FormPage, step: int) -> str:
    """The page before or after; "" beyond the ends."""
    order = list(opened.form.pages)
    shown = {each.key for each in opened.shown_pages}
    place = order.index(page) + step
    while 0 <= place < len(order):
        if order[place].key in shown:
            return order[place].key
        place += step
    return ""


def _without_empty_rows(value: Any) -> Any:
    if isinstance(value, list) and value and all(isinstance(row, dict) for row in value):
        return [row for row in value if any(item not in (None, "", False, []) for item in row.values())]
    return value


def _change_rows(request: ApplicantRequest, typed: dict[str, Any]) -> None:
    """ "Add" and "Remove" of a repeating group; what was typed in the others stays."""
    group = request.POST.get("_add", "")
    if isinstance(typed.get(group), list):
        typed[group].append({})
    place = rules.row_of(request.POST.get("_remove", ""))
    if place and isinstance(typed.get(place[0]), list) and place[1] < len(typed[place[0]]):
        del typed[place[0]][place[1]]


def _attach(request: ApplicantRequest, opened: OpenDraft, page: FormPage, asked: set[str]) -> dict[str, str]:
    """Keep new files and take off those the person removed; faults by question."""
    faults: dict[str, str] = {}
    taken_off = whole_number(request.POST.get("_detach", ""))
    if taken_off in {each.pk for each in opened.attachments}:
        actions.detach(request.actor, draft=opened.draft.reference, attachment=taken_off)
    for key in page.fields:
        question = opened.form.by_key[key]
        if not question.is_file or key not in asked:
            continue
        for upload in request.FILES.getlist(key):
            try:
                actions.attach(request.actor, draft=opened.draft.reference, material=question.material, upload=upload)
            except InvalidInput as error:
                faults[key] = str(error.faults[0].message)
    return faults


def _show(
    request: ApplicantRequest,
    capacity: str,
    opened: OpenDraft,
    page: FormPage,
    *,
    typed: Mapping[str, Any] | None = None,
    faults: Mapping[str, str] | None = None,
    problem: str = "",
    correcting: set[str] | None = None,
    new: list[str] | None = None,
    others: list[tuple[str, str]] | None = None,
    status: int = 0,
) -> HttpResponse:
    reference = opened.draft.reference
    url = page_url(capacity, reference, page.key)
    asked = fields.asked_on(
        fields.Filled.draft(opened, typed),
        page.fields,
        faults=faults,
        correcting=correcting or set(),
        registers=register_names(),
        live_url=url,
    )
    told = faults_of(asked.fields)
    told += [Fault(text) for path, text in (faults or {}).items() if path.split("/")[0] not in asked.keys]
    if problem:
        told.insert(0, Fault(problem))
    shown = opened.shown_pages
    context = {
        "opened": opened,
        "page": page,
        "asked": asked,
        "faults": told,
        "seen_by": opened.seen_by(page.fields),
        "new": [localised(opened.form.by_key[key].title) for key in new or ()],
        "others": others or [],
        "steps": steps_of(capacity, opened, page.key),
        "number": shown.index(page) + 1 if page in shown else 0,
        "total": len(shown) + 1,
        "minutes": fields.minutes(opened.minutes_left),
        "saved_at": opened.draft.saved_at,
        "previous": _neighbour(opened, page, -1),
        "from_check": request.POST.get("_from", request.GET.get("from", "")) == "check",
        "crumbs": crumbs_of(capacity, opened),
        "help_url": reverse("citizen:help", kwargs={"capacity": capacity}),
        "url": url,
    }
    return render(request, "applicant/form.html", context, status=status or (422 if told else 200))


def steps_of(capacity: str, opened: OpenDraft, current: str) -> list[Step]:
    steps = []
    reached = True
    for page in opened.shown_pages:
        complete = not opened.checked.faults_on(page.fields)
        state = "current" if page.key == current else "done" if complete and reached else ""
        url = page_url(capacity, opened.draft.reference, page.key) if complete and reached else ""
        steps.append(Step(localised(page.title), state, url))
        reached = reached and complete
    check_url = page_url(capacity, opened.draft.reference, "") if reached else ""
    steps.append(Step(_("Check and submit"), "current" if current == "check" else "", check_url))
    return steps


def crumbs_of(capacity: str, opened: OpenDraft) -> list[Crumb]:
    home = reverse("citizen:home", kwargs={"capacity": capacity})
    return [Crumb(_("My matters"), home), Crumb(localised(opened.title)), Crumb(_("Fill in"))]


def _conflict(
    request: ApplicantRequest,
    capacity: str,
    conflict: DraftChanged,
    page: FormPage,
    typed: dict[str, Any],
    asked: set[str],
    faults: Mapping[str, str],
) -> HttpResponse:
    """Saved elsewhere meanwhile: what was typed here stays in the fields, what stands there is shown beside it."""
    opened = queries.open_draft(request.actor, reference=conflict.draft.reference)
    standing = opened.form.page(page.key)
    if standing is None:
        messages.warning(request, _MOVED)
        return redirect("citizen:draft", capacity=capacity, reference=opened.draft.reference)
    others = [
        (
            localised(opened.form.by_key[key].title),
            words.shown(opened.form.by_key[key], opened.draft.answers.get(key)) or _("nothing"),
        )
        for key in standing.fields
        if key in typed and opened.draft.answers.get(key) != typed[key]
    ]
    return _show(
        request,
        capacity,
        opened,
        standing,
        typed=typed,
        faults=faults,
        problem=str(conflict),
        correcting=asked,
        others=others,
        status=conflict.status,
    )


@applicant_page
@require_POST
def autosave(request: ApplicantRequest, capacity: str, reference: str, page: str) -> HttpResponse:
    """Called by htmx while the person types: keeps the text, says when, moves nothing."""
    opened = queries.open_draft(request.actor, reference=reference)
    form_page = opened.form.page(page)
    if form_page is None:
        raise Http404
    asked = set(request.POST.get("_asked", "").split()) & set(form_page.fields)
    try:
        draft = actions.save_draft(
            request.actor,
            draft=reference,
            answers=rules.read_page(opened.form, request.POST, asked=asked),
            page=page,
            revision=whole_number(request.POST.get("_revision", "")),
        )
    except (DraftChanged, InvalidInput, TooLarge) as error:
        return HttpResponse(str(error), status=error.status, content_type="text/plain; charset=utf-8")
    return render(request, "applicant/_saved.html", {"draft": draft, "saved_at": draft.saved_at})


@applicant_page
@require_http_methods(["GET", "POST"])
def discard(request: ApplicantRequest, capacity: str, reference: str) -> HttpResponse:
    opened = queries.open_draft(request.actor, reference=reference)
    if request.method == "POST":
        actions.discard(request.actor, draft=reference)
        messages.success(request, _("The form was thrown away."))
        return redirect("citizen:home", capacity=capacity)
    return render(request, "applicant/discard.html", {"opened": opened, "crumbs": crumbs_of(capacity, opened)})
