"""Background work of social insurance."""

from celery import shared_task
from celery.schedules import crontab

from egov.kernel import schedule
from egov.kernel.actor import SYSTEM
from g2c.social_insurance import actions


@schedule.every(crontab(hour="6", minute="15"))
@shared_task(name="social_insurance.order_due_months", queue="bulk")
def order_due_months() -> int:
    """Every morning: the months of benefit that have become due are ordered from the fund."""
    return actions.order_due_months(SYSTEM)
