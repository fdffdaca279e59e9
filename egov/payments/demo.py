"""The demonstration city's money: bills of its past with payments, receipts and bookings; funds; money paid out.

Written in bulk under the same constraints as any other: receipts have no gaps, every yuan is in the ledger, no fund
is overdrawn. What comes later goes on after it.
"""

import datetime as dt
import random
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import NamedTuple

from django.conf import settings
from django.db import transaction

from egov.documents import demo as documents
from egov.identity.models import Organisation, Party
from egov.journal.demo import PastAct, lay_entries
from egov.kernel import clock, counters, money, references, secrets
from egov.kernel.actor import SYSTEM
from egov.kernel.refs import Ref
from egov.kernel.text import LocalisedText
from egov.ledger import actions as ledger
from egov.ledger.models import Fund, LedgerAccount, Posting, Reservation, Transaction
from egov.payments import books
from egov.payments.actions import BillLineSpec
from egov.payments.actions.paying import RECEIPT_TITLE, receipt_data
from egov.payments.gateways import SANDBOX
from egov.payments.models import (
    Bill,
    BillLine,
    BillState,
    Disbursement,
    DisbursementState,
    FiscalReceipt,
    Payment,
    PaymentState,
    Reconciliation,
    Refund,
)
from egov.payments.sandbox import store

# --- Bills -------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class PastBill:
    """A bill of the past: open, ``cancelled``, paid (``paid_at``), or paid and ``refunded_at``."""

    payer_id: int
    subject: Ref
    lines: Sequence[BillLineSpec]
    created_at: dt.datetime
    paid_at: dt.datetime | None = None
    method: str = "wallet"
    cancelled: bool = False
    refunded_at: dt.datetime | None = None
    refund_reason: str = "撤回申请"

    @property
    def state(self) -> BillState:
        if self.refunded_at:
            return BillState.REFUNDED
        if self.paid_at:
            return BillState.PAID
        return BillState.CANCELLED if self.cancelled else BillState.OPEN

    @property
    def total(self) -> Decimal:
        return sum((line.amount for line in self.lines), Decimal(0))


@transaction.atomic
def lay_bills(rng: random.Random, bills: Sequence[PastBill]) -> list[Bill]:
    """Insert ``bills`` with all that belongs to them; about a dozen statements for any number, in the order given."""
    rows = Bill.objects.bulk_create(
        [
            Bill(
                reference=references.draw("B", day=_day(each.created_at)),
                payer_id=each.payer_id,
                subject=str(each.subject),
                total=each.total,
                state=each.state,
                created_at=each.created_at,
                paid_at=each.paid_at,
            )
            for each in bills
        ],
        batch_size=1000,
    )
    BillLine.objects.bulk_create(
        [
            BillLine(
                bill=row,
                subject=str(line.subject),
                department_id=line.department_id,
                text=line.text,
                amount=line.amount,
                basis=line.basis[:200],
            )
            for row, each in zip(rows, bills, strict=True)
            for line in each.lines
        ],
        batch_size=1000,
    )
    paid = sorted(
        (_Paid(row, each, each.paid_at) for row, each in zip(rows, bills, strict=True) if each.paid_at),
        key=lambda each: (each.at, each.bill.pk),
    )
    departments = Organisation.objects.in_bulk({line.department_id for each in paid for line in each.past.lines})
    payments = _lay_payments(rng, paid)
    _lay_receipts(rng, paid, payments, departments)
    _lay_refunds(rng, paid, payments)
    _book_fees(paid, payments, departments)
    _record(paid, payments)
    transaction.on_commit(lambda: _tell_gateway(payments))
    return rows


class _Paid(NamedTuple):
    bill: Bill
    past: PastBill
    at: dt.datetime


def _lay_payments(rng: random.Random, paid: Sequence[_Paid]) -> list[Payment]:
    return Payment.objects.bulk_create(
        [
            Payment(
                reference=references.draw("P", day=_day(each.at)),
                bill=each.bill,
                gateway=SANDBOX,
                method=each.past.method,
                amount=each.bill.total,
                state=PaymentState.SUCCEEDED,
                gateway_reference=f"SB{rng.getrandbits(48):012X}",
                started_at=each.at,
                settled_at=each.at,
            )
            for each in paid
        ],
        batch_size=1000,
    )


