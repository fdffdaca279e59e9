"""Numbers without gaps, whatever is rolled back or runs at the same time."""

import threading

import pytest
from django.db import connection, transaction

from egov.kernel import counters


@pytest.mark.django_db(transaction=True)
def test_a_number_is_drawn_inside_a_transaction_only():
    with pytest.raises(transaction.TransactionManagementError):
        counters.next_value("receipts")


@pytest.mark.django_db
def test_series_are_apart_and_start_at_one():
    assert [counters.next_value("a"), counters.next_value("a"), counters.next_value("b")] == [1, 2, 1]


@pytest.mark.django_db(transaction=True)
def test_a_rollback_gives_the_number_back():
    with transaction.atomic():
        assert counters.next_value("receipts") == 1
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        assert counters.next_value("receipts") == 2
        raise ZeroDivisionError
    with transaction.atomic():
        assert counters.next_value("receipts") == 2


@pytest.mark.django_db(transaction=True)
def test_in_parallel_and_with_rollbacks_there_is_no_gap_and_no_double():
    kept: list[int] = []
    lock = threading.Lock()

    def work(worker):
        try:
            for turn in range(20):
                try:
                    with transaction.atomic():
                        number = counters.next_value("receipts")
                        if (worker + turn) % 5 == 0:
                            raise ZeroDivisionError
                except ZeroDivisionError:
                    continue
                with lock:
                    kept.append(number)
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=[n]) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(kept) == list(range(1, 65))
