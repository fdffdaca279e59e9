"""Money in and out: bills, payments, receipts, refunds, disbursements, reconciliation."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Sum
from django.utils.translation import gettext_lazy as _

from egov.contracts.money import BillPaid, DisbursementReturned, DisbursementSettled, RefundSettled
from egov.documents import actions as documents
from egov.journal import actions as journal
from egov.kernel import clock, counters, money, outbox, references, secrets
from egov.kernel.actor import SYSTEM, Actor
from egov.kernel.errors import InvalidInput, NotFound, NotPermitted, TransitionNotAllowed
from egov.kernel.refs import Ref
from egov.kernel.text import LocalisedText, language_tag, localise
from egov.ledger import actions as ledger
from egov.payments import rules
from egov.payments.models import (
    Bill,
    BillLine,
    BillState,
    Disbursement,
    FiscalReceipt,
    Payment,
    PaymentState,
    Reconciliation,
    Refund,
)
from egov.payments.registry import FileLine, Order, Told, gateways

RECEIPT_TITLE = {"zh-Hans": "非税收入票据", "en": "Fiscal receipt"}


@dataclass(frozen=True)
class BillLineSpec:
    """One item of a bill: for which case, to which department, how much (yuan) and on what basis."""

    subject: Ref
    department_id: int
    text: LocalisedText
    amount: Decimal
    basis: str = ""


# --- Bills -----------------------------------------------------------------------------------------
def raise_bill(actor: Actor, *, payer_id: int, subject: Ref, lines: Sequence[BillLineSpec]) -> Bill:
    """Bill a party, in the caller's transaction (two inserts). Raises ``ValueError`` for a bill of nothing."""
    total = sum((line.amount for line in lines), Decimal(0))
    if total <= 0:
        raise ValueError("a bill needs something to pay")
    bill = Bill.objects.create(
        reference=references.draw("B"),
        payer_id=payer_id,
        subject=str(subject),
        total=money.rounded(total),
        created_at=clock.now(),
    )
    BillLine.objects.bulk_create(
        BillLine(
            bill=bill,
            subject=str(line.subject),
            department_id=line.department_id,
            text=line.text,
            amount=money.rounded(line.amount),
            basis=line.basis,
        )
        for line in lines
    )
    return bill


@transaction.atomic
def cancel_bill(actor: Actor, *, bill: str) -> Bill:
    """Nothing is owed any more. Raises ``TransitionNotAllowed`` for a bill that is paid: that is refunded."""
    row = _locked_bill(bill)
    if not (actor.is_system or actor.is_staff or actor.on_behalf_of_id == row.payer_id):
        raise NotPermitted()
    if row.state != BillState.OPEN:
        raise TransitionNotAllowed(_("Only an open bill can be cancelled."))
    row.state = BillState.CANCELLED
    row.save(update_fields=["state"])
    journal.record(actor, "payments.cancel_bill", Ref("bill", bill), Ref("party", str(row.payer_id)))
    return row


# --- Paying ----------------------------------------------------------------------------------------
@transaction.atomic
def start_payment(actor: Actor, *, bill: str, gateway: str, method: str, return_url: str = "") -> str:
    """Begin to pay a bill; the address to send the person to. Anybody who acts for the payer may pay.

    Raises ``TransitionNotAllowed`` when nothing is owed, ``InvalidInput`` for an unknown way.
    """
    row = _locked_bill(bill)
    if not actor.is_applicant or actor.on_behalf_of_id != row.payer_id:
        raise NotFound()
    if row.state != BillState.OPEN:
        raise TransitionNotAllowed(_("This bill is not open any more."))
    way = gateways.find(gateway)
    if way is None or method not in way.methods:
        raise InvalidInput.at("way", "unknown", _("Choose one of the ways to pay."))
    payment = Payment.objects.create(
        reference=references.draw("P"),
        bill=row,
        gateway=gateway,
        method=method,
        amount=row.total,
        started_at=clock.now(),
    )
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


def settle_callback(*, gateway: str, body: bytes, signature: str) -> Payment:
    """Take a gateway's word that it was paid. The same message twice changes nothing.

    Raises ``NotFound`` for an unknown gateway or payment, ``InvalidInput`` for a wrong signature or amount.
    """
    way = gateways.find(gateway)
    if way is None:
        raise NotFound()
    return settle(gateway=gateway, told=way.read_callback(body, signature))


