"""Computing what rooms declared, and noting whether the service answers."""

import datetime as dt
import json
import time
import urllib.error
import urllib.request
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

import structlog
from django.conf import settings
from django.db import transaction
from django.db.models import Q

from egov.kernel import clock
from egov.kernel.actor import Actor
from egov.kernel.errors import NotPermitted
from egov.measures import rules
from egov.measures.models import Availability, MeasureValue
from egov.measures.registry import RATE, Measure, Row, measures

logger = structlog.get_logger(__name__)

KEPT_DAYS = 31  # values of single slices; of the whole, and of the last day of a month, all are kept
KEPT_PROBES = dt.timedelta(days=400)
TIMEOUT = 5  # seconds until a probe counts as not answered
MAX_ANSWER = 10_000  # bytes of an answer that are read
MAY_COMPUTE = frozenset({"supervisor", "platform_admin"})


@dataclass
class Computed:
    """How many values were written, and which measures failed (the others stand)."""

    values: int = 0
    failed: list[str] = field(default_factory=list)


def compute(actor: Actor, *, day: dt.date, keys: Sequence[str] = ()) -> Computed:
    """Compute all measures (or ``keys``) for the window that ends on ``day``; computing again replaces the values.

    A measure that fails keeps its earlier values and does not stop the others. Raises ``NotPermitted``.
    """
    if not (actor.is_system or actor.roles & MAY_COMPUTE):
        raise NotPermitted()
    done = Computed()
    for key, measure in measures.items():
        if keys and key not in keys:
            continue
        start = day - dt.timedelta(days=measure.window - 1)
        try:
            with transaction.atomic():
                done.values += _write(measure, start, day, measure.compute(start, day))
        except Exception as error:  # one room's fault is not another's
            logger.exception("measure_failed", measure=key, error=repr(error))
            done.failed.append(key)
    return done


def compute_due(actor: Actor) -> Computed:
    """Today's figures, and those of the days since the last run (a week at most)."""
    today = clock.today()
    last = MeasureValue.objects.order_by("-period_end").values_list("period_end", flat=True).first()
    first = max(last, today - dt.timedelta(days=7)) if last and last < today else today
    total = Computed()
    for number in range((today - first).days + 1):
        done = compute(actor, day=first + dt.timedelta(days=number))
        total.values += done.values
        total.failed += [key for key in done.failed if key not in total.failed]
    return total


def forget_old(actor: Actor) -> int:
    """Drop values of single slices older than a month, except at the end of months, and probes older than 400 days."""
    if not actor.is_system:
        raise NotPermitted()
    today = clock.today()
    month_ends = Q(period_end__in=[_month_end(today, back) for back in range(1, 121)])
    old = MeasureValue.objects.exclude(slice="").filter(period_end__lt=today - dt.timedelta(days=KEPT_DAYS))
    gone, _details = old.exclude(month_ends).delete()
    probes, _details = Availability.objects.filter(at__lt=clock.now() - KEPT_PROBES).delete()
    return gone + probes


def probe(actor: Actor) -> Availability:
    """Ask the service from outside, and note whether it answered in this minute. Raises ``NotPermitted``."""
    if not actor.is_system:
        raise NotPermitted()
    at = clock.now().replace(second=0, microsecond=0)
    ok, milliseconds, failed = ask(settings.EGOV_PROBE_URL.rstrip("/") + "/readyz")
    row, _created = Availability.objects.update_or_create(
        at=at, defaults={"ok": ok, "milliseconds": milliseconds, "failed_parts": failed}
    )
    return row


def ask(url: str) -> tuple[bool, int | None, str]:
    """Whether ``url`` answered well, in how many milliseconds, and the parts it says are down.

    A part that is down does not make the service unavailable by itself: the page decides that with its status.
    """
    if not url.startswith(("http://", "https://")):
        raise ValueError(f"not an address to probe: {url}")
    began = time.perf_counter()
    try:
        with urllib.request.urlopen(url, timeout=TIMEOUT) as answer:  # noqa: S310 - http and https only, checked above
            ok, body = answer.status == 200, answer.read(MAX_ANSWER)
    except urllib.error.HTTPError as error:
        with error:
            ok, body = False, error.read(MAX_ANSWER)
    except (OSError, ValueError) as error:
        logger.warning("probe_unanswered", url=url, error=repr(error))
        return False, None, "no answer"
    return ok, round((time.perf_counter() - began) * 1000), _parts_down(body)


def _parts_down(body: bytes) -> str:
    try:
        parts = json.loads(body)
        return ", ".join(sorted(name for name, state in parts.items() if state == "down"))[:120]
    except (ValueError, AttributeError):
        return ""


def _write(measure: Measure, start: dt.date, end: dt.date, rows: Iterable[Row]) -> int:
    now = clock.now()
    values = [_value(measure, start, end, row, now) for row in rows]
    present = [row.slice for row in values]
    if len(set(present)) != len(present):
        raise ValueError(f"measure {measure.key}: a slice came twice")
    # A slice that has no cases any more has no figure.
    period = MeasureValue.objects.filter(measure=measure.key, period_start=start, period_end=end)
    period.exclude(slice__in=present).delete()
    MeasureValue.objects.bulk_create(
        values,
        batch_size=1000,
        update_conflicts=True,
        unique_fields=["measure", "slice", "period_start", "period_end"],
        update_fields=["numerator", "denominator", "value", "low", "high", "computed_at"],
    )
    return len(values)


def _value(measure: Measure, start: dt.date, end: dt.date, row: Row, now: dt.datetime) -> MeasureValue:
    value, interval = row.value, None
    if measure.unit == RATE and row.numerator is not None and row.denominator is not None:
        value = rules.share(row.numerator, row.denominator)
        interval = rules.wilson(row.numerator, row.denominator)
    return MeasureValue(
        measure=measure.key,
        slice=row.slice,
        period_start=start,
        period_end=end,
        numerator=row.numerator,
        denominator=row.denominator,
        value=None if value is None else Decimal(value).quantize(rules.PLACES),
        low=interval.low if interval else None,
        high=interval.high if interval else None,
        computed_at=now,
    )


def _month_end(day: dt.date, back: int) -> dt.date:
    """The last day of the month ``back`` months before."""
    index = day.year * 12 + day.month - back
    return dt.date(index // 12, index % 12 + 1, 1) - dt.timedelta(days=1)
