"""The index in the memory of a worker: what is said for each target, and how near a need comes to it. Pure.

Two measures are added: the nearest sentences (cosine over concepts, words and pairs of characters, weighted by how
few targets use them) and the sum of all a target's sentences. Concepts carry over between the languages.
"""

import math
from array import array
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from egov.routing.rules import text as texts
from egov.routing.rules.learned import Learned
from egov.routing.rules.lexicon import MISSPELT, Hit, Lexicon, english_words

# What a feature counts before its rarity: concepts (c), words (w), pairs of Chinese characters (b).
KIND_WEIGHTS = {"c": 1.6, "w": 1.0, "b": 0.45}
NEAREST = (0.3, 0.7)  # the nearest sentence; the mean of the nearest three
SUM_OF_ALL = 3.0  # against 1 for the nearest
RARITY_POWER = 0.7  # below 1, so that one rare word does not drown the others
COVERAGE_POWER = 0.7  # a target that explains more of what was said is nearer
CORRECTIONS_KEPT = 5000
SHORTEST_CORRECTED = 6  # a shorter word that nobody knows is rather another word than a slip: "sour" is no "soul"
WORTH_SAYING = 0.3  # as a reason, beside the weightiest one
# Words of everyday life ("game", "holiday") beside words of the catalogue: they show less what is needed.
EVERYDAY, EVERYDAY_WEIGHT = "everyday_", 0.4
EXPANDED = 0.9  # what a synonym means, against having said it
UNKNOWN_RARITY = 0.6  # of the greatest, for what no target uses
LEARNED_BOOST = 0.15  # what the learned model holds certain is that much nearer


@dataclass(frozen=True, slots=True)
class Target:
    """What a need may lead to: a service, an event, a topic to ask about, or "none" (not for us)."""

    code: str
    kind: str
    audience: frozenset[str] = frozenset()
    region: str = ""  # empty: usable from everywhere in the house's regions
    reach: str = ""  # how far a service with a region is offered: "", "province", "country"
    imported: bool = False
    fileable: bool = False
    members: tuple[str, ...] = ()


@dataclass(slots=True)
class Scored:
    """How near a need comes to a target. ``covered``: the share of what was said that the target also says."""

    target: Target
    score: float
    covered: float


@dataclass
class Features:
    """A need as the index sees it: features with weights, and the concepts with the words that showed them.

    ``probable``: what the learned model holds of each target, once ranked; empty without it. ``foreign``: the log odds
    it gives that this is no need of anybody's; None without it. ``read``: the text with its slips corrected.
    """

    weights: dict[str, float]
    hits: dict[str, Hit]
    probable: dict[str, float] = field(default_factory=dict)
    foreign: float | None = None
    read: str = ""

    @property
    def concepts(self) -> frozenset[str]:
        return frozenset(self.hits)


class Spelling:
    """Misspelt English words and the known word each comes nearest to: one slip, or one on either side."""

    def __init__(self, words: Iterable[str]) -> None:
        self._words = {word for word in words if len(word) > 2}
        self._shortened: dict[str, tuple[str, ...]] = {}
        for word in sorted(self._words):
            if len(word) >= 4:
                for short in _shortened(word):
                    self._shortened[short] = (*self._shortened.get(short, ()), word)
        self._corrected: dict[str, str] = {}

    def correct(self, word: str) -> str:
        """``word`` itself when known, short or hopeless."""
        if (
            len(word) < SHORTEST_CORRECTED
            or word in self._words
            or word.removesuffix("'s") in self._words
            or word in texts.STOP_WORDS
        ):
            return word
        if word not in self._corrected:
            if len(self._corrected) >= CORRECTIONS_KEPT:
                self._corrected.clear()
            self._corrected[word] = self._nearest(word)
        return self._corrected[word]

    def _nearest(self, word: str) -> str:
        allowed = 1 if len(word) < 7 else 2
        best = (allowed + 1, True, word)
        for short in _shortened(word):
            for other in self._shortened.get(short, ()):
                candidate = (edit_distance(word, other, allowed), other[0] != word[0], other)
                best = min(best, candidate)
        return best[2]


def _shortened(word: str) -> set[str]:
    """``word`` and all it becomes when one letter is left out."""
    return {word, *(word[:i] + word[i + 1 :] for i in range(len(word)))}


def edit_distance(one: str, other: str, limit: int) -> int:
    """Insertions, deletions, substitutions and swaps of neighbours; ``limit`` + 1 when above ``limit``."""
    previous: list[int] = []
    current = list(range(len(other) + 1))
    for i, a in enumerate(one, 1):
        before, previous, current = previous, current, [i]
        for j, b in enumerate(other, 1):
            cost = min(previous[j] + 1, current[j - 1] + 1, previous[j - 1] + (a != b))
            if i > 1 and j > 1 and a == other[j - 2] and one[i - 2] == b:
                cost = min(cost, before[j - 2] + 1)
            current.append(cost)
        if min(current) > limit:
            return limit + 1
    return current[-1]


