"""Figures for Prometheus: requests, tasks, the outbox. One registry for all processes when they share a folder."""

import os
from collections.abc import Iterator

from django.db.models import Count, Min, Q
from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import REGISTRY, Collector

from egov.kernel import clock
from egov.kernel.models import OutboxMessage

requests = Counter("egov_requests", "Requests answered.", ["method", "view", "status"])
request_seconds = Histogram(
    "egov_request_seconds",
    "Time from the first to the last middleware, in seconds.",
    ["view"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)
tasks = Counter("egov_tasks", "Background tasks that ended.", ["task", "state"])
task_seconds = Histogram(
    "egov_task_seconds", "Time a background task took, in seconds.", ["task"], buckets=(0.01, 0.1, 0.5, 1, 5, 30, 120)
)


class OutboxCollector(Collector):
    """How much waits in the outbox, and how long; asked of the database at each scrape."""

    def collect(self) -> Iterator[GaugeMetricFamily]:
        pending = GaugeMetricFamily("egov_outbox_pending", "Messages not delivered yet.", labels=["queue"])
        oldest = GaugeMetricFamily("egov_outbox_oldest_seconds", "Age of the oldest of them.", labels=["queue"])
        dead = GaugeMetricFamily("egov_outbox_dead", "Messages laid aside after the last attempt.", labels=["queue"])
        now = clock.now()
        waiting = Q(dead_at__isnull=True)
        rows = (
            OutboxMessage.objects.filter(delivered_at__isnull=True)
            .values("queue")
            .annotate(
                pending=Count("pk", filter=waiting), oldest=Min("emitted_at", filter=waiting), dead=Count("dead_at")
            )
            .order_by("queue")
        )
        for row in rows:
            pending.add_metric([row["queue"]], row["pending"])
            dead.add_metric([row["queue"]], row["dead"])
            if row["oldest"]:
                oldest.add_metric([row["queue"]], (now - row["oldest"]).total_seconds())
        yield from (pending, oldest, dead)


def exposition() -> bytes:
    """All figures in Prometheus' text format."""
    registry = CollectorRegistry()
    registry.register(OutboxCollector())
    if os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        MultiProcessCollector(registry)
        return generate_latest(registry)
    return generate_latest(REGISTRY) + generate_latest(registry)
