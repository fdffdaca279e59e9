"""What this room does when it hears of an event."""

from egov.contracts.documents import DocumentIssued
from egov.documents import actions
from egov.documents.models import IssuedDocument
from egov.kernel import outbox
from egov.kernel.actor import SYSTEM


@outbox.consumes(DocumentIssued, key="documents.seal")
def seal_issued(event: DocumentIssued) -> None:
    """Typeset and seal what was issued, unless somebody has opened it before."""
    document_id = IssuedDocument.objects.values_list("pk", flat=True).get(reference=event.document)
    actions.seal_document(SYSTEM, document_id=document_id)
