"""One case as a page shows it, in few statements: what hangs on the case comes along as arrays of JSON."""

import dataclasses
import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from django.utils.functional import Promise

from egov.casework import deciding, facts, moving
from egov.casework.errors import ReasonNeeded
from egov.casework.models import (
    Case,
    CaseFile,
    Decision,
    OpinionRequest,
    Rating,
    Transition,
)
from egov.casework.queries.access import Access, access_to
from egov.casework.queries.details import (
    Asked,
    Certificate,
    Changed,
    Correction,
    Extended,
    Given,
    Issued,
    Moved,
    Paper,
    Said,
    Stopped,
    hanging,
    made,
    same,
    with_details,
)
from egov.casework.rules import lifecycle
from egov.casework.rules.lifecycle import TRANSITIONS, Possibility, Who
from egov.catalogue import queries as catalogue
from egov.deadlines import queries as deadlines
from egov.deadlines.models import Clock
from egov.deadlines.rules import Remaining, remaining
from egov.journal import actions as journal
from egov.kernel import clock, references
from egov.kernel.actor import Actor
from egov.kernel.errors import EgovError, NotFound
from egov.kernel.refs import Ref
from egov.kernel.text import LocalisedText
from egov.law import queries as law
from egov.law.rules import ProcedureDefinition, SpecialProcedure
from egov.work import queries as work

T = TypeVar("T")


@dataclass(frozen=True)
class ClockView:
    """A limit and how it stands; ``remaining`` is None once it was stopped and while it stands still."""

    kind: str
    limit: int
    unit: str
    extended_by: int
    started_at: dt.datetime
    due_at: dt.datetime
    paused_at: dt.datetime | None
    stopped_at: dt.datetime | None
    missed: bool
    basis: str
    remaining: Remaining | None


@dataclass(frozen=True)
class CasePage:
    """Everything about one case. For an adviser only the question and what was shared, for the applicant no internals."""

    case: Case
    access: Access
    procedure: ProcedureDefinition
    answers: Mapping[str, Any]
    moves: list[Moved]
    papers: list[Paper]
    given: list[Given]
    corrections: list[Correction]
    changes: list[Changed]
    stops: list[Stopped]
    extensions: list[Extended]
    opinions: list[Asked]
    messages: list[Said]
    documents: list[Issued]
    certificates: list[Certificate]
    decision: Decision | None
    rating: Rating | None
    work: work.SubjectWork | None
    clocks: list[ClockView]
    possibilities: list[Possibility]
    hands: Mapping[int, EgovError | None] = field(default_factory=dict)  # open item -> why the actor may not take it
    special_procedures: list[SpecialProcedure] = field(default_factory=list)
    advice: deciding.Verdict | None = None
    law: list[tuple[dict[str, str], LocalisedText]] = field(default_factory=list)

    @property
    def allowed(self) -> list[Possibility]:
        return [each for each in self.possibilities if each.allowed]

    @property
    def obstructed(self) -> list[Possibility]:
        return [each for each in self.possibilities if not each.allowed]

    def may(self, act: str) -> bool:
        return any(each.act.key == act and each.allowed for each in self.possibilities)

    @property
    def open_correction(self) -> Correction | None:
        return next((each for each in self.corrections if each.answered_at is None), None)

    @property
    def open_stop(self) -> Stopped | None:
        return next((each for each in self.stops if each.ended_at is None), None)

    @property
    def pending_extension(self) -> Extended | None:
        return next((each for each in self.extensions if each.approved is None), None)


# --- Reading it --------------------------------------------------------------------------------------------


def _load(reference: str) -> Case:
    case = with_details(facts.with_facts(Case.objects.all())).filter(reference=reference).first()
    if case is None:
        raise NotFound
    case.version = catalogue.version(case.version_id)
    case.service = case.version.service
    return case


def case_page(actor: Actor, reference: str, *, reason: str = "") -> CasePage:
    """A case for staff, in at most seven statements with the journal's entry.

    Raises ``NotFound`` for who has nothing to do with it and ``ReasonNeeded`` for who must first say why.
    """
    case = _load(reference)
    party = facts.party_of(actor, case)
    access = _opened(actor, case, party, reason)
    if access is Access.OWN:  # a civil servant's own matter: what its applicant sees, no internals
        return case_for_applicant(actor, reference)
    page = _page(case, access, party)
    if access is Access.ADVISING:
        return _for_adviser(page, actor)
    subject = moving.ref_of(case)
    return dataclasses.replace(
        page,
        work=work.work_on(subject),
        clocks=clocks_of(case),
        special_procedures=facts.special_procedures(case, page.procedure),
        advice=deciding.advice_on(case) if case.state in lifecycle.BEFORE_DECISION else None,
        law=_law(case, page.procedure),
    )


