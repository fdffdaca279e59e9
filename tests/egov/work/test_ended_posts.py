"""What somebody holds who has left goes back to the list of the unit, once the last day has passed."""

import datetime as dt

import pytest

from egov.casework import actions as casework_actions
from egov.identity import actions as identity
from egov.journal.models import Entry
from egov.kernel import clock
from egov.kernel.actor import SYSTEM
from egov.work import actions
from egov.work.errors import AlreadyClaimed

pytestmark = pytest.mark.django_db


def test_what_is_in_hand_stays_until_the_last_day_has_passed(casework, frozen):
    today = frozen("2026-03-02 09:00")
    item = casework.claim(casework.accepted(), casework.reviewer, "review")
    other = casework.claim(casework.accepted(), casework.second, "review")
    identity.end_post(SYSTEM, post_id=casework.reviewer.post_id, last_day=clock.today())
    assert actions.release_ended_posts(SYSTEM) == 0
    with pytest.raises(AlreadyClaimed):
        actions.claim(casework.second, item_id=item.pk)
    frozen(today + dt.timedelta(days=1))
    assert (actions.release_ended_posts(SYSTEM), actions.release_ended_posts(SYSTEM)) == (1, 0)
    assert Entry.objects.filter(action="work.release_post").count() == 1
    assert actions.claim(casework.second, item_id=item.pk).assignee_id == casework.second.post_id
    other.refresh_from_db()
    assert other.assignee_id == casework.second.post_id


def test_a_correction_that_comes_back_to_who_has_left_is_the_unit_s(casework, frozen):
    today = frozen("2026-03-02 09:00")
    case = casework.corrected()
    identity.end_post(SYSTEM, post_id=casework.clerk.post_id, last_day=clock.today())
    frozen(today + dt.timedelta(days=1))
    casework_actions.answer_correction(casework.applicant, case=case.reference, answers={"area": 70})
    assert casework.item(case, "accept").assignee_id == casework.clerk.post_id
    actions.release_ended_posts(SYSTEM)
    casework_actions.accept(casework.second, case=case.reference)
