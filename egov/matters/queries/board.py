"""The board of the department that answers for the whole: who holds what up, and who endangers the promise.

It shows states and days of other departments' cases, never what they hold nor whose they are.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from egov.casework.models import Case
from egov.deadlines import queries as deadlines
from egov.deadlines.rules import Remaining, remaining
from egov.journal import actions as journal
from egov.kernel import clock
from egov.kernel.actor import Actor
from egov.kernel.errors import NotFound
from egov.kernel.refs import Ref
from egov.kernel.text import LocalisedText
from egov.matters import rules
from egov.matters.loading import Followed, followed, version_of
from egov.matters.models import Matter, MatterState, Member, MemberState
from egov.matters.promises import Promise
from egov.matters.queries.revised import missing_of

STANDINGS = ("endangered", "applicant", "late")
IN_WORK = ["received", "accepted"]


@dataclass(frozen=True)
class BoardFilters:
    """What the address says; unknown values are ignored."""

    standing: str = ""
    event: str = ""
    department: str = ""  # key of a department: what it has in hand, and how that stands

    @classmethod
    def read(cls, values: Mapping[str, Any]) -> "BoardFilters":
        standing = str(values.get("standing", ""))
        return cls(
            standing if standing in STANDINGS else "",
            str(values.get("event", ""))[:10],
            str(values.get("department", ""))[:60],
        )


@dataclass(frozen=True)
class Holder:
    """A member in work and who has it. ``left``: working days of its own promise; None while its clock stands."""

    member: Member
    case: Case
    endangers: bool
    waits_for_applicant: bool
    left: Remaining | None


@dataclass(frozen=True)
class Idle:
    """A member that nobody of the matter has in hand: it waits for others, or is over.

    ``state``: of the member; ``outcome``: of its case, once decided; ``by``: who else files it.
    """

    title: LocalisedText
    department: LocalisedText
    state: str
    outcome: str = ""
    by: str = ""
    ended_at: dt.datetime | None = None
    waits_for: tuple[LocalisedText, ...] = ()


@dataclass(frozen=True)
class BoardLine:
    """A matter as one row of the board. ``lacking``: services that its corrected answers need and nobody has begun.

    ``done`` and ``total`` leave out what is no longer needed.
    """

    matter: Matter
    promise: Promise
    holders: tuple[Holder, ...]
    idle: tuple[Idle, ...]
    lacking: tuple[LocalisedText, ...]
    waiting: int
    done: int
    total: int

    @property
    def endangered(self) -> bool:
        return any(each.endangers for each in self.holders)

    @property
    def waits_for_applicant(self) -> bool:
        return any(each.waits_for_applicant for each in self.holders)

    @property
    def failed(self) -> int:
        """How many have ended without what was asked for."""
        return sum(each.state == MemberState.FAILED for each in self.idle)


@dataclass(frozen=True)
class Whole:
    """What a department is told of the whole that its case is one part of: what waits for it, nothing else.

    What more was asked for is no business of a department that does not lead.
    """

    matter: Matter
    parts: int
    lead: LocalisedText
    waiting: tuple[Idle, ...]


@dataclass(frozen=True)
class HoldUp:
    """How many of the matters a department has in hand, and in how many of them it endangers the promise, is itself
    late, or waits for the applicant."""

    department: str
    name: LocalisedText
    in_hand: int
    endangered: int
    late: int
    applicant: int


def led_matters(actor: Actor) -> QuerySet[Matter]:
    """What the actor's department answers for and is still open."""
    if not actor.is_staff or actor.department_id is None:
        return Matter.objects.none()
    return Matter.objects.filter(lead_id=actor.department_id, state=MatterState.OPEN)


def leads(actor: Actor, reference: str) -> bool:
    if not actor.is_staff or actor.department_id is None:
        return False
    return Matter.objects.filter(reference=reference, lead_id=actor.department_id).exists()


def board(actor: Actor, filters: BoardFilters) -> QuerySet[Matter]:
    """Led matters under ``filters``, for whoever cuts the page; the order is (``promised_due_at``, ``id``).

    With a department, what it has in hand; the standing is then its own.
    """
    rows = _led(actor, filters.event)
    cases = Case.objects.filter(matter=OuterRef("reference"))
    if filters.department:
        cases = cases.filter(_in_hand(), department__key=filters.department)
        rows = rows.filter(Exists(cases))
    if filters.standing == "endangered" and not filters.department:
        rows = rows.filter(endangered_since__isnull=False)
    elif filters.standing:
        rows = rows.filter(Exists(cases.filter(_standing(filters.standing))))
    return rows


def hold_ups(actor: Actor, filters: BoardFilters) -> list[HoldUp]:
    """The departments that have something of the board in hand, of the event of ``filters``; whoever holds up most
    first. One statement; each figure is what the board shows under that department and standing."""
    cases = Case.objects.filter(_in_hand(), matter__in=_led(actor, filters.event).values("reference"))
    counted = {
        name: Count("matter", distinct=True, filter=None if name == "in_hand" else _standing(name))
        for name in ("in_hand", *STANDINGS)
    }
    found = cases.order_by().values("department__key", "department__full_name").annotate(**counted)
    rows = [
        HoldUp(key or "", name, **dict(zip(counted, figures, strict=True)))
        for key, name, *figures in found.values_list("department__key", "department__full_name", *counted)
    ]
    return sorted(rows, key=lambda row: (-row.endangered, -row.late, -row.in_hand, row.department))


