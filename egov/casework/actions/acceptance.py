"""From receipt to acceptance: accept, refuse to accept, refer, ask for corrections, and what silence means."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from egov.casework import letters, opening
from egov.casework.errors import CorrectionNotProvided
from egov.casework.facts import complete_at
from egov.casework.models import Case, CaseFile, CorrectionRequest
from egov.casework.moving import Move, begin, finish
from egov.contracts.cases import CorrectionRequested
from egov.deadlines import actions as deadlines
from egov.deadlines.actions import ClockSpec
from egov.identity.models import Unit
from egov.kernel.actor import Actor
from egov.kernel.errors import FieldError, InvalidInput, NotFound
from egov.kernel.refs import Ref
from egov.kernel.text import LocalisedText
from egov.registers import queries as registers
from egov.work import actions as work

DEFAULT_PLAN: dict[str, Any] = {
    "key": "default",
    "steps": [
        {
            "key": "decide",
            "kind": "decide",
            "role": "reviewer",
            "title": {"zh-Hans": "审查并作出决定", "en": "Review and decide"},
        }
    ],
}
TASK_ACCEPT_AGAIN: LocalisedText = {"zh-Hans": "审核补正材料", "en": "Look at what was corrected"}
TOLD_MOST = 5000  # characters of a text shown to the applicant


def required(name: str, text: str, message: Any = None) -> str:
    """The text without blanks at its ends. Raises ``InvalidInput`` when nothing or too much was said."""
    tidy = text.strip()
    if not tidy:
        raise InvalidInput.at(name, "required", message or _("Say why; the applicant will read it."))
    if len(tidy) > TOLD_MOST:
        raise InvalidInput.at(name, "too_long", _("This is too long."))
    return tidy


@transaction.atomic
def accept(actor: Actor, *, case: str, lock_version: int | None = None, note: str = "") -> Case:
    """受理. The decision clocks start, the review plan begins, the applicant gets the notice of acceptance.

    Raises ``NotFound``, ``NotPermitted``, ``StaleVersion``, ``TransitionNotAllowed``.
    """
    move = begin(actor, "accept", case, lock_version)
    return _accepted(move, note=note, started_at=move.now)


@transaction.atomic
def deem_accepted(actor: Actor, *, case: str) -> Case:
    """Nothing was said in time: the case counts as accepted from the day its papers came in, corrected ones from theirs
    (Licensing Law art. 32(1)(4))."""
    move = begin(actor, "deem_accepted", case)
    return _accepted(move, note="", started_at=complete_at(move.case))


def _accepted(move: Move, *, note: str, started_at: Any) -> Case:
    case = move.case
    restarts = move.procedure.correction is not None and move.procedure.correction.restarts_clock
    started = case.f_last_answer if restarts and case.f_last_answer else started_at  # type: ignore[attr-defined]
    deadlines.stop(move.actor, subject=move.ref, kind=opening.ACCEPTANCE)
    clocks = deadlines.start_clocks(move.actor, opening.decision_clocks(case, move.procedure, started))
    due = {clock.kind: clock.due_at for clock in clocks}
    work.settle_items(move.actor, subject=move.ref, kinds=["accept"], outcome=move.act.key)
    changes = {
        "accepted_at": started,
        "promised_due_at": due[opening.PROMISED],
        "statutory_due_at": due.get(opening.STATUTORY),
        "handler_id": move.actor.post_id or case.handler_id,
    }
    finish(move, note=note, changes=changes)
    letters.acceptance(move)
    work.start_plan(
        move.actor,
        subject=move.ref,
        definition=case.version.plan or DEFAULT_PLAN,
        context=case.answers,
        department_id=case.department_id,
        unit_id=case.unit_id,
        title=case.title,
        subtitle=case.applicant.name,
        topic=case.service.code,
        due_at=case.promised_due_at,
        excluded_persons=opening.concerned(case),
    )
    return case


@transaction.atomic
def not_accept(actor: Actor, *, case: str, reason: str, lock_version: int | None = None) -> Case:
    """不予受理, in writing with the reason and the remedies. It is not a refusal: nothing was examined."""
    move = begin(actor, "not_accept", case, lock_version)
    told = required("reason", reason)
    row = _ended(move, told)
    letters.ruling(move, "not_accept", reasons=told)
    return row


@transaction.atomic
def redirect_case(actor: Actor, *, case: str, body: str, reason: str = "", lock_version: int | None = None) -> Case:
    """The matter belongs to an organ outside this platform: it is named and the case ends here (art. 32(1)(2))."""
    move = begin(actor, "redirect", case, lock_version)
    named = required("body", body, _("Name the competent body."))
    row = _ended(move, f"{named}. {reason.strip()}" if reason.strip() else named)
    letters.ruling(move, "redirect", reasons=reason.strip(), rows=[(_("Competent body"), named)])
    return row


def _ended(move: Move, note: str) -> Case:
    deadlines.stop(move.actor, subject=move.ref)
    work.settle_items(move.actor, subject=move.ref, kinds=["accept"], outcome=move.act.key)
    work.cancel_for(move.actor, subject=move.ref)
    return finish(move, note=note, changes={"closed_at": move.now})


@transaction.atomic
def transfer_case(actor: Actor, *, case: str, unit: str, reason: str, lock_version: int | None = None) -> Case:
    """Another unit of this platform is competent: the case goes there as it is, with its clock running on.

    Raises ``NotFound`` for an unknown or closed unit.
    """
    move = begin(actor, "transfer", case, lock_version)
    told = required("reason", reason)
    target = Unit.objects.filter(key=unit, closed_on__isnull=True).first()
    if target is None:
        raise NotFound(_("There is no such unit."))
    if target.pk == move.case.unit_id:
        raise InvalidInput.at("unit", "same_unit", _("The case is in this unit already."))
    work.move_to_unit(actor, subject=move.ref, department_id=target.department_id, unit_id=target.pk)
    route = {**move.case.route, "moved": [*move.case.route.get("moved", []), {"to": target.key, "reason": told}]}
    changes = {"department_id": target.department_id, "unit_id": target.pk, "handler_id": None, "route": route}
    return finish(move, note=told, changes=changes, refs=[Ref("unit", target.key)])


# --- Corrections -------------------------------------------------------------------------------------


@transaction.atomic
def request_correction(
    actor: Actor, *, case: str, items: Sequence[Mapping[str, Any]], lock_version: int | None = None
) -> Case:
    """补正: once, everything listed. ``items``: ``{"field"|"material": key, "message": text}``.

    The acceptance clock ends, the applicant's clock starts; work on the case rests. Raises ``InvalidInput`` for an
    empty list or an unknown field, ``CorrectionUsed``, ``CorrectionWindowOver``.
    """
    move = begin(actor, "request_correction", case, lock_version)
    listed = _listed(move.case, items)
    rules = move.procedure.correction
    if rules is None:
        raise CorrectionNotProvided
    deadlines.stop(actor, subject=move.ref, kind=opening.ACCEPTANCE)
    (clock,) = deadlines.start_clocks(
        actor,
        [
            ClockSpec(
                subject=move.ref,
                kind=opening.CORRECTION,
                limit=rules.answer_limit,
                unit=rules.answer_unit,
                department_id=move.case.department_id,
                basis=opening.words(rules.basis),
                started_at=move.now,
            )
        ],
    )
    CorrectionRequest.objects.create(
        case=move.case,
        items=listed,
        asked_at=move.now,
        asked_by_id=actor.own_post_id,
        respond_by=clock.due_at,
        answers_before=move.case.answers,
    )
    work.settle_items(actor, subject=move.ref, kinds=["accept"], outcome="request_correction")
    event = CorrectionRequested(
        case=move.case.reference,
        matter=move.case.matter,
        service=move.case.service.code,
        applicant_id=move.case.applicant_id,
        respond_by=clock.due_at.isoformat(),
    )
    finish(move, events=[event], changes={"handler_id": actor.post_id}, content=listed)
    letters.correction(move, listed, clock.due_at)
    return move.case


def _listed(case: Case, items: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Each item with the name people know it by."""
    fields = (case.version.form or {}).get("properties", {})
    materials = {each["key"]: each for each in case.version.materials}
    listed: list[dict[str, Any]] = []
    faults: list[FieldError] = []
    for number, item in enumerate(items):
        message = str(item.get("message", "")).strip()
        kind = "field" if item.get("field") else "material"
        key = str(item.get(kind, ""))
        label = fields.get(key, {}).get("x-title") if kind == "field" else materials.get(key, {}).get("name")
        if label is None:
            faults.append(
                FieldError(f"items/{number}", "unknown", _("This is not a question or material of the form."))
            )
        elif not message:
            faults.append(FieldError(f"items/{number}/message", "required", _("Say what is missing or wrong.")))
        else:
            listed.append({kind: key, "label": label, "message": message[:TOLD_MOST]})
    if not items:
        faults.append(FieldError("items", "required", _("List everything that has to be corrected.")))
    if faults:
        raise InvalidInput(faults)
    return listed


