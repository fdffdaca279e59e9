"""Money is ``Decimal`` in the currency of the jurisdiction (CNY), two places, rounded half up."""

from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.db import models

CENT = Decimal("0.01")


def rounded(amount: Decimal) -> Decimal:
    """``amount`` to the fen, half up."""
    return amount.quantize(CENT, rounding=ROUND_HALF_UP)


def to_fen(amount: Decimal) -> int:
    """Whole fen. Raises ``ValueError`` when ``amount`` has a fraction of a fen."""
    fen = amount * 100
    if fen != fen.to_integral_value():
        raise ValueError(f"{amount} is not a whole number of fen")
    return int(fen)


def from_fen(fen: int) -> Decimal:
    """Yuan from whole fen."""
    return Decimal(fen) / 100


class MoneyField(models.DecimalField):
    """An amount in yuan, 2 places, up to 16 digits before the point."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("max_digits", 18)
        kwargs.setdefault("decimal_places", 2)
        super().__init__(*args, **kwargs)
