"""Granting leave."""

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from egov.deadlines import queries as deadlines
from egov.identity.models import Post
from egov.journal import actions as journal
from egov.kernel.actor import SYSTEM, Actor
from egov.kernel.errors import InvalidInput
from egov.kernel.refs import Ref
from egov.work import actions as work
from g2e.administration.models import Leave


@transaction.atomic
def grant_leave(
    actor: Actor, *, case: str, post_id: int, kind: str, first_day: dt.date, last_day: dt.date, deputy_id: int | None
) -> Leave:
    """Enter granted leave and, with a deputy, the cover for it.

    It costs the working days on the calendar of the department (职工带薪年休假条例 art. 3: days off do not count).
    Raises ``InvalidInput`` when the days are in the wrong order, ``IntegrityError`` when they overlap other leave.
    """
    if last_day < first_day:
        raise InvalidInput.at("last_day", "order", _("The last day lies before the first."))
    post = Post.objects.select_related("unit").get(pk=post_id)
    days = deadlines.working_days(post.unit.department_id).counted(first_day, last_day)
    leave = Leave.objects.create(
        case=case, post=post, kind=kind, first_day=first_day, last_day=last_day, working_days=days
    )
    if deputy_id:
        # The cover follows from the decision; who decides need not lead the unit of who is away.
        work.set_cover(
            SYSTEM,
            absent_post_id=post_id,
            deputy_post_id=deputy_id,
            valid_from=first_day,
            valid_to=last_day,
            reason="leave",
        )
    journal.record(
        actor, "administration.grant_leave", Ref("party", str(post.person_id)), Ref("case", case), content=days
    )
    return leave
