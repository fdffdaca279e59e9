"""Background work of the kernel."""

import datetime as dt
import time

from allauth.idp.oidc.models import Token
from celery import shared_task
from celery.schedules import crontab
from django.conf import settings
from django.utils.module_loading import import_string

from egov.kernel import clock, outbox, partitions, schedule
from egov.kernel.models import IdempotencyKey

BATCH = 200
TURN = 60  # seconds after which a delivery makes room for other tasks of its queue
KEPT = dt.timedelta(days=90)  # how long delivered messages and idempotency keys are kept


@schedule.every(seconds=5, name="outbox-urgent", queue="urgent")
@schedule.every(seconds=5, name="outbox-ordinary", queue="ordinary")
@schedule.every(seconds=30, name="outbox-bulk", queue="bulk")
@shared_task(name="kernel.deliver_outbox", queue="ordinary")
def deliver_outbox(queue: str = "ordinary") -> int:
    """Deliver what is due; swept by the beat, so that a lost nudge loses nothing."""
    end = time.monotonic() + TURN
    delivered = 0
    while time.monotonic() < end:
        handled = outbox.deliver(queue=queue, limit=BATCH)
        delivered += handled
        if handled < BATCH:
            break
    return delivered


@schedule.every(crontab(hour="2", minute="10"))
@shared_task(name="kernel.extend_partitions", queue="bulk")
def extend_partitions() -> list[str]:
    """Create the partitions of the coming months."""
    return partitions.extend()


@schedule.every(crontab(hour="2", minute="40"))
@shared_task(name="kernel.forget_delivered", queue="bulk")
def forget_delivered() -> int:
    """Delete messages delivered, and idempotency keys used, longer ago than anybody could repeat them."""
    before = clock.now() - KEPT
    IdempotencyKey.objects.filter(created_at__lt=before).delete()
    return outbox.forget(before=before)


@schedule.every(crontab(hour="2", minute="50"))
@shared_task(name="kernel.forget_expired", queue="bulk")
def forget_expired() -> int:
    """Delete sessions and access tokens that no longer open anything."""
    store = import_string(f"{settings.SESSION_ENGINE}.SessionStore")
    sessions, _ = store.get_model_class().objects.filter(expire_date__lt=clock.now()).delete()
    tokens, _ = Token.objects.expired().delete()
    return sessions + tokens
