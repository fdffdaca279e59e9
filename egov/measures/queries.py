"""Figures as pages show them: the newest value with its interval, its course, and whether the service answered."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Aggregate, Count, FloatField, Q
from django.db.models.functions import TruncDate

from egov.kernel import clock
from egov.measures.models import Availability, MeasureValue
from egov.measures.registry import Measure, measures

DAYS = 90


@dataclass(frozen=True)
class Figure:
    """The newest value of a measure for one slice, with what is needed to explain it."""

    measure: Measure
    slice: str
    value: Decimal
    numerator: Decimal | None
    denominator: Decimal | None
    low: Decimal | None
    high: Decimal | None
    period_start: dt.date
    period_end: dt.date
    computed_at: dt.datetime


@dataclass(frozen=True)
class Day:
    """One day of probes; ``share`` is None when none was made. ``milliseconds``: median of the answers."""

    day: dt.date
    probes: int
    answered: int
    milliseconds: int | None

    @property
    def share(self) -> float | None:
        return self.answered / self.probes if self.probes else None


class Percentile(Aggregate):
    """``percentile_cont`` over an expression: ``Percentile("duration", 0.9)``. For measures that count in the database.

    Rows where the expression is null do not count; no rows give None.
    """

    function = "percentile_cont"
    name = "percentile"
    template = "%(function)s(%(fraction)s) within group (order by %(expressions)s)"
    output_field = FloatField()

    def __init__(self, expression: Any, fraction: float, **extra: Any) -> None:
        if not 0 <= fraction <= 1:
            raise ValueError("a percentile lies between 0 and 1")
        super().__init__(expression, fraction=repr(float(fraction)), **extra)


def latest(key: str, slice: str = "") -> Figure | None:  # noqa: A002 - the word of the field
    """The newest value of one measure for one slice; None when it was never measured or is not declared any more."""
    return figures([key], slice).get(key)


def figures(keys: Sequence[str], slice: str = "") -> dict[str, Figure]:  # noqa: A002
    """The newest values of several measures for one slice, by key; one statement. What was not measured is missing."""
    rows = _newest().filter(measure__in=keys, slice=slice).distinct("measure").order_by("measure", *_NEWEST)
    found = {row.measure: row for row in rows}
    return {key: _figure(found[key], measures.get(key)) for key in keys if key in found and key in measures}


def by_slice(keys: Sequence[str], kind: str) -> dict[str, dict[str, Figure]]:
    """Slice → key → newest value, for slices of one kind ("department"); one statement."""
    rows = _newest().filter(measure__in=keys, slice__startswith=f"{kind}:")
    grouped: dict[str, dict[str, Figure]] = {}
    for row in rows.distinct("slice", "measure").order_by("slice", "measure", *_NEWEST):
        if row.measure in measures:
            grouped.setdefault(row.slice, {})[row.measure] = _figure(row, measures.get(row.measure))
    return grouped


def series(key: str, *, days: int = DAYS, slice: str = "") -> list[MeasureValue]:  # noqa: A002
    """The course of a measure: its values whose period ended in the last ``days``, oldest first."""
    since = clock.today() - dt.timedelta(days=days)
    rows = MeasureValue.objects.filter(measure=key, slice=slice, value__isnull=False, period_end__gt=since)
    return list(rows.order_by("period_end"))


def computed_at() -> dt.datetime | None:
    """When figures were computed last."""
    return MeasureValue.objects.order_by("-computed_at").values_list("computed_at", flat=True).first()


def availability(days: int = DAYS) -> list[Day]:
    """One entry per day for the last ``days``, oldest first, today included; one statement."""
    today = clock.today()
    first = today - dt.timedelta(days=days - 1)
    counted: dict[dt.date, dict[str, Any]] = {
        each["day"]: dict(each)
        for each in Availability.objects.filter(at__gte=clock.end_of_day(first - dt.timedelta(days=1)))
        .annotate(day=TruncDate("at"))
        .values("day")
        .annotate(
            probes=Count("id"),
            answered=Count("id", filter=Q(ok=True)),
            median=Percentile("milliseconds", 0.5, filter=Q(ok=True)),
        )
    }
    found = []
    for number in range(days):
        day = first + dt.timedelta(days=number)
        row: dict[str, Any] = counted.get(day, {})
        median = row.get("median")
        found.append(Day(day, row.get("probes", 0), row.get("answered", 0), None if median is None else round(median)))
    return found


def last_probe() -> Availability | None:
    return Availability.objects.order_by("-at").first()


_NEWEST = ("-period_end", "-computed_at")


def _newest() -> Any:
    return MeasureValue.objects.filter(value__isnull=False)


def _figure(row: MeasureValue, measure: Measure) -> Figure:
    return Figure(
        measure=measure,
        slice=row.slice,
        value=row.value or Decimal(0),
        numerator=row.numerator,
        denominator=row.denominator,
        low=row.low,
        high=row.high,
        period_start=row.period_start,
        period_end=row.period_end,
        computed_at=row.computed_at,
    )
