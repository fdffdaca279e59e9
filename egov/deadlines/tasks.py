"""Background work of the deadlines."""

from celery import shared_task

from egov.deadlines import actions
from egov.kernel import schedule
from egov.kernel.actor import SYSTEM


@schedule.every(seconds=60)
@shared_task(name="deadlines.mark_missed", queue="ordinary")
def mark_missed() -> int:
    """Every minute: deadlines that passed are marked and told."""
    return actions.mark_missed(SYSTEM)
