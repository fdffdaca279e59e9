"""The database holds the book: balanced, append-only, never overdrawn, whoever writes and however."""

import threading
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from egov.kernel import clock, references
from egov.kernel.actor import SYSTEM
from egov.kernel.errors import TransitionNotAllowed
from egov.kernel.refs import Ref
from egov.ledger import actions, queries
from egov.ledger.models import Fund, LedgerAccount, Posting, Reservation, Transaction

BENEFIT = Ref("case", "JZ-C-TEST")


@pytest.fixture
def fund(agency):
    return actions.open_fund(SYSTEM, key="benefits", name={"zh-Hans": "失业保险基金"}, owner_id=agency.pk)


def deposit(yuan):
    return actions.deposit(SYSTEM, fund="benefits", amount=Decimal(yuan), memo="预算", subject=BENEFIT)


def by_hand(*postings):
    """Postings written past the actions."""
    booked = Transaction.objects.create(
        reference=references.draw("T"), booked_at=clock.now(), memo="", subject="test:1"
    )
    for account, fen in postings:
        Posting.objects.create(transaction=booked, account=account, amount_fen=fen)
    return booked


@pytest.fixture
def accounts(db):
    return [
        LedgerAccount.objects.create(key=f"test:{kind}", name={"en": kind}, kind=kind) for kind in ("asset", "income")
    ]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("amounts", [(), (100,), (100, -99), (100, 100)])
def test_a_transaction_that_does_not_balance_is_refused_at_commit(accounts, amounts):
    with pytest.raises(IntegrityError, match="does not balance"), transaction.atomic():
        by_hand(*zip(accounts, amounts, strict=False))
    assert not Transaction.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_nothing_is_posted_to_a_booked_transaction(accounts):
    with transaction.atomic():
        booked = by_hand((accounts[0], 100), (accounts[1], -100))
    with pytest.raises(IntegrityError, match="already booked"), transaction.atomic():
        for account, fen in zip(accounts, (5, -5), strict=True):
            Posting.objects.create(transaction=booked, account=account, amount_fen=fen)


@pytest.mark.django_db(transaction=True)
def test_postings_made_in_savepoints_belong_to_their_transaction(accounts):
    with transaction.atomic():
        with transaction.atomic():
            booked = by_hand((accounts[0], 100))
        with transaction.atomic():
            Posting.objects.create(transaction=booked, account=accounts[1], amount_fen=-100)
    assert booked.postings.count() == 2


