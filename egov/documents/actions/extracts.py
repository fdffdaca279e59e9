"""Papers that go to another department as they are: the sealed form of a document, or an extract of a register."""

from egov.documents import rules, typesetting
from egov.documents.actions.files import keep, party_ref
from egov.documents.actions.issuing import DocumentSpec
from egov.documents.actions.seals import seal_document, template_input
from egov.documents.models import DocumentState, IssuedDocument, StoredFile
from egov.identity.models import Organisation, Party
from egov.journal import actions as journal
from egov.kernel import clock
from egov.kernel.actor import Actor
from egov.kernel.errors import NotFound
from egov.kernel.refs import Ref
from egov.kernel.text import localise


def sealed_file(actor: Actor, *, document_id: int) -> StoredFile:
    """The file of a document; sealed now when the worker has not come to it yet. Raises ``NotFound``."""
    found = IssuedDocument.objects.select_related("file").filter(pk=document_id).first()
    if found is not None and found.state == DocumentState.PENDING:
        found = seal_document(actor, document_id=document_id)
    if found is None or found.file is None:
        raise NotFound
    return found.file


def keep_extract(actor: Actor, *, spec: DocumentSpec) -> StoredFile:
    """Typeset and keep what is neither numbered nor sealed: it belongs to its holder, and to the matter it is for.

    Raises ``Unavailable`` when it cannot be typeset.
    """
    if spec.holder_id is None:
        raise ValueError("an extract belongs to somebody")
    document = IssuedDocument(
        reference=spec.subject.key,
        template=spec.template,
        title=spec.title,
        language=rules.document_language(spec.language),
        holder=Party.objects.get(pk=spec.holder_id),
        department=Organisation.objects.select_related("party").get(pk=spec.department_id),
        data=rules.printable(spec.data),
        issued_at=clock.now(),
    )
    content = typesetting.typeset(document.template, template_input(document, None))
    name = f"{localise(spec.title, document.language)}.pdf"
    stored = keep(content, name=name, content_type="application/pdf", owner_id=spec.holder_id)
    journal.record(
        actor,
        "documents.keep_extract",
        Ref("file", stored.reference),
        spec.subject,
        *party_ref(spec.holder_id),
        content={"sha256": stored.sha256, "size": stored.size},
    )
    return stored
