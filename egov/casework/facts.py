"""What the guards look at, read in one statement beside the locked case. Private to this room."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Count, Exists, F, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce, Concat, JSONObject

from egov.casework.models import AnswerChange, Case, CorrectionRequest, Extension, OpinionRequest, Suspension
from egov.casework.rules import guards, lifecycle
from egov.casework.rules.lifecycle import Who
from egov.deadlines import queries as deadlines
from egov.deadlines.rules import due_at, last_day
from egov.kernel import clock
from egov.kernel.actor import APPLICANT_KINDS, Actor, CapacityKind
from egov.kernel.errors import EgovError
from egov.law import queries as law
from egov.law.rules import ProcedureDefinition, SpecialProcedure
from egov.work import queries as work
from egov.work import rules as work_rules
from egov.work.errors import AlreadyClaimed, NotYourTask
from egov.work.models import OPEN_ITEMS, WorkItem

# Items that are not a step of the case's own way; whoever holds them does not hold the case.
ASIDE = ("opinion_answer", "change", "extension", "message", "rectify", "verify_rating")


def _count(rows: QuerySet[Any]) -> Coalesce:
    counted = rows.order_by().values("case").annotate(number=Count("pk")).values("number")
    return Coalesce(Subquery(counted), 0)


def with_facts(cases: QuerySet[Case]) -> QuerySet[Case]:
    """``cases`` with what :func:`facts_of` needs."""
    of_case = {"case": OuterRef("pk")}
    items = (
        WorkItem.objects.filter(subject=Concat(Value("case:"), OuterRef("reference")), state__in=OPEN_ITEMS)
        .order_by("id")
        .values(
            row=JSONObject(
                id="id",
                kind="kind",
                state="state",
                unit="unit_id",
                department="department_id",
                role="role",
                assignee="assignee_id",
                step="step_id",
                excluded="excluded_persons",
            )
        )
    )
    return cases.annotate(
        f_last_answer=Subquery(
            CorrectionRequest.objects.filter(**of_case, answered_at__isnull=False)
            .order_by("-answered_at")
            .values("answered_at")[:1]
        ),
        f_corrections=_count(CorrectionRequest.objects.filter(**of_case)),
        f_extension_pending=Exists(Extension.objects.filter(**of_case, approved__isnull=True)),
        f_extensions=_count(Extension.objects.filter(**of_case, approved=True)),
        f_opinions=_count(OpinionRequest.objects.filter(**of_case, answered_at=None, withdrawn_at=None)),
        f_change=Exists(AnswerChange.objects.filter(**of_case, decided_at=None)),
        f_suspension=Exists(Suspension.objects.filter(**of_case, ended_at=None)),
        f_drafted=F("decision__drafted_at"),
        f_outcome=F("decision__outcome"),
        f_contest_by=F("decision__contest_by"),
        f_grade=F("rating__grade"),
        f_rectified=F("rating__rectified_at"),
        f_verified=F("rating__verified"),
        f_second=F("rating__second_grade"),
        f_items=ArraySubquery(items),
    )


@dataclass(frozen=True)
class Hand:
    """An open item of the case: who may do what turns on who holds which."""

    id: int
    kind: str
    claimed: bool
    unit_id: int
    department_id: int
    role: str
    assignee_id: int | None
    is_step: bool
    excluded: tuple[int, ...]


def hands_of(case: Case) -> list[Hand]:
    return [
        Hand(
            row["id"],
            row["kind"],
            row["state"] == "claimed",
            row["unit"],
            row["department"],
            row["role"],
            row["assignee"],
            row["step"] is not None,
            tuple(row["excluded"]),
        )
        for row in case.f_items  # type: ignore[attr-defined]
    ]


def procedure_of(case: Case) -> ProcedureDefinition:
    """The procedure as it was when the case was opened."""
    return law.procedure(case.procedure, version=case.procedure_version)


def facts_of(case: Case, procedure: ProcedureDefinition) -> guards.Facts:
    """``case`` must come from :func:`with_facts` with its version."""
    return guards.Facts(
        state=case.state,
        procedure=procedure,
        now=clock.now(),
        today=clock.today(),
        outcome=case.outcome,
        paid=case.state != lifecycle.SUBMITTED,
        correction_until=correction_until(case, procedure),
        corrections_asked=case.f_corrections,  # type: ignore[attr-defined]
        special_procedures=len(special_procedures(case, procedure)),
        statutory_due_at=case.statutory_due_at,
        extension_pending=case.f_extension_pending,  # type: ignore[attr-defined]
        extensions_approved=case.f_extensions,  # type: ignore[attr-defined]
        opinions_open=case.f_opinions,  # type: ignore[attr-defined]
        change_open=case.f_change,  # type: ignore[attr-defined]
        tasks=frozenset(hand.kind for hand in hands_of(case)),
        has_draft=case.f_drafted is not None,  # type: ignore[attr-defined]
        grade=case.f_grade,  # type: ignore[attr-defined]
        rectified=case.f_rectified is not None,  # type: ignore[attr-defined]
        verified=case.f_verified,  # type: ignore[attr-defined]
        second_grade=case.f_second,  # type: ignore[attr-defined]
        contest_by=case.f_contest_by or contest_by(case, procedure),  # type: ignore[attr-defined]
    )


def correction_until(case: Case, procedure: ProcedureDefinition) -> dt.datetime | None:
    """Until when corrections may be asked for: counted from receipt, or from the last corrected application."""
    correction = procedure.correction
    if correction is None:
        return None
    return due_at(complete_at(case), correction.limit, correction.unit, deadlines.working_days(case.department_id))


def complete_at(case: Case) -> dt.datetime:
    """When the papers came in as they are now: at receipt, or with the last correction."""
    found: dt.datetime = case.f_last_answer or case.received_at  # type: ignore[attr-defined]
    return found


def contest_by(case: Case, procedure: ProcedureDefinition) -> dt.date | None:
    """The last day for a remedy of this platform, counted from the day the outcome was told."""
    told = case.delivered_at or (case.closed_at if case.state == lifecycle.NOT_ACCEPTED else None)
    if told is None:
        return None
    days = [
        last_day(clock.local(told).date(), remedy.limit, remedy.unit, deadlines.working_days(case.department_id))
        for remedy in procedure.remedies_for(case.outcome or case.state)
        if remedy.kind in guards.CONTESTED_HERE
    ]
    return max(days, default=None)


def special_procedures(case: Case, procedure: ProcedureDefinition) -> list[SpecialProcedure]:
    """What may stop the clock: the procedure's, narrowed to those the service names when it names any."""
    named = set(case.version.special_procedures)
    return [each for each in procedure.special_procedures if not named or each.key in named]


