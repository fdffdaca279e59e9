"""Consumers: what happens to a case moves its member, once per event; what lay in a closed unit gets another owner."""

from egov.contracts.cases import CaseChanged, CaseDecided
from egov.contracts.identity import UnitClosed
from egov.kernel import outbox
from egov.kernel.actor import SYSTEM
from egov.matters import actions
from egov.matters.telling import CASE_EVENTS, tell_who_began

for one in CASE_EVENTS:
    outbox.consumes(one, key=f"matters.{one.name}_told")(tell_who_began)


@outbox.consumes(CaseDecided, key="matters.case_decided")
def on_case_decided(event: CaseDecided) -> None:
    actions.follow_decision(event)


@outbox.consumes(CaseDecided, key="matters.outside_decided")
def on_outside_decided(event: CaseDecided) -> None:
    actions.follow_outside(event)


@outbox.consumes(CaseChanged, key="matters.case_changed")
def on_case_changed(event: CaseChanged) -> None:
    actions.follow_change(event)


@outbox.consumes(UnitClosed, key="matters.unit_closed")
def on_unit_closed(event: UnitClosed) -> None:
    actions.take_over(SYSTEM, closed_id=event.unit_id, successor_id=event.successor_id)
