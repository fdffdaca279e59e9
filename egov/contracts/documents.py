"""Events of documents and credentials."""

from dataclasses import dataclass
from typing import ClassVar

from egov.kernel.events import Event


@dataclass(frozen=True, kw_only=True)
class DocumentIssued(Event):
    """A document is to be typeset and sealed; it can be opened from now on."""

    name: ClassVar[str] = "document_issued"
    document: str
    subject: str
    holder_id: int | None


@dataclass(frozen=True, kw_only=True)
class CredentialIssued(Event):
    name: ClassVar[str] = "credential_issued"
    credential: str
    kind: str
    holder_id: int
    subject: str


@dataclass(frozen=True, kw_only=True)
class CredentialRevoked(Event):
    """A credential ended or was suspended; ``reason`` is the kind of end (revoked, annulled, cancelled, lost, …)."""

    name: ClassVar[str] = "credential_revoked"
    credential: str
    kind: str
    holder_id: int
    reason: str
    at: str  # ISO 8601
