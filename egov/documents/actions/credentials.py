"""Certificates and licences: granting, replacing, suspending, ending."""

import datetime as dt
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from egov.contracts.documents import CredentialIssued, CredentialRevoked
from egov.documents import registry, rules
from egov.documents.actions.files import party_ref
from egov.documents.actions.issuing import issue_document
from egov.documents.actions.seals import issuer_code
from egov.documents.models import Credential, EndKind
from egov.journal import actions as journal
from egov.kernel import clock, outbox, references
from egov.kernel.actor import Actor
from egov.kernel.errors import InvalidInput, NotFound, NotPermitted, TransitionNotAllowed
from egov.kernel.refs import Ref
from egov.kernel.text import LocalisedText


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
    """A certificate or licence with its document, in the caller's transaction.

    ``replaces_id`` makes it the next version of an earlier one. ``data`` holds data elements and what the template reads (rows, statement, scope); without ``rows`` they are made
    of the elements. Number and dates are added. ``valid_to`` is the last day, None for no end. Raises ``TransitionNotAllowed`` when the earlier version has already been replaced.
    """
    if actor.is_staff and actor.department_id != issuer_id:
        raise NotPermitted()
    earlier = _ended_by_replacement(replaces_id) if replaces_id is not None else None
    reference = references.draw("K")
    code = issuer_code(issuer_id)
    version = earlier.version + 1 if earlier else 1
    # No law wants these without gaps (GB/T 36904-2018 §5.4: unique under issuer and type), so nobody waits for a counter.
    serial = _serial_of(earlier) if earlier else references.next_number()
    number = rules.credential_number(type_=type, issuer_code=code, serial=serial, version=version)
    document = issue_document(
        actor,
        template=template,
        title=title,
        subject=Ref("credential", reference),
        holder_id=holder_id,
        department_id=issuer_id,
        data={
            "rows": registry.rows_of(data),
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
        issuer_id=issuer_id,
        document=document,
        case=case,
        service=service,
        data=rules.printable(data),
        valid_from=valid_from,
        valid_to=valid_to,
    )
    journal.record(
        actor,
        "documents.issue_credential",
        Ref("credential", reference),
        *((Ref("case", case),) if case else ()),
        *party_ref(holder_id),
        content={"number": number, "type": type, "data": credential.data},
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
        if not (rules.may_end(actor, credential.issuer_id) or (own and kind in (EndKind.CANCELLED, EndKind.LOST))):
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
    if not rules.may_end(actor, credential.issuer_id):
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
    if not rules.may_end(actor, credential.issuer_id):
        raise NotPermitted()
    if credential.end_kind or not credential.suspended_at:
        raise TransitionNotAllowed()
    credential.suspended_at = None
    credential.save(update_fields=["suspended_at"])
    journal.record(
        actor,
        "documents.reinstate_credential",
        Ref("credential", credential.reference),
        *party_ref(credential.holder_id),
    )
    return credential


def _locked_credential(credential_id: int) -> Credential:
    credential = Credential.objects.select_for_update(of=("self",)).filter(pk=credential_id).first()
    if credential is None:
        raise NotFound()
    return credential


def _record_change(actor: Actor, credential: Credential, action: str, kind: str, content: Any) -> None:
    journal.record(
        actor, action, Ref("credential", credential.reference), *party_ref(credential.holder_id), content=content
    )
    outbox.emit(
        CredentialRevoked(
            credential=credential.reference,
            kind=credential.type,
            holder_id=credential.holder_id,
            reason=kind,
            at=clock.now().isoformat(),
        ),
        request_id=actor.request_id,
    )
