"""Events of bills, refunds and disbursements."""

from dataclasses import dataclass
from typing import ClassVar

from egov.kernel.events import Event


@dataclass(frozen=True, kw_only=True)
class BillPaid(Event):
    name: ClassVar[str] = "bill_paid"
    bill: str
    subjects: list[str]
    payer_id: int
    amount_fen: int


@dataclass(frozen=True, kw_only=True)
class RefundSettled(Event):
    name: ClassVar[str] = "refund_settled"
    bill: str
    refund: str
    payer_id: int
    amount_fen: int


@dataclass(frozen=True, kw_only=True)
class DisbursementSettled(Event):
    name: ClassVar[str] = "disbursement_settled"
    disbursement: str
    subject: str
    amount_fen: int
    payee_id: int


@dataclass(frozen=True, kw_only=True)
class DisbursementReturned(Event):
    name: ClassVar[str] = "disbursement_returned"
    disbursement: str
    subject: str
    amount_fen: int
    payee_id: int
    reason: str
