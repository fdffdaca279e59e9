"""Before anything is filed: what a bundle will ask, cost and take, from the very form and clocks that filing uses."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from egov.catalogue import queries as catalogue
from egov.catalogue.models import Event
from egov.deadlines import queries as deadlines
from egov.deadlines import rules as deadline_rules
from egov.intake import rules
from egov.intake.addressing import refusal
from egov.intake.errors import MandateTooNarrow, WrongApplicant
from egov.intake.queries.drafts import DraftMember, Saving, form_of, known_facts, members_of, route_for, saving_of
from egov.intake.rules import (
    Bundle,
    BundleClaim,
    BundleEdge,
    BundleMember,
    BundleOutside,
    Clash,
    FormPage,
    MergedForm,
    Question,
)
from egov.journal import actions as journal
from egov.kernel import clock
from egov.kernel.actor import ANONYMOUS, Actor
from egov.kernel.refs import Ref
from egov.kernel.text import LocalisedText
from egov.matters.rules import Needs, critical_path, order_of
from egov.routing import queries as routing
from egov.routing.queries import BundlePlan, PlannedMember, RouteChoice, Why, edges_among


@dataclass(frozen=True)
class MemberAhead:
    """A service that would be filed: where, from when, until when, after which others. ``level``: its column."""

    member: DraftMember
    route: RouteChoice
    starts_at: dt.datetime
    due_at: dt.datetime
    critical: bool
    level: int
    waits_for: tuple[str, ...]

    @property
    def service(self) -> str:
        return self.member.service


@dataclass(frozen=True)
class BundleAhead:
    """``known``: questions that registers answer. ``ready_at``: when all promises are kept."""

    bundle: Bundle
    members: tuple[MemberAhead, ...]
    saving: Saving | None
    questions: int
    documents: int
    known: int
    minutes: int
    ready_at: dt.datetime | None
    fees: tuple[Mapping[str, Any], ...] = field(default=())

    @property
    def levels(self) -> list[list[MemberAhead]]:
        """Members in columns: each after all it waits for."""
        columns: dict[int, list[MemberAhead]] = {}
        for member in self.members:
            columns.setdefault(member.level, []).append(member)
        return [columns[level] for level in sorted(columns)]


@dataclass(frozen=True)
class Asked:
    """A question of the one form and the services that get its answer. ``given``: what the event itself answers."""

    question: Question
    serves: tuple[str, ...]
    given: Any = None


@dataclass(frozen=True)
class FormAhead:
    """The one form of an event if all that can be filed of it applied. ``brought``: service → what it need not ask,
    because a member before it brings it. ``elsewhere``: members that are not filed here."""

    pages: tuple[tuple[FormPage, tuple[Asked, ...]], ...]
    saving: Saving
    clashes: tuple[Clash, ...]
    brought: Mapping[str, tuple[LocalisedText, ...]]
    elsewhere: tuple[str, ...]

    @cached_property
    def answerable(self) -> dict[str, Asked]:
        """By data element, what the event could answer itself: no paper, no list of rows, and no declaration, which
        nobody makes for the applicant."""
        asked = [each for _page, questions in self.pages for each in questions]
        return {
            each.question.element: each
            for each in asked
            if each.question.element
            and not (each.question.is_file or each.question.is_group or each.question.must_confirm)
        }

    @property
    def answered(self) -> int:
        """How many questions the event itself answers."""
        return sum(each.given is not None for _page, questions in self.pages for each in questions)


def form_ahead(definition: Mapping[str, Any]) -> FormAhead | None:
    """What the members of an event ask together, by the form that filing uses. None when nothing is filed here."""
    rows = definition.get("members", ())
    versions = catalogue.published_many(str(row["service"]) for row in rows)
    filed = tuple(code for code, version in versions.items() if version.is_fileable and version.service.enabled)
    bundle = Bundle(
        members=tuple(BundleMember(code, versions[code].pk) for code in filed),
        edges=tuple(BundleEdge(edge.before, edge.after, edge.group) for edge in edges_among(definition, filed)),
    )
    form = form_of(bundle, versions[filed[0]]) if bundle else None
    if not isinstance(form, MergedForm):
        return None
    given = rules.fitting(form, definition.get("given", {}))
    return FormAhead(
        pages=tuple(
            (page, tuple(Asked(form.by_key[key], tuple(form.serves[key]), given.get(key)) for key in page.fields))
            for page in form.pages
        ),
        saving=saving_of(form),
        clashes=form.clashes,
        brought={
            part.member: tuple(part.form.by_key[key].title for key in sorted(part.awaited))
            for part in form.parts
            if part.awaited
        },
        elsewhere=tuple(str(row["service"]) for row in rows if str(row["service"]) not in filed),
    )


def try_event(
    actor: Actor,
    *,
    event: Event,
    answers: Mapping[str, Any],
    services: Sequence[str],
    region: str,
    applicant_kind: str,
    sample: Actor = ANONYMOUS,
) -> tuple[BundlePlan, BundleAhead | None]:
    """A dry run of an event, in force or not, for a sample applicant: nothing is kept, nothing is filed.

    ``sample`` acts for the party whose registers count; reading them is one journal entry of ``actor``.
    """
    if sample.on_behalf_of_id is not None:
        journal.record_view(actor, Ref("party", str(sample.on_behalf_of_id)), reason="dry run of an event")
    plan = routing.plan_event(sample, event=event, answers=answers)
    return plan, bundle_ahead(sample, plan=plan, services=services, region=region, applicant_kind=applicant_kind)


def _is_chosen(member: PlannedMember, services: Sequence[str] | frozenset[str] | set[str]) -> bool:
    wanted = member.again or member.service in services
    return member.why is Why.APPLIES or (member.why is Why.OPTIONAL and wanted)


def bundle_of(plan: BundlePlan, services: Sequence[str] | frozenset[str] | set[str]) -> Bundle:
    """The members that would be filed: those that apply and can be filed here, and the optional ones of ``services``."""
    fileable = [each for each in plan.members if each.is_fileable and each.applies]
    chosen = {each.service for each in fileable if _is_chosen(each, services)}
    wanted = rules.with_prerequisites(_edges(plan, [each.service for each in fileable]), chosen)
    members = [each for each in fileable if each.service in wanted]
    filed = tuple(member.service for member in members)
    outside = outside_of(plan)
    return Bundle(
        members=tuple(BundleMember(each.service, each.version.pk, each.why is Why.OPTIONAL) for each in members),
        edges=tuple(
            edge for edge in _edges(plan, [*(each.service for each in outside), *filed]) if edge.after in wanted
        ),
        answers=plan.answers,
        event_version=catalogue.event_versions_in_force().get(plan.event.code),
        claims=claims_of(plan, filed),
        outside=tuple(outside),
        wanted=tuple(each.service for each in plan.members if each.service in services),
        offered=tuple(each.service for each in plan.members if each.why is Why.OPTIONAL),
        again=tuple(each.service for each in plan.members if each.again),
        held=tuple(each.service for each in plan.members if each.why is Why.HELD),
        lasting=routing.lasting(plan.event),
    )


def _edges(plan: BundlePlan, services: Sequence[str]) -> list[BundleEdge]:
    return [BundleEdge(edge.before, edge.after, edge.group) for edge in plan.edges_among(tuple(services))]


def claims_of(plan: BundlePlan, filed: tuple[str, ...]) -> tuple[BundleClaim, ...]:
    """What the person says to have, with those of ``filed`` that would have waited for it."""
    return tuple(
        BundleClaim(each.service, each.claim, plan.waiting_for(each.service, filed))
        for each in plan.members
        if each.why is Why.CLAIMED
    )


def outside_of(plan: BundlePlan) -> list[BundleOutside]:
    """What somebody else has to file in this situation; what they may is not waited for."""
    rows = {str(row["service"]): row for row in plan.event.definition.get("members", ())}
    return [
        BundleOutside(each.service, each.version.pk, str(rows[each.service]["by"]))
        for each in plan.members
        if each.why is Why.OTHER_PARTY and not rows[each.service].get("optional")
    ]


def answered_by(plan: BundlePlan) -> dict[str, Any]:
    """What the form need not ask, by data element: the event says it, or the person did before the form began."""
    said = {
        question["element"]: plan.answers[question["key"]]
        for question in plan.questions
        if question.get("element") and question["key"] in plan.answers and question["key"] not in plan.facts
    }
    return dict(plan.event.definition.get("given", {})) | said


def bundle_refusal(
    actor: Actor, *, plan: BundlePlan, services: Sequence[str]
) -> WrongApplicant | MandateTooNarrow | None:
    """Why nothing of this can be begun for the party for whom the actor acts; None when it can."""
    bundle = bundle_of(plan, services)
    versions = [catalogue.version(member.version) for member in bundle.members]
    if uncovered := [version.name for version in versions if not actor.covers(version.service.code)]:
        return MandateTooNarrow(uncovered)
    return refusal(actor, versions, bundle)


def bundle_ahead(
    actor: Actor, *, plan: BundlePlan, services: Sequence[str], region: str, applicant_kind: str
) -> BundleAhead | None:
    """None when nothing of it can be filed here."""
    bundle = bundle_of(plan, services)
    if not bundle:
        return None
    first = catalogue.version(bundle.members[0].version)
    form = form_of(bundle, first)
    members = members_of(bundle, first, form)
    known = known_facts(actor, form)
    checked = rules.check(form, {key: fact["value"] for key, fact in known.items()})
    ahead = _members(bundle, members, region=region, applicant_kind=applicant_kind)
    return BundleAhead(
        bundle=bundle,
        members=ahead,
        saving=saving_of(form, known=len(known)) if isinstance(form, MergedForm) else None,
        questions=max(len(form.questions) - len(form.file_questions) - len(known), 0),
        documents=len(form.file_questions),
        known=len(known),
        minutes=rules.minutes_left(form, checked, sources=known),
        ready_at=max((each.due_at for each in ahead), default=None),
        fees=tuple(each.version.fee for each in members),
    )


def _members(
    bundle: Bundle, members: Sequence[DraftMember], *, region: str, applicant_kind: str
) -> tuple[MemberAhead, ...]:
    now = clock.now()
    filed = {member.service for member in members}
    before = {
        service: [edge.before for edge in bundle.before(service) if edge.before in filed]
        for service in (member.service for member in members)
    }
    needs = {service: [Needs(each) for each in waits] for service, waits in before.items()}
    by_service = {member.service: member for member in members}
    ends: dict[str, dt.datetime] = {}
    done: dict[str, dt.datetime] = {}
    levels: dict[str, int] = {}
    found: dict[str, MemberAhead] = {}
    for service in order_of(needs):
        member = by_service[service]
        route = route_for(member.version, member.form, {}, region=region, applicant_kind=applicant_kind)
        start = max((done[each] for each in before[service]), default=now)
        version = member.version
        days = deadlines.working_days(route.department_id)
        ends[service] = (
            deadline_rules.due_at(start, version.promised_limit, version.promised_unit, days)
            if version.promised_limit
            else start
        )
        done[service] = deadline_rules.last_moment(ends[service]) if version.promised_limit else start
        levels[service] = 1 + max((levels[each] for each in before[service]), default=0)
        found[service] = MemberAhead(
            member, route, start, ends[service], critical=False, level=levels[service], waits_for=tuple(before[service])
        )
    critical = critical_path(needs, dict(ends))
    return tuple(
        replace(each, critical=each.service in critical) for each in (found[member.service] for member in members)
    )
