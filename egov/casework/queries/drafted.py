"""A decision that is drafted, as the applicant would read it."""

from collections.abc import Sequence
from dataclasses import dataclass

from egov.casework import letters
from egov.casework.models import Case, Decision
from egov.kernel.text import localise
from egov.law.rules import ProcedureDefinition


@dataclass(frozen=True)
class LetterDraft:
    """The letter in the language of the case; it has no number, date and seal before it is signed."""

    language: str
    title: str
    department: str
    addressee: str
    service: str
    reference: str
    filed_on: str
    outcome: str
    ruling: str
    reasons: str
    conditions: str
    citations: Sequence[str]
    remedies: Sequence[str]
    own_words: Sequence[str]


def letter_draft(case: Case, procedure: ProcedureDefinition, decision: Decision) -> LetterDraft:
    """No statement: ``case`` with its applicant and department."""
    data = letters.decision_data(case, procedure, decision)
    return LetterDraft(
        language=case.language,
        title=localise(procedure.title_of(letters.article_of(decision)), case.language),
        department=localise(case.department.full_name, case.language) or case.department.party.name,
        addressee=case.applicant.name,
        service=data["service"],
        reference=data["case"],
        filed_on=data["filed_on"],
        outcome=data["outcome"],
        ruling=data["ruling"],
        reasons=data["reasons"],
        conditions=data["conditions"],
        citations=data["citations"],
        remedies=data["remedies"],
        own_words=data.get("own_words", ()),
    )
