"""The effects every service may name: what a decision pays, and what it ends."""

from decimal import Decimal

import pytest

from egov.casework import actions
from egov.casework.models import Decision
from egov.casework.registry import effects
from egov.identity import queries as identity
from egov.kernel import clock
from egov.kernel.actor import SYSTEM
from egov.kernel.refs import Ref
from egov.ledger import actions as ledger
from egov.ledger.actions import FundTooLow
from egov.payments.models import Disbursement
from egov.registers import actions as registers
from egov.registers.models import Holding

ACCOUNT = "6222 0200 0000 1234"


@pytest.fixture
def fund(casework):
    ledger.open_fund(SYSTEM, key="subsidies", name={"en": "Subsidies"}, owner_id=casework.department.pk)
    ledger.deposit(SYSTEM, fund="subsidies", amount=Decimal(3000), memo="", subject=Ref("fund", "subsidies"))


def paying(casework, **options):
    effect = {"key": "payments.order", "on": ["granted"], "options": {"fund": "subsidies", **options}}
    output = {"key": "money", "name": {"zh-Hans": "补助", "en": "Subsidy"}, "type": "money"}
    return casework.service("benefit", effects=[effect], outputs=[output])


def test_what_was_applied_for_is_ordered_to_the_account(casework, fund):
    answers = {"trade_name": "小馆", "sum": "1234.50", "bank_account": ACCOUNT}
    case = casework.decided(paying(casework, amount="sum"), answers=answers)
    order = Disbursement.objects.get(subject=f"case:{case.reference}")
    assert (order.amount, order.payee_id, order.state) == (Decimal("1234.50"), case.applicant_id, "requested")
    assert order.payee_account_masked == "…1234"
    decision = Decision.objects.get(case=case)
    assert decision.data["payment.amount"] == "1234.50"
    assert decision.letter.data["rows"] == [{"label": "补助", "value": "1,234.50元"}]


def test_an_amount_of_the_law_is_computed(casework, fund):
    service = paying(casework, formula="cn.skill-subsidy", inputs=["skill_level"], account="to")
    case = casework.decided(service, answers={"trade_name": "小馆", "skill_level": "4", "to": ACCOUNT})
    assert Disbursement.objects.get(subject=f"case:{case.reference}").amount == Decimal("1500.00")


def test_what_the_fund_cannot_pay_is_not_granted(casework, fund):
    answers = {"trade_name": "小馆", "sum": "3000.01", "bank_account": ACCOUNT}
    case = casework.drafted(paying(casework, amount="sum"), answers=answers)
    with pytest.raises(FundTooLow):
        actions.sign_decision(casework.head, case=case.reference)
    assert casework.again(case).state != "delivered"
    assert not Disbursement.objects.exists()


def test_a_refusal_pays_nothing(casework, fund):
    answers = {"trade_name": "小馆", "sum": "10.00", "bank_account": ACCOUNT}
    casework.decided(paying(casework, amount="sum"), outcome="refused", answers=answers)
    assert not Disbursement.objects.exists()


@pytest.mark.parametrize(
    ("options", "right"),
    [
        ({"fund": "f", "amount": "sum"}, True),
        ({"fund": "f", "formula": "cn.skill-subsidy", "inputs": ["level"]}, True),
        ({"fund": "f"}, False),
        ({"fund": "f", "amount": "sum", "formula": "cn.skill-subsidy", "inputs": []}, False),
        ({"amount": "sum"}, False),
    ],
)
def test_a_payment_names_its_fund_and_one_way_to_the_amount(options, right):
    assert (effects.get("payments.order").faults(options) == []) is right


HOLDS = [{"key": "registers.hold", "options": {"output": "account"}}]


def holds(case):
    return Holding.objects.filter(party_id=case.applicant_id, ended_at=None)


def test_a_cancellation_ends_what_was_held_of_the_service(casework):
    casework.decided(casework.service(code="T901", effects=HOLDS))
    other = casework.decided(casework.service(code="T902", effects=HOLDS))
    ends = [{"key": "registers.end", "options": {"services": ["T901"]}}]
    casework.decided(casework.service(effects=ends))
    assert [holding.service for holding in holds(other)] == ["T902"]


@pytest.mark.parametrize(("change", "left"), [("cancel", 0), ("change", 1)])
def test_a_change_ends_nothing(casework, change, left):
    held = casework.decided(casework.service(code="T901", effects=HOLDS))
    ends = [{"key": "registers.end", "options": {"services": ["T901"], "when": 'change == "cancel"'}}]
    casework.decided(casework.service(effects=ends), answers={"trade_name": "小馆", "change": change})
    assert holds(held).count() == left


def test_a_new_job_ends_what_the_employee_held_not_what_the_employer_does(casework, identities):
    employee = identities.person("王小明")
    number = identity.number_of(employee.pk, "cn.ric")
    for party_id in (employee.pk, casework.applicant.on_behalf_of_id):
        registers.hold(
            SYSTEM,
            party_id=party_id,
            service="T901",
            output="registration",
            source=Ref("import", str(party_id)),
            valid_from=clock.today(),
        )
    ends = [{"key": "registers.end", "options": {"services": ["T901"], "of": "employee"}}]
    for known in ("not a number", number):
        assert Holding.objects.filter(party_id=employee.pk, ended_at=None).exists()
        casework.decided(casework.service(effects=ends), answers={"trade_name": "小馆", "employee": known})
    assert Holding.objects.get(ended_at=None).party_id == casework.applicant.on_behalf_of_id
