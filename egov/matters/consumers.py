"""Consumers: what happens to a case moves its member, once per event."""

from egov.contracts.cases import CaseChanged, CaseDecided
from egov.kernel import outbox
from egov.matters import actions


@outbox.consumes(CaseDecided, key="matters.case_decided")
def on_case_decided(event: CaseDecided) -> None:
    actions.follow_decision(event)


@outbox.consumes(CaseDecided, key="matters.outside_decided")
def on_outside_decided(event: CaseDecided) -> None:
    actions.follow_outside(event)


@outbox.consumes(CaseChanged, key="matters.case_changed")
def on_case_changed(event: CaseChanged) -> None:
    actions.follow_change(event)
