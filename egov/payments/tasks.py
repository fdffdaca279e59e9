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
    """Hand waiting refunds to their gateways; one that is away gets them the next minute."""
    try:
        return actions.send_refunds()
    except Unavailable:
        logger.warning("gateway_away")
        return 0


@schedule.every(crontab(hour="5", minute="30"))
@shared_task(name="payments.reconcile", queue="bulk")
def reconcile() -> None:
    """Every morning: yesterday against each gateway's file."""
    yesterday = clock.today() - dt.timedelta(days=1)
    for gateway in gateways:
        try:
            actions.reconcile(SYSTEM, gateway=gateway, day=yesterday)
        except Unavailable:
            logger.warning("gateway_away", gateway=gateway)
