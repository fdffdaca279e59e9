"""Matters as people follow them: lists, and one timeline with the departments as lanes."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace
from statistics import median
from typing import Any

from django.db.models import Prefetch, Q, QuerySet

from egov.casework.models import Case, Message, Transition
from egov.catalogue import queries as catalogue
from egov.deadlines import queries as deadlines
from egov.deadlines import rules as deadline_rules
from egov.journal import actions as journal
from egov.kernel import clock
from egov.kernel.actor import Actor
from egov.kernel.errors import NotFound
from egov.kernel.memory import Kept
from egov.kernel.refs import Ref
from egov.kernel.text import LocalisedText
from egov.matters import rules
from egov.matters.models import Dependency, Matter, MatterState, Member, MemberState
from egov.matters.rules import Needs, Part, PartKind


@dataclass(frozen=True)
class Lane:
    """One member: which department has it, since when, until when, and what is the matter with it."""

    key: str
    service: str
    title: LocalisedText
    state: str
    case: Case | None
    department: LocalisedText
    unit: LocalisedText
    unit_phone: str
    parts: tuple[Part, ...]
    due_at: dt.datetime | None
    statutory_due_at: dt.datetime | None
    ended_at: dt.datetime | None
    missed: bool
    critical: bool
    waits_for: tuple[LocalisedText, ...]
    moves: tuple[Transition, ...]

    @property
    def needs(self) -> str:
        """What the applicant has to do: "pay", "correct" or nothing."""
        return {"submitted": "pay", "correction": "correct"}.get(self.case.state, "") if self.case else ""


@dataclass(frozen=True)
class Timeline:
    matter: Matter
    lanes: tuple[Lane, ...]
    promised_due_at: dt.datetime | None
    now: dt.datetime

    @property
    def open_lanes(self) -> list[Lane]:
        return [lane for lane in self.lanes if lane.state in (MemberState.OPEN, MemberState.WAITING)]

    @property
    def done_lanes(self) -> list[Lane]:
        return [lane for lane in self.lanes if lane.state == MemberState.DONE]

    @property
    def cases(self) -> list[Case]:
        return [lane.case for lane in self.lanes if lane.case]

    @property
    def may_withdraw(self) -> bool:
        return self.matter.state == MatterState.OPEN and any(
            case.state in ("submitted", "received", "correction", "accepted", "suspended") for case in self.cases
        )


def visible_matters(actor: Actor) -> QuerySet[Matter]:
    """The matters of the party for whom the actor acts; under a mandate, those of its services; what a post filed."""
    if actor.is_staff:
        parties = [actor.party_id, actor.department_id]
        return Matter.objects.filter(applicant_id__in=parties, capacity=actor.capacity)
    if not actor.is_applicant:
        return Matter.objects.none()
    rows = Matter.objects.filter(applicant_id=actor.on_behalf_of_id)
    if actor.mandate_services is not None:
        rows = rows.filter(members__service__code__in=actor.mandate_services).distinct()
    return rows


def matters_of(actor: Actor) -> QuerySet[Matter]:
    """Newest first, each with its members and the codes of their services."""
    members = Member.objects.select_related("service").order_by("order", "id")
    return visible_matters(actor).prefetch_related(Prefetch("members", queryset=members)).order_by("-id")


def find(actor: Actor, *, reference: str) -> Matter:
    """Raises ``NotFound`` also when it is somebody else's."""
    matter = visible_matters(actor).filter(reference=reference).first()
    if matter is None:
        raise NotFound
    return matter


