"""Bills are paid once, receipts have no gaps, what is told twice changes nothing."""

import json
import threading
from decimal import Decimal

import pytest
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from egov.identity.models import Organisation, OrganisationKind, Party, PartyKind
from egov.kernel import references
from egov.kernel.actor import SYSTEM, Actor, CapacityKind
from egov.kernel.errors import InvalidInput, NotFound, NotPermitted, TransitionNotAllowed
from egov.kernel.models import OutboxMessage
from egov.kernel.refs import Ref
from egov.ledger import actions as ledger
from egov.ledger.actions import FundTooLow
from egov.ledger.models import Fund
from egov.payments import actions, gateways, queries, rules
from egov.payments.actions import BillLineSpec
from egov.payments.models import Bill, Disbursement, FiscalReceipt, Payment, Refund
from egov.payments.registry import FileLine, Told

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def sandbox_folder(settings, tmp_path):
    settings.EGOV_SANDBOX_DIR = str(tmp_path)
    settings.EGOV_PAYMENT_GATEWAYS = ["sandbox"]


@pytest.fixture
def department() -> Organisation:
    party = Party.objects.create(kind=PartyKind.ORGANISATION, name="公安局")
    return Organisation.objects.create(
        party=party, kind=OrganisationKind.DEPARTMENT, key="jz.police", full_name={"zh-Hans": "公安局", "en": "Police"}
    )


@pytest.fixture
def payer() -> Party:
    return Party.objects.create(kind=PartyKind.PERSON, name="林晓雯")


def oneself(party: Party) -> Actor:
    return Actor(kind=CapacityKind.SELF, capacity="self", party_id=party.pk, on_behalf_of_id=party.pk)


def cashier(department: Organisation) -> Actor:
    return Actor(
        kind=CapacityKind.POST,
        capacity="p-1",
        party_id=9,
        post_id=1,
        department_id=department.pk,
        roles=frozenset({"cashier"}),
    )


def line(department: Organisation, amount: str = "40.00", case: str = "C1") -> BillLineSpec:
    return BillLineSpec(Ref("case", case), department.pk, {"zh-Hans": "补领工本费", "en": "Fee"}, Decimal(amount))


@pytest.fixture
def bill(department, payer) -> Bill:
    lines = [line(department), line(department, "12.50", "C2")]
    return actions.raise_bill(oneself(payer), payer_id=payer.pk, subject=Ref("submission", "S1"), lines=lines)


def begin(bill: Bill, payer: Party) -> Payment:
    actions.start_payment(oneself(payer), bill=bill.reference, gateway="sandbox", method="card")
    return bill.payments.latest("pk")


def paid(payment: Payment, reference: str = "SB1") -> Told:
    return Told(payment.reference, reference, 5250, succeeded=True)


def test_a_bill_is_the_sum_of_its_lines_in_two_statements(department, payer, django_assert_num_queries) -> None:
    references.forget_block()
    references.draw("B")  # a new block of numbers is drawn every fifty references; not here
    with django_assert_num_queries(2):
        bill = actions.raise_bill(
            oneself(payer), payer_id=payer.pk, subject=Ref("submission", "S1"), lines=[line(department)] * 3
        )
    assert bill.total == Decimal("120.00")


def test_a_bill_of_nothing_is_none(payer) -> None:
    with pytest.raises(ValueError, match="something to pay"):
        actions.raise_bill(oneself(payer), payer_id=payer.pk, subject=Ref("submission", "S1"), lines=[])


def test_only_the_payer_pays(bill, department, payer) -> None:
    stranger = Party.objects.create(kind=PartyKind.PERSON, name="赵启明")
    with pytest.raises(NotFound):
        actions.start_payment(oneself(stranger), bill=bill.reference, gateway="sandbox", method="card")
    with pytest.raises(NotFound):
        actions.start_payment(cashier(department), bill=bill.reference, gateway="sandbox", method="card")
    with pytest.raises(InvalidInput):
        actions.start_payment(oneself(payer), bill=bill.reference, gateway="sandbox", method="shells")


def test_there_are_two_ways_to_pay(settings) -> None:
    settings.EGOV_SANDBOX_GATEWAY_URL = "http://localhost:1"
    assert [way.value for way in queries.ways_to_pay()] == ["sandbox:card", "sandbox:wallet"]


def test_a_payment_told_twice_changes_nothing(bill, payer) -> None:
    payment = begin(bill, payer)
    for _ in range(3):
        actions.settle(gateway="sandbox", told=paid(payment))
    bill.refresh_from_db()
    assert (bill.state, FiscalReceipt.objects.count()) == ("paid", 1)
    assert OutboxMessage.objects.filter(name="bill_paid").count() == 1
    with pytest.raises(TransitionNotAllowed):
        begin(bill, payer)