# --- In which part an actor acts ---------------------------------------------------------------------------


def acts_for_applicant(actor: Actor, case: Case) -> bool:
    """The applicant, whoever may act for them in this service, or the civil servant whose own matter it is.

    Also whoever filed it for themselves: what a founder asks for is the business of the company registered meanwhile.
    """
    if actor.kind in APPLICANT_KINDS and actor.on_behalf_of_id == case.applicant_id:
        return actor.covers(case.service.code)
    if not actor.is_staff:
        return actor.kind is CapacityKind.SELF and (actor.party_id, actor.capacity) == (case.filed_by_id, case.capacity)
    for_own_department = actor.department_id == case.applicant_id and (
        actor.party_id == case.filed_by_id or bool(actor.roles & {"section_head", "department_head"})
    )
    return actor.party_id == case.applicant_id or for_own_department


def party_of(actor: Actor, case: Case) -> lifecycle.Party:
    """The parts of ``actor`` on ``case`` (from :func:`with_facts`, with its service). One statement for staff."""
    if actor.is_system:
        return lifecycle.Party(frozenset({Who.SYSTEM}))
    parts: set[Who] = set()
    if acts_for_applicant(actor, case):
        parts.add(Who.APPLICANT)
    own = actor.party_id is not None and actor.party_id in (case.applicant_id, case.filed_by_id)
    if not actor.is_staff:
        return lifecycle.Party(frozenset(parts), own_case=own)
    places = [work.place_of(actor), *work.covered_places(actor)]
    hands = hands_of(case)
    for place in places:
        parts |= _staff_parts(case, hands, place)
    obstacles = {hand.id: _obstacle(actor, hand, places) for hand in hands}
    items: dict[str, EgovError | None] = {}
    for hand in hands:
        # Of several items of one kind, one that may be taken is enough.
        if items.get(hand.kind, hand) is not None:
            items[hand.kind] = obstacles[hand.id]
    roles = frozenset(role for place in places for role in place.roles)
    return lifecycle.Party(
        frozenset(parts),
        roles,
        own_case=own,
        items=items,
        hands=obstacles,
        elsewhere=_in_another_hand(case, hands, places),
    )


def _in_another_hand(case: Case, hands: Sequence[Hand], places: Sequence[work_rules.Place]) -> bool:
    """Whether a colleague holds the case's work; who leads the unit, or stands in for that colleague, may act."""
    held = {hand.assignee_id for hand in hands if hand.claimed and hand.kind not in ASIDE}
    own = places[0]
    if work_rules.leads(own, department_id=case.department_id, unit_id=case.unit_id):
        return False
    return bool(held) and not held & {place.post_id for place in places}


def _obstacle(actor: Actor, hand: Hand, places: Sequence[work_rules.Place]) -> EgovError | None:
    """Why the actor may not take the item; None when they may."""
    if actor.party_id in hand.excluded:
        return work_rules.FourEyes()
    posts = {place.post_id for place in places}
    if hand.assignee_id is not None and hand.assignee_id in posts:
        return None
    if not any(_reaches(place, hand) for place in places):
        return NotYourTask()
    return AlreadyClaimed() if hand.claimed else None


def _reaches(place: work_rules.Place, hand: Hand) -> bool:
    return work_rules.reaches(place, department_id=hand.department_id, unit_id=hand.unit_id, role=hand.role)


def _staff_parts(case: Case, hands: Sequence[Hand], place: work_rules.Place) -> set[Who]:
    parts: set[Who] = set()
    if work_rules.reaches(place, department_id=case.department_id, unit_id=case.unit_id, role=""):
        parts.add(Who.OFFICER)
    if "supervisor" in place.roles:
        parts.add(Who.SUPERVISOR)
    for hand in hands:
        if not _reaches(place, hand):
            continue
        if hand.kind == "extension":
            parts.add(Who.APPROVER)
        elif hand.kind == "opinion_answer":
            parts.add(Who.ADVISER)
        elif hand.is_step:
            parts.add(Who.OFFICER)
    return parts
