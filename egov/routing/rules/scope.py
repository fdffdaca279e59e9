"""Whether a text is a need at all, or chat, shopping, homework: learned from the examples. Pure, deterministic.

How people talk tells it as much as what about: "which one is better", "how do I cook". So this reads what the index
leaves out: single characters, the small words, pairs of English words. Each falls into one of 65,536 places by its
checksum, a byte each, so that neither the file nor the memory grows with what is learned.
"""

import itertools
import math
import random
import zlib
from array import array
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from egov.routing.rules import text as texts

PLACES = 1 << 16
EPOCHS = 6
RATE, LAST_RATE = 0.5, 0.1
BIAS_RATE = 0.1  # against that of a weight
FIRST_STEP = 0.01  # what a weight is taken to have moved before its first step
TOUCHES = 0.01  # a step leaves alone what is off by less
STEPS = 127  # of a byte
SEED = 20260101


@dataclass(frozen=True, slots=True)
class Scope:
    """A logistic regression over hashed features of the text: ``weights`` in steps of ``scale``."""

    weights: array
    scale: float
    bias: float

    def foreign(self, text: str) -> float:
        """Log odds that a normalised ``text`` is nothing any service answers; above 0: rather not a need."""
        places = _places(text)
        if not places:
            return self.bias
        return self.bias + self.scale * sum(self.weights[place] for place in places) / math.sqrt(len(places))

    def as_content(self) -> dict[str, Any]:
        return {"weights": self.weights.tolist(), "scale": self.scale, "bias": self.bias}

    @classmethod
    def from_content(cls, content: dict[str, Any]) -> "Scope":
        """Raises ``KeyError``, ``TypeError``, ``OverflowError`` or ``ValueError`` when ``content`` is no such model."""
        weights = array("b", content["weights"])
        if len(weights) != PLACES:
            raise ValueError("A weight is missing.")
        return cls(weights, float(content["scale"]), float(content["bias"]))


def _places(text: str) -> list[int]:
    return sorted({zlib.crc32(feature.encode()) % PLACES for feature in _features(text)})


def _features(text: str) -> Iterable[str]:
    words = ["<"]
    for part in texts.parts(text):
        if texts.is_chinese(part):
            yield from part
            yield from map("".join, itertools.pairwise(part))
        else:
            words.append("0" if part[0].isdigit() else texts.stem(part))
    if len(words) > 1:
        yield from words
        yield from map(" ".join, itertools.pairwise([*words, ">"]))


def train(needs: Iterable[str], others: Iterable[str]) -> Scope:
    """From normalised texts that are needs and ``others`` that are none; the same in the same order give the same."""
    read = [(0.0, _places(text)) for text in needs]
    asked = len(read)
    read += [(1.0, _places(text)) for text in others]
    # The few that are none count more, but not as much as all the needs together.
    heavier = math.sqrt(asked / max(len(read) - asked, 1))
    weights, moved, bias = array("d", bytes(8 * PLACES)), array("d", [FIRST_STEP]) * PLACES, 0.0
    order = list(range(len(read)))
    draw = random.Random(SEED)  # noqa: S311 an order, not a secret
    for epoch in range(EPOCHS):
        rate = RATE + (LAST_RATE - RATE) * epoch / (EPOCHS - 1)
        draw.shuffle(order)
        for number in order:
            wanted, places = read[number]
            bias = _step(weights, moved, bias, places, wanted, heavier if wanted else 1.0, rate)
    scale = max(map(abs, weights)) / STEPS or 1.0
    return Scope(array("b", (round(weight / scale) for weight in weights)), round(scale, 6), round(bias, 6))


def _step(
    weights: array, moved: array, bias: float, places: Sequence[int], wanted: float, counts: float, rate: float
) -> float:
    """One step down for one text, smaller where much has moved already (AdaGrad); returns the new bias."""
    if not places:
        return bias
    share = 1 / math.sqrt(len(places))
    error = _logistic(bias + share * sum(weights[place] for place in places)) - wanted
    if abs(error) <= TOUCHES:
        return bias
    step = error * counts * share
    for place in places:
        moved[place] += step * step
        weights[place] -= rate * step / math.sqrt(moved[place])
    return bias - rate * BIAS_RATE * error * counts


def _logistic(value: float) -> float:
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, value))))
