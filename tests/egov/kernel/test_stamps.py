"""What a process keeps in memory moves with the stamp, and nobody sees what is not committed."""

import threading

import pytest
from django.db import connection, transaction

from egov.kernel import stamps
from egov.kernel.stamps import Stamped


@pytest.fixture
def kept():
    each = Stamped("test")
    yield each
    Stamped._all.remove(each)


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
    other = Stamped("test")  # as another process has it
    other.get("k", source)
    with transaction.atomic():
        kept.moved()
    source.value = "new"
    assert other.get("k", source) == "old"
    monkeypatch.setattr(stamps, "SECONDS", -1.0)
    assert other.get("k", source) == "new"
    Stamped._all.remove(other)
