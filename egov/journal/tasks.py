"""Background work of the journal."""

from celery import shared_task

from egov.journal import actions
from egov.kernel import schedule

TURN = 40  # batches after which the sealer makes room for other tasks of its queue


@schedule.every(seconds=5)
@shared_task(name="journal.seal", queue="urgent")
def seal() -> int:
    """Seal everything that waits; the size of the log afterwards, 0 when nothing waited."""
    size = 0
    for _turn in range(TURN):
        head = actions.seal_pending()
        if head is None:
            break
        size = head.size
    return size
