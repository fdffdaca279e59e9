"""不予受理 and referral: in writing, with reasons and remedies; a transfer keeps the case."""

import pytest
from django.utils import translation

from egov.casework import actions
from egov.casework.models import Transition
from egov.deadlines.models import Clock
from egov.documents.models import IssuedDocument
from egov.kernel.errors import InvalidInput, NotFound, TransitionNotAllowed
from egov.work.models import OPEN_ITEMS, WorkItem


def open_items(case):
    return WorkItem.objects.filter(subject=f"case:{case.reference}", state__in=OPEN_ITEMS)


def test_not_accepted_is_its_own_end_and_no_refusal(casework):
    case = casework.received()
    case = actions.not_accept(casework.clerk, case=case.reference, reason="经营场所不在本区")
    assert (case.state, case.outcome) == ("not_accepted", "")
    assert case.closed_at is not None
    assert not open_items(case).exists()
    assert not Clock.objects.filter(subject=f"case:{case.reference}", stopped_at=None).exists()


def test_it_is_told_with_reason_law_and_remedies(casework):
    case = casework.received()
    actions.not_accept(casework.clerk, case=case.reference, reason="经营场所不在本区")
    letter = IssuedDocument.objects.get(subject=f"case:{case.reference}")
    assert letter.title["zh-Hans"] == "行政许可申请不予受理决定书"
    assert letter.data["reasons"] == "经营场所不在本区"
    assert any("60" in remedy for remedy in letter.data["remedies"])
    assert any("行政许可法" in text for text in letter.data["citations"])


def test_a_reason_is_needed(casework):
    case = casework.received()
    with pytest.raises(InvalidInput):
        actions.not_accept(casework.clerk, case=case.reference, reason="  ")


def test_after_acceptance_it_is_too_late(casework):
    case = casework.accepted()
    with pytest.raises(TransitionNotAllowed):
        actions.not_accept(casework.clerk, case=case.reference, reason="x")


def test_a_referral_names_the_competent_body(casework):
    case = casework.received()
    case = actions.redirect_case(casework.clerk, case=case.reference, body="天江省药品监督管理局", reason="属省级权限")
    assert case.state == "redirected"
    letter = IssuedDocument.objects.get(subject=f"case:{case.reference}")
    assert "天江省药品监督管理局" in str(letter.data["rows"])
    assert Transition.objects.get(case=case, act="redirect").basis == [
        {"instrument": "cn.licensing-law", "article": "32.1.2"}
    ]


@pytest.mark.parametrize(("language", "label"), [("zh-Hans", "有权办理的机关"), ("en", "Competent body")])
def test_the_letter_speaks_the_language_of_the_case_not_of_the_officer(casework, language, label):
    case = casework.received(language=language)
    with translation.override("en" if language == "zh-Hans" else "zh-hans"):
        actions.redirect_case(casework.clerk, case=case.reference, body="天江省药品监督管理局")
    letter = IssuedDocument.objects.get(subject=f"case:{case.reference}")
    assert [row["label"] for row in letter.data["rows"]] == [label]


def test_a_transfer_moves_case_and_work_and_the_clock_runs_on(casework):
    case = casework.received()
    casework.claim(case, casework.clerk, "accept")
    due = casework.item(case, "accept").due_at
    case = actions.transfer_case(casework.clerk, case=case.reference, unit=casework.other_unit.key, reason="属登记科")
    item = casework.item(case, "accept")
    assert (case.state, case.unit_id, case.handler_id) == ("received", casework.other_unit.pk, None)
    assert (item.unit_id, item.state, item.assignee_id, item.due_at) == (casework.other_unit.pk, "open", None, due)
    actions.accept(casework.neighbour, case=case.reference)


def test_a_transfer_needs_another_unit_that_exists(casework):
    case = casework.received()
    with pytest.raises(NotFound):
        actions.transfer_case(casework.clerk, case=case.reference, unit="nowhere", reason="x")
    with pytest.raises(InvalidInput):
        actions.transfer_case(casework.clerk, case=case.reference, unit=casework.unit.key, reason="x")
