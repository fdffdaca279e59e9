"""Rows of an act go in one round trip; nobody misses what was written before; keys and foreign keys are right."""

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from egov.identity.models import Account
from egov.kernel import clock, writing
from egov.kernel.models import Counter, IdempotencyKey, OutboxMessage
from egov.matters.models import Dependency, Matter, Member

pytestmark = pytest.mark.django_db


def key(name: str, digest: bytes = b"d") -> IdempotencyKey:
    return IdempotencyKey(scope="test", owner="1", key=name, digest=digest, result="r", created_at=clock.now())


def test_a_row_is_as_save_would_have_written_it():
    (row,) = writing.insert([key("%s and 'quotes'", b"\x00\xff")])
    found = IdempotencyKey.objects.get(pk=row.pk)
    assert (found.key, bytes(found.digest)) == ("%s and 'quotes'", b"\x00\xff")
    assert not row._state.adding
    row.result = "changed"
    row.save()
    assert IdempotencyKey.objects.get().result == "changed"


def test_every_kind_of_value_comes_back(identities):
    row = Matter(
        reference="M-1",
        applicant=identities.person().party,
        capacity="self",
        title={"zh-Hans": "“引号”", "en": "a; b\n'c'"},
        opened_at=clock.now(),
    )
    writing.insert([row])
    found = Matter.objects.get()
    assert (found.title, found.opened_at, found.closed_at, found.filed_by_id) == (row.title, row.opened_at, None, None)
    (message,) = writing.insert(
        [OutboxMessage(emitted_at=clock.now(), due_at=clock.now(), name="n", payload=[1, None])]
    )
    assert OutboxMessage.objects.get(pk=message.pk).payload == [1, None]


def test_many_rows_of_one_table_keep_their_order():
    rows = writing.insert([key(f"k{number}") for number in range(50)])
    assert dict(IdempotencyKey.objects.values_list("pk", "key")) == {row.pk: row.key for row in rows}


def test_nothing_is_no_statement(django_assert_num_queries):
    with django_assert_num_queries(0), writing.together():
        assert writing.insert([]) == []


@pytest.fixture
def a_service(services):
    return services.publish().service


def test_together_is_one_statement_and_rows_find_each_other(identities, a_service):
    party = identities.person().party
    matters = [
        Matter(reference=f"M-{n}", applicant=party, capacity="self", title={}, opened_at=clock.now()) for n in range(3)
    ]
    with CaptureQueriesContext(connection) as captured, writing.together():
        writing.insert(matters)
        members = writing.insert(
            [Member(matter=matter, key=key, service=a_service) for matter in reversed(matters) for key in ("a", "b")]
        )
        writing.insert([Dependency(matter=matters[0], before=members[4], after=members[5])])
        writing.insert([key("x")])
    assert len(captured) == 1
    assert {row.matter.reference: row.matter_id for row in Member.objects.select_related("matter")} == {
        row.reference: row.pk for row in matters
    }
    edge = Dependency.objects.get()
    assert (edge.matter_id, edge.before_id, edge.after_id) == (matters[0].pk, members[4].pk, members[5].pk)
    assert all(member.matter_id == member.matter.pk for member in members)


def test_whoever_asks_meanwhile_finds_what_was_written():
    with CaptureQueriesContext(connection) as captured, writing.together():
        writing.insert([key("a")])
        assert IdempotencyKey.objects.filter(key="a").exists()
        writing.insert([key("b")])
        with transaction.atomic():
            assert IdempotencyKey.objects.count() == 2
    assert [query["sql"].split()[0].lower() for query in captured] == [
        *("insert", "select", "insert", "savepoint", "select", "release")
    ]


def test_a_block_inside_another_writes_with_it():
    with CaptureQueriesContext(connection) as captured, writing.together():
        with writing.together():
            writing.insert([key("a")])
        writing.insert([Counter(key="c")])
    assert len(captured) == 1


def test_what_is_refused_is_refused_at_the_end_and_nothing_stays():
    writing.insert([key("a")])
    with pytest.raises(IntegrityError), transaction.atomic(), writing.together():
        writing.insert([Counter(key="c")])
        writing.insert([key("a")])
    assert not Counter.objects.filter(key="c").exists()
    writing.insert([key("b")])
    assert IdempotencyKey.objects.count() == 2


def test_a_block_that_fails_writes_nothing():
    with pytest.raises(ZeroDivisionError), writing.together():
        writing.insert([key("a")])
        raise ZeroDivisionError
    assert not IdempotencyKey.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_together_needs_a_transaction():
    with pytest.raises(transaction.TransactionManagementError), writing.together():
        pass


def test_a_table_with_moments_that_only_save_sets_is_refused():
    field = Account._meta.get_field("date_joined")
    before, field.auto_now_add = getattr(field, "auto_now_add", False), True
    writing._table.cache_clear()
    try:
        with pytest.raises(TypeError, match="save"):
            writing.insert([Account(username="x")])
    finally:
        field.auto_now_add = before
        writing._table.cache_clear()
