"""What a process keeps for a short time: loaded once, forgotten when told, never older than its time."""

import threading
import time

import pytest
from django.db import transaction

from egov.kernel.memory import Kept


@pytest.fixture
def loads():
    return []


@pytest.fixture
def kept(loads):
    def load():
        loads.append(len(loads))
        return loads[-1]

    value = Kept(load, seconds=60)
    yield value
    Kept._all.remove(value)


def test_it_is_loaded_once(kept, loads):
    assert [kept() for _ in range(3)] == [0, 0, 0]


def test_after_its_time_it_is_loaded_anew(kept, monkeypatch):
    kept()
    later = time.monotonic() + 61
    monkeypatch.setattr(time, "monotonic", lambda: later)
    assert kept() == 1
    assert kept() == 1


@pytest.mark.django_db(transaction=True)
def test_forgotten_in_a_transaction_it_is_forgotten_again_when_that_is_committed(kept):
    """Another thread may have loaded the old state meanwhile."""
    kept()
    with transaction.atomic():
        kept.forget()
        assert kept() == 1
    assert kept() == 2


@pytest.mark.django_db
def test_all_can_be_forgotten_at_once(kept):
    kept()
    Kept.forget_all()
    assert kept() == 1


def test_many_threads_load_it_once(loads):
    gate = threading.Barrier(8)

    def slow():
        time.sleep(0.05)
        loads.append(1)
        return 1

    value = Kept(slow)

    def ask():
        gate.wait()
        value()

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    Kept._all.remove(value)
    assert loads == [1]


def test_what_could_not_be_loaded_is_tried_again(kept, loads):
    failing = Kept(lambda: 1 / 0)
    for _ in range(2):
        with pytest.raises(ZeroDivisionError):
            failing()
    Kept._all.remove(failing)
