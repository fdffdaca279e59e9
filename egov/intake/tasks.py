"""Work of intake in the background."""

from celery import shared_task

from egov.intake import replaying
from egov.kernel import schedule


@schedule.every(seconds=60)
@shared_task(name="intake.replay", queue="bulk")
def replay() -> int:
    """Run what was asked for and is not finished; the beat's sweep goes on after a worker was lost."""
    return replaying.run_waiting()
