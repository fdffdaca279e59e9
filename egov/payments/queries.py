"""Reading bills, payments and refunds."""

from dataclasses import dataclass

from django.db.models import QuerySet

from egov.kernel.errors import NotFound
from egov.kernel.text import LocalisedText
from egov.payments.models import Bill, FiscalReceipt, Reconciliation, Refund
from egov.payments.registry import gateways


def bills_of(party_id: int | None) -> QuerySet[Bill]:
    """A party's bills with their lines, newest first."""
    return Bill.objects.filter(payer_id=party_id or 0).prefetch_related("lines").order_by("-id")


def bills_for(subjects: list[str]) -> QuerySet[Bill]:
    """Bills raised for these subjects (``Ref`` as text)."""
    return Bill.objects.filter(subject__in=subjects).prefetch_related("lines").order_by("id")


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
    """All ways of all gateways that are set up."""
    return [
        Way(value=f"{gateway.key}:{method}", name=name, gateway=gateway.name)
        for gateway in gateways.values()
        if not gateway.check()
        for method, name in gateway.methods.items()
    ]


def reconciliations() -> QuerySet[Reconciliation]:
    return Reconciliation.objects.order_by("-day", "gateway")
