"""Moving money in the book. Every function runs in the caller's transaction or in one of its own, whole or not at all.

The sums of a fund are the database's business: no function here adds or subtracts.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from decimal import Decimal

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from egov.journal import actions as journal
from egov.kernel import clock, money, references
from egov.kernel.actor import Actor
from egov.kernel.errors import EgovError, InvalidInput, NotFound, NotPermitted, TransitionNotAllowed
from egov.kernel.refs import Ref
from egov.kernel.text import LocalisedText
from egov.ledger.models import AccountKind, Fund, LedgerAccount, Posting, Reservation, ReservationState, Transaction

BANK = "treasury:bank"
BANK_NAME = {"zh-Hans": "国库单一账户", "en": "Treasury single account"}


class FundTooLow(EgovError):
    """The fund does not hold enough for what is asked of it."""

    code = "fund_too_low"
    status = 409
    message = _("The fund does not hold enough for this.")
    way_out = _("Ask the treasury to raise the fund's budget.")


@transaction.atomic
def open_fund(actor: Actor, *, key: str, name: LocalisedText, owner_id: int) -> Fund:
    """A new, empty fund with its account (``fund:<key>``). Raises ``InvalidInput`` when the key is taken."""
    _may_keep_books(actor)
    if Fund.objects.filter(key=key).exists():
        raise InvalidInput.at("key", "taken", _("There is already a fund of this name."))
    fund = Fund.objects.create(key=key, name=name, owner_id=owner_id)
    LedgerAccount.objects.create(key=account_of(key), name=name, kind=AccountKind.FUND, fund=fund)
    journal.record(actor, "ledger.open_fund", Ref("fund", key), Ref("party", str(owner_id)), content={"name": name})
    return fund


@transaction.atomic
def close_fund(actor: Actor, *, fund: str) -> Fund:
    """Close an empty fund. Raises ``TransitionNotAllowed`` while it holds or has promised money."""
    _may_keep_books(actor)
    row = _locked_fund(fund)
    if row.closed_at or row.balance_fen or row.reserved_fen:
        raise TransitionNotAllowed(_("Only an open fund that holds nothing can be closed."))
    row.closed_at = clock.now()
    row.save(update_fields=["closed_at"])
    journal.record(actor, "ledger.close_fund", Ref("fund", fund))
    return row


def open_account(*, key: str, name: LocalisedText, kind: AccountKind) -> LedgerAccount:
    """The account under ``key``, made when it is missing. Safe when two ask at once."""
    account, _made = LedgerAccount.objects.get_or_create(key=key, defaults={"name": name, "kind": kind})
    return account


def deposit(actor: Actor, *, fund: str, amount: Decimal, memo: str, subject: Ref, source: str = BANK) -> Transaction:
    """Put ``amount`` (yuan) from the account ``source`` at the disposal of the fund."""
    fen = _fen(amount)
    if source == BANK:
        _bank()
    return post(actor, postings=[(source, fen), (account_of(fund), -fen)], memo=memo, subject=subject)


@transaction.atomic
def post(actor: Actor, *, postings: Sequence[tuple[str, int]], memo: str, subject: Ref) -> Transaction:
    """Book ``postings`` (account key, whole fen, debit positive) as one transaction.

    Raises ``ValueError`` when they do not balance, ``NotFound`` for an unknown account, ``FundTooLow``,
    ``TransitionNotAllowed`` for a closed fund.
    """
    _may_keep_books(actor)
    booked = _book(postings, memo=memo, subject=subject)
    journal.record(
        actor, "ledger.post", Ref("transaction", booked.reference), subject, content={"postings": list(postings)}
    )
    return booked


@transaction.atomic
def reserve(actor: Actor, *, fund: str, amount: Decimal, subject: Ref) -> Reservation:
    """Promise ``amount`` (yuan) from the fund, in the caller's transaction: decision and promise stand or fall together.

    Whoever calls has checked that the actor may decide what the money is for; here only civil servants and the
    platform itself may promise. Raises ``FundTooLow``: of two that ask for the last yuan, one is refused.
    """
    if not (actor.is_system or actor.is_staff):
        raise NotPermitted()
    row = Fund.objects.filter(key=fund).first()
    if row is None:
        raise NotFound(_("There is no such fund."))
    if row.closed_at:
        raise TransitionNotAllowed(_("The fund is closed."))
    with refusing():
        reservation = Reservation.objects.create(
            fund=row, amount_fen=_fen(amount), subject=str(subject), made_at=clock.now()
        )
    journal.record(actor, "ledger.reserve", Ref("fund", fund), subject, content={"fen": reservation.amount_fen})
    return reservation


@transaction.atomic
def release(actor: Actor, *, reservation_id: int) -> Reservation:
    """Give promised money back to the fund. Raises ``TransitionNotAllowed`` when the promise has ended."""
    _may_keep_books(actor)
    reservation = _locked_reservation(reservation_id)
    _end(reservation, ReservationState.RELEASED)
    journal.record(actor, "ledger.release", Ref("fund", reservation.fund.key), Ref.parse(reservation.subject))
    return reservation


@transaction.atomic
def use(actor: Actor, *, reservation_id: int, memo: str, pay_from: str = BANK) -> Transaction:
    """Pay what was promised: the fund shrinks by it and ``pay_from`` with it."""
    _may_keep_books(actor)
    reservation = _locked_reservation(reservation_id)
    _end(reservation, ReservationState.USED)
    fen, key = reservation.amount_fen, reservation.fund.key
    subject = Ref.parse(reservation.subject)
    if pay_from == BANK:
        _bank()
    booked = _book([(account_of(key), fen), (pay_from, -fen)], memo=memo, subject=subject)
    journal.record(
        actor, "ledger.use", Ref("fund", key), Ref("transaction", booked.reference), subject, content={"fen": fen}
    )
    return booked


def account_of(fund: str) -> str:
    """The key of the account that moves the fund."""
    return f"fund:{fund}"


# --- Parts -----------------------------------------------------------------------------------------


def _may_keep_books(actor: Actor) -> None:
    if not (actor.is_system or (actor.is_staff and actor.has_role("cashier"))):
        raise NotPermitted()


def _fen(amount: Decimal) -> int:
    if amount != money.rounded(amount) or amount <= 0:
        raise InvalidInput.at("amount", "not_an_amount", _("Give an amount above zero, in yuan and whole fen."))
    return money.to_fen(amount)


def _bank() -> None:
    open_account(key=BANK, name=BANK_NAME, kind=AccountKind.ASSET)


def _locked_fund(key: str) -> Fund:
    fund = Fund.objects.select_for_update().filter(key=key).first()
    if fund is None:
        raise NotFound(_("There is no such fund."))
    return fund


def _locked_reservation(reservation_id: int) -> Reservation:
    reservation = (
        Reservation.objects.select_for_update(of=("self",)).select_related("fund").filter(pk=reservation_id).first()
    )
    if reservation is None:
        raise NotFound()
    return reservation


def _end(reservation: Reservation, state: ReservationState) -> None:
    if reservation.state != ReservationState.HELD:
        raise TransitionNotAllowed(_("This promise has already ended."))
    reservation.state = state
    reservation.ended_at = clock.now()
    reservation.save(update_fields=["state", "ended_at"])


def _book(postings: Sequence[tuple[str, int]], *, memo: str, subject: Ref) -> Transaction:
    if len(postings) < 2 or sum(fen for _key, fen in postings) != 0 or not all(fen for _key, fen in postings):
        raise ValueError("postings must be two or more, none of them zero, and sum to zero")
    accounts = LedgerAccount.objects.select_related("fund").in_bulk({key for key, _fen in postings}, field_name="key")
    missing = {key for key, _fen in postings} - accounts.keys()
    if missing:
        raise NotFound(_("There is no such account."))
    if any(account.fund and account.fund.closed_at for account in accounts.values()):
        raise TransitionNotAllowed(_("The fund is closed."))
    booked = Transaction.objects.create(
        reference=references.draw("T"), booked_at=clock.now(), memo=memo[:200], subject=str(subject)
    )
    # Always in the order of accounts, so that two transactions never wait for each other's funds.
    rows = sorted(((accounts[key].pk, fen) for key, fen in postings))
    with refusing():
        Posting.objects.bulk_create(
            Posting(transaction=booked, account_id=account_id, amount_fen=fen) for account_id, fen in rows
        )
    return booked


@contextmanager
def refusing() -> Iterator[None]:
    """The database's refusal as the person is told it."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        if "fund_never_overdrawn" in str(error):
            raise FundTooLow() from error
        raise
