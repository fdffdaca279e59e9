"""Requests that a post files: for the person who holds it, or for its department."""

import re

import pytest

from egov.casework import actions
from egov.casework.models import Case
from egov.identity.models import Person
from egov.intake import actions as intake
from egov.intake import queries
from egov.intake.models import Draft, Submission
from egov.kernel.errors import NotFound, NotPermitted
from egov.matters.models import Matter

pytestmark = pytest.mark.django_db

DAY = {"day__y": "2026", "day__m": "12", "day__d": "1"}


def asked(page: str) -> dict[str, str]:
    return {
        name: re.search(rf'name="{name}" value="([^"]*)"', page).group(1) for name in ("_asked", "_revision", "_key")
    }


def test_what_a_post_may_file_is_listed_and_says_for_whom(casework, desk, internal, services):
    services.publish("CL02")
    page = desk().text("requests")
    assert page.count("Begin<") == 2
    assert "for yourself" in page
    assert "for your department" in page


def test_a_request_is_begun_saved_filed_and_followed_at_the_desk(casework, desk, internal):
    reviewer = desk()
    begun = reviewer.post("request_start", "GE01")
    draft = Draft.objects.get()
    assert begun.url == reviewer.url("request_form", draft.reference)
    form = asked(reviewer.text("request_form", draft.reference))
    saved = reviewer.post("request_form", draft.reference, **form, kind="sick", **DAY)
    assert saved.url == begun.url
    page = reviewer.text("request_form", draft.reference)
    assert "Illness" in page, "what depends on an answer is asked once it is saved"
    again = reviewer.post("request_form", draft.reference, **asked(page), kind="annual", **DAY, submit="1")
    matter = Matter.objects.get()
    assert again.url == reviewer.url("request", matter.reference)
    case = Case.objects.get()
    assert (case.applicant_id, case.capacity) == (casework.reviewer.party_id, casework.reviewer.capacity)
    page = reviewer.text("request", matter.reference)
    assert "Received" in page
    assert "Annual" in page
    assert matter.reference in reviewer.text("requests")


def test_what_is_missing_is_said_at_its_field_and_nothing_typed_is_lost(casework, desk, internal):
    reviewer = desk()
    draft = internal.draft(casework.reviewer)
    form = asked(reviewer.text("request_form", draft.reference))
    answer = reviewer.post("request_form", draft.reference, **form, kind="sick", illness="", submit="1")
    page = answer.content.decode()
    assert answer.status_code == 422
    assert 'href="#f-day' in page
    assert re.search(r'value="sick" checked', page)
    assert not Submission.objects.exists()


def test_two_windows_do_not_overwrite_each_other(casework, desk, internal):
    reviewer = desk()
    draft = internal.draft(casework.reviewer)
    form = asked(reviewer.text("request_form", draft.reference))
    reviewer.post("request_form", draft.reference, **form, kind="sick", **DAY)
    answer = reviewer.post("request_form", draft.reference, **form, kind="annual", **DAY)
    assert answer.status_code == 409
    assert re.search(r'value="annual" checked', answer.content.decode())


def test_a_request_between_departments_is_the_departments(casework, desk, internal):
    filed = internal.filed(casework.reviewer, internal.between)
    case = Case.objects.get(reference=filed.case)
    assert (case.applicant_id, case.filed_by_id) == (casework.department.pk, casework.reviewer.party_id)
    assert filed.matter in desk().text("requests")


def test_a_colleague_sees_neither_draft_nor_request(casework, desk, internal):
    filed, draft = internal.filed(casework.reviewer, internal.between), internal.draft(casework.reviewer)
    other = desk(casework.second)
    assert other.get("request", filed.matter).status_code == 404
    assert other.get("request_form", draft.reference).status_code == 404
    assert filed.matter not in other.text("requests")


def test_what_a_post_began_is_not_among_the_persons_private_forms(casework, identities, internal):
    draft = internal.draft(casework.reviewer)
    person = identities.resident(Person.objects.get(pk=casework.reviewer.party_id))
    assert not queries.visible_drafts(person).exists()
    with pytest.raises(NotFound):
        queries.open_draft(person, reference=draft.reference)


def test_services_for_posts_are_not_filed_by_residents_nor_others_by_posts(casework, services, internal):
    with pytest.raises(NotPermitted):
        intake.start_draft(casework.applicant, service="GE01", region="990102")
    services.publish("CL02")
    with pytest.raises(NotPermitted):
        queries.filing_as(casework.reviewer, "CL02")
    with pytest.raises(NotPermitted):
        queries.filing_as(casework.applicant, "GE01")
    as_department = queries.filing_as(casework.reviewer, "GG01")
    with pytest.raises(NotPermitted):
        intake.start_draft(as_department, service="GE01", region="990102")


def test_a_request_can_be_withdrawn_and_written_about(casework, desk, internal):
    filed = internal.filed(casework.reviewer)
    reviewer = desk()
    reviewer.post("request_act", filed.matter, filed.case, "message", text="请尽快")
    assert "请尽快" in reviewer.text("request", filed.matter)
    reviewer.post("request_act", filed.matter, filed.case, "withdraw", reason="改期")
    assert Case.objects.get(reference=filed.case).state == "withdrawn"
    late = reviewer.post("request_act", filed.matter, filed.case, "withdraw")
    assert late.status_code == 409


def test_ones_own_case_opens_as_its_applicant_sees_it(casework, desk, internal):
    filed = internal.filed(casework.reviewer)
    answer = desk().get("case", filed.case)
    assert answer.url == desk().url("request", filed.matter)
    with pytest.raises(NotPermitted):
        actions.accept(casework.reviewer, case=filed.case)


def test_a_correction_is_answered_on_the_page_of_the_request(casework, desk, internal, identities):
    filed = internal.filed(casework.reviewer)
    case = Case.objects.get(reference=filed.case)
    clerk = identities.officer("clerk", unit=case.unit, person=identities.person("人事"))
    actions.request_correction(clerk, case=case.reference, items=[{"field": "day", "message": "该日已有安排"}])
    page = desk().text("request", filed.matter)
    assert "该日已有安排" in page
    desk().post("request_act", filed.matter, filed.case, "correction", day__y="2026", day__m="12", day__d="2")
    assert Case.objects.get(pk=case.pk).answers["day"] == "2026-12-02"


def test_what_a_corrected_answer_makes_necessary_is_asked_beside_it(casework, desk, internal, identities):
    filed = internal.filed(casework.reviewer)
    case = Case.objects.get(reference=filed.case)
    clerk = identities.officer("clerk", unit=case.unit, person=identities.person("人事"))
    actions.request_correction(clerk, case=case.reference, items=[{"field": "kind", "message": "选错了"}])
    again = desk().post("request_act", filed.matter, filed.case, "correction", kind="sick")
    assert again.status_code == 422
    assert 'name="illness"' in again.content.decode()
    assert re.search(r'value="sick" checked', again.content.decode()), "what was typed is not lost"
    desk().post("request_act", filed.matter, filed.case, "correction", kind="sick", illness="感冒")
    case.refresh_from_db()
    assert (case.state, case.answers["illness"]) == ("received", "感冒")
