"""What an applicant does with a form on a case that exists: put right what was asked, contest the decision."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction

from egov.casework import actions as casework
from egov.casework import queries as case_queries
from egov.casework.models import Case
from egov.intake import queries, rules, taking
from egov.intake.actions.drafts import start_draft
from egov.intake.actions.files import keep_upload, require_fitting
from egov.intake.errors import ServiceClosed
from egov.intake.models import Draft
from egov.intake.queries import OpenCorrections
from egov.intake.taking import TakenFile
from egov.kernel import clock
from egov.kernel.actor import Actor
from egov.kernel.errors import FieldError, InvalidInput, TransitionNotAllowed
from egov.kernel.text import localise


def answer_correction(
    actor: Actor,
    *,
    case: str,
    answers: Mapping[str, Any],
    uploads: Mapping[str, Sequence[Any]] | None = None,
    files: Mapping[str, Sequence[str]] | None = None,
) -> Case:
    """Correct what was listed, under the same validator as the form itself.

    ``answers``: to the listed questions only; ``uploads``: new files by material, ``files``: references of files stored
    before. Raises ``InvalidInput`` naming what is still wrong, ``NotFound``, ``TransitionNotAllowed``.
    """
    asked = queries.open_correction(actor, case=case)
    form = asked.form
    kept = [(file.material, file.id, file.reference) for file in _stored_before(actor, form, files or {})]
    for material, handed_in in (uploads or {}).items():
        for upload in handed_in:
            stored = keep_upload(actor, version=asked.case.version, material=material, upload=upload)
            kept.append((material, stored.pk, stored.reference))
    given = rules.storable(form, {key: answers[key] for key in answers if key in asked.keys})
    merged = {**asked.case.answers, **given}
    references: dict[str, list[str]] = {
        question.material: _as_list(asked.case.answers.get(question.key)) for question in form.file_questions
    }
    for material, _id, reference in kept:
        references[material] = [reference]
    plain = {key: value for key, value in merged.items() if key in form.by_key and not form.by_key[key].is_file}
    checked = queries.check_answers(form, plain, files=references)
    faults = list(checked.faults_on(asked.keys))
    new = {material for material, _id, _reference in kept}
    faults += [
        FieldError(key, "required", rules.missing(form.by_key[key]).message)
        for key in asked.keys
        if form.by_key[key].is_file and form.by_key[key].material not in new
    ]
    if faults:
        raise InvalidInput(faults)
    listed = {item["field"] for item in asked.request.items if "field" in item}
    return casework.answer_correction(
        actor,
        case=case,
        answers={key: checked.answers.get(key) for key in listed},
        files=[(material, file) for material, file, _reference in kept],
    )


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
    every fault under those keys, ``NotFound``.
    """
    found = queries.open_corrections(actor, matter=matter)
    kept = {**(files or {}), **_kept_once(actor, found, uploads or {})}
    faults: dict[tuple[str, str], FieldError] = {}
    done: list[Case] = []
    with transaction.atomic():
        for each in found.asked:
            part = found.form.part(each.case.reference)
            try:
                done.append(
                    answer_correction(
                        actor, case=each.case.reference, answers=part.own(answers), files=part.own_files(kept)
                    )
                )
            except InvalidInput as error:
                for fault in error.faults:
                    path = part.path(fault.path)
                    faults.setdefault((path, fault.code), FieldError(path, fault.code, fault.message))
        if faults:
            raise InvalidInput(list(faults.values()))
    return done


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


def _as_list(value: Any) -> list[str]:
    return [value] if isinstance(value, str) else list(value or ())


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
