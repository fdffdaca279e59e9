"""Other answers after filing: the applicant proposes, an officer takes them over or says why not."""

from collections.abc import Callable, Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from egov.casework import opening
from egov.casework.actions.acceptance import required
from egov.casework.models import AnswerChange, Case
from egov.casework.moving import Move, begin, finish
from egov.contracts.cases import ChangeDecided
from egov.deadlines import queries as calendars
from egov.deadlines.rules import due_at
from egov.kernel.actor import Actor
from egov.kernel.errors import InvalidInput
from egov.kernel.text import LocalisedText
from egov.registers import queries as registers
from egov.work import actions as work

ANSWER_CHANGE_WITHIN = 2  # working days
TASK_CHANGE: LocalisedText = {
    "zh-Hans": "核对申请人更正的内容",
    "en": "Look at the answers that the applicant corrects",
}

Judge = Callable[[Case, Mapping[str, Any]], Mapping[str, Any]]


@transaction.atomic
def propose_change(actor: Actor, *, case: str, answers: Mapping[str, Any], reason: str) -> AnswerChange:
    """``answers``: question → new answer (None: taken back), checked by the caller with the validator of the form.

    One proposal is open at a time; a further one is taken up into it. Becomes work for whoever has the case. Raises
    ``InvalidInput`` when nothing differs, ``NotFound``, ``TransitionNotAllowed`` once the case is decided.
    """
    move = begin(actor, "propose_change", case)
    told = required("reason", reason, _("Say why; the department will read it."))
    row = move.case
    open_change = AnswerChange.objects.filter(case=row, decided_at__isnull=True).first()
    wanted = {**(open_change.answers if open_change else {}), **answers}
    changed = {key: value for key, value in wanted.items() if row.answers.get(key) != value}
    if not changed:
        raise InvalidInput.at("answers", "unchanged", _("Nothing differs from what the department has."))
    change = open_change or AnswerChange(case=row)
    change.answers, change.before = changed, {key: row.answers.get(key) for key in changed}
    change.reason, change.proposed_at = told, move.now
    change.save()
    if "change" not in move.facts.tasks:
        due = due_at(move.now, ANSWER_CHANGE_WITHIN, "wd", calendars.working_days(row.department_id))
        work.open_items(actor, [opening.item_for(row, "change", TASK_CHANGE, due=due, assignee_id=row.handler_id)])
    finish(move, note=told, content=changed)
    return change


@transaction.atomic
def accept_change(
    actor: Actor, *, case: str, judge: Judge, note: str = "", lock_version: int | None = None
) -> AnswerChange:
    """The case is decided on the new answers from now on; its review sees them, and so do the steps still to come.

    ``judge`` gives the whole answers as the form takes them, or raises ``InvalidInput``: between proposal and
    acceptance others may have changed.
    """
    move = begin(actor, "accept_change", case, lock_version)
    change = _open_change(move)
    wanted = {**move.case.answers, **change.answers}
    answers = dict(judge(move.case, {key: value for key, value in wanted.items() if value is not None}))
    _decide(move, change, accepted=True, note=note.strip())
    work.inform_plans(actor, subject=move.ref, context=answers)
    changes = {"answers": answers, "sources": registers.sources_of(answers, move.case.sources)}
    finish(move, note=note.strip(), changes=changes, events=[_told(move, change)], content=change.answers)
    return change


@transaction.atomic
def refuse_change(actor: Actor, *, case: str, reason: str, lock_version: int | None = None) -> AnswerChange:
    """The answers stay as they are; the applicant reads why."""
    move = begin(actor, "refuse_change", case, lock_version)
    told = required("reason", reason)
    change = _open_change(move)
    _decide(move, change, accepted=False, note=told)
    finish(move, note=told, events=[_told(move, change)], content={"reason": told})
    return change


def _told(move: Move, change: AnswerChange) -> ChangeDecided:
    return ChangeDecided(
        case=move.case.reference,
        change_id=change.pk,
        applicant_id=move.case.applicant_id,
        accepted=bool(change.accepted),
    )


def _open_change(move: Move) -> AnswerChange:
    return AnswerChange.objects.select_for_update().get(case=move.case, decided_at__isnull=True)


def _decide(move: Move, change: AnswerChange, *, accepted: bool, note: str) -> None:
    change.accepted, change.note = accepted, note
    change.decided_at, change.decided_by_id = move.now, move.actor.post_id
    change.save(update_fields=["accepted", "note", "decided_at", "decided_by"])
    work.settle_items(move.actor, subject=move.ref, kinds=["change"], outcome="accepted" if accepted else "refused")
