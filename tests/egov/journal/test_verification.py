"""Whatever is altered, added or removed with superuser rights is found, and the finding says where."""

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from egov.journal import actions, keys, queries, rules
from egov.journal.models import Entry, Leaf
from egov.journal.verification import verify
from egov.kernel.actor import SYSTEM
from egov.kernel.refs import Ref

pytestmark = pytest.mark.django_db

TABLES = ("journal_entry", "journal_leaf", "journal_treenode", "journal_treehead", "journal_unsealed")


@pytest.fixture
def entries(journal_key):
    """Eleven sealed entries under the heads of 4, 8 and 11, and one that waits."""
    made = []
    for count in (4, 4, 3):
        made += actions.record_all(SYSTEM, [("case.accept", [Ref("case", str(n))], None) for n in range(count)])
        actions.seal_pending()
    actions.record(SYSTEM, "waiting")
    assert verify().intact
    return made


def as_superuser(*statements):
    """What somebody does who may switch the guards off."""
    with connection.cursor() as cursor:
        # Deferred checks of this very transaction would be in the way of ALTER TABLE.
        cursor.execute("set constraints all immediate")
        for table in TABLES:
            cursor.execute(f"alter table {table} disable trigger user")
        for statement, *params in statements:
            cursor.execute(statement, params)
        for table in TABLES:
            cursor.execute(f"alter table {table} enable trigger user")


def found():
    return [(each.kind, each.text) for each in verify().findings]


def test_an_intact_journal(entries, capsys):
    report = verify()
    assert (report.size, report.heads, report.waiting) == (11, 3, 1)
    call_command("verify_journal")
    assert "intact: 11 entries sealed under 3 signed heads, 1 waiting" in capsys.readouterr().out


def test_an_empty_journal_is_intact(journal_key):
    assert verify().intact


@pytest.mark.parametrize(
    "change",
    [
        "action = 'case.refuse'",
        "at = at + interval '1 microsecond'",
        "party_id = 5",
        "refs = array['case:other']",
        "reason = 'x'",
        "capacity = 'p-1'",
        "content_digest = '\\x00'",
        "department_id = 3",
        "kind = 'view'",
    ],
)
def test_an_altered_entry_is_named(entries, change):
    victim = entries[5]
    as_superuser((f"update journal_entry set {change} where id = %s", victim.pk))
    findings = found()
    assert findings[0][0] in ("entry_altered", "entry_removed")
    assert f"entry {victim.pk} " in findings[0][1]
    assert "(leaf 5)" in findings[0][1]
    # A changed time tears entry and leaf apart: both sides say so, and nothing else does.
    assert len(findings) == (2 if change.startswith("at") else 1)


def test_the_command_fails_and_says_where(entries, capsys):
    as_superuser(("update journal_entry set action = 'x' where id = %s", entries[2].pk))
    with pytest.raises(CommandError, match="tampered"):
        call_command("verify_journal")
    assert f"entry_altered: entry {entries[2].pk} " in capsys.readouterr().out


def test_a_removed_entry_is_named(entries):
    as_superuser(("delete from journal_entry where id = %s", entries[9].pk))
    ((kind, text),) = found()
    assert kind == "entry_removed"
    assert f"entry {entries[9].pk} " in text


def test_an_entry_removed_before_sealing_is_named(entries):
    waiting = Entry.objects.get(action="waiting")
    as_superuser(("delete from journal_entry where id = %s", waiting.pk))
    assert found() == [("entry_removed", f"entry {waiting.pk} of {waiting.at.isoformat()} went before it was sealed")]


def test_an_entry_added_behind_the_logs_back_is_named(entries):
    as_superuser(
        (
            "insert into journal_entry (at, kind, action, capacity, reason, refs, content_digest, request_id) "
            "values (now(), 'act', 'forged', '', '', '{}', '', '')",
        )
    )
    forged = Entry.objects.get(action="forged")
    ((kind, text),) = found()
    assert kind == "entry_added"
    assert f"entry {forged.pk} " in text


def test_an_entry_taken_off_the_waiting_list_is_named(entries):
    as_superuser(("delete from journal_unsealed",))
    ((kind, _),) = found()
    assert kind == "entry_added"


def leaf_of(entry):
    """The hash that the entry, as it stands now, should have."""
    row = Entry.objects.filter(pk=entry.pk).values_list(*rules.ENTRY_COLUMNS).get()
    return rules.leaf_hash(rules.entry_bytes(row))


def test_an_entry_altered_together_with_its_leaf_is_found_by_the_node_above(entries):
    as_superuser(("update journal_entry set action = 'x' where id = %s", entries[5].pk))
    as_superuser(("update journal_leaf set hash = %s where index = 5", leaf_of(entries[5])))
    ((kind, text),) = found()
    assert kind == "leaves_altered"
    assert "leaves 4 to 5 " in text


