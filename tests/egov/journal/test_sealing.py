"""Committed entries get their places in the log; heads are signed; proofs lead from an entry to a head."""

import datetime as dt
import threading

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction

from egov.journal import actions, keys, queries, rules, tasks
from egov.journal.models import Entry, Leaf, TreeHead, TreeNode, Unsealed
from egov.journal.verification import verify
from egov.kernel.actor import ANONYMOUS, SYSTEM, Actor, CapacityKind
from egov.kernel.errors import NotFound, NotPermitted, Unavailable
from egov.kernel.refs import Ref

CASE = Ref("case", "JZ-C-261124-00042-QU")


def fill(count):
    return actions.record_all(SYSTEM, [(f"act{number}", [CASE], None) for number in range(count)])


@pytest.mark.django_db
def test_nothing_waits_nothing_is_signed(journal_key):
    assert actions.seal_pending() is None
    assert not TreeHead.objects.exists()
    with pytest.raises(NotFound):
        queries.checkpoint()


@pytest.mark.django_db
def test_without_a_key_entries_keep_waiting(settings, tmp_path):
    settings.EGOV_KEYS_DIR = tmp_path
    fill(1)
    with pytest.raises(Unavailable):
        actions.seal_pending()
    assert Unsealed.objects.count() == 1


@pytest.mark.django_db
def test_entries_get_places_and_a_signed_head(journal_key):
    entries = fill(5)
    head = actions.seal_pending()
    assert list(Leaf.objects.order_by("index").values_list("index", "entry_id")) == [
        (index, entry.pk) for index, entry in enumerate(entries)
    ]
    assert not Unsealed.objects.exists()
    assert head.size == 5
    assert sorted(TreeNode.objects.values_list("level", "index")) == [(1, 0), (1, 1), (2, 0)]
    note = queries.checkpoint()
    assert journal_key.signed(note.head, note.signature)
    assert note.head.root == bytes(head.root)


@pytest.mark.django_db
@pytest.mark.parametrize("batches", [[1, 1, 1], [3, 4], [7], [2, 1, 5, 8, 1], [1, 16, 3]])
def test_however_it_was_cut_into_batches_the_log_is_the_same_tree(journal_key, batches):
    for count in batches:
        fill(count)
        actions.seal_pending()
    tree = rules.GrowingTree()
    for value in Leaf.objects.order_by("index").values_list("hash", flat=True):
        list(tree.add(bytes(value)))
    assert queries.checkpoint().head.root == tree.root()
    assert verify().intact


@pytest.mark.django_db
def test_sealing_takes_a_fixed_number_of_statements(journal_key, django_assert_num_queries):
    fill(3)
    actions.seal_pending()
    counts = []
    for number in (2, 400):
        fill(number)
        with connection.execute_wrapper(lambda run, sql, *rest: (counts.append(sql), run(sql, *rest))[1]):
            counts.clear()
            actions.seal_pending()
            assert len(counts) <= 14, counts


@pytest.mark.django_db
def test_every_entry_is_proved(journal_key, django_assert_max_num_queries):
    entries = fill(21)
    actions.seal_pending(limit=13)
    actions.seal_pending()
    for entry in entries:
        with django_assert_max_num_queries(5):
            proof = queries.proof(entry.pk)
        assert proof.size == 21
        assert proof.holds()
        assert proof.leaf == rules.leaf_hash(
            rules.entry_bytes([getattr(Entry.objects.get(pk=entry.pk), name) for name in rules.ENTRY_COLUMNS])
        )


@pytest.mark.django_db
def test_a_proof_that_was_tampered_with_does_not_hold(journal_key):
    entries = fill(6)
    actions.seal_pending()
    proof = queries.proof(entries[2].pk)
    assert not queries.Proof(**{**vars(proof), "leaf": rules.leaf_hash(b"other")}).holds()
    assert not queries.Proof(**{**vars(proof), "index": 3}).holds()
    assert not queries.Proof(**{**vars(proof), "key_id": "20200101-00000000"}).holds()


