"""The statutory lifecycle: one table of moves for every service. No database, no clock.

The law beside a row is not here: each service names a procedure (``law.ProcedureDefinition``) that gives the limits,
the wording and the article for the act. Guards read :class:`Facts` and answer with a typed error, or with nothing.
"""

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from egov.casework import errors
from egov.kernel.errors import EgovError, NotPermitted, TransitionNotAllowed
from egov.law.rules import ProcedureDefinition

SUBMITTED, RECEIVED, CORRECTION, ACCEPTED = "submitted", "received", "correction", "accepted"
SUSPENDED, DECIDED, DELIVERED, CLOSED = "suspended", "decided", "delivered", "closed"
NOT_ACCEPTED, REDIRECTED, WITHDRAWN, TERMINATED = "not_accepted", "redirected", "withdrawn", "terminated"

BEFORE_DECISION = frozenset({SUBMITTED, RECEIVED, CORRECTION, ACCEPTED, SUSPENDED})
UNDER_REVIEW = frozenset({ACCEPTED, SUSPENDED})
DONE = frozenset({DELIVERED, CLOSED})
ENDS = frozenset({CLOSED, NOT_ACCEPTED, REDIRECTED, WITHDRAWN, TERMINATED})

WORST_GOOD_GRADE = 3  # 国办发〔2019〕51号: 1 and 2 are bad ratings


class Who(StrEnum):
    """In which part somebody acts on a case."""

    APPLICANT = "applicant"
    OFFICER = "officer"  # of the handling unit
    APPROVER = "approver"  # who the procedure lets approve an extension
    ADVISER = "adviser"  # of the department whose opinion is asked
    SUPERVISOR = "supervisor"  # data administration: ratings
    SYSTEM = "system"


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
    tasks: frozenset[str] = frozenset()
    has_draft: bool = False
    grade: int | None = None
    rectified: bool = False
    verified: bool | None = None
    second_grade: int | None = None
    contest_by: dt.date | None = None


Guard = Callable[[Facts], EgovError | None]


@dataclass(frozen=True)
class Act:
    """One row of the table. ``after`` empty: the state stays. ``article``: the act's name in the procedure."""

    key: str
    label: Promise
    before: frozenset[str]
    after: str = ""
    who: frozenset[Who] = frozenset({Who.OFFICER})
    roles: frozenset[str] = frozenset()  # of an officer; empty: every role of the unit
    guards: tuple[Guard, ...] = ()
    article: str = ""
    public: bool = True  # shown to the applicant
    by_form: bool = True  # offered as a button; others happen by themselves or inside another act

    def target(self, state: str) -> str:
        return self.after or state


# --- Guards ------------------------------------------------------------------------------------------


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


def decide_step_reached(facts: Facts) -> EgovError | None:
    return None if "decide" in facts.tasks else errors.StepsOutstanding()


def sign_step_reached(facts: Facts) -> EgovError | None:
    """A plan without a signing step is signed by whoever decides."""
    if not facts.has_draft:
        return errors.NoDraft()
    return None if facts.tasks & {"sign", "decide"} else errors.NotTheSignStep()


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

# --- The table ------------------------------------------------------------------------------------------

_FRONT = frozenset({"clerk", "reviewer", "section_head", "department_head"})
_REVIEW = frozenset({"reviewer", "inspector", "section_head", "department_head"})
_ISSUE = frozenset({"clerk", "reviewer", "records", "section_head", "department_head"})
_LEAD = frozenset({"section_head", "department_head"})


def _states(*names: str) -> frozenset[str]:
    return frozenset(names)


def _by(*whos: Who) -> frozenset[Who]:
    return frozenset(whos)


