"""Figures by the hour, probes by the minute."""

from celery import shared_task
from celery.schedules import crontab

from egov.kernel import schedule
from egov.kernel.actor import SYSTEM
from egov.measures import actions


@schedule.every(crontab(minute="7"))
@shared_task(name="measures.compute", queue="bulk")
def compute() -> int:
    """All measures for today, and the days that were missed."""
    return actions.compute_due(SYSTEM).values


@schedule.every(crontab(hour="4", minute="20"))
@shared_task(name="measures.forget_old", queue="bulk")
def forget_old() -> int:
    """Values and probes that nobody looks at any more."""
    return actions.forget_old(SYSTEM)


@schedule.every(seconds=60)
@shared_task(name="measures.probe", queue="ordinary")
def probe() -> bool:
    """Whether the service answers now."""
    return actions.probe(SYSTEM).ok
