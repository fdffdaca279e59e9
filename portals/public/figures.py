"""Public figures: what the rooms measured, with interval, definition and the number of cases behind. Never invented.

A figure that was not measured is not shown; a page without figures says so.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.urls import reverse
from django.utils.translation import gettext as _

from egov.measures.models import MeasureValue
from portals.shared import components as c
from portals.shared.templatetags.egov_ui import number, percent

ON_TIME = "casework.on_time"
DURATION_MEDIAN = "casework.duration_median"
DURATION_P90 = "casework.duration_p90"
SATISFACTION = "casework.satisfaction"
OVERDUE = "casework.overdue"
FEW = 5  # below this many cases an interval says more than its figure; the figure is shown with the count


@dataclass(frozen=True)
class Measured:
    """Figures of one service; ``decided`` is how many cases stand behind them."""

    decided: int
    figures: Sequence[c.Figure]


def latest(keys: Sequence[str], slice_: str = "") -> dict[str, MeasureValue]:
    """The newest value of each key; one statement."""
    rows = (
        MeasureValue.objects.filter(measure__in=keys, slice=slice_, value__isnull=False)
        .order_by("measure", "-period_end", "-computed_at")
        .distinct("measure")
    )
    return {row.measure: row for row in rows}


def front() -> list[c.Figure]:
    found = latest([ON_TIME, DURATION_MEDIAN, DURATION_P90, SATISFACTION, OVERDUE])
    return _drawn(found, link=reverse("public:performance"))


def computed_at() -> dt.datetime | None:
    return MeasureValue.objects.filter(slice="").order_by("-computed_at").values_list("computed_at", flat=True).first()


def of_service(code: str) -> Measured:
    found = latest([ON_TIME, DURATION_MEDIAN, DURATION_P90, SATISFACTION], f"service:{code}")
    counted = found.get(ON_TIME) or found.get(DURATION_MEDIAN)
    return Measured(int(counted.denominator or 0) if counted else 0, _drawn(found))


def of_department(department_id: int) -> list[c.Figure]:
    return _drawn(
        latest([ON_TIME, DURATION_MEDIAN, DURATION_P90, SATISFACTION, OVERDUE], f"department:{department_id}")
    )


@dataclass(frozen=True)
class Row:
    """The figures of one slice in a table; texts are empty where nothing was measured."""

    cases: int
    on_time: c.Figure | None
    median: str
    p90: str
    satisfaction: str
    overdue: str


def rows_by_slice(prefix: str) -> dict[str, Row]:
    """Slice → its figures, for every slice that begins with ``prefix``; one statement."""
    keys = [ON_TIME, DURATION_MEDIAN, DURATION_P90, SATISFACTION, OVERDUE]
    rows = (
        MeasureValue.objects.filter(measure__in=keys, slice__startswith=prefix, value__isnull=False)
        .order_by("slice", "measure", "-period_end", "-computed_at")
        .distinct("slice", "measure")
    )
    grouped: dict[str, dict[str, MeasureValue]] = {}
    for row in rows:
        grouped.setdefault(row.slice, {})[row.measure] = row
    return {name: _row(found) for name, found in grouped.items()}


def _row(found: dict[str, MeasureValue]) -> Row:
    on_time = found.get(ON_TIME)

    def text(key: str) -> str:
        return number(found[key].value) if key in found else ""

    return Row(
        cases=int(on_time.denominator or 0) if on_time else 0,
        on_time=_rate(on_time, "") if on_time else None,
        median=text(DURATION_MEDIAN),
        p90=text(DURATION_P90),
        satisfaction=percent(found[SATISFACTION].value) if SATISFACTION in found else "",
        overdue=text(OVERDUE),
    )


def _drawn(found: dict[str, MeasureValue], *, link: str = "") -> list[c.Figure]:
    figures = []
    if row := found.get(ON_TIME):
        figures.append(_rate(row, _("Finished by the promised date")))
    if row := found.get(DURATION_MEDIAN):
        p90 = found.get(DURATION_P90)
        note = _("nine in ten within %(days)s working days") % {"days": number(p90.value)} if p90 else ""
        figures.append(c.Figure(_("Median time of one case"), number(row.value), " " + _("working days"), note))
    if row := found.get(SATISFACTION):
        figures.append(_rate(row, _("Satisfied or very satisfied")))
    if row := found.get(OVERDUE):
        text = _("Which departments, and why") if link else ""
        figures.append(
            c.Figure(
                _("Later than promised, still open"), number(row.value), " " + _("cases"), link=text, link_url=link
            )
        )
    return figures


def _rate(row: MeasureValue, label: str) -> c.Figure:
    value = _percent(row.value)
    low, high = _percent(row.low), _percent(row.high)
    text = _("%(good)s of %(all)s cases. Wilson interval, 95%% confidence.") % {
        "good": number(row.numerator),
        "all": number(row.denominator),
    }
    if low is None or high is None or value is None:
        return c.Figure(label, percent(row.value).rstrip("%"), "%", note=text)
    summary = _("Interval %(low)s to %(high)s%%, how it is computed") % {"low": number(low), "high": number(high)}
    return c.Figure(
        label,
        percent(row.value).rstrip("%"),
        "%",
        point=value,
        low=low,
        high=high,
        axis=_axis(low, high),
        why=c.Why(text, summary=summary),
    )


def _percent(share: Decimal | None) -> float | None:
    return None if share is None else float(share) * 100


def _axis(low: float, high: float) -> tuple[float, float]:
    """A range of whole per cents that holds the interval with room on both sides."""
    margin = max((high - low) * 1.5, 2.0)
    return max(0.0, float(int(low - margin))), min(100.0, float(int(high + margin) + 1))
