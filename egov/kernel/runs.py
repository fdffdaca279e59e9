"""When each background task ran last, and when it failed last. A figure for administrators: kept in the cache only."""

import datetime as dt
from dataclasses import dataclass

from celery import current_app
from django.conf import settings
from django.core.cache import cache

from egov.kernel import clock

KEPT = 30 * 24 * 3600  # seconds
ERROR_LENGTH = 300


@dataclass(frozen=True)
class TaskRun:
    """``ran_at`` is None when nothing is known (never ran, or the cache was emptied since)."""

    name: str
    scheduled: bool
    ran_at: dt.datetime | None = None
    seconds: float = 0.0
    failed_at: dt.datetime | None = None
    error: str = ""

    @property
    def is_failing(self) -> bool:
        """Whether the last run failed."""
        return self.failed_at is not None and (self.ran_at is None or self.failed_at >= self.ran_at)


def note_run(name: str, *, seconds: float) -> None:
    """The task ended well."""
    cache.set(f"task-ran:{name}", (clock.now(), seconds), KEPT)


def note_failure(name: str, error: BaseException) -> None:
    """Only the kind of the error and where it is explained, never the data it names."""
    cache.set(f"task-failed:{name}", (clock.now(), type(error).__name__[:ERROR_LENGTH]), KEPT)


def task_runs() -> list[TaskRun]:
    """Every task of the house, those that run by the clock first (two look-ups in the cache)."""
    current_app.loader.import_default_modules()  # a web process has not needed the tasks so far
    scheduled = {entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()}
    names = sorted(name for name in current_app.tasks if not name.startswith("celery."))
    ran = cache.get_many([f"task-ran:{name}" for name in names])
    failed = cache.get_many([f"task-failed:{name}" for name in names])
    found = []
    for name in names:
        ran_at, seconds = ran.get(f"task-ran:{name}", (None, 0.0))
        failed_at, error = failed.get(f"task-failed:{name}", (None, ""))
        found.append(TaskRun(name, name in scheduled, ran_at, seconds, failed_at, error))
    return sorted(found, key=lambda run: (not run.is_failing, not run.scheduled, run.name))
