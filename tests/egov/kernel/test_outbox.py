"""An event is written with the act, delivered after it, and takes effect once per handler."""

import datetime as dt
import threading
from collections import Counter
from dataclasses import dataclass
from typing import ClassVar

import pytest
from django.db import IntegrityError, connection, transaction

from egov.kernel import clock, outbox
from egov.kernel.events import Event
from egov.kernel.models import ConsumedMessage, IdempotencyKey, OutboxMessage


@dataclass(frozen=True, kw_only=True)
class BridgeOpened(Event):
    name: ClassVar[str] = "test_bridge_opened"
    bridge: str


@pytest.fixture
def handlers(monkeypatch):
    """An empty table of handlers, and a way to fill it."""
    table: dict = {}
    monkeypatch.setattr(outbox, "_handlers", table)
    return table


@pytest.fixture(autouse=True)
def nudged(monkeypatch):
    """The queues that would have been nudged."""
    calls: list[str] = []
    for queue in outbox.QUEUES:
        monkeypatch.setitem(outbox._nudges, queue, lambda queue=queue: calls.append(queue))
    return calls


def due_now():
    OutboxMessage.objects.filter(delivered_at=None).update(due_at=clock.now())


def emit(bridge="north", **kwargs):
    with transaction.atomic():
        outbox.emit(BridgeOpened(bridge=bridge), **kwargs)


@pytest.mark.django_db(transaction=True)
def test_outside_a_transaction_nothing_is_emitted():
    with pytest.raises(transaction.TransactionManagementError):
        outbox.emit(BridgeOpened(bridge="north"))


@pytest.mark.django_db(transaction=True)
def test_an_act_that_fails_emits_nothing(nudged):
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        outbox.emit(BridgeOpened(bridge="north"))
        raise ZeroDivisionError
    assert not OutboxMessage.objects.exists()
    assert nudged == []


@pytest.mark.django_db(transaction=True)
def test_many_events_of_one_act_are_one_statement_and_one_nudge(nudged, django_assert_num_queries):
    with transaction.atomic():
        with django_assert_num_queries(1):
            outbox.emit(BridgeOpened(bridge="north"), BridgeOpened(bridge="south"))
        outbox.emit(BridgeOpened(bridge="east"))
        outbox.emit(BridgeOpened(bridge="west"), queue="urgent")
        assert nudged == []
    assert nudged == ["ordinary", "urgent"]


@pytest.mark.django_db(transaction=True)
def test_a_nudge_outlives_a_savepoint_that_was_rolled_back(nudged):
    with transaction.atomic():
        with pytest.raises(ZeroDivisionError), transaction.atomic():
            outbox.emit(BridgeOpened(bridge="lost"))
            raise ZeroDivisionError
        outbox.emit(BridgeOpened(bridge="kept"))
    assert nudged == ["ordinary"]
    assert OutboxMessage.objects.get().payload == {"bridge": "kept"}


@pytest.mark.django_db(transaction=True)
def test_a_broker_that_is_away_costs_the_act_nothing(monkeypatch):
    tried = threading.Event()

    class Gone:
        def send_task(self, *_args, **_kwargs):
            tried.set()
            raise ConnectionError("no broker")

    monkeypatch.setattr(outbox, "current_app", Gone())
    nudger = outbox._Nudger()
    nudger.nudge("ordinary")
    assert tried.wait(5)
    tried.clear()
    nudger.nudge("urgent")
    assert tried.wait(5), "the thread survives the first failure"


@pytest.mark.django_db
def test_every_handler_gets_the_event_once(handlers):
    seen = []
    outbox.consumes(BridgeOpened, key="test.a")(lambda event: seen.append(("a", event)))
    outbox.consumes(BridgeOpened, key="test.b")(lambda event: seen.append(("b", event)))
    emit("north")
    assert outbox.deliver() == 1
    assert outbox.deliver() == 0
    assert seen == [("a", BridgeOpened(bridge="north")), ("b", BridgeOpened(bridge="north"))]
    assert OutboxMessage.objects.get().delivered_at is not None


def test_a_handler_key_is_used_once(handlers):
    outbox.consumes(BridgeOpened, key="test.a")(print)
    with pytest.raises(ValueError, match="registered twice"):
        outbox.consumes(BridgeOpened, key="test.a")(repr)
    assert outbox.handlers() == [("test_bridge_opened", "test.a")]


@pytest.mark.django_db
def test_a_redelivered_message_takes_no_second_effect(handlers):
    """The worker was killed between the handlers and the record: the message comes again."""
    seen = []
    outbox.consumes(BridgeOpened, key="test.a")(seen.append)
    emit()
    outbox.deliver()
    OutboxMessage.objects.update(delivered_at=None)
    assert outbox.deliver() == 1
    assert len(seen) == 1


@pytest.mark.django_db
def test_only_the_handler_that_failed_is_repeated(handlers, time_machine):
    calls = Counter()

    def fails_once(_event):
        calls["fails"] += 1
        if calls["fails"] == 1:
            raise RuntimeError("not yet")

    outbox.consumes(BridgeOpened, key="test.good")(lambda _event: calls.update(["good"]))
    outbox.consumes(BridgeOpened, key="test.fails")(fails_once)
    start = dt.datetime(2026, 3, 2, 9, 0, tzinfo=dt.UTC)
    time_machine.move_to(start, tick=False)
    emit()
    assert outbox.deliver() == 1
    message = OutboxMessage.objects.get()
    assert (message.attempts, message.delivered_at) == (1, None)
    assert message.due_at == start + dt.timedelta(seconds=outbox.PAUSES[0])
    assert "test.fails: RuntimeError('not yet')" in message.last_error

    assert outbox.deliver() == 0, "not before its pause is over"
    time_machine.move_to(start + dt.timedelta(seconds=outbox.PAUSES[0]), tick=False)
    assert outbox.deliver() == 1
    message.refresh_from_db()
    assert (message.delivered_at is not None, message.last_error) == (True, "")
    assert calls == {"good": 1, "fails": 2}


