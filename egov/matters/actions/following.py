"""Members follow their cases."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.db import transaction

from egov.contracts.cases import CaseChanged, CaseDecided, MembersUndone
from egov.journal import actions as journal
from egov.kernel import clock, outbox
from egov.kernel.actor import SYSTEM
from egov.kernel.refs import Ref
from egov.matters import rules
from egov.matters.models import Matter, MemberState
from egov.matters.rules import Undone
from egov.matters.whole import Whole


def follow_decision(event: CaseDecided) -> None:
    """A member's case was decided: keep its outputs, wake who waited for it. Doing it twice changes nothing."""
    with transaction.atomic():
        whole = _locked(event.matter)
        key = whole.key_of(event.case) if whole is not None else None
        if whole is not None and key is not None:
            _settle(whole, key, rules.state_after_decision(event.outcome), event.outputs)


def follow_change(event: CaseChanged) -> None:
    """A member's case ended without a decision: it was withdrawn, not accepted, sent on or terminated.

    When nobody had examined it nothing is owed for it.
    """
    state = rules.state_after_case(event.after)
    if state is None:
        return
    with transaction.atomic():
        whole = _locked(event.matter)
        key = whole.key_of(event.case) if whole is not None else None
        if whole is None or key is None:
            return
        back = whole.give_up(event.case) if rules.nothing_owed(event.before, event.after) else Decimal(0)
        if whole.members[key].state == MemberState.OPEN and (back or state == MemberState.DROPPED):
            whole.members[key].undone = Undone(rules.TAKEN_BACK, back=back).as_json()
        _settle(whole, key, state, {})


def _locked(matter: str) -> Whole | None:
    row = Matter.objects.select_for_update(of=("self",)).filter(reference=matter).first()
    return Whole.load(row) if row is not None else None


def _settle(whole: Whole, key: str, state: str, outputs: Mapping[str, Any]) -> None:
    member = whole.members[key]
    if member.state == MemberState.OPEN:
        member.state = state
        member.ended_at = clock.now()
        whole.changed.add(key)
    if outputs and member.outputs != outputs:
        member.outputs = dict(outputs)
        whole.changed.add(key)
    dropped = whole.go_on()
    whole.save()
    if dropped:
        _tell(whole, key, dropped)


def _tell(whole: Whole, key: str, dropped: Sequence[str]) -> None:
    """What fell away is in the journal, and the applicant hears of it."""
    matter = whole.matter
    journal.record(
        SYSTEM,
        "matters.undone",
        Ref("matter", matter.reference),
        Ref("party", str(matter.applicant_id)),
        content={each: whole.members[each].undone for each in dropped},
    )
    outbox.emit(
        MembersUndone(
            matter=matter.reference,
            applicant_id=matter.applicant_id,
            because_of=whole.members[key].case,
            services=[whole.title_of(each) for each in reversed(dropped)],
        )
    )
