"""Background work of matters."""

from celery import shared_task

from egov.kernel import schedule
from egov.kernel.actor import SYSTEM
from egov.matters import actions


@schedule.every(seconds=1800)
@shared_task(name="matters.watch_promises", queue="bulk")
def watch_promises() -> int:
    """Find members that endanger the promise of their matter (every half hour)."""
    return actions.watch_promises(SYSTEM)


@schedule.every(seconds=1800)
@shared_task(name="matters.watch_outside", queue="bulk")
def watch_outside() -> int:
    """Find what others were to file and registers hold by now (every half hour)."""
    return actions.watch_outside(SYSTEM)
