"""Files of a form: limits of each material, said beforehand and kept here."""

from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from egov.catalogue.models import ServiceVersion
from egov.documents import actions as documents
from egov.documents.models import StoredFile
from egov.intake import queries, rules
from egov.intake.actions.drafts import locked, touched
from egov.intake.models import Attachment
from egov.intake.taking import TakenFile
from egov.journal import actions as journal
from egov.kernel import clock
from egov.kernel.actor import Actor
from egov.kernel.errors import FieldError, InvalidInput, NotFound, NotPermitted
from egov.kernel.refs import Ref

MAX_FILES = 20  # of the form of one service
IMAGES = frozenset({"image/jpeg", "image/png", "image/webp", "image/heic"})
DOCUMENTS = IMAGES | {"application/pdf"}
TOO_MANY = _("This form takes at most %(most)d files. Remove one, or put several pages into one PDF.")
NO_SUCH_MATERIAL = _("This form takes no such material.")


def require_room(form: rules.Form, path: str, files: int) -> None:
    """A form of several services may ask for more than one of them takes: two for each material then.

    Raises ``InvalidInput`` at ``path``.
    """
    most = max(MAX_FILES, 2 * len(form.takes_files))
    if files > most:
        raise InvalidInput.at(path, "too_many", TOO_MANY % {"most": most})


def attach(actor: Actor, *, draft: str, material: str, upload: Any) -> Attachment:
    """Keep a file for a material. A question that takes one file has its earlier one replaced.

    Raises ``InvalidInput`` at the question when type or size do not fit, at ``material`` for an unknown one.
    """
    opened = queries.open_draft(actor, reference=draft)
    question = _asking_for(opened.form, material)
    require_room(opened.form, question.key, len(opened.attachments) + 1)
    stored = _stored(actor, question, opened.draft.applicant_id, upload)
    with transaction.atomic():
        row = locked(actor, draft)
        if not question.many:
            row.attachments.filter(material=material).delete()
        attachment = Attachment.objects.create(draft=row, material=material, file=stored, added_at=clock.now())
        touched(row)
        journal.record(
            actor, "intake.attach", Ref("draft", draft), Ref("file", stored.reference), content=stored.sha256
        )
    return attachment


def keep_upload(actor: Actor, *, version: ServiceVersion, material: str, upload: Any) -> StoredFile:
    """Store a file for a material outside a draft: for a correction, or before a filing through the API.

    Raises ``InvalidInput`` at the question, at ``material`` for an unknown one.
    """
    if not actor.is_applicant or actor.on_behalf_of_id is None:
        raise NotPermitted
    question = _asking_for(queries.form_for(version), material)
    return _stored(actor, question, actor.on_behalf_of_id, upload)


def _asking_for(form: rules.Form, material: str) -> rules.Question:
    question = next((each for each in form.takes_files if each.material == material), None)
    if question is None:
        raise InvalidInput.at("material", "unknown", NO_SUCH_MATERIAL)
    return question


def _stored(actor: Actor, question: rules.Question, owner_id: int, upload: Any) -> StoredFile:
    try:
        return documents.store_file(
            actor,
            upload=upload,
            owner_id=owner_id,
            max_size=question.max_mb * 1024 * 1024,
            allowed=_types(question),
        )
    except InvalidInput as error:
        raise InvalidInput([FieldError(question.key, fault.code, fault.message) for fault in error.faults]) from error


def require_fitting(form: rules.Form, files: Sequence[TakenFile]) -> None:
    """Files stored before must fit the material they are handed in for: type, size, how many.

    Raises ``InvalidInput`` at each question concerned.
    """
    by_material = {question.material: question for question in form.takes_files}
    require_room(form, "files", len(files))
    faults = []
    for file in files:
        question = by_material.get(file.material)
        if question is None:
            faults.append(FieldError("files", "unknown", NO_SUCH_MATERIAL))
        elif file.content_type not in _types(question):
            faults.append(FieldError(question.key, "type", _("This kind of file is not taken here.")))
        elif file.size > question.max_mb * 1024 * 1024:
            faults.append(
                FieldError(
                    question.key, "too_large", _("The file may have at most %(size)s MB.") % {"size": question.max_mb}
                )
            )
    if faults:
        raise InvalidInput(faults)


def _types(question: rules.Question) -> frozenset[str]:
    return IMAGES if question.accept == "image" else DOCUMENTS


def detach(actor: Actor, *, draft: str, attachment: int) -> None:
    """Take a file off. The stored bytes go when nothing else names them."""
    with transaction.atomic():
        row = locked(actor, draft)
        found = row.attachments.select_related("file").filter(pk=attachment).first()
        if found is None:
            raise NotFound
        found.delete()
        touched(row)
        journal.record(actor, "intake.detach", Ref("draft", draft), Ref("file", found.file.reference))
