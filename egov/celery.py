"""The Celery application: three queues (urgent, ordinary, bulk), the beat, and the request id that travels along."""

import os
import time
from typing import Any

import structlog
from celery import Celery, Task, signals

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "egov.settings")


class QueuedTask(Task):
    """A task that says which queue it belongs to: ``@shared_task(name="…", queue="bulk")``."""

    lane = ""

    @classmethod
    def bind(cls, app: Celery) -> Any:
        # Celery 6 will no longer heed this attribute; ``route`` does.
        if "queue" in cls.__dict__:
            cls.lane = cls.__dict__["queue"]
            del cls.queue
        return super().bind(app)


def route(_name: str, _args: Any, _kwargs: Any, _options: Any, task: Task | None = None, **_more: Any) -> Any:
    """To the queue the task names, else to the ordinary one."""
    lane = getattr(task, "lane", "")
    return {"queue": lane} if lane else None


app = Celery("egov", task_cls=QueuedTask)
app.config_from_object("django.conf:settings", namespace="CELERY")
app.conf.task_routes = (route,)
app.autodiscover_tasks()

logger = structlog.get_logger("egov.task")

REQUEST_ID = "egov_request_id"


@signals.setup_logging.connect
def _keep_our_logging(**_kwargs: object) -> None:
    """Celery would replace the log configuration; Django's structured one stays."""


@signals.before_task_publish.connect
def _send_request_id(headers: dict[str, Any] | None = None, **_kwargs: object) -> None:
    request_id = structlog.contextvars.get_contextvars().get("request_id")
    if request_id and headers is not None:
        headers[REQUEST_ID] = request_id


@signals.task_prerun.connect
def _bind_request_id(task: Any, task_id: str, **_kwargs: object) -> None:
    headers = task.request.headers or {}
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(request_id=headers.get(REQUEST_ID) or task_id, task=task.name)
    task.request.egov_began = time.perf_counter()


@signals.task_postrun.connect
def _record_task(task: Any, state: str | None = None, **_kwargs: object) -> None:
    from egov.kernel import metrics, runs  # noqa: PLC0415  # the settings, which load after this module, say where to

    seconds = time.perf_counter() - getattr(task.request, "egov_began", time.perf_counter())
    metrics.tasks.labels(task.name, state or "UNKNOWN").inc()
    metrics.task_seconds.labels(task.name).observe(seconds)
    if state == "SUCCESS":
        runs.note_run(task.name, seconds=seconds)
    log = logger.debug if state == "SUCCESS" and seconds < 1 else logger.info
    log("task", state=state, ms=round(seconds * 1000, 1))
    structlog.contextvars.clear_contextvars()


@signals.task_failure.connect
def _log_failure(sender: Any, exception: BaseException, **_kwargs: object) -> None:
    from egov.kernel import runs  # noqa: PLC0415  # as above

    runs.note_failure(sender.name, exception)
    logger.error("task_failed", task=sender.name, error=repr(exception), exc_info=exception)
