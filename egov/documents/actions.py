"""Storing files, issuing documents and credentials, sealing, revoking. Permission to a case's papers is the case's.

A document is issued with the decision and typeset after commit: what it says is fixed in ``data`` by then.
"""

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext_lazy as _

from egov.contracts.documents import CredentialIssued, CredentialRevoked, DocumentIssued
from egov.documents import authority, registry, rules, storage, typesetting, uploads
from egov.documents.models import Credential, DocumentState, EndKind, IssuedDocument, Seal, StoredFile
from egov.identity.models import Identifier, IdentifierScheme, Organisation, PartyKind
from egov.journal import actions as journal
from egov.kernel import clock, counters, outbox, references, secrets
from egov.kernel.actor import SYSTEM, Actor, CapacityKind
from egov.kernel.errors import InvalidInput, NotFound, NotPermitted, TooLarge, TransitionNotAllowed
from egov.kernel.refs import Ref
from egov.kernel.text import LocalisedText, localise

SEAL_ACT = "documents.seal"

# --- Files -----------------------------------------------------------------------------------------


def store_file(
    actor: Actor,
    *,
    upload: UploadedFile,
    owner_id: int | None,
    max_size: int,
    allowed: Collection[str] = uploads.PAPERS,
    field: str = "file",
) -> StoredFile:
    """Keep an uploaded file of ``owner_id``; ``max_size`` in bytes, ``allowed`` media types (``uploads.PAPERS`` …).

    The type is what the content says. Raises ``InvalidInput`` at ``field`` for anything that is not taken.
    """
    if actor.kind is CapacityKind.ANONYMOUS or (actor.is_applicant and owner_id != actor.on_behalf_of_id):
        raise NotPermitted()
    if upload.size is not None and upload.size > max_size:
        raise InvalidInput.at(field, "too_large", _too_large(max_size))
    content = upload.read(max_size + 1)
    if len(content) > max_size:
        raise InvalidInput.at(field, "too_large", _too_large(max_size))
    return store_bytes(actor, content=content, name=upload.name or "", owner_id=owner_id, allowed=allowed, field=field)


def store_bytes(
    actor: Actor,
    *,
    content: bytes,
    name: str,
    owner_id: int | None,
    allowed: Collection[str] = uploads.PAPERS,
    field: str = "file",
) -> StoredFile:
    """As ``store_file``, for content that did not come through a form (an import, another register)."""
    if not content:
        raise InvalidInput.at(field, "empty", _("The file is empty."))
    try:
        kind = uploads.inspect(content, name, allowed)
    except uploads.Refused as refusal:
        raise InvalidInput.at(field, refusal.code, refusal.message) from refusal
    with transaction.atomic():
        stored = _keep(content, name=uploads.clean_name(name, kind), content_type=kind.mime, owner_id=owner_id)
        journal.record(
            actor,
            "documents.store_file",
            Ref("file", stored.reference),
            *_party(owner_id),
            content={"sha256": stored.sha256, "size": stored.size},
        )
    return stored


@transaction.atomic
def remove_file(actor: Actor, *, file_id: int) -> None:
    """Take a file away; its bytes go when no other file has the same. Raises ``TransitionNotAllowed`` for a sealed PDF."""
    stored = StoredFile.objects.select_for_update().filter(pk=file_id, removed_at=None).first()
    if stored is None:
        raise NotFound()
    if not actor.is_system and (stored.owner_id is None or stored.owner_id != actor.on_behalf_of_id):
        raise NotPermitted()
    if stored.issued.exists():
        raise TransitionNotAllowed(_("An issued document is revoked, not removed."))
    stored.removed_at = clock.now()
    stored.save(update_fields=["removed_at"])
    journal.record(actor, "documents.remove_file", Ref("file", stored.reference), *_party(stored.owner_id))
    transaction.on_commit(lambda: _forget(stored.sha256, stored.path))


