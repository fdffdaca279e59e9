"""Members follow their cases."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from egov.contracts.cases import CaseChanged, CaseDecided
from egov.kernel import clock
from egov.matters import rules
from egov.matters.models import Matter, MemberState
from egov.matters.whole import Whole


def follow_decision(event: CaseDecided) -> None:
    """A member's case was decided: keep its outputs, wake who waited for it. Doing it twice changes nothing."""
    _settle(event.case, event.matter, rules.state_after_decision(event.outcome), event.outputs)


def follow_change(event: CaseChanged) -> None:
    """A member's case ended without a decision: it was withdrawn, not accepted, sent on or terminated."""
    state = rules.state_after_case(event.after)
    if state is not None:
        _settle(event.case, event.matter, state, {})


def _settle(case: str, matter: str, state: str, outputs: Mapping[str, Any]) -> None:
    with transaction.atomic():
        row = Matter.objects.select_for_update(of=("self",)).filter(reference=matter).first()
        if row is None:
            return
        whole = Whole.load(row)
        member = next((each for each in whole.members.values() if each.case == case), None)
        if member is None:
            return
        if member.state == MemberState.OPEN:
            member.state = state
            member.ended_at = clock.now()
            whole.changed.add(member.key)
        if outputs and member.outputs != outputs:
            member.outputs = dict(outputs)
            whole.changed.add(member.key)
        whole.go_on()
        whole.save()
