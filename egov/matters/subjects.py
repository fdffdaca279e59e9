"""How a matter is named and found where only its ``Ref`` is known."""

from collections.abc import Mapping, Sequence

from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext_lazy as _

from egov.kernel.actor import Actor
from egov.kernel.refs import Ref, Subject, subjects
from egov.kernel.text import localise
from egov.matters import queries
from egov.matters.models import Matter
from egov.work.models import WorkItem
from egov.work.registry import Hint, SubjectHandler, subject_handlers


def _title(ref: Ref) -> str:
    title = Matter.objects.filter(reference=ref.key).values_list("title", flat=True).first()
    return localise(title) or ref.key


def _url(ref: Ref, actor: Actor) -> str | None:
    try:
        if actor.is_staff:  # what the post filed itself
            return reverse("staff:request", args=[actor.capacity, ref.key])
        if not actor.is_applicant:
            return None
        return reverse("citizen:matter", kwargs={"capacity": actor.capacity, "reference": ref.key})
    except NoReverseMatch:
        return None


def _led_url(ref: Ref, actor: Actor) -> str | None:
    """Its page for the department that answers for it."""
    try:
        return reverse("staff:lead_matter", args=[actor.capacity, ref.key]) if actor.is_staff else None
    except NoReverseMatch:
        return None


def _may_view(ref: Ref, actor: Actor) -> bool:
    return queries.visible_matters(actor).filter(reference=ref.key).exists()


def _lock(ref: Ref) -> None:
    Matter.objects.select_for_update(of=("self",)).filter(reference=ref.key).values_list("pk").first()


def _next_actions(_actor: Actor, items: Sequence[WorkItem]) -> Mapping[int, Hint]:
    return {
        item.pk: Hint(action=_("See who holds it up"), page=Ref("led_matter", Ref.parse(item.subject).key))
        for item in items
    }


subjects.add("matter", Subject(title=_title, url=_url, may_view=_may_view))
subjects.add(
    "led_matter",
    Subject(title=_title, url=_led_url, may_view=lambda ref, actor: queries.leads(actor, ref.key)),
)
subject_handlers.add("matter", SubjectHandler(lock=_lock, next_actions=_next_actions))
