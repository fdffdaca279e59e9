"""All that the departments of a matter ask to be put right, as one notice."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from egov.casework import queries as casework
from egov.casework.models import Case, CorrectionRequest
from egov.catalogue import queries as catalogue
from egov.intake import rules
from egov.intake.queries.changing import (
    DECIDES_FEE,
    MatterAnswers,
    MemberAnswers,
    answers_of,
    decides_fee,
    files_in,
    without_files,
)
from egov.intake.queries.drafts import OpenCorrection, asked_keys, check_answers, form_for
from egov.intake.rules import Form, MergedForm, Question
from egov.journal import actions as journal
from egov.kernel.actor import Actor
from egov.kernel.errors import FieldError, NotFound
from egov.kernel.refs import Ref
from egov.kernel.text import LocalisedText


@dataclass(frozen=True)
class AskedCorrection:
    """What one department asks, once, everything listed."""

    case: Case
    form: Form
    request: CorrectionRequest

    @cached_property
    def keys(self) -> tuple[str, ...]:
        """Questions to answer, in the order of the form."""
        return asked_keys(self.form, self.request.items)


@dataclass(frozen=True)
class Asker:
    """Who asks for a question, on which case, and what was said about it."""

    case: Case
    message: str

    @property
    def department(self) -> LocalisedText:
        name: LocalisedText = self.case.department.full_name
        return name


@dataclass(frozen=True)
class OpenCorrections:
    """``form``: the forms of the cases concerned as one, each element once; a part goes by its case."""

    matter: str
    form: MergedForm
    asked: tuple[AskedCorrection, ...]

    @property
    def respond_by(self) -> dt.datetime:
        """The first of the days given; whoever keeps it keeps all."""
        return min(each.request.respond_by for each in self.asked)

    @cached_property
    def keys(self) -> tuple[str, ...]:
        """Merged keys in the order of the form; what several ask for once."""
        wanted = {self.form.part(each.case.reference).names[key] for each in self.asked for key in each.keys}
        shared = [question.key for question in self.form.shared]
        return tuple(key for key in (*self.form.order, *shared) if key in wanted)

    @property
    def questions(self) -> list[Question]:
        return [self.form.by_key[key] for key in self.keys]

    @cached_property
    def answers(self) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for each in self.asked:
            found |= self.form.told(each.case.reference, each.case.answers, found)
        return found

    def askers(self, key: str) -> list[Asker]:
        found = []
        for each in self.asked:
            names = self.form.part(each.case.reference).names
            own = next((own for own in each.keys if names[own] == key), None)
            if own is not None:
                said = next((item["message"] for item in each.request.items if _is_about(item, each.form, own)), "")
                found.append(Asker(each.case, said))
        return found


def _is_about(item: Mapping[str, Any], form: Form, key: str) -> bool:
    return item.get("field") == key or (form.by_key[key].is_file and item.get("material") == form.by_key[key].material)


def open_corrections(actor: Actor, *, matter: str) -> OpenCorrections:
    """Raises ``NotFound`` for a stranger and when nothing is asked (any more). Two statements, one for the journal."""
    cases = casework.own_cases(actor).filter(matter=matter)
    rows = CorrectionRequest.objects.filter(case__in=cases, answered_at__isnull=True, case__state="correction")
    asked = []
    for row in rows.select_related("case__department__party", "case__unit").order_by("asked_at", "id"):
        row.case.version = catalogue.version(row.case.version_id)
        asked.append(AskedCorrection(row.case, form_for(row.case.version), row))
    if not asked:
        raise NotFound
    applicant = asked[0].case.applicant_id
    if actor.party_id != applicant:
        journal.record_view(actor, Ref("matter", matter), Ref("party", str(applicant)))
    return OpenCorrections(matter, rules.merge({each.case.reference: each.form for each in asked}), tuple(asked))


@dataclass(frozen=True)
class PutRight:
    """What was answered to a correction, as the form of the case takes it.

    ``keys``: questions that may be answered: those listed, and those that the new answers make necessary or wrong.
    ``answers``: those listed, and all that is different because of them (None: taken back, or not asked any more).
    """

    keys: frozenset[str]
    answers: Mapping[str, Any]
    faults: tuple[FieldError, ...]


def put_right(
    asked: OpenCorrection | AskedCorrection, answers: Mapping[str, Any], *, files: Mapping[str, Sequence[str]]
) -> PutRight:
    """``answers``: under the keys of the form of the case; ``files``: material → references, of what is handed in now."""
    form, case = asked.form, asked.case
    given = rules.storable(form, answers)
    told, held = without_files(form, case.answers), files_in(form, case.answers)
    before = check_answers(form, told, files=held)
    known = {(fault.path, fault.code) for fault in before.faults}
    keys = frozenset(asked.keys)
    while True:
        told |= {key: given[key] for key in keys if key in given}
        checked = check_answers(form, told, files={**held, **files})
        new = {fault.path.split("/")[0] for fault in checked.faults if (fault.path, fault.code) not in known}
        more = (checked.visible - before.visible) | (checked.required - before.required) | new
        if more <= keys:
            break
        keys |= more
    listed = {item["field"] for item in asked.request.items if "field" in item}
    changed = {key for key in form.by_key if before.answers.get(key) != checked.answers.get(key)}
    right = {key: checked.answers.get(key) for key in listed | (changed - set(asked.keys))}
    faults = list(checked.faults_on(keys))
    faults += [
        FieldError(key, "required", rules.missing(form.by_key[key]).message)
        for key in asked.keys
        if form.by_key[key].is_file and not files.get(form.by_key[key].material)
    ]
    if message := decides_fee(case.version, before.answers, checked.answers):
        faults += [FieldError(key, DECIDES_FEE, message) for key in asked.keys if key in changed]
    return PutRight(keys, right, tuple(faults))


def asked_there(found: MatterAnswers) -> dict[str, set[str]]:
    """By member whose department waits for a correction: the merged keys of what it asks for. One statement or none."""
    cases = {each.case.pk: each for each in found.members if each.case is not None and each.case.state == "correction"}
    rows = CorrectionRequest.objects.filter(case__in=cases, answered_at__isnull=True) if cases else ()
    asked: dict[str, set[str]] = {}
    for row in rows:
        each = cases[row.case_id]
        names = found.form.part(each.member.key).names
        asked[each.member.key] = {names[key] for key in asked_keys(each.form, row.items)}
    return asked


def answerable(found: OpenCorrection | OpenCorrections, answers: Mapping[str, Any]) -> frozenset[str]:
    """The keys of ``found.form`` that count: what departments ask, and what ``answers`` to that make necessary."""
    if isinstance(found, OpenCorrection):
        return put_right(found, answers, files={}).keys
    parts = [(each, found.form.part(each.case.reference)) for each in found.asked]
    return frozenset(
        part.names[key] for each, part in parts for key in put_right(each, part.own(answers), files={}).keys
    )


def reached_besides(actor: Actor, asked: Sequence[OpenCorrection | AskedCorrection]) -> list[MemberAnswers]:
    """The other services of the matter that hear of what is put right. None when the matter is somebody else's."""
    try:
        found = answers_of(actor, matter=asked[0].case.matter)
    except NotFound:
        return []
    by_case = {each.member.case: found.form.part(each.member.key) for each in found.members}
    names = {by_case[each.case.reference].names[key] for each in asked for key in each.keys}
    there = asked_there(found)
    reached = {
        each.member.key
        for name in names
        if not found.form.by_key[name].is_file
        for each in found.reached(name)
        if name not in there.get(each.member.key, ())
    }
    return [each for each in found.members if each.member.key in reached]
