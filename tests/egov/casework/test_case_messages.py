"""Messages both ways: the applicant's becomes work until it is answered."""

import pytest

from egov.casework import actions
from egov.casework.models import Message
from egov.kernel.errors import InvalidInput, NotFound, TransitionNotAllowed
from egov.kernel.models import OutboxMessage
from egov.work.models import OPEN_ITEMS, WorkItem


def items(case):
    return WorkItem.objects.filter(subject=f"case:{case.reference}", kind="message")


def test_a_question_of_the_applicant_is_work_for_the_unit(casework, frozen):
    frozen("2026-11-02 10:00")
    case = casework.received()
    actions.send_message(casework.applicant, case=case.reference, text="什么时候上门？")
    actions.send_message(casework.applicant, case=case.reference, text="上午可以吗？")
    item = items(case).get()
    assert casework.last_day(item.due_at) == "2026-11-04"


def test_it_goes_to_whoever_has_the_case(casework):
    case = casework.accepted()
    actions.send_message(casework.applicant, case=case.reference, text="进度？")
    assert items(case).get().assignee_id == casework.clerk.post_id


def test_the_answer_settles_it_and_the_applicant_hears(casework):
    case = casework.accepted()
    actions.send_message(casework.applicant, case=case.reference, text="进度？")
    actions.send_message(casework.reviewer, case=case.reference, text="明天上门。")
    assert not items(case).filter(state__in=OPEN_ITEMS).exists()
    assert Message.objects.get(case=case, from_applicant=True).read_at is not None
    told = OutboxMessage.objects.filter(name="case_message_sent").order_by("id").values_list("payload", flat=True)
    assert [payload["from_applicant"] for payload in told] == [True, False]


def test_reading_is_noted(casework):
    case = casework.accepted()
    actions.send_message(casework.reviewer, case=case.reference, text="明天上门。")
    assert actions.read_messages(casework.stranger, case=case.reference) == 0
    assert actions.read_messages(casework.applicant, case=case.reference) == 1
    assert actions.read_messages(casework.applicant, case=case.reference) == 0


def test_a_message_does_not_make_the_officers_page_stale(casework):
    case = casework.received()
    actions.send_message(casework.applicant, case=case.reference, text="？")
    actions.accept(casework.clerk, case=case.reference, lock_version=case.lock_version)


def test_nobody_else_writes(casework):
    case = casework.accepted()
    for actor in (casework.stranger, casework.adviser):
        with pytest.raises(NotFound):
            actions.send_message(actor, case=case.reference, text="x")


def test_an_empty_message_is_none(casework):
    case = casework.accepted()
    with pytest.raises(InvalidInput):
        actions.send_message(casework.applicant, case=case.reference, text=" \n")


def test_not_after_the_end(casework):
    case = casework.received()
    actions.withdraw(casework.applicant, case=case.reference)
    with pytest.raises(TransitionNotAllowed):
        actions.send_message(casework.applicant, case=case.reference, text="x")
