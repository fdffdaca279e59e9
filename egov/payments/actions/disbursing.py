"""Money out of a fund: promised when it is decided, used when the bank has paid, released when it comes back."""

from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from egov.contracts.money import DisbursementReturned, DisbursementSettled
from egov.journal import actions as journal
from egov.kernel import clock, money, outbox, references, secrets
from egov.kernel.actor import Actor
from egov.kernel.errors import InvalidInput, NotFound, TransitionNotAllowed
from egov.kernel.refs import Ref
from egov.kernel.text import LocalisedText, localise
from egov.ledger import actions as ledger
from egov.payments.models import Disbursement, DisbursementState


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
    """Promise ``amount`` (yuan) from a fund in the caller's transaction: decision and promise stand or fall together.

    Raises ``FundTooLow`` when the fund lacks it, ``InvalidInput`` without an account to pay to.
    """
    number = "".join(account_number.split())
    if not number:
        raise InvalidInput.at("account_number", "required", _("Give the account to pay to."))
    reservation = ledger.reserve(actor, fund=fund, amount=amount, subject=subject)
    row = Disbursement.objects.create(
        reference=references.draw("X"),
        fund_id=reservation.fund_id,
        reservation=reservation,
        payee_id=payee_id,
        payee_account=secrets.encrypt(number),
        payee_account_masked=f"…{number[-4:]}",
        amount=amount,
        purpose=purpose,
        subject=str(subject),
        requested_at=clock.now(),
    )
    journal.record(
        actor,
        "payments.request_disbursement",
        Ref("disbursement", row.reference),
        Ref("party", str(payee_id)),
        subject,
        content={"fund": fund, "amount": str(amount)},
    )
    return row


@transaction.atomic
def settle_disbursement(actor: Actor, *, disbursement: str) -> Disbursement:
    """The bank paid. For whoever keeps the books (``ledger.use`` asks)."""
    row = _open(disbursement)
    ledger.use(actor, reservation_id=row.reservation_id, memo=localise(row.purpose, "zh-Hans"))
    _end(actor, row, DisbursementState.SETTLED)
    outbox.emit(
        DisbursementSettled(
            disbursement=row.reference,
            subject=row.subject,
            amount_fen=money.to_fen(row.amount),
            payee_id=row.payee_id,
        )
    )
    return row


@transaction.atomic
def return_disbursement(actor: Actor, *, disbursement: str, reason: str) -> Disbursement:
    """The bank refused the account, or the treasury stopped it: the fund has the money again."""
    row = _open(disbursement)
    ledger.release(actor, reservation_id=row.reservation_id)
    row.return_reason = reason[:200]
    _end(actor, row, DisbursementState.RETURNED)
    outbox.emit(
        DisbursementReturned(
            disbursement=row.reference,
            subject=row.subject,
            amount_fen=money.to_fen(row.amount),
            reason=row.return_reason,
            payee_id=row.payee_id,
        )
    )
    return row


def _open(reference: str) -> Disbursement:
    row = Disbursement.objects.select_for_update(of=("self",)).filter(reference=reference).first()
    if row is None:
        raise NotFound()
    if row.state != DisbursementState.REQUESTED:
        raise TransitionNotAllowed(_("This payment has ended."))
    return row


def _end(actor: Actor, row: Disbursement, state: DisbursementState) -> None:
    row.state, row.ended_at = state, clock.now()
    row.save(update_fields=["state", "ended_at", "return_reason"])
    journal.record(
        actor,
        f"payments.disbursement_{state}",
        Ref("disbursement", row.reference),
        Ref("party", str(row.payee_id)),
        Ref.parse(row.subject),
        content={"reason": row.return_reason},
    )