_ALL = (
    Act("open", _("Received"), _states(""), RECEIVED, _by(Who.APPLICANT, Who.OFFICER, Who.SYSTEM), by_form=False),
    Act("open_unpaid", _("Submitted"), _states(""), SUBMITTED, _by(Who.APPLICANT, Who.OFFICER, Who.SYSTEM), by_form=False),
    Act("pay", _("Paid and received"), _states(SUBMITTED), RECEIVED, _by(Who.SYSTEM), by_form=False),
    Act("accept", _("Accept"), _states(RECEIVED), ACCEPTED, roles=_FRONT, guards=(paid,), article="accept"),
    Act(
        "accept_at_once",
        _("Accepted on receipt"),
        _states(RECEIVED),
        ACCEPTED,
        _by(Who.SYSTEM),
        article="accept",
        by_form=False,
    ),
    Act(
        "deem_accepted",
        _("Counts as accepted, because nothing was said in time"),
        _states(RECEIVED),
        ACCEPTED,
        _by(Who.SYSTEM),
        article="request_correction",
        by_form=False,
    ),
    Act("not_accept", _("Do not accept"), _states(RECEIVED), NOT_ACCEPTED, roles=_FRONT, article="not_accept"),
    Act("redirect", _("Refer to the competent body"), _states(RECEIVED), REDIRECTED, roles=_FRONT, article="redirect"),
    Act("transfer", _("Hand over to another unit"), _states(RECEIVED), roles=_FRONT, article="redirect"),
    Act(
        "request_correction",
        _("Ask for corrections"),
        _states(RECEIVED),
        CORRECTION,
        roles=_FRONT,
        guards=(correction_allowed,),
        article="request_correction",
    ),
    Act("answer_correction", _("Correct and complete"), _states(CORRECTION), RECEIVED, _by(Who.APPLICANT)),
    Act(
        "take_as_it_is",
        _("Taken as it is, because nothing was corrected in time"),
        _states(CORRECTION),
        RECEIVED,
        _by(Who.SYSTEM),
        by_form=False,
    ),
    Act(
        "suspend",
        _("Stop the clock"),
        _states(ACCEPTED),
        SUSPENDED,
        roles=_REVIEW,
        guards=(special_procedure_known,),
        article="suspend",
    ),
    Act("resume", _("Let the clock run again"), _states(SUSPENDED), ACCEPTED, _by(Who.OFFICER, Who.SYSTEM), _REVIEW),
    Act(
        "propose_extension",
        _("Propose an extension"),
        UNDER_REVIEW,
        roles=_REVIEW,
        guards=(extension_allowed,),
        public=False,
    ),
    Act(
        "extend",
        _("Approve the extension"),
        UNDER_REVIEW,
        who=_by(Who.APPROVER),
        guards=(extension_pending,),
        article="extend",
    ),
    Act(
        "refuse_extension",
        _("Do not extend"),
        UNDER_REVIEW,
        who=_by(Who.APPROVER),
        guards=(extension_pending,),
        public=False,
    ),
    Act("ask_opinion", _("Ask for an opinion"), UNDER_REVIEW, roles=_REVIEW),
    Act(
        "give_opinion", _("Give the opinion"), UNDER_REVIEW, who=_by(Who.ADVISER), guards=(opinion_open,)
    ),
    Act("withdraw_opinion", _("Withdraw the request"), UNDER_REVIEW, roles=_REVIEW, guards=(opinion_open,), public=False),
    Act("complete_step", _("Finish the step"), UNDER_REVIEW, public=False),
    Act(
        "draft_decision",
        _("Write the decision"),
        _states(ACCEPTED),
        roles=_REVIEW,
        guards=(decide_step_reached, no_opinion_open),
        public=False,
    ),
    Act(
        "return_draft",
        _("Send the draft back"),
        _states(ACCEPTED),
        roles=_REVIEW,
        guards=(sign_step_reached,),
        public=False,
    ),
    Act(
        "sign_decision",
        _("Sign the decision"),
        _states(ACCEPTED),
        DECIDED,
        roles=_REVIEW,
        guards=(sign_step_reached, no_opinion_open),
    ),
    Act("decide_at_once", _("Decided at once"), _states(ACCEPTED), DECIDED, _by(Who.SYSTEM), by_form=False),
    Act(
        "deliver",
        _("Deliver"),
        _states(DECIDED),
        DELIVERED,
        _by(Who.OFFICER, Who.SYSTEM),
        _ISSUE,
        article="deliver",
    ),
    Act("close", _("Close"), _states(DELIVERED), CLOSED, _by(Who.OFFICER, Who.SYSTEM), _ISSUE),
    Act(
        "withdraw",
        _("Withdraw"),
        BEFORE_DECISION,
        WITHDRAWN,
        _by(Who.APPLICANT),
        guards=(withdrawal_provided,),
        article="withdraw",
    ),
    Act(
        "terminate",
        _("Terminate"),
        BEFORE_DECISION,
        TERMINATED,
        _by(Who.OFFICER, Who.SYSTEM),
        _LEAD | {"reviewer"},
        article="terminate",
    ),
    Act("send_message", _("Write a message"), BEFORE_DECISION | {DECIDED, DELIVERED}, who=_by(Who.APPLICANT, Who.OFFICER)),
    Act("rate", _("Rate"), DONE, who=_by(Who.APPLICANT), guards=(not_rated,)),
    Act("verify_rating", _("Verify the rating"), DONE, who=_by(Who.SUPERVISOR), guards=(bad_rating_unverified,), public=False),
    Act("rectify_rating", _("Answer the rating"), DONE, guards=(bad_rating_open,)),
    Act("rate_again", _("Rate the answer"), DONE, who=_by(Who.APPLICANT), guards=(second_rating_open,)),
    Act(
        "contest",
        _("Contest"),
        DONE | {NOT_ACCEPTED},
        who=_by(Who.APPLICANT),
        guards=(contestable,),
        article="contest",
    ),
)

