"""One case: what was answered, how it stands, the decision; correcting, writing, rating, contesting."""

import datetime as dt
from dataclasses import dataclass

from django.contrib import messages
from django.http import FileResponse, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from egov.casework import actions as casework
from egov.casework import queries as cases
from egov.casework.models import Case
from egov.casework.queries import CasePage, Moved
from egov.casework.rules import ratings
from egov.deadlines import queries as deadlines
from egov.deadlines.rules import last_day
from egov.documents import queries as documents
from egov.intake import actions as intake
from egov.intake import queries as forms
from egov.intake import rules
from egov.kernel import clock
from egov.kernel.errors import EgovError, InvalidInput, NotFound, TransitionNotAllowed
from egov.kernel.refs import Ref
from egov.kernel.text import LocalisedText, whole_number
from egov.law import queries as law
from egov.law.rules import Remedy
from portals.applicant import answers as words
from portals.applicant import fields
from portals.applicant.access import ApplicantRequest, applicant_page
from portals.applicant.cards import card_of
from portals.applicant.materials import lines_of
from portals.applicant.talk import thread_of
from portals.applicant.views.changes import reach_of
from portals.applicant.views.matters import home_crumb, matter_page
from portals.shared.components import Badge, Crumb, Fault, Field, Option, PlanStep, Tone, faults_of
from portals.shared.templatetags.egov_ui import local_datetime, localised

GRADES = sorted(ratings.GRADES, reverse=True)


def _crumbs(capacity: str, case: Case, *further: Crumb) -> list[Crumb]:
    matter = reverse("citizen:matter", kwargs={"capacity": capacity, "reference": case.matter})
    here = reverse("citizen:case", kwargs={"capacity": capacity, "reference": case.reference})
    return [
        home_crumb(capacity),
        Crumb(_("Matter"), matter),
        Crumb(localised(case.title), here if further else ""),
        *further,
    ]


@applicant_page
@require_GET
def case(request: ApplicantRequest, capacity: str, reference: str) -> HttpResponse:
    page = cases.case_for_applicant(request.actor, reference)
    found = page.case
    subjects = [Ref("case", found.reference), *documents.credentials_from([found.reference])]
    context = {
        "case": found,
        "page": page,
        "sections": words.sections_of(found, page.papers),
        "fetched": [line for line in lines_of(page) if line.shared],
        "story": [_story_line(move) for move in page.moves],
        "decision": page.decision,
        "citations": [law.citation_text(row["instrument"], row.get("article", "")) for row in _citations(page)],
        "documents": [card_of(each, capacity) for each in documents.documents_about(subjects)],
        "thread": thread_of([found]),
        "may_contest": page.may("contest"),
        "crumbs": _crumbs(capacity, found),
    }
    return render(request, "applicant/case.html", context)


@applicant_page
@require_GET
def file(request: ApplicantRequest, capacity: str, reference: str, file: str) -> FileResponse:
    """A paper of the case, also one that a register gave: who is concerned reads what the department reads."""
    page = cases.case_for_applicant(request.actor, reference)
    paper = next((each for each in page.papers if each.reference == file and each.file), None)
    if paper is None or paper.file is None:
        raise NotFound
    content = documents.open_file(paper.file)
    return FileResponse(content, as_attachment=True, filename=paper.name or file, content_type=paper.content_type)


def _citations(page: CasePage) -> list[dict[str, str]]:
    return page.decision.citations if page.decision else []


def _story_line(move: Moved) -> PlanStep:
    return PlanStep(title=move.label, state="done", note=move.note, when=local_datetime(move.at))


