"""From a need to services, from a service to its competent unit."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib.postgres.search import TrigramWordSimilarity
from django.db.models import Count, Max, Q, QuerySet

from egov.catalogue import queries as catalogue
from egov.identity import queries as identity
from egov.kernel.actor import Actor
from egov.kernel.errors import NotFound
from egov.kernel.text import LocalisedText, whole_number
from egov.routing import memory
from egov.routing.answers import why_unread
from egov.routing.bundles import BundlePlan, PlannedMember, Wishes, lasting, plan_bundle, plan_event, read_answers
from egov.routing.competence import Considered, Explanation, RouteChoice, Verdict, competent, competent_for, explain
from egov.routing.errors import EventWithdrawn
from egov.routing.files import TOPIC
from egov.routing.holdings import Held
from egov.routing.memory import Known, warm
from egov.routing.models import Concept, Example, Language, Need, Origin, SearchEntry, Synonym
from egov.routing.rules import text as texts
from egov.routing.rules.bundles import Why, determined, edges_among, members_for, read_answer
from egov.routing.rules.decide import Answer, decide, services_offered
from egov.routing.rules.index import Features, Scored, Target
from egov.routing.rules.offer import ANYBODY, offer_to

__all__ = [
    "ANYBODY",
    "TOPIC",
    "BundlePlan",
    "Candidate",
    "Considered",
    "EventWithdrawn",
    "Explanation",
    "Held",
    "Named",
    "NeedMatch",
    "Option",
    "PlannedMember",
    "Question",
    "RouteChoice",
    "Verdict",
    "Why",
    "Wishes",
    "competent",
    "competent_for",
    "concepts",
    "determined",
    "edges_among",
    "examples_of",
    "explain",
    "language_of",
    "lasting",
    "match_need",
    "members_for",
    "members_of",
    "named",
    "needs_to_learn",
    "needs_unmet",
    "outcome",
    "plan_bundle",
    "plan_event",
    "read_answer",
    "read_answers",
    "search",
    "synonyms",
    "target_named",
    "targets",
    "targets_like",
    "warm",
    "why_unread",
    "words_of",
]

MAX_QUESTIONS = 2  # in a row
REASONS = 3
OPTIONS = 4
SHOWN_SYNONYMS = 200
# A name is offered for a misspelt one from this word similarity on (pg_trgm, 0 to 1).
ALIKE = 0.5
SHORT = 40


@dataclass(frozen=True)
class Candidate:
    """A service or an event that may meet the need, with the reasons in words. ``score`` is 0 to 1."""

    kind: str
    code: str
    title: LocalisedText
    score: float
    reasons: list[LocalisedText]
    fileable: bool


@dataclass(frozen=True)
class Option:
    """One answer to a question: hand its ``key`` back in ``picked``. ``codes``: what remains then."""

    key: str
    text: LocalisedText
    codes: list[str]


@dataclass(frozen=True)
class Question:
    key: str
    text: LocalisedText
    hint: LocalisedText
    options: list[Option]


@dataclass(frozen=True)
class NeedMatch:
    """``bundle``: code of the event when all of it is meant. ``parts``: the needs told apart in one message.

    ``hotline``: nothing fits; the hotline is offered, never as a match.
    """

    candidates: list[Candidate]
    question: Question | None = None
    hotline: bool = False
    bundle: str = ""
    parts: tuple[str, ...] = ()


def match_need(
    text: str,
    *,
    region: str,
    capacity: str,
    limit: int = 8,
    picked: Sequence[str] = (),
) -> NeedMatch:
    """What meets a need said in words of any language, best first, or one question back, or nothing (hotline).

    What comes back is text in every language, whichever the words are in. ``region`` "" leaves services of single
    regions out. ``capacity``: a slug, "person", "business", "staff", "any", or "" when it is not known. ``picked``:
    keys of the options chosen so far; after two no further question comes. The text is only read: what it orders
    ("approve my request") has no effect. What stands after ``rules.text.MAX_LENGTH`` characters is not read.
    """
    known = memory.known()
    chain = identity.region_chain(region) if region else []
    offer = offer_to(capacity, chain)
    answer = decide(text, known.index, offer)
    chosen = _codes_picked(known, picked)
    if chosen:
        answer = _among(answer, chosen, known)
    if answer.outcome == "ask" and len(picked) < MAX_QUESTIONS:
        question = _question(answer, known)
        if question is not None:
            return NeedMatch(_candidates(answer.ranked[:limit], answer, known), question)
    if answer.outcome == "abstain" or not answer.ranked:
        alike = _misspelt(text, known, offer) if answer.outcome == "abstain" and answer.unknown else []
        return NeedMatch(alike, hotline=not alike)
    return NeedMatch(_candidates(answer.ranked[:limit], answer, known), bundle=answer.bundle, parts=answer.parts)


def outcome(text: str, *, region: str = "", capacity: str = ANYBODY, limit: int = 8) -> dict[str, Any]:
    """The line of results for one need of a file: services (for an event its members), bundle, asked."""
    known = memory.known()
    chain = identity.region_chain(region) if region else []
    offer = offer_to(capacity, chain)
    answer = decide(text, known.index, offer)
    services = services_offered(answer, known.index, limit=limit)
    if answer.outcome == "abstain" and answer.unknown:
        services = [each.code for each in _misspelt(text, known, offer)]
    return {"services": services, "bundle": answer.bundle or None, "asked": answer.outcome == "ask"}


def _among(answer: Answer, codes: Sequence[str], known: Known) -> Answer:
    """The answer when only ``codes`` remain: those said nearest first, then the others as they are listed."""
    near = {each.target.code: each for each in answer.ranked}
    known_codes = [code for code in codes if code in known.index.positions]
    ranked = [
        near.get(code) or Scored(known.index.targets[known.index.positions[code]], 0.0, 0.0) for code in known_codes
    ]
    ranked.sort(key=lambda each: -each.score)
    bundle = ranked[0].target.code if ranked and ranked[0].target.kind == "event" else ""
    return Answer("match", ranked, bundle, said=answer.said)


def _codes_picked(known: Known, picked: Iterable[str]) -> list[str]:
    """Codes that remain after the last of ``picked``: an option of a topic ("loan:1") or a code itself."""
    codes: list[str] = []
    for key in picked:
        topic, _separator, number = key.partition(":")
        options = known.topics[topic].options if topic in known.topics else []
        place = whole_number(number)
        if place is not None and place < len(options):
            codes = options[place]["codes"]
        elif key in known.titles:
            codes = [key]
    return codes


def _candidates(ranked: Iterable[Scored], answer: Answer, known: Known) -> list[Candidate]:
    return [
        Candidate(
            each.target.kind,
            each.target.code,
            known.titles[each.target.code],
            round(min(each.score, 1.0), 4),
            _reasons(each.target, answer, known),
            each.target.fileable,
        )
        for each in ranked
    ]


def _reasons(target: Target, answer: Answer, known: Known) -> list[LocalisedText]:
    """Which words of the need stand for what the target is about; for members of the event, that they are."""
    reasons = [
        _reason(known, answer.said, feature)
        for feature in known.index.shared(answer.said, target.code)
        if feature[0] == "c"
    ][:REASONS]
    if not reasons:
        words = [feature[2:] for feature in known.index.shared(answer.said, target.code) if feature[0] == "w"]
        if words:
            reasons.append(_both("匹配：{}", "matched: {}", "、".join(words[:REASONS]), ", ".join(words[:REASONS])))
    if answer.bundle and target.code != answer.bundle:
        event = known.index.targets[known.index.positions[answer.bundle]]
        if target.code in event.members:
            title = known.titles[answer.bundle]
            reasons.append(
                _both("属于“{}”", "part of “{}”", title.get("zh-Hans", answer.bundle), title.get("en", answer.bundle))
            )
    return reasons


def _reason(known: Known, said: Features, feature: str) -> LocalisedText:
    concept = feature[2:]
    name = known.labels.get(concept, {})
    words = said.hits[concept].said if concept in said.hits else concept
    return {
        "zh-Hans": f"匹配：“{words}”→{name.get('zh-Hans', concept)}",
        "en": f"matched: “{words}” → {name.get('en', concept)}",
    }


def _both(chinese: str, english: str, value: str, english_value: str) -> LocalisedText:
    return {"zh-Hans": chinese.format(value), "en": english.format(english_value)}


def _question(answer: Answer, known: Known) -> Question | None:
    """The question of the topic, or one made from what tells the candidates apart."""
    if answer.topic:
        topic = known.topics.get(answer.topic)
        if topic is None:
            return None
        options = [
            Option(f"{topic.key}:{number}", option["text"], [code for code in option["codes"] if code in known.titles])
            for number, option in enumerate(topic.options)
        ]
        return Question(topic.key, topic.question, {}, [option for option in options if option.codes])
    options = [Option(code, known.titles[code], [code]) for code in answer.options[:OPTIONS]]
    return Question("nearest", _NEAREST, {}, options) if len(options) > 1 else None


_NEAREST: LocalisedText = {
    "zh-Hans": "哪一项最接近您要办的事？",
    "en": "Which of these comes closest to what you need?",
}


def _misspelt(text: str, known: Known, offer: Any) -> list[Candidate]:
    """Services whose name is spelt nearly as ``text``, by the database; for short texts that nothing else explains."""
    short = texts.normalise(text)
    if not 2 <= len(short) <= SHORT:
        return []
    found = []
    for code, alike in search(short, limit=20):
        target = known.index.targets[known.index.positions[code]] if code in known.index.positions else None
        if target is not None and alike >= ALIKE and offer(target):
            reason = _both("名称相近", "the name is spelt alike", "", "")
            found.append(Candidate("service", code, known.titles[code], round(alike, 4), [reason], target.fileable))
    return found[:3]


def search(text: str, *, limit: int = 20) -> list[tuple[str, float]]:
    """Codes of services by how alike their names are spelt (0 to 1), best first; tolerates typos, asks the database."""
    names = SearchEntry.objects.filter(kind="name", service__isnull=False, text__trigram_word_similar=text)
    rows = names.values("target").annotate(alike=Max(TrigramWordSimilarity(text, "text"))).order_by("-alike", "target")
    return [(row["target"], float(row["alike"])) for row in rows[:limit]]


def synonyms() -> QuerySet[Synonym]:
    """The words that people added, newest first."""
    rows = Synonym.objects.filter(active=True).exclude(origin=Origin.FILE)
    return rows.order_by("-pk")[:SHOWN_SYNONYMS]


@dataclass(frozen=True)
class ConceptLine:
    """A concept and how many words of each language stand for it."""

    key: str
    name: LocalisedText
    chinese: int
    english: int


def concepts(text: str = "", *, limit: int = 100) -> list[ConceptLine]:
    """Concepts whose name, key or words contain ``text``, by key (two statements)."""
    rows = Concept.objects.all()
    if text:
        said = Synonym.objects.filter(active=True, said__icontains=text).values("meant")
        rows = rows.filter(Q(key__icontains=text) | Q(name__icontains=text) | Q(key__in=said))
    found = list(rows.order_by("key")[:limit])
    counts = Synonym.objects.filter(active=True, meant__in=[row.key for row in found])
    by_key = {
        (meant, language): count
        for meant, language, count in counts.values_list("meant", "language").annotate(count=Count("pk"))
    }
    return [
        ConceptLine(
            row.key, row.name, by_key.get((row.key, Language.CHINESE), 0), by_key.get((row.key, Language.ENGLISH), 0)
        )
        for row in found
    ]


def concept(key: str) -> Concept:
    """Raises ``NotFound``."""
    row = Concept.objects.filter(key=key).first()
    if row is None:
        raise NotFound()
    return row


def words_of(meant: str) -> QuerySet[Synonym]:
    """The words that stand for a concept, by language."""
    return Synonym.objects.filter(meant=meant, active=True).order_by("language", "said")


def example_counts(targets: Iterable[str]) -> dict[str, int]:
    """How many sentences are known for each of these codes."""
    rows = Example.objects.filter(target__in=list(targets), active=True)
    return dict(rows.values_list("target").annotate(count=Count("pk")))


def examples_of(target: str, *, language: str = "") -> QuerySet[Example]:
    """Sentences people say for ``target``, shipped and added."""
    rows = Example.objects.filter(target=target, active=True)
    if language:
        rows = rows.filter(language=Language(language))
    return rows.order_by("-pk")


def needs_to_learn(actor: Actor) -> QuerySet[Need]:
    """Needs with a service that somebody chose or an officer named, waiting for review: corrections first, then newest.

    Those that ``actor`` decides on: of the services they configure; of events, for the platform's administrators.
    """
    rows = Need.objects.filter(learned=False).exclude(chosen="").order_by("-corrected", "-pk")
    if identity.scope_of(actor).is_platform:
        return rows
    return rows.filter(chosen__in=catalogue.configurable(actor).values("code"))


def needs_unmet(actor: Actor) -> QuerySet[Need]:
    """What was said and nothing was found for, newest first: for the platform's administrators, who decide on words.

    Whoever configures some services cannot tell whether a service of another department was meant.
    """
    if not identity.scope_of(actor).is_platform:
        return Need.objects.none()
    return Need.objects.filter(learned=False, chosen="", offered=[], asked_back=False).order_by("-pk")


@dataclass(frozen=True)
class Named:
    """A service or an event under its name; ``kind`` is "service" or "event"."""

    kind: str
    code: str
    title: LocalisedText


def targets() -> list[Named]:
    """The services of the house and the events, by code, as the index knows them; of imported items none."""
    known = memory.known()
    found = [target for target in known.index.targets if target.code in known.titles and not target.imported]
    return [_named(target.code, known) for target in sorted(found, key=lambda target: target.code)]


def target_named(text: str) -> Named | None:
    """The one service or event whose code or whole name is ``text``, whatever its case; None when there is none."""
    known = memory.known()
    wanted = text.strip().casefold()
    found = [
        code
        for code, title in known.titles.items()
        if wanted and wanted in (code.casefold(), *(name.casefold() for name in title.values()))
    ]
    return _named(found[0], known) if len(found) == 1 else None


def targets_like(text: str, *, limit: int = 8) -> list[Named]:
    """Services and events that ``text`` may name: those whose code or name holds all its words, then what it leads to."""
    known = memory.known()
    words = text.casefold().split()
    holding = [
        code
        for code, title in known.titles.items()
        if words and all(word in f"{code} {' '.join(title.values())}".casefold() for word in words)
    ]
    near = [each.target.code for each in decide(text, known.index, offer_to(ANYBODY, [])).ranked[:limit]]
    found = dict.fromkeys([*sorted(holding, key=lambda code: (code not in near, code)), *near])
    return [_named(code, known) for code in found][:limit]


def language_of(text: str) -> str:
    """The language that words are written in: Chinese when most characters are."""
    return Language.CHINESE if texts.share_of_chinese(texts.normalise(text)) >= 0.5 else Language.ENGLISH


def named(codes: Iterable[str]) -> dict[str, Named]:
    """Services and events by code, as the index knows them; those it does not know are left out."""
    known = memory.known()
    return {code: _named(code, known) for code in codes if code in known.titles}


def _named(code: str, known: Known) -> Named:
    return Named(known.index.targets[known.index.positions[code]].kind, code, known.titles[code])


def members_of() -> dict[str, frozenset[str]]:
    """The services of each event, as the index knows them."""
    targets = memory.known().index.targets
    return {target.code: frozenset(target.members) for target in targets if target.kind == "event"}
