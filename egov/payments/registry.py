"""Payment gateways: how money is asked for, how its arrival is told and proved."""

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from egov.kernel.registries import Registry
from egov.kernel.text import LocalisedText


@dataclass(frozen=True)
class Order:
    """What a gateway is asked to collect."""

    reference: str
    amount: Decimal
    title: str
    method: str
    return_url: str
    language: str


@dataclass(frozen=True)
class Told:
    """What a verified callback says."""

    reference: str  # of our payment
    gateway_reference: str
    amount_fen: int
    succeeded: bool


@dataclass(frozen=True)
class FileLine:
    """A line of the gateway's daily file: money in positive, refunds negative (fen)."""

    reference: str
    gateway_reference: str
    amount_fen: int


@dataclass(frozen=True)
class Gateway:
    """``read_callback`` raises ``InvalidInput`` for a wrong signature. ``refund`` gets the refund's reference as
    idempotency key and returns the gateway's. Both may be called twice with the same content."""

    key: str
    name: LocalisedText
    methods: Mapping[str, LocalisedText]
    pay_url: Callable[[Order], str]
    read_callback: Callable[[bytes, str], Told]
    refund: Callable[[str, str, Decimal], str]
    day_file: Callable[[dt.date], list[FileLine]]
    check: Callable[[], list[str]] = field(default=list)


gateways: Registry[Gateway] = Registry("payment gateways")
