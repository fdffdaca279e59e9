"""Answers of a matter that its applicant corrects after it was filed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from egov.casework import actions as casework
from egov.journal import actions as journal
from egov.kernel.actor import Actor
from egov.kernel.errors import NotFound, TransitionNotAllowed
from egov.kernel.refs import Ref
from egov.matters.models import Matter, Member, MemberState
from egov.matters.whole import require_mandate, routed
from egov.registers import queries as registers
from egov.routing.queries import RouteChoice


@dataclass(frozen=True)
class Correcting:
    """What a correction changes at one member: question → new answer (None: taken back).

    ``route``: where one that waits goes by now, when that is elsewhere.
    """

    member: str
    answers: Mapping[str, Any]
    route: RouteChoice | None = None


@transaction.atomic
def correct_members(actor: Actor, *, matter: str, corrections: Sequence[Correcting], reason: str) -> list[Member]:
    """A case gets a proposal that its officer decides; a member that still waits has its own answers changed at once,
    since nobody has looked at them, and goes to the department that is competent for these. What is decided stays as it is. All of it or nothing.

    The caller has checked the answers with the forms. Raises ``NotFound`` for a stranger, ``NotPermitted`` when the
    mandate does not cover a member, ``TransitionNotAllowed`` for a member that is over, ``InvalidInput`` from cases.
    """
    row = (
        Matter.objects.select_for_update(of=("self",))
        .filter(reference=matter, applicant_id=actor.on_behalf_of_id)
        .first()
        if actor.is_applicant
        else None
    )
    if row is None:
        raise NotFound
    require_mandate(actor, row, [each.member for each in corrections])
    members = {
        each.key: each
        for each in row.members.filter(key__in=[each.member for each in corrections]).select_related("pending")
    }
    for each in corrections:
        member = members.get(each.member)
        if member is None:
            raise NotFound
        if member.state == MemberState.WAITING and member.kept is not None:
            changed = {**member.kept.answers, **each.answers}
            answers = {key: value for key, value in changed.items() if value is not None}
            new: dict[str, Any] = {"answers": answers, "sources": registers.sources_of(answers, member.kept.sources)}
            if each.route is not None:
                new |= routed(each.route)
            for name, value in new.items():
                setattr(member.kept, name, value)
            member.kept.save(update_fields=[*new])
        elif member.state == MemberState.OPEN:
            casework.propose_change(actor, case=member.case, answers=each.answers, reason=reason)
        else:
            raise TransitionNotAllowed
    journal.record(
        actor,
        "matters.correct",
        Ref("matter", row.reference),
        Ref("party", str(row.applicant_id)),
        content={each.member: dict(each.answers) for each in corrections},
    )
    return list(members.values())
