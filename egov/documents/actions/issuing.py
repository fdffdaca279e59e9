"""Issuing documents with the act they tell of, and withdrawing them."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from egov.contracts.documents import DocumentIssued
from egov.documents import rules, typesetting
from egov.documents.actions.files import party_ref
from egov.documents.models import Credential, DocumentState, IssuedDocument
from egov.identity.models import Organisation
from egov.journal import actions as journal
from egov.kernel import clock, counters, outbox, references
from egov.kernel.actor import Actor
from egov.kernel.errors import NotFound, NotPermitted, TransitionNotAllowed
from egov.kernel.refs import Ref
from egov.kernel.text import LocalisedText, localise


@dataclass(frozen=True, kw_only=True)
class DocumentSpec:
    """What is to be issued. ``data`` holds JSON values; localised texts in it are shown in ``language``.

    ``series`` (代字's second part, "许准") draws a number without gaps from the department's counter of the year;
    ``number`` gives one that was drawn elsewhere.
    """

    template: str
    title: LocalisedText
    subject: Ref
    holder_id: int | None
    department_id: int
    data: dict[str, Any] = field(default_factory=dict)
    language: str = "zh-Hans"
    series: str = ""
    number: str = ""


def issue_document(
    actor: Actor,
    *,
    template: str,
    title: LocalisedText,
    subject: Ref,
    holder_id: int | None,
    department_id: int,
    data: dict[str, Any],
    language: str = "zh-Hans",
    series: str = "",
    number: str = "",
) -> IssuedDocument:
    """Issue one document; see ``issue_documents``."""
    spec = DocumentSpec(
        template=template,
        title=title,
        subject=subject,
        holder_id=holder_id,
        department_id=department_id,
        data=data,
        language=language,
        series=series,
        number=number,
    )
    return issue_documents(actor, specs=[spec])[0]


def issue_documents(actor: Actor, *, specs: Sequence[DocumentSpec]) -> list[IssuedDocument]:
    """Issue documents in the caller's transaction (three statements for any number, one more for each series).

    They are pending until the worker, or whoever opens one first, has them typeset and sealed. A civil servant
    issues for their own department only. Raises ``ValueError`` for a template that does not exist,
    ``TransactionManagementError`` outside a transaction: a paper stands or falls with the act it tells of.
    """
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("papers are issued inside the act's transaction")
    for spec in specs:
        if actor.is_staff and actor.department_id != spec.department_id:
            raise NotPermitted()
        if not typesetting.exists(spec.template):
            raise ValueError(f"there is no template {spec.template!r}")
    now = clock.now()
    documents = IssuedDocument.objects.bulk_create(
        IssuedDocument(
            reference=references.draw("I"),
            code=rules.new_code(),
            template=str(rules.TemplateKey.parse(spec.template)),
            number=spec.number or (draw_number(spec.department_id, spec.series) if spec.series else ""),
            title=spec.title,
            language=rules.document_language(spec.language),
            subject=str(spec.subject),
            holder_id=spec.holder_id,
            department_id=spec.department_id,
            data=rules.printable(spec.data),
            issued_at=now,
        )
        for spec in specs
    )
    journal.record_all(
        actor,
        [
            (
                "documents.issue",
                (document_ref(document), spec.subject, *party_ref(spec.holder_id)),
                {"code": document.code, "template": document.template, "data": document.data},
            )
            for document, spec in zip(documents, specs, strict=True)
        ],
    )
    outbox.emit(
        *(
            DocumentIssued(document=each.reference, subject=each.subject, holder_id=each.holder_id)
            for each in documents
        ),
        request_id=actor.request_id,
        queue="urgent",
    )
    return documents


def draw_number(department_id: int, series: str) -> str:
    """The department's next number of the series in this year (发文字号); must run in the deciding transaction."""
    year = clock.today().year
    department = Organisation.objects.only("details", "short_name").get(pk=department_id)
    mark = department.details.get("mark") or localise(department.short_name, "zh-Hans")
    serial = counters.next_value(f"document:{department_id}:{series}:{year}")
    return rules.document_number(mark, series, year, serial)


def document_ref(document: IssuedDocument) -> Ref:
    return Ref("document", document.reference)


@transaction.atomic
def revoke_document(actor: Actor, *, document_id: int, reason: LocalisedText) -> IssuedDocument:
    """Withdraw a document issued in error; verification says so from now on. A credential's is revoked with it."""
    document = IssuedDocument.objects.select_for_update(of=("self",)).filter(pk=document_id).first()
    if document is None:
        raise NotFound()
    if not rules.may_end(actor, document.department_id):
        raise NotPermitted()
    if document.state == DocumentState.REVOKED or Credential.objects.filter(document=document, end_kind="").exists():
        raise TransitionNotAllowed(_("A certificate is ended itself; its document follows."))
    document.state, document.revoked_at, document.revocation_reason = DocumentState.REVOKED, clock.now(), reason
    document.save(update_fields=["state", "revoked_at", "revocation_reason"])
    journal.record(
        actor, "documents.revoke", document_ref(document), *party_ref(document.holder_id), content={"reason": reason}
    )
    return document