def _opened(actor: Actor, case: Case, party: lifecycle.Party, reason: str, *more: Ref) -> Access:
    """How the actor comes to see the case, with the journal's entry. Raises ``NotFound``, ``ReasonNeeded``."""
    access = access_to(case, actor, party)
    if access is Access.NONE:
        raise NotFound
    if access is Access.REASON and not reason.strip():
        raise ReasonNeeded
    party_ref = Ref("party", str(case.applicant_id))
    journal.record_view(actor, moving.ref_of(case), *more, party_ref, reason=reason.strip() or access.value)
    return access


def is_open_to(actor: Actor, reference: str) -> bool:
    """Whether the actor may open the case without a reason. Nothing is shown, so nothing is recorded."""
    case = moving.load(reference)
    return access_to(case, actor, facts.party_of(actor, case)) in (Access.HANDLING, Access.ADVISING, Access.OWN)


def paper_of(actor: Actor, reference: str, file: str, *, reason: str = "") -> CaseFile:
    """A piece of evidence for staff who may open its case, by the reference of the file. Raises as :func:`case_page`."""
    case = moving.load(reference)
    access = _opened(actor, case, facts.party_of(actor, case), reason, Ref("file", file))
    paper = CaseFile.objects.select_related("file").filter(case=case, file__reference=file).first()
    if paper is None or access is Access.ADVISING:
        raise NotFound
    return paper


def case_for_applicant(actor: Actor, reference: str) -> CasePage:
    """The case as its applicant sees it: no internal moves, opinions without their words. Raises ``NotFound``."""
    case = _load(reference)
    party = facts.party_of(actor, case)
    if Who.APPLICANT not in party.parts:
        raise NotFound
    if actor.party_id != case.applicant_id:
        journal.record_view(actor, moving.ref_of(case), Ref("party", str(case.applicant_id)))
    page = _page(case, Access.OWN, party)
    signed = page.decision is not None and page.decision.signed_at is not None
    return dataclasses.replace(
        page,
        moves=[move for move in page.moves if move.public],
        opinions=[dataclasses.replace(each, question="", answer="", stance="") for each in page.opinions],
        extensions=[each for each in page.extensions if each.approved],
        decision=page.decision if signed else None,
        clocks=clocks_of(case),
    )


def _page(case: Case, access: Access, party: lifecycle.Party) -> CasePage:
    procedure = facts.procedure_of(case)
    found: Any = case
    return CasePage(
        case=case,
        access=access,
        procedure=procedure,
        answers=case.answers,
        moves=made(Moved, found.d_moves),
        papers=made(Paper, found.d_papers),
        given=made(Given, found.d_given),
        corrections=made(Correction, found.d_corrections),
        changes=made(Changed, found.d_changes),
        stops=made(Stopped, found.d_stops),
        extensions=made(Extended, found.d_extensions),
        opinions=made(Asked, found.d_opinions),
        messages=made(Said, found.d_messages),
        documents=made(Issued, found.d_documents),
        certificates=made(Certificate, found.d_certificates),
        decision=getattr(case, "decision", None),
        rating=getattr(case, "rating", None),
        work=None,
        clocks=[],
        possibilities=lifecycle.possibilities(facts.facts_of(case, procedure), party),
        hands=party.hands,
    )


def _for_adviser(page: CasePage, actor: Actor) -> CasePage:
    """Who is asked sees the question and the answers shared for it, nothing else of the case."""
    asked = OpinionRequest.objects.filter(case=page.case, unit__department_id=actor.department_id)
    own = set(asked.values_list("id", flat=True))
    opinions = [each for each in page.opinions if each.id in own]
    shared = {name for each in opinions if each.is_open for name in each.shared_fields}
    return dataclasses.replace(
        page,
        answers={name: value for name, value in page.answers.items() if name in shared},
        moves=[],
        papers=[],
        given=[],
        corrections=[],
        changes=[],
        stops=[],
        extensions=[],
        opinions=opinions,
        messages=[],
        documents=[],
        certificates=[],
        decision=None,
        rating=None,
    )