@pytest.mark.django_db
def test_before_sealing_the_proof_is_promised_within_a_minute(journal_key):
    (entry,) = fill(1)
    pending = queries.proof(CASE)
    assert isinstance(pending, queries.Pending)
    assert pending.entry_id == entry.pk
    assert pending.sealed_by - pending.entry_at == dt.timedelta(seconds=60)
    actions.seal_pending()
    assert isinstance(queries.proof(CASE), queries.Proof)


@pytest.mark.django_db
def test_a_reference_leads_to_the_first_act_on_it(journal_key):
    actions.record_view(SYSTEM, CASE)
    first, second = actions.record_all(SYSTEM, [("case.open", [CASE], None), ("case.accept", [CASE], None)])
    actions.seal_pending()
    assert queries.proof(CASE).entry_id == first.pk
    assert queries.proof(CASE, action="case.accept").entry_id == second.pk
    for unknown in (Ref("case", "other"), 0):
        with pytest.raises(NotFound):
            queries.proof(unknown)


@pytest.mark.django_db
def test_a_later_log_is_consistent_with_an_earlier_one(journal_key):
    roots = {}
    for count in (1, 2, 4, 9, 1):
        fill(count)
        head = actions.seal_pending()
        roots[head.size] = bytes(head.root)
    for first in roots:
        for second in roots:
            if first <= second:
                proof = queries.consistency(first, second)
                assert rules.is_consistent(first, second, roots[first], roots[second], proof)
    assert queries.consistency(3) == queries.consistency(3, 17)
    for impossible in (0, 18):
        with pytest.raises(NotFound):
            queries.consistency(impossible)


@pytest.mark.django_db
def test_the_task_seals_all_that_waits(journal_key, monkeypatch):
    monkeypatch.setattr(actions, "BATCH", 4)
    monkeypatch.setattr(tasks.actions.seal_pending, "__kwdefaults__", {"limit": 4}, raising=False)
    fill(11)
    assert tasks.seal() == 11
    assert not Unsealed.objects.exists()
    assert tasks.seal() == 0


# --- Real connections -------------------------------------------------------------------------------


class InAnotherConnection(threading.Thread):
    """Runs ``work(step)`` in a connection of its own; ``step`` blocks until the test lets it go on."""

    def __init__(self, work):
        super().__init__()
        self.work = work
        self.arrived, self.go_on = threading.Event(), threading.Event()
        self.failure = None
        self.start()
        assert self.arrived.wait(10)

    def run(self):
        try:
            self.work(self.step)
        except BaseException as failure:
            self.failure = failure
        finally:
            connection.close()

    def step(self):
        self.arrived.set()
        assert self.go_on.wait(10)

    def finish(self):
        self.go_on.set()
        self.join(10)
        if self.failure:
            raise self.failure


@pytest.mark.django_db(transaction=True)
def test_a_slow_transaction_is_not_lost_behind_a_fast_one(journal_key):
    """The slow one draws the smaller id and commits after the sealer has passed it."""
    ids = {}

    def slow(step):
        with transaction.atomic():
            ids["slow"] = actions.record(SYSTEM, "slow", CASE).pk
            step()

    thread = InAnotherConnection(slow)
    ids["fast"] = actions.record(SYSTEM, "fast", CASE).pk
    assert ids["slow"] < ids["fast"]
    assert actions.seal_pending().size == 1
    thread.finish()
    assert actions.seal_pending().size == 2
    assert list(Leaf.objects.order_by("index").values_list("entry_id", flat=True)) == [ids["fast"], ids["slow"]]
    assert verify().intact


@pytest.mark.django_db(transaction=True)
def test_an_act_that_was_rolled_back_leaves_no_gap(journal_key):
    fill(1)
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        fill(3)
        raise ZeroDivisionError
    fill(1)
    assert actions.seal_pending().size == 2
    assert verify().intact


