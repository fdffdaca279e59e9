"""Keeping uploaded files and taking them away again."""

from collections.abc import Collection
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from egov.documents import storage, uploads
from egov.documents.models import StoredFile
from egov.journal import actions as journal
from egov.kernel import clock, references
from egov.kernel.actor import Actor, CapacityKind
from egov.kernel.errors import InvalidInput, NotFound, NotPermitted, TransitionNotAllowed
from egov.kernel.refs import Ref


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
        stored = keep(content, name=uploads.clean_name(name, kind), content_type=kind.mime, owner_id=owner_id)
        journal.record(
            actor,
            "documents.store_file",
            Ref("file", stored.reference),
            *party_ref(owner_id),
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
    journal.record(actor, "documents.remove_file", Ref("file", stored.reference), *party_ref(stored.owner_id))
    transaction.on_commit(lambda: _forget(stored.sha256, stored.path))


def keep(content: bytes, *, name: str, content_type: str, owner_id: int | None) -> StoredFile:
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


def party_ref(party_id: int | None) -> tuple[Ref, ...]:
    return (Ref("party", str(party_id)),) if party_id is not None else ()
