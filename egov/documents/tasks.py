"""Background work of documents."""

from celery import shared_task
from celery.schedules import crontab

from egov.documents import actions
from egov.kernel import schedule


@schedule.every(crontab(hour=4, minute=10))
@shared_task(name="documents.renew_seals", queue="ordinary")
def renew_seals() -> list[str]:
    """Rotate the seals that run out within a month; their new key ids."""
    return [seal.key_id for seal in actions.renew_seals()]