def test_a_second_payment_of_one_bill_goes_back_by_itself(bill, payer) -> None:
    first, second = begin(bill, payer), begin(bill, payer)
    actions.settle(gateway="sandbox", told=paid(first))
    actions.settle(gateway="sandbox", told=paid(second, "SB2"))
    assert Refund.objects.get().payment_id == second.pk
    bill.refresh_from_db()
    assert bill.state == "paid"


def test_a_failed_payment_leaves_the_bill_open(bill, payer) -> None:
    payment = begin(bill, payer)
    actions.settle(gateway="sandbox", told=Told(payment.reference, "SB1", 5250, succeeded=False))
    bill.refresh_from_db()
    assert bill.state == "open"


def test_a_forged_callback_is_refused(bill, payer) -> None:
    body = json.dumps({"order": begin(bill, payer).reference, "id": "x", "amount": 5250, "status": "paid"}).encode()
    with pytest.raises(InvalidInput):
        actions.settle_callback(gateway="sandbox", body=body, signature="0" * 64)
    right = rules.signature(gateways.sandbox_secret(), body)
    assert actions.settle_callback(gateway="sandbox", body=body, signature=right).state == "succeeded"
    with pytest.raises(NotFound):
        actions.settle_callback(gateway="elsewhere", body=body, signature=right)


@pytest.mark.parametrize(
    "body", [b"", b"[]", b"{", b'{"order": 1}', b'{"order":"P","id":"1","amount":"x","status":""}']
)
def test_a_signed_but_malformed_callback_is_a_typed_error(body) -> None:
    with pytest.raises(InvalidInput):
        actions.settle_callback(
            gateway="sandbox", body=body, signature=rules.signature(gateways.sandbox_secret(), body)
        )


def test_receipt_numbers_have_no_gaps(department, payer) -> None:
    for n in range(3):
        bill = actions.raise_bill(
            oneself(payer), payer_id=payer.pk, subject=Ref("submission", f"S{n}"), lines=[line(department, "52.50")]
        )
        actions.settle(gateway="sandbox", told=paid(begin(bill, payer), f"SB{n}"))
    assert list(FiscalReceipt.objects.order_by("number").values_list("number", flat=True)) == [1, 2, 3]


def settled(bill: Bill, payer: Party) -> Payment:
    return actions.settle(gateway="sandbox", told=paid(begin(bill, payer)))


def test_no_more_goes_back_than_came_in(bill, payer, department) -> None:
    with pytest.raises(TransitionNotAllowed):
        actions.refund(SYSTEM, bill=bill.reference, amount=Decimal("1.00"), reason="x")
    settled(bill, payer)
    with pytest.raises(NotPermitted):
        actions.refund(oneself(payer), bill=bill.reference, amount=Decimal("1.00"), reason="x")
    actions.refund(
        cashier(department), bill=bill.reference, amount=Decimal("40.00"), reason="withdrawn", subject=Ref("case", "C1")
    )
    with pytest.raises(TransitionNotAllowed):
        actions.refund(SYSTEM, bill=bill.reference, amount=Decimal("12.51"), reason="x", subject=Ref("case", "C2"))
    with pytest.raises(TransitionNotAllowed):
        actions.refund(SYSTEM, bill=bill.reference, amount=Decimal("1.00"), reason="x", subject=Ref("case", "C1"))


@pytest.mark.parametrize(("before", "left"), [("52.50", "0.00"), ("30.00", "22.50"), ("5.00", "40.00")])
def test_a_part_that_falls_away_gives_back_what_has_not_gone_back_already(bill, payer, before, left) -> None:
    settled(bill, payer)
    actions.refund(SYSTEM, bill=bill.reference, amount=Decimal(before), reason="goodwill")
    back = actions.give_up(SYSTEM, subject=Ref("case", "C1"), reason="never begun")
    assert back == Decimal(left)
    assert sum(refund.amount for refund in Refund.objects.all()) == Decimal(before) + Decimal(left)


def test_a_refund_given_up_is_not_tried_again_when_its_money_went_back_otherwise(bill, payer) -> None:
    settled(bill, payer)
    whole = actions.refund(SYSTEM, bill=bill.reference, amount=Decimal("52.50"), reason="withdrawn")
    Refund.objects.filter(pk=whole.pk).update(state="failed")
    actions.refund(SYSTEM, bill=bill.reference, amount=Decimal("40.00"), reason="withdrawn", subject=Ref("case", "C1"))
    with pytest.raises(TransitionNotAllowed):
        actions.retry_refund(SYSTEM, refund=whole.reference)


