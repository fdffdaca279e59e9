"""The letters of a service before any case has one: what the law prescribes in them, and a sample of each."""

import copy
import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from egov.casework import letters, opening
from egov.casework.models import Case, Decision, Outcome
from egov.casework.moving import basis_of
from egov.casework.rules.letters import bracketed, sample_answer
from egov.catalogue import queries as catalogue
from egov.catalogue.models import ServiceVersion
from egov.catalogue.rules import in_order
from egov.deadlines import queries as deadlines
from egov.deadlines.rules import due_at
from egov.documents import queries as documents
from egov.documents.actions import DocumentSpec
from egov.identity import queries as identity
from egov.identity.models import Organisation, Party, PartyKind, Unit
from egov.kernel import clock
from egov.kernel.errors import NotFound
from egov.kernel.text import LocalisedText, language_tag, localise
from egov.law import queries as law
from egov.law.rules import ProcedureDefinition

OUTCOMES = {"grant": Outcome.GRANTED, "refuse": Outcome.REFUSED, "not_accept": "not_accepted"}
WORDED = ("accept", "request_correction")  # letters with a template of their own: that they are issued is the ruling
# What stands in a sample for what a case brings.
NUMBER: LocalisedText = {"zh-Hans": "办件编号", "en": "number of the case"}
APPLICANT: LocalisedText = {"zh-Hans": "申请人", "en": "applicant"}
REASONS: LocalisedText = {"zh-Hans": "承办人写明的事实和理由", "en": "facts and reasons, as the officer writes them"}
MESSAGE: LocalisedText = {"zh-Hans": "缺什么、怎么补", "en": "what is missing and how to put it right"}
SIGNATORY: LocalisedText = {"zh-Hans": "签发人姓名", "en": "name of whoever signs"}


@dataclass(frozen=True)
class PrescribedLetter:
    """What a letter says by law: nobody who designs a service changes it.

    ``ruling`` is empty where the whole letter is worded in its template; ``remedies`` in the language of the page.
    """

    act: str
    title: LocalisedText
    ruling: LocalisedText
    basis: Sequence[LocalisedText]
    remedies: Sequence[str]


def letters_of(version: ServiceVersion) -> list[PrescribedLetter]:
    """The letters a service issues under its procedure, in the order a case can come to them."""
    if not version.procedure:
        return []
    procedure = law.procedure(version.procedure)
    return [_prescribed(version, procedure, act) for act in procedure.letters()]


def _prescribed(version: ServiceVersion, procedure: ProcedureDefinition, act: str) -> PrescribedLetter:
    rows = basis_of(procedure, act, version.legal_basis)
    outcome = OUTCOMES.get(act, "")
    return PrescribedLetter(
        act=act,
        title=procedure.title_of(act),
        ruling={} if act in WORDED else procedure.wording.get(act, {}),
        basis=[law.citation_text(row["instrument"], row["article"]) for row in rows],
        remedies=letters.remedies(procedure, outcome, language_tag()) if outcome else [],
    )


def sample_letter(version: ServiceVersion, *, act: str, language: str, department_id: int) -> bytes:
    """The letter of ``act`` as an applicant would get it, as a PDF marked as a sample; nothing is stored.

    Every question is answered by a sample, and paragraphs under a condition stand in it as well. The department is one
    that handles the service: ``department_id`` if it does or if nobody does. Raises ``NotFound`` for an act that no
    letter of this service tells.
    """
    if not version.procedure or act not in (procedure := law.procedure(version.procedure)).letters():
        raise NotFound
    case = _case(version, procedure, language, *_office(version, department_id))
    return documents.sample(_spec(case, procedure, act), holder=case.applicant, department=case.department)


def _office(version: ServiceVersion, department_id: int) -> tuple[Organisation, Unit]:
    rows = catalogue.rows_for(version.service)
    handling = [row.department_id for row in rows]
    chosen = department_id if department_id in handling or not handling else handling[0]
    units = [row.unit_id for row in rows if row.department_id == chosen and row.unit_id]
    unit = identity.unit_by_id(units[0]) if units else identity.units_of(chosen).first()
    department = identity.department_by_id(chosen)
    return department, unit or Unit(department=department, name=department.full_name)


def _case(
    version: ServiceVersion, procedure: ProcedureDefinition, language: str, department: Organisation, unit: Unit
) -> Case:
    """A case of nobody, never saved."""
    now = clock.now()
    person = not version.is_for(PartyKind.ORGANISATION)
    shown = copy.copy(version)
    shown.letters = [{name: part for name, part in row.items() if name != "when"} for row in version.letters]
    region = department.party.region_id or ""
    case = Case(
        reference=bracketed(localise(NUMBER, language), language),
        version=shown,
        service=version.service,
        applicant=Party(
            kind=PartyKind.PERSON if person else PartyKind.ORGANISATION,
            name=bracketed(localise(APPLICANT, language), language),
        ),
        title=version.name,
        department=department,
        unit=unit,
        answers={
            key: sample_answer(field, language=language, today=clock.today(), region=region)
            for key, field in in_order(version.form)
        },
        language=language,
        received_at=now,
        accepted_at=now,
    )
    for spec in opening.decision_clocks(case, procedure, now):
        setattr(case, f"{spec.kind}_due_at", opening.due_of(spec))
    return case


def _spec(case: Case, procedure: ProcedureDefinition, act: str) -> DocumentSpec:
    reasons = _in_brackets(case, REASONS)
    if act == "accept":
        return letters.acceptance_spec(case, procedure)
    if act == "request_correction":
        item = {"label": _first_question(case), "message": _in_brackets(case, MESSAGE)}
        return letters.correction_spec(case, procedure, [item], _respond_by(case, procedure))
    if act in ("grant", "refuse"):
        made = Decision(outcome=OUTCOMES[act], reasons=reasons)
        return letters.decision_spec(case, procedure, made, signatory=_in_brackets(case, SIGNATORY))
    return letters.ruling_spec(case, procedure, act, reasons=reasons)


def _first_question(case: Case) -> LocalisedText:
    return next((field["x-title"] for _key, field in in_order(case.version.form)), {})


def _respond_by(case: Case, procedure: ProcedureDefinition) -> dt.datetime:
    correction = procedure.correction
    if correction is None:
        raise NotFound
    days = deadlines.working_days(case.department_id)
    return due_at(case.received_at, correction.answer_limit, correction.answer_unit, days)


def _in_brackets(case: Case, words: LocalisedText) -> str:
    return bracketed(localise(words, case.language), case.language)