def timeline(actor: Actor, *, reference: str) -> Timeline:
    """The whole story of a matter. A view by someone else than the applicant is journalled.

    At most 5 statements for one member, 6 for many; one more for the journal.
    """
    matter = find(actor, reference=reference)
    members = list(matter.members.select_related("service").order_by("order", "id"))
    needs_of = _needs_of(matter, members)
    found = Case.objects.filter(matter=matter.reference).select_related("department__party", "unit")
    cases = {case.reference: case for case in found}
    for case in cases.values():  # versions never change and are kept in memory
        case.version = catalogue.version(case.version_id)
        case.service = case.version.service
    moves: dict[int, list[Transition]] = {}
    for move in Transition.objects.filter(case__in=list(cases.values()), public=True).order_by("id"):
        moves.setdefault(move.case_id, []).append(move)
    if actor.party_id != matter.applicant_id:
        journal.record_view(actor, Ref("matter", matter.reference), Ref("party", str(matter.applicant_id)))
    return _drawn(matter, members, needs_of, cases, moves)


def _needs_of(matter: Matter, members: Sequence[Member]) -> dict[str, list[Needs]]:
    key_of = {member.pk: member.key for member in members}
    needs_of: dict[str, list[Needs]] = {member.key: [] for member in members}
    if len(members) > 1:
        for edge in Dependency.objects.filter(matter=matter).order_by("id"):
            needs_of[key_of[edge.after_id]].append(Needs(key_of[edge.before_id], edge.group))
    return needs_of


def _drawn(
    matter: Matter,
    members: Sequence[Member],
    needs_of: dict[str, list[Needs]],
    cases: dict[str, Case],
    moves: dict[int, list[Transition]],
) -> Timeline:
    now = clock.now()
    ends: dict[str, dt.datetime | None] = {}
    titles = {member.key: _title(member, cases) for member in members}
    lanes: list[Lane] = []
    for member in members:
        case = cases.get(member.case)
        if case is not None:
            lane = _lane_of_case(member, case, moves.get(case.pk, []), titles[member.key], now)
        else:
            lane = _lane_ahead(member, needs_of[member.key], ends, titles, now)
        ends[member.key] = lane.ended_at or lane.due_at
        lanes.append(lane)
    critical = rules.critical_path(needs_of, {key: end for key, end in ends.items() if _counts(key, members)})
    lanes = [replace(lane, critical=True) if lane.key in critical else lane for lane in lanes]
    dues = [end for key, end in ends.items() if end and _counts(key, members)]
    return Timeline(matter, tuple(lanes), max(dues, default=None), now)


def _counts(key: str, members: Sequence[Member]) -> bool:
    """A dropped member delays nothing."""
    return next(member for member in members if member.key == key).state != MemberState.DROPPED


def _title(member: Member, cases: dict[str, Case]) -> LocalisedText:
    if member.case in cases:
        return cases[member.case].title
    return catalogue.version(member.route["version"]).name if "version" in member.route else {}


def _lane_of_case(
    member: Member, case: Case, moves: Sequence[Transition], title: LocalisedText, now: dt.datetime
) -> Lane:
    ended = case.decided_at or case.closed_at
    return Lane(
        key=member.key,
        service=member.service.code,
        title=title,
        state=member.state,
        case=case,
        department=case.department.full_name or {"zh-Hans": case.department.party.name},
        unit=case.unit.name,
        unit_phone=case.unit.phone,
        parts=rules.parts_of(
            [rules.Move(move.at, move.after) for move in moves], ended_at=ended, due_at=case.promised_due_at, now=now
        ),
        due_at=case.promised_due_at,
        statutory_due_at=case.statutory_due_at,
        ended_at=ended,
        missed=_missed(case, ended, now),
        critical=False,
        waits_for=(),
        moves=tuple(moves),
    )


def _missed(case: Case, ended: dt.datetime | None, now: dt.datetime) -> bool:
    if case.overdue_at is not None:
        return True
    if case.promised_due_at is None or case.state in rules.PAUSED_STATES:
        return False
    return (ended or now) > case.promised_due_at


