"""The demonstration city's matters: wholes of one service or of many, with the states their cases gave them."""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from egov.casework.actions import CaseSpec
from egov.casework.models import Case
from egov.contracts.cases import MembersUndone
from egov.journal.demo import PastAct
from egov.kernel import clock
from egov.kernel.actor import SYSTEM
from egov.kernel.refs import Ref
from egov.kernel.text import LocalisedText
from egov.matters import rules
from egov.matters.actions.opening import edges_of, member_row, pending_of, promised_due_at
from egov.matters.models import Dependency, Matter, MatterState, Member, MemberState, PendingFile, PendingMember
from egov.matters.promises import NumberedDays
from egov.matters.rules import Needs, Undone
from egov.matters.telling import CASE_EVENTS as CASE_EVENTS
from egov.matters.whole import Filed as Filed
from egov.matters.whole import MemberSpec, applicant_of, case_spec


@dataclass
class PastMatter:
    """Rows of a matter that are not written yet."""

    matter: Matter
    members: Sequence[Member]
    dependencies: Sequence[Dependency] = ()
    pending: Sequence[PendingMember] = ()
    pending_files: Sequence[PendingFile] = ()


def lay_matters(matters: Sequence[PastMatter]) -> None:
    """Insert ``matters`` with their members, what these wait for and with: five statements."""
    Matter.objects.bulk_create([each.matter for each in matters], batch_size=1000)
    Member.objects.bulk_create([member for each in matters for member in each.members], batch_size=1000)
    Dependency.objects.bulk_create([edge for each in matters for edge in each.dependencies], batch_size=1000)
    PendingMember.objects.bulk_create([row for each in matters for row in each.pending], batch_size=1000)
    PendingFile.objects.bulk_create([row for each in matters for row in each.pending_files], batch_size=1000)


def of_one_case(
    *,
    key: int,
    case: Case,
    opened_at: dt.datetime,
    promised_due_at: dt.datetime | None,
    ended_at: dt.datetime | None,
    outputs: Mapping[str, Any],
) -> PastMatter:
    """``ended_at``: when the case was decided, or ended otherwise. ``promised_due_at``: as it was on submission."""
    state = rules.matter_state([_state(case)])
    matter = Matter(
        pk=key,
        reference=case.matter,
        applicant_id=case.applicant_id,
        filed_by_id=case.filed_by_id,
        capacity=case.capacity,
        title=case.version.name,
        state=state,
        opened_at=opened_at,
        closed_at=None if state == MatterState.OPEN else ended_at,
        promised_due_at=promised_due_at,
    )
    member = Member(
        matter=matter,
        key=case.service.code,
        service_id=case.service_id,
        case=case.reference,
        state=_state(case),
        outputs=dict(outputs),
        started_at=opened_at,
        ended_at=ended_at,
    )
    return PastMatter(matter, [member])


def _state(case: Case) -> str:
    if case.outcome:
        return rules.state_after_decision(case.outcome)
    return rules.state_after_case(case.state) or rules.OPEN


# --- Several services ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Fallen:
    """What fell away when the case of a member came to nothing; the last first."""

    at: dt.datetime
    case: str
    members: Sequence[str]


