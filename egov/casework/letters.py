"""Official letters of a case: what the templates of the documents room are given. Private to this room."""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

import structlog
from django.utils.translation import gettext as _
from django.utils.translation import override

from egov.casework.models import Case, Decision
from egov.casework.moving import Move, basis_of, ref_of
from egov.casework.rules.letters import answer_in_words, day_in_words, own_words
from egov.catalogue.rules import ANSWERS
from egov.documents import actions as documents
from egov.documents.actions import DocumentSpec
from egov.documents.models import IssuedDocument
from egov.identity import queries as identity
from egov.kernel import clock
from egov.kernel.actor import SYSTEM, Actor
from egov.kernel.errors import Text
from egov.kernel.text import localise
from egov.law import queries as law
from egov.law.rules import ProcedureDefinition, Remedy

logger = structlog.get_logger(__name__)

DECISION, ACCEPTANCE, CORRECTION = "documents/decision", "documents/acceptance", "documents/correction"


def day_of(moment: dt.datetime | None) -> str:
    """The last day before ``moment`` (a due moment is 24:00 of the last day), or its own day, as YYYY-MM-DD."""
    return clock.local(moment).date().isoformat() if moment else ""


def last_day_of(due: dt.datetime | None) -> str:
    return day_of(due - dt.timedelta(microseconds=1)) if due else ""


def citations(articles: Sequence[Mapping[str, str]], language: str) -> list[str]:
    """Articles as people read them."""
    texts = (law.citation_text(each["instrument"], each.get("article", "")) for each in articles)
    return [localise(text, language) for text in texts]


def _speaking(language: str) -> override:
    """A letter speaks the language of its case, whichever one the officer works in."""
    return override("zh-hans" if language.startswith("zh") else language)


def remedies(procedure: ProcedureDefinition, outcome: str, language: str) -> list[str]:
    """How to contest, by when, before whom, on which law: one sentence each."""
    with _speaking(language):
        return [_remedy(remedy, language) for remedy in procedure.remedies_for(outcome)]


def _remedy(remedy: Remedy, language: str) -> str:
    kinds = {
        "reconsideration": _("apply for administrative reconsideration"),
        "review": _("ask for a review"),
        "litigation": _("bring an administrative action"),
        "complaint": _("complain"),
        "supervision": _("ask for supervision"),
    }
    units = {"wd": _("%(n)s working days"), "d": _("%(n)s days"), "m": _("%(n)s months"), "h": _("%(n)s hours")}
    basis = citations([{"instrument": a.instrument, "article": a.article} for a in remedy.basis], language)
    return _("Within %(limit)s of being told you may %(act)s: %(body)s (%(basis)s).") % {
        "limit": units[remedy.unit] % {"n": remedy.limit},
        "act": kinds[remedy.kind],
        "body": localise(remedy.body, language),
        "basis": (", " if language == "en" else "、").join(basis),
    }


# --- Letters of acts -----------------------------------------------------------------------------------


def acceptance(move: Move) -> IssuedDocument:
    """受理通知书 (Administrative Licensing Law art. 32(2) and its likes): stamped and dated."""
    return _issue(move.actor, move.case, acceptance_spec(move.case, move.procedure))


def acceptance_spec(case: Case, procedure: ProcedureDefinition) -> DocumentSpec:
    return _spec(
        case,
        procedure,
        "accept",
        ACCEPTANCE,
        {
            "accepted_on": day_of(case.accepted_at),
            "due_on": last_day_of(case.promised_due_at),
            "statutory_due_on": last_day_of(case.statutory_due_at),
            "unit": localise(case.unit.name, case.language),
            "phone": case.unit.phone,
        },
    )


def correction(move: Move, items: Sequence[Mapping[str, Any]], respond_by: dt.datetime) -> IssuedDocument:
    return _issue(move.actor, move.case, correction_spec(move.case, move.procedure, items, respond_by))


def correction_spec(
    case: Case, procedure: ProcedureDefinition, items: Sequence[Mapping[str, Any]], respond_by: dt.datetime
) -> DocumentSpec:
    return _spec(
        case,
        procedure,
        "request_correction",
        CORRECTION,
        {
            "items": [
                {"item": localise(each.get("label"), case.language), "message": each["message"]} for each in items
            ],
            "respond_by": last_day_of(respond_by),
            "phone": case.unit.phone,
        },
    )


def ruling(move: Move, article: str, *, reasons: str, rows: Sequence[tuple[Text, str]] = ()) -> IssuedDocument:
    """Any other written act: not accepted, referred, clock stopped, extended, terminated, in the procedure's words.

    ``rows``: label, to be translated by the letter, and value.
    """
    return _issue(move.actor, move.case, ruling_spec(move.case, move.procedure, article, reasons=reasons, rows=rows))


def ruling_spec(
    case: Case, procedure: ProcedureDefinition, article: str, *, reasons: str, rows: Sequence[tuple[Text, str]] = ()
) -> DocumentSpec:
    with _speaking(case.language):
        lines = [{"label": str(label), "value": value} for label, value in rows]
    outcome = "not_accepted" if article == "not_accept" else ""
    return _spec(
        case,
        procedure,
        article,
        DECISION,
        {
            "outcome": outcome,
            "ruling": localise(procedure.wording.get(article), case.language),
            "reasons": reasons,
            "rows": lines,
            "remedies": remedies(procedure, outcome, case.language) if outcome else [],
        },
    )


