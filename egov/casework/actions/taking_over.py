"""A unit was closed: its cases, and the opinions asked of it, have another owner at once."""

from django.db import transaction

from egov.casework.models import OPEN_STATES, Case, OpinionRequest
from egov.casework.moving import begin, finish, lock
from egov.identity.models import Unit
from egov.kernel.actor import Actor
from egov.kernel.refs import Ref
from egov.kernel.text import localise


@transaction.atomic
def take_over(actor: Actor, *, closed: Unit, heir: Unit) -> int:
    """What is under way in the ``closed`` unit goes to ``heir`` as it is, with its clocks running on; returns how many
    cases. A part of the caller's act, which moves the work on them. Doing it twice changes nothing.
    """
    under_way = Case.objects.filter(unit=closed, state__in=OPEN_STATES)
    references = list(under_way.order_by("reference").values_list("reference", flat=True))
    for reference in references:
        _hand_on(actor, reference, heir)
    asked = OpinionRequest.objects.filter(unit=closed, answered_at__isnull=True, withdrawn_at__isnull=True)
    for reference in sorted(set(asked.values_list("case__reference", flat=True))):
        lock(reference)
    asked.update(department_id=heir.department_id, unit=heir)
    if heir.department_id == closed.department_id:
        # What has ended stays with its department; there a rating of it is still answered.
        Case.objects.filter(unit=closed).exclude(state__in=OPEN_STATES).update(unit=heir)
    return len(references)


def _hand_on(actor: Actor, case: str, heir: Unit) -> None:
    move = begin(actor, "take_over", case)
    route = {**move.case.route, "moved": [*move.case.route.get("moved", []), {"to": heir.key}]}
    changes = {"department_id": heir.department_id, "unit_id": heir.pk, "handler_id": None, "route": route}
    finish(move, note=localise(heir.name, move.case.language), changes=changes, refs=[Ref("unit", heir.key)])
