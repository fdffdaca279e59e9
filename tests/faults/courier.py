"""A worker with a handler that can be caught in the act: the Celery application of the fault tests.

The handler writes into ``kernel_counter`` (one row per message, so that a doubled effect shows), tells by a file that
it is inside, and waits while another file exists. So does whoever has just handed a message to a gateway: the gateway has it,
and nothing is recorded yet.
"""

import functools
import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

import django
import structlog

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "egov.settings")
django.setup()

from django.core.mail import EmailMessage  # noqa: E402
from django.db import connection  # noqa: E402

from egov.celery import app  # noqa: E402
from egov.kernel import outbox  # noqa: E402
from egov.kernel.events import Event  # noqa: E402
from egov.notices import sandbox  # noqa: E402
from egov.payments import gateways  # noqa: E402

__all__ = ["ParcelSent", "app"]

PLACE = Path(os.environ["EGOV_RUN_DIR"])
logger = structlog.get_logger("courier")


@dataclass(frozen=True, kw_only=True)
class ParcelSent(Event):
    name: ClassVar[str] = "faults_parcel_sent"
    parcel: str


@outbox.consumes(ParcelSent, key="faults.count")
def count(event: ParcelSent) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "insert into kernel_counter (key, value) values (%s, 1) "
            "on conflict (key) do update set value = kernel_counter.value + 1",
            [event.parcel],
        )
    logger.info("parcel_counted", parcel=event.parcel)
    wait_to_be_killed()


def wait_to_be_killed() -> None:
    (PLACE / "inside").touch()
    while (PLACE / "hold").exists():
        time.sleep(0.02)


def caught(hand_over: Callable[..., Any]) -> Callable[..., Any]:
    """``hand_over`` that can be caught between its success and the record of it."""

    @functools.wraps(hand_over)
    def and_wait(*args: Any, **kwargs: Any) -> Any:
        answer = hand_over(*args, **kwargs)
        wait_to_be_killed()
        return answer

    return and_wait


sandbox.take = caught(sandbox.take)
EmailMessage.send = caught(EmailMessage.send)  # type: ignore[method-assign]
gateways._call = caught(gateways._call)
