"""From ranked targets to an answer: services, an event, several needs, a question back, or nothing. Pure.

Every threshold stands here, tuned on the tuning half of ``evaluation/needs.csv``; docs/rules/routing.md explains them.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from egov.routing.rules import text as texts
from egov.routing.rules.index import Features, Index, Scored, Target

# A need is not ours when the best target is farther away than this, or "none" as near as it.
TOO_FAR = 0.03
# With the learned model: when the odds that it is no need, times how much nearer "none" is than the best target squared,
# come above this (all as logarithms).
FOREIGN = 2.0
NO_NEARNESS = 0.001  # of what shares nothing with what was said
# A topic is asked about when it explains this much of what was said and is so much nearer than any target.
TOPIC_COVERS = 0.45
TOPIC_AGAINST_BEST = 1.2
TOPIC_SAID = 5  # whoever says more words than this has said more than a topic
# After few words the learned model may say that something has to be asked: its topics together are this probable, and
# one explains at least this much, unless hardly anything was said.
ASK_PROBABLE = 0.15
ASK_COVERS = 0.35
HARDLY_SAID = 2
# Everything that has to be arranged: the event wins over one of its services that is not much nearer.
EVENT_WHEN_ALL = 0.55
EVENT_WITH_SERVICE = 1.0  # the nearest service is one of its members
EVENT_OTHERWISE = 0.8
EVENT_PROBABLE = 0.1  # what the learned model must hold of it, unless all of it is asked for in so many words
# Several needs in one message: each part must be this near to be a need of its own.
PART_NEAR = 0.16
JOINED_NEAR = 0.3  # when no more than a small word joins them
PARTS = 4
# In a story of so many clauses, the nearest clause counts beside the whole.
STORY = 5
CLAUSE_WEIGHT = 0.4
CLAUSE_FEATURES = 3
# Between equally near services a question is better than a guess, when little was said.
TIE = 0.93
LITTLE_SAID = 4

EVERYTHING = "paperwork_all"
TOPIC = "topic:"


@dataclass(slots=True)
class Answer:
    """What the rules make of a need. ``outcome``: match, ask or abstain."""

    outcome: str
    ranked: list[Scored] = field(default_factory=list)  # services and events, best first
    bundle: str = ""  # code of the event when it is the answer
    topic: str = ""  # key of the topic to ask about
    options: tuple[str, ...] = ()  # codes to choose from when the question is made from the candidates
    said: Features = field(default_factory=lambda: Features({}, {}))
    parts: tuple[str, ...] = ()  # the needs that were told apart
    unknown: bool = False  # nothing at all was near, so that a misspelt name may still be meant


Offer = Callable[[Target], float]


def decide(text: str, index: Index, offer: Offer) -> Answer:
    """``text`` as typed; ``offer`` says how readily a service or event is offered to this person (0: not at all)."""
    normal = texts.normalise(text)
    if not texts.parts(normal):
        return Answer("abstain")
    several = _several_needs(normal, index, offer)
    if several is not None:
        return several
    return _one_need(normal, index, offer)


def _one_need(normal: str, index: Index, offer: Offer) -> Answer:
    said = index.features(normal)
    everything = index.rank(said, lambda target: 1.0 if target.kind in ("topic", "none") else offer(target), limit=60)
    offered = [each for each in everything if each.target.kind in ("service", "event")]
    best = offered[0] if offered else None
    none = next((each for each in everything if each.target.kind == "none"), None)
    topic = next((each for each in everything if each.target.kind == "topic"), None)
    if topic and not _asks_about(topic, best, said):
        topic = None
    nearest = max((each for each in (best, topic) if each), key=lambda each: each.score, default=None)
    if nearest is None or _not_for_us(said, nearest, none, asked=topic is not None):
        told = _need_among(normal, index, offer)
        return told or Answer("abstain", said=said, unknown=none is None or none.score < TOO_FAR)
    if topic:
        return Answer("ask", offered, topic=topic.target.code.removeprefix(TOPIC), said=said)
    offered = _with_clauses(normal, offered, index, offer)
    tied = _tied(said, offered)
    if tied:
        return Answer("ask", offered, options=tied, said=said)
    return _event_or_service(said, offered)


def _need_among(normal: str, index: Index, offer: Offer) -> Answer | None:
    """The need that one clause tells while the rest is chat or an order to the machine; None when no clause does."""
    clauses = texts.clauses(normal)
    if len(clauses) < 2:
        return None
    answers = [_one_need(clause, index, offer) for clause in clauses[: PARTS * 2]]
    told = [each for each in answers if each.outcome == "match" and each.ranked[0].score >= PART_NEAR]
    return max(told, key=lambda each: each.ranked[0].score, default=None)


def _asks_about(topic: Scored, best: Scored | None, said: Features) -> bool:
    words = _words_said(said)
    little = words <= HARDLY_SAID or (words <= LITTLE_SAID and topic.covered >= ASK_COVERS)
    if little and _probably_unclear(said):
        return True
    if words > TOPIC_SAID or topic.covered < TOPIC_COVERS:
        return False
    return best is None or topic.score >= best.score * TOPIC_AGAINST_BEST


def _probably_unclear(said: Features) -> bool:
    unclear = sum(share for code, share in said.probable.items() if code.startswith(TOPIC))
    return unclear >= ASK_PROBABLE and unclear > said.probable.get("none", 0.0)


def _words_said(said: Features) -> int:
    """How many words and concepts were said."""
    return len([feature for feature in said.weights if feature[0] != "b"])


def _not_for_us(said: Features, nearest: Scored, none: Scored | None, *, asked: bool) -> bool:
    """``nearest``: of services, events and topics; ``asked``: a topic explains what was said."""
    beside = none.score if none else 0.0
    if said.foreign is None:
        return not asked and (nearest.score < TOO_FAR or beside >= nearest.score)
    near, beside = max(nearest.score, NO_NEARNESS), max(beside, NO_NEARNESS)
    return said.foreign + math.log(beside / near**2) > FOREIGN


def _tied(said: Features, offered: Sequence[Scored]) -> tuple[str, ...]:
    """Codes of services so near to each other that little was said to choose by."""
    if _words_said(said) > LITTLE_SAID:
        return ()
    near = [each for each in offered if each.score >= offered[0].score * TIE]
    return tuple(each.target.code for each in near) if 3 <= len(near) <= 5 else ()


def _with_clauses(normal: str, offered: list[Scored], index: Index, offer: Offer) -> list[Scored]:
    """A story has one clause that names the need; its nearness is added to that of the whole."""
    clauses = texts.clauses(normal)
    if len(clauses) < STORY or not offered:
        return offered
    nearest: dict[str, float] = {}
    for clause in clauses:
        said = index.features(clause)
        if len(said.weights) < CLAUSE_FEATURES:
            continue
        for each in index.rank(said, offer):
            code = each.target.code
            nearest[code] = max(nearest.get(code, 0.0), each.score)
    for each in offered:
        each.score = (each.score + CLAUSE_WEIGHT * nearest.get(each.target.code, 0.0)) / (1 + CLAUSE_WEIGHT)
    offered.sort(key=lambda each: (-each.score, each.target.code))
    return offered


def _event_or_service(said: Features, offered: list[Scored]) -> Answer:
    """A life event when all of it is meant, the one service when that is named."""
    event = next((each for each in offered if each.target.kind == "event"), None)
    service = next((each for each in offered if each.target.kind == "service"), None)
    if event is None or service is None:
        return Answer("match", _ordered(offered, event), event.target.code if event and not service else "", said=said)
    if EVERYTHING in said.concepts:
        chosen = event.score >= service.score * EVENT_WHEN_ALL
    elif said.probable and said.probable.get(event.target.code, 0.0) < EVENT_PROBABLE:
        chosen = False
    elif service.target.code in event.target.members:
        chosen = event.score * EVENT_WITH_SERVICE >= service.score
    else:
        chosen = event.score * EVENT_OTHERWISE >= service.score
    if chosen:
        return Answer("match", _ordered(offered, event), event.target.code, said=said)
    return Answer("match", [each for each in offered if each.target.kind == "service" or each is event], said=said)


def _ordered(offered: list[Scored], event: Scored | None) -> list[Scored]:
    """The event first, then its members as near as they are, then the rest."""
    if event is None:
        return offered
    members = set(event.target.members)
    inside = [each for each in offered if each.target.code in members]
    outside = [each for each in offered if each is not event and each.target.code not in members]
    return [event, *inside, *outside]


def _several_needs(normal: str, index: Index, offer: Offer) -> Answer | None:
    """Needs told apart in one message, or None when it is one."""
    return _told_apart(texts.sentences(normal), PART_NEAR, index, offer) or _told_apart(
        texts.joined(normal), JOINED_NEAR, index, offer
    )


def _told_apart(parts: Sequence[str], near: float, index: Index, offer: Offer) -> Answer | None:
    """The needs of ``parts``, when each that counts is as near as ``near`` and they lead to different things."""
    if len(parts) < 2:
        return None
    answers: list[tuple[str, Answer]] = []
    for part in parts[: PARTS * 2]:
        answer = _one_need(part, index, offer)
        if answer.outcome == "match" and answer.ranked[0].score >= near:
            answers.append((part, answer))
    leads: dict[str, tuple[str, Answer]] = {}
    for part, answer in answers:
        leads.setdefault(answer.ranked[0].target.code, (part, answer))
    inside = {code for _, answer in answers if answer.bundle for code in answer.ranked[0].target.members}
    if len(leads) < 2 or not inside.isdisjoint(leads):  # an event and what belongs to it are told together
        return None
    chosen = list(leads.values())[:PARTS]
    weights: dict[str, float] = {}
    hits = {}
    for _part, answer in chosen:
        weights.update(answer.said.weights)
        hits.update(answer.said.hits)
    return Answer(
        "match",
        _interleaved([answer.ranked for _, answer in chosen]),
        said=Features(weights, hits),
        parts=tuple(part for part, _ in chosen),
    )


def _interleaved(lists: Sequence[Sequence[Scored]]) -> list[Scored]:
    """The best of each need, then the second of each, without repeats; an event only where it is the best."""
    found: dict[str, Scored] = {}
    for rank in range(max(map(len, lists))):
        for each in lists:
            if rank < len(each) and (rank == 0 or each[rank].target.kind == "service"):
                found.setdefault(each[rank].target.code, each[rank])
    return list(found.values())


def services_offered(answer: Answer, index: Index, *, limit: int) -> list[str]:
    """Codes of the services offered, best first; for an event its members."""
    if answer.outcome != "match":
        return []
    if answer.bundle:
        members = index.targets[index.positions[answer.bundle]].members
        inside = [each.target.code for each in answer.ranked if each.target.code in members]
        return [*inside, *(code for code in members if code not in inside)]
    return [each.target.code for each in answer.ranked if each.target.kind == "service"][:limit]
