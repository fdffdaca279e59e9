"""What happens when a staff request is approved."""

import datetime as dt
from typing import Any

from django.utils.translation import gettext_lazy as _

from egov.casework.models import Case, Decision
from egov.casework.registry import Effect, effects
from egov.identity.models import Post
from egov.kernel.actor import Actor
from egov.kernel.errors import NotFound
from g2e.administration import actions


def grant_leave(actor: Actor, case: Case, decision: Decision, options: dict[str, Any]) -> dict[str, Any]:
    """The leave is that of the post in which it was asked for."""
    answers = case.answers
    leave = actions.grant_leave(
        actor,
        case=case.reference,
        post_id=_post_of(case),
        kind=answers["kind"],
        first_day=dt.date.fromisoformat(answers["first_day"]),
        last_day=dt.date.fromisoformat(answers["last_day"]),
        deputy_id=int(answers["deputy"]) if answers.get("deputy") else None,
    )
    return {"leave.working_days": leave.working_days}


def _post_of(case: Case) -> int:
    """The post of the capacity ("p-17") the request was filed in. Raises ``NotFound`` for anything else."""
    kind, _dash, number = case.capacity.partition("-")
    held = Post.objects.filter(pk=number, person_id=case.applicant_id) if kind == "p" and number.isdecimal() else None
    post = held.first() if held is not None else None
    if post is None:
        raise NotFound(_("This leave was not asked for in a post."))
    return post.pk


effects.add(
    "administration.grant_leave",
    Effect(key="administration.grant_leave", apply=grant_leave, options={"type": "object"}),
)
