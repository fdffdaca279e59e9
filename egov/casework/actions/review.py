"""Under review: steps, the clock stopped and extended, opinions of other departments."""

import datetime as dt
from collections.abc import Sequence

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from egov.casework import errors, facts, letters, opening
from egov.casework.actions.acceptance import required
from egov.casework.models import Case, Extension, OpinionRequest, Suspension
from egov.casework.moving import Move, begin, complete_item, finish
from egov.casework.registry import opinion_procedures
from egov.contracts.cases import OpinionRequested
from egov.deadlines import actions as deadlines
from egov.deadlines import queries as calendars
from egov.deadlines.actions import ClockSpec
from egov.deadlines.rules import due_at
from egov.identity import queries as identity
from egov.identity.models import Unit
from egov.kernel.actor import Actor
from egov.kernel.errors import InvalidInput, NotFound
from egov.kernel.refs import Ref
from egov.kernel.text import LocalisedText, localise
from egov.work import actions as work

TASK_EXTENSION: LocalisedText = {"zh-Hans": "审批延长期限", "en": "Decide on the extension"}
TASK_OPINION: LocalisedText = {"zh-Hans": "答复意见征询", "en": "Give the opinion asked for"}


# --- Steps of the plan ---------------------------------------------------------------------------------


@transaction.atomic
def complete_step(
    actor: Actor,
    *,
    case: str,
    item_id: int,
    outcome: str = "",
    note: str = "",
    together_with: Sequence[int] = (),
    lock_version: int | None = None,
) -> Case:
    """Finish a step of the review (not the decision: :func:`draft_decision`, :func:`sign_decision`).

    Raises what :func:`egov.work.actions.complete` raises.
    """
    move = begin(actor, "complete_step", case, lock_version)
    hand = next((each for each in facts.hands_of(move.case) if each.id == item_id), None)
    if hand is None or hand.kind in ("decide", "sign", *facts.ASIDE):
        raise NotFound
    finish(move, note=note, refs=[Ref("work_item", str(item_id))], content={"outcome": outcome, "note": note})
    complete_item(actor, item_id, outcome=outcome, note=note, together_with=together_with)
    return move.case


# --- The clock stands still ---------------------------------------------------------------------------------


@transaction.atomic
def suspend(
    actor: Actor, *, case: str, procedure: str, reason: str, days: int | None = None, lock_version: int | None = None
) -> Case:
    """A special procedure whose time does not count (Licensing Law art. 45); the applicant is told how long.

    ``procedure`` is one of those the service and its statutory procedure know; ``days`` at most theirs, in their unit.
    """
    move = begin(actor, "suspend", case, lock_version)
    told = required("reason", reason)
    special = next(
        (each for each in facts.special_procedures(move.case, move.procedure) if each.key == procedure), None
    )
    if special is None:
        raise InvalidInput.at("procedure", "unknown", _("This service does not know this special procedure."))
    length = special.max_days if days is None else days
    if not 0 < length <= special.max_days:
        raise InvalidInput.at(
            "days", "too_long", _("At most %(days)s days are allowed for this.") % {"days": special.max_days}
        )
    deadlines.pause(actor, subject=move.ref, reason=special.key, kinds=opening.DECISION_CLOCKS)
    (clock,) = deadlines.start_clocks(
        actor,
        [
            ClockSpec(
                subject=move.ref,
                kind=opening.SUSPENSION,
                limit=length,
                unit=special.unit,
                department_id=move.case.department_id,
                basis=opening.words(special.basis),
                started_at=move.now,
            )
        ],
    )
    until = dt.date.fromisoformat(letters.last_day_of(clock.due_at))
    Suspension.objects.create(case=move.case, procedure=special.key, reason=told, from_at=move.now, until=until)
    work.pause_for(actor, subject=move.ref)
    finish(move, note=told, content={"procedure": special.key, "until": until.isoformat()})
    letters.ruling(move, "suspend", reasons=told, rows=[(_("At the latest until"), until.isoformat())])
    return move.case


@transaction.atomic
def resume(actor: Actor, *, case: str, result: str = "", lock_version: int | None = None) -> Case:
    """The special procedure is over (or its time is up): the clocks run on, later by what it took."""
    move = begin(actor, "resume", case, lock_version)
    Suspension.objects.filter(case=move.case, ended_at__isnull=True).update(ended_at=move.now, result=result.strip())
    deadlines.stop(actor, subject=move.ref, kind=opening.SUSPENSION)
    due = {clock.kind: clock.due_at for clock in deadlines.resume(actor, subject=move.ref)}
    changes = _dues(move.case, due)
    work.resume_for(actor, subject=move.ref, due_at=changes["promised_due_at"])
    work.reschedule_for(actor, subject=move.ref, due_at=changes["promised_due_at"])
    return finish(move, note=result.strip(), changes=changes)


