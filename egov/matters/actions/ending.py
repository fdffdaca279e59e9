"""Taking a matter back."""

from django.db import transaction

from egov.casework import actions as casework
from egov.casework.models import OPEN_STATES, Case
from egov.journal import actions as journal
from egov.kernel import clock
from egov.kernel.actor import Actor
from egov.kernel.errors import NotFound, TransitionNotAllowed
from egov.kernel.refs import Ref
from egov.matters.models import Matter, MatterState, MemberState
from egov.matters.whole import Whole, require_mandate


def withdraw_matter(actor: Actor, *, matter: str, reason: str) -> Matter:
    """Take back the whole before it is decided: every open case is withdrawn, what waits never starts.

    Raises ``NotFound`` for a stranger, ``NotPermitted`` when the mandate does not cover a member, and
    ``TransitionNotAllowed`` when nothing is open any more.
    """
    with transaction.atomic():
        row = (
            Matter.objects.select_for_update(of=("self",))
            .filter(reference=matter, applicant_id=actor.on_behalf_of_id)
            .first()
        )
        if row is None or not actor.is_applicant:
            raise NotFound
        whole = Whole.load(row)
        require_mandate(actor, row, list(whole.members))
        if row.state != MatterState.OPEN:
            raise TransitionNotAllowed
        open_cases = [member for member in whole.members.values() if member.state == MemberState.OPEN]
        undecided = set(
            Case.objects.filter(reference__in=[member.case for member in open_cases], state__in=OPEN_STATES)
            .exclude(state="decided")
            .values_list("reference", flat=True)
        )
        if not undecided:
            raise TransitionNotAllowed
        # Later members first: what was begun last is taken back first.
        for member in reversed(whole.members.values()):
            if member.state == MemberState.WAITING:
                whole.drop(member.key, "the matter was withdrawn")
            elif member.case in undecided:
                casework.withdraw(actor, case=member.case, reason=reason)
                member.state, member.ended_at = MemberState.DROPPED, clock.now()
                whole.changed.add(member.key)
        whole.save()
        refs = [Ref("matter", row.reference), Ref("party", str(row.applicant_id))]
        journal.record(actor, "matters.withdraw", *refs, reason=reason[:200])
    return row
