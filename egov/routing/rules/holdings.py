"""What it means for being needed again that a party has the output of a service already. Pure.

An output declares it (``held``): never (the default: each time anew), while one is in force, or only for the same
object, told by data elements (the address of a shop, the number of a vehicle).
"""

from collections.abc import Mapping, Sequence
from typing import Any

NEVER, IN_FORCE = "never", "in_force"


def same_object_by(held: str | Mapping[str, Any]) -> tuple[str, ...]:
    """The data elements that tell the object; () when there is none to tell."""
    return tuple(held.get("same", ())) if isinstance(held, Mapping) else ()


def counts(held: str | Mapping[str, Any], about: Mapping[str, Any], answers: Mapping[str, Any]) -> bool:
    """Whether what is in force makes the service needless. ``about`` and ``answers``: data element → value.

    Of an object that the answers do not name yet nobody knows whether it is the same: the service is needed.
    """
    elements = same_object_by(held)
    if not elements:
        return held == IN_FORCE
    named = [element for element in elements if about.get(element) is not None]
    return bool(named) and all(about.get(element) == answers.get(element) for element in elements)


def may_be_claimed(outputs: Sequence[Mapping[str, Any]]) -> bool:
    """Whether a person may say that they have it already, though nothing here shows it."""
    return any(output.get("held", NEVER) != NEVER for output in outputs)
