"""Payment gateways: how money is asked for, how its arrival is told and proved, how it goes back."""

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from django.conf import settings

from egov.kernel.errors import Text
from egov.kernel.registries import Registry
from egov.kernel.text import LocalisedText

COUNTER = "counter"  # money taken by a cashier; not a way to pay in the browser


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
    """What a verified callback says. ``at``: when the gateway took the money, where it says so."""

    reference: str  # of our payment
    gateway_reference: str
    amount_fen: int
    succeeded: bool
    at: dt.datetime | None = None


@dataclass(frozen=True)
class Returned:
    """What a gateway answers to a refund."""

    gateway_reference: str
    at: dt.datetime | None = None


@dataclass(frozen=True)
class FileLine:
    """A line of the gateway's daily file: money in positive, refunds negative (fen)."""

    reference: str
    gateway_reference: str
    amount_fen: int
    at: dt.datetime | None = None


@dataclass(frozen=True)
class Gateway:
    """One gateway. ``options`` names the settings it reads; ``check`` says what is wrong with them.

    ``read_callback`` raises ``InvalidInput`` for a wrong signature. ``refund`` gets the refund's reference as
    idempotency key, the gateway's payment and the amount. Both may be called twice with the same content. A gateway
    that people do not reach in the browser has no ``pay_url``, one that tells nothing no ``read_callback``, one
    without books no ``day_file``.
    """

    key: str
    name: LocalisedText
    methods: Mapping[str, LocalisedText]
    pay_url: Callable[[Order], str] | None
    read_callback: Callable[[bytes, str], Told] | None
    refund: Callable[[str, str, Decimal], Returned]
    day_file: Callable[[dt.date], list[FileLine]] | None
    options: tuple[str, ...] = ()
    check: Callable[[], list[Text]] = field(default=list)


gateways: Registry[Gateway] = Registry("payment gateways")


def enabled() -> list[str]:
    """Keys of the gateways that people may choose, in the order of ``EGOV_PAYMENT_GATEWAYS``."""
    return [key for key in settings.EGOV_PAYMENT_GATEWAYS if key in gateways and key != COUNTER]
