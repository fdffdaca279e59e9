"""Raising and cancelling bills."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from egov.journal import actions as journal
from egov.kernel import clock, money, references, writing
from egov.kernel.actor import Actor
from egov.kernel.errors import NotFound, NotPermitted, TransitionNotAllowed
from egov.kernel.refs import Ref
from egov.kernel.text import LocalisedText
from egov.payments.models import Bill, BillLine, BillState


@dataclass(frozen=True)
class BillLineSpec:
    """One item of a bill: for which case, to which department, how much (yuan) and on what basis."""

    subject: Ref
    department_id: int
    text: LocalisedText
    amount: Decimal
    basis: str = ""


def raise_bill(actor: Actor, *, payer_id: int, subject: Ref, lines: Sequence[BillLineSpec]) -> Bill:
    """Bill a party, in the caller's transaction (two inserts); the caller's journal entry covers it.

    Raises ``ValueError`` for a bill of nothing or a line below zero.
    """
    amounts = [money.rounded(line.amount) for line in lines]
    if sum(amounts, Decimal(0)) <= 0 or min(amounts) < 0:
        raise ValueError("a bill needs something to pay")
    bill = Bill(
        reference=references.draw("B"),
        payer_id=payer_id,
        subject=str(subject),
        total=sum(amounts, Decimal(0)),
        created_at=clock.now(),
    )
    writing.insert([bill])
    writing.insert(
        [
            BillLine(
                bill=bill,
                subject=str(line.subject),
                department_id=line.department_id,
                text=line.text,
                amount=amount,
                basis=line.basis[:200],
            )
            for line, amount in zip(lines, amounts, strict=True)
            if amount
        ]
    )
    return bill


@transaction.atomic
def cancel_bill(actor: Actor, *, bill: str) -> Bill:
    """Nothing is owed any more. For the platform, and for cashiers and heads of a department that the whole bill is for.

    Raises ``NotPermitted``; ``TransitionNotAllowed`` for a bill that is paid (that is refunded) or was cancelled before.
    """
    row = locked_bill(bill)
    of_others = row.lines.exclude(department_id=actor.department_id)
    if not may_decide(row, actor) or (not actor.is_system and of_others.exists()):
        raise NotPermitted()
    if row.state != BillState.OPEN:
        raise TransitionNotAllowed(_("Only an open bill can be cancelled."))
    row.state = BillState.CANCELLED
    row.save(update_fields=["state"])
    journal.record(actor, "payments.cancel_bill", Ref("bill", bill), Ref("party", str(row.payer_id)))
    return row


def may_decide(bill: Bill, actor: Actor) -> bool:
    """The platform, and cashiers and heads of the departments the bill is for."""
    if actor.is_system:
        return True
    role = any(actor.has_role(each) for each in ("cashier", "section_head", "department_head"))
    return actor.is_staff and role and bill.lines.filter(department_id=actor.department_id).exists()


def locked_bill(reference: str) -> Bill:
    """Raises ``NotFound``."""
    row = Bill.objects.select_for_update(of=("self",)).filter(reference=reference).first()
    if row is None:
        raise NotFound()
    return row
