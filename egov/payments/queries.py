"""Reading bills, payments and refunds."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import QuerySet

from egov.kernel.errors import NotFound
from egov.kernel.refs import Ref
from egov.kernel.text import LocalisedText
from egov.payments.models import (
    Bill,
    BillState,
    Disbursement,
    DisbursementState,
    FiscalReceipt,
    PaymentState,
    Reconciliation,
    Refund,
)
from egov.payments.registry import enabled, gateways


def bills_of(party_id: int | None) -> QuerySet[Bill]:
    """A party's bills with their lines, newest first."""
    return Bill.objects.filter(payer_id=party_id or 0).prefetch_related("lines").order_by("-id")


def bills_about(subjects: Iterable[Ref]) -> QuerySet[Bill]:
    """Bills raised for these subjects (submissions, cases), oldest first, with their lines."""
    wanted = [str(subject) for subject in subjects]
    return Bill.objects.filter(subject__in=wanted).prefetch_related("lines").order_by("id")


def open_bill_of(subject: Ref) -> Bill | None:
    """What is still to be paid for the subject, or None."""
    return Bill.objects.filter(subject=str(subject), state=BillState.OPEN).order_by("id").first()


def bill(reference: str) -> Bill:
    """With its lines and the departments they go to. Raises ``NotFound``."""
    row = Bill.objects.filter(reference=reference).prefetch_related("lines__department").first()
    if row is None:
        raise NotFound()
    return row


def receipt_of(bill_id: int) -> FiscalReceipt | None:
    return FiscalReceipt.objects.filter(bill_id=bill_id).first()


def refunds_of(bill_id: int) -> QuerySet[Refund]:
    return Refund.objects.filter(payment__bill_id=bill_id).order_by("id")


@dataclass(frozen=True)
class Way:
    """One way to pay: gateway and method."""

    value: str
    name: LocalisedText
    gateway: LocalisedText


def ways_to_pay() -> list[Way]:
    """All ways of the gateways that people may choose and that are set up."""
    ways = (gateways.get(key) for key in enabled())
    return [
        Way(value=f"{gateway.key}:{method}", name=name, gateway=gateway.name)
        for gateway in ways
        if gateway.pay_url is not None and not gateway.check()
        for method, name in gateway.methods.items()
    ]


def refunds_given_up() -> QuerySet[Refund]:
    """Refunds that no gateway took after all attempts, newest first."""
    return Refund.objects.filter(state=PaymentState.FAILED).select_related("payment__bill").order_by("-id")


def disbursements_waiting(fund: str | None = None) -> QuerySet[Disbursement]:
    """What was decided and is not yet paid, oldest first; of one fund or of all."""
    waiting = Disbursement.objects.filter(state=DisbursementState.REQUESTED).select_related("fund", "payee")
    return (waiting.filter(fund__key=fund) if fund else waiting).order_by("id")


def disbursements_to(party_id: int) -> QuerySet[Disbursement]:
    """Money paid or promised to the party, newest first."""
    return Disbursement.objects.filter(payee_id=party_id).select_related("fund").order_by("-id")


def reconciliations() -> QuerySet[Reconciliation]:
    """Newest day first."""
    return Reconciliation.objects.order_by("-day", "gateway")


def reconciliation(gateway: str, day: dt.date) -> Reconciliation:
    """Raises ``NotFound``."""
    row = Reconciliation.objects.filter(gateway=gateway, day=day).first()
    if row is None:
        raise NotFound()
    return row