def _keep(content: bytes, *, name: str, content_type: str, owner_id: int | None) -> StoredFile:
    digest, path = storage.save(content)
    return StoredFile.objects.create(
        reference=references.draw("F"),
        owner_id=owner_id,
        name=name,
        content_type=content_type,
        size=len(content),
        sha256=digest,
        path=path,
        created_at=clock.now(),
    )


def _forget(digest: str, path: str) -> None:
    if not StoredFile.objects.filter(sha256=digest, removed_at=None).exists():
        storage.delete(path)


def _too_large(max_size: int) -> Any:
    return _("The file is too large. At most %(size)s MB.") % {"size": f"{max_size / uploads.MEGABYTE:g}"}


def _party(party_id: int | None) -> tuple[Ref, ...]:
    return (Ref("party", str(party_id)),) if party_id is not None else ()


# --- Issuing ---------------------------------------------------------------------------------------


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


@transaction.atomic
def issue_documents(actor: Actor, *, specs: Sequence[DocumentSpec]) -> list[IssuedDocument]:
    """Issue documents in the caller's transaction (three statements for any number, one more for each series).

    They are pending until the worker, or whoever opens one first, has them typeset and sealed. A civil servant
    issues for their own department only. Raises ``ValueError`` for a template that does not exist.
    """
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
            data=spec.data,
            issued_at=now,
        )
        for spec in specs
    )
    journal.record_all(
        actor,
        [
            (
                "documents.issue",
                (_ref(document), spec.subject, *_party(spec.holder_id)),
                {"code": document.code, "template": document.template, "data": spec.data},
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


def _ref(document: IssuedDocument) -> Ref:
    return Ref("document", document.reference)


# --- Sealing ---------------------------------------------------------------------------------------


def seal_document(actor: Actor, *, document_id: int) -> IssuedDocument:
    """Typeset and seal a pending document; one that is not pending is returned as it is. Safe to repeat and to race.

    The act is in the journal with the SHA-256 of the sealed file, which dates it when the certificate has expired.
    """
    with transaction.atomic():
        document = (
            IssuedDocument.objects.select_for_update(of=("self",))
            .select_related("department__party", "holder")
            .filter(pk=document_id)
            .first()
        )
        if document is None:
            raise NotFound()
        if document.state != DocumentState.PENDING:
            return document
        seal = seal_in_use(document.department)
        content = _sealed(document, seal)
        document.file = _keep(
            content, name=f"{document.reference}.pdf", content_type="application/pdf", owner_id=document.holder_id
        )
        document.seal, document.sealed_at, document.state = seal, clock.now(), DocumentState.SEALED
        document.save(update_fields=["file", "seal", "sealed_at", "state"])
        journal.record(
            actor,
            SEAL_ACT,
            _ref(document),
            Ref("seal", seal.key_id),
            *_party(document.holder_id),
            content=seal_content(document),
        )
    return document


def seal_content(document: IssuedDocument) -> dict[str, str]:
    """What the journal's entry on the sealing binds."""
    if document.file is None:
        raise ValueError("the document is not sealed")
    return {"code": document.code, "sha256": document.file.sha256}


def _sealed(document: IssuedDocument, seal: Seal) -> bytes:
    from egov.documents import sealing  # noqa: PLC0415 - heavy: it brings pyHanko

    pdf = typesetting.typeset(document.template, template_input(document, seal))
    stamper = registry.time_authorities.get("rfc3161").stamper() if settings.EGOV_TIMESTAMP_URL else None
    return sealing.sign(
        pdf,
        signer=registry.seal_providers.get(seal.provider).signer(seal),
        code=document.code,
        place=localise(document.department.full_name, "en"),
        stamper=stamper,
    )


def template_input(document: IssuedDocument, seal: Seal) -> dict[str, Any]:
    """Everything a template reads, in the document's language."""
    language = document.language
    host = settings.PUBLIC_URL.removeprefix("https://").removeprefix("http://")
    holder = rules.plain(document.holder.name) if document.holder else ""
    data = rules.in_language(document.data, language)
    return {
        "language": language,
        "title": rules.in_language(document.title, language),
        "reference": document.reference,
        "number": document.number,
        "code": rules.shown_code(document.code),
        "qr": typesetting.qr_code(f"{settings.PUBLIC_URL}/verify/{document.code}"),
        "verify_at": f"{host}/verify",
        "department": {"name": localise(document.department.full_name, language) or document.department.party.name},
        "seal_legend": localise(seal.legend, "zh-Hans"),
        "holder": holder,
        "holder_is_person": document.holder is None or document.holder.kind == PartyKind.PERSON,
        "addressee": data.get("addressee", holder),
        "issued_on": clock.local(document.issued_at).date().isoformat(),
        "missing": "",
        "data": data,
    }


# --- Seals -----------------------------------------------------------------------------------------


def seal_in_use(department: Organisation) -> Seal:
    """The department's seal; makes one when it has none or the present one has run out."""
    seal = Seal.objects.filter(department=department, retired_at=None).first()
    if seal is not None and seal.valid_from <= clock.now() < seal.valid_to:
        return seal
    try:
        with transaction.atomic():
            return _replace_seal(SYSTEM, department, reason="first" if seal is None else "expired")
    except IntegrityError:  # somebody else was faster
        return Seal.objects.get(department=department, retired_at=None)


@transaction.atomic
def rotate_seal(actor: Actor, *, department_id: int, reason: str, provider: str = "") -> Seal:
    """Retire the department's seal and make a new one (``provider``: registry key, as before when empty).

    What was sealed with the old one stays valid. ``reason`` must not name anybody.
    """
    if not (
        actor.is_system
        or actor.has_role("platform_admin")
        or (actor.has_role("department_admin") and actor.department_id == department_id)
    ):
        raise NotPermitted()
    department = Organisation.objects.select_for_update(of=("self",)).filter(pk=department_id).first()
    if department is None:
        raise NotFound()
    return _replace_seal(actor, department, reason=reason, provider=provider)


def _replace_seal(actor: Actor, department: Organisation, *, reason: str, provider: str = "") -> Seal:
    now = clock.now()
    old = Seal.objects.select_for_update().filter(department=department, retired_at=None).first()
    chosen = provider or (old.provider if old else settings.EGOV_SEAL_PROVIDER)
    if old is not None:
        old.retired_at = now
        old.save(update_fields=["retired_at"])
        retired = registry.seal_providers.get(old.provider)
        transaction.on_commit(lambda: retired.destroy(old.key_id))
    request = registry.SealRequest(department.key or "", department.full_name, issuer_code(department))
    made = registry.seal_providers.get(chosen).make(request)
    seal = Seal.objects.create(
        department=department,
        provider=chosen,
        key_id=made.key_id,
        legend=department.full_name,
        certificate=made.pem,
        valid_from=made.certificate.not_valid_before_utc,
        valid_to=made.certificate.not_valid_after_utc,
    )
    journal.record(
        actor,
        "documents.rotate_seal",
        Ref("seal", seal.key_id),
        Ref("party", str(department.pk)),
        reason=reason,
        content={"certificate": made.pem, "retired": old.key_id if old else None},
    )
    return seal


def make_seals(actor: Actor) -> list[Seal]:
    """The authority, and a seal for every department that has none."""
    if not actor.is_system and not actor.has_role("platform_admin"):
        raise NotPermitted()
    authority.make_authority()
    in_use = Seal.objects.filter(department=OuterRef("pk"), retired_at=None)
    waiting = Organisation.objects.filter(~Exists(in_use), kind="department", dissolved_on=None)
    return [seal_in_use(department) for department in waiting.order_by("key")]


def renew_seals(*, days: int = 30) -> list[Seal]:
    """Rotate seals that run out within ``days``; the old one is retired while its certificate is still valid."""
    soon = Seal.objects.filter(retired_at=None, valid_to__lt=clock.now() + dt.timedelta(days=days))
    return [rotate_seal(SYSTEM, department_id=seal.department_id, reason="expires") for seal in soon]


def issuer_code(department: Organisation) -> str:
    """The department's credit code, or its key in capitals where no code is recorded."""
    code = (
        Identifier.objects.filter(party_id=department.pk, scheme=IdentifierScheme.USCC, valid_to=None)
        .values_list("encrypted", flat=True)
        .first()
    )
    if code is not None:
        return secrets.decrypt(code)
    return "".join(each for each in (department.key or "").upper() if each.isascii() and each.isalnum())


# --- Credentials -----------------------------------------------------------------------------------


@transaction.atomic
def issue_credential(
    actor: Actor,
    *,
    type: str,  # noqa: A002 - the word of the standard
    holder_id: int,
    issuer_id: int,
    case: str,
    service: str,
    data: dict[str, Any],
    valid_from: dt.date,
    valid_to: dt.date | None,
    title: LocalisedText,
    template: str = "certificate",
    language: str = "zh-Hans",
    replaces_id: int | None = None,
) -> Credential:
    """A certificate or licence with its document. ``replaces_id`` makes it the next version of an earlier one.

    ``data`` is for the template (rows, statement, scope); number and dates are added. ``valid_to`` is the last day,
    None for no end. Raises ``TransitionNotAllowed`` when the earlier version has already been replaced.
    """
    if actor.is_staff and actor.department_id != issuer_id:
        raise NotPermitted()
    earlier = _ended_by_replacement(replaces_id) if replaces_id is not None else None
    issuer = Organisation.objects.get(pk=issuer_id)
    reference = references.draw("K")
    code = issuer_code(issuer)
    version = earlier.version + 1 if earlier else 1
    serial = _serial_of(earlier) if earlier else counters.next_value(f"credential:{type}:{issuer_id}")
    number = rules.credential_number(type_=type, issuer_code=code, serial=serial, version=version)
    document = issue_document(
        actor,
        template=template,
        title=title,
        subject=Ref("credential", reference),
        holder_id=holder_id,
        department_id=issuer_id,
        data={
            **data,
            "valid_from": valid_from.isoformat(),
            "valid_to": valid_to.isoformat() if valid_to else None,
        },
        language=language,
        number=number,
    )
    credential = Credential.objects.create(
        reference=reference,
        number=number,
        type=type,
        version=version,
        replaces=earlier,
        holder_id=holder_id,
        issuer=issuer,
        document=document,
        case=case,
        service=service,
        data=data,
        valid_from=valid_from,
        valid_to=valid_to,
    )
    journal.record(
        actor,
        "documents.issue_credential",
        Ref("credential", reference),
        *((Ref("case", case),) if case else ()),
        *_party(holder_id),
        content={"number": number, "type": type, "data": data},
    )
    outbox.emit(
        CredentialIssued(
            credential=reference, kind=type, holder_id=holder_id, subject=f"case:{case}" if case else document.subject
        ),
        request_id=actor.request_id,
    )
    return credential


def _ended_by_replacement(credential_id: int) -> Credential:
    earlier = _locked_credential(credential_id)
    if earlier.end_kind:
        raise TransitionNotAllowed(_("This certificate has already ended."))
    earlier.end_kind, earlier.ended_at = EndKind.REPLACED, clock.now()
    earlier.save(update_fields=["end_kind", "ended_at"])
    return earlier


def _serial_of(credential: Credential) -> int:
    """The serial number is the same over all versions."""
    return int(credential.number.split(".")[-3])


def revoke_credential(actor: Actor, *, credential_id: int, kind: str, reason: LocalisedText) -> Credential:
    """End a credential: ``cancelled`` 注销, ``revoked`` 吊销, ``annulled`` 撤销, ``lost`` 遗失作废.

    Its document stays intact and is shown as no longer in force. Raises ``TransitionNotAllowed`` when it has ended.
    """
    kinds = {EndKind.CANCELLED, EndKind.REVOKED, EndKind.ANNULLED, EndKind.LOST}
    if kind not in kinds:
        raise InvalidInput.at("kind", "unknown", _("Choose how the certificate ends."))
    with transaction.atomic():
        credential = _locked_credential(credential_id)
        # A holder may give up their own certificate or declare it lost; the rest is the issuer's.
        own = actor.is_applicant and actor.on_behalf_of_id == credential.holder_id
        if not (_may_end(actor, credential.issuer_id) or (own and kind in (EndKind.CANCELLED, EndKind.LOST))):
            raise NotPermitted()
        if credential.end_kind:
            raise TransitionNotAllowed(_("This certificate has already ended."))
        credential.end_kind, credential.ended_at, credential.end_reason = kind, clock.now(), reason
        credential.save(update_fields=["end_kind", "ended_at", "end_reason"])
        _record_change(actor, credential, "documents.revoke_credential", kind, {"kind": kind, "reason": reason})
    return credential


@transaction.atomic
def suspend_credential(actor: Actor, *, credential_id: int, reason: LocalisedText) -> Credential:
    """Suspend (暂扣) a credential that has not ended."""
    credential = _locked_credential(credential_id)
    if not _may_end(actor, credential.issuer_id):
        raise NotPermitted()
    if credential.end_kind or credential.suspended_at:
        raise TransitionNotAllowed()
    credential.suspended_at = clock.now()
    credential.save(update_fields=["suspended_at"])
    _record_change(actor, credential, "documents.suspend_credential", "suspended", {"reason": reason})
    return credential


@transaction.atomic
def reinstate_credential(actor: Actor, *, credential_id: int) -> Credential:
    """End a suspension."""
    credential = _locked_credential(credential_id)
    if not _may_end(actor, credential.issuer_id):
        raise NotPermitted()
    if credential.end_kind or not credential.suspended_at:
        raise TransitionNotAllowed()
    credential.suspended_at = None
    credential.save(update_fields=["suspended_at"])
    journal.record(
        actor,
        "documents.reinstate_credential",
        Ref("credential", credential.reference),
        *_party(credential.holder_id),
    )
    return credential


@transaction.atomic
def revoke_document(actor: Actor, *, document_id: int, reason: LocalisedText) -> IssuedDocument:
    """Withdraw a document issued in error; verification says so from now on. A credential's is revoked with it."""
    document = IssuedDocument.objects.select_for_update(of=("self",)).filter(pk=document_id).first()
    if document is None:
        raise NotFound()
    if not _may_end(actor, document.department_id):
        raise NotPermitted()
    if document.state == DocumentState.REVOKED or Credential.objects.filter(document=document, end_kind="").exists():
        raise TransitionNotAllowed(_("A certificate is ended itself; its document follows."))
    document.state, document.revoked_at, document.revocation_reason = DocumentState.REVOKED, clock.now(), reason
    document.save(update_fields=["state", "revoked_at", "revocation_reason"])
    journal.record(actor, "documents.revoke", _ref(document), *_party(document.holder_id), content={"reason": reason})
    return document


def _locked_credential(credential_id: int) -> Credential:
    credential = Credential.objects.select_for_update(of=("self",)).filter(pk=credential_id).first()
    if credential is None:
        raise NotFound()
    return credential


def _may_end(actor: Actor, department_id: int) -> bool:
    heads = actor.has_role("section_head") or actor.has_role("department_head")
    return actor.is_system or (actor.is_staff and actor.department_id == department_id and heads)


def _record_change(actor: Actor, credential: Credential, action: str, kind: str, content: Any) -> None:
    journal.record(
        actor, action, Ref("credential", credential.reference), *_party(credential.holder_id), content=content
    )
    outbox.emit(
        CredentialRevoked(
            credential=credential.reference, kind=credential.type, holder_id=credential.holder_id, reason=kind
        ),
        request_id=actor.request_id,
    )


def require_size(size: int, max_size: int) -> None:
    """Raises ``TooLarge``; for faces that refuse a request before reading it."""
    if size > max_size:
        raise TooLarge(_too_large(max_size))