def _lay_receipts(
    rng: random.Random, paid: Sequence[_Paid], payments: Sequence[Payment], departments: Mapping[int, Organisation]
) -> None:
    """Numbers per year in the order of payment; their papers wait to be typeset."""
    names = dict(Party.objects.filter(pk__in={each.bill.payer_id for each in paid}).values_list("pk", "name"))
    numbers = _receipt_numbers(paid)
    papers = documents.lay_documents(
        rng,
        [
            documents.PastDocument(
                template="documents/fiscal_receipt",
                title=RECEIPT_TITLE,
                subject=Ref("bill", each.bill.reference),
                holder_id=each.bill.payer_id,
                department_id=each.past.lines[0].department_id,
                issued_at=each.at,
                number=f"{series}-{number:08d}",
                data=receipt_data(
                    payment,
                    bill=each.bill,
                    payer=names[each.bill.payer_id],
                    lines=[
                        (line.text, departments[line.department_id].full_name, line.basis, line.amount)
                        for line in each.past.lines
                    ],
                    series=series,
                    number=number,
                    day=_day(each.at),
                ),
            )
            for each, payment, (series, number) in zip(paid, payments, numbers, strict=True)
        ],
    )
    FiscalReceipt.objects.bulk_create(
        [
            FiscalReceipt(
                series=series,
                number=number,
                bill=each.bill,
                amount=each.bill.total,
                issued_at=each.at,
                document_ref=paper.reference,
            )
            for each, paper, (series, number) in zip(paid, papers, numbers, strict=True)
        ],
        batch_size=1000,
    )


def _record(paid: Sequence[_Paid], payments: Sequence[Payment]) -> None:
    lay_entries(
        PastAct(
            each.at,
            SYSTEM,
            "payments.settle",
            [
                Ref("bill", each.bill.reference),
                Ref("payment", payment.reference),
                Ref("party", str(each.bill.payer_id)),
            ],
            {"fen": money.to_fen(payment.amount), "gateway": SANDBOX, "id": payment.gateway_reference},
        )
        for each, payment in zip(paid, payments, strict=True)
    )


def _tell_gateway(payments: Sequence[Payment]) -> None:
    """The demonstration's gateway has taken them too: its daily files and its refunds go by what it keeps."""
    for payment in payments:
        store.once(
            "payments",
            payment.reference,
            {
                "id": payment.gateway_reference,
                "order": payment.reference,
                "amount": money.to_fen(payment.amount),
                "method": payment.method,
                "day": _day(payment.started_at).isoformat(),
                "at": payment.started_at.isoformat(),
            },
        )


@transaction.atomic
def lay_reconciliations(first: dt.date, last: dt.date) -> int:
    """The comparison with the gateway's file for each day that has none: nothing differed. How many are new."""
    start, end = clock.end_of_day(first - dt.timedelta(days=1)), clock.end_of_day(last)
    sums: Counter[dt.date] = Counter()
    paid = Payment.objects.filter(gateway=SANDBOX, settled_at__gte=start, settled_at__lt=end)
    for moment, amount in paid.values_list("settled_at", "amount"):
        if moment is not None:
            sums[_day(moment)] += money.to_fen(amount)
    given = Refund.objects.filter(
        payment__gateway=SANDBOX, state=PaymentState.SUCCEEDED, settled_at__gte=start, settled_at__lt=end
    )
    for moment, amount in given.values_list("settled_at", "amount"):
        if moment is not None:
            sums[_day(moment)] -= money.to_fen(amount)
    present = set(Reconciliation.objects.filter(gateway=SANDBOX).values_list("day", flat=True))
    days = [first + dt.timedelta(days=number) for number in range((last - first).days + 1)]
    rows = [
        Reconciliation(
            gateway=SANDBOX,
            day=day,
            ours_fen=sums[day],
            theirs_fen=sums[day],
            run_at=clock.end_of_day(day) + dt.timedelta(hours=5, minutes=30),
        )
        for day in days
        if day not in present
    ]
    Reconciliation.objects.bulk_create(rows)
    return len(rows)


def _receipt_numbers(paid: Sequence[_Paid]) -> list[tuple[str, int]]:
    """Series and number of each; ``paid`` is in the order of payment."""
    years = Counter(_day(each.at).year for each in paid)
    values = {}
    for year, count in sorted(years.items()):
        series = f"{settings.EGOV_REFERENCE_PREFIX}{year}"
        numbers = counters.next_values(f"fiscal_receipt:{series}", count)
        values[year] = iter([(series, number) for number in numbers])
    return [next(values[_day(each.at).year]) for each in paid]


def _lay_refunds(rng: random.Random, paid: Sequence[_Paid], payments: Sequence[Payment]) -> None:
    Refund.objects.bulk_create(
        [
            Refund(
                reference=references.draw("R", day=_day(each.past.refunded_at)),
                payment=payment,
                amount=payment.amount,
                reason=each.past.refund_reason,
                state=PaymentState.SUCCEEDED,
                gateway_reference=f"SR{rng.getrandbits(48):012X}",
                requested_at=each.past.refunded_at,
                due_at=each.past.refunded_at,
                settled_at=each.past.refunded_at,
            )
            for each, payment in zip(paid, payments, strict=True)
            if each.past.refunded_at
        ],
        batch_size=1000,
    )


