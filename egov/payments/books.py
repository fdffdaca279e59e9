"""What payments and refunds mean in the ledger: a gateway owes us what it took, departments' income belongs to them.

Accounts are made when they are first needed: ``gateway:<key>`` (asset), ``income:<department>`` (income),
``payments:surplus`` (liability: money that is not owed to us).
"""

from collections import Counter
from decimal import ROUND_DOWN, Decimal

from egov.kernel import money
from egov.kernel.actor import SYSTEM
from egov.kernel.refs import Ref
from egov.kernel.text import LocalisedText
from egov.ledger import actions as ledger
from egov.ledger.models import AccountKind
from egov.payments.models import BillLine, Payment, PaymentState, Refund
from egov.payments.registry import gateways

SURPLUS = "payments:surplus"
SURPLUS_NAME = {"zh-Hans": "暂收待退款", "en": "Received and not owed"}


def received(payment: Payment) -> None:
    """The gateway owes us the payment; each department has the income of its lines."""
    fen = money.to_fen(payment.amount)
    income = _shares(payment, fen)
    ledger.post(
        SYSTEM,
        postings=[(_gateway(payment), fen), *((account, -share) for account, share in income.items())],
        memo=payment.reference,
        subject=Ref("payment", payment.reference),
    )


def given_back(refund: Refund) -> None:
    """The reverse; of a case's part the department of that part gives it back, of the whole all in proportion."""
    fen = money.to_fen(refund.amount)
    debits = _shares(refund.payment, fen, subject=refund.subject)
    ledger.post(
        SYSTEM,
        postings=[*debits.items(), (_gateway(refund.payment), -fen)],
        memo=refund.reference,
        subject=Ref("refund", refund.reference),
    )


def _gateway(payment: Payment) -> str:
    key = f"gateway:{payment.gateway}"
    ledger.open_account(key=key, name=gateways.get(payment.gateway).name, kind=AccountKind.ASSET)
    return key


def _shares(payment: Payment, fen: int, *, subject: str = "") -> dict[str, int]:
    """Account → fen; shares in proportion to the lines, the last fen to the first lines."""
    if payment.state == PaymentState.SURPLUS:
        ledger.open_account(key=SURPLUS, name=SURPLUS_NAME, kind=AccountKind.LIABILITY)
        return {SURPLUS: fen}
    lines = BillLine.objects.filter(bill_id=payment.bill_id, **({"subject": subject} if subject else {}))
    weights: Counter[str] = Counter()
    for line in lines.select_related("department__party").order_by("pk"):
        weights[_income(line.department.key or str(line.department_id), line.department.full_name)] += money.to_fen(
            line.amount
        )
    return {account: share for account, share in split(fen, weights).items() if share}


def _income(key: str, name: LocalisedText) -> str:
    account = f"income:{key}"
    ledger.open_account(
        key=account,
        name={"zh-Hans": f"{name.get('zh-Hans', '')}非税收入", "en": f"Fees of {name.get('en', key)}"},
        kind=AccountKind.INCOME,
    )
    return account


def split(fen: int, weights: dict[str, int]) -> dict[str, int]:
    """``fen`` in proportion to ``weights`` (largest remainder), so that the shares add up exactly."""
    total = sum(weights.values())
    exact = {key: Decimal(fen) * weight / total for key, weight in weights.items()}
    shares = {key: int(value.to_integral_value(rounding=ROUND_DOWN)) for key, value in exact.items()}
    order = sorted(weights, key=lambda key: shares[key] - exact[key])
    for key in order[: fen - sum(shares.values())]:
        shares[key] += 1
    return shares
