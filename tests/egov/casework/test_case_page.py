"""The case page: in few statements, for whom, and with a trace in the journal."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from egov.casework import actions, errors
from egov.casework.queries import Access, allowed_acts, case_for_applicant, case_page, track
from egov.journal.models import Entry
from egov.journal.queries import views_of
from egov.kernel.errors import NotFound


def full_case(casework):
    """A case with something of everything on it."""
    case = casework.corrected()
    actions.answer_correction(casework.applicant, case=case.reference, answers={"area": 66})
    actions.accept(casework.clerk, case=case.reference)
    actions.send_message(casework.applicant, case=case.reference, text="进度？")
    actions.suspend(casework.head, case=case.reference, procedure="inspection", reason="x")
    actions.resume(casework.head, case=case.reference)
    actions.propose_extension(casework.head, case=case.reference, days=3, reason="x")
    actions.decide_extension(casework.director, case=case.reference, approved=True)
    request = actions.ask_opinion(casework.head, case=case.reference, unit=casework.elsewhere.key, question="x")
    actions.give_opinion(casework.adviser, opinion_id=request.pk, stance="agree", answer="无意见")
    casework.step(case, casework.reviewer, "review")
    casework.draft(case, outcome="refused")
    return casework.again(case)


def test_eight_statements_at_most_however_much_hangs_on_it(casework):
    small, large = casework.accepted(), full_case(casework)
    case_page(casework.reviewer, small.reference)
    counts = []
    for case in (small, large):
        with CaptureQueriesContext(connection) as statements:
            case_page(casework.reviewer, case.reference)
        counts.append(len(statements))
    assert counts[0] == counts[1] <= 8, counts


def test_it_shows_the_whole_story(casework):
    page = case_page(casework.reviewer, full_case(casework).reference)
    assert page.access is Access.HANDLING
    assert [move.act for move in page.moves][:3] == ["open", "request_correction", "answer_correction"]
    assert page.moves[1].by == "周窗口"
    assert page.moves[1].at.tzinfo is not None
    assert page.corrections[0].items[0]["label"]["en"] == "Floor area"
    assert page.stops[0].until.year > 2000
    assert page.extensions[0].decided_by == "许局长"
    assert (page.opinions[0].stance, page.opinions[0].is_open) == ("agree", False)
    assert page.messages[0].from_applicant
    assert page.documents[0].title["en"]
    assert page.decision.outcome == "refused"
    assert [step.state for step in page.work.steps] == ["done", "done", "active"]
    assert {clock.kind for clock in page.clocks} >= {"promised", "statutory"}
    assert any("第三十八条" in text["zh-Hans"] for _article, text in page.law)


def test_only_what_is_allowed_is_offered_and_the_rest_says_why(casework):
    case = casework.reviewed()
    actions.ask_opinion(casework.reviewer, case=case.reference, unit=casework.elsewhere.key, question="x")
    page = case_page(casework.reviewer, case.reference)
    assert page.may("suspend")
    assert not page.may("draft_decision")
    assert not page.may("accept")
    why = {each.act.key: each.obstacle.code for each in page.obstructed}
    assert why["draft_decision"] == "opinion_outstanding"
    assert "accept" not in why  # not of this state at all


def test_the_offer_is_what_the_acts_then_allow(casework):
    case = casework.drafted()
    assert {each.act.key for each in allowed_acts(case, casework.head) if each.allowed} >= {
        "sign_decision",
        "return_draft",
    }
    codes = {}
    for who in ("reviewer", "second", "head"):
        offered = {each.act.key: each for each in allowed_acts(case, getattr(casework, who))}
        codes[who] = offered["sign_decision"].obstacle.code if not offered["sign_decision"].allowed else ""
    assert codes == {"reviewer": "four_eyes", "second": "not_your_task", "head": ""}


@pytest.mark.parametrize("who", ["applicant", "reviewer", "clerk", "head", "director"])
def test_who_may_open_it_without_a_reason(casework, who):
    case = casework.accepted()
    assert case_page(getattr(casework, who), case.reference)


@pytest.mark.parametrize("who", ["neighbour", "supervisor"])
def test_who_must_say_why(casework, who):
    case = casework.accepted()
    with pytest.raises(errors.ReasonNeeded):
        case_page(getattr(casework, who), case.reference)
    page = case_page(getattr(casework, who), case.reference, reason="核对同一申请人的另一申请")
    assert page.access is Access.REASON
    assert page.allowed == []
    seen = views_of(case.applicant_id)
    assert seen[0].reason == "核对同一申请人的另一申请"


@pytest.mark.parametrize("who", ["adviser", "stranger"])
def test_who_may_not_open_it_at_all(casework, who):
    case = casework.accepted()
    with pytest.raises(NotFound):
        case_page(getattr(casework, who), case.reference, reason="neugierig")


def test_every_look_is_in_the_journal_with_the_person_concerned(casework):
    case = casework.accepted()
    before = Entry.objects.count()
    case_page(casework.reviewer, case.reference)
    entry = Entry.objects.latest("id")
    assert Entry.objects.count() == before + 1
    assert (entry.kind, entry.party_id) == ("view", casework.reviewer.party_id)
    assert set(entry.refs) == {f"case:{case.reference}", f"party:{case.applicant_id}"}


def test_who_is_asked_sees_the_question_and_what_was_shared_only(casework):
    case = full_case(casework)
    case = casework.reviewed()
    actions.ask_opinion(
        casework.reviewer, case=case.reference, unit=casework.elsewhere.key, question="?", shared_fields=["area"]
    )
    page = case_page(casework.adviser, case.reference)
    assert page.access is Access.ADVISING
    assert page.answers == {"area": 64}
    assert [each.question for each in page.opinions] == ["?"]
    assert (page.moves, page.papers, page.messages, page.documents, page.work) == ([], [], [], [], None)


def test_the_applicant_sees_no_internals(casework):
    case = full_case(casework)
    page = case_for_applicant(casework.applicant, case.reference)
    assert "draft_decision" not in [move.act for move in page.moves]
    assert page.decision is None  # not signed yet
    assert [each.answer for each in page.opinions] == [""]
    assert page.may("withdraw")
    with pytest.raises(NotFound):
        case_for_applicant(casework.stranger, case.reference)
    with pytest.raises(NotFound):
        case_for_applicant(casework.reviewer, case.reference)


def test_tracking_by_number_tells_no_person_and_no_answer(casework):
    case = full_case(casework)
    found = track(f" {case.reference.lower()} ")
    assert (found.reference, found.state, found.service) == (case.reference, "accepted", case.title)
    assert "赵启明" not in str(found)
    assert "望山小馆" not in str(found)
    assert len(found.moves) == len([move for move in case_page(casework.head, case.reference).moves if move.public])


@pytest.mark.parametrize("number", ["", "JZ-C-261124-00042-00", "nonsense", "' or 1=1 --"])
def test_tracking_a_wrong_number(casework, number):
    with pytest.raises(NotFound):
        track(number)
