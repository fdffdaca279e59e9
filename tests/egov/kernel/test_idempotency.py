"""A repeated key with the same content gives the first result; with other content a clear refusal."""

import threading

import pytest
from django.db import connection, transaction
from hypothesis import given
from hypothesis import strategies as st

from egov.kernel import idempotency
from egov.kernel.errors import IdempotencyConflict
from egov.kernel.models import IdempotencyKey

CALL = {"scope": "submit", "owner": "party:1", "key": "k-1"}
DIGEST = idempotency.digest_of({"a": 1})


def record(result="JZ-1", **changes):
    with transaction.atomic():
        idempotency.record_result(**{**CALL, "digest": DIGEST, **changes}, result=result)


@pytest.mark.django_db
def test_the_first_result_comes_back():
    assert idempotency.earlier_result(**CALL, digest=DIGEST) is None
    record("JZ-1")
    assert idempotency.earlier_result(**CALL, digest=DIGEST) == "JZ-1"


@pytest.mark.django_db
def test_other_content_under_the_same_key_is_refused():
    record()
    with pytest.raises(IdempotencyConflict):
        idempotency.earlier_result(**CALL, digest=idempotency.digest_of({"a": 2}))


@pytest.mark.django_db
@pytest.mark.parametrize("change", [{"scope": "pay"}, {"owner": "party:2"}, {"key": "k-2"}])
def test_keys_of_others_do_not_meet(change):
    record()
    assert idempotency.earlier_result(**{**CALL, **change}, digest=DIGEST) is None


@pytest.mark.django_db(transaction=True)
def test_the_result_is_recorded_inside_the_act_only():
    with pytest.raises(transaction.TransactionManagementError):
        idempotency.record_result(**CALL, digest=DIGEST, result="JZ-1")


@pytest.mark.django_db(transaction=True)
def test_of_two_requests_at_the_same_moment_one_takes_effect():
    outcomes: list[str] = []
    barrier = threading.Barrier(2)

    def submit(name):
        try:
            with transaction.atomic():
                barrier.wait(10)
                idempotency.record_result(**CALL, digest=DIGEST, result=name)
            outcomes.append("done")
        except idempotency.AlreadyDone:
            outcomes.append("again")
        finally:
            connection.close()

    threads = [threading.Thread(target=submit, args=[name]) for name in ("first", "second")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert sorted(outcomes) == ["again", "done"]
    assert IdempotencyKey.objects.count() == 1


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@given(st.dictionaries(st.text(), json_values, max_size=5))
def test_the_order_of_keys_does_not_matter(content):
    turned = dict(reversed(content.items()))
    assert idempotency.digest_of(content) == idempotency.digest_of(turned)
