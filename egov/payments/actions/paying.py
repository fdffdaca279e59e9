"""Paying a bill: through a gateway, or at the counter; the receipt and the booking that follow."""

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from egov.contracts.money import BillPaid
from egov.documents import actions as documents
from egov.journal import actions as journal
from egov.kernel import clock, counters, money, outbox, references
from egov.kernel.actor import SYSTEM, Actor
from egov.kernel.errors import InvalidInput, NotFound, NotPermitted, TransitionNotAllowed
from egov.kernel.refs import Ref
from egov.kernel.text import language_tag, localise
from egov.payments import books, rules
from egov.payments.actions.bills import locked_bill
from egov.payments.actions.refunds import start_refund
from egov.payments.models import Bill, BillState, FiscalReceipt, Payment, PaymentState
from egov.payments.registry import COUNTER, Order, Told, enabled, gateways

RECEIPT_TITLE = {"zh-Hans": "非税收入电子票据", "en": "Receipt for non-tax revenue"}


@transaction.atomic
def start_payment(actor: Actor, *, bill: str, gateway: str, method: str, return_url: str = "") -> str:
    """Begin to pay a bill; the address to send the person to. Anybody who acts for the payer may pay.

    Raises ``TransitionNotAllowed`` when nothing is owed, ``InvalidInput`` for an unknown way.
    """
    row = locked_bill(bill)
    if not actor.is_applicant or actor.on_behalf_of_id != row.payer_id:
        raise NotFound()
    if row.state != BillState.OPEN:
        raise TransitionNotAllowed(_("This bill is not open any more."))
    way = gateways.find(gateway) if gateway in enabled() else None
    if way is None or method not in way.methods or way.pay_url is None:
        raise InvalidInput.at("way", "unknown", _("Choose one of the ways to pay."))
    payment = _begin(row, gateway=gateway, method=method)
    first = row.lines.order_by("pk").first()
    order = Order(
        reference=payment.reference,
        amount=row.total,
        title=localise(first.text) if first else row.reference,
        method=method,
        return_url=return_url or f"{settings.PUBLIC_URL}/me/",
        language=language_tag(),
    )
    journal.record(actor, "payments.start_payment", Ref("bill", bill), Ref("payment", payment.reference))
    return way.pay_url(order)


@transaction.atomic
def pay_at_counter(actor: Actor, *, bill: str, method: str = "cash") -> Payment:
    """A cashier of a department that the bill is for takes the money (``cash``, ``card``) at the counter."""
    row = locked_bill(bill)
    if not (actor.is_staff and actor.has_role("cashier")):
        raise NotPermitted()
    if not row.lines.filter(department_id=actor.department_id).exists():
        raise NotPermitted()
    if row.state != BillState.OPEN:
        raise TransitionNotAllowed(_("This bill is not open any more."))
    if method not in gateways.get(COUNTER).methods:
        raise InvalidInput.at("method", "unknown", _("Choose one of the ways to pay."))
    payment = _begin(row, gateway=COUNTER, method=method)
    told = Told(payment.reference, payment.reference, money.to_fen(row.total), succeeded=True)
    return _receive(actor, payment, row, told)


def settle_callback(*, gateway: str, body: bytes, signature: str) -> Payment:
    """Take a gateway's word that it was paid. The same message twice changes nothing.

    Raises ``NotFound`` for an unknown gateway or payment, ``InvalidInput`` for a wrong signature.
    """
    way = gateways.find(gateway)
    if way is None or way.read_callback is None:
        raise NotFound()
    return settle(gateway=gateway, told=way.read_callback(body, signature))


@transaction.atomic
def settle(*, gateway: str, told: Told) -> Payment:
    """Record a payment that the gateway made sure of.

    Money that is not owed (a bill paid twice or cancelled, another amount) goes back by itself, the way it came.
    """
    payment = Payment.objects.select_for_update(of=("self",)).filter(reference=told.reference, gateway=gateway).first()
    if payment is None:
        raise NotFound()
    if payment.gateway_reference:
        return payment
    if not told.succeeded:
        payment.state = PaymentState.FAILED
        payment.save(update_fields=["state"])
        return payment
    return _receive(SYSTEM, payment, locked_bill(payment.bill.reference), told)


def _begin(bill: Bill, *, gateway: str, method: str) -> Payment:
    return Payment.objects.create(
        reference=references.draw("P"),
        bill=bill,
        gateway=gateway,
        method=method,
        amount=bill.total,
        started_at=clock.now(),
    )


def _receive(actor: Actor, payment: Payment, bill: Bill, told: Told) -> Payment:
    """The money is there; ``bill`` is locked."""
    owed = bill.state == BillState.OPEN and told.amount_fen == money.to_fen(bill.total)
    payment.gateway_reference = told.gateway_reference
    payment.settled_at = min(told.at or clock.now(), clock.now())
    payment.amount = money.from_fen(told.amount_fen)
    payment.state = PaymentState.SUCCEEDED if owed else PaymentState.SURPLUS
    payment.save(update_fields=["gateway_reference", "settled_at", "amount", "state"])
    books.received(payment)
    journal.record(
        actor,
        "payments.settle" if owed else "payments.settle_surplus",
        Ref("bill", bill.reference),
        Ref("payment", payment.reference),
        Ref("party", str(bill.payer_id)),
        content={"fen": told.amount_fen, "gateway": payment.gateway, "id": told.gateway_reference},
    )
    if not owed:
        start_refund(SYSTEM, payment, subject=None, amount=payment.amount, reason="not owed")
        return payment
    bill.state, bill.paid_at = BillState.PAID, payment.settled_at
    bill.save(update_fields=["state", "paid_at"])
    _issue_receipt(bill, payment)
    subjects = list(bill.lines.order_by("pk").values_list("subject", flat=True))
    outbox.emit(
        BillPaid(bill=bill.reference, subjects=subjects, payer_id=bill.payer_id, amount_fen=told.amount_fen),
        queue="urgent",
    )
    return payment


def _issue_receipt(bill: Bill, payment: Payment) -> FiscalReceipt:
    """The next number of the year's series, without gaps (财政票据管理办法): a rollback gives it back."""
    series = f"{settings.EGOV_REFERENCE_PREFIX}{clock.today().year}"
    number = counters.next_value(f"fiscal_receipt:{series}")
    lines = list(bill.lines.select_related("department").order_by("pk"))
    document = documents.issue_document(
        SYSTEM,
        template="documents/fiscal_receipt",
        title=RECEIPT_TITLE,
        subject=Ref("bill", bill.reference),
        holder_id=bill.payer_id,
        department_id=lines[0].department_id,
        number=f"{series}-{number:08d}",
        data={
            "series": series,
            "number": f"{number:08d}",
            "payer": bill.payer.name,
            "lines": [
                {
                    "text": line.text,
                    "department": line.department.full_name,
                    "basis": line.basis,
                    "amount": f"{line.amount:,.2f}",
                }
                for line in lines
            ],
            "total": f"{bill.total:,.2f}",
            "total_words": rules.in_capitals(money.to_fen(bill.total)),
            "paid_on": clock.today().isoformat(),
            "method": gateways.get(payment.gateway).methods[payment.method],
            "transaction": payment.gateway_reference,
            "bill": bill.reference,
        },
    )
    return FiscalReceipt.objects.create(
        series=series,
        number=number,
        bill=bill,
        amount=bill.total,
        issued_at=clock.now(),
        document_ref=document.reference,
    )
