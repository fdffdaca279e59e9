"""Typesetting and sealing what was issued; the departments' seals and their rotation."""

import datetime as dt
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef

from egov.documents import authority, registry, rules, typesetting
from egov.documents.actions.files import keep, party_ref
from egov.documents.actions.issuing import document_ref
from egov.documents.models import DocumentState, IssuedDocument, Seal
from egov.identity import queries as identity
from egov.identity.models import Identifier, IdentifierScheme, Organisation, PartyKind
from egov.journal import actions as journal
from egov.kernel import clock, secrets
from egov.kernel.actor import SYSTEM, Actor
from egov.kernel.errors import NotFound, NotPermitted
from egov.kernel.refs import Ref
from egov.kernel.text import localise

SEAL_ACT = "documents.seal"


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
        document.file = keep(
            content, name=f"{document.reference}.pdf", content_type="application/pdf", owner_id=document.holder_id
        )
        document.seal, document.sealed_at, document.state = seal, clock.now(), DocumentState.SEALED
        document.save(update_fields=["file", "seal", "sealed_at", "state"])
        journal.record(
            actor,
            SEAL_ACT,
            document_ref(document),
            Ref("seal", seal.key_id),
            *party_ref(document.holder_id),
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


def template_input(document: IssuedDocument, seal: Seal | None) -> dict[str, Any]:
    """Everything a template reads, in the document's language; without a seal the document is a sample."""
    language = document.language
    host = settings.PUBLIC_URL.removeprefix("https://").removeprefix("http://")
    holder = rules.plain(document.holder.name) if document.holder else ""
    data = rules.in_language(document.data, language)
    return {
        "language": language,
        "title": rules.in_language(document.title, language),
        "reference": document.reference,
        "number": document.number,
        "sample": seal is None,
        "code": rules.shown_code(document.code),
        "qr": typesetting.qr_code(f"{settings.PUBLIC_URL}/verify/{document.code}") if seal else "",
        "verify_at": f"{host}/verify",
        "department": {"name": localise(document.department.full_name, language) or document.department.party.name},
        "seal_legend": localise(seal.legend, "zh-Hans") if seal else "",
        "holder": holder,
        "holder_number": _holder_number(document),
        "holder_is_person": document.holder is None or document.holder.kind == PartyKind.PERSON,
        "addressee": data.get("addressee", holder),
        "issued_on": clock.local(document.issued_at).date().isoformat(),
        "missing": "",
        "data": data,
    }


def _holder_number(document: IssuedDocument) -> str:
    """An organisation's credit code, which is public; a person's number as others may see it."""
    if document.holder_id is None:
        return ""
    row = (
        Identifier.objects.filter(
            party_id=document.holder_id,
            scheme__in=[IdentifierScheme.RESIDENT_ID, IdentifierScheme.USCC],
            valid_to=None,
        )
        .values("scheme", "encrypted", "masked")
        .first()
    )
    if row is None:
        return ""
    return secrets.decrypt(bytes(row["encrypted"])) if row["scheme"] == IdentifierScheme.USCC else str(row["masked"])


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
def rotate_seal(actor: Actor, *, department_id: int, reason: str = "", provider: str = "") -> Seal:
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
    request = registry.SealRequest(department.key or "", department.full_name, issuer_code(department.pk))
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


def issuer_code(department_id: int) -> str:
    """The department's credit code, or its key in capitals where no code is recorded; kept in the process."""
    return identity.kept.get(("issuer's code", department_id), lambda: _issuer_code(department_id))


def _issuer_code(department_id: int) -> str:
    code = (
        Identifier.objects.filter(party_id=department_id, scheme=IdentifierScheme.USCC, valid_to=None)
        .values_list("encrypted", flat=True)
        .first()
    )
    if code is not None:
        return secrets.decrypt(bytes(code))
    key = Organisation.objects.values_list("key", flat=True).get(pk=department_id)
    return "".join(each for each in (key or "").upper() if each.isascii() and each.isalnum())
