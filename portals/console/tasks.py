"""Background work of the demonstration city."""

from celery import shared_task

from egov.kernel import schedule
from portals.console import demonstration


@schedule.every(seconds=60)
@shared_task(name="console.lay_history", queue="bulk")
def lay_history() -> None:
    """Lay the city's past to its end; the beat's sweep goes on after a worker was lost."""
    for _progress in demonstration.lay_history():
        pass
