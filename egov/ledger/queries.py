"""Reading the book: funds, balances, statements."""

import datetime as dt
from dataclasses import dataclass

from django.db.models import Q, QuerySet, Sum, Window

from egov.kernel.errors import NotFound
from egov.ledger.models import Fund, LedgerAccount, Posting, Reservation, ReservationState


def funds() -> QuerySet[Fund]:
    """Open funds, by key, with the department that owns each."""
    return Fund.objects.filter(closed_at=None).select_related("owner").order_by("key")


def fund(key: str) -> Fund:
    """Raises ``NotFound``."""
    found = Fund.objects.select_related("owner").filter(key=key).first()
    if found is None:
        raise NotFound()
    return found


def held(key: str) -> QuerySet[Reservation]:
    """What the fund has promised and not yet paid, oldest first."""
    return Reservation.objects.filter(fund__key=key, state=ReservationState.HELD).order_by("made_at", "id")


def balance_fen(account: str, *, until: dt.datetime | None = None) -> int:
    """Debits minus credits of the account, of what was booked before ``until``."""
    wanted = Q(account__key=account)
    if until is not None:
        wanted &= Q(transaction__booked_at__lt=until)
    return Posting.objects.filter(wanted).aggregate(total=Sum("amount_fen"))["total"] or 0


@dataclass(frozen=True)
class StatementLine:
    """A posting with what the account held after it (debits minus credits, fen)."""

    id: int
    reference: str
    booked_at: dt.datetime
    memo: str
    subject: str
    amount_fen: int
    balance_fen: int


def statement(account: str, *, limit: int = 50, before_id: int | None = None) -> list[StatementLine]:
    """The newest postings of an account first; ``before_id`` continues after the last one seen."""
    if not LedgerAccount.objects.filter(key=account).exists():
        raise NotFound()
    rows = (
        Posting.objects.filter(account__key=account, **({} if before_id is None else {"pk__lt": before_id}))
        .annotate(running=Window(Sum("amount_fen"), order_by="id"))
        .select_related("transaction")
        .order_by("-id")
    )
    return [
        StatementLine(
            id=row.pk,
            reference=row.transaction.reference,
            booked_at=row.transaction.booked_at,
            memo=row.transaction.memo,
            subject=row.transaction.subject,
            amount_fen=row.amount_fen,
            balance_fen=row.running,
        )
        for row in rows[:limit]
    ]


def out_of_step() -> list[Fund]:
    """Funds whose kept sums differ from their postings and reservations. Always empty; asked by tests and the console."""
    found = []
    for each in Fund.objects.order_by("key"):
        balance = -balance_fen(f"fund:{each.key}")
        reserved = held(each.key).aggregate(total=Sum("amount_fen"))["total"] or 0
        if (balance, reserved) != (each.balance_fen, each.reserved_fen):
            found.append(each)
    return found
