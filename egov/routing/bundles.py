"""From an event to the services that one party needs now: what applies and why, what is there already, what to ask.

Private to this room; ``queries`` shows it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from egov.catalogue import queries as catalogue
from egov.catalogue.models import Event, ServiceVersion
from egov.kernel.actor import Actor
from egov.kernel.text import LocalisedText
from egov.registers import queries as registers
from egov.registers.queries import Fact
from egov.routing.errors import EventWithdrawn
from egov.routing.rules import bundles as rules
from egov.routing.rules.bundles import Edge, MemberState, Why


@dataclass(frozen=True)
class PlannedMember:
    """A service of the event for this party. ``reasons``: the questions that decided, with the answers given."""

    version: ServiceVersion
    state: MemberState
    note: LocalisedText
    reasons: tuple[tuple[LocalisedText, Any], ...]

    @property
    def service(self) -> str:
        return self.state.service

    @property
    def why(self) -> Why:
        return self.state.why

    @property
    def is_fileable(self) -> bool:
        return self.version.is_fileable and self.version.service.enabled

    @property
    def applies(self) -> bool:
        return self.why in (Why.APPLIES, Why.OPTIONAL)


@dataclass(frozen=True)
class BundlePlan:
    """``answers`` are all that count: given by the person or known from ``facts`` (question key → fact)."""

    event: Event
    answers: Mapping[str, Any]
    facts: Mapping[str, Fact]
    questions: tuple[Mapping[str, Any], ...]
    to_ask: tuple[str, ...]
    members: tuple[PlannedMember, ...]

    @property
    def is_settled(self) -> bool:
        return not self.to_ask

    def member(self, service: str) -> PlannedMember | None:
        return next((each for each in self.members if each.service == service), None)

    def edges_among(self, services: tuple[str, ...]) -> tuple[Edge, ...]:
        there = [member.service for member in self.members if member.why is Why.HELD]
        return rules.edges_among(self.event.definition, services, there=there)


def plan_bundle(actor: Actor, *, event: str, answers: Mapping[str, Any]) -> BundlePlan:
    """What an event takes for the party for whom the actor acts; for a visitor, without what registers know.

    ``answers``: question key → value, as :func:`read_answers` gives them; they win over
    registers. Raises ``NotFound`` for an unknown event, ``EventWithdrawn`` for one that is out of force.
    """
    return plan_event(actor, event=_offered(event), answers=answers)


def _offered(code: str) -> Event:
    event = catalogue.event(code)
    if not event.is_offered:
        raise EventWithdrawn
    return event


def plan_event(actor: Actor, *, event: Event, answers: Mapping[str, Any]) -> BundlePlan:
    """As ``plan_bundle``, for an event that may not be in force yet."""
    definition = event.definition
    versions = catalogue.published_many(str(each["service"]) for each in definition.get("members", ()))
    registered = _registered(actor, definition, versions)
    facts = _facts(definition, registered)
    known = rules.asked_answers(definition, {**{key: fact.value for key, fact in facts.items()}, **answers})
    held = _held(actor, versions, registered)
    states = rules.members_for(definition, known, held=held)
    notes = {str(each["service"]): each.get("note") or {} for each in definition.get("members", ())}
    texts = {str(each["key"]): each for each in definition.get("questions", ())}
    members = tuple(
        PlannedMember(
            version=versions[state.service],
            state=state,
            note=notes.get(state.service, {}),
            reasons=tuple((texts[key]["text"], known.get(key)) for key in state.because),
        )
        for state in states
        if state.service in versions
    )
    return BundlePlan(
        event=event,
        answers=known,
        facts={key: fact for key, fact in facts.items() if key in known and key not in answers},
        questions=tuple(texts.values()),
        to_ask=rules.questions_to_ask(definition, known, held=held),
        members=members,
    )


def read_answers(event: str, given: Mapping[str, Any]) -> dict[str, Any]:
    """What came in for the questions of an event, each in its type; what cannot be read counts as not answered.

    Raises as :func:`plan_bundle`.
    """
    return rules.read_answers(_offered(event).definition, given)


def _registered(
    actor: Actor, definition: Mapping[str, Any], versions: Mapping[str, ServiceVersion]
) -> Mapping[str, Fact]:
    """What registers know of the party for questions and for outputs that show in a register; by element."""
    wanted = {str(each["element"]) for each in definition.get("questions", ()) if each.get("element")}
    wanted |= {element for version in versions.values() for each in _shown(version) for element in each}
    if not wanted or not actor.is_applicant or actor.on_behalf_of_id is None:
        return {}
    return registers.facts(actor, party_id=actor.on_behalf_of_id, elements=sorted(wanted), purpose="determinants")


def _shown(version: ServiceVersion) -> list[Mapping[str, Any]]:
    """By which facts a register shows that the outputs of a service are there."""
    return [output["known_by"] for output in version.outputs if output.get("known_by")]


def _facts(definition: Mapping[str, Any], registered: Mapping[str, Fact]) -> dict[str, Fact]:
    """What registers know of the questions that are bound to an element; only where the value fits the question."""
    facts = {}
    for question in definition.get("questions", ()):
        fact = registered.get(str(question.get("element", "")))
        if fact is not None and rules.read_answer(question, fact.value) is not None:
            facts[str(question["key"])] = fact
    return facts


def _held(actor: Actor, versions: Mapping[str, ServiceVersion], registered: Mapping[str, Fact]) -> frozenset[str]:
    """Services whose output the party holds today, or of which a register shows that it is there."""
    if not actor.is_applicant or actor.on_behalf_of_id is None:
        return frozenset()
    values = {element: fact.value for element, fact in registered.items()}
    shown = {
        code for code, version in versions.items() if any(each.items() <= values.items() for each in _shown(version))
    }
    return shown | frozenset(registers.holdings_of(actor.on_behalf_of_id).values_list("service", flat=True))