def features_of(text: str, lexicon: Lexicon, spelling: Spelling | None = None, *, exact: bool = False) -> Features:
    """The features of a normalised text. ``exact``: for sentences of the index, without homophones and spelling."""
    weights: dict[str, float] = {}
    stems: list[tuple[str, str, float]] = []
    for word in english_words(text):
        right = spelling.correct(word) if spelling and word[0].isalpha() else word
        stems.append((texts.stem(right), word, 1.0 if right == word else MISSPELT))
        if right != word:
            text = text.replace(word, right, 1)
    for kind, value in texts.word_features(text):
        weights[f"{kind}:{value}"] = KIND_WEIGHTS[kind]
    hits = lexicon.concepts_in(text, stems, homophones=not exact)
    for concept, hit in hits.items():
        counts = EVERYDAY_WEIGHT if concept.startswith(EVERYDAY) else 1.0
        weights[f"c:{concept}"] = KIND_WEIGHTS["c"] * hit.weight * counts
    return Features(weights, hits, read=text)


@dataclass(frozen=True, slots=True)
class Postings:
    """For each feature, by number: who has it and how much. Three flat arrays instead of ten thousand lists."""

    starts: array
    owners: array
    values: array

    @classmethod
    def sorted(cls, features: array, owners: array, values: array, *, count: int) -> "Postings":
        """From parallel arrays in any order; ``count``: how many features there are. Owners keep their order."""
        starts = array("I", bytes(4 * (count + 1)))
        for feature in features:
            starts[feature + 1] += 1
        for feature in range(count):
            starts[feature + 1] += starts[feature]
        free = array("I", starts)
        laid_owners, laid_values = array("I", bytes(4 * len(owners))), array("f", bytes(4 * len(values)))
        for feature, owner, value in zip(features, owners, values, strict=True):
            place = free[feature]
            free[feature] = place + 1
            laid_owners[place], laid_values[place] = owner, value
        return cls(starts, laid_owners, laid_values)

    def of(self, feature: int) -> "zip[tuple[int, float]]":
        start, end = self.starts[feature], self.starts[feature + 1]
        return zip(self.owners[start:end], self.values[start:end], strict=True)


class _Sentences:
    """The sentences while the index is built, target after target, features as numbers."""

    def __init__(self) -> None:
        self.numbers: dict[str, int] = {}
        self.features = array("I")
        self.ends = array("I")
        self.targets = array("I")
        self.weights = array("f")

    def add(self, position: int, features: Iterable[str], weight: float) -> None:
        numbers = self.numbers
        self.features.extend({numbers.setdefault(feature, len(numbers)) for feature in features})
        self.ends.append(len(self.features))
        self.targets.append(position)
        self.weights.append(weight)

    def __iter__(self) -> Iterator[tuple[int, float, array]]:
        start = 0
        for position, weight, end in zip(self.targets, self.weights, self.ends, strict=True):
            yield position, weight, self.features[start:end]
            start = end


