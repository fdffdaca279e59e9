"""A unit was closed: matters it leads, members that wait for it and all that lies there have another owner at once."""

from django.db import transaction
from django.db.models import Exists, OuterRef, Q

from egov.casework import actions as casework
from egov.identity import queries as identity
from egov.identity.models import Unit
from egov.journal import actions as journal
from egov.kernel.actor import Actor
from egov.kernel.refs import Ref
from egov.kernel.text import LocalisedText, localise
from egov.matters.models import Matter, PendingMember
from egov.work import actions as work


@transaction.atomic
def take_over(actor: Actor, *, closed_id: int, successor_id: int | None = None) -> int:
    """What lies in the closed unit goes to its successor, or to whom ``identity.heir_of`` names; returns how many
    matters, cases and items. Doing it twice changes nothing.

    The matter is locked before its cases and these before the work on them, as in every other act: so the room on top
    is told, and tells those below. Raises ``NotFound`` only when there is no service hall at all.
    """
    closed = Unit.objects.select_related("department__party").get(pk=closed_id)
    heir = identity.heir_of(closed, named=successor_id)
    waiting = PendingMember.objects.filter(unit=closed)
    concerned = Matter.objects.filter(Q(lead_unit=closed) | Exists(waiting.filter(member__matter=OuterRef("pk"))))
    matters = list(concerned.select_for_update(of=("self",)).order_by("pk").values_list("pk", flat=True))
    Matter.objects.filter(pk__in=matters, lead_unit=closed).update(lead_id=heir.department_id, lead_unit=heir)
    for each in waiting.filter(member__matter__in=matters):
        each.department_id, each.unit_id = heir.department_id, heir.pk
        each.reasons = [*each.reasons, _reason(closed, heir)]
        each.save(update_fields=["department", "unit", "reasons"])
    moved = len(matters) + casework.take_over(actor, closed=closed, heir=heir)
    moved += work.take_over(actor, closed=closed, heir=heir)
    if moved:
        journal.record(actor, "matters.take_over", Ref("unit", closed.key), Ref("unit", heir.key), content=moved)
    return moved


def _reason(closed: Unit, heir: Unit) -> LocalisedText:
    words = {"zh-Hans": "“{closed}”已撤销，由“{heir}”接办", "en": "“{closed}” was closed; “{heir}” takes over"}
    return {
        language: text.format(closed=localise(closed.name, language), heir=localise(heir.name, language))
        for language, text in words.items()
    }
