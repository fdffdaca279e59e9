"""Work of routing in the background."""

from celery import shared_task
from celery.schedules import crontab

from egov.kernel import schedule
from egov.kernel.actor import SYSTEM
from egov.routing import actions


@shared_task(name="routing.reindex")
def reindex() -> int:
    """Read all sentences again with the present lexicon."""
    return actions.reindex(SYSTEM)


@schedule.every(crontab(hour="3", minute="10"))
@shared_task(name="routing.forget_needs", queue="bulk")
def forget_needs() -> int:
    """Words that somebody said long ago and that nobody learns from any more."""
    return actions.forget_needs(SYSTEM)
