"""What was asked for as one whole is opened, followed and withdrawn here. Cases are carried by casework."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db import transaction

from egov.casework import actions as casework
from egov.casework.actions import CaseSpec
from egov.casework.models import OPEN_STATES, Case
from egov.catalogue import queries as catalogue
from egov.catalogue.models import ServiceVersion
from egov.contracts.cases import CaseChanged, CaseDecided
from egov.journal import actions as journal
from egov.kernel import clock, references, writing
from egov.kernel.actor import SYSTEM, Actor
from egov.kernel.errors import NotFound, NotPermitted, TransitionNotAllowed
from egov.kernel.refs import Ref
from egov.kernel.text import LocalisedText
from egov.matters import rules
from egov.matters.models import Dependency, Matter, MatterState, Member, MemberState
from egov.matters.rules import Needs
from egov.payments import actions as payments
from egov.routing.queries import RouteChoice

ORGANISATION = "organisation.party"  # the output that names a party brought into being


@dataclass(frozen=True)
class MemberSpec:
    """One service of the whole, with its part of the answers. ``files``: (material, id of the stored file)."""

    key: str
    version: ServiceVersion
    answers: Mapping[str, Any]
    route: RouteChoice
    sources: Mapping[str, Any] = field(default_factory=dict)
    files: Sequence[tuple[str, int]] = ()
    price: Decimal = Decimal(0)
    optional: bool = False
    about: str = ""  # the case whose decision it contests
    depends_on: Sequence[Needs] = ()


@dataclass(frozen=True)
class OpenedMatter:
    """``references``: member → its case, also of one that is opened later."""

    matter: Matter
    cases: tuple[Case, ...]
    references: Mapping[str, str]


def open_matter(
    actor: Actor,
    *,
    applicant_id: int,
    title: LocalisedText,
    members: Sequence[MemberSpec],
    submission: str = "",
    need: str = "",
    event: str = "",
    language: str = "zh-Hans",
    reference: str = "",
    applicant_name: str = "",
) -> OpenedMatter:
    """Open the whole and a case for every member that waits for nothing. Runs in the caller's transaction.

    The caller has asked for permission and writes the journal (one entry for the whole act). Raises ``GraphError``
    when members wait for each other in a circle.
    """
    reference = reference or references.draw("M")
    needs_of = {spec.key: tuple(spec.depends_on) for spec in members}
    order = {key: place for place, key in enumerate(rules.order_of(needs_of))}
    ready = [spec for spec in members if not spec.depends_on]
    now = clock.now()
    filed = _Filed(reference, submission, applicant_id, actor.party_id, actor.capacity, language)
    case_references = {spec.key: references.draw("C") for spec in members}
    specs = [_case_spec(filed, spec, case_references[spec.key], applicant_name) for spec in ready]
    cases = casework.open_cases(actor, specs)
    case_of = dict(zip((spec.key for spec in ready), cases, strict=True))
    dues = [case.promised_due_at for case in cases if case.promised_due_at]
    states = {spec.key: _first_state(case_of.get(spec.key)) for spec in members}
    closed = rules.matter_state(states.values()) != MatterState.OPEN
    matter = Matter(
        reference=reference,
        applicant_id=applicant_id,
        filed_by_id=actor.party_id,
        capacity=actor.capacity,
        title=title,
        need=need,
        event=event,
        state=rules.matter_state(states.values()),
        opened_at=now,
        closed_at=now if closed else None,
        promised_due_at=max(dues, default=None),
    )
    writing.insert([matter])
    rows = writing.insert(
        [
            _member(matter, spec, order[spec.key], case_of.get(spec.key), states[spec.key], filed, case_references)
            for spec in members
        ]
    )
    _link(matter, members, {row.key: row for row in rows})
    return OpenedMatter(matter, tuple(cases), case_references)


@dataclass(frozen=True)
class _Filed:
    """Who filed what, in which capacity: the same for every member, also for those that start later."""

    matter: str
    submission: str
    applicant_id: int
    filed_by_id: int | None
    capacity: str
    language: str


def _case_spec(
    filed: _Filed, spec: MemberSpec, reference: str, applicant_name: str = "", *, paid: bool = False
) -> CaseSpec:
    return CaseSpec(
        applicant_name=applicant_name,
        version=spec.version,
        applicant_id=filed.applicant_id,
        filed_by_id=filed.filed_by_id,
        capacity=filed.capacity,
        matter=filed.matter,
        submission=filed.submission,
        answers=dict(spec.answers),
        sources=dict(spec.sources),
        files=tuple(spec.files),
        route=spec.route,
        price=spec.price,
        paid=paid,
        language=filed.language,
        title=spec.version.name,
        reference=reference,
        about=spec.about,
    )


def _first_state(case: Case | None) -> str:
    """An instant service is decided when its case is opened."""
    if case is None:
        return rules.WAITING
    return rules.state_after_decision(case.outcome) if case.outcome else rules.OPEN


def _member(
    matter: Matter,
    spec: MemberSpec,
    order: int,
    case: Case | None,
    state: str,
    filed: _Filed,
    case_references: Mapping[str, str],
) -> Member:
    now = matter.opened_at
    waits = case is None
    return Member(
        matter=matter,
        key=spec.key,
        service_id=spec.version.service_id,
        case=case.reference if case else "",
        state=state,
        order=order,
        optional=spec.optional,
        answers=dict(spec.answers) if waits else {},
        route=_kept_until_start(spec, filed, case_references[spec.key]) if waits else {},
        started_at=None if waits else now,
        ended_at=now if state in rules.ENDED else None,
    )


def _kept_until_start(spec: MemberSpec, filed: _Filed, reference: str) -> dict[str, Any]:
    """All that opening the case later needs, as it was when the person submitted; its bill names it already."""
    return {
        "case": reference,
        "version": spec.version.pk,
        "sources": dict(spec.sources),
        "files": [list(entry) for entry in spec.files],
        "price": str(spec.price),
        "route": spec.route.as_json(),
        "submission": filed.submission,
        "language": filed.language,
    }


def _link(matter: Matter, members: Sequence[MemberSpec], rows: Mapping[str, Member]) -> None:
    edges = [
        Dependency(
            matter=matter, before=rows[need.before], after=rows[spec.key], group=need.group, passes=dict(need.passes)
        )
        for spec in members
        for need in spec.depends_on
    ]
    writing.insert(edges)


# --- What cases tell --------------------------------------------------------------------------------
def follow_decision(event: CaseDecided) -> None:
    """A member's case was decided: keep its outputs, wake who waited for it. Doing it twice changes nothing."""
    _settle(event.case, event.matter, rules.state_after_decision(event.outcome), event.outputs)


