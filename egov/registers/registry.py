"""Register handlers: the code that reads what a register knows about a party."""

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from egov.kernel.registries import Registry


@dataclass(frozen=True)
class Fact:
    """What a register holds: the value, as JSON can carry it, and the day it was true."""

    value: Any
    register: str
    as_of: dt.date


@dataclass(frozen=True)
class RegisterHandler:
    """Reads one register. ``facts(party_id, elements)`` returns only what the register holds, in few statements.

    ``remote`` registers belong to other authorities: they are never read while a page is rendered.
    """

    key: str
    elements: Callable[[], Iterable[str]]
    facts: Callable[[int, Sequence[str]], dict[str, Fact]]
    check: Callable[[], list[str]] = field(default=list)
    remote: bool = False


handlers: Registry[RegisterHandler] = Registry("register handlers")
