"""Figures from counts: shares with their interval, percentiles of a list."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

Z = 1.959963984540054  # 95 %
PLACES = Decimal("0.000001")


@dataclass(frozen=True)
class Interval:
    low: Decimal
    high: Decimal


def wilson(good: Decimal | int, all_: Decimal | int) -> Interval | None:
    """The 95 % interval of a share (Wilson 1927): honest for few cases, never outside 0 … 1. None without cases.

    Raises ``ValueError`` when ``good`` is not between 0 and ``all_``.
    """
    n, k = float(all_), float(good)
    if n == 0:
        return None
    if not 0 <= k <= n:
        raise ValueError(f"{good} of {all_} is no share")
    share = k / n
    centre = (share + Z * Z / (2 * n)) / (1 + Z * Z / n)
    half = Z / (1 + Z * Z / n) * math.sqrt(share * (1 - share) / n + Z * Z / (4 * n * n))
    # At the ends the formula gives 0 and 1 exactly; the float does not.
    low = Decimal(0) if k == 0 else _decimal(max(0.0, centre - half))
    high = Decimal(1) if k == n else _decimal(min(1.0, centre + half))
    return Interval(low, high)


def share(good: Decimal | int, all_: Decimal | int) -> Decimal | None:
    """``good`` over ``all_`` to six places; None without cases."""
    return (Decimal(good) / Decimal(all_)).quantize(PLACES) if all_ else None


def percentile(values: Sequence[Decimal | int | float], fraction: float) -> Decimal | None:
    """The continuous percentile as PostgreSQL's ``percentile_cont`` gives it; None for nothing."""
    if not values:
        return None
    ordered = sorted(float(value) for value in values)
    place = fraction * (len(ordered) - 1)
    below = math.floor(place)
    above = min(below + 1, len(ordered) - 1)
    return _decimal(ordered[below] + (ordered[above] - ordered[below]) * (place - below))


def _decimal(value: float) -> Decimal:
    return Decimal(repr(value)).quantize(PLACES)
