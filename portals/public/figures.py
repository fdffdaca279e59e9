"""Public figures: what the rooms measured, with interval, definition and the number of cases behind. Never invented.

A figure that was not measured is not shown; a page without figures says so.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from egov.measures import queries as measures
from egov.measures.queries import Figure
from portals.shared import components as c
from portals.shared.templatetags.egov_ui import localised_plain, number, percent

ON_TIME = "casework.on_time"
DURATION_MEDIAN = "casework.duration_median"
DURATION_P90 = "casework.duration_p90"
SATISFACTION = "casework.satisfaction"
OVERDUE = "casework.overdue"
SHOWN = (ON_TIME, DURATION_MEDIAN, DURATION_P90, SATISFACTION, OVERDUE)


@dataclass(frozen=True)
class Measured:
    """Figures of one service; ``decided`` is how many cases stand behind them."""

    decided: int
    figures: Sequence[c.Figure]


@dataclass(frozen=True)
class Row:
    """The figures of one slice in a table; texts are empty where nothing was measured."""

    cases: int
    on_time: c.Figure | None
    median: str
    p90: str
    satisfaction: str
    overdue: str


def front() -> list[c.Figure]:
    return _drawn(measures.figures(SHOWN), link=reverse("public:performance"))


def of_service(code: str) -> Measured:
    found = measures.figures(SHOWN[:4], f"service:{code}")
    counted = found.get(ON_TIME) or found.get(DURATION_MEDIAN)
    return Measured(int(counted.denominator or 0) if counted else 0, _drawn(found))


def of_department(department_id: int) -> list[c.Figure]:
    return _drawn(measures.figures(SHOWN, f"department:{department_id}"))


def by_department() -> dict[int, Row]:
    """Department → its figures; one statement."""
    found = measures.by_slice(SHOWN, "department")
    return {int(name.partition(":")[2]): _row(figures) for name, figures in found.items()}


def definitions() -> list[tuple[str, str]]:
    """Name and definition of each measure that is shown and was computed, in the page's language."""
    found = measures.figures(SHOWN)
    return [
        (localised_plain(figure.measure.name), localised_plain(figure.measure.definition))
        for figure in found.values()
        if figure.measure.definition
    ]


def _row(found: Mapping[str, Figure]) -> Row:
    def text(key: str) -> str:
        return number(found[key].value) if key in found else ""

    on_time = found.get(ON_TIME)
    return Row(
        cases=int(on_time.denominator or 0) if on_time else 0,
        on_time=_rate(on_time, "") if on_time else None,
        median=text(DURATION_MEDIAN),
        p90=text(DURATION_P90),
        satisfaction=percent(found[SATISFACTION].value) if SATISFACTION in found else "",
        overdue=text(OVERDUE),
    )


def _drawn(found: Mapping[str, Figure], *, link: str = "") -> list[c.Figure]:
    figures = []
    if figure := found.get(ON_TIME):
        figures.append(_rate(figure, _("Finished by the promised date")))
    if figure := found.get(DURATION_MEDIAN):
        p90 = found.get(DURATION_P90)
        note = _("nine in ten within %(days)s working days") % {"days": number(p90.value)} if p90 else ""
        figures.append(c.Figure(_("Median time of one case"), number(figure.value), " " + _("working days"), note))
    if figure := found.get(SATISFACTION):
        figures.append(_rate(figure, _("Satisfied or very satisfied")))
    if figure := found.get(OVERDUE):
        text = _("Which departments, and why") if link else ""
        label = _("Later than promised, still open")
        figures.append(
            c.Figure(label, number(figure.value), " " + pgettext("after a number", "cases"), link=text, link_url=link)
        )
    return figures


def _rate(figure: Figure, label: str) -> c.Figure:
    value = percent(figure.value).rstrip("%")
    text = _("%(good)s of %(all)s cases. Wilson interval, 95%% confidence.") % {
        "good": number(figure.numerator),
        "all": number(figure.denominator),
    }
    if figure.low is None or figure.high is None:
        return c.Figure(label, value, "%", note=text)
    low, high = _percent(figure.low), _percent(figure.high)
    summary = _("Interval %(low)s to %(high)s%%, how it is computed") % {"low": number(low), "high": number(high)}
    why = c.Why(f"{text} {localised_plain(figure.measure.definition)}".strip(), summary=summary)
    return c.Figure(label, value, "%", point=_percent(figure.value), low=low, high=high, axis=_axis(low, high), why=why)


def _percent(share: Decimal) -> float:
    return float(share) * 100


def _axis(low: float, high: float) -> tuple[float, float]:
    """A range of whole per cents that holds the interval with room on both sides."""
    margin = max((high - low) * 1.5, 2.0)
    return max(0.0, float(int(low - margin))), min(100.0, float(int(high + margin) + 1))
