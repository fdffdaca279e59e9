"""Background work of the to-do list."""

from celery import shared_task

from egov.kernel import schedule
from egov.kernel.actor import SYSTEM
from egov.work import actions


@schedule.every(seconds=600)
@shared_task(name="work.escalate_overdue", queue="ordinary")
def escalate_overdue() -> int:
    """Raise late items (every ten minutes)."""
    return actions.escalate_overdue(SYSTEM)
