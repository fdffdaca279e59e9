"""Correcting an answer that is filed already: one question, every department that asked it."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from egov.intake import actions, queries, rules
from egov.intake.queries import MatterAnswers, MemberAnswers
from egov.kernel.errors import EgovError, InvalidInput, NotFound, Text
from egov.kernel.text import localise
from portals.applicant import answers as words
from portals.applicant import determinants, fields
from portals.applicant.access import ApplicantRequest, applicant_page
from portals.applicant.views.matters import home_crumb
from portals.shared.components import Badge, Crumb, Fault, Field, SummaryRow, Tone, faults_of
from portals.shared.event_map import answer_words
from portals.shared.templatetags.egov_ui import localised


@dataclass(frozen=True)
class Reach:
    """A service that asked the question, and what the correction does there."""

    title: Text
    effect: Badge


@applicant_page
@require_http_methods(["GET", "POST"])
def change(request: ApplicantRequest, capacity: str, reference: str) -> HttpResponse:
    """First the questions with their answers; then one of them, with who is told."""
    found = queries.answers_of(request.actor, matter=reference)
    chosen = request.POST.get("_question") or request.GET.get("question", "")
    crumbs = _crumbs(capacity, found, reference)
    about = request.POST.get("_about") or request.GET.get("about", "")
    if about:
        return _about(request, capacity, found, about, crumbs)
    if not chosen:
        context = {"found": found, "rows": _rows(found), "situation": _situation(request, found), "crumbs": crumbs}
        return render(request, "applicant/change.html", context)
    if chosen not in {question.key for question in found.correctable}:
        raise NotFound
    return _one(request, capacity, found, chosen, crumbs)


def _crumbs(capacity: str, found: MatterAnswers, reference: str) -> list[Crumb]:
    matter = reverse("citizen:matter", kwargs={"capacity": capacity, "reference": reference})
    return [home_crumb(capacity), Crumb(localised(found.matter.title), matter), Crumb(_("Correct an answer"))]


def _rows(found: MatterAnswers) -> list[SummaryRow]:
    return [
        words.summary_row(
            question, found.answers.get(question.key), action=_("Correct"), change_url=f"?question={question.key}"
        )
        for question in found.correctable
    ]


def _situation(request: ApplicantRequest, found: MatterAnswers) -> list[SummaryRow]:
    return [
        SummaryRow(
            localised(question["text"]),
            _("Not answered yet") if answer is None else answer_words(question, answer),
            action=_("Answer") if answer is None else _("Correct"),
            action_url=f"?about={question['key']}",
        )
        for question, answer in queries.situation_of(request.actor, found)
    ]


def _about(
    request: ApplicantRequest, capacity: str, found: MatterAnswers, key: str, crumbs: list[Crumb]
) -> HttpResponse:
    """One question that no department asked: the answer decides which services the matter takes."""
    asked = {
        str(question["key"]): (question, answer) for question, answer in queries.situation_of(request.actor, found)
    }
    if key not in asked:
        raise NotFound
    question, answer = asked[key]
    error = ""
    if request.method == "POST":
        answer = request.POST.get(key, "")
        try:
            actions.answer_anew(request.actor, matter=found.matter.reference, question=key, answer=answer)
        except InvalidInput as fault:
            error = str(fault.faults[0].message)
        else:
            messages.success(request, _("Noted. If it changes what you need, that stands below."))
            return redirect("citizen:matter", capacity=capacity, reference=found.matter.reference)
    shown = [determinants.field_of(question, value=answer, error=error)]
    context = {"found": found, "about": key, "questions": shown, "faults": faults_of(shown), "crumbs": crumbs}
    return render(request, "applicant/change.html", context, status=422 if error else 200)


def _one(
    request: ApplicantRequest, capacity: str, found: MatterAnswers, chosen: str, crumbs: list[Crumb]
) -> HttpResponse:
    correctable = {question.key for question in found.correctable}
    asked = [key for key in request.POST.get("_asked", "").split() if key in correctable] or [chosen]
    typed: dict[str, Any] = {}
    faults: dict[str, str] = {}
    problem = ""
    if request.method == "POST":
        typed = rules.read_page(found.form, request.POST, asked=set(asked))
        try:
            actions.propose_change(
                request.actor,
                matter=found.matter.reference,
                answers=typed,
                reason=rules.tidy(request.POST.get("reason", ""), lines=True),
            )
        except InvalidInput as error:
            faults = {fault.path: str(fault.message) for fault in error.faults}
        except EgovError as error:
            problem = str(error)
        else:
            messages.success(request, _("Sent. The departments that asked for it were told."))
            return redirect("citizen:matter", capacity=capacity, reference=found.matter.reference)
    # What the new answer makes necessary is asked beside it.
    keys = [*asked, *(key for path in faults if (key := path.split("/")[0]) in found.form.by_key and key not in asked)]
    return _shown(request, found, chosen, keys, typed, faults, problem, crumbs)


def _shown(
    request: ApplicantRequest,
    found: MatterAnswers,
    chosen: str,
    keys: list[str],
    typed: dict[str, Any],
    faults: dict[str, str],
    problem: str,
    crumbs: list[Crumb],
) -> HttpResponse:
    answers = {**found.answers, **typed}
    filled = fields.Filled(found.form, answers, queries.check_answers(found.form, answers))
    questions = fields.asked_on(filled, keys, faults=faults, correcting=keys)
    reason = Field(
        "reason",
        _("Why it is different"),
        widget="textarea",
        value=request.POST.get("reason", ""),
        error=faults.get("reason", ""),
        hint=_("The departments read it."),
        max_length=1000,
    )
    told = faults_of([*questions.fields, reason])
    places = {*questions.keys, "reason"}
    told += [Fault(text) for path, text in faults.items() if path.split("/")[0] not in places]
    if problem:
        told.insert(0, Fault(problem))
    context = {
        "found": found,
        "chosen": chosen,
        "questions": [*questions.fields, reason],
        "asked": " ".join(questions.keys),
        "reaches": [reach_of(each) for each in found.serving(chosen)],
        "faults": told,
        "crumbs": crumbs,
    }
    return render(request, "applicant/change.html", context, status=422 if told else 200)


def reach_of(each: MemberAnswers) -> Reach:
    title = localise(each.version.name)
    if not each.is_own:
        return Reach(title, Badge(_("is another applicant's by now, who corrects it"), Tone.DONE, wrap=True))
    if each.member.state == "dropped":
        return Reach(title, Badge(_("is not carried on"), Tone.DONE, wrap=True))
    if not each.is_open:
        return Reach(title, Badge(_("is decided and stays as it is"), Tone.DONE, wrap=True))
    if each.case is None:
        return Reach(title, Badge(_("has not begun; begins with the new answer"), Tone.OK, wrap=True))
    return Reach(title, Badge(_("the department looks at it and tells you"), Tone.WAIT, wrap=True))