# --- Correction ---------------------------------------------------------------------------------------
@applicant_page
@require_http_methods(["GET", "POST"])
def correction(request: ApplicantRequest, capacity: str, reference: str) -> HttpResponse:
    """All that the department asked for, on one page, each with the officer's words."""
    asked = forms.open_correction(request.actor, case=reference)
    given = fields.Typed(asked.keys, {}, {})
    faults: dict[str, str] = {}
    problem = ""
    if request.method == "POST":
        given = fields.Typed.read(request, asked)
        try:
            intake.answer_correction(request.actor, case=reference, answers=given.typed, uploads=given.uploads)
        except InvalidInput as error:
            faults = {fault.path: str(fault.message) for fault in error.faults}
        except EgovError as error:
            problem = str(error)
        else:
            messages.success(request, _("Sent. The department goes on with your case."))
            return redirect("citizen:matter", capacity=capacity, reference=asked.case.matter)
    answers = {**asked.case.answers, **given.typed}
    filled = fields.Filled(asked.form, answers, forms.check_answers(asked.form, answers))
    questions = fields.asked_on(filled, given.keys, faults=faults)
    told = faults_of(questions.fields)
    if problem:
        told.insert(0, Fault(problem))
    told += [Fault(text) for path, text in faults.items() if path.split("/")[0] not in questions.keys]
    context = {
        "case": asked.case,
        "asked": asked,
        "questions": questions,
        "reaches": [reach_of(each) for each in forms.reached_besides(request.actor, [asked])],
        "faults": told,
        "crumbs": _crumbs(capacity, asked.case, Crumb(_("Correct and complete"))),
    }
    return render(request, "applicant/correction.html", context, status=422 if told else 200)


def _own(request: ApplicantRequest, reference: str) -> Case:
    rows = cases.own_cases(request.actor).select_related("service", "department__party")
    return get_object_or_404(rows, reference=reference)


# --- Messages -----------------------------------------------------------------------------------------
@applicant_page
@require_POST
def message(request: ApplicantRequest, capacity: str, reference: str) -> HttpResponse:
    """To the department of the case, or of the other one of its matter that was chosen."""
    reference = request.POST.get("to") or reference
    found = _own(request, reference)
    text = rules.tidy(request.POST.get("text", ""), lines=True)
    try:
        casework.send_message(request.actor, case=reference, text=text)
    except (InvalidInput, TransitionNotAllowed) as error:
        problem = error.faults[0].message if isinstance(error, InvalidInput) else error
        return matter_page(request, capacity, found.matter, said=text, problem=str(problem), status=error.status)
    messages.success(request, _("Your message was sent."))
    return redirect(reverse("citizen:matter", kwargs={"capacity": capacity, "reference": found.matter}) + "#h-talk")


# --- Rating -------------------------------------------------------------------------------------------
# The reasons of ``casework.rules.ratings`` in words.
_TAGS: dict[str, LocalisedText] = {
    "fast": {"zh-Hans": "办得快", "en": "Fast"},
    "clear": {"zh-Hans": "说得清楚", "en": "Clear"},
    "friendly": {"zh-Hans": "态度好", "en": "Friendly"},
    "online_throughout": {"zh-Hans": "全程网上办完", "en": "All of it online"},
    "slow": {"zh-Hans": "办得慢", "en": "Slow"},
    "unclear": {"zh-Hans": "没有一次说清", "en": "Not told everything at once"},
    "unfriendly": {"zh-Hans": "态度不好", "en": "Unfriendly"},
    "too_many_papers": {"zh-Hans": "要的材料多", "en": "Too many papers"},
    "had_to_come": {"zh-Hans": "还得跑现场", "en": "I had to come in person"},
    "wrong_result": {"zh-Hans": "结果不对", "en": "The result is wrong"},
}


def _grade_words() -> dict[int, str]:
    """国办发〔2019〕51号: five grades."""
    return {
        5: _("Very satisfied"),
        4: _("Satisfied"),
        3: _("Rather satisfied"),
        2: _("Dissatisfied"),
        1: _("Very dissatisfied"),
    }


