"""What a process keeps in memory moves with the stamp, and nobody sees what is not committed."""

import threading
import time

import pytest
from django.db import connection, transaction

from egov.kernel import counters, memory
from egov.kernel.memory import Kept


@pytest.fixture
def kept():
    each = Kept("test")
    yield each
    Kept._all.remove(each)


class Source:
    def __init__(self, value):
        self.value, self.reads = value, 0

    def __call__(self):
        self.reads += 1
        return self.value


def elsewhere(action):
    """Run in another thread with its own connection."""
    found = []

    def run():
        try:
            found.append(action())
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    return found[0]


@pytest.mark.django_db
def test_a_value_is_loaded_once_and_the_stamp_asked_once(kept, django_assert_num_queries):
    source = Source("a")
    with django_assert_num_queries(1):
        assert [kept.get("k", source) for _ in range(5)] == ["a"] * 5
    assert source.reads == 1


@pytest.mark.django_db
def test_what_could_not_be_loaded_is_tried_again(kept):
    with pytest.raises(LookupError):
        kept.get("k", lambda: {}["x"])
    assert kept.get("k", lambda: 7) == 7


@pytest.mark.django_db
def test_who_changes_sees_the_change_at_once_and_keeps_it(kept, django_assert_num_queries):
    source = Source("old")
    kept.get("k", source)
    kept.moved()
    source.value = "new"
    with django_assert_num_queries(0):
        assert [kept.get("k", source), kept.get("k", source)] == ["new", "new"]
    assert source.reads == 2


@pytest.mark.django_db(transaction=True)
def test_others_see_it_after_the_commit_only(kept):
    source = Source("old")
    kept.get("k", source)
    with transaction.atomic():
        kept.moved()
        source.value = "new"
        assert kept.get("k", source) == "new"
        assert elsewhere(lambda: kept.get("k", Source("must not be read"))) == "old"
    assert elsewhere(lambda: kept.get("k", source)) == "new"


@pytest.mark.django_db(transaction=True)
def test_a_change_rolled_back_leaves_nothing(kept):
    source = Source("old")
    kept.get("k", source)
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        kept.moved()
        assert kept.get("k", Source("new")) == "new"
        raise ZeroDivisionError
    assert kept.get("k", source) == "old"


@pytest.mark.django_db(transaction=True)
def test_another_process_notices_when_the_time_is_up(kept, monkeypatch):
    source = Source("old")
    kept.get("k", source)
    with transaction.atomic():
        counters.next_value(kept.name)  # all that another process leaves behind
    source.value = "new"
    assert kept.get("k", source) == "old"
    monkeypatch.setattr(memory, "SECONDS", -1.0)
    assert kept.get("k", source) == "new"


@pytest.mark.django_db
def test_all_stamps_are_asked_in_one_statement(kept, django_assert_num_queries):
    second = Kept("second")
    with django_assert_num_queries(1):
        kept.get("k", lambda: 1)
        second.get("k", lambda: 1)
    Kept._all.remove(second)


@pytest.mark.django_db
def test_the_change_of_one_leaves_the_others(kept):
    second = Kept("second")
    second.get("k", lambda: "old")
    kept.moved()
    assert second.get("k", lambda: "must not be read") == "old"
    Kept._all.remove(second)


@pytest.mark.django_db(transaction=True)
def test_many_threads_load_it_once(kept):
    gate, loads = threading.Barrier(8), []

    def slow():
        time.sleep(0.05)
        loads.append(1)
        return 1

    def ask():
        gate.wait()
        kept.get("k", slow)
        connection.close()

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert loads == [1]


@pytest.mark.django_db
def test_a_table_is_a_function_whose_result_is_kept(kept):
    loads = []

    @kept.table
    def places():
        """Where people live."""
        loads.append(1)
        return {"990102": "Linjiang"}

    assert places() == places() == {"990102": "Linjiang"}
    assert places.__doc__ == "Where people live."
    kept.moved()
    places()
    assert len(loads) == 2


@pytest.mark.django_db
def test_all_can_be_forgotten_at_once(kept):
    kept.get("k", lambda: "old")
    Kept.forget_all()
    assert kept.get("k", lambda: "new") == "new"


def test_what_has_no_stamp_is_kept_for_its_time_without_a_statement(monkeypatch):
    measured = Kept("measured", seconds=60)
    assert measured.get("k", lambda: 1) == measured.get("k", lambda: 2) == 1
    later = time.monotonic() + 61
    monkeypatch.setattr(time, "monotonic", lambda: later)
    assert measured.get("k", lambda: 2) == measured.get("k", lambda: 3) == 2
    Kept._all.remove(measured)