def clocks_of(case: Case) -> list[ClockView]:
    """The limits of a case, oldest first (one statement)."""
    now = clock.now()
    days = deadlines.working_days(case.department_id)
    views = []
    for row in Clock.objects.filter(subject=str(moving.ref_of(case))).order_by("id"):
        running = row.stopped_at is None and row.paused_at is None
        views.append(
            ClockView(
                kind=row.kind,
                limit=row.limit,
                unit=row.unit,
                extended_by=row.extended_by,
                started_at=row.started_at,
                due_at=row.due_at,
                paused_at=row.paused_at,
                stopped_at=row.stopped_at,
                missed=row.missed_at is not None,
                basis=row.basis,
                remaining=remaining(started=row.started_at, due=row.due_at, now=now, working_days=days)
                if running
                else None,
            )
        )
    return views


def _law(case: Case, procedure: ProcedureDefinition) -> list[tuple[dict[str, str], LocalisedText]]:
    """The articles a decision of this service can rest on, as people read them."""
    rows = [
        *moving.basis_of(procedure, "grant", case.version.legal_basis),
        *moving.basis_of(procedure, "refuse", case.version.legal_basis),
        *(
            {"instrument": row["instrument"], "article": row.get("article", "")}
            for row in case.version.legal_basis
            if row.get("instrument")
        ),
    ]
    unique = {(row["instrument"], row["article"]): row for row in rows}
    return [(row, law.citation_text(row["instrument"], row["article"])) for row in unique.values()]


# --- An opinion that is asked ------------------------------------------------------------------------------


@dataclass(frozen=True)
class OpinionPage:
    """What the unit asked sees: the question and the answers shared for it."""

    request: OpinionRequest
    answers: dict[str, Any]
    may_answer: bool


def opinion_page(actor: Actor, opinion_id: int) -> OpinionPage:
    """Raises ``NotFound`` unless the actor's unit was asked, or it is their department's head."""
    request = (
        OpinionRequest.objects.select_related(
            "case__applicant", "unit", "department__party", "asked_by__unit__department", "asked_by__person__party"
        )
        .filter(pk=opinion_id, department_id=actor.department_id or 0)
        .first()
    )
    if request is None or not actor.is_staff:
        raise NotFound
    if actor.unit_id != request.unit_id and "department_head" not in actor.roles:
        raise NotFound
    case = request.case
    case.version = catalogue.version(case.version_id)
    journal.record_view(
        actor, moving.ref_of(case), Ref("opinion", str(request.pk)), Ref("party", str(case.applicant_id))
    )
    open_now = request.answered_at is None and request.withdrawn_at is None
    shared = {name: case.answers[name] for name in request.shared_fields if name in case.answers}
    return OpinionPage(request, shared, open_now)


# --- By number, without signing in ---------------------------------------------------------------------------


@dataclass(frozen=True)
class Track:
    """What anyone who has the number may know: no name, no answer, no note."""

    reference: str
    service: LocalisedText
    department: LocalisedText
    unit: LocalisedText
    state: str
    received_at: dt.datetime
    promised_due_at: dt.datetime | None
    ended_at: dt.datetime | None
    overdue: bool
    moves: list[tuple[dt.datetime, Promise]]


def track(reference: str) -> Track:
    """Where a case stands. Raises ``NotFound`` also for a number whose check characters do not fit."""
    number = references.normalise(reference)
    found = _tracks(reference=number) if references.is_valid(number) else []
    if not found:
        raise NotFound
    return found[0]


def tracks_in(matter: str) -> list[Track]:
    """Where each case of a matter stands, in the order in which they came. One statement."""
    return _tracks(matter=matter)


def _tracks(**which: str) -> list[Track]:
    cases = (
        Case.objects.filter(**which)
        .select_related("department", "unit")
        .annotate(d_moves=hanging(Transition, **same("at", "act", "public")))
        .defer("answers", "sources", "route")
        .order_by("id")
    )
    return [_track(case, case.d_moves) for case in cases]


def _track(case: Case, told: Sequence[Mapping[str, Any]]) -> Track:
    moves = [
        (dt.datetime.fromisoformat(row["at"]), TRANSITIONS[row["act"]].told)
        for row in told
        if row["public"] and row["act"] in TRANSITIONS
    ]
    return Track(
        reference=case.reference,
        service=case.title,
        department=case.department.full_name,
        unit=case.unit.name,
        state=case.state,
        received_at=case.received_at,
        promised_due_at=case.promised_due_at,
        ended_at=case.decided_at or case.closed_at,
        overdue=case.overdue_at is not None,
        moves=moves,
    )
