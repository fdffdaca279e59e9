"""Funds: who may keep the books, what is refused, what a statement shows."""

from decimal import Decimal

import pytest

from egov.journal.models import Entry
from egov.kernel.actor import SYSTEM
from egov.kernel.errors import InvalidInput, NotFound, NotPermitted, TransitionNotAllowed
from egov.kernel.refs import Ref
from egov.ledger import actions, queries

BENEFIT = Ref("case", "JZ-C-TEST")

pytestmark = pytest.mark.django_db


@pytest.fixture
def fund(agency):
    actions.open_fund(SYSTEM, key="relief", name={"zh-Hans": "临时救助资金", "en": "Relief"}, owner_id=agency.pk)
    actions.deposit(SYSTEM, fund="relief", amount=Decimal("100.50"), memo="年初预算", subject=BENEFIT)
    return queries.fund("relief")


def test_money_promised_is_paid_or_comes_back(fund):
    kept = actions.reserve(SYSTEM, fund="relief", amount=Decimal("60.50"), subject=BENEFIT)
    dropped = actions.reserve(SYSTEM, fund="relief", amount=Decimal("40.00"), subject=BENEFIT)
    with pytest.raises(actions.FundTooLow) as refusal:
        actions.reserve(SYSTEM, fund="relief", amount=Decimal("0.01"), subject=BENEFIT)
    assert refusal.value.status == 409
    actions.release(SYSTEM, reservation_id=dropped.pk)
    booked = actions.use(SYSTEM, reservation_id=kept.pk, memo="救助金")
    fund = queries.fund("relief")
    assert (fund.balance_fen, fund.reserved_fen, fund.available_fen) == (4_000, 0, 4_000)
    assert queries.balance_fen(actions.BANK) == 4_000
    assert queries.balance_fen("fund:relief", until=booked.booked_at) == -10_050
    assert list(queries.held("relief")) == []


def test_a_statement_runs_backwards_with_its_balance(fund):
    for yuan in (1, 2, 3):
        actions.deposit(SYSTEM, fund="relief", amount=Decimal(yuan), memo=f"追加{yuan}", subject=BENEFIT)
    lines = queries.statement("fund:relief", limit=2)
    assert [(line.memo, line.amount_fen, line.balance_fen) for line in lines] == [
        ("追加3", -300, -10_650),
        ("追加2", -200, -10_350),
    ]
    rest = queries.statement("fund:relief", before_id=lines[-1].id)
    assert [line.memo for line in rest] == ["追加1", "年初预算"]
    with pytest.raises(NotFound):
        queries.statement("fund:none")


@pytest.mark.parametrize("amount", ["0", "-1", "0.005", "1.001"])
def test_an_amount_is_positive_and_whole_fen(fund, amount):
    with pytest.raises(InvalidInput):
        actions.reserve(SYSTEM, fund="relief", amount=Decimal(amount), subject=BENEFIT)


def test_postings_must_balance_and_name_accounts(fund):
    for postings in ([("fund:relief", 5)], [("fund:relief", 5), (actions.BANK, -4)], [("fund:relief", 0)] * 2):
        with pytest.raises(ValueError, match="sum to zero"):
            actions.post(SYSTEM, postings=postings, memo="", subject=BENEFIT)
    with pytest.raises(NotFound):
        actions.post(SYSTEM, postings=[("nobody", 5), (actions.BANK, -5)], memo="", subject=BENEFIT)


def test_only_an_empty_fund_is_closed_and_a_closed_one_takes_nothing(fund):
    with pytest.raises(TransitionNotAllowed):
        actions.close_fund(SYSTEM, fund="relief")
    back = [("fund:relief", 10_050), (actions.BANK, -10_050)]
    actions.post(SYSTEM, postings=back, memo="收回", subject=BENEFIT)
    actions.close_fund(SYSTEM, fund="relief")
    for act in (actions.close_fund, None):
        with pytest.raises(TransitionNotAllowed):
            if act:
                act(SYSTEM, fund="relief")
            else:
                actions.deposit(SYSTEM, fund="relief", amount=Decimal(1), memo="", subject=BENEFIT)
    with pytest.raises(TransitionNotAllowed):
        actions.reserve(SYSTEM, fund="relief", amount=Decimal(1), subject=BENEFIT)
    assert list(queries.funds()) == []


def test_a_key_is_used_once(fund, agency):
    with pytest.raises(InvalidInput):
        actions.open_fund(SYSTEM, key="relief", name={}, owner_id=agency.pk)
    with pytest.raises(NotFound):
        actions.reserve(SYSTEM, fund="none", amount=Decimal(1), subject=BENEFIT)


def test_books_are_kept_by_cashiers_and_promises_made_by_civil_servants(fund, agency, payer, acting_for, officer_of):
    reviewer, cashier, resident = officer_of(agency, "reviewer"), officer_of(agency, "cashier"), acting_for(payer)
    reservation = actions.reserve(reviewer, fund="relief", amount=Decimal(5), subject=BENEFIT)
    with pytest.raises(NotPermitted):
        actions.reserve(resident, fund="relief", amount=Decimal(5), subject=BENEFIT)
    for stranger in (resident, reviewer):
        for act in (
            lambda who: actions.open_fund(who, key="x", name={}, owner_id=agency.pk),
            lambda who: actions.close_fund(who, fund="relief"),
            lambda who: actions.deposit(who, fund="relief", amount=Decimal(1), memo="", subject=BENEFIT),
            lambda who: actions.release(who, reservation_id=reservation.pk),
            lambda who: actions.use(who, reservation_id=reservation.pk, memo=""),
        ):
            with pytest.raises(NotPermitted):
                act(stranger)
    actions.use(cashier, reservation_id=reservation.pk, memo="")


def test_every_movement_is_in_the_journal(fund):
    reservation = actions.reserve(SYSTEM, fund="relief", amount=Decimal(5), subject=BENEFIT)
    actions.use(SYSTEM, reservation_id=reservation.pk, memo="")
    recorded = list(Entry.objects.filter(refs__contains=[str(BENEFIT)]).values_list("action", flat=True).order_by("id"))
    assert recorded == ["ledger.post", "ledger.reserve", "ledger.use"]