def test_an_entry_altered_together_with_everything_above_it_is_found_by_the_signed_head(entries):
    """All hashes recomputed, as one would who has the database but not the key."""
    as_superuser(("update journal_entry set action = 'x' where id = %s", entries[5].pk))
    hashes = [bytes(each) for each in Leaf.objects.order_by("index").values_list("hash", flat=True)]
    hashes[5] = leaf_of(entries[5])
    tree, changes = rules.GrowingTree(), [("update journal_leaf set hash = %s where index = 5", hashes[5])]
    for leaf in hashes:
        changes += [
            ("update journal_treenode set hash = %s where level = %s and index = %s", value, *node)
            for node, value in tree.add(leaf)
        ]
    as_superuser(*changes)
    findings = found()
    assert [kind for kind, _ in findings] == ["log_altered", "log_altered"]
    assert "between leaves 4 and 7" in findings[0][1]


def test_a_head_that_was_fitted_to_a_changed_log_has_no_valid_signature(entries):
    as_superuser(("update journal_treehead set root = %s where size = 8", b"\x00" * 32))
    ((kind, text),) = found()
    assert kind == "head_altered"
    assert "8 leaves" in text


def test_a_head_signed_with_another_key_is_found(entries):
    as_superuser(("update journal_treehead set key_id = 'foreign' where size = 8",))
    ((kind, _),) = found()
    assert kind == "head_key_unknown"


def test_a_removed_leaf_is_named(entries):
    as_superuser(("delete from journal_leaf where index = 6",))
    kinds = dict(found())
    assert kinds["leaf_removed"] == "leaf 6 is missing"
    assert f"entry {entries[6].pk} " in kinds["entry_added"]


def test_removed_leaves_at_the_end_are_found_by_the_head(entries):
    as_superuser(("delete from journal_leaf where index >= 9",), ("delete from journal_treenode where index >= 4",))
    kinds = dict(found())
    assert "11 leaves is larger than the log (9)" in kinds["leaves_removed"]


def test_a_removed_node_is_named(entries):
    as_superuser(("delete from journal_treenode where level = 2 and index = 1",))
    assert found() == [("node_removed", "the node over leaves 4 to 7 is missing")]


def test_an_altered_node_is_named(entries):
    as_superuser(("update journal_treenode set hash = %s where level = 2 and index = 0", b"\x01" * 32))
    findings = found()
    assert findings[0][0] == "leaves_altered"
    assert "leaves 0 to 3 " in findings[0][1]


def test_an_added_node_is_named(entries):
    as_superuser(("insert into journal_treenode (level, index, hash) values (9, 9, '')",))
    assert found() == [("node_added", "node 9/9 belongs to no leaves")]


def test_leaves_appended_without_a_head_are_found(entries):
    entry = Entry.objects.get(action="waiting")
    as_superuser(
        ("insert into journal_leaf values (11, %s, %s, %s)", entry.pk, entry.at, leaf_of(entry)),
        ("insert into journal_treenode (level, index, hash) values (1, 5, %s)", b""),
        ("insert into journal_treenode (level, index, hash) values (2, 2, %s)", b""),
        ("delete from journal_unsealed",),
    )
    assert found()


def test_a_log_cut_back_to_an_earlier_head_is_found_by_a_checkpoint_kept_elsewhere(entries, tmp_path):
    checkpoint = tmp_path / "checkpoint"
    checkpoint.write_text(str(queries.checkpoint()))
    call_command("verify_journal", "--checkpoint", str(checkpoint))
    as_superuser(
        ("delete from journal_treehead where size > 8",),
        ("delete from journal_leaf where index >= 8",),
        ("delete from journal_treenode where ((index + 1) << level::int) > 8",),
        ("delete from journal_entry where id >= %s", entries[8].pk),
        ("delete from journal_unsealed",),
    )
    assert verify().intact  # in itself it is
    report = verify(checkpoint=rules.Note.parse(checkpoint.read_text()))
    assert [each.kind for each in report.findings] == ["leaves_removed"]
    with pytest.raises(CommandError, match="tampered"):
        call_command("verify_journal", "--checkpoint", str(checkpoint))


def test_a_log_replaced_as_a_whole_is_found_by_a_checkpoint_kept_elsewhere(entries):
    note = queries.checkpoint()
    other = rules.Head(note.head.origin, note.head.size, b"\x07" * 32, note.head.signed_at)
    key = keys.current()
    replaced = rules.Note(other, key.hash, keys.sign(other, key.key_id))
    assert [each.kind for each in verify(checkpoint=replaced).findings] == ["log_altered"]


def test_a_checkpoint_that_nobody_signed_is_not_believed(entries, tmp_path):
    note = queries.checkpoint()
    forged = rules.Note(note.head, note.key_hash, b"\x00" * 64)
    assert [each.kind for each in verify(checkpoint=forged).findings] == ["checkpoint_unknown"]
    empty = tmp_path / "empty"
    empty.write_text("nothing")
    with pytest.raises(CommandError, match="not a checkpoint"):
        call_command("verify_journal", "--checkpoint", str(empty))


def test_it_stops_after_enough_findings(entries):
    as_superuser(("update journal_entry set action = 'x'",))
    assert len(verify(at_most=3).findings) == 3
