"""Every yuan that comes in or goes back is in the ledger; amounts in words say the same as figures."""

import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from egov.kernel.actor import SYSTEM
from egov.kernel.errors import InvalidInput, NotPermitted, TransitionNotAllowed
from egov.kernel.refs import Ref
from egov.ledger import queries as ledger
from egov.payments import actions, books, gateways, queries, rules
from egov.payments.models import FiscalReceipt, PaymentState, Refund
from egov.payments.registry import Returned, Told


@pytest.fixture(autouse=True)
def sandbox(settings):
    settings.EGOV_PAYMENT_GATEWAYS = ["sandbox"]


@pytest.fixture
def two_departments(agency, an_agency):
    return agency, an_agency("望山区公安局", "Wangshan Police")


@pytest.fixture
def bill(payer, two_departments):
    lines = [
        actions.BillLineSpec(Ref("case", f"C{number}"), department.pk, {"zh-Hans": "工本费"}, Decimal(amount))
        for number, (department, amount) in enumerate(zip(two_departments, ("40.00", "12.50"), strict=True))
    ]
    return actions.raise_bill(SYSTEM, payer_id=payer.pk, subject=Ref("submission", "S1"), lines=lines)


@pytest.fixture
def begin(payer, acting_for):
    def start(bill):
        actions.start_payment(acting_for(payer), bill=bill.reference, gateway="sandbox", method="card")
        return bill.payments.latest("pk")

    return start


def receive(payment, fen=5250, number="SB1"):
    return actions.settle(gateway="sandbox", told=Told(payment.reference, number, fen, succeeded=True))


def balances(departments):
    gateway = ledger.balance_fen("gateway:sandbox")
    return gateway, *(ledger.balance_fen(f"income:{each.key}") for each in departments)


@pytest.fixture
def taken(monkeypatch):
    """Refunds that the gateway took."""
    calls = []

    def take(key, payment, amount):
        calls.append((key, payment, amount))
        return Returned(f"SR-{key}")

    monkeypatch.setattr(
        gateways, "_call", lambda _path, body: {"id": take(body["key"], "", body["amount"]).gateway_reference}
    )
    return calls


@pytest.mark.django_db
def test_each_department_has_the_income_of_its_lines(bill, begin, two_departments, taken):
    receive(begin(bill))
    assert balances(two_departments) == (5250, -4000, -1250)
    actions.refund(SYSTEM, bill=bill.reference, amount=Decimal("12.50"), reason="撤回", subject=Ref("case", "C1"))
    assert actions.send_refunds() == 1
    assert balances(two_departments) == (4000, -4000, 0)
    assert actions.send_refunds() == 0
    assert len(taken) == 1


@pytest.mark.django_db
def test_money_that_is_not_owed_is_held_apart_and_goes_back(bill, begin, two_departments, taken):
    first, second, third = begin(bill), begin(bill), begin(bill)
    receive(first)
    surplus = receive(second, number="SB2")
    wrong = receive(third, fen=100, number="SB3")
    assert {surplus.state, wrong.state} == {PaymentState.SURPLUS}
    assert ledger.balance_fen(books.SURPLUS) == -5350
    assert actions.send_refunds() == 2
    assert ledger.balance_fen(books.SURPLUS) == 0
    assert balances(two_departments) == (5250, -4000, -1250)
    assert sorted(Refund.objects.values_list("amount", flat=True)) == [Decimal("1.00"), Decimal("52.50")]
    bill.refresh_from_db()
    assert bill.state == "paid"
    assert FiscalReceipt.objects.count() == 1


@pytest.mark.django_db
def test_a_wrong_amount_leaves_the_bill_to_be_paid(bill, begin):
    receive(begin(bill), fen=1)
    bill.refresh_from_db()
    assert bill.state == "open"
    receive(begin(bill), number="SB2")
    bill.refresh_from_db()
    assert bill.state == "paid"


@pytest.mark.django_db
def test_a_cancelled_bill_that_was_paid_meanwhile_is_given_back(bill, begin, taken):
    payment = begin(bill)
    actions.cancel_bill(SYSTEM, bill=bill.reference)
    assert receive(payment).state == PaymentState.SURPLUS
    assert actions.send_refunds() == 1
    with pytest.raises(TransitionNotAllowed):
        actions.cancel_bill(SYSTEM, bill=bill.reference)


