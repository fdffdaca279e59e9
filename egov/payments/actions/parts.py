"""The part of a bill that is for one case: whether it is paid, and what becomes of it when the service falls away."""

from decimal import Decimal

from django.db import transaction

from egov.journal import actions as journal
from egov.kernel.actor import Actor
from egov.kernel.errors import NotPermitted
from egov.kernel.refs import Ref
from egov.payments.actions.refunds import left_of, start_refund
from egov.payments.models import Bill, BillLine, BillState, PaymentState


def hold_paid(subject: Ref) -> bool:
    """Whether the part of a bill that is for ``subject`` is paid. Its bill stays locked until the caller has committed,
    so that no payment can pass unseen between the answer and what the caller makes of it.
    """
    lines = BillLine.objects.filter(subject=str(subject)).values("bill_id")
    states = Bill.objects.select_for_update(of=("self",)).filter(pk__in=lines).values_list("state", flat=True)
    return BillState.PAID in list(states)


@transaction.atomic
def give_up(actor: Actor, *, subject: Ref, reason: str) -> Decimal:
    """What a bill asks for ``subject`` is not owed: taken off while unpaid, given back when paid, as far as it has not
    gone back already. The amount.

    For the platform, in the transaction in which the service falls away. Doing it twice changes nothing.
    """
    if not actor.is_system:
        raise NotPermitted()
    lines = BillLine.objects.filter(subject=str(subject))
    total = Decimal(0)
    for bill in Bill.objects.select_for_update(of=("self",)).filter(pk__in=lines.values("bill_id")).order_by("pk"):
        part = sum((line.amount for line in lines.filter(bill=bill)), Decimal(0))
        if bill.state == BillState.OPEN:
            _take_off(bill, part, subject)
        elif bill.state == BillState.PAID:
            payment = bill.payments.get(state=PaymentState.SUCCEEDED)
            if payment.refunds.filter(subject=str(subject)).exists():
                continue
            part = min(part, left_of(payment))
            if not part:
                continue
            start_refund(actor, payment, subject=subject, amount=part, reason=reason)
        else:
            continue
        total += part
        journal.record(actor, "payments.give_up", Ref("bill", bill.reference), subject, content={"reason": reason})
    return total


def _take_off(bill: Bill, part: Decimal, subject: Ref) -> None:
    if part == bill.total:
        bill.state = BillState.CANCELLED
        bill.save(update_fields=["state"])
        return
    bill.lines.filter(subject=str(subject)).delete()
    bill.total -= part
    bill.save(update_fields=["total"])
