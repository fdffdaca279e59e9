"""Background work of the kernel."""

from celery import shared_task

from egov.kernel import outbox, partitions


@shared_task(name="kernel.deliver_outbox", queue="ordinary")
def deliver_outbox(queue: str = "ordinary") -> int:
    """Deliver what is due; also swept every few seconds by the beat, so a lost nudge loses nothing."""
    return outbox.deliver(queue=queue)


@shared_task(name="kernel.extend_partitions", queue="bulk")
def extend_partitions() -> list[str]:
    """Create the partitions of the coming months (daily)."""
    return partitions.extend()