@dataclass
class PastWhole:
    """A matter of several services of the past, opened and followed as :class:`whole.Whole` does it.

    ``open`` what waits for nothing, tell and lay its cases, ``follow`` them, and go on with what ``starting`` gives until
    it gives nothing; then ``end``.
    """

    filed: Filed
    specs: Sequence[MemberSpec]
    references: Mapping[str, str]  # member -> its case, also of one that is opened later
    matter: Matter
    members: dict[str, Member] = field(default_factory=dict)
    pending: dict[str, PendingMember] = field(default_factory=dict)
    fallen: list[Fallen] = field(default_factory=list)

    @property
    def needs_of(self) -> dict[str, Sequence[Needs]]:
        """In the order of the graph; what somebody else files was there."""
        own = {spec.key for spec in self.specs}
        needs = {spec.key: tuple(need for need in spec.depends_on if need.before in own) for spec in self.specs}
        return {key: needs[key] for key in rules.order_of(needs)}

    def open(self, cases: Mapping[str, Case]) -> None:
        """``cases``: of those members that wait for nothing, just opened."""
        order = list(self.needs_of)
        at = self.matter.opened_at
        for spec in self.specs:
            self.members[spec.key] = member_row(self.matter, spec, order.index(spec.key), cases.get(spec.key))
        self.pending = {
            spec.key: pending_of(self.members[spec.key], spec, self.filed, self.references[spec.key])
            for spec in self.specs
            if spec.key not in cases
        }
        days = NumberedDays.on(clock.local(at).date())
        rows = list(self.members.values())
        self.matter.promised_due_at = promised_due_at(rows, self.needs_of, list(cases.values()), days)

    def spec_of(self, key: str) -> CaseSpec:
        """Of a member that waits for nothing."""
        return case_spec(self.filed, self._spec(key), self.references[key])

    def starting(self) -> Iterator[tuple[str, CaseSpec, dt.datetime]]:
        """Members whose turn has come, each with its case to open and the moment of it."""
        states = {key: member.state for key, member in self.members.items()}
        outputs = {key: member.outputs for key, member in self.members.items()}
        for key, needs in self.needs_of.items():
            if states[key] != MemberState.WAITING or not rules.may_start(needs, states):
                continue
            spec = self._spec(key)
            answers = {**spec.answers, **rules.passed_answers(needs, outputs)}
            applicant = applicant_of(spec.version, self.members.values(), self.matter.applicant_id)
            filed = replace(self.filed, applicant_id=applicant)
            yield (
                key,
                case_spec(filed, replace(spec, answers=answers), self.references[key]),
                max(self._there(group) for group in rules.alternatives(needs)),
            )

    def start(self, key: str, case: Case, at: dt.datetime) -> None:
        member = self.members[key]
        member.case, member.state, member.started_at = case.reference, MemberState.OPEN, at

    def follow(self, key: str, case: Case, outputs: Mapping[str, Any]) -> None:
        """The member as its case, told to the end, has left it."""
        member, state = self.members[key], _state(case)
        if state == rules.OPEN:
            return
        member.state, member.ended_at, member.outputs = state, case.decided_at or case.closed_at, dict(outputs)
        if state == rules.DROPPED:
            member.undone = Undone(rules.TAKEN_BACK).as_json()

    def end(self) -> PastMatter:
        """What can never start falls away, and the matter is over when nothing goes on."""
        ended = [(member.ended_at, key) for key, member in self.members.items() if member.ended_at is not None]
        for at, key in sorted(ended):
            self._fall(at, key)
        matter = self.matter
        matter.state = rules.matter_state(member.state for member in self.members.values())
        if matter.state != MatterState.OPEN:
            matter.closed_at = max(member.ended_at for member in self.members.values() if member.ended_at)
        waiting = [(self.pending[spec.key], spec.files) for spec in self.specs if not self.members[spec.key].case]
        return PastMatter(
            matter,
            list(self.members.values()),
            edges_of(matter, self.needs_of, self.members),
            [row for row, _files in waiting],
            [PendingFile(pending=row, material=key, file_id=file) for row, files in waiting for key, file in files],
        )

    def _fall(self, at: dt.datetime, because: str) -> None:
        then = {
            key: member.state if member.ended_at and member.ended_at <= at else _not_yet(member)
            for key, member in self.members.items()
        }
        dropped = rules.falling(self.needs_of, then)
        then |= dict.fromkeys(dropped, MemberState.DROPPED)
        for key in dropped:
            member = self.members[key]
            member.state, member.ended_at = MemberState.DROPPED, at
            member.undone = rules.cause(self.needs_of[key], then).as_json()
        if dropped:
            self.fallen.append(Fallen(at, self.members[because].case, dropped))

    def _there(self, group: Sequence[Needs]) -> dt.datetime:
        """When the first of some alternatives had succeeded."""
        members = [self.members[need.before] for need in group]
        return min(each.ended_at for each in members if each.state == MemberState.DONE and each.ended_at)

    def _spec(self, key: str) -> MemberSpec:
        return next(spec for spec in self.specs if spec.key == key)

    # --- What was noted and told of it ----------------------------------------------------------------------

    def acts(self) -> Iterator[PastAct]:
        """See ``following``."""
        refs = [Ref("matter", self.matter.reference), Ref("party", str(self.matter.applicant_id))]
        for each in self.fallen:
            content = {key: self.members[key].undone for key in each.members}
            yield PastAct(each.at, SYSTEM, "matters.undone", refs, content)

    def events(self) -> Iterator[tuple[dt.datetime, MembersUndone]]:
        for each in self.fallen:
            yield (
                each.at,
                MembersUndone(
                    matter=self.matter.reference,
                    applicant_id=self.matter.applicant_id,
                    because_of=each.case,
                    services=[self._spec(key).version.name for key in reversed(each.members)],
                ),
            )


def _not_yet(member: Member) -> str:
    """The state of a member before it ended."""
    return MemberState.OPEN if member.case else MemberState.WAITING


def begin_whole(
    *,
    key: int,
    filed: Filed,
    specs: Sequence[MemberSpec],
    references: Mapping[str, str],
    title: LocalisedText,
    need: str,
    event: str,
    event_version: int | None,
    determinants: Mapping[str, Any],
    lead: tuple[int, int] | None,
    at: dt.datetime,
) -> PastWhole:
    matter = Matter(
        pk=key,
        reference=filed.matter,
        applicant_id=filed.applicant_id,
        filed_by_id=filed.filed_by_id,
        capacity=filed.capacity,
        title=title,
        need=need,
        event=event,
        event_version_id=event_version,
        determinants=dict(determinants),
        opened_at=at,
        lead_id=lead[0] if lead else None,
        lead_unit_id=lead[1] if lead else None,
    )
    return PastWhole(filed, specs, references, matter)
