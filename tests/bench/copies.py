"""Many cases from few: what lies in the tables of casework is copied in SQL, under numbers, applicants and days of its own.

The originals went through the actions, so every row is one the product itself writes; unique keys, indexes and checks
hold for the copies as for any row. Triggers and the look-up of foreign keys are off meanwhile.
"""

import datetime as dt
import io
import random
from collections.abc import Sequence
from dataclasses import dataclass, field

from django.conf import settings
from django.db import connection, models, transaction
from django.db.models import Max

from egov.casework.models import Case, CaseFile, Decision, Transition
from egov.deadlines.models import Clock
from egov.documents.models import IssuedDocument
from egov.intake.models import Submission
from egov.journal.models import Entry
from egov.kernel import clock
from egov.kernel.references import check_characters
from egov.matters.models import Matter, Member
from egov.notices.models import Notice
from egov.work.models import ItemEvent, Plan, Step, WorkItem

TABLES: tuple[type[models.Model], ...] = (
    *(Matter, Case, CaseFile, Transition, Clock, Plan, Step, WorkItem, ItemEvent, IssuedDocument, Decision),
    *(Member, Submission, Notice, Entry),
)
# Columns that hold a reference, a ``Ref`` ("case:…"), or the id of the applicant.
REFERENCES = {"reference", "matter", "submission", "case"}
SUBJECTS = {"subject"}
PEOPLE = {"applicant_id", "filed_by_id", "recipient_id", "holder_id", "by_party_id", "on_behalf_of_id", "party_id"}


@dataclass
class Originals:
    """What stood in the tables before; rows that came since are the originals."""

    after: dict[type[models.Model], int] = field(default_factory=dict)

    @classmethod
    def begin(cls) -> "Originals":
        return cls({model: _last(model) for model in TABLES})


def _last(model: type[models.Model]) -> int:
    return int(model._default_manager.aggregate(last=Max("pk"))["last"] or 0)


def multiply(
    originals: Originals,
    *,
    times: int,
    applicant: int,
    people: Sequence[int],
    days: tuple[int, int],
    rng: random.Random,
) -> None:
    """``times`` copies of every row that came since ``originals``, each time for the next of ``people``.

    The first copy lies ``days[0]`` days back, the last one ``days[1]``.
    """
    strides = {model: _last(model) - originals.after[model] for model in TABLES}
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("set local session_replication_role = replica")
        cursor.execute("set local statement_timeout = 0")
        cursor.execute("set local work_mem = '128MB'")
        _plan_copies(cursor, originals, times, people, days, rng)
        for model in TABLES:
            if strides[model]:
                cursor.execute(_insert(model, strides), {"applicant": applicant, "after": originals.after[model]})
                _move_sequence(cursor, model)


def _plan_copies(cursor, originals, times, people, days, rng) -> None:  # type: ignore[no-untyped-def]
    """Tables of this transaction: one row per copy, and which reference becomes which in it."""
    cursor.execute("create temp table bench_copy (k bigint primary key, party bigint, back interval) on commit drop")
    first, last = days
    rows = [
        f"{k}\t{people[k % len(people)]}\t{(first + (last - first) * k / times) * 86400 + rng.randrange(36000):.0f} seconds"
        for k in range(1, times + 1)
    ]
    cursor.copy_expert("copy bench_copy from stdin", io.StringIO("\n".join(rows)))
    cursor.execute("create temp table bench_reference (old text, k bigint, new text) on commit drop")
    lines, number = [], 0
    cursor.execute("select coalesce(last_value, 0) from kernel_reference_seq")
    start = cursor.fetchone()[0] + 1_000
    for old in _references(originals):
        kind = old.split("-")[1]
        for k in range(1, times + 1):
            number += 1
            day = clock.today() - dt.timedelta(days=int(first + (last - first) * k / times))
            body = f"{settings.EGOV_REFERENCE_PREFIX}-{kind}-{day:%y%m%d}-{start + number:05d}"
            lines.append(f"{old}\t{k}\t{body}-{check_characters(body)}")
    cursor.copy_expert("copy bench_reference from stdin", io.StringIO("\n".join(lines)))
    cursor.execute("create unique index on bench_reference (old, k) include (new)")
    cursor.execute("select setval('kernel_reference_seq', %s)", [start + number + 1_000])
    cursor.execute("analyze bench_copy")
    cursor.execute("analyze bench_reference")


def _references(originals: Originals) -> list[str]:
    found: list[str] = []
    for model in (Matter, Case, Submission, IssuedDocument):
        rows = model._default_manager.filter(pk__gt=originals.after[model])
        found += rows.values_list("reference", flat=True)
    return found


def _insert(model: type[models.Model], strides: dict[type[models.Model], int]) -> str:
    fields = model._meta.concrete_fields
    columns = ", ".join(f'"{each.column}"' for each in fields)
    values = ", ".join(_value(model, each, strides) for each in fields)
    table = model._meta.db_table
    return (
        f"insert into {table} ({columns}) select {values} "
        f"from bench_copy n cross join {table} t where t.id > %(after)s order by n.k, t.id"
    )


def _value(model: type[models.Model], column: models.Field, strides: dict[type[models.Model], int]) -> str:  # type: ignore[type-arg]
    name = f't."{column.column}"'
    target = column.related_model if column.is_relation else None
    if column.primary_key:
        return f"{name} + n.k * {strides[model]}"
    if target in strides:
        return f"{name} + n.k * {strides[target]}"  # type: ignore[index]
    if column.column in PEOPLE:
        return _party(name)
    if column.column in REFERENCES:
        return _reference(name)
    if column.column in SUBJECTS:
        return f"split_part({name}, ':', 1) || ':' || " + _reference(f"split_part({name}, ':', 2)")
    if isinstance(column, models.DateTimeField):
        return f"{name} - n.back"
    if isinstance(column, models.DateField):
        return f"({name} - n.back)::date"
    return _special(model, column, name)


def _special(model: type[models.Model], column: models.Field, name: str) -> str:  # type: ignore[type-arg]
    special = {
        (Plan, "excluded_persons"): f"array_replace({name}, %(applicant)s, n.party)",
        (WorkItem, "excluded_persons"): f"replace({name}::text, %(applicant)s::text, n.party::text)::jsonb",
        (Entry, "refs"): f"(select array_agg({_ref_in('each')} order by place) "
        f"from unnest({name}) with ordinality u(each, place))",
        (Notice, "key"): f"{name} || '~' || n.k",
        (IssuedDocument, "code"): f"upper(substr(md5({name} || n.k), 1, 16))",
        (IssuedDocument, "number"): f"case when {name} = '' then '' else {name} || '~' || n.k end",
    }
    return special.get((model, column.column), name)


def _party(name: str) -> str:
    return f"case when {name} = %(applicant)s then n.party else {name} end"


def _reference(name: str) -> str:
    return f"coalesce((select r.new from bench_reference r where r.old = {name} and r.k = n.k), {name})"


def _ref_in(name: str) -> str:
    key = f"split_part({name}, ':', 2)"
    return (
        f"case when {name} = 'party:' || %(applicant)s then 'party:' || n.party "
        f"else split_part({name}, ':', 1) || ':' || {_reference(key)} end"
    )


def _move_sequence(cursor, model) -> None:  # type: ignore[no-untyped-def]
    table = model._meta.db_table
    cursor.execute(f"select setval(pg_get_serial_sequence('{table}', 'id'), (select max(id) from {table}))")
