"""A small model learned from the examples: how probable each target is for a need. Pure, deterministic, no library.

Multinomial logistic regression over the features of the index (concepts, words, pairs of characters), trained by
gradient steps, then cut to the weights that matter, in a byte each. It only re-weighs what the index ranks; beside it
stands what tells a need from chat (``scope``). Without them, everything works on the index alone.
"""

import json
import math
import random
import zlib
from array import array
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from egov.routing.rules.scope import Scope

EPOCHS = 8
RATE, LAST_RATE = 3.0, 0.3
SEED = 20260101
RARELY = 2  # a feature in fewer sentences is not learned
TOUCHES = 0.01  # a step leaves alone what is off by less, so that weights stay few
KEPT = 0.12  # smaller weights are cut
STEPS = 127  # of a byte
KIND_WEIGHTS = {"c": 1.6, "w": 1.0, "b": 0.6}
PAIR = "b:"

Sentence = tuple[str, Sequence[str]]  # code of the target, features


@dataclass(frozen=True, slots=True)
class Learned:
    """``weights`` of feature n for ``codes[owners[i]]`` stand from ``starts[n]`` to ``starts[n + 1]``."""

    codes: tuple[str, ...]
    numbers: Mapping[str, int]
    rarity: array
    starts: array
    owners: array
    weights: array
    scale: float
    scope: Scope | None = None

    def probabilities(self, said: Iterable[str]) -> dict[str, float]:
        """By code of the target; empty when no feature of what was said is known."""
        known = {self.numbers[feature]: KIND_WEIGHTS[feature[0]] for feature in said if feature in self.numbers}
        values = {number: kind * self.rarity[number] for number, kind in known.items()}
        length = math.sqrt(sum(value * value for value in values.values()))
        if not length:
            return {}
        sums = [0.0] * len(self.codes)
        for number, value in values.items():
            factor = value / length * self.scale
            start, end = self.starts[number], self.starts[number + 1]
            for owner, weight in zip(self.owners[start:end], self.weights[start:end], strict=True):
                sums[owner] += factor * weight
        return dict(zip(self.codes, _softmax(sums), strict=True))

    def to_bytes(self) -> bytes:
        content = {
            "codes": self.codes,
            "features": list(self.numbers),
            "rarity": self.rarity.tolist(),
            "starts": self.starts.tolist(),
            "owners": self.owners.tolist(),
            "weights": self.weights.tolist(),
            "scale": self.scale,
            "scope": self.scope.as_content() if self.scope else None,
        }
        return zlib.compress(json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode(), 9)

    @classmethod
    def from_bytes(cls, data: bytes) -> "Learned":
        """Raises ``ValueError`` when ``data`` is not a model."""
        try:
            content = json.loads(zlib.decompress(data))
            return cls(
                tuple(content["codes"]),
                {feature: number for number, feature in enumerate(content["features"])},
                array("d", content["rarity"]),
                array("I", content["starts"]),
                array("H", content["owners"]),
                array("b", content["weights"]),
                float(content["scale"]),
                Scope.from_content(content["scope"]) if content.get("scope") else None,
            )
        except (zlib.error, KeyError, TypeError, OverflowError) as error:
            raise ValueError("This is not a model of needs.") from error


def _softmax(sums: Sequence[float]) -> list[float]:
    highest = max(sums)
    powers = [math.exp(value - highest) for value in sums]
    total = sum(powers)
    return [power / total for power in powers]


def train(sentences: Iterable[Sentence], *, epochs: int = EPOCHS) -> Learned:
    """The same sentences in the same order give the same model."""
    read = [(code, sorted(set(features))) for code, features in sentences]
    codes = tuple(sorted({code for code, _features in read}))
    places = {code: place for place, code in enumerate(codes)}
    used = Counter(feature for _code, features in read for feature in features)
    numbers = {
        feature: number for number, feature in enumerate(sorted(f for f, times in used.items() if times >= RARELY))
    }
    rarity = array("d", (round(math.sqrt(math.log(len(read) / used[feature])), 4) for feature in numbers))
    inputs = []
    for code, features in read:
        known = [(numbers[f], KIND_WEIGHTS[f[0]] * rarity[numbers[f]]) for f in features if f in numbers]
        length = math.sqrt(sum(value * value for _number, value in known))
        if length:
            inputs.append((places[code], [(number, value / length) for number, value in known]))
    rows = _descend(inputs, len(numbers), len(codes), epochs)
    return _cut(codes, numbers, rarity, rows)


def _descend(
    inputs: list[tuple[int, list[tuple[int, float]]]], features: int, classes: int, epochs: int
) -> list[dict[int, float]]:
    """Weights by feature and class after ``epochs`` passes in a drawn order; large classes count less a sentence."""
    sizes = Counter(place for place, _known in inputs)
    usual = sum(math.sqrt(size) for size in sizes.values()) / max(len(inputs), 1)
    share = {place: 1 / (math.sqrt(size) * usual) for place, size in sizes.items()}
    rows: list[dict[int, float]] = [{} for _feature in range(features)]
    order = list(range(len(inputs)))
    draw = random.Random(SEED)  # noqa: S311 an order, not a secret
    for epoch in range(epochs):
        rate = RATE + (LAST_RATE - RATE) * epoch / max(epochs - 1, 1)
        draw.shuffle(order)
        for position in order:
            place, known = inputs[position]
            _step(rows, place, known, rate * share[place], classes)
    return rows


def _step(rows: list[dict[int, float]], place: int, known: list[tuple[int, float]], rate: float, classes: int) -> None:
    sums = {place: 0.0}
    for number, value in known:
        for each, weight in rows[number].items():
            sums[each] = sums.get(each, 0.0) + value * weight
    highest = max(sums.values())
    powers = {each: math.exp(value - highest) for each, value in sums.items()}
    total = sum(powers.values()) + (classes - len(powers)) * math.exp(-highest)
    for each, power in powers.items():
        error = power / total - (each == place)
        if abs(error) > TOUCHES:
            change = rate * error
            for number, value in known:
                row = rows[number]
                row[each] = row.get(each, 0.0) - change * value


def _cut(codes: tuple[str, ...], numbers: dict[str, int], rarity: array, rows: list[dict[int, float]]) -> Learned:
    """The weights that matter, each in a byte."""
    scale = max((abs(weight) for row in rows for weight in row.values()), default=1.0) / STEPS or 1.0
    starts, owners, weights = array("I", [0]), array("H"), array("b")
    for row in rows:
        for owner in sorted(row):
            if abs(row[owner]) >= KEPT:
                owners.append(owner)
                weights.append(round(row[owner] / scale))
        starts.append(len(owners))
    return Learned(codes, numbers, rarity, starts, owners, weights, scale)