def _spec(
    case: Case, procedure: ProcedureDefinition, article: str, template: str, data: dict[str, Any]
) -> DocumentSpec:
    cited = basis_of(procedure, article, case.version.legal_basis)
    shared = {
        "case": case.reference,
        "service": localise(case.title, case.language),
        "filed_on": day_of(case.received_at),
        "citations": citations(cited, case.language),
        **added(case, article),
    }
    return DocumentSpec(
        template=template,
        title=procedure.title_of(article),
        subject=ref_of(case),
        holder_id=case.applicant_id,
        department_id=case.department_id,
        data={**shared, **data},
        language=case.language,
    )


def _issue(actor: Actor, case: Case, spec: DocumentSpec) -> IssuedDocument:
    (document,) = documents.issue_documents(issuer(actor, case), specs=[spec])
    return document


def issuer(actor: Actor, case: Case) -> Actor:
    """A department issues its own papers only; an act from elsewhere (a step in another department) lets the house do it."""
    return SYSTEM if actor.is_staff and actor.department_id != case.department_id else actor


def series_of(case: Case) -> str:
    """The series the decision's number is drawn from (发文字号), when the service names one."""
    letters = (output for output in case.version.outputs if output.get("type") == "letter")
    return next((output["series"] for output in letters if output.get("series")), "")


# --- What the department adds ----------------------------------------------------------------------------


def added(case: Case, article: str) -> dict[str, list[str]]:
    """The department's own paragraphs in the letter of that act; no entry where it adds none."""
    rows = case.version.letters
    if not rows:
        return {}
    found = own_words(
        rows, act=article, language=case.language, value=partial(_value, case), holds=partial(_holds, case)
    )
    return {"own_words": found} if found else {}


def _holds(case: Case, condition: str) -> bool:
    """A condition that fails on these answers leaves its paragraph out: no letter waits for what a department adds."""
    try:
        return law.holds(condition, case.answers)
    except law.EvaluationError as error:
        logger.warning("paragraph_not_evaluated", case=case.reference, error=str(error))
        return False


_VALUES: Mapping[str, Callable[[Case], str]] = {
    "case": lambda case: case.reference,
    "service": lambda case: localise(case.title, case.language),
    "applicant": lambda case: case.applicant.name,
    "filed_on": lambda case: day_in_words(day_of(case.received_at), case.language),
    "due_on": lambda case: day_in_words(last_day_of(case.promised_due_at), case.language),
    "department": lambda case: localise(case.department.full_name, case.language),
    "unit": lambda case: localise(case.unit.name, case.language),
    "address": lambda case: case.department.address,
    "office_hours": lambda case: localise(case.department.office_hours, case.language),
    "phone": lambda case: case.unit.phone or case.department.phone,
}


def _value(case: Case, name: str) -> str:
    """What stands for a placeholder of ``catalogue.rules.PLACEHOLDERS``, or for an answer of the form."""
    if not name.startswith(ANSWERS):
        return _VALUES[name](case)
    key = name.removeprefix(ANSWERS)
    return answer_in_words(
        (case.version.form or {})["properties"][key],
        case.answers.get(key),
        language=case.language,
        region=lambda code: identity.region_name(code, case.language),
    )


# --- The decision ----------------------------------------------------------------------------------------


def decision(
    actor: Actor,
    case: Case,
    procedure: ProcedureDefinition,
    made: Decision,
    *,
    rows: Sequence[tuple[str, str]] = (),
    signatory: str = "",
) -> IssuedDocument:
    """The letter that tells the decision, with its reasons, its law and the remedies (art. 38 and its likes)."""
    return _issue(actor, case, decision_spec(case, procedure, made, rows=rows, signatory=signatory))


def decision_spec(
    case: Case,
    procedure: ProcedureDefinition,
    made: Decision,
    *,
    rows: Sequence[tuple[str, str]] = (),
    signatory: str = "",
) -> DocumentSpec:
    return DocumentSpec(
        template=DECISION,
        series=series_of(case),
        title=procedure.title_of(article_of(made)),
        subject=ref_of(case),
        holder_id=case.applicant_id,
        department_id=case.department_id,
        data={
            **decision_data(case, procedure, made),
            "rows": [{"label": label, "value": value} for label, value in rows],
            "signatory": signatory,
        },
        language=case.language,
    )


def article_of(made: Decision) -> str:
    """The act of the procedure that the decision is."""
    return "refuse" if made.outcome == "refused" else "grant"


def decision_data(case: Case, procedure: ProcedureDefinition, made: Decision) -> dict[str, Any]:
    """What the letter says, in the language of the case."""
    article = article_of(made)
    cited = [*basis_of(procedure, article, case.version.legal_basis), *made.citations]
    return {
        "case": case.reference,
        "service": localise(case.title, case.language),
        "filed_on": day_of(case.received_at),
        "outcome": made.outcome,
        "ruling": localise(procedure.wording.get(article), case.language),
        "reasons": made.reasons,
        "conditions": made.conditions,
        "citations": list(dict.fromkeys(citations(cited, case.language))),
        "remedies": remedies(procedure, made.outcome, case.language),
        **added(case, article),
    }
