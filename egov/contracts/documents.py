"""Events of credentials."""

from dataclasses import dataclass
from typing import ClassVar

from egov.kernel.events import Event


@dataclass(frozen=True, kw_only=True)
class CredentialIssued(Event):
    name: ClassVar[str] = "credential_issued"
    credential: str
    kind: str
    holder_id: int
    subject: str


@dataclass(frozen=True, kw_only=True)
class CredentialRevoked(Event):
    name: ClassVar[str] = "credential_revoked"
    credential: str
    kind: str
    holder_id: int
    reason: str
