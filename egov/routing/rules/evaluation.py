"""Scores of a set of labelled needs, with intervals. Pure.

A label is a code; ``/`` between codes that are equally right; ``;`` between the needs of one message; ``ask`` when a
question should come back; ``abstain`` when nothing fits.
"""

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

ASK = "ask"
ABSTAIN = "abstain"
EVENTS = ("LE", "BE", "IN")
Z = 1.96  # 95 %


@dataclass(frozen=True)
class LabelledNeed:
    id: str
    lang: str
    text: str
    expected: str
    split: str = ""


@dataclass(frozen=True)
class Outcome:
    """One line of results: services best first, the event offered as a whole, whether a question came back."""

    services: Sequence[str]
    bundle: str | None
    asked: bool


@dataclass
class Share:
    """So many of so many, with Wilson's interval."""

    right: int = 0
    all: int = 0

    def add(self, right: bool) -> None:
        self.right += right
        self.all += 1

    @property
    def value(self) -> float:
        return self.right / self.all if self.all else 0.0

    @property
    def interval(self) -> tuple[float, float]:
        """Wilson score interval, 95 %."""
        if not self.all:
            return (0.0, 1.0)
        n, p = self.all, self.value
        middle = (p + Z * Z / (2 * n)) / (1 + Z * Z / n)
        half = Z * math.sqrt(p * (1 - p) / n + Z * Z / (4 * n * n)) / (1 + Z * Z / n)
        return (max(0.0, middle - half), min(1.0, middle + half))


MEASURES = ("hit@1", "hit@3", "bundle", "precision", "recall", "several", "asks", "abstains", "answered")


@dataclass
class Scores:
    """Per language ("zh", "en", "mixed", "all") and measure. ``misses``: what to look at."""

    shares: dict[str, dict[str, Share]] = field(default_factory=lambda: defaultdict(lambda: defaultdict(Share)))
    misses: list[tuple[LabelledNeed, Outcome]] = field(default_factory=list)

    def share(self, measure: str, language: str = "all") -> Share:
        return self.shares[language][measure]


def score(pairs: Iterable[tuple[LabelledNeed, Outcome]], members: Mapping[str, frozenset[str]] | None = None) -> Scores:
    """``hit@1`` and ``hit@3``: needs of one service; an event that is equally right counts. ``bundle``: exactly it.

    ``precision`` and ``recall``: for needs of an event, the services offered against its ``members``. ``asks`` and
    ``abstains``: when it should; ``answered``: needs of a service or event that were neither asked about nor turned
    away.
    """
    scores = Scores()
    for need, outcome in pairs:
        _count_members(scores, need, outcome, members or {})
        results = judge(need.expected, outcome)
        for measure, right in results.items():
            scores.shares["all"][measure].add(right)
            scores.shares[need.lang][measure].add(right)
        if not all(right for measure, right in results.items() if measure not in ("hit@3", "answered")):
            scores.misses.append((need, outcome))
    return scores


def _count_members(scores: Scores, need: LabelledNeed, outcome: Outcome, members: Mapping[str, frozenset[str]]) -> None:
    wanted = members.get(need.expected)
    if wanted is None:
        return
    offered = set(outcome.services)
    for language in ("all", need.lang):
        for code in offered:
            scores.shares[language]["precision"].add(code in wanted)
        for code in wanted:
            scores.shares[language]["recall"].add(code in offered)


def judge(expected: str, outcome: Outcome) -> Mapping[str, bool]:
    """Measures that apply to a label, and whether the outcome meets them."""
    if expected == ASK:
        return {"asks": outcome.asked}
    if expected == ABSTAIN:
        return {"abstains": not (outcome.services or outcome.bundle or outcome.asked)}
    needs = [frozenset(need.split("/")) for need in expected.split(";")]
    answered = {"answered": bool(outcome.services or outcome.bundle)}
    if len(needs) > 1:
        first = set(outcome.services[: len(needs) + 1])
        return {"several": all(first & need for need in needs), **answered}
    codes = needs[0]
    services = {code for code in codes if not code.startswith(EVENTS)}
    bundled = outcome.bundle in codes
    if not services:
        return {"bundle": bundled, **answered}
    return {
        **answered,
        "hit@1": bundled or bool(services & set(outcome.services[:1])),
        "hit@3": bundled or bool(services & set(outcome.services[:3])),
    }
