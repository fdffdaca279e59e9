"""Money in and out: bills, payments, receipts, refunds, disbursements, reconciliation.

Every yuan that moves is a transaction of the ledger; what a gateway tells twice changes nothing.
"""

from egov.payments.actions.bills import BillLineSpec, cancel_bill, raise_bill
from egov.payments.actions.disbursing import request_disbursement, return_disbursement, settle_disbursement
from egov.payments.actions.parts import give_up, hold_paid
from egov.payments.actions.paying import pay_at_counter, settle, settle_callback, start_payment
from egov.payments.actions.reconciling import reconcile
from egov.payments.actions.refunds import refund, retry_refund, send_refunds

__all__ = [
    "BillLineSpec",
    "cancel_bill",
    "give_up",
    "hold_paid",
    "pay_at_counter",
    "raise_bill",
    "reconcile",
    "refund",
    "request_disbursement",
    "retry_refund",
    "return_disbursement",
    "send_refunds",
    "settle",
    "settle_callback",
    "settle_disbursement",
    "start_payment",
]
