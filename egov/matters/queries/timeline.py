"""One timeline of a matter with the departments as lanes, its promise, and the path that decides its end."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from egov.casework import queries as casework
from egov.casework.models import Case, Transition
from egov.catalogue import queries as catalogue
from egov.identity.models import Organisation
from egov.journal import actions as journal
from egov.kernel import clock
from egov.kernel.actor import Actor
from egov.kernel.refs import Ref
from egov.kernel.text import LocalisedText
from egov.matters import rules
from egov.matters.loading import version_of
from egov.matters.models import Declaration, Dependency, Matter, MatterState, Member, MemberState
from egov.matters.promises import Promise, promise_of
from egov.matters.queries.lists import find, seen_in
from egov.matters.queries.revised import Revised, revised
from egov.matters.rules import Needs, Part, PartKind, Undone

# How a part is called of which its reader may not know which it is.
ANOTHER_PART: LocalisedText = {"zh-Hans": "本事项的另一部分", "en": "another part of the matter"}


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
    endangers: bool
    expected_on: dt.date | None
    waits_for: tuple[LocalisedText, ...]
    undone: Undone | None
    moves: tuple[Transition, ...]
    by: str = ""  # somebody else files it
    is_own: bool = True  # whether its reader acts for whoever has the case: it may be another applicant's by now
    declaration: Declaration | None = None  # the applicant says that this somebody has

    @property
    def needs(self) -> str:
        """What the applicant has to do: "pay", "correct" or nothing."""
        if self.case is None or not self.is_own:
            return ""
        return {"submitted": "pay", "correction": "correct"}.get(self.case.state, "")


@dataclass(frozen=True)
class Timeline:
    """As ``actor`` sees it: the lanes are the parts that they see, ``members`` are all, since a promise needs them."""

    actor: Actor
    matter: Matter
    lanes: tuple[Lane, ...]
    promise: Promise
    members: Sequence[Member]
    needs_of: Mapping[str, Sequence[Needs]]
    now: dt.datetime

    @property
    def promised_due_at(self) -> dt.datetime | None:
        return self.promise.promised_due_at

    @cached_property
    def revised(self) -> Revised:
        """What corrected answers have changed in the services that are needed."""
        return revised(self.actor, self.matter, {member.key: member.state for member in self.members})

    @property
    def open_lanes(self) -> list[Lane]:
        return [lane for lane in self.lanes if lane.state in (MemberState.OPEN, MemberState.WAITING)]

    @property
    def done_lanes(self) -> list[Lane]:
        return [lane for lane in self.lanes if lane.state == MemberState.DONE]

    @property
    def counted_lanes(self) -> list[Lane]:
        """Those that are done or come to an end yet: what fell away or was taken back is no part of the whole."""
        return [lane for lane in self.lanes if lane.state != MemberState.DROPPED]

    @property
    def cases(self) -> list[Case]:
        """Those that are open to the reader, with what they hold."""
        return [lane.case for lane in self.lanes if lane.case and lane.is_own]

    @property
    def is_whole(self) -> bool:
        """Whether every part of the matter is seen; what others file for those seen is among them."""
        seen = {lane.key for lane in self.lanes}
        return all(member.key in seen or member.by for member in self.members)

    @property
    def may_withdraw(self) -> bool:
        """Whether all of it can be taken back: every part, so by whom every part is open."""
        return (
            self.matter.state == MatterState.OPEN
            and self.is_whole
            and any(case.state in rules.UNDECIDED for case in self.cases)
        )


def timeline(actor: Actor, *, reference: str) -> Timeline:
    """The whole story of a matter, of the parts that the actor sees. A view by someone else than the applicant is
    journalled. Raises ``NotFound`` for a stranger.

    At most 5 statements for one member, 6 for many; one more for the journal, one under a limited mandate.
    """
    matter = find(actor, reference=reference)
    members = list(matter.members.select_related("service", "pending__department__party").order_by("order", "id"))
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
    drawn = _drawn(actor, matter, members, needs_of, cases, moves)
    return _as_seen(drawn, seen_in(actor, matter, members))


def _needs_of(matter: Matter, members: Sequence[Member]) -> dict[str, list[Needs]]:
    key_of = {member.pk: member.key for member in members}
    needs_of: dict[str, list[Needs]] = {member.key: [] for member in members}
    if len(members) > 1:
        for edge in Dependency.objects.filter(matter=matter).order_by("id"):
            needs_of[key_of[edge.after_id]].append(Needs(key_of[edge.before_id], edge.group))
    return needs_of


def _as_seen(drawn: Timeline, seen: frozenset[str]) -> Timeline:
    """Of parts that its reader does not see nothing is told, not even their names."""
    if len(seen) == len(drawn.members):
        return drawn
    forecast = drawn.promise.forecast
    return replace(
        drawn,
        lanes=tuple(_lane_as_seen(lane, drawn.needs_of[lane.key], seen) for lane in drawn.lanes if lane.key in seen),
        promise=replace(drawn.promise, forecast=replace(forecast, unmeasured=forecast.unmeasured & seen)),
    )


def _lane_as_seen(lane: Lane, needs: Sequence[Needs], seen: frozenset[str]) -> Lane:
    waits_for = [
        title if need.before in seen else ANOTHER_PART for need, title in zip(needs, lane.waits_for, strict=False)
    ]
    named = [text for number, text in enumerate(waits_for) if text not in waits_for[:number]]
    undone = lane.undone and replace(lane.undone, of=tuple(key for key in lane.undone.of if key in seen))
    return replace(lane, waits_for=tuple(named), undone=undone)


def _drawn(
    actor: Actor,
    matter: Matter,
    members: Sequence[Member],
    needs_of: dict[str, list[Needs]],
    cases: dict[str, Case],
    moves: dict[int, list[Transition]],
) -> Timeline:
    now = clock.now()
    story = {case: [rules.Move(move.at, move.after) for move in found] for case, found in moves.items()}
    promise = promise_of(members, needs_of, cases, story)
    titles = {member.key: _title(member, cases) for member in members}
    declared = _declared(members)
    lanes = []
    for member in members:
        case = cases.get(member.case)
        if case is not None:
            told = moves.get(case.pk, [])
            lane = _lane_of_case(member, case, told, story.get(case.pk, []), titles[member.key], promise, now)
            lanes.append(replace(lane, is_own=casework.acts_for_applicant(actor, case)))
        else:
            waits_for = tuple(titles[need.before] for need in needs_of[member.key])
            lanes.append(_lane_ahead(member, titles[member.key], waits_for, declared, promise, now))
    return Timeline(actor, matter, tuple(lanes), promise, members, needs_of, now)


def _declared(members: Sequence[Member]) -> dict[int, Declaration]:
    """What the applicant said of members that somebody else files. No statement without such members."""
    outside = [member.pk for member in members if member.by]
    return {each.member_id: each for each in Declaration.objects.filter(member__in=outside)} if outside else {}


def _title(member: Member, cases: dict[str, Case]) -> LocalisedText:
    if member.case in cases:
        return cases[member.case].title
    version = version_of(member)
    return version.name if version else {}


def _named(department: Organisation) -> LocalisedText:
    return department.full_name or {"zh-Hans": department.party.name}


def _lane_of_case(
    member: Member,
    case: Case,
    moves: Sequence[Transition],
    story: Sequence[rules.Move],
    title: LocalisedText,
    promise: Promise,
    now: dt.datetime,
) -> Lane:
    ended = case.decided_at or case.closed_at
    return Lane(
        key=member.key,
        service=member.service.code,
        title=title,
        state=member.state,
        case=case,
        department=_named(case.department),
        unit=case.unit.name,
        unit_phone=case.unit.phone,
        parts=rules.parts_of(story, ended_at=ended, due_at=case.promised_due_at, now=now),
        due_at=case.promised_due_at,
        statutory_due_at=case.statutory_due_at,
        ended_at=ended,
        missed=_missed(case, ended, now),
        critical=member.key in promise.forecast.critical,
        endangers=member.key in promise.forecast.endangering,
        expected_on=None if ended else _expected(member, promise),
        waits_for=(),
        undone=Undone.from_json(member.undone),
        moves=tuple(moves),
    )


def _expected(member: Member, promise: Promise) -> dt.date | None:
    """From past cases only: without them the promise is all that is known."""
    found = promise.forecast
    if member.key not in found.ends or member.key in found.unmeasured or member.state in rules.ENDED:
        return None
    return promise.days.day(found.ends[member.key])


def _missed(case: Case, ended: dt.datetime | None, now: dt.datetime) -> bool:
    if case.overdue_at is not None:
        return True
    if case.promised_due_at is None or case.state in rules.PAUSED_STATES:
        return False
    return (ended or now) > case.promised_due_at


def _lane_ahead(
    member: Member,
    title: LocalisedText,
    waits_for: tuple[LocalisedText, ...],
    declared: Mapping[int, Declaration],
    promise: Promise,
    now: dt.datetime,
) -> Lane:
    """A member that has no case yet: when it can begin and how long its department promises to take."""
    due: dt.datetime | None = None
    parts: tuple[Part, ...] = ()
    if member.state == MemberState.WAITING and member.key in promise.forecast.planned:
        start = max(promise.due(promise.forecast.begins[member.key]), now)
        planned = promise.due(promise.forecast.planned[member.key])
        due = planned if planned > now else None  # a day that went by was missed by another department
        parts = (Part(PartKind.PLAN, start, planned),) if planned > start else ()
    return Lane(
        key=member.key,
        service=member.service.code,
        title=title,
        state=member.state,
        case=None,
        department=_named(member.kept.department) if member.kept is not None else {},
        unit={},
        unit_phone="",
        parts=parts,
        due_at=due,
        statutory_due_at=None,
        ended_at=member.ended_at,
        missed=False,
        critical=member.key in promise.forecast.critical,
        endangers=False,
        expected_on=_expected(member, promise),
        waits_for=waits_for,
        undone=Undone.from_json(member.undone),
        moves=(),
        by=member.by,
        declaration=declared.get(member.pk),
    )
