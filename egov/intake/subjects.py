"""How drafts and submissions are named and found where only their ``Ref`` is known."""

from django.urls import NoReverseMatch, reverse

from egov.intake import queries
from egov.intake.models import Draft, Submission
from egov.kernel.actor import Actor
from egov.kernel.refs import Ref, Subject, subjects
from egov.kernel.text import localise
from egov.matters.models import Matter


def _draft_title(ref: Ref) -> str:
    name = Draft.objects.filter(reference=ref.key).values_list("version__name", flat=True).first()
    return localise(name) or ref.key


def _submission_title(ref: Ref) -> str:
    matter = Submission.objects.filter(reference=ref.key).values("matter")[:1]
    title = Matter.objects.filter(reference__in=matter).values_list("title", flat=True).first()
    return localise(title) or ref.key


def _reversed(name: str, ref: Ref, actor: Actor) -> str | None:
    if not actor.is_applicant:
        return None
    try:
        return reverse(name, kwargs={"capacity": actor.capacity, "reference": ref.key})
    except NoReverseMatch:
        return None


subjects.add(
    "draft",
    Subject(
        title=_draft_title,
        url=lambda ref, actor: _reversed("citizen:draft", ref, actor),
        may_view=lambda ref, actor: queries.visible_drafts(actor).filter(reference=ref.key).exists(),
    ),
)
subjects.add(
    "submission",
    Subject(
        title=_submission_title,
        url=lambda ref, actor: _reversed("citizen:receipt", ref, actor),
        may_view=lambda ref, actor: queries.visible_submissions(actor).filter(reference=ref.key).exists(),
    ),
)
