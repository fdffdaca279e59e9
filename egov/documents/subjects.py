"""What the house must know of documents and certificates when another room names one."""

from egov.documents import queries
from egov.kernel.actor import Actor
from egov.kernel.errors import NotFound
from egov.kernel.refs import Ref, Subject, subjects
from egov.kernel.text import localise


def _document_title(ref: Ref) -> str:
    return localise(queries.document(ref.key).title)


def _may_view_document(ref: Ref, actor: Actor) -> bool:
    try:
        return queries.may_open(queries.document(ref.key), actor)
    except NotFound:
        return False


def _credential_title(ref: Ref) -> str:
    found = queries.credential(ref.key)
    return localise(found.document.title if found.document else {})


def _may_view_credential(ref: Ref, actor: Actor) -> bool:
    try:
        found = queries.credential(ref.key)
    except NotFound:
        return False
    return found.document is not None and queries.may_open(found.document, actor)


def _url(ref: Ref, _actor: Actor) -> str:
    """The page on which anyone verifies it."""
    code = (queries.document(ref.key) if ref.kind == "document" else queries.credential(ref.key).document).code  # type: ignore[union-attr]
    return f"/verify/{code}"


subjects.add("document", Subject(title=_document_title, url=_url, may_view=_may_view_document))
subjects.add("credential", Subject(title=_credential_title, url=_url, may_view=_may_view_credential))
