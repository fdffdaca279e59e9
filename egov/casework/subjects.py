"""What the house must know of cases when another room names one."""

from django.urls import NoReverseMatch, reverse

from egov.casework.models import Case, OpinionRequest
from egov.casework.queries import exists, is_open_to, visible_cases
from egov.kernel.actor import Actor
from egov.kernel.refs import Ref, Subject, subjects
from egov.kernel.text import localise


def _title(ref: Ref) -> str:
    title = Case.objects.filter(reference=ref.key).values_list("title", flat=True).first()
    return localise(title) or ref.key


def _url(ref: Ref, actor: Actor) -> str | None:
    """Where the actor finds it: officers at their desk, applicants in the matter it belongs to."""
    if actor.is_staff:
        return _reversed("staff:case", capacity=actor.capacity, reference=ref.key)
    if actor.is_applicant:
        matter = Case.objects.filter(reference=ref.key).values_list("matter", flat=True).first()
        if matter and is_open_to(actor, ref.key):
            return _reversed("citizen:matter", capacity=actor.capacity, reference=matter)
    return None


def _reversed(name: str, **kwargs: str) -> str | None:
    try:
        return reverse(name, kwargs=kwargs)
    except NoReverseMatch:
        return None


def _may_view(ref: Ref, actor: Actor) -> bool:
    if not actor.is_applicant:
        return visible_cases(actor).filter(reference=ref.key).exists()
    return exists(ref.key) and is_open_to(actor, ref.key)


def _opinion_title(ref: Ref) -> str:
    if not ref.key.isdecimal():
        return ref.key
    title = OpinionRequest.objects.filter(pk=ref.key).values_list("case__title", flat=True).first()
    return localise(title) or ref.key


def _opinion_url(ref: Ref, actor: Actor) -> str | None:
    return _reversed("staff:opinion", capacity=actor.capacity, pk=ref.key) if actor.is_staff else None


def _may_view_opinion(ref: Ref, actor: Actor) -> bool:
    if not (actor.is_staff and ref.key.isdecimal()):
        return False
    return OpinionRequest.objects.filter(pk=ref.key, unit_id=actor.own_unit_id).exists()


subjects.add("case", Subject(title=_title, url=_url, may_view=_may_view))
subjects.add("opinion", Subject(title=_opinion_title, url=_opinion_url, may_view=_may_view_opinion))
