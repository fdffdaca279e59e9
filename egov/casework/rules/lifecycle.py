"""The statutory lifecycle: one table of moves for every service. No database, no clock.

The law beside a row is not here: each service names a procedure (``law.ProcedureDefinition``) that gives the limits,
the wording and the article for the act. Guards read :class:`Facts` and answer with a typed error, or with nothing.
"""

from collections.abc import Iterable, Mapping
from dataclasses import KW_ONLY, dataclass, field
from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from egov.casework import errors
from egov.casework.rules.guards import (
    Facts,
    Guard,
    bad_rating_open,
    bad_rating_unverified,
    change_open,
    contestable,
    correction_allowed,
    decide_step_reached,
    extension_allowed,
    extension_pending,
    no_change_open,
    no_opinion_open,
    not_rated,
    opinion_open,
    paid,
    second_rating_open,
    sign_step_reached,
    special_procedure_known,
    withdrawal_provided,
)
from egov.kernel.errors import EgovError, NotPermitted, TransitionNotAllowed

SUBMITTED, RECEIVED, CORRECTION, ACCEPTED = "submitted", "received", "correction", "accepted"
SUSPENDED, DECIDED, DELIVERED, CLOSED = "suspended", "decided", "delivered", "closed"
NOT_ACCEPTED, REDIRECTED, WITHDRAWN, TERMINATED = "not_accepted", "redirected", "withdrawn", "terminated"

BEFORE_DECISION = frozenset({SUBMITTED, RECEIVED, CORRECTION, ACCEPTED, SUSPENDED})
UNDER_REVIEW = frozenset({ACCEPTED, SUSPENDED})
FETCHING = frozenset({RECEIVED, CORRECTION, ACCEPTED, SUSPENDED})  # while papers are needed: received, not decided
DONE = frozenset({DELIVERED, CLOSED})
ENDS = frozenset({CLOSED, NOT_ACCEPTED, REDIRECTED, WITHDRAWN, TERMINATED})


class Who(StrEnum):
    """In which part somebody acts on a case."""

    APPLICANT = "applicant"
    OFFICER = "officer"  # of the handling unit
    APPROVER = "approver"  # who the procedure lets approve an extension
    ADVISER = "adviser"  # of the department whose opinion is asked
    SUPERVISOR = "supervisor"  # data administration: ratings
    SYSTEM = "system"