def follow_change(event: CaseChanged) -> None:
    """A member's case ended without a decision: it was withdrawn, not accepted, sent on or terminated."""
    state = rules.state_after_case(event.after)
    if state is not None:
        _settle(event.case, event.matter, state, {})


def _settle(case: str, matter: str, state: str, outputs: Mapping[str, Any]) -> None:
    with transaction.atomic():
        row = Matter.objects.select_for_update(of=("self",)).filter(reference=matter).first()
        if row is None:
            return
        whole = _Whole.load(row)
        member = next((each for each in whole.members.values() if each.case == case), None)
        if member is None:
            return
        if member.state == MemberState.OPEN:
            member.state = state
            member.ended_at = clock.now()
            whole.changed.add(member.key)
        if outputs and member.outputs != outputs:
            member.outputs = dict(outputs)
            whole.changed.add(member.key)
        whole.go_on()
        whole.save()


@dataclass
class _Whole:
    """A matter with its members under lock, changed in memory and written once."""

    matter: Matter
    members: dict[str, Member]
    needs_of: dict[str, list[Needs]]
    changed: set[str] = field(default_factory=set)

    @classmethod
    def load(cls, matter: Matter) -> "_Whole":
        members = {row.key: row for row in matter.members.order_by("order", "id")}
        key_of = {row.pk: key for key, row in members.items()}
        needs_of: dict[str, list[Needs]] = {key: [] for key in members}
        if len(members) > 1:
            for edge in Dependency.objects.filter(matter=matter).order_by("id"):
                needs_of[key_of[edge.after_id]].append(Needs(key_of[edge.before_id], edge.group, edge.passes))
        return cls(matter, members, needs_of)

    @property
    def states(self) -> dict[str, str]:
        return {key: member.state for key, member in self.members.items()}

    def go_on(self) -> None:
        """Start those whose turn has come, drop those that can never start; in the order of the graph."""
        for key, member in self.members.items():
            if member.state != MemberState.WAITING:
                continue
            if rules.cannot_start(self.needs_of[key], self.states):
                self.drop(key, "what it waits for was not granted")
            elif rules.may_start(self.needs_of[key], self.states):
                self._start(key, member)

    def drop(self, key: str, reason: str) -> None:
        """A member that waits will never start: nothing is owed for it."""
        member = self.members[key]
        if Decimal(member.route.get("price", "0")) > 0:
            payments.give_up(SYSTEM, subject=Ref("case", member.route["case"]), reason=reason)
        member.state, member.ended_at = MemberState.DROPPED, clock.now()
        self.changed.add(key)

    def _start(self, key: str, member: Member) -> None:
        kept = member.route
        outputs = {other: row.outputs for other, row in self.members.items()}
        spec = MemberSpec(
            key=key,
            version=catalogue.version(kept["version"]),
            answers={**member.answers, **rules.passed_answers(self.needs_of[key], outputs)},
            sources=kept["sources"],
            files=[(material, file) for material, file in kept["files"]],
            price=Decimal(kept["price"]),
            route=RouteChoice.from_json(kept["route"]),
        )
        filed = _Filed(
            self.matter.reference,
            kept["submission"],
            self._applicant_of(spec.version),
            self.matter.filed_by_id,
            self.matter.capacity,
            kept["language"],
        )
        paid = spec.price > 0 and payments.hold_paid(Ref("case", kept["case"]))
        (case,) = casework.open_cases(SYSTEM, [_case_spec(filed, spec, kept["case"], paid=paid)])
        member.case, member.state, member.started_at = case.reference, _first_state(case), clock.now()
        if member.state in rules.ENDED:
            member.ended_at = member.started_at
        if case.promised_due_at and (
            self.matter.promised_due_at is None or case.promised_due_at > self.matter.promised_due_at
        ):
            self.matter.promised_due_at = case.promised_due_at
        self.changed.add(key)

    def _applicant_of(self, version: ServiceVersion) -> int:
        """What only organisations can apply for is the business of the one that an earlier member has registered."""
        if "person" not in version.audience:
            for member in self.members.values():
                if member.state == MemberState.DONE and ORGANISATION in member.outputs:
                    return int(member.outputs[ORGANISATION])
        return self.matter.applicant_id

    def save(self) -> None:
        if not self.changed:
            return
        Member.objects.bulk_update(
            [self.members[key] for key in sorted(self.changed)],
            ["case", "state", "outputs", "started_at", "ended_at"],
        )
        state = rules.matter_state(self.states.values())
        if state != self.matter.state:
            self.matter.state = state
            self.matter.closed_at = None if state == MatterState.OPEN else clock.now()
        self.matter.save(update_fields=["state", "closed_at", "promised_due_at"])


