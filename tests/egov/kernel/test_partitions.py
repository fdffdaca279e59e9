"""Append-only tables lie in one partition per month, made ahead of time."""

import datetime as dt

import pytest
from django.db import connection, transaction

from egov.kernel import clock, outbox, partitions
from egov.kernel.models import OutboxMessage

pytestmark = pytest.mark.django_db


def query(sql, *params):
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return cursor.fetchall()


def partition_of(message):
    return query("select tableoid::regclass::text from kernel_outboxmessage where id = %s", message.pk)[0][0]


def message_at(moment):
    return OutboxMessage.objects.create(name="x", payload={}, emitted_at=moment, due_at=moment)


def partitions_of(table):
    return {
        name
        for (name,) in query("select inhrelid::regclass::text from pg_inherits where inhparent = %s::regclass", table)
    }


def test_the_server_is_the_one_the_product_is_built_on():
    assert connection.pg_version >= 180000


def test_the_outbox_is_partitioned_and_its_months_are_ready():
    first = clock.today().replace(day=1)
    names = {f"kernel_outboxmessage_{partitions._plus_months(first, n):%Y%m}" for n in range(4)}
    assert names <= partitions_of("kernel_outboxmessage")


def test_a_row_goes_into_the_partition_of_its_month_and_into_the_default_before_there_is_one():
    assert partition_of(message_at(clock.now())) == f"kernel_outboxmessage_{clock.now():%Y%m}"
    far = dt.datetime(2091, 7, 1, tzinfo=dt.UTC)
    assert partition_of(message_at(far)) == "kernel_outboxmessage_default"


def test_the_pending_index_and_the_key_are_on_every_partition():
    name = f"kernel_outboxmessage_{clock.now():%Y%m}"
    indexes = [definition for (definition,) in query("select indexdef from pg_indexes where tablename = %s", name)]
    assert any("(id, emitted_at)" in each and "UNIQUE" in each for each in indexes)
    assert any("(queue, due_at, id)" in each and "delivered_at IS NULL" in each for each in indexes)


def test_the_columns_keep_their_rules():
    """What Django made of the model is still there: not null, positive numbers, the generated key."""
    with pytest.raises(Exception, match="null value"), transaction.atomic():
        message_at(None)
    with pytest.raises(Exception, match="check constraint"), transaction.atomic():
        OutboxMessage.objects.create(name="x", payload={}, emitted_at=clock.now(), due_at=clock.now(), attempts=-1)
    assert message_at(clock.now()).pk != message_at(clock.now()).pk


def test_extending_makes_what_is_missing_and_nothing_twice(time_machine):
    time_machine.move_to(dt.datetime(2031, 11, 30, 12, tzinfo=dt.UTC))
    made = partitions.extend(2)
    assert {"kernel_outboxmessage_203111", "kernel_outboxmessage_203112", "kernel_outboxmessage_203201"} <= set(made)
    assert partitions.extend(2) == []


def test_past_months_get_partitions_when_history_is_brought_in(time_machine):
    time_machine.move_to(dt.datetime(2051, 2, 3, 12, tzinfo=dt.UTC))
    made = partitions.extend(0, months_back=2)
    assert {"kernel_outboxmessage_205012", "kernel_outboxmessage_205101", "kernel_outboxmessage_205102"} <= set(made)


def test_a_month_that_already_began_in_the_default_partition_stays_there(time_machine):
    stray = message_at(dt.datetime(2041, 5, 2, tzinfo=dt.UTC))
    time_machine.move_to(dt.datetime(2041, 5, 9, 12, tzinfo=dt.UTC))
    made = partitions.extend(1)
    assert "kernel_outboxmessage_204105" not in made
    assert "kernel_outboxmessage_204106" in made
    assert partition_of(stray) == "kernel_outboxmessage_default"


def test_delivery_touches_one_partition_only(django_assert_max_num_queries):
    message = message_at(clock.now())
    plan = query(
        "explain update kernel_outboxmessage set attempts = 1 where id = %s and emitted_at = %s",
        message.pk,
        message.emitted_at,
    )
    touched = [line for (line,) in plan if "Update on kernel_outboxmessage_" in line]
    assert len(touched) == 1
    outbox.deliver()
    message.refresh_from_db()
    assert message.delivered_at is not None


def test_references_come_from_a_sequence_of_blocks():
    assert query("select increment_by from pg_sequences where sequencename = 'kernel_reference_seq'") == [(50,)]


def test_the_extensions_are_there():
    found = {name for (name,) in query("select extname from pg_extension")}
    assert {"pg_trgm", "btree_gist", "unaccent"} <= found
