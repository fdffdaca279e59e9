"""A matter under lock: its members follow their cases, start, fall away. Private to this room."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _

from egov.casework import actions as casework
from egov.casework.actions import CaseSpec
from egov.casework.models import Case
from egov.catalogue import queries as catalogue
from egov.catalogue.models import ORGANISATION, ServiceVersion
from egov.identity.models import PartyKind
from egov.kernel import clock
from egov.kernel.actor import SYSTEM, Actor
from egov.kernel.errors import NotPermitted
from egov.kernel.refs import Ref
from egov.kernel.text import LocalisedText, localise
from egov.matters import rules
from egov.matters.models import Declaration, Dependency, Matter, MatterState, Member, MemberState
from egov.matters.rules import Needs, Undone
from egov.payments import actions as payments
from egov.payments.models import FELL_AWAY
from egov.routing.queries import RouteChoice
from egov.work import actions as work

DECLARED = "declared:"  # material of a paper that shows what somebody else has done, before the code of the service
HURRY = "hurry"  # kind of the work item of who leads a matter whose promise is endangered


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
class OutsideSpec:
    """A service that somebody else files (``by``, "employer") and members of the matter wait for."""

    version: ServiceVersion
    by: str

    @property
    def key(self) -> str:
        return self.version.service.code


@dataclass(frozen=True)
class Filed:
    """Who filed what, in which capacity: the same for every member, also for those that start later."""

    matter: str
    submission: str
    applicant_id: int
    filed_by_id: int | None
    capacity: str
    language: str


def case_spec(
    filed: Filed, spec: MemberSpec, reference: str, applicant_name: str = "", *, paid: bool = False
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


def routed(route: RouteChoice) -> dict[str, Any]:
    """Where a member that waits will go and why: columns of ``PendingMember``."""
    return {
        "department_id": route.department_id,
        "unit_id": route.unit_id,
        "rule": route.rule,
        "reasons": list(route.reasons),
        "region": route.region,
    }


def first_state(case: Case | None) -> str:
    """An instant service is decided when its case is opened."""
    if case is None:
        return rules.WAITING
    return rules.state_after_decision(case.outcome) if case.outcome else rules.OPEN


def first_outputs(case: Case | None) -> dict[str, Any]:
    """What an instant service has brought by then: who needs it may start before its decision has been told."""
    return dict(case.decision.data) if case is not None and case.outcome else {}


def applicant_of(version: ServiceVersion, members: Iterable[Member], otherwise: int) -> int:
    """What only organisations can apply for is the business of the one that an earlier member has registered."""
    if not version.is_for(PartyKind.PERSON):
        for member in members:
            if member.state == MemberState.DONE and ORGANISATION in member.outputs:
                return int(member.outputs[ORGANISATION])
    return otherwise


@dataclass
class Whole:
    """A matter with its members under lock, changed in memory and written once."""

    matter: Matter
    members: dict[str, Member]
    needs_of: dict[str, list[Needs]]
    changed: set[str] = field(default_factory=set)

    @classmethod
    def load(cls, matter: Matter) -> "Whole":
        members = {row.key: row for row in matter.members.select_related("pending").order_by("order", "id")}
        key_of = {row.pk: key for key, row in members.items()}
        needs_of: dict[str, list[Needs]] = {key: [] for key in members}
        if len(members) > 1:
            for edge in Dependency.objects.filter(matter=matter).order_by("id"):
                needs_of[key_of[edge.after_id]].append(Needs(key_of[edge.before_id], edge.group, edge.passes))
        return cls(matter, members, needs_of)

    def key_of(self, case: str) -> str | None:
        return next((key for key, member in self.members.items() if member.case == case), None)

    def title_of(self, key: str) -> LocalisedText:
        kept = self.members[key].kept
        return {} if kept is None else catalogue.version(kept.version_id).name

    @property
    def states(self) -> dict[str, str]:
        return {key: member.state for key, member in self.members.items()}

    @property
    def own_states(self) -> dict[str, str]:
        """Without what somebody else files: a matter does not stay open for it."""
        return {key: member.state for key, member in self.members.items() if not member.by}

    def go_on(self) -> list[str]:
        """Drop those that can never start, the last first; start those whose turn has come. Returns who was dropped."""
        dropped = rules.falling(self.needs_of, self.states)
        then = {**self.states, **dict.fromkeys(dropped, MemberState.DROPPED)}
        for key in dropped:
            self.drop(key, rules.cause(self.needs_of[key], then))
        for key, member in self.members.items():
            if (
                member.state == MemberState.WAITING
                and not member.by
                and rules.may_start(self.needs_of[key], self.states)
            ):
                self._start(key, member)
        return dropped

    def drop(self, key: str, undone: Undone) -> None:
        """A member that waits will never start: nothing is owed for it."""
        kept = self.members[key].kept
        back = self.give_up(kept.case) if kept is not None and kept.price > 0 else Decimal(0)
        self.end(key, replace(undone, back=back))

    def end(self, key: str, undone: Undone) -> None:
        member = self.members[key]
        member.state, member.ended_at, member.undone = MemberState.DROPPED, clock.now(), undone.as_json()
        self.changed.add(key)

    def give_up(self, case: str) -> Decimal:
        """Nothing is owed for a case nobody has examined: taken off the bill, or given back; the amount. Once."""
        return payments.give_up(SYSTEM, subject=Ref("case", case), reason=FELL_AWAY)

    def _start(self, key: str, member: Member) -> None:
        kept = member.kept
        if kept is None:
            return
        outputs = {other: row.outputs for other, row in self.members.items()}
        declared = self._declared(key)
        reasons = (*kept.reasons, *(_said(each) for each in declared))
        spec = MemberSpec(
            key=key,
            version=catalogue.version(kept.version_id),
            answers={**kept.answers, **rules.passed_answers(self.needs_of[key], outputs)},
            sources=kept.sources,
            files=[*kept.files.order_by("id").values_list("material", "file_id"), *_papers(declared)],
            price=kept.price,
            route=RouteChoice(kept.department_id, kept.unit_id, kept.rule, reasons, kept.region),
        )
        filed = Filed(
            self.matter.reference,
            kept.submission,
            applicant_of(spec.version, self.members.values(), self.matter.applicant_id),
            self.matter.filed_by_id,
            self.matter.capacity,
            kept.language,
        )
        paid = spec.price > 0 and payments.hold_paid(Ref("case", kept.case))
        (case,) = casework.open_cases(SYSTEM, [case_spec(filed, spec, kept.case, paid=paid)])
        kept.delete()
        member.case, member.state, member.started_at = case.reference, first_state(case), clock.now()
        if member.state in rules.ENDED:
            member.ended_at, member.outputs = member.started_at, first_outputs(case)
        self.changed.add(key)

    def _declared(self, key: str) -> list[Declaration]:
        """What the applicant said of the services of others for which it waited."""
        before = [self.members[need.before] for need in self.needs_of[key] if self.members[need.before].by]
        rows = Declaration.objects.filter(member__in=before).select_related("member__service").order_by("id")
        return list(rows) if before else []

    def save(self) -> None:
        if not self.changed:
            return
        state = rules.matter_state(self.own_states.values())
        if state == MatterState.WITHDRAWN:
            for key, member in self.members.items():
                if member.by and member.state == MemberState.WAITING:
                    member.state, member.ended_at = MemberState.DROPPED, clock.now()
                    self.changed.add(key)
        Member.objects.bulk_update(
            [self.members[key] for key in sorted(self.changed)],
            ["case", "state", "outputs", "started_at", "ended_at", "undone"],
        )
        if state != self.matter.state:
            self.matter.state = state
            self.matter.closed_at = None if state == MatterState.OPEN else clock.now()
        if state != MatterState.OPEN and self.matter.endangered_since is not None:
            self._out_of_danger()
        self.matter.save(update_fields=["state", "closed_at", "endangered_since"])

    def _out_of_danger(self) -> None:
        """What has ended is watched no more: the marks go, and the work with them."""
        self.matter.endangered_since = None
        self.matter.members.update(endangers_since=None)
        work.settle_items(SYSTEM, subject=Ref("matter", self.matter.reference), kinds=[HURRY], outcome="over")


def _said(declaration: Declaration) -> LocalisedText:
    """A reason why it came to its department: that reads it, and judges it."""
    service = declaration.member.service.code
    found = catalogue.published_many([service])
    name = found[service].name if service in found else {}
    words = {"zh-Hans": "申请人说明“{name}”已经办好：{text}", "en": "The applicant says that “{name}” is done: {text}"}
    return {
        language: text.format(name=localise(name, language) or service, text=declaration.text)
        for language, text in words.items()
    }


def _papers(declared: Sequence[Declaration]) -> list[tuple[str, int]]:
    return [(f"{DECLARED}{each.member.service.code}", each.file_id) for each in declared if each.file_id is not None]


def require_mandate(actor: Actor, matter: Matter, members: Sequence[str]) -> None:
    """Who acts under a mandate for some services only may touch no member of another one. Raises ``NotPermitted``."""
    if actor.mandate_services is None:
        return
    touched = Member.objects.filter(matter=matter, key__in=members)
    if touched.exclude(service__code__in=actor.mandate_services).exists():
        raise NotPermitted(_("This touches a part of the matter that your mandate does not cover."))