def test_a_refund_is_sent_once_and_the_bill_says_so(bill, payer, monkeypatch) -> None:
    settled(bill, payer)
    actions.refund(SYSTEM, bill=bill.reference, amount=Decimal("52.50"), reason="withdrawn")
    calls = []
    monkeypatch.setattr(gateways, "_call", lambda path, body: calls.append(body) or {"id": "SR1"})
    assert actions.send_refunds() == 1
    assert actions.send_refunds() == 0
    bill.refresh_from_db()
    assert (bill.state, len(calls)) == ("refunded", 1)


def test_money_out_is_reserved_at_once_and_refused_when_the_fund_lacks_it(department, payer) -> None:
    ledger.open_fund(SYSTEM, key="benefit", name={"en": "Benefit"}, owner_id=department.pk)
    ledger.deposit(SYSTEM, fund="benefit", amount=Decimal("100.00"), memo="budget", subject=Ref("budget", "1"))

    def ask(amount: str) -> Disbursement:
        return actions.request_disbursement(
            SYSTEM,
            fund="benefit",
            payee_id=payer.pk,
            account_number="6222020000001234",
            amount=Decimal(amount),
            purpose={"en": "benefit"},
            subject=Ref("case", "C1"),
        )

    first = ask("60.00")
    assert first.payee_account_masked == "…1234"
    with pytest.raises(FundTooLow):
        ask("60.00")
    actions.settle_disbursement(SYSTEM, disbursement=first.reference)
    second = ask("40.00")
    actions.return_disbursement(SYSTEM, disbursement=second.reference, reason="wrong account")
    with pytest.raises(TransitionNotAllowed):
        actions.settle_disbursement(SYSTEM, disbursement=second.reference)
    fund = Fund.objects.get(key="benefit")
    assert (fund.balance_fen, fund.reserved_fen) == (4000, 0)


def test_the_days_books_agree_or_the_difference_is_kept(bill, payer, monkeypatch) -> None:
    from egov.kernel.clock import today

    payment = settled(bill, payer)
    ghost = FileLine("P-GHOST", "SB9", 100)
    monkeypatch.setattr(
        gateways,
        "_call",
        lambda path, body: {"lines": [[payment.reference, "SB1", 5250], [ghost.reference, "SB9", 100]]},
    )
    row = actions.reconcile(SYSTEM, gateway="sandbox", day=today())
    assert row.differences == [{"reference": "P-GHOST", "ours": None, "theirs": 100}]
    assert actions.reconcile(SYSTEM, gateway="sandbox", day=today()).pk == row.pk


def test_a_lost_callback_is_found_in_the_file(bill, payer, monkeypatch) -> None:
    from egov.kernel.clock import today

    payment = begin(bill, payer)
    monkeypatch.setattr(gateways, "_call", lambda path, body: {"lines": [[payment.reference, "SB1", 5250]]})
    assert actions.reconcile(SYSTEM, gateway="sandbox", day=today()).differences == []
    bill.refresh_from_db()
    assert bill.state == "paid"


@pytest.mark.django_db(transaction=True)
def test_two_callbacks_at_once_pay_once(department, payer) -> None:
    bill = actions.raise_bill(
        oneself(payer), payer_id=payer.pk, subject=Ref("submission", "S1"), lines=[line(department, "52.50")]
    )
    payment = begin(bill, payer)
    barrier = threading.Barrier(2)

    def tell() -> None:
        barrier.wait()
        try:
            actions.settle(gateway="sandbox", told=paid(payment))
        finally:
            connection.close()

    threads = [threading.Thread(target=tell) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert FiscalReceipt.objects.count() == 1


@pytest.mark.parametrize(
    ("fen", "words"),
    [
        (4000, "肆拾元整"),
        (5250, "伍拾贰元伍角"),
        (123450, "壹仟贰佰叁拾肆元伍角"),
        (100000001, "壹佰万元零壹分"),
        (1000500, "壹万零伍元整"),
        (10, "壹角"),
        (0, "零元整"),
        (1010, "壹拾元壹角"),
        (100100, "壹仟零壹元整"),
    ],
)
def test_amounts_in_capitals(fen: int, words: str) -> None:
    assert rules.in_capitals(fen) == words


@given(st.dictionaries(st.text(min_size=1, max_size=3), st.integers(-500, 500), max_size=6))
def test_equal_books_never_differ(book: dict[str, int]) -> None:
    assert rules.differences(book, dict(book)) == []
