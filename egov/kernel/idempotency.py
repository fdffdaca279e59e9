"""One request, one effect: a repeated key with the same content answers with the first result."""

import hashlib
import json
from typing import Any

from django.db import IntegrityError, connection, transaction

from egov.kernel import clock
from egov.kernel.errors import IdempotencyConflict
from egov.kernel.models import IdempotencyKey


def digest_of(content: Any) -> bytes:
    """SHA-256 over the canonical JSON of ``content``."""
    canonical = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=str)
    return hashlib.sha256(canonical.encode()).digest()


def earlier_result(*, scope: str, owner: str, key: str, digest: bytes) -> str | None:
    """The result recorded for this key, or None. Raises ``IdempotencyConflict`` for other content."""
    row = IdempotencyKey.objects.filter(scope=scope, owner=owner, key=key).values("digest", "result").first()
    if row is None:
        return None
    if bytes(row["digest"]) != digest:
        raise IdempotencyConflict()
    return str(row["result"])


def record_result(*, scope: str, owner: str, key: str, digest: bytes, result: str) -> None:
    """Record the result in the transaction of the act itself.

    Raises ``AlreadyDone`` when another transaction recorded this key first; the caller's transaction
    must then be rolled back and the earlier result be read.
    """
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("the result is recorded inside the act's transaction")
    try:
        IdempotencyKey.objects.create(
            scope=scope, owner=owner, key=key, digest=digest, result=result, created_at=clock.now()
        )
    except IntegrityError as error:
        raise AlreadyDone from error


class AlreadyDone(Exception):
    """A parallel request with the same key won."""
