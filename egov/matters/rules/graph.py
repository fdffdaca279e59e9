"""Members of a matter: what their cases' states mean for the whole, who may start, in which order. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext_lazy as _

from egov.kernel.errors import EgovError, TransitionNotAllowed

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


class NeverStarts(TransitionNotAllowed):
    message = _("What this depends on was not granted or was taken back.")


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


def is_absent(key: str, states: Mapping[str, str]) -> bool:
    """No such member, or one that was dropped before it came to a decision: it may join, in the same place."""
    return states.get(key, DROPPED) == DROPPED


def may_start(needs: Sequence[Needs], states: Mapping[str, str]) -> bool:
    """All it needs have succeeded; of alternatives, one."""
    return all(any(states[need.before] == DONE for need in group) for group in alternatives(needs))


def cannot_start(needs: Sequence[Needs], states: Mapping[str, str]) -> bool:
    """Something it needs ended without success, and no alternative is left."""
    return any(all(states[need.before] in (FAILED, DROPPED) for need in group) for group in alternatives(needs))


def alternatives(needs: Sequence[Needs]) -> Iterable[list[Needs]]:
    """What is needed, in groups of which one each is enough."""
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
