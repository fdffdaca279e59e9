"""Storing files, issuing documents and credentials, sealing, revoking. Permission to a case's papers is the case's.

A document is issued with the decision and typeset after commit: what it says is fixed in ``data`` by then.
"""

from egov.documents.actions.credentials import (
    issue_credential,
    reinstate_credential,
    revoke_credential,
    suspend_credential,
)
from egov.documents.actions.extracts import keep_extract, sealed_file
from egov.documents.actions.files import remove_file, store_bytes, store_file
from egov.documents.actions.issuing import (
    DocumentSpec,
    draw_number,
    issue_document,
    issue_documents,
    revoke_document,
)
from egov.documents.actions.seals import (
    SEAL_ACT,
    issuer_code,
    make_seals,
    renew_seals,
    rotate_seal,
    seal_content,
    seal_document,
    seal_in_use,
    template_input,
)

__all__ = [
    "SEAL_ACT",
    "DocumentSpec",
    "draw_number",
    "issue_credential",
    "issue_document",
    "issue_documents",
    "issuer_code",
    "keep_extract",
    "make_seals",
    "reinstate_credential",
    "remove_file",
    "renew_seals",
    "revoke_credential",
    "revoke_document",
    "rotate_seal",
    "seal_content",
    "seal_document",
    "seal_in_use",
    "sealed_file",
    "store_bytes",
    "store_file",
    "suspend_credential",
    "template_input",
]