@transaction.atomic
def settle(*, gateway: str, told: Told) -> Payment:
    """Record a payment that the gateway made sure of; a second payment of one bill goes back by itself."""
    payment = Payment.objects.select_for_update(of=("self",)).filter(reference=told.reference, gateway=gateway).first()
    if payment is None:
        raise NotFound()
    if payment.state == PaymentState.SUCCEEDED or payment.gateway_reference:
        return payment
    if not told.succeeded:
        payment.state = PaymentState.FAILED
        payment.save(update_fields=["state"])
        return payment
    if told.amount_fen != money.to_fen(payment.amount):
        raise InvalidInput.at("amount", "amount", _("The amount is not what was asked for."))
    bill = _locked_bill(payment.bill.reference)
    payment.gateway_reference = told.gateway_reference
    payment.settled_at = clock.now()
    if bill.state != BillState.OPEN:
        # Paid by another way meanwhile, or cancelled: what came in is not owed and goes back.
        payment.state = PaymentState.FAILED
        payment.save(update_fields=["state", "gateway_reference", "settled_at"])
        _start_refund(SYSTEM, payment, subject=None, amount=payment.amount, reason="not owed")
        return payment
    payment.state = PaymentState.SUCCEEDED
    payment.save(update_fields=["state", "gateway_reference", "settled_at"])
    _mark_paid(bill, payment)
    return payment


def _mark_paid(bill: Bill, payment: Payment) -> None:
    bill.state = BillState.PAID
    bill.paid_at = payment.settled_at
    bill.save(update_fields=["state", "paid_at"])
    _issue_receipt(bill, payment)
    journal.record(
        SYSTEM,
        "payments.settle",
        Ref("bill", bill.reference),
        Ref("payment", payment.reference),
        Ref("party", str(bill.payer_id)),
        content=str(payment.amount),
    )
    subjects = list(bill.lines.order_by("pk").values_list("subject", flat=True))
    outbox.emit(
        BillPaid(bill=bill.reference, subjects=subjects, payer_id=bill.payer_id, amount_fen=money.to_fen(bill.total)),
        queue="urgent",
    )


def _issue_receipt(bill: Bill, payment: Payment) -> FiscalReceipt:
    """The next number of the year's series, without gaps (财政票据管理办法): a rollback gives it back."""
    series = f"{settings.EGOV_REFERENCE_PREFIX}{clock.today().year}"
    number = counters.next_value(f"fiscal_receipt:{series}")
    lines = list(bill.lines.select_related("department__party").order_by("pk"))
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


# --- Refunds ---------------------------------------------------------------------------------------
@transaction.atomic
def refund(actor: Actor, *, bill: str, amount: Decimal, reason: str, subject: Ref | None = None) -> Refund:
    """Give back part of a paid bill, the way it came. For civil servants and the platform itself.

    Raises ``TransitionNotAllowed`` when it was not paid or more would go back than came in.
    """
    if not (actor.is_system or actor.is_staff):
        raise NotPermitted()
    row = _locked_bill(bill)
    payment = row.payments.filter(state=PaymentState.SUCCEEDED).first()
    if payment is None:
        raise TransitionNotAllowed(_("This bill was not paid."))
    given = payment.refunds.exclude(state=PaymentState.FAILED).aggregate(sum=Sum("amount"))["sum"] or Decimal(0)
    if amount <= 0 or given + amount > payment.amount:
        raise TransitionNotAllowed(_("No more can go back than came in."))
    return _start_refund(actor, payment, subject=subject, amount=amount, reason=reason)


def _start_refund(actor: Actor, payment: Payment, *, subject: Ref | None, amount: Decimal, reason: str) -> Refund:
    try:
        with transaction.atomic():
            row = Refund.objects.create(
                reference=references.draw("R"),
                payment=payment,
                subject=str(subject) if subject else "",
                amount=amount,
                reason=reason,
                requested_at=clock.now(),
            )
    except IntegrityError as error:
        raise TransitionNotAllowed(_("This was refunded before.")) from error
    journal.record(actor, "payments.refund", Ref("bill", payment.bill.reference), Ref("refund", row.reference))
    return row


def send_refunds(*, limit: int = 50) -> int:
    """Hand waiting refunds to their gateways; the refund's reference makes a repeat harmless. Returns how many."""
    sent = 0
    waiting = Refund.objects.filter(state=PaymentState.STARTED).order_by("pk").values_list("pk", flat=True)[:limit]
    for pk in list(waiting):
        with transaction.atomic():
            row = (
                Refund.objects.select_for_update(of=("self",), skip_locked=True)
                .select_related("payment__bill")
                .filter(pk=pk, state=PaymentState.STARTED)
                .first()
            )
            if row is None:
                continue
            payment = row.payment
            row.gateway_reference = gateways.get(payment.gateway).refund(
                row.reference, payment.gateway_reference, row.amount
            )
            _settle_refund(row)
        sent += 1
    return sent


def _settle_refund(row: Refund) -> None:
    row.state = PaymentState.SUCCEEDED
    row.settled_at = clock.now()
    row.save(update_fields=["state", "settled_at", "gateway_reference"])
    payment, bill = row.payment, row.payment.bill
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