@pytest.mark.django_db
def test_one_refund_that_fails_does_not_hold_up_the_others(bill, begin, monkeypatch, frozen, payer, agency):
    moment = frozen("2026-03-02 09:00")
    receive(begin(bill))
    for case in ("C0", "C1"):
        actions.refund(SYSTEM, bill=bill.reference, amount=Decimal("10.00"), reason="", subject=Ref("case", case))
    bad = Refund.objects.earliest("pk").reference

    def call(_path, body):
        if body["key"] == bad:
            raise OSError("reset")
        return {"id": "SR1"}

    monkeypatch.setattr(gateways, "_call", call)
    assert actions.send_refunds() == 1
    assert actions.send_refunds() == 0
    for _attempt in range(20):
        moment = frozen(moment + dt.timedelta(days=1))
        actions.send_refunds()
    refund = Refund.objects.get(reference=bad)
    assert refund.state == PaymentState.FAILED
    assert "reset" in refund.last_error
    assert list(queries.refunds_given_up()) == [refund]
    actions.retry_refund(SYSTEM, refund=bad)
    monkeypatch.setattr(gateways, "_call", lambda _path, _body: {"id": "SR2"})
    assert actions.send_refunds() == 1
    with pytest.raises(TransitionNotAllowed):
        actions.retry_refund(SYSTEM, refund=bad)


@pytest.mark.django_db
def test_at_most_a_case_part_goes_back_for_the_case(bill, begin):
    receive(begin(bill))
    with pytest.raises(TransitionNotAllowed):
        actions.refund(SYSTEM, bill=bill.reference, amount=Decimal("12.51"), reason="", subject=Ref("case", "C1"))
    for amount in ("0", "-1", "0.001"):
        with pytest.raises(InvalidInput):
            actions.refund(SYSTEM, bill=bill.reference, amount=Decimal(amount), reason="")


@pytest.mark.django_db
def test_money_at_the_counter(bill, agency, an_agency, officer_of, taken):
    with pytest.raises(NotPermitted):
        actions.pay_at_counter(officer_of(an_agency("江州市财政局"), "cashier"), bill=bill.reference)
    with pytest.raises(InvalidInput):
        actions.pay_at_counter(officer_of(agency, "cashier"), bill=bill.reference, method="shells")
    payment = actions.pay_at_counter(officer_of(agency, "cashier"), bill=bill.reference, method="cash")
    bill.refresh_from_db()
    assert (payment.state, bill.state) == ("succeeded", "paid")
    assert ledger.balance_fen("gateway:counter") == 5250
    actions.refund(SYSTEM, bill=bill.reference, amount=Decimal("52.50"), reason="")
    assert actions.send_refunds() == 1
    bill.refresh_from_db()
    assert bill.state == "refunded"
    assert taken == []
    assert "counter" not in {way.value.partition(":")[0] for way in queries.ways_to_pay()}


@given(
    st.integers(1, 10**9),
    st.dictionaries(st.text(min_size=1, max_size=3), st.integers(1, 10**7), min_size=1, max_size=6),
)
def test_shares_add_up_and_stay_close(fen, weights):
    shares = books.split(fen, weights)
    assert sum(shares.values()) == fen
    total = sum(weights.values())
    assert all(abs(shares[key] - Decimal(fen) * weights[key] / total) < 1 for key in weights)


_DIGITS = {digit: value for value, digit in enumerate("零壹贰叁肆伍陆柒捌玖")}
_UNITS = {"拾": 10, "佰": 100, "仟": 1000}


def read_capitals(words):
    """Back to fen, as a bank clerk reads it."""
    total, section, digit = 0, 0, 0
    yuan = 0
    for each in words.rstrip("整"):
        if each in _DIGITS:
            digit = _DIGITS[each]
        elif each in _UNITS:
            section, digit = section + digit * _UNITS[each], 0
        elif each == "万":
            total, section, digit = total + (section + digit) * 10_000, 0, 0
        elif each == "亿":
            total, section, digit = (total + section + digit) * 100_000_000, 0, 0
        elif each == "元":
            yuan, total, section, digit = total + section + digit, 0, 0, 0
        elif each == "角":
            total, digit = total + digit * 10, 0
        elif each == "分":
            total, digit = total + digit, 0
    return yuan * 100 + total


@given(st.integers(0, 10**13))
def test_words_and_figures_say_the_same(fen):
    words = rules.in_capitals(fen)
    assert read_capitals(words) == fen
    assert "零零" not in words
    assert words.endswith(("整", "角", "分"))
