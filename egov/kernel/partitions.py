"""Tables partitioned by month. A default partition catches what comes before its own partition exists."""

import datetime as dt

from django.db import connection
from django.db.migrations import RunSQL
from django.db.migrations.operations.base import Operation

from egov.kernel import clock

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


def extend(months_ahead: int = MONTHS_AHEAD) -> list[str]:
    """Create this month's and the coming months' partitions where they are missing; names of those made.

    A month whose rows already lie in the default partition is left there: correct, only not separate.
    """
    made = []
    first = clock.today().replace(day=1)
    with connection.cursor() as cursor:
        cursor.execute("select table_name, column_name from kernel_partitionedtable order by table_name")
        for table, column in cursor.fetchall():
            for ahead in range(months_ahead + 1):
                start = _plus_months(first, ahead)
                end = _plus_months(start, 1)
                name = f"{table}_{start:%Y%m}"
                cursor.execute("select to_regclass(%s)", [name])
                if cursor.fetchone()[0] is not None:
                    continue
                cursor.execute(
                    f"select exists (select from {table}_default where {column} >= %s and {column} < %s)", [start, end]
                )
                if cursor.fetchone()[0]:
                    continue
                cursor.execute(
                    f"create table {name} partition of {table} for values from (%s) to (%s)",
                    [start.isoformat(), end.isoformat()],
                )
                made.append(name)
    return made


def _plus_months(day: dt.date, months: int) -> dt.date:
    index = day.year * 12 + day.month - 1 + months
    return dt.date(index // 12, index % 12 + 1, 1)