@pytest.mark.django_db
def test_what_a_failed_handler_wrote_is_undone(handlers):
    def writes_then_fails(_event):
        IdempotencyKey.objects.create(scope="t", owner="t", key="t", digest=b"x", created_at=clock.now())
        raise RuntimeError("after writing")

    outbox.consumes(BridgeOpened, key="test.a")(writes_then_fails)
    emit()
    outbox.deliver()
    assert not IdempotencyKey.objects.exists()
    assert not ConsumedMessage.objects.exists()


@pytest.mark.django_db
def test_an_integrity_error_of_the_handler_itself_is_a_failure(handlers):
    def breaks_a_constraint(_event):
        for _ in range(2):
            IdempotencyKey.objects.create(scope="t", owner="t", key="t", digest=b"x", created_at=clock.now())

    outbox.consumes(BridgeOpened, key="test.a")(breaks_a_constraint)
    emit()
    outbox.deliver()
    message = OutboxMessage.objects.get()
    assert message.delivered_at is None
    assert IntegrityError.__name__ in message.last_error


@pytest.mark.django_db
def test_after_the_last_attempt_a_message_is_laid_aside_and_can_be_revived(handlers):
    broken = True

    def handler(_event):
        if broken:
            raise RuntimeError("always")

    outbox.consumes(BridgeOpened, key="test.a")(handler)
    emit()
    for _ in range(outbox.MAX_ATTEMPTS):
        due_now()
        assert outbox.deliver() == 1
    message = OutboxMessage.objects.get()
    assert message.dead_at is not None
    due_now()
    assert outbox.deliver() == 0

    broken = False
    assert outbox.revive(ids=[message.pk]) == 1
    assert outbox.deliver() == 1
    message.refresh_from_db()
    assert (message.dead_at, message.delivered_at is not None) == (None, True)


@pytest.mark.django_db
def test_queues_are_apart(handlers):
    emit("slow", queue="bulk")
    emit("fast", queue="urgent")
    assert outbox.deliver(queue="urgent") == 1
    assert OutboxMessage.objects.get(delivered_at=None).queue == "bulk"


@pytest.mark.django_db
def test_what_is_not_to_be_told_yet_waits(handlers, frozen):
    told = []
    handlers[(BridgeOpened.name, 1)] = [("test.told", told.append)]
    begun = frozen("2026-03-02 09:00")
    emit(after=dt.timedelta(seconds=30))
    outbox.deliver()
    assert told == []
    frozen(begun + dt.timedelta(seconds=30))
    outbox.deliver()
    assert told == [BridgeOpened(bridge="north")]


@pytest.mark.django_db
def test_the_request_follows_the_event_into_the_handler_and_what_it_emits(handlers):
    def emits_more(_event):
        with transaction.atomic():
            outbox.emit(BridgeOpened(bridge="second"), queue="bulk")

    outbox.consumes(BridgeOpened, key="test.a")(emits_more)
    emit(request_id="req-7")
    outbox.deliver()
    assert OutboxMessage.objects.get(queue="bulk").request_id == "req-7"


@pytest.mark.django_db
def test_delivered_messages_are_forgotten_after_their_time_dead_ones_stay(handlers, time_machine):
    outbox.consumes(BridgeOpened, key="test.a")(lambda _event: None)
    time_machine.move_to(dt.datetime(2026, 1, 5, tzinfo=dt.UTC))
    emit("old")
    emit("dead")
    outbox.deliver()
    OutboxMessage.objects.filter(payload__bridge="dead").update(delivered_at=None, dead_at=clock.now())
    time_machine.move_to(dt.datetime(2026, 6, 5, tzinfo=dt.UTC))
    emit("young")
    outbox.deliver()
    assert outbox.forget(before=clock.now() - dt.timedelta(days=90)) == 1
    assert {m.payload["bridge"] for m in OutboxMessage.objects.all()} == {"dead", "young"}
    assert ConsumedMessage.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_parallel_workers_share_the_work_and_double_none_of_it(handlers):
    seen: Counter[str] = Counter()
    by_thread: Counter[str] = Counter()
    lock = threading.Lock()
    barrier = threading.Barrier(4)

    def handler(event):
        with lock:
            seen[event.bridge] += 1
            by_thread[threading.current_thread().name] += 1

    outbox.consumes(BridgeOpened, key="test.a")(handler)
    with transaction.atomic():
        outbox.emit(*(BridgeOpened(bridge=str(number)) for number in range(60)))

    def work():
        try:
            barrier.wait(10)
            outbox.deliver()
        finally:
            connection.close()

    threads = [threading.Thread(target=work, name=f"w{n}") for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert seen == {str(number): 1 for number in range(60)}
    assert len(by_thread) > 1, "the rows one worker holds must not stop another"
    assert not OutboxMessage.objects.filter(delivered_at=None).exists()
