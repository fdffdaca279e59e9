"""From an event to the services that one party needs now: what applies and why, what is there already, what to ask.

Private to this room; ``queries`` shows it.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from egov.catalogue import queries as catalogue
from egov.catalogue.models import Event, ServiceVersion
from egov.kernel.actor import Actor
from egov.kernel.text import LocalisedText
from egov.registers import queries as registers
from egov.registers.queries import Fact
from egov.routing.errors import EventWithdrawn
from egov.routing.holdings import Held, holdings_for, shown_by
from egov.routing.rules import bundles as rules
from egov.routing.rules.bundles import Edge, MemberState, Why
from egov.routing.rules.holdings import may_be_claimed


@dataclass(frozen=True)
class Wishes:
    """What a person says against what is known: ``again``, services to apply for although they are held; ``have``,
    service → number of what they have of it, though nothing here shows it; ``doubted``, questions that they want to
    answer themselves, whatever registers say."""

    again: frozenset[str] = frozenset()
    have: Mapping[str, str] = field(default_factory=dict)
    doubted: frozenset[str] = frozenset()

    @classmethod
    def read(cls, again: Collection[str], have: Mapping[str, str], doubted: Collection[str] = ()) -> "Wishes":
        """A number of blanks is none."""
        numbers = {code: text.strip()[:120] for code, text in have.items() if text.strip()}
        return cls(frozenset(again), numbers, frozenset(doubted))


@dataclass(frozen=True)
class PlannedMember:
    """A service of the event for this party. ``reasons``: the questions that decided, with the answers given.

    ``holdings``: what the party has of it, whether that makes it needless or not; ``again``: it is applied for
    nonetheless. ``claim``: the number that the person gave of what they say they have.
    """

    version: ServiceVersion
    state: MemberState
    note: LocalisedText
    reasons: tuple[tuple[LocalisedText, Any], ...]
    holdings: tuple[Held, ...] = ()
    again: bool = False
    claim: str = ""

    @property
    def service(self) -> str:
        return self.state.service

    @property
    def why(self) -> Why:
        return self.state.why

    @property
    def is_fileable(self) -> bool:
        """Whether it is filed here."""
        return self.version.is_fileable and self.version.service.enabled and self.why is not Why.ELSEWHERE

    @property
    def applies(self) -> bool:
        return self.why in (Why.APPLIES, Why.OPTIONAL, Why.ELSEWHERE)

    @property
    def may_be_claimed(self) -> bool:
        """Whether the person may leave it out, saying that they have it."""
        return self.why in (Why.APPLIES, Why.CLAIMED) and not self.again and may_be_claimed(self.version.outputs)


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

    def edges_among(self, services: tuple[str, ...], *, there: Collection[str] = ()) -> tuple[Edge, ...]:
        """``there``: services that satisfy who waits for them, besides what is held or said to be."""
        held = [member.service for member in self.members if member.why in (Why.HELD, Why.CLAIMED)]
        return rules.edges_among(self.event.definition, services, there=[*held, *there])

    def waiting_for(self, service: str, services: tuple[str, ...]) -> tuple[str, ...]:
        """Which of ``services`` would wait for this one if it were filed with them."""
        edges = rules.edges_among(self.event.definition, (service, *services))
        return tuple(edge.after for edge in edges if edge.before == service)


def plan_bundle(actor: Actor, *, event: str, answers: Mapping[str, Any], wishes: Wishes | None = None) -> BundlePlan:
    """What an event takes for the party for whom the actor acts; for a visitor, without what registers know. Under a
    mandate registers and holdings count for the services that it covers; of the others the agent says what they know.

    ``answers``: question key → value, as :func:`read_answers` gives them; they win over
    registers. Raises ``NotFound`` for an unknown event, ``EventWithdrawn`` for one that is out of force.
    """
    return plan_event(actor, event=_offered(event), answers=answers, wishes=wishes)


def _offered(code: str) -> Event:
    event = catalogue.event(code)
    if not event.is_offered:
        raise EventWithdrawn
    return event


def plan_event(actor: Actor, *, event: Event, answers: Mapping[str, Any], wishes: Wishes | None = None) -> BundlePlan:
    """As ``plan_bundle``, for an event that may not be in force yet."""
    wishes = wishes or Wishes()
    definition = event.definition
    versions = catalogue.published_many(str(each["service"]) for each in definition.get("members", ()))
    own = {code: version for code, version in versions.items() if actor.covers(code)}
    registered = _registered(actor, definition, own)
    facts = {key: fact for key, fact in _facts(definition, registered).items() if key not in wishes.doubted}
    known = rules.asked_answers(definition, {**{key: fact.value for key, fact in facts.items()}, **answers})
    holdings = _holdings(actor, own, registered, _by_element(definition, known))
    held = {code for code, each in holdings.items() if any(one.counts for one in each)} - wishes.again
    claimed = {code for code in wishes.have.keys() & versions.keys() if may_be_claimed(versions[code].outputs)}
    states = rules.members_for(definition, known, held=held, claimed=claimed)
    notes = {str(each["service"]): each.get("note") or {} for each in definition.get("members", ())}
    texts = {str(each["key"]): each for each in definition.get("questions", ())}
    members = tuple(
        PlannedMember(
            version=versions[state.service],
            state=state,
            note=notes.get(state.service, {}),
            reasons=tuple((texts[key]["text"], known.get(key)) for key in state.because),
            holdings=holdings.get(state.service, ()),
            again=state.service in wishes.again and any(each.counts for each in holdings.get(state.service, ())),
            claim=wishes.have[state.service] if state.why is Why.CLAIMED else "",
        )
        for state in states
        if state.service in versions
    )
    return BundlePlan(
        event=event,
        answers=known,
        facts={key: fact for key, fact in facts.items() if key in known and key not in answers},
        questions=tuple(texts.values()),
        to_ask=rules.questions_to_ask(definition, known, held=held | claimed),
        members=members,
    )


def lasting(event: Event) -> tuple[str, ...]:
    """What makes a service of the event needless while it is in force: codes of services, kinds of certificates."""
    versions = catalogue.published_many(str(each["service"]) for each in event.definition.get("members", ()))
    held = [version for version in versions.values() if may_be_claimed(version.outputs)]
    kinds = {str(output["credential"]) for version in held for output in version.outputs if output.get("credential")}
    return (*(version.service.code for version in held), *sorted(kinds))


def read_answers(event: str, given: Mapping[str, Any]) -> dict[str, Any]:
    """What came in for the questions of an event, each in its type; what cannot be read counts as not answered.

    Raises as :func:`plan_bundle`.
    """
    return rules.read_answers(_offered(event).definition, given)


def _registered(
    actor: Actor, definition: Mapping[str, Any], versions: Mapping[str, ServiceVersion]
) -> Mapping[str, Fact]:
    """What registers know of the party for questions and for outputs that show in a register; by element. ``versions``:
    those that the actor may ask about."""
    questions = definition.get("questions", ())
    if actor.mandate_services is not None:
        deciding = rules.questions_about(definition, versions)
        questions = [each for each in questions if each["key"] in deciding]
    wanted = {str(each["element"]) for each in questions if each.get("element")}
    wanted |= {element for version in versions.values() for each in shown_by(version) for element in each}
    if not wanted or not actor.is_applicant or actor.on_behalf_of_id is None:
        return {}
    return registers.facts(actor, party_id=actor.on_behalf_of_id, elements=sorted(wanted), purpose="determinants")


def _facts(definition: Mapping[str, Any], registered: Mapping[str, Fact]) -> dict[str, Fact]:
    """What registers know of the questions that are bound to an element, as answers to them; only where it fits."""
    facts = {}
    for question in definition.get("questions", ()):
        fact = registered.get(str(question.get("element", "")))
        answer = None if fact is None else rules.read_answer(question, fact.value)
        if fact is not None and answer is not None:
            facts[str(question["key"])] = replace(fact, value=answer)
    return facts


def _by_element(definition: Mapping[str, Any], known: Mapping[str, Any]) -> dict[str, Any]:
    """What the event and the answers say, by data element: of which object they speak."""
    asked = {
        str(each["element"]): known.get(each["key"]) for each in definition.get("questions", ()) if each.get("element")
    }
    return {**definition.get("given", {}), **asked}


def _holdings(
    actor: Actor, versions: Mapping[str, ServiceVersion], registered: Mapping[str, Fact], answers: Mapping[str, Any]
) -> dict[str, tuple[Held, ...]]:
    if not actor.is_applicant or actor.on_behalf_of_id is None:
        return {}
    return holdings_for(actor.on_behalf_of_id, versions=versions, registered=registered, answers=answers)
