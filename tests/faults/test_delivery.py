"""Workers are killed, Redis goes away: what was accepted takes effect exactly once."""

import json

import pytest

from tests.plugins.instances import until

pytestmark = [pytest.mark.long, pytest.mark.timeout(300)]

APP = "tests.faults.courier:app"


def emit(instance, names, request_id=""):
    instance.python(f"""
import time
from django.db import transaction
from egov.kernel import outbox
from tests.faults.courier import ParcelSent
for name in {list(names)!r}:
    with transaction.atomic():
        outbox.emit(ParcelSent(parcel=name), request_id={request_id!r})
time.sleep(0.3)  # the nudge goes out from a thread
""")


def pending(instance):
    return instance.sql("select count(*) from kernel_outboxmessage where delivered_at is null")[0]


def effects(instance):
    return set(instance.sql("select key || '=' || value from kernel_counter"))


def test_a_worker_killed_inside_a_handler_loses_and_doubles_nothing(instance):
    (instance.place / "hold").touch()
    worker = instance.worker(app=APP)
    names = [f"parcel-{number}" for number in range(12)]
    emit(instance, names)
    until(lambda: (instance.place / "inside").exists(), seconds=40, what="a handler at work")
    instance.kill(worker)
    assert effects(instance) == set(), "the effect and its record stand or fall together"

    (instance.place / "hold").unlink()
    instance.worker(app=APP)
    until(lambda: pending(instance) == 0, seconds=60, what="everything delivered")
    assert effects(instance) == {f"{name}=1" for name in names}


def test_workers_killed_again_and_again_deliver_each_message_once(instance):
    names = [f"parcel-{number:03}" for number in range(300)]
    emit(instance, names)
    for _ in range(3):
        worker = instance.worker(app=APP)
        before = pending(instance)
        until(lambda before=before: pending(instance) < before, seconds=40, what="the worker at work")
        instance.kill(worker)
    instance.worker(app=APP)
    until(lambda: pending(instance) == 0, seconds=90, what="everything delivered")
    assert effects(instance) == {f"{name}=1" for name in names}


def test_without_redis_acts_are_accepted_and_delivered_when_it_is_back(instance):
    # Celery ends when the connection breaks in the middle of an acknowledgement; its supervisor starts it again.
    instance.worker(app=APP, supervised=True)
    emit(instance, ["before"])
    until(lambda: pending(instance) == 0, seconds=40, what="delivery with Redis")
    instance.redis.stop()
    emit(instance, ["during-1", "during-2"])
    assert pending(instance) == 2
    instance.redis.ensure()
    until(lambda: pending(instance) == 0, seconds=60, what="delivery after Redis came back")
    assert effects(instance) == {"before=1", "during-1=1", "during-2=1"}


def test_a_worker_told_to_stop_finishes_what_it_does(instance):
    (instance.place / "hold").touch()
    worker = instance.worker(app=APP)
    emit(instance, ["last"])
    until(lambda: (instance.place / "inside").exists(), seconds=40, what="a handler at work")
    worker.terminate()
    (instance.place / "hold").unlink()
    assert worker.wait(40) == 0
    instance.processes.remove(worker)
    assert effects(instance) == {"last=1"}
    assert pending(instance) == 0


def test_the_request_id_of_a_submission_stands_in_the_workers_log(instance):
    instance.worker(app=APP)
    emit(instance, ["traced"], request_id="submission-4711")
    until(lambda: pending(instance) == 0, seconds=40, what="delivery")
    lines = [json.loads(line) for line in instance.log.splitlines() if '"parcel_counted"' in line]
    assert [(line["parcel"], line["request_id"]) for line in lines] == [("traced", "submission-4711")]
