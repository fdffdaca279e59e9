"""Background work of the notices."""

from celery import shared_task

from egov.kernel import schedule
from egov.notices import actions


@schedule.every(seconds=10)
@shared_task(name="notices.deliver_due", queue="ordinary")
def deliver_due() -> int:
    """Hand waiting messages to their channels."""
    return actions.deliver_due()
