"""Outbox and inbox: an event is written with the act, delivered after commit, and takes effect once per handler.

``emit`` in the act's transaction; ``consumes`` registers a handler; ``deliver`` (a Celery task) hands each
message to each of its handlers in a transaction of its own, with a row that makes a repeat impossible.
A message whose handler keeps failing is retried with growing pauses and then laid aside as dead.
"""

import datetime as dt
import functools
import os
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

import structlog
from celery import current_app
from django.db import IntegrityError, connection, transaction

from egov.kernel import clock, writing
from egov.kernel.events import Event
from egov.kernel.models import ConsumedMessage, OutboxMessage

logger = structlog.get_logger(__name__)

E = TypeVar("E", bound=Event)
Handler = Callable[[E], None]

QUEUES = ("urgent", "ordinary", "bulk")
MAX_ATTEMPTS = 12
# Seconds until the next attempt; the last pause repeats.
PAUSES = (1, 5, 15, 60, 300, 900, 3600)

_handlers: dict[tuple[str, int], list[tuple[str, Callable[[Event], None]]]] = {}


def consumes(event: type[E], *, key: str) -> Callable[[Handler[E]], Handler[E]]:
    """Register a handler under a stable ``key`` ("notices.case_changed"). Runs in its own transaction."""

    def register(handler: Handler[E]) -> Handler[E]:
        entries = _handlers.setdefault((event.name, event.version), [])
        if any(existing == key for existing, _ in entries):
            raise ValueError(f"handler {key!r} is registered twice for {event.name}")
        entries.append((key, handler))  # type: ignore[arg-type]
        return handler

    return register


def emit(*events: Event, request_id: str = "", queue: str = "ordinary", after: dt.timedelta = dt.timedelta()) -> None:
    """Write ``events`` (one statement) in the current transaction and nudge the worker after commit.

    ``after``: not to be delivered before so much time has passed.
    """
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("an event is emitted inside the act's transaction")
    moment = clock.now()
    if not request_id:
        request_id = str(structlog.contextvars.get_contextvars().get("request_id", ""))
    writing.insert(
        [
            OutboxMessage(
                emitted_at=moment,
                due_at=moment + after,
                name=event.name,
                version=event.version,
                payload=event.payload(),
                request_id=request_id,
                queue=queue,
            )
            for event in events
        ]
    )
    nudge = _nudges[queue]
    if not any(entry[1] is nudge for entry in connection.run_on_commit):
        transaction.on_commit(nudge, robust=True)


class _Nudger:
    """Tells the workers that messages wait, from a thread of its own.

    The act pays nothing for it, many commits make one nudge, and a broker that is away (the beat's sweep finds the
    rows when it is back) neither fails nor delays what was accepted.
    """

    PAUSE = 0.02  # seconds between nudges
    PAUSE_AFTER_FAILURE = 1.0

    def __init__(self) -> None:
        self._start_over()
        os.register_at_fork(after_in_child=self._start_over)

    def _start_over(self) -> None:
        self._lock = threading.Lock()
        self._wake = threading.Event()
        self._queues: set[str] = set()
        self._thread: threading.Thread | None = None

    def nudge(self, queue: str) -> None:
        with self._lock:
            self._queues.add(queue)
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="outbox-nudger", daemon=True)
                self._thread.start()
        self._wake.set()

    def _run(self) -> None:
        while self._wake.wait():
            self._wake.clear()
            with self._lock:
                queues, self._queues = self._queues, set()
            sent = all(_send_nudge(queue) for queue in sorted(queues))
            time.sleep(self.PAUSE if sent else self.PAUSE_AFTER_FAILURE)


def _send_nudge(queue: str) -> bool:
    try:
        current_app.send_task(
            "kernel.deliver_outbox", kwargs={"queue": queue}, queue=queue, retry=False, ignore_result=True, expires=60
        )
    except Exception as error:  # whatever the broker's client raises: the sweep comes anyway
        logger.warning("outbox_nudge_failed", queue=queue, error=repr(error))
        return False
    return True


_nudger = _Nudger()
# One object per queue, so that many emits in one transaction nudge once.
_nudges = {queue: functools.partial(_nudger.nudge, queue) for queue in QUEUES}