def _book_fees(paid: Sequence[_Paid], payments: Sequence[Payment], departments: Mapping[int, Organisation]) -> None:
    """The gateway owes us each payment, the departments have its lines; a refund is the reverse."""
    gateway = books.gateway_account(SANDBOX)
    income = {pk: books.income_account(department) for pk, department in departments.items()}
    entries: list[Entry] = []
    for each, payment in zip(paid, payments, strict=True):
        shares: Counter[str] = Counter()
        for line in each.past.lines:
            shares[income[line.department_id]] += money.to_fen(line.amount)
        fen = shares.total()
        subject = Ref("payment", payment.reference)
        entries.append(
            (payment.reference, each.at, subject, [(gateway, fen), *((key, -share) for key, share in shares.items())])
        )
        if each.past.refunded_at:
            entries.append((payment.reference, each.past.refunded_at, subject, [*shares.items(), (gateway, -fen)]))
    _book(entries)


# --- Money out ---------------------------------------------------------------------------------------


def lay_fund(*, key: str, name: LocalisedText, owner_id: int, amount: Decimal) -> Fund:
    """A fund with its budget; the one that is there is left as it is."""
    found = Fund.objects.filter(key=key).first()
    if found is not None:
        return found
    with transaction.atomic():
        ledger.open_fund(SYSTEM, key=key, name=name, owner_id=owner_id)
        ledger.deposit(SYSTEM, fund=key, amount=amount, memo="年初预算", subject=Ref("fund", key))
    return Fund.objects.get(key=key)


@dataclass(frozen=True, kw_only=True)
class PastDisbursement:
    """Money promised, and paid at ``settled_at`` when that is given."""

    fund: str
    payee_id: int
    account_number: str
    amount: Decimal
    purpose: LocalisedText
    subject: Ref
    requested_at: dt.datetime
    settled_at: dt.datetime | None = field(default=None)


@transaction.atomic
def lay_disbursements(items: Sequence[PastDisbursement]) -> list[Disbursement]:
    """Insert ``items`` in the order given. Raises ``FundTooLow``, and nothing is laid, when a fund lacks the money."""
    funds = Fund.objects.in_bulk({each.fund for each in items}, field_name="key")
    with ledger.refusing():
        reservations = Reservation.objects.bulk_create(
            [
                Reservation(
                    fund=funds[each.fund],
                    amount_fen=money.to_fen(each.amount),
                    subject=str(each.subject),
                    state="used" if each.settled_at else "held",
                    made_at=each.requested_at,
                    ended_at=each.settled_at,
                )
                for each in items
            ],
            batch_size=1000,
        )
        _book(
            (
                each.purpose.get("zh-Hans", ""),
                each.settled_at,
                each.subject,
                [
                    (ledger.account_of(each.fund), money.to_fen(each.amount)),
                    (ledger.BANK, -money.to_fen(each.amount)),
                ],
            )
            for each in items
            if each.settled_at
        )
    return Disbursement.objects.bulk_create(
        [
            Disbursement(
                reference=references.draw("X", day=_day(each.requested_at)),
                fund=funds[each.fund],
                reservation=reservation,
                payee_id=each.payee_id,
                payee_account=secrets.encrypt(each.account_number),
                payee_account_masked=f"…{each.account_number[-4:]}",
                amount=each.amount,
                purpose=each.purpose,
                subject=str(each.subject),
                state=DisbursementState.SETTLED if each.settled_at else DisbursementState.REQUESTED,
                requested_at=each.requested_at,
                ended_at=each.settled_at,
            )
            for each, reservation in zip(items, reservations, strict=True)
        ],
        batch_size=1000,
    )


# --- Parts -------------------------------------------------------------------------------------------

Entry = tuple[str, dt.datetime, Ref, list[tuple[str, int]]]


def _book(entries: Iterable[Entry]) -> None:
    """Memo, moment, subject and postings of many transactions, in three statements."""
    rows = list(entries)
    accounts = LedgerAccount.objects.in_bulk({key for entry in rows for key, _fen in entry[3]}, field_name="key")
    booked = Transaction.objects.bulk_create(
        [
            Transaction(
                reference=references.draw("T", day=_day(moment)),
                booked_at=moment,
                memo=memo[:200],
                subject=str(subject),
            )
            for memo, moment, subject, _postings in rows
        ],
        batch_size=1000,
    )
    Posting.objects.bulk_create(
        [
            Posting(transaction=transaction_, account=accounts[key], amount_fen=fen)
            for transaction_, (_memo, _moment, _subject, postings) in zip(booked, rows, strict=True)
            for key, fen in postings
        ],
        batch_size=2000,
    )


def _day(moment: dt.datetime) -> dt.date:
    return clock.local(moment).date()
