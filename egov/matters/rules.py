"""Members of a matter: what their cases' states mean for the whole, who may start, which path decides the end."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from django.utils.translation import gettext_lazy as _

from egov.kernel.errors import EgovError

WAITING, OPEN, DONE, FAILED, DROPPED = "waiting", "open", "done", "failed", "dropped"
ENDED = frozenset({DONE, FAILED, DROPPED})

# What the end of a case means for its member. A decision says more (``state_after_decision``).
_STATE_AFTER_CASE = {
    "not_accepted": FAILED,
    "redirected": FAILED,
    "terminated": FAILED,
    "withdrawn": DROPPED,
}


class GraphError(EgovError):
    code = "dependency_circle"
    message = _("These services wait for each other in a circle.")


@dataclass(frozen=True)
class Needs:
    """A member waits for ``before``. Of those in one ``group`` one is enough; ``passes``: its output → our answer."""

    before: str
    group: str = ""
    passes: Mapping[str, str] = field(default_factory=dict)


def state_after_decision(outcome: str) -> str:
    return FAILED if outcome == "refused" else DONE


def state_after_case(case_state: str) -> str | None:
    """None while the case goes on, or when its decision tells."""
    return _STATE_AFTER_CASE.get(case_state)


def may_start(needs: Sequence[Needs], states: Mapping[str, str]) -> bool:
    """All it needs have succeeded; of alternatives, one."""
    return all(any(states[need.before] == DONE for need in group) for group in _groups(needs))


def cannot_start(needs: Sequence[Needs], states: Mapping[str, str]) -> bool:
    """Something it needs ended without success, and no alternative is left."""
    return any(all(states[need.before] in (FAILED, DROPPED) for need in group) for group in _groups(needs))


def _groups(needs: Sequence[Needs]) -> Iterable[list[Needs]]:
    by_group: dict[str, list[Needs]] = {}
    for need in needs:
        by_group.setdefault(need.group or f"only:{need.before}", []).append(need)
    return by_group.values()


def order_of(needs_of: Mapping[str, Sequence[Needs]]) -> list[str]:
    """Members in an order in which each comes after those it needs. Raises ``GraphError`` for a circle."""
    ordered: list[str] = []
    waiting = list(needs_of)
    while waiting:
        ready = [key for key in waiting if all(need.before in ordered for need in needs_of[key])]
        if not ready:
            raise GraphError
        ordered += ready
        waiting = [key for key in waiting if key not in ready]
    return ordered


def passed_answers(needs: Sequence[Needs], outputs: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """What the members before hand over: their output elements under the names of our answers."""
    return {
        answer: outputs[need.before][element]
        for need in needs
        for element, answer in need.passes.items()
        if element in outputs.get(need.before, {})
    }


def matter_state(states: Iterable[str]) -> str:
    """done when nothing goes on any more and something came of it or failed; withdrawn when all was dropped."""
    found = set(states)
    if found - ENDED:
        return "open"
    return "withdrawn" if found == {DROPPED} else "done"


# --- The drawing of a matter ----------------------------------------------------------------------
class PartKind(StrEnum):
    RUN = "run"  # the department works
    PAUSE = "pause"  # the clock stands still: the applicant or a special procedure
    MISS = "miss"  # beyond the promised day
    PLAN = "plan"  # still to come
    DONE = "done"


@dataclass(frozen=True)
class Part:
    kind: PartKind
    start: dt.datetime
    end: dt.datetime


@dataclass(frozen=True)
class Move:
    """A case came into ``state`` at ``at``."""

    at: dt.datetime
    state: str


PAUSED_STATES = frozenset({"submitted", "correction", "suspended"})


def parts_of(
    moves: Sequence[Move], *, ended_at: dt.datetime | None, due_at: dt.datetime | None, now: dt.datetime
) -> tuple[Part, ...]:
    """The story of one case as stretches of time: in work, paused, beyond its promise, still to come.

    ``moves`` in the order of time. What is beyond ``due_at`` while the clock runs is missed, also when it ended.
    """
    parts: list[Part] = []
    last = ended_at or now
    for move, following in zip(moves, [*moves[1:], None], strict=True):
        start, end = move.at, min(following.at if following else last, last)
        if end <= start:
            continue
        if move.state in PAUSED_STATES:
            parts.append(Part(PartKind.PAUSE, start, end))
        else:
            parts += _worked(start, end, due_at, ended=ended_at is not None)
    if ended_at is None and due_at is not None and due_at > now:
        parts.append(Part(PartKind.PLAN, now, due_at))
    return _joined(parts)


def _worked(start: dt.datetime, end: dt.datetime, due_at: dt.datetime | None, *, ended: bool) -> list[Part]:
    kind = PartKind.DONE if ended else PartKind.RUN
    if due_at is None or end <= due_at:
        return [Part(kind, start, end)]
    if start >= due_at:
        return [Part(PartKind.MISS, start, end)]
    return [Part(kind, start, due_at), Part(PartKind.MISS, due_at, end)]


def _joined(parts: Sequence[Part]) -> tuple[Part, ...]:
    joined: list[Part] = []
    for part in parts:
        if joined and joined[-1].kind is part.kind and joined[-1].end == part.start:
            joined[-1] = Part(part.kind, joined[-1].start, part.end)
        else:
            joined.append(part)
    return tuple(joined)


def critical_path(needs_of: Mapping[str, Sequence[Needs]], ends: Mapping[str, dt.datetime | None]) -> frozenset[str]:
    """The members that decide the date of the whole: the one that ends last and, going back, what it waited for.

    Empty for fewer than two members, and when no end is known.
    """
    known = {key: end for key, end in ends.items() if end is not None}
    if len(needs_of) < 2 or not known:
        return frozenset()
    path: set[str] = set()
    at: str | None = max(known, key=lambda key: known[key])
    while at is not None and at not in path:
        path.add(at)
        before = [need.before for need in needs_of[at] if need.before in known]
        at = max(before, key=lambda key: known[key], default=None)
    return frozenset(path)
