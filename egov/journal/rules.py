"""The log's arithmetic (RFC 9162 §2.1) and the exact bytes that are hashed and signed. Pure functions.

A node is named by ``(level, index)``: the complete subtree over leaves ``index << level`` to ``(index + 1) << level``.
"""

import base64
import datetime as dt
import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

HASH_LENGTH = 32
EMPTY_ROOT = hashlib.sha256(b"").digest()

Node = tuple[int, int]
Range = tuple[int, int]

# The columns of an entry that its leaf binds, in the order in which they are read from the database.
ENTRY_COLUMNS = (
    "id",
    "at",
    "kind",
    "action",
    "account_id",
    "party_id",
    "capacity",
    "on_behalf_of_id",
    "department_id",
    "reason",
    "refs",
    "content_digest",
    "request_id",
)


def entry_bytes(row: Sequence[Any]) -> bytes:
    """The bytes of an entry: JSON with sorted keys over ``ENTRY_COLUMNS``, times in UTC with microseconds."""
    entry = dict(zip(ENTRY_COLUMNS, row, strict=True))
    entry["at"] = entry["at"].astimezone(dt.UTC).isoformat(timespec="microseconds")
    entry["content_digest"] = bytes(entry["content_digest"]).hex()
    return json.dumps(entry, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def leaf_hash(content: bytes) -> bytes:
    return hashlib.sha256(b"\x00" + content).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


# --- Growing ---------------------------------------------------------------------------------------


class GrowingTree:
    """A tree that remembers only the roots of its complete subtrees (the peaks), largest first.

    A hash that is not known (a lost leaf) is ``None`` and makes everything above it unknown.
    """

    def __init__(self, size: int = 0, peaks: Sequence[bytes | None] = ()) -> None:
        self.size = size
        self._peaks: list[tuple[int, bytes | None]] = list(
            zip((level for level, _ in complete_subtrees(0, size)), peaks, strict=True)
        )

    def add(self, leaf: bytes | None) -> Iterator[tuple[Node, bytes | None]]:
        """Append a leaf; yields each subtree that it completes, lowest first.

        ``replace`` may be called between two of them.
        """
        self._peaks.append((0, leaf))
        self.size += 1
        while len(self._peaks) > 1 and self._peaks[-1][0] == self._peaks[-2][0]:
            (_, left), (level, right) = self._peaks[-2:]
            joined = node_hash(left, right) if left is not None and right is not None else None
            self._peaks[-2:] = [(level + 1, joined)]
            yield (level + 1, (self.size >> (level + 1)) - 1), joined

    def replace(self, known: bytes) -> None:
        """Go on with ``known`` as the root of the subtree that was completed last."""
        self._peaks[-1] = (self._peaks[-1][0], known)

    def root(self) -> bytes | None:
        """Root over all leaves so far; ``None`` when a peak is unknown."""
        hashes = [each for _, each in self._peaks]
        if any(each is None for each in hashes):
            return None
        return fold([each for each in hashes if each is not None])


def complete_subtrees(start: int, end: int) -> list[Node]:
    """The complete subtrees that make up leaves ``start`` (aligned as RFC 9162 splits) up to before ``end``."""
    nodes = []
    while start < end:
        level = (end - start).bit_length() - 1
        nodes.append((level, start >> level))
        start += 1 << level
    return nodes


def fold(hashes: Sequence[bytes]) -> bytes:
    """Root over neighbouring complete subtrees, largest first."""
    if not hashes:
        return EMPTY_ROOT
    root = hashes[-1]
    for left in reversed(hashes[:-1]):
        root = node_hash(left, root)
    return root


# --- Proofs ----------------------------------------------------------------------------------------


def inclusion_ranges(index: int, size: int) -> list[Range]:
    """The ranges of leaves whose roots make up PATH(index, D[size]), from the leaf upwards."""
    if not 0 <= index < size:
        raise ValueError(f"leaf {index} is not in a tree of {size}")
    ranges = []
    start, end = 0, size
    while end - start > 1:
        split = _split(start, end)
        if index < split:
            ranges.append((split, end))
            end = split
        else:
            ranges.append((start, split))
            start = split
    return ranges[::-1]


def consistency_ranges(first: int, second: int) -> list[Range]:
    """The ranges whose roots make up PROOF(first, D[second])."""
    if not 0 < first <= second:
        raise ValueError(f"no consistency proof from {first} to {second}")
    ranges = []
    start, end, whole = 0, second, True
    while first < end:
        split = _split(start, end)
        if first <= split:
            ranges.append((split, end))
            end = split
        else:
            ranges.append((start, split))
            start, whole = split, False
    if not whole:
        ranges.append((start, end))
    return ranges[::-1]


def _split(start: int, end: int) -> int:
    """Where RFC 9162 splits the leaves: the largest power of two smaller than their number."""
    return start + (1 << ((end - start - 1).bit_length() - 1))


def nodes_of(ranges: Sequence[Range]) -> set[Node]:
    """The stored nodes that the roots of ``ranges`` are computed from."""
    return {node for start, end in ranges for node in complete_subtrees(start, end)}


def roots_of(ranges: Sequence[Range], nodes: Mapping[Node, bytes]) -> list[bytes]:
    return [fold([nodes[node] for node in complete_subtrees(start, end)]) for start, end in ranges]


def root_from_inclusion(index: int, size: int, leaf: bytes, path: Sequence[bytes]) -> bytes | None:
    """The root that ``path`` leads to (RFC 9162 §2.1.3.2), or None when the path does not fit the tree's size."""
    if not 0 <= index < size:
        return None
    node, last, root = index, size - 1, leaf
    for sibling in path:
        if last == 0:
            return None
        if node & 1 or node == last:
            root = node_hash(sibling, root)
            while not node & 1 and node:
                node, last = node >> 1, last >> 1
        else:
            root = node_hash(root, sibling)
        node, last = node >> 1, last >> 1
    return root if last == 0 else None


def is_consistent(first: int, second: int, first_root: bytes, second_root: bytes, proof: Sequence[bytes]) -> bool:
    """Whether the tree of ``second`` leaves only appended to the one of ``first`` (RFC 9162 §2.1.4.2)."""
    if first == second:
        return not proof and first_root == second_root
    if not 0 < first < second or not proof:
        return False
    path = list(proof) if first & (first - 1) else [first_root, *proof]
    node, last = first - 1, second - 1
    while node & 1:
        node, last = node >> 1, last >> 1
    old = new = path[0]
    for sibling in path[1:]:
        if last == 0:
            return False
        if node & 1 or node == last:
            old, new = node_hash(sibling, old), node_hash(sibling, new)
            while not node & 1 and node:
                node, last = node >> 1, last >> 1
        else:
            new = node_hash(new, sibling)
        node, last = node >> 1, last >> 1
    return last == 0 and old == first_root and new == second_root


# --- Heads -----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Head:
    """What a signed head says; ``origin`` names the log."""

    origin: str
    size: int
    root: bytes
    signed_at: dt.datetime

    def text(self) -> bytes:
        """The bytes that are signed: a checkpoint (c2sp.org/tlog-checkpoint) whose extension line is the time."""
        moment = self.signed_at.astimezone(dt.UTC).isoformat(timespec="microseconds")
        return f"{self.origin}\n{self.size}\n{base64.b64encode(self.root).decode()}\n{moment}\n".encode()


@dataclass(frozen=True)
class Note:
    """A signed checkpoint as text (c2sp.org/signed-note): what anyone may keep and compare later."""

    head: Head
    key_hash: bytes
    signature: bytes

    def __str__(self) -> str:
        signed = base64.b64encode(self.key_hash + self.signature).decode()
        return f"{self.head.text().decode()}\n— {self.head.origin} {signed}\n"

    @classmethod
    def parse(cls, text: str) -> "Note":
        """Raises ``ValueError`` when ``text`` is not a checkpoint."""
        body, separator, signature_line = text.partition("\n\n— ")
        lines = body.split("\n")
        words = signature_line.split()
        if not separator or len(lines) != 4 or len(words) != 2:
            raise ValueError("not a checkpoint")
        origin, size, root, moment = lines
        raw = base64.b64decode(words[1])
        head = Head(origin, int(size), base64.b64decode(root), dt.datetime.fromisoformat(moment))
        return cls(head, raw[:4], raw[4:])


def key_hash(origin: str, public_key: bytes) -> bytes:
    """The four bytes that name an Ed25519 key in a signed note."""
    return hashlib.sha256(origin.encode() + b"\n\x01" + public_key).digest()[:4]
