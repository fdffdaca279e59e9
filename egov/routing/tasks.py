"""Work of routing in the background."""

from celery import shared_task

from egov.kernel.actor import SYSTEM
from egov.routing import actions


@shared_task(name="routing.reindex")
def reindex() -> int:
    """Read all sentences again with the present lexicon."""
    return actions.reindex(SYSTEM)
