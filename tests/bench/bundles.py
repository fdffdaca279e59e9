"""Drafts of one event with five services at three departments, complete: each request files one of them."""

import io
from collections.abc import Iterator, Sequence
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from egov.intake import actions as intake
from egov.intake import queries as forms
from egov.intake.models import Attachment, Draft
from egov.kernel import clock, references
from egov.kernel.actor import Actor
from tests.plugins.answering import AnswerSheet

EVENT, REGION = "LE09", "990102"
SERVICES = ("MH03", "MH10", "MH11", "CL18", "ED05")
ABOUT = {
    "insurance": "employee",
    "elsewhere": True,
    "chronic": True,
    "self_care": False,
    "work_related": False,
    "directly_settled": True,
    "beyond_means": True,
}


def pools(people: Sequence[Actor], sizes: Sequence[int]) -> list[Iterator[str]]:
    """For each person the references of so many drafts, none of them filed; what an earlier run left is discarded."""
    left = Draft.objects.filter(applicant_id__in=[person.party_id for person in people])
    left.filter(submitted_at=None, discarded_at=None).update(discarded_at=clock.now())
    return [iter(_copies(_complete(person), size)) for person, size in zip(people, sizes, strict=True)]


def _complete(person: Actor) -> Draft:
    """One draft as a person fills it in."""
    draft = intake.start_bundle(person, event=EVENT, region=REGION, answers=ABOUT, services=SERVICES)
    form = forms.open_draft(person, reference=draft.reference).form
    sheet = AnswerSheet(form, {}, dict(draft.answers)).fill()
    intake.save_draft(person, draft=draft.reference, answers=sheet.answers)
    for material, _paper in sheet.papers():
        intake.attach(person, draft=draft.reference, material=material, upload=_picture())
    opened = forms.open_draft(person, reference=draft.reference)
    assert not opened.checked.faults, opened.checked.faults
    assert len(opened.members) == len(SERVICES)
    return opened.draft


def _copies(original: Draft, count: int) -> list[str]:
    """Rows as the original's; what people type and attach is measured elsewhere."""
    attached = list(Attachment.objects.filter(draft=original))
    drafts = Draft.objects.bulk_create([_renewed(original, reference=references.draw("D")) for _ in range(count)])
    Attachment.objects.bulk_create([_renewed(each, draft=draft) for draft in drafts for each in attached])
    return [draft.reference for draft in drafts]


def _renewed(row: Any, **changed: Any) -> Any:
    """A new row with the same values but for ``changed``."""
    values = {field.name: getattr(row, field.name) for field in row._meta.concrete_fields if not field.primary_key}
    return type(row)(**{**values, **changed})


def _picture() -> SimpleUploadedFile:
    stream = io.BytesIO()
    Image.new("RGB", (40, 52), "white").save(stream, "PNG")
    return SimpleUploadedFile("paper.png", stream.getvalue(), content_type="image/png")
