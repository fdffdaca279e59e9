"""The effects every service may name: the party holds what was granted, holds it no more, or is paid."""

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from egov.casework.deciding import PAYMENT, valid_until
from egov.casework.models import Case, Decision
from egov.casework.moving import ref_of
from egov.casework.registry import Effect, effects
from egov.identity import queries as identity
from egov.kernel import clock
from egov.kernel.actor import Actor
from egov.law import queries as law
from egov.payments import actions as payments
from egov.registers import actions as registers


def hold(actor: Actor, case: Case, decision: Decision, options: dict[str, Any]) -> dict[str, Any]:
    """Record in the registers that the applicant holds the output; ``valid_to`` may be one of the answers."""
    today = clock.today()
    named = case.answers.get(options.get("valid_to_answer", ""))
    last = dt.date.fromisoformat(named) if named else valid_until(today, options.get("valid_years"))
    data = {name: case.answers.get(name) for name in options.get("answers", [])}
    registers.hold(
        actor,
        party_id=case.applicant_id,
        service=case.service.code,
        output=options["output"],
        source=ref_of(case),
        data={**data, **decision.data},
        valid_from=today,
        valid_to=last,
    )
    return {}


def end(actor: Actor, case: Case, decision: Decision, options: dict[str, Any]) -> dict[str, Any]:
    """End what the applicant, or the person whose identity number is the answer ``of``, holds of ``services``; with
    ``when`` only if that holds of the answers."""
    party_id = whose(case, options)
    if party_id is not None and law.holds(options.get("when", "true"), case.answers):
        registers.end_holdings(actor, party_id=party_id, services=options["services"])
    return {}


def whose(case: Case, options: Mapping[str, Any]) -> int | None:
    """The party whose holdings end; None for a person whom the register does not have."""
    if "of" not in options:
        return case.applicant_id
    found = identity.party_by_number("cn.ric", str(case.answers.get(options["of"], "")))
    return found.pk if found else None


def order_payment(actor: Actor, case: Case, decision: Decision, options: dict[str, Any]) -> dict[str, Any]:
    """Order a payment from ``fund`` to the account that the applicant named.

    Raises ``FundTooLow``: what cannot be paid cannot be granted.
    """
    amount = payment_of(case, options, on=clock.today())
    payments.request_disbursement(
        actor,
        fund=options["fund"],
        payee_id=case.applicant_id,
        account_number=case.answers[options.get("account", "bank_account")],
        amount=amount,
        purpose=case.version.name,
        subject=ref_of(case),
    )
    return {PAYMENT: str(amount)}


def payment_of(case: Case, options: Mapping[str, Any], *, on: dt.date) -> Decimal:
    """What is paid: the amount applied for, or what the law's formula gives for the answers named in ``inputs``."""
    if "formula" not in options:
        return Decimal(case.answers[options["amount"]])
    inputs = {name: case.answers[name] for name in options["inputs"]}
    result: Decimal = law.compute(options["formula"], on=on, region=case.region, inputs=inputs).values["amount"]
    return result


HOLD = effects.add(
    "registers.hold",
    Effect(
        key="registers.hold",
        apply=hold,
        options={
            "type": "object",
            "properties": {
                "output": {"type": "string", "minLength": 1},
                "valid_years": {"type": "integer", "minimum": 1},
                "valid_to_answer": {"type": "string"},
                "answers": {"type": "array", "items": {"type": "string"}},
            },
            "required": ["output"],
            "additionalProperties": False,
        },
    ),
)
END = effects.add(
    "registers.end",
    Effect(
        key="registers.end",
        apply=end,
        options={
            "type": "object",
            "properties": {
                "services": {"type": "array", "minItems": 1, "items": {"type": "string"}},
                "of": {"type": "string", "minLength": 1},
                "when": {"type": "string", "minLength": 1},
            },
            "required": ["services"],
            "additionalProperties": False,
        },
    ),
)
PAY = effects.add(
    "payments.order",
    Effect(
        key="payments.order",
        apply=order_payment,
        options={
            "type": "object",
            "properties": {
                "fund": {"type": "string", "minLength": 1},
                "amount": {"type": "string"},
                "formula": {"type": "string"},
                "inputs": {"type": "array", "items": {"type": "string"}},
                "account": {"type": "string"},
            },
            "required": ["fund"],
            "oneOf": [{"required": ["amount"]}, {"required": ["formula", "inputs"]}],
            "additionalProperties": False,
        },
    ),
)
