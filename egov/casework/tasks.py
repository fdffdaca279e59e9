"""Background work of casework."""

from celery import shared_task
from celery.schedules import crontab

from egov.casework import actions
from egov.kernel import schedule
from egov.kernel.actor import SYSTEM


@schedule.every(crontab(hour="1", minute="30"))
@shared_task(name="casework.close_delivered", queue="bulk")
def close_delivered() -> int:
    """Close what was delivered some days ago (every night)."""
    return actions.close_delivered(SYSTEM)


@schedule.every(crontab(hour="3", minute="20"))
@shared_task(name="casework.measure_paces", queue="bulk")
def measure_paces() -> int:
    """Count how long services take, from the last year (every night)."""
    return actions.measure_paces(SYSTEM)
