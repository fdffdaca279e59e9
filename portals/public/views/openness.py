"""Open government: how departments perform, what was done about bad ratings, whether the service answered."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q
from django.db.models.functions import TruncDate
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from egov.casework.models import Rating
from egov.identity import queries as identity
from egov.kernel import clock
from egov.measures.models import Availability
from portals.public import figures
from portals.shared.paging import page_of
from portals.shared.templatetags.egov_ui import local_date_plain

BAD = 2  # grades 1 and 2 become work and are published with what was done (国办发〔2019〕51号)
DAYS = 90
PROBE_GAP = dt.timedelta(minutes=5)  # without a probe for so long nothing is known about the present


@dataclass(frozen=True)
class Line:
    """A department's figures in the table."""

    key: str
    name: Any
    row: figures.Row


@require_safe
def performance(request: HttpRequest) -> HttpResponse:
    """The whole first, then each department; a service when ``?service=`` names one. Each figure names its cases."""
    by_slice = figures.rows_by_slice("department:")
    departments = {f"department:{each.pk}": each for each in identity.departments()}
    lines = [
        Line(departments[name].key or "", departments[name].full_name, row)
        for name, row in by_slice.items()
        if name in departments
    ]
    lines.sort(key=lambda line: -line.row.cases)
    code = request.GET.get("service", "")[:64]
    return render(
        request,
        "public/performance.html",
        {
            "figures": figures.front(),
            "figures_at": figures.computed_at(),
            "lines": lines,
            "service": code,
            "service_figures": figures.of_service(code) if code else None,
        },
    )


@require_safe
def ratings(request: HttpRequest) -> HttpResponse:
    """Bad ratings, newest first: which service, which department, what was done. Nothing that names the person."""
    rows = (
        Rating.objects.filter(grade__lte=BAD)
        .select_related("case__service", "case__version", "case__department")
        .defer("case__version__form", "case__version__plan", "case__answers", "text")
    )
    counted = Rating.objects.aggregate(
        all=Count("id"),
        bad=Count("id", filter=Q(grade__lte=BAD)),
        mended=Count("id", filter=Q(grade__lte=BAD, rectified_at__isnull=False)),
    )
    return render(
        request, "public/ratings.html", {"page": page_of(request, rows, order=("-id",), size=20), "counted": counted}
    )


@dataclass(frozen=True)
class Day:
    """One day of probes. ``share``: of the probes that were answered; None: none was made."""

    day: dt.date
    share: float | None
    failed: int
    x: str

    @property
    def kind(self) -> str:
        if self.share is None:
            return "none"
        return "ok" if self.share >= 0.999 else "part" if self.share >= 0.9 else "down"

    @property
    def words(self) -> str:
        if self.share is None:
            return _("%(day)s: not measured") % {"day": local_date_plain(self.day)}
        return _("%(day)s: %(share)s%%") % {"day": local_date_plain(self.day), "share": f"{self.share * 100:.2f}"}


@require_safe
def status(request: HttpRequest) -> HttpResponse:
    """Does it answer now, and how did it on the last 90 days?"""
    today = clock.today()
    start = clock.end_of_day(today - dt.timedelta(days=DAYS))
    counted = {
        row["day"]: (row["probes"], row["answered"])
        for row in Availability.objects.filter(at__gte=start)
        .annotate(day=TruncDate("at"))
        .values("day")
        .annotate(probes=Count("id"), answered=Count("id", filter=Q(ok=True)))
    }
    days = [_day(today - dt.timedelta(days=DAYS - 1 - n), n, counted) for n in range(DAYS)]
    probes = sum(probes for probes, _answered in counted.values())
    answered = sum(answered for _probes, answered in counted.values())
    last = Availability.objects.order_by("-at").first()
    return render(
        request,
        "public/status.html",
        {
            "days": days,
            "troubled": [day for day in reversed(days) if day.failed],
            "measured_days": len(counted),
            "share": answered / probes if probes else None,
            "last": last,
            "known_now": bool(last and last.at >= clock.now() - PROBE_GAP),
        },
    )


def _day(day: dt.date, position: int, counted: dict[dt.date, tuple[int, int]]) -> Day:
    probes, answered = counted.get(day, (0, 0))
    return Day(day, answered / probes if probes else None, probes - answered, f"{position * 10}")
