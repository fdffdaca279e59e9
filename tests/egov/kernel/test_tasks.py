"""Background work: by the clock, with the request's id, through the queue it belongs to."""

import datetime as dt

import pytest
import structlog
from celery import shared_task
from celery.schedules import crontab
from django.conf import settings
from django.db import transaction
from prometheus_client.registry import REGISTRY

from egov import celery_app
from egov.celery import REQUEST_ID
from egov.contracts.cases import CaseOpened
from egov.kernel import clock, outbox, schedule, tasks
from egov.kernel.models import IdempotencyKey, OutboxMessage


@pytest.fixture
def entries(monkeypatch):
    table: dict = {}
    monkeypatch.setattr(settings, "CELERY_BEAT_SCHEDULE", table)
    return table


def test_a_task_says_itself_how_often_it_runs(entries):
    @schedule.every(seconds=30, name="test-urgent", queue="urgent")
    @schedule.every(crontab(hour="3"))
    @shared_task(name="test.sweep", queue="bulk")
    def sweep(queue=""):
        return queue

    assert entries["test-urgent"]["schedule"] == 30
    assert entries["test-urgent"]["kwargs"] == {"queue": "urgent"}
    assert entries["test-urgent"]["options"] == {"queue": "urgent", "expires": 30}
    assert entries["test.sweep"]["schedule"] == crontab(hour="3")
    assert entries["test.sweep"]["options"]["queue"] == "bulk"


def test_a_task_without_a_time_is_refused(entries):
    with pytest.raises(TypeError):
        schedule.every()


def test_a_task_goes_to_the_queue_it_names():
    @shared_task(name="test.bulky", queue="bulk")
    def bulky():
        """Nothing."""

    @shared_task(name="test.plain")
    def plain():
        """Nothing."""

    routed = {
        task.name: celery_app.amqp.router.route({}, task.name, task_type=task)["queue"].name for task in (bulky, plain)
    }
    assert routed == {"test.bulky": "bulk", "test.plain": "ordinary"}


def test_every_queue_of_the_outbox_is_swept():
    celery_app.loader.import_default_modules()
    swept = {
        entry["kwargs"]["queue"]: entry["options"]["queue"]
        for entry in settings.CELERY_BEAT_SCHEDULE.values()
        if entry["task"] == "kernel.deliver_outbox"
    }
    assert swept == {queue: queue for queue in outbox.QUEUES}


def test_every_scheduled_task_exists_and_has_a_known_queue():
    celery_app.loader.import_default_modules()
    for entry in settings.CELERY_BEAT_SCHEDULE.values():
        assert entry["task"] in celery_app.tasks
        assert entry["options"]["queue"] in outbox.QUEUES


def test_the_request_id_travels_in_the_headers_and_is_bound_in_the_worker():
    seen = {}

    @shared_task(name="test.look", bind=True)
    def look(self):
        seen.update(structlog.contextvars.get_contextvars())

    headers: dict = {}
    from egov.celery import _send_request_id

    with structlog.contextvars.bound_contextvars(request_id="req-42"):
        _send_request_id(headers=headers)
    look.apply(headers=headers)
    assert headers == {REQUEST_ID: "req-42"}
    assert (seen["request_id"], seen["task"]) == ("req-42", "test.look")


def test_a_failed_task_is_counted():
    @shared_task(name="test.breaks")
    def breaks():
        raise RuntimeError("on purpose")

    breaks.apply()
    assert REGISTRY.get_sample_value("egov_tasks_total", {"task": "test.breaks", "state": "FAILURE"}) == 1


@pytest.mark.django_db
def test_a_delivery_goes_on_while_there_is_something_due(monkeypatch):
    monkeypatch.setattr(tasks, "BATCH", 2)
    event = CaseOpened(case="JZ-1", matter="JZ-2", service="CL02", department_id=1, applicant_id=1)
    monkeypatch.setattr(outbox, "_handlers", {})
    with transaction.atomic():
        outbox.emit(*[event] * 5)
    assert tasks.deliver_outbox() == 5
    assert not OutboxMessage.objects.filter(delivered_at=None).exists()


@pytest.mark.django_db
def test_old_idempotency_keys_are_forgotten():
    for age in (1, 100):
        IdempotencyKey.objects.create(
            scope="t", owner="t", key=str(age), digest=b"", created_at=clock.now() - dt.timedelta(days=age)
        )
    tasks.forget_delivered()
    assert IdempotencyKey.objects.get().key == "1"
