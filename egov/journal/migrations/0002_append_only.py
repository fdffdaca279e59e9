"""The database itself keeps the journal: partitions by month, no change, no removal, nothing left unsealed."""

from django.db import migrations

from egov.kernel.partitions import partition_by_month

REFUSE = """
create function journal_refuse() returns trigger language plpgsql as $$
begin
  raise exception 'the journal is append-only: % on % is refused', tg_op, tg_table_name
    using errcode = 'restrict_violation';
end $$;
"""

# For each row and not for each statement: a row put straight into a partition is noted too.
NOTE = """
create function journal_note_unsealed() returns trigger language plpgsql as $$
begin
  insert into journal_unsealed (entry_id, entry_at) values (new.id, new.at);
  return null;
end $$;
create trigger journal_note after insert on journal_entry for each row execute function journal_note_unsealed();
"""

APPEND_ONLY = ("journal_entry", "journal_leaf", "journal_treenode", "journal_treehead")
# Row triggers pass on to partitions; those against truncate do not.
NOT_EMPTIED = (*APPEND_ONLY, "journal_entry_default", "journal_unsealed")

GUARDS = "".join(
    [
        *(
            f"create trigger {table}_kept before update or delete on {table} "
            "for each row execute function journal_refuse();\n"
            for table in APPEND_ONLY
        ),
        *(
            f"create trigger {table}_not_emptied before truncate on {table} "
            "for each statement execute function journal_refuse();\n"
            for table in NOT_EMPTIED
        ),
    ]
)

UNDO = "".join(
    [
        *(f"drop trigger {table}_not_emptied on {table};\n" for table in reversed(NOT_EMPTIED)),
        *(f"drop trigger {table}_kept on {table};\n" for table in reversed(APPEND_ONLY)),
    ]
)


class Migration(migrations.Migration):
    dependencies = [("journal", "0001_initial")]

    operations = [
        partition_by_month("journal_entry", "at"),
        migrations.RunSQL(sql=REFUSE, reverse_sql="drop function journal_refuse()"),
        migrations.RunSQL(
            sql=NOTE,
            reverse_sql="drop trigger journal_note on journal_entry; drop function journal_note_unsealed()",
        ),
        migrations.RunSQL(sql=GUARDS, reverse_sql=UNDO),
    ]
