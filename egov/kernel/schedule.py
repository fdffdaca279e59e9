"""What runs by the clock: a task says itself how often, and the beat finds it.

``@schedule.every(seconds=60)`` or ``@schedule.every(crontab(hour=3, minute=0))`` above ``@shared_task``.
"""

from collections.abc import Callable
from typing import Any, TypeVar

from celery.schedules import BaseSchedule
from django.conf import settings

T = TypeVar("T")


def every(
    when: BaseSchedule | None = None, *, seconds: float | None = None, name: str = "", **kwargs: Any
) -> Callable[[T], T]:
    """Run the task at ``when`` (a crontab) or every ``seconds``; ``kwargs`` are the task's own arguments.

    A run that no worker took before the next one is due is dropped. ``name`` tells several entries of one task apart.
    """
    if (when is None) == (seconds is None):
        raise TypeError("give either a schedule or seconds")

    def register(task: T) -> T:
        queue = kwargs.get("queue") or getattr(task, "lane", "") or settings.CELERY_TASK_DEFAULT_QUEUE
        options = {"queue": queue, "expires": seconds or 3600}
        task_name = task.name  # type: ignore[attr-defined]
        settings.CELERY_BEAT_SCHEDULE[name or task_name] = {
            "task": task_name,
            "schedule": when if when is not None else seconds,
            "kwargs": kwargs,
            "options": options,
        }
        return task

    return register
