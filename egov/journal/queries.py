"""Reading the journal: who saw what, proofs, and whether the log was tampered with."""

import datetime as dt
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from egov.journal import keys, rules
from egov.journal.models import Entry, EntryKind, Leaf, TreeHead, TreeNode, Unsealed
from egov.kernel.errors import NotFound
from egov.kernel.refs import Ref

SEALED_WITHIN = dt.timedelta(seconds=60)  # what a proof page promises for an entry that has no place yet


def entries_about(ref: Ref) -> QuerySet[Entry]:
    """Acts and views that name ``ref``, newest first."""
    return Entry.objects.filter(refs__contains=[str(ref)]).order_by("-at", "-id")


def acts_on(refs: Collection[Ref], *, actions: Collection[str], limit: int) -> list[Entry]:
    """The last acts of these names that name any of ``refs``, newest first."""
    rows = Entry.objects.filter(refs__overlap=[str(ref) for ref in refs], kind=EntryKind.ACT, action__in=actions)
    return list(rows.order_by("-at", "-id")[:limit])


@dataclass(frozen=True)
class Seen:
    """Somebody saw data about a party."""

    entry_id: int
    at: dt.datetime
    by_party_id: int | None
    capacity: str
    department_id: int | None
    reason: str
    refs: tuple[Ref, ...]


def views_of(party_id: int, limit: int = 50) -> list[Seen]:
    """Who saw data about ``party_id``, newest first; the party's own looks are left out."""
    party = Ref("party", str(party_id))
    entries = (
        entries_about(party)
        .filter(kind__in=[EntryKind.VIEW, EntryKind.LIST])
        .exclude(Q(party_id=party_id) | Q(on_behalf_of_id=party_id))
    )
    return [
        Seen(
            entry_id=entry.pk,
            at=entry.at,
            by_party_id=entry.party_id,
            capacity=entry.capacity,
            department_id=entry.department_id,
            reason=entry.reason,
            refs=tuple(Ref.parse(ref) for ref in entry.refs if ref != str(party)),
        )
        for entry in entries[:limit]
    ]


# --- Proofs ----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Pending:
    """The entry is committed and has no place in the log yet."""

    entry_id: int
    entry_at: dt.datetime

    @property
    def sealed_by(self) -> dt.datetime:
        return self.entry_at + SEALED_WITHIN


@dataclass(frozen=True)
class Proof:
    """The entry is in the log whose head was signed at ``signed_at``: recompute ``root`` from ``leaf`` and ``path``."""

    entry_id: int
    entry_at: dt.datetime
    index: int
    leaf: bytes
    path: tuple[bytes, ...]
    note: rules.Note
    key_id: str

    @property
    def size(self) -> int:
        return self.note.head.size

    @property
    def root(self) -> bytes:
        return self.note.head.root

    @property
    def signed_at(self) -> dt.datetime:
        return self.note.head.signed_at

    def holds(self) -> bool:
        """Whether path, root and signature fit together under a key of this log."""
        key = keys.find(self.key_id)
        computed = rules.root_from_inclusion(self.index, self.size, self.leaf, self.path)
        return computed == self.root and key is not None and key.signed(self.note.head, self.note.signature)


def entry_for(what: Ref | int, *, action: str | None = None) -> Entry:
    """The entry of that id, or the first act on ``what`` (named ``action``, if given). Raises ``NotFound``."""
    if isinstance(what, Ref):
        found = Entry.objects.filter(refs__contains=[str(what)], kind=EntryKind.ACT)
        if action is not None:
            found = found.filter(action=action)
        entry = found.order_by("at", "id").first()
    else:
        entry = Entry.objects.filter(pk=what).first()
    if entry is None:
        raise NotFound()
    return entry


def proof(what: Ref | int, *, action: str | None = None) -> Proof | Pending:
    """That an entry is in the log: its path to the newest signed head (O(log n) stored nodes). Raises ``NotFound``.

    For a ``Ref`` it is the first act on it (named ``action``, if given); for a number the entry of that id.
    """
    entry = entry_for(what, action=action)
    leaf = Leaf.objects.filter(entry_id=entry.pk).first()
    if leaf is None:
        return Pending(entry.pk, entry.at)
    head = TreeHead.objects.order_by("-size")[:1].get()
    path = _roots(rules.inclusion_ranges(leaf.index, head.size))
    return Proof(entry.pk, entry.at, leaf.index, bytes(leaf.hash), tuple(path), note_of(head), head.key_id)


def consistency(first: int, second: int | None = None) -> list[bytes]:
    """Proof that the log of ``second`` leaves (default: all) only appended to the one of ``first``.

    Raises ``NotFound`` when the log is not that large or ``first`` is not positive.
    """
    size = log_size()
    second = size if second is None else second
    if not 0 < first <= second <= size:
        raise NotFound(_("The log has no such size."))
    return _roots(rules.consistency_ranges(first, second))


def checkpoint() -> rules.Note:
    """The newest signed head, to be kept by anyone. Raises ``NotFound`` while nothing is sealed."""
    head = TreeHead.objects.order_by("-size").first()
    if head is None:
        raise NotFound(_("Nothing has been sealed yet."))
    return note_of(head)


def note_of(head: TreeHead) -> rules.Note:
    key = keys.find(head.key_id)
    origin = key.origin if key else keys.origin()
    text = rules.Head(origin, head.size, bytes(head.root), head.signed_at)
    return rules.Note(text, key.hash if key else bytes(4), bytes(head.signature))


def log_key(key_id: str) -> keys.LogKey | None:
    """The public key under which a head was signed; None when it was never ours."""
    return keys.find(key_id)


def log_size() -> int:
    """How many entries are sealed."""
    newest = TreeHead.objects.order_by("-size").values_list("size", flat=True).first()
    return newest or 0


def peaks(size: int) -> list[bytes]:
    """Roots of the complete subtrees that make up the log of ``size`` leaves, largest first."""
    wanted = rules.complete_subtrees(0, size)
    nodes = _nodes(wanted)
    return [nodes[node] for node in wanted]


def _roots(ranges: Sequence[rules.Range]) -> list[bytes]:
    return rules.roots_of(ranges, _nodes(rules.nodes_of(ranges)))


def _nodes(wanted: Iterable[rules.Node]) -> dict[rules.Node, bytes]:
    """Stored hashes of these nodes; two statements at most, never more than a few dozen rows."""
    leaves = [index for level, index in wanted if level == 0]
    inner = Q()
    for level, index in wanted:
        if level:
            inner |= Q(level=level, index=index)
    found: dict[rules.Node, bytes] = {}
    if leaves:
        rows = Leaf.objects.filter(index__in=leaves).values_list("index", "hash")
        found.update({(0, index): bytes(value) for index, value in rows})
    if inner:
        for level, index, value in TreeNode.objects.filter(inner).values_list("level", "index", "hash"):
            found[level, index] = bytes(value)
    return found


def unsealed_count() -> int:
    """How many entries wait for the sealer."""
    return Unsealed.objects.count()
