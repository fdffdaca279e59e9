"""Reading files, documents and credentials, and verifying them. Whoever calls has asked whether the actor may see them."""

import datetime as dt
import hashlib
import io
import ssl
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.conf import settings
from django.core.files import File
from django.db.models import Count, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from egov.documents import actions, authority, rules, storage, typesetting
from egov.documents.models import Credential, DocumentState, IssuedDocument, Seal, StoredFile
from egov.identity.models import Organisation, Party, PartyKind
from egov.identity.rules import mask_name
from egov.journal import actions as journal_actions
from egov.journal import queries as journal
from egov.journal import rules as journal_rules
from egov.journal.models import TreeHead
from egov.kernel import clock
from egov.kernel.actor import SYSTEM, Actor
from egov.kernel.errors import NotFound, Unavailable
from egov.kernel.idempotency import digest_of
from egov.kernel.refs import Ref, subjects
from egov.kernel.text import LocalisedText

# --- Files and documents -----------------------------------------------------------------------------


def open_file(file_id: int) -> File:
    """A stored file, its bytes checked against their hash, ready to be streamed.

    Raises ``NotFound`` for one that is not there or was removed, ``Unavailable`` when its bytes are damaged.
    """
    stored = StoredFile.objects.filter(pk=file_id, removed_at=None).first()
    if stored is None:
        raise NotFound()
    return File(io.BytesIO(storage.read(stored.path, stored.sha256)), name=stored.name)


def open_own_file(owner_id: int, reference: str) -> tuple[StoredFile, File]:
    """A file that the party handed in, opened. Raises as :func:`own_file`."""
    stored = own_file(owner_id, reference)
    return stored, open_file(stored.pk)


def own_file(owner_id: int, reference: str) -> StoredFile:
    """A file that the party handed in. Raises ``NotFound`` also when it is somebody else's."""
    stored = StoredFile.objects.filter(reference=reference, owner_id=owner_id, removed_at=None).first()
    if stored is None:
        raise NotFound()
    return stored


def open_document(actor: Actor, *, reference: str) -> IssuedDocument:
    """One document for who may open it; a look by somebody else than the holder is journaled. Raises ``NotFound``."""
    found = document(reference)
    if not may_open(found, actor):
        raise NotFound()
    if found.holder_id is not None and actor.party_id != found.holder_id:
        journal_actions.record_view(actor, Ref("document", reference), Ref("party", str(found.holder_id)))
    return found


def document(reference: str) -> IssuedDocument:
    """Raises ``NotFound``."""
    found = IssuedDocument.objects.select_related("department", "holder", "file").filter(reference=reference).first()
    if found is None:
        raise NotFound()
    return found


def may_open(document: IssuedDocument, actor: Actor) -> bool:
    """The holder, whoever acts for them or was let into what it is about, and the department that issued it."""
    if actor.is_system:
        return True
    if actor.is_staff:
        return actor.department_id == document.department_id
    if document.holder_id is None or not actor.is_applicant:
        return False
    own = document.holder_id == actor.on_behalf_of_id and actor.mandate_services is None
    return own or _may_view_subject(document, actor)


def _may_view_subject(document: IssuedDocument, actor: Actor) -> bool:
    subject = Ref.parse(document.subject)
    if subject.kind == "credential":  # judged by the case it came from: by itself it would ask for its document again
        case = Credential.objects.filter(reference=subject.key).values_list("case", flat=True).first()
        subject = Ref("case", case) if case else subject
    known = None if subject.kind in ("document", "credential") else subjects.find(subject.kind)
    return known is not None and known.may_view(subject, actor)


def pdf(document_id: int) -> bytes:
    """The sealed PDF; typesets and seals it now when the worker has not come to it yet (about 50 ms)."""
    found = IssuedDocument.objects.select_related("file").filter(pk=document_id).first()
    if found is None:
        raise NotFound()
    if found.state == DocumentState.PENDING:
        found = actions.seal_document(SYSTEM, document_id=document_id)
    if found.file is None:
        raise NotFound(_("This document was withdrawn before it was sealed."))
    return storage.read(found.file.path, found.file.sha256)


def sample(spec: actions.DocumentSpec, *, holder: Party, department: Organisation) -> bytes:
    """The PDF of what would be issued, marked as a sample: nothing is stored, numbered, registered or sealed.

    ``holder`` need not exist. Raises ``Unavailable`` when it cannot be typeset.
    """
    document = IssuedDocument(
        template=spec.template,
        title=spec.title,
        language=rules.document_language(spec.language),
        holder=holder,
        department=department,
        data=rules.printable(spec.data),
        issued_at=clock.now(),
    )
    return typesetting.typeset(document.template, actions.template_input(document, None))


