"""Recording acts and views, and sealing what was recorded. Nothing here changes or removes a row of the journal."""

from collections.abc import Sequence
from typing import Any

import structlog
from django.db import connection, transaction

from egov.journal import keys, queries, rules
from egov.journal.models import Entry, EntryKind, Leaf, TreeHead, TreeNode
from egov.kernel import clock, writing
from egov.kernel.actor import Actor
from egov.kernel.errors import NotPermitted
from egov.kernel.idempotency import digest_of
from egov.kernel.refs import Ref

VIEW = "journal.view"
LIST = "journal.list"
BATCH = 5_000  # entries sealed in one transaction

Act = tuple[str, Sequence[Ref], Any]


def record(
    actor: Actor, action: str, *refs: Ref, reason: str = "", content: Any = None, kind: str = EntryKind.ACT
) -> Entry:
    """Record one act (one insert), in the transaction of the act itself.

    ``refs`` name what was acted on, and ``party:<id>`` each person concerned. Of ``content`` (JSON values) only the
    digest is kept; content that could be guessed should carry a random value stored with the row it describes.
    ``reason`` (at most 200 characters) must not name anybody.
    """
    (entry,) = writing.insert([_entry(actor, action, refs, reason=reason, content=content, kind=kind)])
    return entry


def record_all(actor: Actor, acts: Sequence[Act], *, reason: str = "", kind: str = EntryKind.ACT) -> list[Entry]:
    """Record several acts ``(action, refs, content)`` of one actor with one insert."""
    entries = [_entry(actor, action, refs, reason=reason, content=content, kind=kind) for action, refs, content in acts]
    return writing.insert(entries)


def record_view(actor: Actor, *refs: Ref, reason: str = "") -> Entry:
    """Somebody opened a record about a person; ``refs`` hold the record and ``party:<id>`` of that person."""
    return record(actor, VIEW, *refs, reason=reason, kind=EntryKind.VIEW)


def record_list(actor: Actor, refs: Sequence[Ref], *, reason: str = "") -> Entry | None:
    """Somebody saw a list or a search result: one entry with the references it showed, none for an empty list."""
    return record(actor, LIST, *refs, reason=reason, kind=EntryKind.LIST) if refs else None


def _entry(actor: Actor, action: str, refs: Sequence[Ref], *, reason: str, content: Any, kind: str) -> Entry:
    return Entry(
        at=clock.now(),
        kind=kind,
        action=action,
        account_id=actor.account_id,
        party_id=actor.party_id,
        capacity=actor.capacity or actor.kind.value,
        on_behalf_of_id=actor.on_behalf_of_id,
        department_id=actor.department_id,
        reason=reason[:200],
        refs=[str(ref) for ref in refs],
        content_digest=digest_of(content) if content is not None else b"",
        request_id=actor.request_id or str(structlog.contextvars.get_contextvars().get("request_id", "")),
    )


# --- Sealing ---------------------------------------------------------------------------------------


@transaction.atomic
def seal_pending(*, limit: int = BATCH) -> TreeHead | None:
    """Give committed entries their places in the log and sign its new head; None when nothing waited.

    Reads only what is committed, so an entry whose transaction ends late gets a later place and is not lost.
    Raises ``Unavailable`` when there is no signing key; the entries then keep waiting.
    """
    with connection.cursor() as cursor:
        # One sealer at a time: places are numbered without gaps.
        cursor.execute("select pg_try_advisory_xact_lock(hashtext('journal.seal'))")
        if not cursor.fetchone()[0]:
            return None
        rows = _waiting(cursor, limit)
        if not rows:
            return None
        key = keys.current()
        size = queries.log_size()
        tree = rules.GrowingTree(size, queries.peaks(size))
        leaves, nodes = [], []
        for index, row in enumerate(rows, start=size):
            leaf = rules.leaf_hash(rules.entry_bytes(row))
            leaves.append(Leaf(index=index, entry_id=row[0], entry_at=row[1], hash=leaf))
            nodes += [
                TreeNode(level=level, index=place, hash=value) for (level, place), value in tree.add(leaf) if value
            ]
        _insert(cursor, Leaf, leaves)
        _insert(cursor, TreeNode, nodes)
        cursor.execute("delete from journal_unsealed where entry_id = any(%s)", [[row[0] for row in rows]])
    return _sign(tree, key)


def _waiting(cursor: Any, limit: int) -> list[tuple[Any, ...]]:
    """Rows (``rules.ENTRY_COLUMNS``) of entries that have no place yet, in the order of their ids."""
    cursor.execute(
        "select array_agg(entry_id order by entry_id), min(entry_at), max(entry_at) from "
        "(select entry_id, entry_at from journal_unsealed order by entry_id limit %s) waiting",
        [limit],
    )
    ids, first, last = cursor.fetchone()
    if not ids:
        return []
    # The bounds of time let PostgreSQL look into the months concerned only.
    cursor.execute(
        f"select {', '.join(rules.ENTRY_COLUMNS)} from journal_entry "  # noqa: S608 - our own column names
        "where id = any(%s) and at between %s and %s order by id",
        [ids, first, last],
    )
    return list(cursor.fetchall())


def _insert(cursor: Any, model: type[Leaf] | type[TreeNode], rows: Sequence[Leaf | TreeNode]) -> None:
    """One statement for any number of rows: arrays instead of one parameter per value."""
    columns = [field for field in model._meta.concrete_fields if field.attname != "id"]
    if not rows:
        return
    names = ", ".join(f'"{field.column}"' for field in columns)
    arrays = ", ".join(f"%s::{field.db_type(connection)}[]" for field in columns)
    cursor.execute(
        f"insert into {model._meta.db_table} ({names}) select * from unnest({arrays})",  # noqa: S608 - our own names
        [[_value(getattr(row, field.attname)) for row in rows] for field in columns],
    )


def _value(value: Any) -> Any:
    return memoryview(value) if isinstance(value, bytes) else value


def _sign(tree: rules.GrowingTree, key: keys.LogKey) -> TreeHead:
    root = tree.root()
    if root is None:
        raise ValueError("the log's peaks are incomplete")
    head = rules.Head(key.origin, tree.size, root, clock.now())
    return TreeHead.objects.create(
        size=head.size,
        root=head.root,
        signed_at=head.signed_at,
        key_id=key.key_id,
        signature=keys.sign(head, key.key_id),
    )


def rotate_key(actor: Actor) -> keys.LogKey:
    """A new signing key from now on (also the first one). The change is in the journal itself.

    Only for the platform's administrators; raises ``NotPermitted`` for everybody else.
    """
    if not (actor.is_system or actor.has_role("platform_admin")):
        raise NotPermitted()
    key = keys.make()
    record(actor, "journal.rotate_key", Ref("journal_key", key.key_id), content=key.text)
    return key
