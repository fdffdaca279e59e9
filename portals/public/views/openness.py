"""Open government: how departments perform, what was done about bad ratings, whether the service answered."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from egov.casework.models import Rating
from egov.catalogue import queries as catalogue
from egov.identity import queries as identity
from egov.kernel import clock
from egov.kernel.errors import NotFound
from egov.measures import queries as measures
from portals.public import figures
from portals.shared.paging import page_of
from portals.shared.templatetags.egov_ui import local_date_plain

BAD = 2  # grades 1 and 2 become work and are published with what was done (国办发〔2019〕51号)
DAYS = 90
FINE, POOR = 0.999, 0.9
BAR_WIDTH = 10
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
    rows = figures.by_department()
    departments = {each.pk: each for each in identity.departments()}
    lines = [
        Line(departments[pk].key or "", departments[pk].full_name, row) for pk, row in rows.items() if pk in departments
    ]
    lines.sort(key=lambda line: -line.row.cases)
    code = _service_named(request.GET.get("service", "")[:64])
    return render(
        request,
        "public/performance.html",
        {
            "figures": figures.front(),
            "figures_at": measures.computed_at(),
            "lines": lines,
            "service": code,
            "definitions": figures.definitions(),
            "service_figures": figures.of_service(code) if code else None,
        },
    )


def _service_named(code: str) -> str:
    """The code, when a service has it; nothing is said about others."""
    try:
        return catalogue.service(code).code
    except NotFound:
        return ""


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
class Bar:
    """One day of probes in the drawing."""

    day: measures.Day
    x: int

    @property
    def kind(self) -> str:
        share = self.day.share
        if share is None:
            return "none"
        return "ok" if share >= FINE else "part" if share >= POOR else "down"

    @property
    def failed(self) -> int:
        return self.day.probes - self.day.answered

    @property
    def words(self) -> str:
        if self.day.share is None:
            return _("%(day)s: not measured") % {"day": local_date_plain(self.day.day)}
        return _("%(day)s: %(share)s%%") % {
            "day": local_date_plain(self.day.day),
            "share": f"{self.day.share * 100:.2f}",
        }


@require_safe
def status(request: HttpRequest) -> HttpResponse:
    """Does it answer now, and how did it on the last 90 days?"""
    bars = [Bar(day, number * BAR_WIDTH) for number, day in enumerate(measures.availability(DAYS))]
    probes = sum(bar.day.probes for bar in bars)
    last = measures.last_probe()
    return render(
        request,
        "public/status.html",
        {
            "bars": bars,
            "troubled": [bar for bar in reversed(bars) if bar.failed],
            "measured_days": sum(bar.day.probes > 0 for bar in bars),
            "share": sum(bar.day.answered for bar in bars) / probes if probes else None,
            "last": last,
            "known_now": bool(last and last.at >= clock.now() - PROBE_GAP),
        },
    )