# --- Money out -------------------------------------------------------------------------------------
@transaction.atomic
def request_disbursement(
    actor: Actor,
    *,
    fund: str,
    payee_id: int,
    account_number: str,
    amount: Decimal,
    purpose: LocalisedText,
    subject: Ref,
) -> Disbursement:
    """Promise money from a fund in the caller's transaction. Raises ``FundTooLow`` when the fund lacks it."""
    reservation = ledger.reserve(actor, fund=fund, amount=amount, subject=subject)
    row = Disbursement.objects.create(
        reference=references.draw("X"),
        fund=reservation.fund,
        reservation=reservation,
        payee_id=payee_id,
        payee_account=secrets.encrypt(account_number),
        payee_account_masked=f"…{account_number[-4:]}",
        amount=amount,
        purpose=purpose,
        subject=str(subject),
        requested_at=clock.now(),
    )
    journal.record(
        actor, "payments.request_disbursement", Ref("disbursement", row.reference), Ref("party", str(payee_id)), subject
    )
    return row


@transaction.atomic
def settle_disbursement(actor: Actor, *, disbursement: str) -> Disbursement:
    """The bank paid. For whoever keeps the books (``ledger.use`` asks)."""
    row = _open_disbursement(disbursement)
    ledger.use(actor, reservation_id=row.reservation_id, memo=localise(row.purpose, "zh-Hans"))
    _end_disbursement(row, "settled")
    journal.record(actor, "payments.settle_disbursement", Ref("disbursement", disbursement))
    outbox.emit(
        DisbursementSettled(disbursement=row.reference, subject=row.subject, amount_fen=money.to_fen(row.amount))
    )
    return row


@transaction.atomic
def return_disbursement(actor: Actor, *, disbursement: str, reason: str) -> Disbursement:
    """The bank sent it back, or the treasury stopped it: the fund has it again."""
    row = _open_disbursement(disbursement)
    ledger.release(actor, reservation_id=row.reservation_id)
    row.return_reason = reason
    _end_disbursement(row, "returned")
    journal.record(actor, "payments.return_disbursement", Ref("disbursement", disbursement), content=reason)
    outbox.emit(
        DisbursementReturned(
            disbursement=row.reference, subject=row.subject, amount_fen=money.to_fen(row.amount), reason=reason
        )
    )
    return row


# --- Reconciliation ----------------------------------------------------------------------------------
def reconcile(actor: Actor, *, gateway: str, day: dt.date) -> Reconciliation:
    """Compare a day with the gateway's file. Payments whose callback was lost are settled first; what still differs
    is kept for the cashier. Doing it twice replaces the first result.
    """
    lines = gateways.get(gateway).day_file(day)
    for line in lines:
        _settle_lost(gateway, line)
    ours = _our_day(gateway, day)
    theirs = {line.reference: line.amount_fen for line in lines}
    with transaction.atomic():
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
        journal.record(
            actor, "payments.reconcile", Ref("reconciliation", f"{gateway}:{day}"), content=len(row.differences)
        )
    return row


def _settle_lost(gateway: str, line: FileLine) -> None:
    lost = line.amount_fen > 0 and Payment.objects.filter(
        reference=line.reference, gateway=gateway, state=PaymentState.STARTED, amount=money.from_fen(line.amount_fen)
    )
    if lost and lost.exists():
        settle(gateway=gateway, told=Told(line.reference, line.gateway_reference, line.amount_fen, succeeded=True))


def _our_day(gateway: str, day: dt.date) -> dict[str, int]:
    span = (clock.end_of_day(day - dt.timedelta(days=1)), clock.end_of_day(day))
    paid = Payment.objects.filter(gateway=gateway, settled_at__gte=span[0], settled_at__lt=span[1]).exclude(
        gateway_reference=""
    )
    back = Refund.objects.filter(
        payment__gateway=gateway, state=PaymentState.SUCCEEDED, settled_at__gte=span[0], settled_at__lt=span[1]
    )
    book = {reference: money.to_fen(amount) for reference, amount in paid.values_list("reference", "amount")}
    return book | {reference: -money.to_fen(amount) for reference, amount in back.values_list("reference", "amount")}


# --- Parts -----------------------------------------------------------------------------------------
def _locked_bill(reference: str) -> Bill:
    row = Bill.objects.select_for_update(of=("self",)).filter(reference=reference).first()
    if row is None:
        raise NotFound()
    return row


def _open_disbursement(reference: str) -> Disbursement:
    row = Disbursement.objects.select_for_update(of=("self",)).filter(reference=reference).first()
    if row is None:
        raise NotFound()
    if row.state != "requested":
        raise TransitionNotAllowed(_("This payment has ended."))
    return row


def _end_disbursement(row: Disbursement, state: str) -> None:
    row.state = state
    row.ended_at = clock.now()
    row.save(update_fields=["state", "ended_at", "return_reason"])
