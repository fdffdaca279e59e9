"""Acts and views are recorded once, without content, and the database refuses to change or remove them."""

import datetime as dt

import pytest
import structlog
from django.db import DatabaseError, connection, transaction

from egov.journal import actions, queries
from egov.journal.models import Entry, Unsealed
from egov.kernel import clock, partitions
from egov.kernel.actor import ANONYMOUS, SYSTEM, Actor, CapacityKind
from egov.kernel.idempotency import digest_of
from egov.kernel.refs import Ref

pytestmark = pytest.mark.django_db

OFFICER = Actor(
    kind=CapacityKind.POST, capacity="p-7", account_id=1, party_id=11, post_id=7, unit_id=3, department_id=5
)
CASE = Ref("case", "JZ-C-261124-00042-QU")
RESIDENT = Ref("party", "77")


def run(sql, *params):
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return cursor.fetchall() if cursor.description else cursor.rowcount


def test_an_entry_says_who_in_which_capacity_when_and_what(frozen, django_assert_num_queries):
    moment = frozen("2026-11-24 09:30")
    with django_assert_num_queries(1):
        entry = actions.record(OFFICER, "case.accept", CASE, RESIDENT, reason="complete", content={"grade": 5})
    stored = Entry.objects.get(pk=entry.pk)
    assert stored.at == moment
    assert (stored.kind, stored.action) == ("act", "case.accept")
    assert (stored.account_id, stored.party_id, stored.capacity, stored.department_id) == (1, 11, "p-7", 5)
    assert stored.refs == ["case:JZ-C-261124-00042-QU", "party:77"]
    assert stored.reason == "complete"


def test_of_the_content_only_the_digest_is_kept():
    entry = actions.record(OFFICER, "case.decide", CASE, content={"b": 1, "a": "林晓雯"})
    stored = Entry.objects.get(pk=entry.pk)
    assert bytes(stored.content_digest) == digest_of({"a": "林晓雯", "b": 1})
    columns = run("select journal_entry::text from journal_entry where id = %s", entry.pk)[0][0]
    assert "林晓雯" not in columns


def test_the_request_follows_into_the_journal():
    assert actions.record(OFFICER.with_request("r-1"), "x").request_id == "r-1"
    with structlog.contextvars.bound_contextvars(request_id="r-2"):
        assert actions.record(SYSTEM, "x").request_id == "r-2"


@pytest.mark.parametrize(("actor", "capacity"), [(SYSTEM, "system"), (ANONYMOUS, "anonymous")])
def test_nobody_acts_without_a_capacity(actor, capacity):
    assert actions.record(actor, "x").capacity == capacity


def test_many_acts_are_one_statement(django_assert_num_queries):
    acts = [(f"act{number}", [CASE], {"n": number}) for number in range(20)]
    with django_assert_num_queries(1):
        entries = actions.record_all(OFFICER, acts)
    assert [each.action for each in entries] == [name for name, _, _ in acts]
    assert Unsealed.objects.filter(entry_id__in=[each.pk for each in entries]).count() == 20


def test_a_list_is_one_entry_with_what_it_showed():
    entry = actions.record_list(OFFICER, [CASE, RESIDENT])
    assert entry.kind == "list"
    assert entry.refs == [str(CASE), str(RESIDENT)]
    assert actions.record_list(OFFICER, []) is None


def test_every_entry_waits_to_be_sealed_and_goes_with_its_transaction():
    entry = actions.record(OFFICER, "x", CASE)
    assert Unsealed.objects.get(entry_id=entry.pk).entry_at == entry.at
    before = Unsealed.objects.count()
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        actions.record(OFFICER, "y", CASE)
        raise ZeroDivisionError
    assert Unsealed.objects.count() == before


def test_a_row_put_straight_into_a_partition_is_noted_too():
    name = f"journal_entry_{clock.now():%Y%m}"
    ((entry_id,),) = run(
        f"insert into {name} (id, at, kind, action, capacity, reason, refs, content_digest, request_id) values "
        "(nextval(pg_get_serial_sequence('journal_entry', 'id')), %s, 'act', 'x', '', '', '{}', '', '') returning id",
        clock.now(),
    )
    assert Unsealed.objects.filter(entry_id=entry_id).exists()


@pytest.mark.parametrize(
    "statement",
    [
        "update {table} set action = 'other' where id = %(id)s",
        "delete from {table} where id = %(id)s",
        "truncate {table}",
    ],
)
@pytest.mark.parametrize("place", ["table", "partition", "default", "coming"])
def test_the_database_refuses_to_change_or_remove(statement, place):
    """Also through a partition, where PostgreSQL does not apply the table's guard against truncate by itself."""
    at = dt.datetime(2191, 1, 1, tzinfo=dt.UTC) if place == "default" else clock.now()
    entry = actions.record(OFFICER, "x", CASE)
    if place == "default":
        entry = Entry(at=at, kind="act", action="x", capacity="", refs=[], content_digest=b"")
        entry.save(force_insert=True)
    table = {
        "table": "journal_entry",
        "partition": f"journal_entry_{clock.now():%Y%m}",
        "default": "journal_entry_default",
        "coming": f"journal_entry_{clock.now():%Y%m}",
    }[place]
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement.format(table=table), {"id": entry.pk})


def test_months_made_later_are_guarded_too(time_machine):
    time_machine.move_to(dt.datetime(2031, 5, 5, tzinfo=dt.UTC))
    assert "journal_entry_203105" in partitions.extend(0)
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        run("truncate journal_entry_203105")


@pytest.mark.parametrize("table", ["journal_leaf", "journal_treenode", "journal_treehead"])
def test_the_log_refuses_too(table):
    values = {
        "journal_leaf": "insert into journal_leaf values (0, 1, now(), '')",
        "journal_treenode": "insert into journal_treenode (level, index, hash) values (1, 0, '')",
        "journal_treehead": "insert into journal_treehead values (1, '', now(), '', '')",
    }
    run(values[table])
    for statement in (f"delete from {table}", f"update {table} set hash = ''", f"truncate {table}"):
        if "hash" in statement and table == "journal_treehead":
            statement = statement.replace("hash", "root")
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            run(statement)


def test_the_list_of_waiting_entries_cannot_be_emptied():
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        run("truncate journal_unsealed")


def test_a_person_sees_who_saw_their_data():
    actions.record_view(OFFICER, CASE, RESIDENT, reason="case.review")
    actions.record(OFFICER, "case.accept", CASE, RESIDENT)  # an act is no view
    actions.record_view(OFFICER, Ref("case", "other"), Ref("party", "78"))  # somebody else's
    own = Actor(kind=CapacityKind.SELF, capacity="self", party_id=77, on_behalf_of_id=77)
    actions.record_view(own, CASE, RESIDENT)
    agent = Actor(kind=CapacityKind.AGENT, capacity="m-4", party_id=80, on_behalf_of_id=77)
    actions.record_view(agent, CASE, RESIDENT)
    other = Actor(kind=CapacityKind.POST, capacity="p-9", party_id=12, department_id=6)
    actions.record_list(other, [Ref("case", "x"), RESIDENT], reason="search")

    seen = queries.views_of(77)
    assert [(each.department_id, each.reason, each.refs) for each in seen] == [
        (6, "search", (Ref("case", "x"),)),
        (5, "case.review", (CASE,)),
    ]
    assert len(queries.views_of(77, limit=1)) == 1


def test_looking_for_a_person_uses_the_index():
    run("set local enable_seqscan = off")
    plan = queries.entries_about(RESIDENT).explain()
    assert "refs" in plan
    assert "Index" in plan
