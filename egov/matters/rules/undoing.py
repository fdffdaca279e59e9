"""What is undone when a member comes to nothing, in which order, and why. Pure.

A case has all it needs when it is opened, so only members that still wait can fall away with another one. What is
decided is never undone: a decision in force ends by its own law, not because a sibling failed.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Self

from egov.matters.rules.graph import DROPPED, FAILED, WAITING, Needs, alternatives, cannot_start

NOT_GRANTED, NOT_STARTED, TAKEN_BACK = "not_granted", "not_started", "taken_back"

# Nobody has examined it yet: what was to be paid for it is not owed. Once accepted the work has begun.
UNEXAMINED = frozenset({"submitted", "received", "correction"})
UNDECIDED = UNEXAMINED | {"accepted", "suspended"}
_ENDS_UNEXAMINED = frozenset({"withdrawn", "not_accepted", "redirected"})


@dataclass(frozen=True)
class Undone:
    """Why a member was undone. ``of``: the members it could not do without; ``back``: what is not owed for it."""

    why: str
    of: tuple[str, ...] = ()
    back: Decimal = Decimal(0)

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> Self | None:
        if not kept:
            return None
        return cls(kept["why"], tuple(kept.get("of", ())), Decimal(kept.get("back", "0")))

    def as_json(self) -> dict[str, Any]:
        return {"why": self.why, "of": list(self.of), "back": str(self.back)}


def nothing_owed(before: str, after: str) -> bool:
    """Whether a case that went from one state to the other ended before anybody examined it."""
    return after in _ENDS_UNEXAMINED and before in UNEXAMINED


def falling(
    needs_of: Mapping[str, Sequence[Needs]], states: Mapping[str, str], gone: Collection[str] = ()
) -> list[str]:
    """Members that wait and can never start once ``gone`` are gone too; the last first. ``needs_of`` in graph order."""
    then = {key: DROPPED if key in gone else state for key, state in states.items()}
    found: list[str] = []
    for key, needs in needs_of.items():
        if then[key] == WAITING and cannot_start(needs, then):
            then[key] = DROPPED
            found.append(key)
    return found[::-1]


def cause(needs: Sequence[Needs], states: Mapping[str, str]) -> Undone:
    """Why a member with these needs cannot start."""
    lost = [group for group in alternatives(needs) if all(states[need.before] in (FAILED, DROPPED) for need in group)]
    of = tuple(dict.fromkeys(need.before for group in lost for need in group))
    return Undone(NOT_GRANTED if any(states[key] == FAILED for key in of) else NOT_STARTED, of)
