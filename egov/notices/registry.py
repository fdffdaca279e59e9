"""Channels by which a notice leaves the house."""

from collections.abc import Callable
from dataclasses import dataclass, field

from egov.kernel.registries import Registry


@dataclass(frozen=True)
class Outgoing:
    """A message as a channel gets it. The same ``key`` comes with every attempt, so the receiver can drop a repeat."""

    key: str
    address: str
    title: str
    body: str
    url: str


@dataclass(frozen=True)
class Channel:
    """``send`` hands a message over and returns the other side's receipt; it raises when that is not certain."""

    key: str
    send: Callable[[Outgoing], str]
    check: Callable[[], list[str]] = field(default=list)


channels: Registry[Channel] = Registry("notice channels")
