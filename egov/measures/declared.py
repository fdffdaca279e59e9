"""The measure this room counts itself: how often the service answered."""

import datetime as dt
from collections.abc import Iterator

from django.db.models import Count, Q

from egov.kernel import clock
from egov.measures.models import Availability
from egov.measures.registry import RATE, Measure, Row, measures


def answered(start: dt.date, end: dt.date) -> Iterator[Row]:
    """Probes that were answered, of all that were made."""
    since = clock.end_of_day(start - dt.timedelta(days=1))
    counted = Availability.objects.filter(at__gte=since, at__lt=clock.end_of_day(end)).aggregate(
        all=Count("id"), ok=Count("id", filter=Q(ok=True))
    )
    if counted["all"]:
        yield Row("", numerator=counted["ok"], denominator=counted["all"])


def register() -> None:
    measures.add(
        "measures.availability",
        Measure(
            key="measures.availability",
            name={"zh-Hans": "平台可用率", "en": "Availability of the platform"},
            definition={
                "zh-Hans": "每分钟从网站进程之外探测一次，按时应答的次数占全部探测次数的比例，近90天。",
                "en": "Each minute a probe from outside the web process: the share that was answered, over 90 days.",
            },
            unit=RATE,
            better="higher",
            slices=(),
            window=90,
            compute=answered,
        ),
    )