def _dues(case: Case, due: dict[str, dt.datetime]) -> dict[str, dt.datetime | None]:
    return {
        "promised_due_at": due.get(opening.PROMISED, case.promised_due_at),
        "statutory_due_at": due.get(opening.STATUTORY, case.statutory_due_at),
    }


# --- More time ---------------------------------------------------------------------------------------------


@transaction.atomic
def propose_extension(actor: Actor, *, case: str, days: int, reason: str, lock_version: int | None = None) -> Extension:
    """Ask whoever the procedure names for more time, once and before the limit passes (Licensing Law art. 42).

    ``days`` in the unit of the procedure, at most what it allows.
    """
    move = begin(actor, "propose_extension", case, lock_version)
    rules = move.procedure.extension
    if rules is None:
        raise errors.ExtensionNotProvided
    told = required("reason", reason)
    if not 0 < days <= rules.limit:
        raise InvalidInput.at(
            "days", "too_long", _("At most %(days)s days are allowed for this.") % {"days": rules.limit}
        )
    extension = Extension.objects.create(
        case=move.case, days=days, reason=told, asked_by_id=actor.own_post_id, asked_at=move.now
    )
    unit_id = move.case.unit_id
    if rules.approver_role == "department_head":
        head = identity.head_posts(move.case.department_id).first()
        unit_id = head.unit_id if head else unit_id
    work.open_items(
        actor,
        [
            opening.item_for(
                move.case,
                "extension",
                TASK_EXTENSION,
                due=move.case.statutory_due_at,
                role=rules.approver_role,
                unit_id=unit_id,
                excluded_persons=[actor.party_id] if actor.party_id else [],
            )
        ],
    )
    finish(move, note=told, content={"days": days})
    return extension


@transaction.atomic
def decide_extension(
    actor: Actor, *, case: str, approved: bool, note: str = "", lock_version: int | None = None
) -> Case:
    """The head of the organ (or whoever the procedure names) approves or does not; the applicant is told the reason."""
    move = begin(actor, "extend" if approved else "refuse_extension", case, lock_version)
    extension = Extension.objects.select_for_update().get(case=move.case, approved__isnull=True)
    hand = next(each for each in facts.hands_of(move.case) if each.kind == "extension")
    extension.approved = approved
    extension.decided_by_id = actor.post_id
    extension.decided_at = move.now
    extension.save(update_fields=["approved", "decided_by", "decided_at"])
    changes: dict[str, dt.datetime | None] = {}
    if approved:
        changes = _extend_clocks(move, extension.days)
        work.reschedule_for(actor, subject=move.ref, due_at=changes["promised_due_at"])
    reason = extension.reason if approved else note
    finish(move, note=reason, changes={**changes, "overdue_at": None} if approved else {})
    complete_item(actor, hand.id, outcome="approved" if approved else "refused", note=note)
    if approved:
        until = letters.last_day_of(move.case.statutory_due_at or move.case.promised_due_at)
        letters.ruling(move, "extend", reasons=extension.reason, rows=[(_("New date"), until)])
    return move.case


def _extend_clocks(move: Move, days: int) -> dict[str, dt.datetime | None]:
    """Both the promise and the statutory limit move; days in the unit of each clock."""
    due: dict[str, dt.datetime] = {}
    for kind in opening.DECISION_CLOCKS:
        if kind == opening.STATUTORY and move.case.statutory_due_at is None:
            continue
        for clock in deadlines.extend(move.actor, subject=move.ref, kind=kind, by=days):
            due[kind] = clock.due_at
    return _dues(move.case, due)


# --- Opinions ---------------------------------------------------------------------------------------------