def documents_of(party_id: int) -> QuerySet[IssuedDocument]:
    """What was issued to the party, newest first, with department and credential."""
    return (
        IssuedDocument.objects.filter(holder_id=party_id)
        .select_related("department", "credential", "file")
        .order_by("-id")
    )


def documents_about(subjects: Iterable[Ref]) -> QuerySet[IssuedDocument]:
    """What was issued about these subjects, oldest first."""
    return (
        IssuedDocument.objects.filter(subject__in=[str(subject) for subject in subjects])
        .select_related("department", "file")
        .order_by("id")
    )


def credentials_from(cases: Iterable[str]) -> list[Ref]:
    """The certificates and licences that these cases brought, as subjects of documents."""
    found = Credential.objects.filter(case__in=list(cases)).order_by("id")
    return [Ref("credential", reference) for reference in found.values_list("reference", flat=True)]


def credentials_of(party_id: int) -> QuerySet[Credential]:
    """Certificates and licences of the party, those in force first, then newest first."""
    return (
        Credential.objects.filter(holder_id=party_id)
        .select_related("issuer", "document")
        .order_by(F("ended_at").desc(nulls_first=True), "-id")
    )


def credential(reference: str) -> Credential:
    """Raises ``NotFound``."""
    found = Credential.objects.select_related("issuer", "document", "holder").filter(reference=reference).first()
    if found is None:
        raise NotFound()
    return found


def state_of(credential: Credential, *, on: dt.date | None = None) -> rules.CredentialState:
    """The state of a credential on a day (default: today)."""
    return rules.credential_state(
        valid_from=credential.valid_from,
        valid_to=credential.valid_to,
        suspended=credential.suspended_at is not None,
        end_kind=credential.end_kind,
        on=on or clock.today(),
    )


def holds(party_id: int, type_: str, *, on: dt.date | None = None) -> Credential | None:
    """The party's credential of that type that is in force on the day, or None."""
    day = on or clock.today()
    return (
        Credential.objects.filter(
            Q(valid_to=None) | Q(valid_to__gte=day),
            holder_id=party_id,
            type=type_,
            end_kind="",
            suspended_at=None,
            valid_from__lte=day,
        )
        .order_by("-id")
        .first()
    )


def seals() -> QuerySet[Seal]:
    """Seals in use, for the console: those that run out first come first."""
    return Seal.objects.filter(retired_at=None).select_related("department__party").order_by("valid_to", "id")


def seals_expiring(departments: Collection[int] | None = None, *, days: int = 30) -> QuerySet[Seal]:
    """Seals in use that run out within ``days`` (of these departments; None: of all)."""
    rows = seals().filter(valid_to__lt=clock.now() + dt.timedelta(days=days))
    return rows if departments is None else rows.filter(department__in=departments)


def seal_history(department_id: int) -> QuerySet[Seal]:
    """All seals of a department, the newest first, with how many documents each sealed (``sealed``)."""
    sealed = IssuedDocument.objects.filter(seal=OuterRef("pk")).order_by().values("seal").annotate(count=Count("pk"))
    rows = Seal.objects.filter(department_id=department_id).annotate(
        sealed=Coalesce(Subquery(sealed.values("count")), 0)
    )
    return rows.order_by("-valid_from", "-id")


def root_certificates() -> str:
    """The roots (PEM) that seals are trusted under, for anyone who checks a signature with other tools."""
    return "".join(ssl.DER_cert_to_PEM_cert(root) for root in authority.roots())


def pending_count() -> int:
    return IssuedDocument.objects.filter(state=DocumentState.PENDING).count()


def verification_url(code: str) -> str:
    """Where anyone verifies the document, as its QR code says."""
    return f"{settings.PUBLIC_URL}/verify/{code}"


def verification_qr(code: str) -> str:
    """The QR code as SVG, to stand in a page."""
    return typesetting.qr_code(verification_url(code))


# --- Verification --------------------------------------------------------------------------------------


