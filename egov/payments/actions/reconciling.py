"""Comparing a day's payments with the gateway's file; what differs becomes work for the cashiers."""

import datetime as dt

import structlog
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from egov.identity.models import Post, Unit
from egov.journal import actions as journal
from egov.kernel import clock, money
from egov.kernel.actor import Actor
from egov.kernel.errors import InvalidInput, NotPermitted
from egov.kernel.refs import Ref
from egov.payments import rules
from egov.payments.actions.paying import settle
from egov.payments.models import Payment, PaymentState, Reconciliation, Refund
from egov.payments.registry import FileLine, Told, gateways
from egov.work import actions as work
from egov.work import queries as work_queries

logger = structlog.get_logger(__name__)

KIND = "reconciliation"
TITLE = {"zh-Hans": "对账差异", "en": "Differences in the day's payments"}
TASK = {"zh-Hans": "核对并处理当日收款与支付平台账单的差异", "en": "Clear up what differs from the gateway's file"}


def reconcile(actor: Actor, *, gateway: str, day: dt.date) -> Reconciliation:
    """Compare a day with the gateway's file. Payments whose callback was lost are settled first.

    What still differs is kept and put before the cashiers. Doing it twice replaces the first result. Raises
    ``Unavailable`` when the gateway gives no file now.
    """
    if not (actor.is_system or (actor.is_staff and actor.has_role("cashier"))):
        raise NotPermitted()
    read = gateways.get(gateway).day_file
    if read is None:
        raise InvalidInput.at("gateway", "no_file", _("This gateway has no daily file."))
    lines = read(day)
    for line in lines:
        _settle_lost(gateway, line)
    with transaction.atomic():
        return _compare(actor, gateway, day, lines)


def _compare(actor: Actor, gateway: str, day: dt.date, lines: list[FileLine]) -> Reconciliation:
    ours = _our_day(gateway, day)
    theirs = {line.reference: line.amount_fen for line in lines}
    row, _created = Reconciliation.objects.update_or_create(
        gateway=gateway,
        day=day,
        defaults={
            "ours_fen": sum(ours.values()),
            "theirs_fen": sum(theirs.values()),
            "differences": rules.differences(ours, theirs),
            "run_at": clock.now(),
        },
    )
    subject = Ref(KIND, f"{gateway}.{day.isoformat()}")
    journal.record(actor, "payments.reconcile", subject, content={"differences": row.differences})
    if row.differences and work_queries.open_item_of(subject, kinds=[KIND]) is None:
        _put_before_cashiers(actor, subject, len(row.differences))
    return row


def _put_before_cashiers(actor: Actor, subject: Ref, count: int) -> None:
    unit = _cashiers_unit()
    if unit is None:
        logger.error("nobody_to_reconcile", subject=str(subject), differences=count)
        return
    work.open_item(
        actor,
        subject=subject,
        kind=KIND,
        title=TITLE,
        task=TASK,
        subtitle=subject.key,
        department_id=unit.department_id,
        unit_id=unit.pk,
        role="cashier",
        priority=1,
    )


def _cashiers_unit() -> Unit | None:
    """Where cashiers sit: in the finance department if it has any, else wherever they are."""
    today = clock.today()
    held = Post.objects.filter(roles__name="cashier", valid_from__lte=today).exclude(valid_to__lt=today)
    posts = held.select_related("unit__department").order_by("pk")
    return next(
        (
            post.unit
            for wanted in (".finance", "")
            for post in posts
            if (post.unit.department.key or "").endswith(wanted)
        ),
        None,
    )


def _settle_lost(gateway: str, line: FileLine) -> None:
    """A payment the gateway has and we have only begun: its callback never came."""
    begun = Payment.objects.filter(reference=line.reference, gateway=gateway, state=PaymentState.STARTED)
    if line.amount_fen > 0 and begun.exists():
        told = Told(line.reference, line.gateway_reference, line.amount_fen, succeeded=True, at=line.at)
        settle(gateway=gateway, told=told)


def _our_day(gateway: str, day: dt.date) -> dict[str, int]:
    start, end = clock.end_of_day(day - dt.timedelta(days=1)), clock.end_of_day(day)
    paid = Payment.objects.filter(gateway=gateway, settled_at__gte=start, settled_at__lt=end)
    back = Refund.objects.filter(
        payment__gateway=gateway, state=PaymentState.SUCCEEDED, settled_at__gte=start, settled_at__lt=end
    )
    book = {reference: money.to_fen(amount) for reference, amount in paid.values_list("reference", "amount")}
    return book | {reference: -money.to_fen(amount) for reference, amount in back.values_list("reference", "amount")}