@transaction.atomic
def ask_opinion(
    actor: Actor,
    *,
    case: str,
    unit: str,
    question: str,
    shared_fields: Sequence[str] = (),
    procedure: str = "written",
    days: int | None = None,
    lock_version: int | None = None,
) -> OpinionRequest:
    """Ask another department; it sees the question and the ``shared_fields`` of the answers, nothing else.

    ``days`` are working days of the department asked. Raises ``NotFound`` for an unknown unit or procedure.
    """
    move = begin(actor, "ask_opinion", case, lock_version)
    asked = required("question", question, _("Write what you want to know."))
    way = opinion_procedures.find(procedure)
    target = Unit.objects.select_related("department__party").filter(key=unit, closed_on__isnull=True).first()
    if way is None or target is None:
        raise NotFound
    if target.pk == move.case.unit_id:
        raise InvalidInput.at("unit", "same_unit", _("Ask another unit than your own."))
    if OpinionRequest.objects.filter(case=move.case, unit=target, answered_at=None, withdrawn_at=None).exists():
        raise InvalidInput.at("unit", "already_asked", _("This unit has been asked and has not answered yet."))
    unknown = sorted(set(shared_fields) - set(move.case.answers))
    if unknown:
        raise InvalidInput.at("shared_fields", "unknown", _("Only answers of this case can be shared."))
    due = due_at(move.now, days or way.limit, "wd", calendars.working_days(target.department_id))
    request = OpinionRequest.objects.create(
        case=move.case,
        procedure=way.key,
        department_id=target.department_id,
        unit=target,
        question=asked,
        shared_fields=list(shared_fields),
        asked_by_id=actor.own_post_id,
        asked_at=move.now,
        due_at=due,
    )
    work.open_items(
        actor,
        [
            opening.item_for(
                move.case,
                "opinion_answer",
                TASK_OPINION,
                due=due,
                department_id=target.department_id,
                unit_id=target.pk,
                applicant_name="",
                excluded_persons=[actor.party_id] if actor.party_id else [],
            )
        ],
    )
    way.on_asked(actor, request)
    event = OpinionRequested(
        case=move.case.reference, opinion_id=request.pk, department_id=target.department_id, procedure=way.key
    )
    finish(
        move, note=_name_of(request, move.case), events=[event], refs=[Ref("opinion", str(request.pk))], content=asked
    )
    return request


@transaction.atomic
def give_opinion(actor: Actor, *, opinion_id: int, stance: str, answer: str) -> OpinionRequest:
    """The department asked answers: agree, agree with conditions, or object (the latter two say why)."""
    move = begin(actor, "give_opinion", _case_of(opinion_id))
    request, hand = _open_opinion(move.case, opinion_id)
    if stance not in ("agree", "conditions", "object"):
        raise InvalidInput.at("stance", "unknown", _("Choose one of the possible answers."))
    text = answer.strip()
    if stance != "agree":
        text = required("answer", answer, _("Write your conditions or objections."))
    request.stance, request.answer = stance, text[:5000]
    request.answered_at, request.answered_by_id = move.now, actor.post_id
    request.save(update_fields=["stance", "answer", "answered_at", "answered_by"])
    refs = [Ref("opinion", str(request.pk))]
    finish(move, note=_name_of(request, move.case), refs=refs, content={"stance": stance, "answer": text})
    complete_item(actor, hand.id, outcome=stance, note=text)
    return request


@transaction.atomic
def withdraw_opinion(actor: Actor, *, opinion_id: int, lock_version: int | None = None) -> OpinionRequest:
    """The answer is no longer needed; the review goes on without it."""
    move = begin(actor, "withdraw_opinion", _case_of(opinion_id), lock_version)
    request, hand = _open_opinion(move.case, opinion_id)
    request.withdrawn_at = move.now
    request.save(update_fields=["withdrawn_at"])
    opinion_procedures.get(request.procedure).on_withdrawn(actor, request)
    finish(move, note=_name_of(request, move.case), refs=[Ref("opinion", str(request.pk))])
    work.cancel_items(actor, item_ids=[hand.id])
    return request


def _case_of(opinion_id: int) -> str:
    reference = OpinionRequest.objects.filter(pk=opinion_id).values_list("case__reference", flat=True).first()
    if reference is None:
        raise NotFound
    return reference


def _open_opinion(case: Case, opinion_id: int) -> tuple[OpinionRequest, facts.Hand]:
    """Read after the case was locked: whoever answered first has changed it by now."""
    request = (
        OpinionRequest.objects.select_related("unit")
        .filter(pk=opinion_id, answered_at__isnull=True, withdrawn_at__isnull=True)
        .first()
    )
    hands = facts.hands_of(case)
    hand = next(
        (each for each in hands if each.kind == "opinion_answer" and request and each.unit_id == request.unit_id), None
    )
    if request is None or hand is None:
        raise errors.NoOpinionOpen
    request.case = case
    return request, hand


def _name_of(request: OpinionRequest, case: Case) -> str:
    return localise(request.unit.name, case.language)
