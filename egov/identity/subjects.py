"""How parties, mandates and units are called where a reference names them, and who may see that they exist."""

from django.urls import NoReverseMatch, reverse

from egov.identity import rules
from egov.identity.models import Mandate, Party, Unit
from egov.kernel.actor import Actor
from egov.kernel.refs import Ref, Subject, subjects
from egov.kernel.text import localise


def _party_title(ref: Ref) -> str:
    if not ref.key.isdecimal():
        return str(ref)
    return str(Party.objects.filter(pk=ref.key).values_list("name", flat=True).first() or ref)


def _may_view_party(ref: Ref, actor: Actor) -> bool:
    """The party's own side; officers who keep the registers of people and organisations."""
    own = actor.is_applicant and ref.key in (str(actor.party_id), str(actor.on_behalf_of_id))
    return own or rules.may_register(actor)


def _mandate(ref: Ref) -> Mandate | None:
    if not ref.key.isdecimal():
        return None
    return Mandate.objects.select_related("grantor", "agent").filter(pk=ref.key).first()


def _mandate_title(ref: Ref) -> str:
    row = _mandate(ref)
    return f"{row.grantor.name} → {row.agent.name}" if row else str(ref)


def _mandate_url(_ref: Ref, actor: Actor) -> str | None:
    if not actor.is_applicant:
        return None
    try:
        return reverse("citizen:mandates", kwargs={"capacity": actor.capacity})
    except NoReverseMatch:  # an instance without that portal
        return None


def _may_view_mandate(ref: Ref, actor: Actor) -> bool:
    row = _mandate(ref)
    if row is None or not actor.is_applicant:
        return False
    return bool({actor.party_id, actor.on_behalf_of_id} & {row.grantor_id, row.agent_id})


def _unit_title(ref: Ref) -> str:
    name = Unit.objects.filter(key=ref.key).values_list("name", flat=True).first()
    return localise(name) if name else str(ref)


subjects.add("party", Subject(title=_party_title, url=lambda _ref, _actor: None, may_view=_may_view_party))
subjects.add("mandate", Subject(title=_mandate_title, url=_mandate_url, may_view=_may_view_mandate))
subjects.add(
    "unit", Subject(title=_unit_title, url=lambda _ref, _actor: None, may_view=lambda _ref, actor: actor.is_staff)
)
