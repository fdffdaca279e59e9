"""Taking a matter back."""

from collections.abc import Sequence
from decimal import Decimal

from django.db import transaction

from egov.casework import actions as casework
from egov.casework.models import Case
from egov.journal import actions as journal
from egov.kernel.actor import Actor
from egov.kernel.errors import NotFound, TransitionNotAllowed
from egov.kernel.refs import Ref
from egov.matters import queries, rules
from egov.matters.models import Matter, MatterState, Member, MemberState
from egov.matters.rules import Undone
from egov.matters.whole import Whole, require_mandate


def withdraw_matter(actor: Actor, *, matter: str, reason: str, members: Sequence[str] = ()) -> Matter:
    """Take back the whole, or only ``members`` and what cannot do without them, before it is decided.

    The last is taken back first; what is decided stays, and so does a case whose procedure knows no withdrawal, or
    whose applicant is another one by now. What waits never starts. Nothing is owed for what nobody has examined. Raises
    ``NotFound`` for a stranger, ``NotPermitted`` when the mandate does not cover a member that goes,
    ``TransitionNotAllowed`` when nothing can be taken back.
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
        if row.state != MatterState.OPEN or set(members) - whole.members.keys():
            raise TransitionNotAllowed
        going = queries.taken_back(actor, whole.members, whole.needs_of, members or list(whole.members))
        if not going:
            raise TransitionNotAllowed
        require_mandate(actor, row, [each.key for each in going])
        for each in going:
            _take_back(actor, whole, each, reason)
        whole.save()
        refs = [Ref("matter", row.reference), Ref("party", str(row.applicant_id))]
        content = {each.key: whole.members[each.key].undone for each in going}
        journal.record(actor, "matters.withdraw", *refs, reason=reason[:200], content=content)
    return row


def _take_back(actor: Actor, whole: Whole, member: Member, reason: str) -> None:
    if member.state == MemberState.WAITING:
        whole.drop(member.key, Undone(rules.TAKEN_BACK))
        return
    before = Case.objects.values_list("state", flat=True).get(reference=member.case)
    casework.withdraw(actor, case=member.case, reason=reason)
    back = whole.give_up(member.case) if rules.nothing_owed(before, "withdrawn") else Decimal(0)
    whole.end(member.key, Undone(rules.TAKEN_BACK, back=back))
