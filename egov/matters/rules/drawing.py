"""The story of a case as stretches of time, ready to draw. Pure."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum


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


APPLICANT_S_TURN = frozenset({"submitted", "correction"})
PAUSED_STATES = APPLICANT_S_TURN | {"suspended"}


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