@dataclass(frozen=True)
class Act:
    """One row of the table.

    ``label`` is the words of the button (none: the act happens by itself or inside another one), ``told`` those of the
    story. ``after`` empty: the state stays. ``roles`` of an officer; empty: every role. ``article``: the act's name in
    the procedure. ``public``: shown to the applicant. ``in_hand``: of officers, only for whoever holds the case's work
    or leads the unit. ``item``: kind of the work item the act settles, only for whoever may take it. ``quiet``: does not
    make a page that others have open stale. ``in_story``: stands among the transitions. ``tells``:
    the applicant hears of it though the state stays.
    """

    key: str
    label: Promise | None = None
    _: KW_ONLY
    told: Promise
    before: frozenset[str]
    after: str = ""
    who: frozenset[Who] = frozenset({Who.OFFICER})
    roles: frozenset[str] = frozenset()
    guards: tuple[Guard, ...] = ()
    article: str = ""
    public: bool = True
    in_hand: bool = False
    item: str = ""
    quiet: bool = False
    in_story: bool = True
    tells: bool = False

    def target(self, state: str) -> str:
        return self.after or state


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
    Act(
        "open",
        told=_("Received"),
        before=_states(""),
        after=RECEIVED,
        who=_by(Who.APPLICANT, Who.OFFICER, Who.SYSTEM),
    ),
    Act(
        "open_unpaid",
        told=_("Submitted, waiting for payment"),
        before=_states(""),
        after=SUBMITTED,
        who=_by(Who.APPLICANT, Who.OFFICER, Who.SYSTEM),
    ),
    Act("pay", told=_("Paid and received"), before=_states(SUBMITTED), after=RECEIVED, who=_by(Who.SYSTEM)),
    Act(
        "accept",
        _("Accept"),
        told=_("Accepted"),
        before=_states(RECEIVED),
        after=ACCEPTED,
        roles=_FRONT,
        guards=(paid,),
        article="accept",
        in_hand=True,
    ),
    Act(
        "accept_at_once",
        told=_("Accepted on receipt"),
        before=_states(RECEIVED),
        after=ACCEPTED,
        who=_by(Who.SYSTEM),
        article="accept",
    ),
    Act(
        "deem_accepted",
        told=_("Counts as accepted, because nothing was said in time"),
        before=_states(RECEIVED),
        after=ACCEPTED,
        who=_by(Who.SYSTEM),
        article="request_correction",
    ),
    Act(
        "not_accept",
        _("Do not accept"),
        told=_("Not accepted"),
        before=_states(RECEIVED),
        after=NOT_ACCEPTED,
        roles=_FRONT,
        article="not_accept",
        in_hand=True,
    ),
    Act(
        "redirect",
        _("Refer to the competent body"),
        told=_("Referred to the competent body"),
        before=_states(RECEIVED),
        after=REDIRECTED,
        roles=_FRONT,
        article="redirect",
        in_hand=True,
    ),
    Act(
        "transfer",
        _("Hand over to another unit"),
        told=_("Handed over to the competent unit"),
        before=_states(RECEIVED),
        roles=_FRONT,
        article="redirect",
        in_hand=True,
    ),
    Act(
        "take_over",
        told=_("Taken over from a unit that was closed"),
        before=BEFORE_DECISION | {DECIDED},
        who=_by(Who.SYSTEM),
    ),
    Act(
        "request_correction",
        _("Ask for corrections"),
        told=_("Corrections asked for"),
        before=_states(RECEIVED),
        after=CORRECTION,
        roles=_FRONT,
        guards=(correction_allowed,),
        article="request_correction",
        in_hand=True,
    ),
    Act(
        "answer_correction",
        _("Correct and complete"),
        told=_("Corrected by the applicant"),
        before=_states(CORRECTION),
        after=RECEIVED,
        who=_by(Who.APPLICANT),
    ),
    Act(
        "take_as_it_is",
        told=_("Taken as it is, because nothing was corrected in time"),
        before=_states(CORRECTION),
        after=RECEIVED,
        who=_by(Who.SYSTEM),
    ),
    Act(
        "propose_change",
        told=_("Change of answers proposed by the applicant"),
        before=BEFORE_DECISION,
        who=_by(Who.APPLICANT),
    ),
    Act(
        "accept_change",
        _("Take the change over"),
        told=_("Change of answers taken over"),
        before=BEFORE_DECISION,
        roles=_FRONT,
        guards=(change_open,),
        in_hand=True,
    ),
    Act(
        "refuse_change",
        _("Do not take the change over"),
        told=_("Change of answers not taken over"),
        before=BEFORE_DECISION,
        roles=_FRONT,
        guards=(change_open,),
        in_hand=True,
    ),
    Act(
        "suspend",
        _("Stop the clock"),
        told=_("Clock stopped for a special procedure"),
        before=_states(ACCEPTED),
        after=SUSPENDED,
        roles=_REVIEW,
        guards=(special_procedure_known,),
        article="suspend",
        in_hand=True,
    ),
    Act(
        "resume",
        _("Let the clock run again"),
        told=_("The clock runs again"),
        before=_states(SUSPENDED),
        after=ACCEPTED,
        who=_by(Who.OFFICER, Who.SYSTEM),
        roles=_REVIEW,
        in_hand=True,
    ),
    Act(
        "propose_extension",
        _("Propose an extension"),
        told=_("Extension proposed"),
        before=UNDER_REVIEW,
        roles=_REVIEW,
        guards=(extension_allowed,),
        public=False,
        in_hand=True,
    ),
    Act(
        "extend",
        _("Approve the extension"),
        told=_("Time extended"),
        before=UNDER_REVIEW,
        who=_by(Who.APPROVER),
        guards=(extension_pending,),
        article="extend",
        item="extension",
        tells=True,
    ),
    Act(
        "refuse_extension",
        _("Do not extend"),
        told=_("Extension not approved"),
        before=UNDER_REVIEW,
        who=_by(Who.APPROVER),
        guards=(extension_pending,),
        public=False,
        item="extension",
    ),
    Act(
        "ask_opinion",
        _("Ask for an opinion"),
        told=_("Opinion asked for"),
        before=UNDER_REVIEW,
        roles=_REVIEW,
        in_hand=True,
    ),
    Act(
        "give_opinion",
        _("Give the opinion"),
        told=_("Opinion given"),
        before=UNDER_REVIEW,
        who=_by(Who.ADVISER),
        guards=(opinion_open,),
        item="opinion_answer",
    ),
    Act(
        "withdraw_opinion",
        _("Withdraw the request"),
        told=_("Request for an opinion withdrawn"),
        before=UNDER_REVIEW,
        roles=_REVIEW,
        guards=(opinion_open,),
        public=False,
        in_hand=True,
    ),
    Act("complete_step", _("Finish the step"), told=_("Step finished"), before=UNDER_REVIEW, public=False),
    Act(
        "draft_decision",
        _("Write the decision"),
        told=_("Decision drafted"),
        before=_states(ACCEPTED),
        guards=(decide_step_reached, no_opinion_open, no_change_open),
        public=False,
        item="decide",
    ),
    Act(
        "return_draft",
        _("Send the draft back"),
        told=_("Draft sent back"),
        before=_states(ACCEPTED),
        guards=(sign_step_reached,),
        public=False,
        item="sign",
    ),
    Act(
        "countersign",
        told=_("Signed, another signature follows"),
        before=_states(ACCEPTED),
        public=False,
        item="sign",
    ),
    Act(
        "sign_decision",
        _("Sign the decision"),
        told=_("Decided"),
        before=_states(ACCEPTED),
        after=DECIDED,
        guards=(sign_step_reached, no_opinion_open, no_change_open),
        item="sign",
    ),
    Act(
        "decide_at_once",
        told=_("Decided at once"),
        before=_states(ACCEPTED),
        after=DECIDED,
        who=_by(Who.SYSTEM),
    ),
    Act(
        "deliver",
        _("Deliver"),
        told=_("Delivered"),
        before=_states(DECIDED),
        after=DELIVERED,
        who=_by(Who.OFFICER, Who.SYSTEM),
        roles=_ISSUE,
        article="deliver",
    ),
    Act(
        "close",
        _("Close"),
        told=_("Closed"),
        before=_states(DELIVERED),
        after=CLOSED,
        who=_by(Who.OFFICER, Who.SYSTEM),
        roles=_ISSUE,
    ),
    Act(
        "withdraw",
        _("Withdraw"),
        told=_("Withdrawn by the applicant"),
        before=BEFORE_DECISION,
        after=WITHDRAWN,
        who=_by(Who.APPLICANT),
        guards=(withdrawal_provided,),
        article="withdraw",
    ),
    Act(
        "terminate",
        _("Terminate"),
        told=_("Terminated"),
        before=BEFORE_DECISION,
        after=TERMINATED,
        who=_by(Who.OFFICER, Who.SYSTEM),
        roles=_LEAD | {"reviewer"},
        article="terminate",
        in_hand=True,
    ),
    Act(
        "fetch_evidence",
        _("Fetch it again"),
        told=_("Fetched again from a register"),
        before=FETCHING,
        roles=_FRONT | _REVIEW,
        in_hand=True,
        quiet=True,
    ),
    Act(
        "send_message",
        _("Write a message"),
        told=_("Message"),
        before=BEFORE_DECISION | {DECIDED, DELIVERED},
        who=_by(Who.APPLICANT, Who.OFFICER),
        quiet=True,
        in_story=False,
    ),
    Act("rate", _("Rate"), told=_("Rated"), before=DONE, who=_by(Who.APPLICANT), guards=(not_rated,), quiet=True),
    Act(
        "verify_rating",
        _("Verify the rating"),
        told=_("Rating verified by call-back"),
        before=DONE,
        who=_by(Who.SUPERVISOR),
        guards=(bad_rating_unverified,),
        public=False,
    ),
    Act(
        "rectify_rating",
        _("Answer the rating"),
        told=_("Answer to the rating"),
        before=DONE,
        guards=(bad_rating_open,),
    ),
    Act(
        "rate_again",
        _("Rate the answer"),
        told=_("Answer rated"),
        before=DONE,
        who=_by(Who.APPLICANT),
        guards=(second_rating_open,),
    ),
    Act(
        "contest",
        _("Contest"),
        told=_("Contested"),
        before=DONE | {NOT_ACCEPTED},
        who=_by(Who.APPLICANT),
        guards=(contestable,),
        article="contest",
    ),
)

