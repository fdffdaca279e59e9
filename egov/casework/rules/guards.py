"""What may stand against a move: facts of the case, and guards that answer with a typed error, or with nothing. Pure."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

from egov.casework import errors
from egov.kernel.errors import EgovError
from egov.law.rules import ProcedureDefinition

WORST_GOOD_GRADE = 3  # 国办发〔2019〕51号: 1 and 2 are bad ratings


@dataclass(frozen=True)
class Facts:
    """What guards look at. ``tasks``: kinds of the open work items of the running plan."""

    state: str
    procedure: ProcedureDefinition
    now: dt.datetime
    today: dt.date
    outcome: str = ""
    paid: bool = True
    correction_until: dt.datetime | None = None
    corrections_asked: int = 0
    special_procedures: int = 0
    statutory_due_at: dt.datetime | None = None
    extension_pending: bool = False
    extensions_approved: int = 0
    opinions_open: int = 0
    change_open: bool = False
    tasks: frozenset[str] = frozenset()
    has_draft: bool = False
    grade: int | None = None
    rectified: bool = False
    verified: bool | None = None
    second_grade: int | None = None
    contest_by: dt.date | None = None


Guard = Callable[[Facts], EgovError | None]


def paid(facts: Facts) -> EgovError | None:
    return None if facts.paid else errors.NotYetPaid()


def correction_allowed(facts: Facts) -> EgovError | None:
    """Once, everything listed, within the window (Administrative Licensing Law art. 32(1)(4) and its likes)."""
    correction = facts.procedure.correction
    if correction is None:
        return errors.CorrectionNotProvided()
    if facts.corrections_asked >= correction.times:
        return errors.CorrectionUsed()
    if correction.deemed_accepted and facts.correction_until is not None and facts.now >= facts.correction_until:
        return errors.CorrectionWindowOver()
    return None


def special_procedure_known(facts: Facts) -> EgovError | None:
    return None if facts.special_procedures else errors.NoSpecialProcedure()


def extension_allowed(facts: Facts) -> EgovError | None:
    """So often as the procedure says, and before the limit has passed."""
    extension = facts.procedure.extension
    if extension is None:
        return errors.ExtensionNotProvided()
    if facts.extension_pending:
        return errors.ExtensionPending()
    if facts.extensions_approved >= extension.times:
        return errors.ExtensionUsed()
    if facts.statutory_due_at is not None and facts.now >= facts.statutory_due_at:
        return errors.LimitPassed()
    return None


def extension_pending(facts: Facts) -> EgovError | None:
    return None if facts.extension_pending else errors.NoExtensionPending()


def no_opinion_open(facts: Facts) -> EgovError | None:
    return errors.OpinionOutstanding() if facts.opinions_open else None


def opinion_open(facts: Facts) -> EgovError | None:
    return None if facts.opinions_open else errors.NoOpinionOpen()


def change_open(facts: Facts) -> EgovError | None:
    return None if facts.change_open else errors.NoChangeOpen()


def no_change_open(facts: Facts) -> EgovError | None:
    return errors.ChangeOutstanding() if facts.change_open else None


def decide_step_reached(facts: Facts) -> EgovError | None:
    return None if "decide" in facts.tasks else errors.StepsOutstanding()


def sign_step_reached(facts: Facts) -> EgovError | None:
    if not facts.has_draft:
        return errors.NoDraft()
    return None if "sign" in facts.tasks else errors.NotTheSignStep()


def withdrawal_provided(facts: Facts) -> EgovError | None:
    return None if facts.procedure.can_withdraw else errors.WithdrawalNotProvided()


def not_rated(facts: Facts) -> EgovError | None:
    return None if facts.grade is None else errors.AlreadyRated()


def bad_rating_open(facts: Facts) -> EgovError | None:
    """Only verified complaints, or those not yet called back, wait for an answer."""
    bad = facts.grade is not None and facts.grade < WORST_GOOD_GRADE
    return None if bad and not facts.rectified and facts.verified is not False else errors.NothingToRectify()


def bad_rating_unverified(facts: Facts) -> EgovError | None:
    bad = facts.grade is not None and facts.grade < WORST_GOOD_GRADE
    return None if bad and facts.verified is None else errors.NothingToVerify()


def second_rating_open(facts: Facts) -> EgovError | None:
    open_now = facts.rectified and facts.second_grade is None
    return None if open_now else errors.SecondRatingNotOpen()


def contestable(facts: Facts) -> EgovError | None:
    """By reconsideration or its like under the procedure, within its time."""
    outcome = facts.outcome or facts.state
    if not any(remedy.kind in CONTESTED_HERE for remedy in facts.procedure.remedies_for(outcome)):
        return errors.NoRemedy()
    if facts.contest_by is not None and facts.today > facts.contest_by:
        return errors.RemedyTimePassed()
    return None


# Remedies that are themselves cases of this platform; the others name a court or another authority.
CONTESTED_HERE = frozenset({"reconsideration", "review"})