@dataclass
class Index:
    """Built once per version of the catalogue and lexicon, then only read."""

    targets: list[Target]
    lexicon: Lexicon
    spelling: Spelling
    # Features that a concept brings along: what a synonym means in free words.
    expansions: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    learned: Learned | None = None
    positions: dict[str, int] = field(default_factory=dict)
    _numbers: dict[str, int] = field(default_factory=dict)
    _rarity: array = field(default_factory=lambda: array("f"))
    _unknown: float = 1.0
    _sentence_target: array = field(default_factory=lambda: array("I"))

    @classmethod
    def build(
        cls,
        targets: Sequence[Target],
        sentences: Iterable[tuple[str, Iterable[str], float]],
        *,
        lexicon: Lexicon,
        spelling: Spelling,
        expansions: Mapping[str, Mapping[str, float]] | None = None,
        learned: Learned | None = None,
    ) -> "Index":
        """``sentences``: code of the target, features ("w:社保"), weight (1 for what people say); those of a target
        follow each other.
        """
        index = cls(list(targets), lexicon, spelling, expansions or {}, learned)
        index.positions = {target.code: i for i, target in enumerate(index.targets)}
        read = _Sentences()
        for code, features, weight in sentences:
            if code in index.positions:
                read.add(index.positions[code], features, weight)
        index._numbers, index._sentence_target = read.numbers, read.targets
        index._weigh(read)
        index._lay_out(read)
        return index

    def _weigh(self, sentences: _Sentences) -> None:
        """Rarity of features over the house's own targets; imported items do not change it."""
        count = len(sentences.numbers)
        users, last = array("I", bytes(4 * count)), array("i", [-1]) * count
        for position, _weight, features in sentences:
            if not self.targets[position].imported:
                for feature in features:
                    if last[feature] != position:
                        last[feature] = position
                        users[feature] += 1
        own = sum(1 for target in self.targets if not target.imported) + 1
        self._unknown = (math.log(own) * UNKNOWN_RARITY) ** RARITY_POWER
        self._rarity = array(
            "f", (math.log(own / (used + 0.5)) ** RARITY_POWER if used else self._unknown for used in users)
        )

    def _lay_out(self, sentences: _Sentences) -> None:
        kinds = array("f", (KIND_WEIGHTS[feature[0]] for feature in sentences.numbers))
        weights = array("f", (kind * rarity for kind, rarity in zip(kinds, self._rarity, strict=True)))
        count = len(weights)
        owners, values = array("I"), array("f")
        all_features, all_owners, all_values = array("I"), array("I"), array("f")
        sums: defaultdict[int, float] = defaultdict(float)
        current = -1

        def close() -> None:
            vector = {feature: weights[feature] * math.log1p(amount) for feature, amount in sums.items()}
            length = math.sqrt(sum(value * value for value in vector.values())) or 1.0
            all_features.extend(vector)
            all_owners.extend([current] * len(vector))
            all_values.extend(value / length for value in vector.values())
            sums.clear()

        for number, (position, weight, features) in enumerate(sentences):
            if position != current:
                close()
                current = position
            length = math.sqrt(sum(weights[feature] ** 2 for feature in features)) or 1.0
            owners.extend([number] * len(features))
            values.extend(weight * weights[feature] / length for feature in features)
            for feature in features:
                sums[feature] += weight
        close()
        self._sentences = Postings.sorted(sentences.features, owners, values, count=count)
        self._sums = Postings.sorted(all_features, all_owners, all_values, count=count)

    def features(self, text: str) -> Features:
        """The features of a normalised text as said by a person: typos are tolerated."""
        said = features_of(text, self.lexicon, self.spelling)
        for concept in self.expansions.keys() & said.hits.keys():
            for feature, weight in self.expansions[concept].items():
                said.weights.setdefault(feature, weight * EXPANDED)
        if self.learned and self.learned.scope:
            said.foreign = self.learned.scope.foreign(said.read)
        return said

    def rank(self, said: Features, offer: Callable[[Target], float], *, limit: int = 30) -> list[Scored]:
        """Targets by nearness, best first. ``offer``: how readily a target is offered, 0 for not at all, 1 as usual."""
        query, unknown = self._numbered(said)
        mass = sum(query.values()) + sum(unknown)
        length = math.sqrt(sum(value * value for value in [*query.values(), *unknown]))
        nearest = self._nearest(query)
        total: dict[int, float] = defaultdict(float)
        covered: dict[int, float] = defaultdict(float)
        for feature, value in query.items():
            for position, other in self._sums.of(feature):
                total[position] += value * other
                covered[position] += value
        found = []
        for position, near in nearest.items():
            target = self.targets[position]
            readiness = offer(target)
            if readiness:
                share = covered[position] / mass
                score = (near + SUM_OF_ALL * total[position]) / length / (1 + SUM_OF_ALL)
                found.append(Scored(target, readiness * score * share**COVERAGE_POWER, share))
        self._weigh_by_learned(said, found)
        found.sort(key=lambda each: (-each.score, each.target.code))
        return found[:limit]

    def _weigh_by_learned(self, said: Features, found: Iterable[Scored]) -> None:
        said.probable = self.learned.probabilities(said.weights) if self.learned else {}
        for each in found:
            each.score *= 1 + LEARNED_BOOST * said.probable.get(each.target.code, 0.0)

    def _numbered(self, said: Features) -> tuple[dict[int, float], list[float]]:
        """Weights of the features that some target uses, by number; weights of those that none uses."""
        known: dict[int, float] = {}
        unknown = []
        for feature, weight in said.weights.items():
            number = self._numbers.get(feature)
            if number is None:
                unknown.append(weight * self._unknown)
            else:
                known[number] = weight * self._rarity[number]
        return known, unknown

    def _nearest(self, query: Mapping[int, float]) -> dict[int, float]:
        """Per target: the nearest sentence and the mean of the nearest three, weighted by ``NEAREST``."""
        reached: dict[int, float] = defaultdict(float)
        for feature, value in query.items():
            for number, other in self._sentences.of(feature):
                reached[number] += value * other
        best: dict[int, list[float]] = {}
        target_of = self._sentence_target
        for number, value in reached.items():
            position = target_of[number]
            top = best.get(position)
            if top is None:
                best[position] = [value, 0.0, 0.0]
            elif value > top[2]:
                if value > top[0]:
                    top[:] = [value, top[0], top[1]]
                elif value > top[1]:
                    top[1:] = [value, top[1]]
                else:
                    top[2] = value
        return {position: NEAREST[0] * top[0] + NEAREST[1] * sum(top) / 3 for position, top in best.items()}

    def shared(self, said: Features, code: str) -> list[str]:
        """What ``said`` and the target share, weightiest first; what hardly counts beside the first is left out."""
        position = self.positions[code]
        found = []
        for feature, weight in said.weights.items():
            number = self._numbers.get(feature)
            if number is not None and (share := dict(self._sums.of(number)).get(position, 0.0)):
                found.append((weight * self._rarity[number] * share, feature))
        found.sort(reverse=True)
        return [feature for value, feature in found if value >= found[0][0] * WORTH_SAYING]