TRANSITIONS: Mapping[str, Act] = {act.key: act for act in _ALL}


# --- Asking the table ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Party:
    """In which parts an actor may act on one case, and with which roles."""

    parts: frozenset[Who]
    roles: frozenset[str] = frozenset()
    own_case: bool = False


@dataclass(frozen=True)
class Possibility:
    """An act, and why it is not possible now (None: it is)."""

    act: Act
    obstacle: EgovError | None = None

    @property
    def allowed(self) -> bool:
        return self.obstacle is None


def refusal(act: Act, facts: Facts, party: Party) -> EgovError | None:
    """Why the act is not allowed: the person first, then the state, then the guards."""
    return _not_for(act, party) or _not_from(act, facts) or next(
        (obstacle for guard in act.guards if (obstacle := guard(facts)) is not None), None
    )


def _not_for(act: Act, party: Party) -> EgovError | None:
    common = act.who & party.parts
    if not common:
        return NotPermitted()
    if party.own_case and common <= {Who.OFFICER, Who.APPROVER, Who.ADVISER, Who.SUPERVISOR}:
        return errors.OwnCase()
    if common == {Who.OFFICER} and act.roles and not act.roles & party.roles:
        return errors.RoleMissing()
    return None


def _not_from(act: Act, facts: Facts) -> EgovError | None:
    return None if facts.state in act.before else TransitionNotAllowed()


def possibilities(facts: Facts, party: Party) -> list[Possibility]:
    """What the face offers: acts of this person in this state, with the obstacle where a guard stands against it."""
    found = []
    for act in TRANSITIONS.values():
        if act.by_form and _not_for(act, party) is None and _not_from(act, facts) is None:
            found.append(Possibility(act, refusal(act, facts, party)))
    return found


def reachable(start: str, acts: Iterable[Act] = _ALL) -> frozenset[str]:
    """All states that can follow ``start``."""
    found: set[str] = set()
    waiting = [start]
    while waiting:
        state = waiting.pop()
        nexts = {act.after for act in acts if state in act.before and act.after} - found
        found |= nexts
        waiting.extend(nexts)
    return frozenset(found)
