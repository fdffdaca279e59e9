"""How a matter is named and found where only its ``Ref`` is known."""

from django.urls import NoReverseMatch, reverse

from egov.kernel.actor import Actor
from egov.kernel.refs import Ref, Subject, subjects
from egov.kernel.text import localise
from egov.matters import queries
from egov.matters.models import Matter


def _title(ref: Ref) -> str:
    title = Matter.objects.filter(reference=ref.key).values_list("title", flat=True).first()
    return localise(title) or ref.key


def _url(ref: Ref, actor: Actor) -> str | None:
    if not actor.is_applicant:
        return None
    try:
        return reverse("citizen:matter", kwargs={"capacity": actor.capacity, "reference": ref.key})
    except NoReverseMatch:
        return None


def _may_view(ref: Ref, actor: Actor) -> bool:
    return queries.visible_matters(actor).filter(reference=ref.key).exists()


subjects.add("matter", Subject(title=_title, url=_url, may_view=_may_view))