@transaction.atomic
def answer_correction(
    actor: Actor,
    *,
    case: str,
    answers: Mapping[str, Any],
    files: Sequence[tuple[str, int]] = (),
    entailed: Collection[str] = (),
    lock_version: int | None = None,
) -> Case:
    """The applicant corrects what was listed, nothing else; the office looks again, its clock starts anew.

    ``answers`` are checked by the caller with the validator of the form (None: taken back). ``files``: (material, id
    of the stored file). ``entailed``: questions and materials that the form asks, or asks no more, because of them.
    Raises ``InvalidInput`` when something listed is missing or something else was changed.
    """
    move = begin(actor, "answer_correction", case, lock_version)
    row = move.case
    request = CorrectionRequest.objects.get(case=row, answered_at__isnull=True)
    given = _corrected(request, answers, files, frozenset(entailed))
    CaseFile.objects.bulk_create(
        CaseFile(case=row, material=material, file_id=file_id, origin="correction", added_at=move.now)
        for material, file_id in files
    )
    request.answered_at = move.now
    request.save(update_fields=["answered_at"])
    now = {key: value for key, value in {**row.answers, **given}.items() if value is not None}
    finish(move, changes={"answers": now, "sources": registers.sources_of(now, row.sources)}, content=given)
    _look_again(move)
    return row