def _lane_ahead(
    member: Member,
    needs: Sequence[Needs],
    ends: dict[str, dt.datetime | None],
    titles: dict[str, LocalisedText],
    now: dt.datetime,
) -> Lane:
    """A member that has no case yet: when it can begin and how long its department promises to take."""
    start = max((end for need in needs if (end := ends.get(need.before))), default=now)
    start = max(start, now)
    due = None
    kept: dict[str, Any] = member.route
    if member.state == MemberState.WAITING and "version" in kept:
        version = catalogue.version(kept["version"])
        days = deadlines.working_days(kept["route"].get("department_id"))
        due = deadline_rules.due_at(start, version.promised_limit, version.promised_unit, days)
    return Lane(
        key=member.key,
        service=member.service.code,
        title=titles[member.key],
        state=member.state,
        case=None,
        department={},
        unit={},
        unit_phone="",
        parts=(Part(PartKind.PLAN, start, due),) if due else (),
        due_at=due,
        statutory_due_at=None,
        ended_at=member.ended_at,
        missed=False,
        critical=False,
        waits_for=tuple(titles[need.before] for need in needs),
        moves=(),
    )


# --- What waits for the applicant -------------------------------------------------------------------
WAITING_AT_MOST = 20
RATING_DAYS = 30  # after which nobody is asked any more


def waiting_for_applicant(actor: Actor) -> list[Case]:
    """Cases on which the applicant's turn has come: to correct, to pay, to rate; in this order. Two statements."""
    if not actor.is_applicant:
        return []
    since = clock.now() - dt.timedelta(days=RATING_DAYS)
    to_rate = Q(decided_at__gte=since, rating__isnull=True, state__in=["delivered", "closed"])
    rows = Case.objects.filter(
        Q(state__in=["correction", "submitted"]) | to_rate, applicant_id=actor.on_behalf_of_id
    ).select_related("service")
    if actor.mandate_services is not None:
        rows = rows.filter(service__code__in=actor.mandate_services)
    found = list(rows.prefetch_related("corrections").order_by("-id")[:WAITING_AT_MOST])
    urgency = {"correction": 0, "submitted": 1}
    return sorted(found, key=lambda case: urgency.get(case.state, 2))


@dataclass(frozen=True)
class MatterLine:
    """A matter as one line of a list."""

    matter: Matter
    total: int
    done: int
    waits_for_you: bool
    missed: bool


def lines_of(matters: Sequence[Matter], *, actor: Actor) -> list[MatterLine]:
    """One line each, from two statements for the whole list. ``matters`` as :func:`matters_of` brings them."""
    references = [matter.reference for matter in matters]
    waits: set[str] = set()
    missed: set[str] = set()
    now = clock.now()
    rows = Case.objects.filter(matter__in=references).values_list("matter", "state", "promised_due_at", "overdue_at")
    for reference, state, due, overdue in rows:
        if state in ("submitted", "correction"):
            waits.add(reference)
        elif overdue or (due and due < now and state in ("received", "accepted")):
            missed.add(reference)
    return [
        MatterLine(
            matter=matter,
            total=len(members := list(matter.members.all())),
            done=sum(member.state == MemberState.DONE for member in members),
            waits_for_you=matter.reference in waits,
            missed=matter.reference in missed,
        )
        for matter in matters
    ]


# --- How long an answer takes -------------------------------------------------------------------------
ANSWER_DAYS = 14
ANSWERS_ENOUGH = 5  # below this no figure is given
measured = Kept("matters", seconds=60)


@dataclass(frozen=True)
class AnswerTime:
    """Hours until a message on a case was answered (median of 14 days; None: too few), and how many wait now."""

    median_hours: float | None
    answered: int
    waiting: int


@measured.table
def answer_time() -> AnswerTime:
    """Over all departments; counted at most once a minute in each process."""
    since = clock.now() - dt.timedelta(days=ANSWER_DAYS)
    rows = (
        Message.objects.filter(at__gte=since).order_by("case_id", "id").values_list("case_id", "from_applicant", "at")
    )
    asked: dict[int, dt.datetime] = {}
    hours: list[float] = []
    for case, from_applicant, at in rows.iterator():
        if from_applicant:
            asked.setdefault(case, at)
        elif case in asked:
            hours.append((at - asked.pop(case)).total_seconds() / 3600)
    return AnswerTime(median(hours) if len(hours) >= ANSWERS_ENOUGH else None, len(hours), len(asked))
