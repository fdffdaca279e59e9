"""Tables partitioned by month. A default partition catches what comes before its own partition exists."""

import datetime as dt
import re

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper
from django.db.migrations import RunSQL
from django.db.migrations.operations.base import Operation

from egov.kernel import clock
from egov.kernel.models import PartitionedTable

MONTHS_AHEAD = 3


def partition_by_month(table: str, column: str) -> Operation:
    """Migration operation: turn the (still empty) ``table`` into one partitioned by range of ``column``.

    The primary key becomes (id, column), as PostgreSQL demands; ids stay unique by their sequence.
    """
    return RunSQL(
        sql=f"""
        do $$
        declare idx record; defs text[] := '{{}}'; d text;
        begin
          for idx in select indexdef from pg_indexes
                     where schemaname = current_schema() and tablename = '{table}' and indexname not like '%_pkey'
          loop defs := defs || idx.indexdef; end loop;
          alter table {table} rename to {table}_old;
          create table {table} (like {table}_old including defaults including identity including constraints)
            partition by range ({column});
          drop table {table}_old;
          alter table {table} add primary key (id, {column});
          create table {table}_default partition of {table} default;
          foreach d in array defs loop execute d; end loop;
        end $$;
        insert into kernel_partitionedtable (table_name, column_name) values ('{table}', '{column}');
        """,
        reverse_sql=f"delete from kernel_partitionedtable where table_name = '{table}'",
    )


def installed() -> bool:
    """Whether the list of partitioned tables exists (not while the kernel's migration is undone)."""
    return PartitionedTable._meta.db_table in connection.introspection.table_names()


def extend(months_ahead: int = MONTHS_AHEAD, *, months_back: int = 0) -> list[str]:
    """Create this month's and the coming months' partitions where they are missing; names of those made.

    ``months_back`` also those of the past, for history that is brought in afterwards.
    A month whose rows already lie in the default partition is left there: correct, only not separate.
    """
    first = clock.today().replace(day=1)
    with transaction.atomic(), connection.cursor() as cursor:
        # Two workers that extend at once would both find the partition missing.
        cursor.execute("select pg_advisory_xact_lock(hashtext('kernel.partitions'))")
        cursor.execute("select table_name, column_name from kernel_partitionedtable order by table_name")
        return [
            name
            for table, column in cursor.fetchall()
            for ahead in range(-months_back, months_ahead + 1)
            if (name := _add_month(cursor, table, column, _plus_months(first, ahead)))
        ]


def _add_month(cursor: CursorWrapper, table: str, column: str, start: dt.date) -> str | None:
    end = _plus_months(start, 1)
    name = f"{table}_{start:%Y%m}"
    cursor.execute("select to_regclass(%s) is not null", [name])
    if cursor.fetchone()[0]:
        return None
    cursor.execute(f"select exists (select from {table}_default where {column} >= %s and {column} < %s)", [start, end])
    if cursor.fetchone()[0]:
        return None
    cursor.execute(
        f"create table {name} partition of {table} for values from (%s) to (%s)", [start.isoformat(), end.isoformat()]
    )
    _copy_truncate_triggers(cursor, table, name)
    return name


def _copy_truncate_triggers(cursor: CursorWrapper, table: str, partition: str) -> None:
    """PostgreSQL gives a partition the row triggers of its table, but not those that guard against truncate."""
    cursor.execute(
        "select pg_get_triggerdef(oid) from pg_trigger "
        "where tgrelid = %s::regclass and not tgisinternal and tgtype & 32 <> 0",  # 32: fires on truncate
        [table],
    )
    for (definition,) in cursor.fetchall():
        cursor.execute(re.sub(rf" ON (\w+\.)?{table} ", f" ON {partition} ", definition, count=1))


def _plus_months(day: dt.date, months: int) -> dt.date:
    index = day.year * 12 + day.month - 1 + months
    return dt.date(index // 12, index % 12 + 1, 1)
