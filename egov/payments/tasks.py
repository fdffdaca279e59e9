"""Background work of the payments."""

import datetime as dt

import structlog
from celery import shared_task
from celery.schedules import crontab

from egov.kernel import clock, schedule
from egov.kernel.actor import SYSTEM
from egov.kernel.errors import Unavailable
from egov.payments import actions
from egov.payments.registry import gateways

logger = structlog.get_logger(__name__)


@schedule.every(seconds=60)
@shared_task(name="payments.send_refunds", queue="ordinary")
def send_refunds() -> int:
    """Hand waiting refunds to their gateways; one that is away gets them later."""
    return actions.send_refunds()


@schedule.every(crontab(hour=5, minute=30))
@shared_task(name="payments.reconcile", queue="bulk")
def reconcile() -> list[str]:
    """Every morning: yesterday against each gateway's file; the gateways that were compared."""
    yesterday = clock.today() - dt.timedelta(days=1)
    compared = []
    for key, gateway in gateways.items():
        if gateway.day_file is None or gateway.check():
            continue
        try:
            actions.reconcile(SYSTEM, gateway=key, day=yesterday)
        except Unavailable:
            logger.warning("gateway_away", gateway=key)
        else:
            compared.append(key)
    return compared