@applicant_page
@require_http_methods(["GET", "POST"])
def rate(request: ApplicantRequest, capacity: str, reference: str) -> HttpResponse:
    """Five grades, with reasons if the person wants; a bad one becomes work and is answered."""
    found = _own(request, reference)
    faults: dict[str, str] = {}
    if request.method == "POST":
        grade = whole_number(request.POST.get("grade", ""))
        try:
            if grade is None:
                raise InvalidInput.at("grade", "required", _("Choose one of the five grades."))
            casework.rate(
                request.actor,
                case=reference,
                grade=grade,
                tags=[tag for tag in request.POST.getlist("tags") if tag in ratings.TAGS],
                text=rules.tidy(request.POST.get("text", ""), lines=True),
            )
        except InvalidInput as error:
            faults = {fault.path: str(fault.message) for fault in error.faults}
        except EgovError as error:
            faults = {"grade": str(error)}
        else:
            messages.success(request, _("Thank you. Your rating counts in public; your name does not appear."))
            return redirect("citizen:matter", capacity=capacity, reference=found.matter)
    words_of = _grade_words()
    chosen = request.POST.get("grade", "")
    questions = [
        Field(
            "grade",
            _("How satisfied are you with the handling?"),
            widget="radio",
            error=faults.get("grade", ""),
            options=[Option(str(grade), words_of[grade], checked=str(grade) == chosen) for grade in GRADES],
        ),
        Field(
            "tags",
            _("What was it about?"),
            widget="checkboxes",
            required=False,
            error=faults.get("tags", ""),
            options=[
                Option(key, localised(text), checked=key in request.POST.getlist("tags"))
                for key, text in _TAGS.items()
                if key in ratings.TAGS
            ],
        ),
        Field(
            "text",
            _("Anything else?"),
            widget="textarea",
            required=False,
            value=request.POST.get("text", ""),
            error=faults.get("text", ""),
            hint=_("A bad rating is looked into by the unit; you are told what was done."),
            max_length=1000,
        ),
    ]
    context = {
        "case": found,
        "questions": questions,
        "faults": faults_of(questions),
        "crumbs": _crumbs(capacity, found, Crumb(_("Rate"))),
    }
    return render(request, "applicant/rate.html", context, status=422 if faults else 200)


# --- Contesting ---------------------------------------------------------------------------------------
@applicant_page
@require_http_methods(["GET", "POST"])
def contest(request: ApplicantRequest, capacity: str, reference: str) -> HttpResponse:
    """Explains the remedies; the one that is filed here begins with a draft that names the decision."""
    page = cases.case_for_applicant(request.actor, reference)
    if request.method == "POST":
        draft = intake.start_contest(request.actor, case=reference)
        return redirect("citizen:draft", capacity=capacity, reference=draft.reference)
    outcome = page.case.outcome or page.case.state
    context = {
        "case": page.case,
        "decision": page.decision,
        "ways": [_way(remedy, page) for remedy in page.procedure.remedies_for(outcome)],
        "may_file": page.may("contest") and forms.remedy_service() is not None,
        "badge": Badge(_("Refused"), Tone.MISS, icon="cancel") if page.case.outcome == "refused" else None,
        "crumbs": _crumbs(capacity, page.case, Crumb(_("Contest"))),
    }
    return render(request, "applicant/contest.html", context)


@dataclass(frozen=True)
class Way:
    """A remedy in words: what, to whom, until when, on which article."""

    title: LocalisedText
    body: LocalisedText
    until: dt.date | None
    basis: list[LocalisedText]
    note: LocalisedText


# What a remedy is called; procedures name it by kind.
_REMEDIES: dict[str, LocalisedText] = {
    "reconsideration": {"zh-Hans": "行政复议", "en": "Administrative reconsideration"},
    "review": {"zh-Hans": "复查", "en": "Review"},
    "litigation": {"zh-Hans": "行政诉讼", "en": "Administrative litigation"},
    "complaint": {"zh-Hans": "投诉", "en": "Complaint"},
    "supervision": {"zh-Hans": "向上级机关反映", "en": "Complaint to the authority above"},
}


def _way(remedy: Remedy, page: CasePage) -> Way:
    told = page.case.delivered_at or page.case.closed_at
    days = deadlines.working_days(page.case.department_id)
    return Way(
        title=_REMEDIES.get(remedy.kind, remedy.body),
        body=remedy.body,
        until=last_day(clock.local(told).date(), remedy.limit, remedy.unit, days) if told else None,
        basis=[law.citation_text(each.instrument, each.article) for each in remedy.basis],
        note=remedy.note,
    )