def _led(actor: Actor, event: str) -> QuerySet[Matter]:
    rows = led_matters(actor).filter(promised_due_at__isnull=False)
    return rows.filter(event=event) if event else rows


def _in_hand() -> Exists:
    """Of a case: the matter goes on with it."""
    return Exists(Member.objects.filter(case=OuterRef("reference"), state=MemberState.OPEN))


def _standing(name: str) -> Q:
    """How a case stands, of ``STANDINGS``."""
    if name == "endangered":
        return Q(Exists(Member.objects.filter(case=OuterRef("reference"), endangers_since__isnull=False)))
    if name == "applicant":
        return Q(state__in=rules.APPLICANT_S_TURN)
    return Q(state__in=IN_WORK, promised_due_at__lt=clock.now())


def board_lines(actor: Actor, matters: Sequence[Matter]) -> list[BoardLine]:
    """One line each, in five statements for the whole page; one entry in the journal names them."""
    if matters:
        journal.record_list(actor, [Ref("matter", matter.reference) for matter in matters], reason="lead")
    return [_line(each) for each in followed(matters)]


def led_matter(actor: Actor, *, reference: str) -> BoardLine:
    """One matter of the board, also when it is over. Raises ``NotFound`` for who does not lead it."""
    row = Matter.objects.filter(reference=reference).first() if leads(actor, reference) else None
    if row is None:
        raise NotFound
    return board_lines(actor, [row])[0]


def whole_of(case: Case) -> Whole | None:
    """The whole of which a case is one part, for the page of the case; None when it stands alone.

    One statement, two for a part.
    """
    matter = (
        Matter.objects.filter(reference=case.matter).select_related("lead").annotate(parts=Count("members")).first()
    )
    if matter is None or matter.parts < 2:
        return None
    after = Member.objects.filter(waits_for__before__case=case.reference, state=MemberState.WAITING)
    waiting = after.select_related("service", "pending").order_by("order", "id").distinct()
    return Whole(
        matter,
        matter.parts,
        matter.lead.full_name if matter.lead else {},
        tuple(_not_begun(member) for member in waiting),
    )


def events_led(actor: Actor) -> list[str]:
    return list(led_matters(actor).order_by("event").values_list("event", flat=True).distinct())


def _line(each: Followed) -> BoardLine:
    holders = [
        _holder(member, each.cases[member.case], each.promise)
        for member in each.members
        if member.state == MemberState.OPEN and member.case in each.cases
    ]
    held = {holder.member.key for holder in holders}
    states = [member.state for member in each.members if member.state != MemberState.DROPPED]
    return BoardLine(
        matter=each.matter,
        promise=each.promise,
        holders=tuple(sorted(holders, key=lambda holder: not holder.endangers)),
        lacking=tuple(
            lacks.name for lacks in missing_of(each.matter, {member.key: member.state for member in each.members})
        ),
        waiting=states.count(MemberState.WAITING),
        done=states.count(MemberState.DONE),
        total=len(states),
        idle=tuple(_idle(each, member) for member in each.members if member.key not in held),
    )


def _idle(each: Followed, member: Member) -> Idle:
    case = each.cases.get(member.case)
    if case is None:
        titles = [_title(each, need.before) for need in each.needs_of[member.key]]
        return _not_begun(member, tuple(titles) if member.state == MemberState.WAITING else ())
    return Idle(
        title=case.title,
        department=case.department.full_name,
        state=member.state,
        outcome=case.outcome,
        ended_at=case.decided_at or case.closed_at,
    )


def _not_begun(member: Member, waits_for: tuple[LocalisedText, ...] = ()) -> Idle:
    version = version_of(member)
    return Idle(
        title=version.name if version else {},
        department=version.department_name if version and not member.by else {},
        state=member.state,
        by=member.by,
        ended_at=member.ended_at,
        waits_for=waits_for,
    )


def _title(each: Followed, key: str) -> LocalisedText:
    member = next(member for member in each.members if member.key == key)
    if member.case in each.cases:
        return each.cases[member.case].title
    version = version_of(member)
    return version.name if version else {}


def _holder(member: Member, case: Case, promise: Promise) -> Holder:
    runs = case.state in IN_WORK and case.promised_due_at is not None
    return Holder(
        member=member,
        case=case,
        endangers=member.key in promise.forecast.endangering,
        waits_for_applicant=case.state in rules.APPLICANT_S_TURN,
        left=remaining(
            started=case.received_at,
            due=case.promised_due_at,
            now=clock.now(),
            working_days=deadlines.working_days(case.department_id),
        )
        if runs and case.promised_due_at is not None
        else None,
    )