def _corrected(
    request: CorrectionRequest, answers: Mapping[str, Any], files: Sequence[tuple[str, int]], entailed: frozenset[str]
) -> dict[str, Any]:
    fields = {item["field"] for item in request.items if "field" in item}
    materials = {item["material"] for item in request.items if "material" in item}
    given = {material for material, _file in files}
    faults = [
        FieldError(name, "not_listed", _("Only what was listed can be corrected."))
        for name in sorted(((set(answers) - fields) | (given - materials)) - entailed)
    ]
    faults += [
        FieldError(name, "required", _("This was listed and is still missing."))
        for name in sorted((fields - set(answers)) | (materials - given))
    ]
    if faults:
        raise InvalidInput(faults)
    return dict(answers)


@transaction.atomic
def take_as_it_is(actor: Actor, *, case: str) -> Case:
    """Nothing was corrected in time and the procedure goes on with what there is (hotline)."""
    move = begin(actor, "take_as_it_is", case)
    CorrectionRequest.objects.filter(case=move.case, answered_at__isnull=True).update(answered_at=move.now)
    finish(move)
    _look_again(move)
    return move.case


def _look_again(move: Move) -> None:
    """Back at the office: its clock and its item start anew, at the officer who asked if there is one."""
    row = move.case
    deadlines.stop(move.actor, subject=move.ref, kind=opening.CORRECTION)
    spec = opening.acceptance_clock(row, move.procedure, move.now)
    due = None
    if spec is not None:
        (clock,) = deadlines.start_clocks(move.actor, [spec])
        due = clock.due_at
    work.open_items(
        move.actor, [opening.item_for(row, "accept", TASK_ACCEPT_AGAIN, due=due, assignee_id=row.handler_id)]
    )
