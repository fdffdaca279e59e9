"""When a matter will be done: the promise, the date to expect with its chance, who endangers it. Pure.

Days are numbered in working days from today (0; negative: past), so that a calendar is needed only to name them.

How long a service takes is a spread: how many past cases took how many days. Along the edges spreads add up; of several
members that all are needed the latest counts, of alternatives the earliest. Members are taken as independent of each
other. Those that wait for the same one are not, but that can only make the true chance better than the one told.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import reduce
from typing import TypeVar

from egov.matters.rules.graph import DROPPED, ENDED, FAILED, OPEN, Needs, alternatives

D = TypeVar("D")
Spread = Mapping[int, float]  # day -> chance that it is that day
FARTHEST = 750  # working days; what takes longer counts as this
TODAY: Spread = {0: 1.0}
HALF, NINE_IN_TEN = 0.5, 0.9


@dataclass(frozen=True)
class Ahead:
    """A member as the forecast sees it, in the order of the graph.

    ``limit``: the day on which it may begin → the last day its department promises then. ``promised``: that day for
    the case it has; lawful pauses have moved it. ``spent``: working days its department has had the case, without
    pauses; ``waits``: for its applicant now. ``pace``: working days → how many past cases took so long; empty when there are too few.
    """

    key: str
    state: str
    limit: Callable[[int], int]
    needs: Sequence[Needs] = ()
    promised: int | None = None
    begun: int | None = None
    ended: int | None = None
    spent: int = 0
    waits: bool = False
    pace: Mapping[int, int] = field(default_factory=dict)

    @property
    def counts(self) -> bool:
        """What came to nothing delays nothing."""
        return self.state not in (FAILED, DROPPED)

    @property
    def pending(self) -> bool:
        return self.state not in ENDED


@dataclass(frozen=True)
class Forecast:
    """``promised``: last day of the whole when every department keeps its own promise; what one of them was late is not
    taken off the others. ``expected``: as likely before as after; ``likely``: nine in ten are done by then.
    ``confidence``: the chance that the promise is kept; None while a member has too few past cases. ``planned`` and
    ``ends``: for each member the promised and the expected (or real) last day. ``endangering``: who is to hurry.
    """

    promised: int | None
    expected: int | None
    likely: int | None
    confidence: float | None
    planned: Mapping[str, int]
    begins: Mapping[str, int]
    ends: Mapping[str, int]
    critical: frozenset[str]
    endangering: frozenset[str]
    unmeasured: frozenset[str]
    cases: int  # past cases behind it

    @property
    def endangered(self) -> bool:
        return bool(self.endangering)


def forecast(members: Sequence[Ahead]) -> Forecast:
    """``members`` in an order in which each comes after those it needs."""
    counted = [each for each in members if each.counts]
    planned, begins = _planned(counted)
    spreads: dict[str, Spread] = {}
    for each in counted:
        spreads[each.key] = _spread(each, _ready(each, spreads))
    ends = {each.key: _end(each, spreads[each.key]) for each in counted}
    pending = [each for each in counted if each.pending]
    whole = reduce(later, (spreads[each.key] for each in pending), TODAY)
    promised = max(planned.values(), default=None)
    unmeasured = frozenset(each.key for each in pending if not _measured(each))
    chance = chance_by(whole, promised) if pending and promised is not None else None
    return Forecast(
        promised=promised,
        expected=quantile(whole, HALF) if pending else None,
        likely=quantile(whole, NINE_IN_TEN) if pending else None,
        confidence=None if unmeasured else chance,
        planned=planned,
        begins=begins,
        ends=ends,
        critical=critical_path({each.key: each.needs for each in counted}, ends),
        endangering=_endangering(counted, spreads, promised, chance),
        unmeasured=unmeasured,
        cases=sum(sum(each.pace.values()) for each in pending if _measured(each)),
    )


# --- The promise ------------------------------------------------------------------------------------------
def _planned(members: Sequence[Ahead]) -> tuple[dict[str, int], dict[str, int]]:
    """By when each is done, and from when it can be worked on, when every department keeps its own promise.

    A case promises from the day it was begun. What it was begun late, because one before it was late, is taken off:
    the promise of the whole does not move with a promise that was broken.
    """
    planned: dict[str, int] = {}
    real: dict[str, int] = {}
    begins: dict[str, int] = {}
    for each in members:
        begin = _from(each.needs, planned)
        begins[each.key] = max(begin, 0)
        own = each.limit(begin)
        if each.promised is not None:
            late = _from(each.needs, real) - begin if each.begun is not None else 0
            own = each.promised - max(late, 0)
        planned[each.key] = own if each.ended is None else min(each.ended, own)
        real[each.key] = max(own, 0) if each.ended is None else each.ended
    return planned, begins


def _from(needs: Sequence[Needs], days: Mapping[str, int]) -> int:
    """The day on which all of ``needs`` are there; of alternatives the first counts. Today without any."""
    known = ([days[need.before] for need in group if need.before in days] for group in alternatives(needs))
    return max((min(group) for group in known if group), default=0)


# --- What to expect -------------------------------------------------------------------------------------------
def _measured(member: Ahead) -> bool:
    return any(days >= member.spent for days in member.pace)


def _spread(member: Ahead, ready: Spread) -> Spread:
    """When it is done. One under way has not been done so far: only cases that took longer tell what is left."""
    if not member.pending:
        return TODAY
    if not _measured(member):
        if member.state == OPEN and member.promised is not None:
            return {max(member.promised, 0): 1.0}
        return _gathered((member.limit(day), chance) for day, chance in ready.items())
    left = {days - member.spent: cases for days, cases in member.pace.items() if days >= member.spent}
    total = sum(left.values())
    lasts = {days: cases / total for days, cases in left.items()}
    return lasts if member.state == OPEN else after(ready, lasts)


def _ready(member: Ahead, spreads: Mapping[str, Spread]) -> Spread:
    groups = [
        [spreads[need.before] for need in group if need.before in spreads] for group in alternatives(member.needs)
    ]
    return reduce(later, (reduce(earlier, group) for group in groups if group), TODAY)


def _end(member: Ahead, spread: Spread) -> int:
    return member.ended if member.ended is not None else quantile(spread, HALF)


def after(one: Spread, other: Spread) -> Spread:
    """Both, one after the other."""
    return _gathered((a + b, p * q) for a, p in one.items() for b, q in other.items())


def later(one: Spread, other: Spread) -> Spread:
    """Both, side by side: the later of the two."""
    return _steps(one, other, lambda p, q: p * q)


def earlier(one: Spread, other: Spread) -> Spread:
    """One of the two, whichever comes first."""
    return _steps(one, other, lambda p, q: 1 - (1 - p) * (1 - q))


def _steps(one: Spread, other: Spread, joined: Callable[[float, float], float]) -> Spread:
    """The spread whose chance up to each day is ``joined`` of the two."""
    found: dict[int, float] = {}
    p = q = before = 0.0
    for day in sorted({*one, *other}):
        p, q = p + one.get(day, 0.0), q + other.get(day, 0.0)
        now = joined(p, q)
        if now > before:
            found[day], before = now - before, now
    return found


def _gathered(chances: Iterable[tuple[int, float]]) -> Spread:
    found: dict[int, float] = {}
    for day, chance in chances:
        day = min(day, FARTHEST)
        found[day] = found.get(day, 0.0) + chance
    return found


def chance_by(spread: Spread, day: int) -> float:
    return min(sum(chance for at, chance in spread.items() if at <= day), 1.0)


def quantile(spread: Spread, share: float) -> int:
    """The first day by which ``share`` of all are done."""
    so_far = 0.0
    for day in sorted(spread):
        so_far += spread[day]
        if so_far >= share - 1e-9:
            return day
    return max(spread)


# --- Who decides the date, who endangers it -----------------------------------------------------------------
def critical_path(needs_of: Mapping[str, Sequence[Needs]], ends: Mapping[str, D | None]) -> frozenset[str]:
    """The members that decide the date of the whole: the one that ends last and, going back, what it waited for.

    Of alternatives it waited for the first. Empty for fewer than two members, and when no end is known.
    """
    known = {key: end for key, end in ends.items() if end is not None}
    if len(needs_of) < 2 or not known:
        return frozenset()
    path: set[str] = set()
    at: str | None = max(known, key=lambda key: known[key])  # type: ignore[arg-type, return-value]
    while at is not None and at not in path:
        path.add(at)
        at = _waited_for(needs_of[at], known)
    return frozenset(path)


def _waited_for(needs: Sequence[Needs], ends: Mapping[str, D]) -> str | None:
    groups = ([need.before for need in group if need.before in ends] for group in alternatives(needs))
    first = [min(group, key=lambda key: ends[key]) for group in groups if group]  # type: ignore[arg-type, return-value]
    return max(first, key=lambda key: ends[key], default=None)  # type: ignore[arg-type, return-value]


def _endangering(
    members: Sequence[Ahead], spreads: Mapping[str, Spread], promised: int | None, chance: float | None
) -> frozenset[str]:
    """The members in work with which the whole is more likely late than not.

    Those whose end, with what usually still follows, lies beyond the promise; when only chance adds up to that, the
    ones that most follows from.
    """
    if promised is None or chance is None or chance >= HALF:
        return frozenset()
    tails = _tails(members, spreads)
    working = [each for each in members if each.state == OPEN and not each.waits]
    reach = {each.key: quantile(spreads[each.key], HALF) + tails[each.key] for each in working}
    beyond = frozenset(key for key, day in reach.items() if day > promised)
    farthest = max(reach.values(), default=0)
    return beyond or frozenset(key for key, day in reach.items() if day == farthest)


def _tails(members: Sequence[Ahead], spreads: Mapping[str, Spread]) -> dict[str, int]:
    """What usually follows each member until the whole is done, in working days."""
    followers: dict[str, list[str]] = {each.key: [] for each in members}
    for each in members:
        for need in each.needs:
            if need.before in followers and each.pending:
                followers[need.before].append(each.key)
    usual = {each.key: _usual(each) for each in members}
    tails: dict[str, int] = {}
    for each in reversed(members):
        tails[each.key] = max((usual[key] + tails[key] for key in followers[each.key]), default=0)
    return tails


def _usual(member: Ahead) -> int:
    total = sum(member.pace.values())
    if not total:
        return member.limit(0)
    return quantile({days: cases / total for days, cases in member.pace.items()}, HALF)
