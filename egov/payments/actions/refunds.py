"""Giving money back the way it came: promised at once, handed to the gateway after commit, under one key."""

import datetime as dt
from decimal import Decimal

import structlog
from django.db import IntegrityError, transaction
from django.db.models import Sum
from django.utils.translation import gettext_lazy as _

from egov.contracts.money import RefundSettled
from egov.journal import actions as journal
from egov.kernel import clock, money, outbox, references
from egov.kernel.actor import Actor
from egov.kernel.errors import InvalidInput, NotFound, NotPermitted, TransitionNotAllowed
from egov.kernel.refs import Ref
from egov.payments import books
from egov.payments.actions.bills import locked_bill, may_decide
from egov.payments.models import Bill, BillLine, BillState, Payment, PaymentState, Refund
from egov.payments.registry import gateways

logger = structlog.get_logger(__name__)

MAX_ATTEMPTS = 12
PAUSES = (30, 60, 300, 900, 3600, 3600, 14400)  # seconds until the next attempt; the last repeats


@transaction.atomic
def refund(actor: Actor, *, bill: str, amount: Decimal, reason: str, subject: Ref | None = None) -> Refund:
    """Give back part of a paid bill (``subject``: a case's part of it, once).

    For the platform, and for cashiers and heads of the departments the bill is for. Raises ``TransitionNotAllowed``
    when it was not paid, was given back before, or more would go back than came in.
    """
    row = locked_bill(bill)
    if not may_decide(row, actor):
        raise NotPermitted()
    if amount != money.rounded(amount) or amount <= 0:
        raise InvalidInput.at("amount", "not_an_amount", _("Give an amount above zero, in yuan and whole fen."))
    payment = row.payments.filter(state=PaymentState.SUCCEEDED).first()
    if payment is None:
        raise TransitionNotAllowed(_("This bill was not paid."))
    limit = left_of(payment)
    if subject is not None:
        part = row.lines.filter(subject=str(subject)).aggregate(sum=Sum("amount"))["sum"] or Decimal(0)
        limit = min(limit, part)
    if amount > limit:
        raise TransitionNotAllowed(_("No more can go back than came in."))
    return start_refund(actor, payment, subject=subject, amount=amount, reason=reason)


def left_of(payment: Payment) -> Decimal:
    """What came in and was not promised back so far; the caller has locked the bill."""
    given = payment.refunds.exclude(state=PaymentState.FAILED).aggregate(sum=Sum("amount"))["sum"]
    return payment.amount - (given or Decimal(0))


def start_refund(actor: Actor, payment: Payment, *, subject: Ref | None, amount: Decimal, reason: str) -> Refund:
    """Promise a refund in the caller's transaction, which has locked the bill."""
    now = clock.now()
    try:
        with transaction.atomic():
            row = Refund.objects.create(
                reference=references.draw("R"),
                payment=payment,
                subject=str(subject) if subject else "",
                amount=amount,
                reason=reason[:200],
                requested_at=now,
                due_at=now,
            )
    except IntegrityError as error:
        raise TransitionNotAllowed(_("This was refunded before.")) from error
    journal.record(
        actor,
        "payments.refund",
        Ref("bill", payment.bill.reference),
        Ref("refund", row.reference),
        content={"amount": str(amount), "reason": reason},
    )
    return row


def send_refunds(*, limit: int = 50) -> int:
    """Hand waiting refunds to their gateways; how many arrived.

    The refund's reference is the gateway's idempotency key: after a crash between hand-over and record it is handed
    over again and takes effect once. One that fails waits with growing pauses and does not hold up the others.
    """
    due = Refund.objects.filter(state=PaymentState.STARTED, due_at__lte=clock.now()).order_by("due_at", "pk")
    return sum(_send(pk) for pk in list(due.values_list("pk", flat=True)[:limit]))


def _send(refund_id: int) -> bool:
    with transaction.atomic():
        row = (
            Refund.objects.select_for_update(of=("self",), skip_locked=True)
            .select_related("payment__bill")
            .filter(pk=refund_id, state=PaymentState.STARTED)
            .first()
        )
        if row is None:
            return False
        payment = row.payment
        try:
            answer = gateways.get(payment.gateway).refund(row.reference, payment.gateway_reference, row.amount)
        except Exception as error:  # whatever the other side does, the refund waits
            _postpone(row, error)
            return False
        row.gateway_reference = answer.gateway_reference
        row.settled_at = min(answer.at or clock.now(), clock.now())
        _settle(row)
        return True


def _postpone(row: Refund, error: Exception) -> None:
    logger.warning("refund_failed", refund=row.reference, error=repr(error))
    row.attempts += 1
    row.last_error = repr(error)[:2000]
    if row.attempts >= MAX_ATTEMPTS:
        row.state = PaymentState.FAILED
    else:
        row.due_at = clock.now() + dt.timedelta(seconds=PAUSES[min(row.attempts - 1, len(PAUSES) - 1)])
    row.save(update_fields=["attempts", "last_error", "state", "due_at"])


def _settle(row: Refund) -> None:
    row.state = PaymentState.SUCCEEDED
    row.save(update_fields=["state", "settled_at", "gateway_reference"])
    payment, bill = row.payment, row.payment.bill
    books.given_back(row)
    returned = payment.refunds.filter(state=PaymentState.SUCCEEDED).aggregate(sum=Sum("amount"))["sum"]
    if payment.state == PaymentState.SUCCEEDED and returned == bill.total:
        Bill.objects.filter(pk=bill.pk).update(state=BillState.REFUNDED)
    outbox.emit(
        RefundSettled(
            bill=bill.reference,
            refund=row.reference,
            payer_id=bill.payer_id,
            amount_fen=money.to_fen(row.amount),
        )
    )


@transaction.atomic
def retry_refund(actor: Actor, *, refund: str) -> Refund:
    """Try a given-up refund again. For cashiers of the departments its bill is for, and the platform.

    Raises ``NotFound``, ``NotPermitted``, ``TransitionNotAllowed`` when it was not given up, or its money went back
    otherwise meanwhile.
    """
    row = Refund.objects.select_for_update(of=("self",)).filter(reference=refund).first()
    if row is None:
        raise NotFound()
    departments = BillLine.objects.filter(bill__payments=row.payment_id).values_list("department_id", flat=True)
    cashier = actor.is_staff and actor.has_role("cashier") and actor.department_id in departments
    if not (actor.is_system or cashier):
        raise NotPermitted()
    if row.state != PaymentState.FAILED:
        raise TransitionNotAllowed()
    locked_bill(row.payment.bill.reference)
    if row.amount > left_of(row.payment):
        raise TransitionNotAllowed(_("No more can go back than came in."))
    row.state, row.attempts, row.due_at = PaymentState.STARTED, 0, clock.now()
    row.save(update_fields=["state", "attempts", "due_at"])
    journal.record(actor, "payments.retry_refund", Ref("refund", refund))
    return row