TRANSITIONS: Mapping[str, Act] = {act.key: act for act in _ALL}


# --- Asking the table ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Party:
    """In which parts an actor may act on one case, and with which roles.

    ``items``: for each kind of open work item, why the actor may not take it (None: may); ``hands``: the same for each
    item by its key. ``elsewhere``: the case's work is in another officer's hand.
    """

    parts: frozenset[Who]
    roles: frozenset[str] = frozenset()
    own_case: bool = False
    items: Mapping[str, EgovError | None] = field(default_factory=dict)
    hands: Mapping[int, EgovError | None] = field(default_factory=dict)
    elsewhere: bool = False


@dataclass(frozen=True)
class Possibility:
    """An act, and why it is not possible now (None: it is)."""

    act: Act
    obstacle: EgovError | None = None

    @property
    def allowed(self) -> bool:
        return self.obstacle is None


def refusal(act: Act, facts: Facts, party: Party) -> EgovError | None:
    """Why the act is not allowed: the person first, then the state, then the guards, then the work item."""
    return (
        _not_for(act, party)
        or _not_from(act, facts)
        or next((obstacle for guard in act.guards if (obstacle := guard(facts)) is not None), None)
        or (party.items.get(act.item) if act.item else None)
        or _past_a_colleague(act, party)
    )


def _past_a_colleague(act: Act, party: Party) -> EgovError | None:
    """Whoever holds the case's work acts on it; nobody works past a colleague, except who leads the unit."""
    return errors.InAnotherHand() if act.in_hand and Who.OFFICER in party.parts and party.elsewhere else None


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
    return [
        Possibility(act, refusal(act, facts, party))
        for act in TRANSITIONS.values()
        if act.label is not None and _not_for(act, party) is None and _not_from(act, facts) is None
    ]


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
