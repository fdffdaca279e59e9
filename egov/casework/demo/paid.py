"""The past of payments that decisions ordered: promised at the decision, paid by the bank a day later."""

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import replace

from egov.casework.deciding import PAYMENT
from egov.casework.demo.writing import PastEffect, past_effects
from egov.casework.effects import payment_of
from egov.casework.moving import ref_of
from egov.journal.demo import PastAct, lay_entries
from egov.kernel import clock, money
from egov.kernel.refs import Ref
from egov.payments.demo import PastDisbursement, lay_disbursements

PAID_AFTER = dt.timedelta(days=1, hours=5)


def lay_paid(effects: Sequence[PastEffect]) -> None:
    """See ``casework.effects.order_payment``."""
    orders = [_order(effect) for effect in effects]
    lay_disbursements(orders)
    lay_entries(act for effect, order in zip(effects, orders, strict=True) for act in _acts(effect, order))
    for effect, order in zip(effects, orders, strict=True):
        effect.outputs[PAYMENT] = str(order.amount)


def _order(effect: PastEffect) -> PastDisbursement:
    case, made = effect.case, effect.tale.granting
    if made is None:
        raise ValueError("no decision was made")
    paid_at = made.at + PAID_AFTER
    return PastDisbursement(
        fund=effect.options["fund"],
        payee_id=case.applicant_id,
        account_number=case.answers[effect.options.get("account", "bank_account")].replace(" ", ""),
        amount=payment_of(case, effect.options, on=clock.local(made.at).date()),
        purpose=case.version.name,
        subject=ref_of(case),
        requested_at=made.at,
        settled_at=paid_at if paid_at < clock.now() else None,
    )


def _acts(effect: PastEffect, order: PastDisbursement) -> Iterator[PastAct]:
    promised = effect.note("ledger.reserve", order.payee_id, {"fen": money.to_fen(order.amount)})
    yield replace(promised, refs=[Ref("fund", order.fund), order.subject])
    content = {"fund": order.fund, "amount": str(order.amount)}
    yield effect.note("payments.request_disbursement", order.payee_id, content)


past_effects.add("payments.order", lay_paid)