@pytest.mark.django_db(transaction=True)
def test_two_sealers_do_not_get_into_each_others_way(journal_key):
    fill(3)

    def other(step):
        with transaction.atomic():
            assert actions.seal_pending().size == 3
            step()

    thread = InAnotherConnection(other)
    assert actions.seal_pending() is None  # the other one is at it
    thread.finish()
    assert actions.seal_pending() is None  # and has done it
    fill(1)
    assert actions.seal_pending().size == 4
    assert verify().intact


@pytest.mark.django_db(transaction=True)
def test_sealing_and_verifying_go_on_beside_each_other(journal_key):
    """Verification reads one snapshot: what is sealed meanwhile is not mistaken for tampering."""
    fill(10)
    actions.seal_pending()

    def verifying(step):
        from egov.journal import verification

        original = verification._unplaced

        def paused(report):
            step()
            return original(report)

        verification._unplaced = paused
        try:
            report = verify()
        finally:
            verification._unplaced = original
        assert report.intact, report.findings
        assert report.size == 10

    thread = InAnotherConnection(verifying)
    fill(5)
    actions.seal_pending()
    thread.finish()


# --- Keys -------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_keys_are_files_for_their_owner_only(journal_key):
    for path in [keys.folder(), *keys.folder().iterdir()]:
        assert path.stat().st_mode & 0o077 == 0, path


@pytest.mark.django_db
def test_a_rotated_key_signs_from_then_on_and_old_heads_stay_valid(journal_key):
    (entry,) = fill(1)
    actions.seal_pending()
    old = queries.proof(entry.pk)
    new = actions.rotate_key(SYSTEM)
    assert new.key_id != journal_key.key_id
    assert not (keys.folder() / f"{journal_key.key_id}.pem").exists()
    fill(1)
    actions.seal_pending()
    assert old.holds()
    assert queries.proof(entry.pk).key_id == new.key_id
    assert verify().intact
    assert {key.key_id for key in keys.all_keys()} == {journal_key.key_id, new.key_id}
    assert Entry.objects.get(action="journal.rotate_key").refs == [f"journal_key:{new.key_id}"]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("actor", "may"),
    [
        (SYSTEM, True),
        (Actor(kind=CapacityKind.POST, roles=frozenset({"platform_admin"})), True),
        (Actor(kind=CapacityKind.POST, roles=frozenset({"department_head", "department_admin"})), False),
        (Actor(kind=CapacityKind.SELF, party_id=1, on_behalf_of_id=1), False),
        (ANONYMOUS, False),
    ],
)
def test_only_administrators_of_the_platform_rotate_the_key(journal_key, actor, may):
    if may:
        assert actions.rotate_key(actor).key_id == keys.current().key_id
    else:
        with pytest.raises(NotPermitted):
            actions.rotate_key(actor)
        assert keys.current().key_id == journal_key.key_id


@pytest.mark.django_db
def test_setting_up_makes_one_key_and_no_second(settings, tmp_path):
    settings.EGOV_KEYS_DIR = tmp_path
    call_command("make_journal_key")
    first = keys.current()
    call_command("make_journal_key")
    assert keys.current().key_id == first.key_id
    call_command("make_journal_key", "--rotate")
    assert keys.current().key_id != first.key_id


@pytest.mark.django_db
def test_a_public_key_tells_its_name_and_hash(journal_key):
    origin, hash_, _ = journal_key.text.split("+", 2)
    assert origin == "egov/JZ/journal"
    assert bytes.fromhex(hash_) == journal_key.hash
    assert keys.find(journal_key.key_id).text == journal_key.text
    assert keys.find("../current") is None


@pytest.mark.django_db
def test_a_checkpoint_is_printed_for_keeping(journal_key, capsys):
    with pytest.raises(CommandError):
        call_command("journal_checkpoint")
    fill(3)
    actions.seal_pending()
    call_command("journal_checkpoint")
    note = rules.Note.parse(capsys.readouterr().out)
    assert note.head.size == 3
    assert note.key_hash == journal_key.hash
