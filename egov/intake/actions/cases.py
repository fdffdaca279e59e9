"""What an applicant does with a form on a case that exists: put right what was asked, contest the decision."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction

from egov.casework import actions as casework
from egov.casework import queries as case_queries
from egov.casework.models import Case
from egov.intake import queries, rules, taking
from egov.intake.actions import changes
from egov.intake.actions.drafts import start_draft
from egov.intake.actions.files import keep_upload, require_fitting
from egov.intake.errors import ServiceClosed
from egov.intake.models import Draft
from egov.intake.queries import AskedCorrection, OpenCorrection, OpenCorrections
from egov.intake.taking import TakenFile
from egov.kernel import clock
from egov.kernel.actor import Actor
from egov.kernel.errors import FieldError, InvalidInput, TransitionNotAllowed
from egov.kernel.text import localise
from egov.matters.models import Matter

Paper = tuple[str, int, str]  # material, id and reference of the stored file


def answer_correction(
    actor: Actor,
    *,
    case: str,
    answers: Mapping[str, Any],
    uploads: Mapping[str, Sequence[Any]] | None = None,
    files: Mapping[str, Sequence[str]] | None = None,
) -> Case:
    """Correct what was listed, under the same validator as the form itself, and what that makes necessary.

    The other services of the matter that asked for it hear of it, as of any correction. ``answers``: to other questions
    count for nothing; ``uploads``: new files by material, ``files``: references of files stored before. Raises
    ``InvalidInput`` naming what is still wrong, or the fee that an answer decides; ``NotFound``,
    ``TransitionNotAllowed``.
    """
    asked = queries.open_correction(actor, case=case)
    papers = _papers(actor, asked, uploads or {}, files or {})
    with transaction.atomic():
        _hold(asked.case.matter)
        done, changed = _answer(actor, asked, answers, papers)
        against = changes.carry_on(actor, matter=done.matter, corrected={case: changed})
        if against:
            raise InvalidInput(against[case])
    return done


def _papers(
    actor: Actor,
    asked: OpenCorrection | AskedCorrection,
    uploads: Mapping[str, Sequence[Any]],
    files: Mapping[str, Sequence[str]],
) -> list[Paper]:
    kept = [(file.material, file.id, file.reference) for file in _stored_before(actor, asked.form, files)]
    for material, handed_in in uploads.items():
        for upload in handed_in:
            stored = keep_upload(actor, version=asked.case.version, material=material, upload=upload)
            kept.append((material, stored.pk, stored.reference))
    return kept


def _hold(matter: str) -> None:
    """Matter before case, as every act that reaches several of its members; two answers at once both count."""
    Matter.objects.select_for_update(of=("self",)).filter(reference=matter).first()


def _answer(
    actor: Actor, asked: OpenCorrection | AskedCorrection, answers: Mapping[str, Any], papers: Sequence[Paper]
) -> tuple[Case, dict[str, Any]]:
    """One case put right, and the answers that are new by it. Raises ``InvalidInput`` under the keys of its form."""
    form, case = asked.form, asked.case
    handed_in: dict[str, list[str]] = {}
    for material, _id, reference in papers:
        handed_in.setdefault(material, []).append(reference)
    right = queries.put_right(asked, answers, files=handed_in)
    if right.faults:
        raise InvalidInput(list(right.faults))
    done = casework.answer_correction(
        actor,
        case=case.reference,
        answers=right.answers,
        files=[(material, file) for material, file, _reference in papers],
        entailed={*right.keys, *right.answers, *(form.by_key[key].material for key in right.keys)} - set(asked.keys),
    )
    told = queries.without_files(form, right.answers)
    return done, {key: value for key, value in told.items() if value is not None and value != case.answers.get(key)}


def answer_corrections(
    actor: Actor,
    *,
    matter: str,
    answers: Mapping[str, Any],
    uploads: Mapping[str, Sequence[Any]] | None = None,
    files: Mapping[str, Sequence[str]] | None = None,
) -> list[Case]:
    """Answer all that the departments of a matter ask, once: each gets what it asked for, all of them or none.

    ``answers``: under the keys of the one form of :func:`queries.open_corrections`; ``uploads``: new files by material,
    ``files``: references of files stored before; what several ask for is stored once. Raises ``InvalidInput`` naming
    every fault under those keys, as of :func:`answer_correction`; ``NotFound``.
    """
    found = queries.open_corrections(actor, matter=matter)
    kept = {**(files or {}), **_kept_once(actor, found, uploads or {})}
    faults: dict[str, list[FieldError]] = {}
    done: dict[str, Case] = {}
    corrected: dict[str, dict[str, Any]] = {}
    with transaction.atomic():
        _hold(matter)
        for each in found.asked:
            case, part = each.case.reference, found.form.part(each.case.reference)
            try:
                papers = _papers(actor, each, {}, part.own_files(kept))
                done[case], corrected[case] = _answer(actor, each, part.own(answers), papers)
            except InvalidInput as error:
                faults[case] = list(error.faults)
        faults = faults or changes.carry_on(actor, matter=matter, corrected=corrected)
        if faults:
            raise InvalidInput(_under_merged_keys(found, faults))
    return list(done.values())


def _under_merged_keys(found: OpenCorrections, faults: Mapping[str, Sequence[FieldError]]) -> list[FieldError]:
    """``faults``: case → its faults under its own keys. What several say of one answer is said once."""
    told: dict[tuple[str, str], FieldError] = {}
    for case, own in faults.items():
        for fault in own:
            path = found.form.part(case).path(fault.path)
            told.setdefault((path, fault.code), FieldError(path, fault.code, fault.message))
    return list(told.values())


def _kept_once(actor: Actor, found: OpenCorrections, uploads: Mapping[str, Sequence[Any]]) -> dict[str, list[str]]:
    """References of the new files by material, each stored under the form of the first that asks for it."""
    kept: dict[str, list[str]] = {}
    for material, given in uploads.items():
        asker = next((each for each in found.asked if material in found.form.part(each.case.reference).materials), None)
        if asker is not None:
            stored = [
                keep_upload(actor, version=asker.case.version, material=material, upload=upload) for upload in given
            ]
            kept[material] = [file.reference for file in stored]
    return {material: references for material, references in kept.items() if references}


def _stored_before(actor: Actor, form: rules.Form, files: Mapping[str, Sequence[str]]) -> tuple[TakenFile, ...]:
    found = taking.own_files(actor, files)
    require_fitting(form, found)
    return found


def start_contest(actor: Actor, *, case: str) -> Draft:
    """Begin the application by which a decision is contested; the form already names the decision.

    Raises ``NotFound`` for a stranger, ``TransitionNotAllowed`` (its own reason) when it cannot be contested (any
    more), ``ServiceClosed`` when no such service can be filed here.
    """
    page = case_queries.case_for_applicant(actor, case)
    obstacle = next((each.obstacle for each in page.possibilities if each.act.key == "contest"), TransitionNotAllowed())
    if obstacle is not None:
        raise obstacle
    version = queries.remedy_service()
    if version is None:
        raise ServiceClosed
    told = page.case.delivered_at or page.case.closed_at
    return start_draft(
        actor,
        service=version.service.code,
        region=page.case.region,
        about=case,
        answers={
            "contested_case": case,
            "respondent": localise(page.case.department.full_name),
            "learned_on": clock.local(told).date().isoformat() if told else None,
        },
    )
