"""受理: clocks start, the plan begins, the applicant gets a notice."""

import pytest

from egov.casework import actions
from egov.casework.models import Transition
from egov.deadlines.models import Clock
from egov.documents.models import IssuedDocument
from egov.kernel.errors import NotFound, NotPermitted, StaleVersion, TransitionNotAllowed
from egov.work.models import WorkItem


def test_acceptance_starts_both_limits_from_the_day_after(casework, frozen):
    # Facts: accepted Wed 2026-09-30 + 20 working days ends Tue 2026-11-03.
    frozen("2026-09-30 10:00")
    case = casework.received()
    case = actions.accept(casework.clerk, case=case.reference)
    assert case.state == "accepted"
    clocks = {clock.kind: clock for clock in Clock.objects.filter(subject=f"case:{case.reference}")}
    assert casework.last_day(clocks["statutory"].due_at) == "2026-11-03"
    assert case.statutory_due_at == clocks["statutory"].due_at
    assert case.promised_due_at == clocks["promised"].due_at
    assert clocks["acceptance"].stopped_at is not None


def test_acceptance_begins_the_review_plan(casework):
    case = casework.accepted()
    items = list(WorkItem.objects.filter(subject=f"case:{case.reference}").order_by("id"))
    assert [(item.kind, item.state) for item in items] == [("accept", "done"), ("review", "open")]
    assert items[0].done_by_id == casework.clerk.post_id
    assert items[1].due_at == case.promised_due_at


def test_acceptance_is_told_in_writing(casework):
    case = casework.accepted()
    letter = IssuedDocument.objects.get(subject=f"case:{case.reference}")
    assert letter.template == "documents/acceptance"
    assert letter.title["zh-Hans"] == "行政许可申请受理通知书"
    assert any("行政许可法" in text for text in letter.data["citations"])


def test_the_story_says_who_and_on_what_law(casework):
    case = casework.accepted()
    move = Transition.objects.filter(case=case).latest("id")
    assert (move.act, move.before, move.after) == ("accept", "received", "accepted")
    assert move.by_post_id == casework.clerk.post_id
    assert move.basis[0]["instrument"] == "cn.licensing-law"


def test_a_case_is_accepted_once(casework):
    case = casework.accepted()
    with pytest.raises(TransitionNotAllowed):
        actions.accept(casework.clerk, case=case.reference)


def test_a_stale_page_is_refused(casework):
    case = casework.received()
    stale = case.lock_version
    casework.corrected()
    actions.transfer_case(casework.clerk, case=case.reference, unit=casework.other_unit.key, reason="属登记科")
    with pytest.raises(StaleVersion):
        actions.accept(casework.neighbour, case=case.reference, lock_version=stale)


def test_only_the_handling_unit_accepts(casework):
    case = casework.received()
    for actor in (casework.adviser, casework.stranger, casework.neighbour):
        with pytest.raises((NotFound, NotPermitted)):
            actions.accept(actor, case=case.reference)
    with pytest.raises(NotPermitted):
        actions.accept(casework.applicant, case=case.reference)
    assert casework.again(case).state == "received"
