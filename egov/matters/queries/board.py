"""The board of the department that answers for the whole: who holds what up, and who endangers the promise.

It shows states and days of other departments' cases, never what they hold nor whose they are.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet

from egov.casework.models import Case
from egov.deadlines import queries as deadlines
from egov.deadlines.rules import Remaining, remaining
from egov.journal import actions as journal
from egov.kernel import clock
from egov.kernel.actor import Actor
from egov.kernel.errors import NotFound
from egov.kernel.refs import Ref
from egov.matters import rules
from egov.matters.loading import Followed, followed
from egov.matters.models import Matter, MatterState, Member, MemberState
from egov.matters.promises import Promise

STANDINGS = ("endangered", "applicant", "late")
IN_WORK = ["received", "accepted"]


@dataclass(frozen=True)
class BoardFilters:
    """What the address says; unknown values are ignored."""

    standing: str = ""
    event: str = ""

    @classmethod
    def read(cls, values: Mapping[str, Any]) -> "BoardFilters":
        standing = str(values.get("standing", ""))
        return cls(standing if standing in STANDINGS else "", str(values.get("event", ""))[:10])


@dataclass(frozen=True)
class Holder:
    """A member in work and who has it. ``left``: working days of its own promise; None while its clock stands."""

    member: Member
    case: Case
    endangers: bool
    waits_for_applicant: bool
    left: Remaining | None


@dataclass(frozen=True)
class BoardLine:
    """A matter as one row of the board."""

    matter: Matter
    promise: Promise
    holders: tuple[Holder, ...]
    waiting: int
    done: int
    total: int

    @property
    def endangered(self) -> bool:
        return any(each.endangers for each in self.holders)

    @property
    def waits_for_applicant(self) -> bool:
        return any(each.waits_for_applicant for each in self.holders)


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
    """Led matters under ``filters``, for whoever cuts the page; the order is (``promised_due_at``, ``id``)."""
    rows = led_matters(actor).filter(promised_due_at__isnull=False)
    cases = Case.objects.filter(matter=OuterRef("reference"))
    if filters.standing == "endangered":
        rows = rows.filter(endangered_since__isnull=False)
    elif filters.standing == "applicant":
        rows = rows.filter(Exists(cases.filter(state__in=rules.APPLICANT_S_TURN)))
    elif filters.standing == "late":
        rows = rows.filter(Exists(cases.filter(state__in=IN_WORK, promised_due_at__lt=clock.now())))
    return rows.filter(event=filters.event) if filters.event else rows


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


def events_led(actor: Actor) -> list[str]:
    return list(led_matters(actor).order_by("event").values_list("event", flat=True).distinct())


def _line(each: Followed) -> BoardLine:
    holders = [
        _holder(member, each.cases[member.case], each.promise)
        for member in each.members
        if member.state == MemberState.OPEN and member.case in each.cases
    ]
    states = [member.state for member in each.members if member.state != MemberState.DROPPED]
    return BoardLine(
        matter=each.matter,
        promise=each.promise,
        holders=tuple(sorted(holders, key=lambda holder: not holder.endangers)),
        waiting=states.count(MemberState.WAITING),
        done=states.count(MemberState.DONE),
        total=len(states),
    )


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