def deliver(*, queue: str = "ordinary", limit: int = 200) -> int:
    """Deliver due messages of ``queue``; returns how many were handled. Parallel workers skip each other's rows."""
    delivered = 0
    while delivered < limit:
        with transaction.atomic():
            message = (
                OutboxMessage.objects.select_for_update(skip_locked=True)
                .filter(queue=queue, delivered_at__isnull=True, dead_at__isnull=True, due_at__lte=clock.now())
                .order_by("due_at", "id")
                .first()
            )
            if message is None:
                return delivered
            _deliver_one(message)
        delivered += 1
    return delivered


def _deliver_one(message: OutboxMessage) -> None:
    with structlog.contextvars.bound_contextvars(request_id=message.request_id, message_id=message.pk):
        errors = []
        for key, handler in _handlers.get((message.name, message.version), ()):
            try:
                _consume_once(key, handler, message)
            except Exception as error:
                logger.exception("outbox_handler_failed", handler=key, message_event=message.name)
                errors.append(f"{key}: {error!r}")
        now = clock.now()
        message.attempts += 1
        if not errors:
            message.delivered_at = now
            message.last_error = ""
        elif message.attempts >= MAX_ATTEMPTS:
            message.dead_at = now
            logger.error("outbox_message_dead", message_event=message.name, attempts=message.attempts)
            message.last_error = "\n".join(errors)[:4000]
        else:
            pause = PAUSES[min(message.attempts - 1, len(PAUSES) - 1)]
            message.due_at = now + dt.timedelta(seconds=pause)
            message.last_error = "\n".join(errors)[:4000]
        # With the month, PostgreSQL touches one partition only.
        OutboxMessage.objects.filter(pk=message.pk, emitted_at=message.emitted_at).update(
            attempts=message.attempts,
            delivered_at=message.delivered_at,
            dead_at=message.dead_at,
            due_at=message.due_at,
            last_error=message.last_error,
        )


def _consume_once(key: str, handler: Callable[[Event], None], message: OutboxMessage) -> None:
    event = Event.load(message.name, message.version, message.payload)
    try:
        with transaction.atomic():
            ConsumedMessage.objects.create(handler=key, message_id=message.pk, consumed_at=clock.now())
            handler(event)
    except IntegrityError:
        if not ConsumedMessage.objects.filter(handler=key, message_id=message.pk).exists():
            raise


def revive(*, ids: Sequence[int]) -> int:
    """Give dead messages another series of attempts, at once; how many there were."""
    return OutboxMessage.objects.filter(pk__in=ids, dead_at__isnull=False).update(
        dead_at=None, attempts=0, due_at=clock.now()
    )


def given_up(*, limit: int = 100) -> list[OutboxMessage]:
    """Dead messages, the newest first, without their content: it may name people."""
    rows = OutboxMessage.objects.filter(dead_at__isnull=False).defer("payload")
    return list(rows.order_by("-dead_at", "-id")[:limit])


def forget(*, before: dt.datetime) -> int:
    """Delete what was delivered before ``before``, and the marks of its handlers; dead messages stay."""
    marks = ConsumedMessage.objects.filter(consumed_at__lt=before)
    gone, _ = OutboxMessage.objects.filter(emitted_at__lt=before, delivered_at__lt=before).delete()
    pending = OutboxMessage.objects.filter(emitted_at__lt=before).values("pk")
    marks.exclude(message_id__in=pending).delete()
    return gone


def handlers() -> Sequence[tuple[str, str]]:
    """(event name, handler key) of everything registered, for the console and tests."""
    return sorted((name, key) for (name, _), entries in _handlers.items() for key, _h in entries)


@dataclass(frozen=True)
class Waiting:
    """How many messages wait, and how many were given up."""

    pending: int
    dead: int


def waiting() -> Waiting:
    """Counted over the partial index of what is not delivered."""
    open_messages = OutboxMessage.objects.filter(delivered_at__isnull=True)
    return Waiting(
        pending=open_messages.filter(dead_at__isnull=True).count(),
        dead=open_messages.filter(dead_at__isnull=False).count(),
    )