class Finding(StrEnum):
    """What anyone is told about a document, worst first."""

    ALTERED = "altered"  # the file is not the one that was issued
    UNPROVEN = "unproven"  # the seal cannot be confirmed
    REVOKED = "revoked"
    ENDED = "ended"  # the credential was cancelled, revoked, annulled, lost or replaced
    SUSPENDED = "suspended"
    EXPIRED = "expired"
    NOT_YET_VALID = "not_yet_valid"
    PENDING = "pending"  # issued, not sealed yet
    VALID = "valid"

    @property
    def label(self) -> str | Promise:
        return _FINDINGS[self]


_FINDINGS = {
    Finding.ALTERED: _("This file is not the document that was issued: it has been changed."),
    Finding.UNPROVEN: _("The seal of this document cannot be confirmed."),
    Finding.REVOKED: _("This document was withdrawn by the authority that issued it."),
    Finding.ENDED: _("This document is genuine, but it is no longer in force."),
    Finding.SUSPENDED: _("This document is genuine, but it is suspended at present."),
    Finding.EXPIRED: _("This document is genuine, but its term has ended."),
    Finding.NOT_YET_VALID: _("This document is genuine, but it is not in force yet."),
    Finding.PENDING: _("This document was issued and is being sealed."),
    Finding.VALID: _("This document is genuine and in force."),
}

_CREDENTIAL_FINDINGS = {
    rules.CredentialState.VALID: Finding.VALID,
    rules.CredentialState.NOT_YET_VALID: Finding.NOT_YET_VALID,
    rules.CredentialState.SUSPENDED: Finding.SUSPENDED,
    rules.CredentialState.EXPIRED: Finding.EXPIRED,
}


@dataclass(frozen=True)
class Verification:
    """Who issued what, when, whether it still holds, and how that is known. Names of people are masked.

    ``proven_at`` is the moment at which the seal is known to have been there: the signed head of the journal that
    contains the sealing, or a time-stamp. The certificate is judged at that moment, so its later end changes nothing.
    """

    finding: Finding
    code: str
    reference: str
    title: LocalisedText
    number: str
    issuer: LocalisedText
    holder: str
    issued_at: dt.datetime
    sealed_at: dt.datetime | None
    valid_from: dt.date | None
    valid_to: dt.date | None
    ended_at: dt.datetime | None
    end_label: Any
    end_reason: LocalisedText
    credential_version: int | None
    newer_code: str
    sha256: str
    signature: Any  # sealing.SignatureReport or None
    proof: journal.Proof | journal.Pending | None
    proof_holds: bool
    proven_at: dt.datetime | None
    matches: bool | None  # of an uploaded file: whether it is the issued one

    @property
    def in_force(self) -> bool:
        return self.finding is Finding.VALID

    @property
    def verdict(self) -> str:
        """The finding as a plain word, for the API."""
        return self.finding.value

    @property
    def certificate_expired(self) -> bool:
        """Whether the seal's certificate has run out meanwhile."""
        return self.signature is not None and self.signature.certificate_to < clock.now()


def verify(code: str) -> Verification:
    """What the platform knows about the document with this code, as a person typed it. Raises ``NotFound``."""
    wanted = rules.normalise_code(code)
    found = _for_verification(Q(code=wanted)) if rules.is_code(wanted) else None
    if found is None:
        raise NotFound(_("No document has this code. Please compare it with the paper."))
    return _verification(found)


def verify_hash(sha256: str) -> Verification:
    """As ``verify``, for whoever has only the file's SHA-256 (hex). Raises ``NotFound``."""
    found = _for_verification(Q(file__sha256=sha256.strip().lower()))
    if found is None:
        raise NotFound(_("No document of this platform has this content."))
    return _verification(found, matches=True)


def verify_upload(content: bytes) -> Verification:
    """As ``verify``, for an uploaded file, which is not kept.

    A file that is not ours byte for byte, but whose seal names a document of ours, is reported as altered.
    Raises ``NotFound`` when it is nothing of ours.
    """
    try:
        return verify_hash(hashlib.sha256(content).hexdigest())
    except NotFound:
        from egov.documents import sealing  # noqa: PLC0415 - heavy: it brings pyHanko

        claimed = sealing.check(content, roots=authority.roots(), moment=clock.now())
        found = _for_verification(Q(code=claimed.code)) if claimed and rules.is_code(claimed.code) else None
        if found is None:
            raise
        return _verification(found, matches=False)


def _for_verification(wanted: Q) -> IssuedDocument | None:
    return (
        IssuedDocument.objects.select_related("department__party", "holder", "file", "seal", "credential")
        .filter(wanted)
        .first()
    )


