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


@schedule.every(seconds=1800)
@shared_task(name="work.release_ended_posts", queue="ordinary")
def release_ended_posts() -> int:
    """Give back to the units what people hold who have left (every half hour)."""
    return actions.release_ended_posts(SYSTEM)
