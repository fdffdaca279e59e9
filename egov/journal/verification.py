"""Proves the whole log, reading each row once, and says where it was tampered with.

What is checked: every leaf is the hash of its entry, every stored node follows from the leaves, every signed head
follows from the nodes and carries a valid signature of a key of this log, places have no gaps, and every entry either
has a place or waits for one.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from django.db import connection, transaction

from egov.journal import keys, queries, rules

CHUNK = 5_000


@dataclass(frozen=True)
class Finding:
    """One place where the log is not what it was. ``kind`` is stable; ``text`` says which row."""

    kind: str
    text: str


@dataclass
class Report:
    """What was read and what was found; ``size`` is the number of sealed entries."""

    size: int = 0
    heads: int = 0
    waiting: int = 0
    findings: list[Finding] = field(default_factory=list)

    @property
    def intact(self) -> bool:
        return not self.findings


def verify(*, checkpoint: rules.Note | None = None, at_most: int = 100) -> Report:
    """Read the whole journal. ``checkpoint``: a signed head kept elsewhere that the log must still contain.

    Stops after ``at_most`` findings. Runs in one snapshot, so that sealing may go on meanwhile.
    """
    report = Report()
    with _snapshot():
        for finding in _findings(report, checkpoint):
            report.findings.append(finding)
            if len(report.findings) >= at_most:
                break
    return report


@contextmanager
def _snapshot() -> Iterator[None]:
    outermost = not connection.in_atomic_block
    with transaction.atomic(), connection.cursor() as cursor:
        if outermost:
            cursor.execute("set transaction isolation level repeatable read")
        # A journal of years takes longer than any page may, and is read to its end.
        cursor.execute("set local statement_timeout = 0; set local cursor_tuple_fraction = 1")
        yield


def _findings(report: Report, checkpoint: rules.Note | None) -> Iterator[Finding]:
    yield from _Walk(report).findings()
    yield from _unplaced(report)
    if checkpoint is not None:
        yield from _against(checkpoint, report)


class _Walk:
    """Leaves in the order of the log, and beside them the nodes and heads that they complete."""

    def __init__(self, report: Report) -> None:
        self.report = report
        self.tree = rules.GrowingTree()
        self.nodes = _Ahead(
            "select level, index, hash from journal_treenode order by (index + 1) << level::int, level",
            "verify_nodes",
        )
        self.heads = _Ahead(
            "select size, root, signed_at, key_id, signature from journal_treehead order by size", "verify_heads"
        )
        self.last_good_head = 0
        self.keys: dict[str, keys.LogKey | None] = {}

    def findings(self) -> Iterator[Finding]:
        columns = ", ".join(f"e.{column}" for column in rules.ENTRY_COLUMNS)
        leaves = _rows(
            f"select l.index, l.entry_id, l.entry_at, l.hash, {columns} from journal_leaf l "  # noqa: S608
            "left join journal_entry e on e.id = l.entry_id and e.at = l.entry_at order by l.index",
            "verify_leaves",
        )
        for index, entry_id, entry_at, stored, *entry in leaves:
            if index < self.tree.size:
                yield Finding("leaf_added", f"leaf {index} stands before the log begins")
                continue
            while self.tree.size < index:
                yield Finding("leaf_removed", f"leaf {self.tree.size} is missing")
                yield from self._grow(None, None)
            yield from self._entry(index, entry_id, entry_at, bytes(stored), tuple(entry))
            yield from self._grow(bytes(stored), entry_id)
        self.report.size = self.tree.size
        yield from self._left_over()

    def _entry(
        self, index: int, entry_id: int, entry_at: Any, stored: bytes, entry: tuple[Any, ...]
    ) -> Iterator[Finding]:
        if entry[0] is None:
            yield Finding("entry_removed", f"entry {entry_id} of {entry_at.isoformat()} (leaf {index}) is gone")
        elif rules.leaf_hash(rules.entry_bytes(entry)) != stored:
            yield Finding("entry_altered", f"entry {entry_id} of {entry_at.isoformat()} (leaf {index}) was altered")

    def _grow(self, leaf: bytes | None, entry_id: int | None) -> Iterator[Finding]:
        for (level, place), computed in self.tree.add(leaf):
            first, last = place << level, ((place + 1) << level) - 1
            stored = self._stored_node(level, place)
            if stored is None:
                yield Finding("node_removed", f"the node over leaves {first} to {last} is missing")
            elif computed is None:
                self.tree.replace(stored)
            elif computed != stored:
                near = f", near entry {entry_id}" if entry_id else ""
                yield Finding("leaves_altered", f"leaves {first} to {last} do not give their node{near}")
                # Going on with the stored one, a change is reported once and not again at each level above.
                self.tree.replace(stored)
        yield from self._heads_here()

    def _stored_node(self, level: int, place: int) -> bytes | None:
        row = self.nodes.peek()
        if row is None or tuple(row[:2]) != (level, place):
            return None
        self.nodes.advance()
        return bytes(row[2])

    def _heads_here(self) -> Iterator[Finding]:
        while (row := self.heads.peek()) is not None and row[0] <= self.tree.size:
            self.heads.advance()
            self.report.heads += 1
            yield from self._head(*row)

    def _head(self, size: int, root: Any, signed_at: Any, key_id: str, signature: Any) -> Iterator[Finding]:
        if key_id not in self.keys:
            self.keys[key_id] = keys.find(key_id)
        key = self.keys[key_id]
        name = f"the head of {size} leaves, signed {signed_at.isoformat()}"
        if key is None:
            yield Finding("head_key_unknown", f"{name}, names the key {key_id}, which is not a key of this log")
        elif not key.signed(rules.Head(key.origin, size, bytes(root), signed_at), bytes(signature)):
            yield Finding("head_altered", f"{name}, carries no valid signature")
        elif (computed := self.tree.root()) is not None and computed != bytes(root):
            yield Finding(
                "log_altered",
                f"{name}, does not fit: the log was changed between leaves {self.last_good_head} and {size - 1}",
            )
        else:
            self.last_good_head = size

    def _left_over(self) -> Iterator[Finding]:
        while (row := self.nodes.peek()) is not None:
            self.nodes.advance()
            yield Finding("node_added", f"node {row[0]}/{row[1]} belongs to no leaves")
        while (row := self.heads.peek()) is not None:
            self.heads.advance()
            yield Finding(
                "leaves_removed", f"the signed head of {row[0]} leaves is larger than the log ({self.tree.size})"
            )
        if self.tree.size and self.last_good_head < self.tree.size and not self.report.findings:
            yield Finding(
                "leaf_added", f"leaves {self.last_good_head} to {self.tree.size - 1} are under no signed head"
            )


def _unplaced(report: Report) -> Iterator[Finding]:
    """Entries and places that do not know of each other."""
    with connection.cursor() as cursor:
        cursor.execute("select count(*) from journal_unsealed")
        report.waiting = cursor.fetchone()[0]
    added = _rows(
        "select e.id, e.at from journal_entry e where not exists "
        "(select from journal_leaf l where l.entry_id = e.id and l.entry_at = e.at) and not exists "
        "(select from journal_unsealed u where u.entry_id = e.id and u.entry_at = e.at) order by e.id",
        "verify_entries",
    )
    for entry_id, at in added:
        yield Finding("entry_added", f"entry {entry_id} of {at.isoformat()} was never given to the log")
    gone = _rows(
        "select u.entry_id, u.entry_at from journal_unsealed u where not exists "
        "(select from journal_entry e where e.id = u.entry_id and e.at = u.entry_at) order by u.entry_id",
        "verify_waiting",
    )
    for entry_id, at in gone:
        yield Finding("entry_removed", f"entry {entry_id} of {at.isoformat()} went before it was sealed")


def _against(note: rules.Note, report: Report) -> Iterator[Finding]:
    """The log must contain what a checkpoint kept elsewhere says."""
    head = note.head
    signer = next((key for key in keys.all_keys() if key.hash == note.key_hash and key.origin == head.origin), None)
    if signer is None or not signer.signed(head, note.signature):
        yield Finding("checkpoint_unknown", "the checkpoint is not signed by a key of this log")
    elif head.size > report.size:
        yield Finding("leaves_removed", f"the checkpoint has {head.size} leaves, the log only {report.size}")
    elif rules.fold(queries.peaks(head.size)) != head.root:
        yield Finding("log_altered", f"the first {head.size} leaves are not those of the checkpoint")


class _Ahead:
    """Rows with a look at the next one."""

    def __init__(self, sql: str, name: str) -> None:
        self._rows = iter(_rows(sql, name))
        self._next = next(self._rows, None)

    def peek(self) -> tuple[Any, ...] | None:
        return self._next

    def advance(self) -> None:
        self._next = next(self._rows, None)


def _rows(sql: str, name: str) -> Iterable[tuple[Any, ...]]:
    """The rows of a query, a few thousand at a time through a cursor in the database."""
    with connection.cursor() as plain:
        plain.execute(f"declare {name} no scroll cursor for {sql}")
        try:
            while True:
                plain.execute(f"fetch {CHUNK} from {name}")
                chunk = plain.fetchall()
                yield from chunk
                if len(chunk) < CHUNK:
                    return
        finally:
            plain.execute(f"close {name}")