def _verification(found: IssuedDocument, *, matches: bool | None = None) -> Verification:
    held: Credential | None = getattr(found, "credential", None)
    dating = _dating(found)
    content, signature = _signature(found, dating.at)
    newer = held.replaced_by.select_related("document").first() if held and held.end_kind == "replaced" else None
    genuine = content is not None and signature is not None and signature.intact and signature.trusted and dating.fits
    return Verification(
        finding=_finding(found, held, genuine=genuine, matches=matches),
        code=rules.shown_code(found.code),
        reference=found.reference,
        title=found.title,
        number=found.number,
        issuer=found.department.full_name,
        holder=_shown_holder(found),
        issued_at=found.issued_at,
        sealed_at=found.sealed_at,
        valid_from=held.valid_from if held else None,
        valid_to=held.valid_to if held else None,
        ended_at=(held.ended_at or held.suspended_at if held else None) or found.revoked_at,
        end_label=state_of(held).label if held else "",
        end_reason=held.end_reason if held else found.revocation_reason,
        credential_version=held.version if held else None,
        newer_code=rules.shown_code(newer.document.code) if newer and newer.document else "",
        sha256=found.file.sha256 if found.file else "",
        signature=signature,
        proof=dating.proof,
        proof_holds=dating.holds,
        proven_at=dating.at or (signature.timestamped_at if signature else None),
        matches=matches,
    )


@dataclass(frozen=True)
class _Dating:
    """What the journal says about the sealing: ``fits`` when its entry is about these very bytes."""

    proof: journal.Proof | journal.Pending | None = None
    fits: bool = False
    at: dt.datetime | None = None  # when the first signed head with the entry was made

    @property
    def holds(self) -> bool:
        return self.at is not None


def _dating(found: IssuedDocument) -> _Dating:
    if found.file is None:
        return _Dating()
    try:
        entry = journal.entry_for(Ref("document", found.reference), action=actions.SEAL_ACT)
    except NotFound:
        return _Dating()
    fits = bytes(entry.content_digest) == digest_of(actions.seal_content(found))
    proof = journal.proof(entry.pk)
    if not fits or isinstance(proof, journal.Pending) or not proof.holds():
        return _Dating(proof, fits)
    return _Dating(proof, fits, _first_head_over(proof))


def _first_head_over(proof: journal.Proof) -> dt.datetime | None:
    """When the entry first stood under a signed head, and the log has only grown since; None when it did not."""
    head = TreeHead.objects.filter(size__gt=proof.index).order_by("size")[:1].get()
    note, key = journal.note_of(head), journal.log_key(head.key_id)
    if key is None or not key.signed(note.head, note.signature):
        return None
    grown = journal_rules.is_consistent(
        head.size, proof.size, note.head.root, proof.root, journal.consistency(head.size, proof.size)
    )
    return head.signed_at if grown else None


def _signature(found: IssuedDocument, proven_at: dt.datetime | None) -> tuple[bytes | None, Any]:
    """The stored bytes and the report on their signature, judged when it is proven to have been there, else now."""
    if found.file is None:
        return None, None
    from egov.documents import sealing  # noqa: PLC0415 - heavy: it brings pyHanko

    try:
        content = storage.read(found.file.path, found.file.sha256)
    except Unavailable:
        return None, None
    return content, sealing.check(content, roots=authority.roots(), moment=proven_at or clock.now())


def _finding(found: IssuedDocument, held: Credential | None, *, genuine: bool, matches: bool | None) -> Finding:
    if matches is False:
        return Finding.ALTERED
    if found.state == DocumentState.REVOKED:
        return Finding.REVOKED
    if found.file is None:
        return Finding.PENDING
    if not genuine or not _sealed_in_time(found):
        return Finding.UNPROVEN
    return _CREDENTIAL_FINDINGS.get(state_of(held), Finding.ENDED) if held else Finding.VALID


def _sealed_in_time(found: IssuedDocument) -> bool:
    """Whether the seal was in use when the document was sealed."""
    seal, moment = found.seal, found.sealed_at
    if seal is None or moment is None:
        return False
    return seal.valid_from <= moment < seal.valid_to and (seal.retired_at is None or moment <= seal.retired_at)


def _shown_holder(found: IssuedDocument) -> str:
    if found.holder is None:
        return ""
    return mask_name(found.holder.name) if found.holder.kind == PartyKind.PERSON else found.holder.name
