"""Measures that rooms declare: what is counted, in which unit, which way is better, and the cases behind a figure."""

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from egov.kernel.refs import Ref
from egov.kernel.registries import Registry
from egov.kernel.text import LocalisedText

RATE = "rate"  # a share of all, 0 … 1; gets an interval
UNITS = frozenset({RATE, "count", "working_days", "days", "hours", "minutes", "milliseconds", "cny", "grade"})


@dataclass(frozen=True)
class Row:
    """One figure of one slice ("" = all, "department:12", "service:SI07").

    ``value`` may be left out of a rate: it is numerator over denominator. ``denominator`` is always how many cases
    stand behind the figure.
    """

    slice: str
    numerator: Decimal | int | None = None
    denominator: Decimal | int | None = None
    value: Decimal | None = None


@dataclass(frozen=True)
class Measure:
    """``compute(start, end)`` counts the days from ``start`` to ``end``, both included, in bulk, for every slice.

    ``window``: how many days the published figure looks back. ``behind(slice, start, end)`` names the cases, for
    whoever may see them. ``definition`` says in words what is counted and what is left out.
    """

    key: str
    name: LocalisedText
    unit: str
    better: str  # "higher" or "lower"
    slices: Sequence[str]  # kinds of slices besides the whole: "department", "service", "region"
    compute: Callable[[dt.date, dt.date], Iterable[Row]]
    definition: LocalisedText = field(default_factory=dict)
    window: int = 365
    basis: LocalisedText = field(default_factory=dict)
    behind: Callable[[str, dt.date, dt.date], Iterable[Ref]] | None = None

    def __post_init__(self) -> None:
        if self.unit not in UNITS or self.better not in ("higher", "lower") or self.window < 1:
            raise ValueError(f"measure {self.key} is not well declared")

    def check(self) -> str:
        """Fault of the declaration as the console shows it; "" when it is fine."""
        return "" if self.name.get("zh-Hans") and self.name.get("en") else "a measure needs a name in both languages"


# key -> Measure
measures: Registry[Measure] = Registry("measures")