def withdraw_matter(actor: Actor, *, matter: str, reason: str) -> Matter:
    """Take back the whole before it is decided: every open case is withdrawn, what waits never starts.

    Raises ``NotFound`` for a stranger, ``NotPermitted`` when the mandate does not cover a member, and
    ``TransitionNotAllowed`` when nothing is open any more.
    """
    with transaction.atomic():
        row = (
            Matter.objects.select_for_update(of=("self",))
            .filter(reference=matter, applicant_id=actor.on_behalf_of_id)
            .first()
        )
        if row is None or not actor.is_applicant:
            raise NotFound
        whole = _Whole.load(row)
        _require_mandate(actor, whole)
        if row.state != MatterState.OPEN:
            raise TransitionNotAllowed
        open_cases = [member for member in whole.members.values() if member.state == MemberState.OPEN]
        undecided = set(
            Case.objects.filter(reference__in=[member.case for member in open_cases], state__in=OPEN_STATES)
            .exclude(state="decided")
            .values_list("reference", flat=True)
        )
        if not undecided:
            raise TransitionNotAllowed
        # Later members first: what was begun last is taken back first.
        for member in reversed(whole.members.values()):
            if member.state == MemberState.WAITING:
                whole.drop(member.key, "the matter was withdrawn")
            elif member.case in undecided:
                casework.withdraw(actor, case=member.case, reason=reason)
                member.state, member.ended_at = MemberState.DROPPED, clock.now()
                whole.changed.add(member.key)
        whole.save()
        refs = [Ref("matter", row.reference), Ref("party", str(row.applicant_id))]
        journal.record(actor, "matters.withdraw", *refs, reason=reason[:200])
    return row


def _require_mandate(actor: Actor, whole: _Whole) -> None:
    if actor.mandate_services is None:
        return
    services = {member.service_id for member in whole.members.values()}
    covered = set(
        Member.objects.filter(matter=whole.matter, service__code__in=actor.mandate_services).values_list(
            "service_id", flat=True
        )
    )
    if services - covered:
        raise NotPermitted
