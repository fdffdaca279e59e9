"""Outbox and inbox: an event is written with the act, delivered after commit, and takes effect once per handler.

``emit`` in the act's transaction; ``consumes`` registers a handler; ``deliver`` (a Celery task) hands each
message to each of its handlers in a transaction of its own, with a row that makes a repeat impossible.
A message whose handler keeps failing is retried with growing pauses and then laid aside as dead.
"""

import datetime as dt
import functools
from collections.abc import Callable, Sequence
from typing import TypeVar

import structlog
from celery import current_app
from django.db import IntegrityError, connection, transaction

from egov.kernel import clock
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


def emit(*events: Event, request_id: str = "", queue: str = "ordinary") -> None:
    """Write ``events`` (one statement) in the current transaction and nudge the worker after commit."""
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("an event is emitted inside the act's transaction")
    moment = clock.now()
    if not request_id:
        request_id = str(structlog.contextvars.get_contextvars().get("request_id", ""))
    OutboxMessage.objects.bulk_create(
        OutboxMessage(
            emitted_at=moment,
            due_at=moment,
            name=event.name,
            version=event.version,
            payload=event.payload(),
            request_id=request_id,
            queue=queue,
        )
        for event in events
    )
    nudge = _nudges[queue]
    if not any(hook is nudge for _sids, hook, _robust in connection.run_on_commit):
        transaction.on_commit(nudge, robust=True)


def _nudge(queue: str) -> None:
    """Tell the worker; when the broker is away the beat's sweep finds the rows."""
    try:
        current_app.send_task(
            "kernel.deliver_outbox", kwargs={"queue": queue}, queue=queue, retry=False, ignore_result=True
        )
    except Exception as error:  # the broker's absence must never fail an accepted act
        logger.warning("outbox_nudge_failed", error=repr(error))


# One object per queue, so that many emits in one transaction nudge once.
_nudges = {queue: functools.partial(_nudge, queue) for queue in QUEUES}


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
                logger.exception("outbox_handler_failed", handler=key, event=message.name)
                errors.append(f"{key}: {error!r}")
        now = clock.now()
        message.attempts += 1
        if not errors:
            message.delivered_at = now
            message.last_error = ""
        elif message.attempts >= MAX_ATTEMPTS:
            message.dead_at = now
            message.last_error = "\n".join(errors)[:4000]
        else:
            pause = PAUSES[min(message.attempts - 1, len(PAUSES) - 1)]
            message.due_at = now + dt.timedelta(seconds=pause)
            message.last_error = "\n".join(errors)[:4000]
        message.save(update_fields=["attempts", "delivered_at", "dead_at", "due_at", "last_error"])


def _consume_once(key: str, handler: Callable[[Event], None], message: OutboxMessage) -> None:
    event = Event.load(message.name, message.version, message.payload)
    try:
        with transaction.atomic():
            ConsumedMessage.objects.create(handler=key, message_id=message.pk, consumed_at=clock.now())
            handler(event)
    except IntegrityError:
        if not ConsumedMessage.objects.filter(handler=key, message_id=message.pk).exists():
            raise


def handlers() -> Sequence[tuple[str, str]]:
    """(event name, handler key) of everything registered, for the console and tests."""
    return sorted((name, key) for (name, _), entries in _handlers.items() for key, _h in entries)