@pytest.mark.django_db
@pytest.mark.parametrize("statement", ["update {} set id = id", "delete from {}", "truncate {} cascade"])
@pytest.mark.parametrize("table", ["ledger_transaction", "ledger_posting"])
def test_what_is_booked_stays(fund, statement, table):
    deposit(5)
    with (
        pytest.raises(IntegrityError, match="never changed or removed"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        # A deferred check that still waits would refuse a truncation for its own reason.
        cursor.execute("set constraints all immediate")
        cursor.execute(statement.format(table))


@pytest.mark.django_db
def test_an_account_keeps_its_fund(fund):
    with pytest.raises(IntegrityError), transaction.atomic():
        LedgerAccount.objects.filter(fund=fund).update(fund=None, kind="asset")


@pytest.mark.django_db
def test_nobody_sets_a_fund_by_hand(fund, agency):
    with pytest.raises(IntegrityError, match="follows its postings"), transaction.atomic():
        Fund.objects.filter(pk=fund.pk).update(balance_fen=1_000_000)
    with pytest.raises(IntegrityError, match="follows its postings"), transaction.atomic():
        Fund.objects.create(key="rich", owner=agency, balance_fen=1)


@pytest.mark.django_db
def test_an_ended_reservation_stays_ended(fund):
    deposit(10)
    reservation = actions.reserve(SYSTEM, fund="benefits", amount=Decimal(4), subject=BENEFIT)
    actions.release(SYSTEM, reservation_id=reservation.pk)
    for change in ({"state": "held", "ended_at": None}, {"state": "used"}, {"amount_fen": 1}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Reservation.objects.filter(pk=reservation.pk).update(**change)
    with pytest.raises(IntegrityError), transaction.atomic():
        Reservation.objects.all().delete()
    with pytest.raises(TransitionNotAllowed):
        actions.use(SYSTEM, reservation_id=reservation.pk, memo="")


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("first_commits", [True, False])
def test_of_two_parallel_reservations_for_the_last_yuan_one_wins(fund, first_commits):
    deposit(100)
    first_has_reserved, second_is_asking = threading.Event(), threading.Event()
    results = {}

    def first():
        try:
            with transaction.atomic():
                actions.reserve(SYSTEM, fund="benefits", amount=Decimal(60), subject=BENEFIT)
                first_has_reserved.set()
                second_is_asking.wait(5)
                _until_somebody_waits()
                if not first_commits:
                    raise ZeroDivisionError
            results["first"] = "held"
        except ZeroDivisionError:
            results["first"] = "rolled back"
        finally:
            connection.close()

    def second():
        first_has_reserved.wait(5)
        second_is_asking.set()
        try:
            actions.reserve(SYSTEM, fund="benefits", amount=Decimal(60), subject=BENEFIT)
            results["second"] = "held"
        except actions.FundTooLow:
            results["second"] = "refused"
        finally:
            connection.close()

    threads = [threading.Thread(target=each) for each in (first, second)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    expected = {"first": "held", "second": "refused"} if first_commits else {"first": "rolled back", "second": "held"}
    assert results == expected
    assert queries.fund("benefits").reserved_fen == 6_000


def _until_somebody_waits():
    with connection.cursor() as cursor:
        for _attempt in range(200):
            cursor.execute("select count(*), pg_sleep(0.02) from pg_locks where not granted")
            if cursor.fetchone()[0]:
                return
    raise AssertionError("the other one did not wait")


@pytest.mark.django_db(transaction=True)
def test_a_crowd_never_promises_more_than_there_is(fund):
    deposit(100)
    outcomes = []

    def ask():
        try:
            for _turn in range(4):
                try:
                    actions.reserve(SYSTEM, fund="benefits", amount=Decimal(7), subject=BENEFIT)
                    outcomes.append("held")
                except actions.FundTooLow:
                    outcomes.append("refused")
        finally:
            connection.close()

    threads = [threading.Thread(target=ask) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert outcomes.count("held") == 14
    assert outcomes.count("refused") == 10
    assert queries.fund("benefits").available_fen == 200


STEPS = st.lists(
    st.tuples(st.sampled_from(["deposit", "reserve", "release", "use", "withdraw"]), st.integers(1, 500)), max_size=14
)


@pytest.mark.django_db
@given(steps=STEPS)
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_sequence_of_acts_keeps_the_sums(fund, steps):
    """Against a model of three numbers in Python; each example is rolled back."""
    balance, held = 0, []
    with transaction.atomic():
        for act, fen in steps:
            amount = Decimal(fen) / 100
            if act == "deposit":
                deposit(amount)
                balance += fen
            elif act == "reserve":
                if balance - sum(each.amount_fen for each in held) < fen:
                    with pytest.raises(actions.FundTooLow):
                        actions.reserve(SYSTEM, fund="benefits", amount=amount, subject=BENEFIT)
                else:
                    held.append(actions.reserve(SYSTEM, fund="benefits", amount=amount, subject=BENEFIT))
            elif act == "withdraw":
                back = [("fund:benefits", fen), (actions.BANK, -fen)]
                actions._bank()
                if balance - sum(each.amount_fen for each in held) < fen:
                    with pytest.raises(actions.FundTooLow):
                        actions.post(SYSTEM, postings=back, memo="", subject=BENEFIT)
                else:
                    actions.post(SYSTEM, postings=back, memo="", subject=BENEFIT)
                    balance -= fen
            elif held:
                reservation = held.pop(fen % len(held))
                if act == "release":
                    actions.release(SYSTEM, reservation_id=reservation.pk)
                else:
                    actions.use(SYSTEM, reservation_id=reservation.pk, memo="")
                    balance -= reservation.amount_fen
            fund.refresh_from_db()
            assert (fund.balance_fen, fund.reserved_fen) == (balance, sum(each.amount_fen for each in held))
        assert queries.balance_fen(actions.BANK) == balance
        assert queries.out_of_step() == []
        with connection.cursor() as cursor:
            cursor.execute("set constraints all immediate")
        transaction.set_rollback(True)
