"""Cover for absence."""

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from egov.journal import actions as journal
from egov.kernel import clock
from egov.kernel.actor import Actor
from egov.kernel.errors import InvalidInput, NotFound, NotPermitted
from egov.kernel.refs import Ref
from egov.work import queries, rules
from egov.work.models import Cover


@transaction.atomic
def set_cover(
    actor: Actor,
    *,
    absent_post_id: int,
    deputy_post_id: int,
    valid_from: dt.date,
    valid_to: dt.date,
    reason: str = "",
) -> Cover:
    """While ``absent`` is away (both days included), ``deputy`` sees and may take what is theirs.

    Set by the absent person or by who leads the unit, and by the system for leave that was granted; both posts must be
    in one department.
    """
    absent, deputy = queries.worker(absent_post_id), queries.worker(deputy_post_id)
    if absent is None or deputy is None:
        raise NotFound
    _check_may_set(actor, absent)
    if valid_to < valid_from:
        raise InvalidInput.at("valid_to", "before_start", _("The last day lies before the first."))
    if deputy.person_id == absent.person_id:
        raise InvalidInput.at("deputy_post_id", "same_person", _("Choose someone else as the deputy."))
    if deputy.place.department_id != absent.place.department_id:
        raise InvalidInput.at("deputy_post_id", "other_department", _("Choose a deputy of the same department."))
    cover = Cover.objects.create(
        absent_id=absent_post_id,
        deputy_id=deputy_post_id,
        valid_from=valid_from,
        valid_to=valid_to,
        reason=reason[:80],
    )
    journal.record(actor, "work.set_cover", Ref("post", str(absent_post_id)), Ref("post", str(deputy_post_id)))
    return cover


@transaction.atomic
def end_cover(actor: Actor, *, cover_id: int) -> Cover:
    """The absent person is back before the day named."""
    cover = Cover.objects.select_for_update().filter(pk=cover_id, ended_at__isnull=True).first()
    if cover is None:
        raise NotFound
    absent = queries.worker(cover.absent_id)
    if absent is None:
        raise NotFound
    _check_may_set(actor, absent)
    cover.ended_at = clock.now()
    cover.save(update_fields=["ended_at"])
    journal.record(actor, "work.end_cover", Ref("post", str(cover.absent_id)), Ref("post", str(cover.deputy_id)))
    return cover


def _check_may_set(actor: Actor, absent: queries.Worker) -> None:
    place = queries.place_of(actor)
    if actor.is_system or actor.post_id == absent.post_id:
        return
    department_id, unit_id = absent.place.department_id, absent.place.unit_id
    if department_id is None or unit_id is None:
        raise NotPermitted
    if not rules.leads(place, department_id=department_id, unit_id=unit_id):
        raise NotPermitted
