"""补正: once, everything listed, within the window; only what was listed can be changed."""

import datetime as dt

import pytest

from egov.casework import actions, errors
from egov.casework.models import CaseFile, CorrectionRequest
from egov.deadlines.models import Clock
from egov.documents.models import IssuedDocument, StoredFile
from egov.kernel import clock, references
from egov.kernel.errors import InvalidInput
from egov.kernel.models import OutboxMessage
from egov.work.models import OPEN_ITEMS, WorkItem

ITEMS = [{"field": "area", "message": "请按产权证填写"}, {"material": "floor_plan", "message": "缺后厨"}]


@pytest.fixture
def paper(db):
    return StoredFile.objects.create(reference=references.draw("F"), size=1, name="plan.pdf", created_at=clock.now())


def test_the_applicant_gets_the_whole_list_and_a_date(casework, frozen):
    frozen("2026-11-02 10:00")
    case = casework.received()
    case = actions.request_correction(casework.clerk, case=case.reference, items=ITEMS)
    request = CorrectionRequest.objects.get(case=case)
    assert case.state == "correction"
    assert [item["label"]["en"] for item in request.items] == ["Floor area", "Floor plan"]
    assert casework.last_day(request.respond_by) == "2026-11-23"  # fifteen working days
    letter = IssuedDocument.objects.get(subject=f"case:{case.reference}")
    assert letter.template == "documents/correction"
    assert letter.data["items"][0] == {"item": "面积", "message": "请按产权证填写"}
    told = OutboxMessage.objects.get(name="correction_requested")
    assert dt.datetime.fromisoformat(told.payload["respond_by"]) == request.respond_by


def test_the_offices_clock_rests_meanwhile(casework):
    case = casework.corrected()
    running = Clock.objects.filter(subject=f"case:{case.reference}", stopped_at=None)
    assert [each.kind for each in running] == ["correction"]
    assert not WorkItem.objects.filter(subject=f"case:{case.reference}", state__in=OPEN_ITEMS).exists()


@pytest.mark.parametrize(
    ("items", "code"),
    [
        ([], "required"),
        ([{"field": "nowhere", "message": "x"}], "unknown"),
        ([{"material": "nowhere", "message": "x"}], "unknown"),
        ([{"field": "area", "message": " "}], "required"),
    ],
)
def test_a_list_with_faults_is_refused(casework, items, code):
    case = casework.received()
    with pytest.raises(InvalidInput) as caught:
        actions.request_correction(casework.clerk, case=case.reference, items=items)
    assert [fault.code for fault in caught.value.faults] == [code]


def test_what_was_listed_comes_back_and_the_clock_starts_anew(casework, frozen, paper):
    frozen("2026-11-02 10:00")
    case = casework.received()
    actions.request_correction(casework.clerk, case=case.reference, items=ITEMS)
    frozen("2026-11-09 10:00")
    case = actions.answer_correction(
        casework.applicant, case=case.reference, answers={"area": 66}, files=[("floor_plan", paper.pk)]
    )
    assert (case.state, case.answers["area"], case.answers["trade_name"]) == ("received", 66, "望山小馆")
    assert CorrectionRequest.objects.get(case=case).answers_before["area"] == 64
    assert CaseFile.objects.get(case=case).origin == "correction"
    item = casework.item(case, "accept")
    assert item.assignee_id == casework.clerk.post_id
    assert casework.last_day(item.due_at) == "2026-11-16"


@pytest.mark.parametrize(
    ("answers", "code"),
    [({}, "required"), ({"area": 66, "trade_name": "别的"}, "not_listed")],
)
def test_nothing_less_and_nothing_else_is_taken(casework, answers, code):
    case = casework.corrected()
    with pytest.raises(InvalidInput) as caught:
        actions.answer_correction(casework.applicant, case=case.reference, answers=answers)
    assert code in [fault.code for fault in caught.value.faults]


def test_the_licensing_law_allows_it_once(casework):
    case = casework.corrected()
    actions.answer_correction(casework.applicant, case=case.reference, answers={"area": 66})
    with pytest.raises(errors.CorrectionUsed):
        actions.request_correction(casework.clerk, case=case.reference, items=ITEMS[:1])


def test_internal_business_allows_it_three_times(casework):
    case = casework.corrected(casework.service("internal"))
    for area in (66, 67):
        actions.answer_correction(casework.applicant, case=case.reference, answers={"area": area})
        actions.request_correction(casework.clerk, case=case.reference, items=ITEMS[:1])
    actions.answer_correction(casework.applicant, case=case.reference, answers={"area": 68})
    with pytest.raises(errors.CorrectionUsed):
        actions.request_correction(casework.clerk, case=case.reference, items=ITEMS[:1])


def test_after_the_window_it_is_too_late(casework, frozen):
    frozen("2026-11-02 10:00")
    case = casework.received()
    frozen("2026-11-10 00:00")
    with pytest.raises(errors.CorrectionWindowOver):
        actions.request_correction(casework.clerk, case=case.reference, items=ITEMS[:1])


def test_where_the_law_says_so_the_limit_counts_from_the_corrected_application(casework, frozen):
    frozen("2026-11-02 10:00")
    case = casework.corrected(casework.service("foi"))
    corrected = frozen("2026-11-09 10:00")
    actions.answer_correction(casework.applicant, case=case.reference, answers={"area": 66})
    frozen("2026-11-10 10:00")
    case = actions.accept(casework.clerk, case=case.reference)
    assert case.accepted_at == corrected
