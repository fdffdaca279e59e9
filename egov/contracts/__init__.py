"""Events that cross rooms: frozen dataclasses with name and version, nothing else.

A field is never renamed or removed in a version; a change of meaning is a new version.
Payloads carry references and keys, never names or answers about a person.
"""

from egov.contracts import cases, catalogue, documents, identity, money

__all__ = ["cases", "catalogue", "documents", "identity", "money"]
