"""Putting right what was asked, and contesting a decision."""

import pytest

from egov.casework import actions as casework
from egov.casework.models import Case
from egov.intake import actions, queries
from egov.kernel.actor import SYSTEM
from egov.kernel.errors import InvalidInput, NotFound, TransitionNotAllowed
from tests.plugins.intake import CARD_FORM, PHOTO

pytestmark = pytest.mark.django_db


@pytest.fixture
def officer(identities, services):
    return identities.officer("clerk", unit=services.unit)


@pytest.fixture
def asked(a_draft, resident, officer):
    """``asked(items)``: a case on which these things are asked for."""

    def make(*items) -> Case:
        actions.submit(resident, draft=a_draft(resident).reference, key="k")
        case = Case.objects.get()
        casework.request_correction(officer, case=case.reference, items=list(items))
        return case

    return make


def test_only_what_was_listed_is_asked_in_the_order_of_the_form(asked, resident):
    case = asked({"material": "photo", "message": "太暗"}, {"field": "name", "message": "请写全名"})
    correction = queries.open_correction(resident, case=case.reference)
    assert correction.keys == ("name", "photo")


def test_an_answer_goes_through_the_validator_of_the_form(asked, resident):
    case = asked({"field": "name", "message": "请写全名"})
    with pytest.raises(InvalidInput) as refused:
        actions.answer_correction(resident, case=case.reference, answers={"name": "名" * 51})
    assert [(fault.path, fault.code) for fault in refused.value.faults] == [("name", "too_long")]
    answered = actions.answer_correction(resident, case=case.reference, answers={"name": " 林晓雯 ", "reason": "lost"})
    assert answered.answers == {"reason": "expired", "name": "林晓雯"}, "what was not listed stays"
    assert answered.state == "received"


def test_what_a_corrected_answer_makes_necessary_is_answered_with_it(asked, resident):
    case = asked({"field": "reason", "message": "选错了"})
    with pytest.raises(InvalidInput) as refused:
        actions.answer_correction(resident, case=case.reference, answers={"reason": "lost"})
    assert [(fault.path, fault.code) for fault in refused.value.faults] == [("lost_on", "required")]
    answers = {"reason": "lost", "lost_on": "2026-11-02", "name": "别人"}
    answered = actions.answer_correction(resident, case=case.reference, answers=answers)
    assert answered.answers == {"reason": "lost", "lost_on": "2026-11-02", "name": "林晓雯"}


def test_what_is_not_asked_any_more_goes_with_the_answer_that_asked_it(a_draft, resident, officer):
    answers = {"reason": "lost", "lost_on": "2026-11-02", "name": "林晓雯"}
    actions.submit(resident, draft=a_draft(resident, answers=answers).reference, key="k")
    case = Case.objects.get().reference
    casework.request_correction(officer, case=case, items=[{"field": "reason", "message": "选错了"}])
    answered = actions.answer_correction(resident, case=case, answers={"reason": "expired"})
    assert answered.answers == {"reason": "expired", "name": "林晓雯"}


def test_an_answer_that_decides_the_fee_is_filed_anew(services, a_draft, resident, officer):
    item = {"name": {"zh-Hans": "工本费", "en": "Card"}, "basis": {"zh-Hans": "收费依据"}}
    services.publish(
        fee={
            "items": [
                {**item, "key": "lost", "amount": "40.00", "when": 'reason == "lost"'},
                {**item, "key": "expired", "amount": "20.00", "when": 'reason == "expired"'},
            ]
        }
    )
    actions.submit(resident, draft=a_draft(resident).reference, key="k")
    case = casework.receive_paid(SYSTEM, case=Case.objects.get().reference)
    casework.request_correction(officer, case=case.reference, items=[{"field": "reason", "message": "选错了"}])
    with pytest.raises(InvalidInput) as refused:
        actions.answer_correction(resident, case=case.reference, answers={"reason": "lost", "lost_on": "2026-11-02"})
    assert [(fault.path, fault.code) for fault in refused.value.faults] == [("reason", "decides_fee")]
    assert Case.objects.get().state == "correction"
    actions.answer_correction(resident, case=case.reference, answers={"reason": "expired"})


def test_what_is_corrected_against_the_register_says_so(a_draft, resident, officer):
    actions.submit(resident, draft=a_draft(resident, answers={"reason": "expired"}).reference, key="k")
    case = Case.objects.get()
    assert case.sources["name"]["corrected"] is False
    casework.request_correction(officer, case=case.reference, items=[{"field": "name", "message": "请写全名"}])
    answered = actions.answer_correction(resident, case=case.reference, answers={"name": "林小雯"})
    assert answered.sources["name"]["corrected"] is True


def test_a_listed_material_needs_a_new_file(asked, resident, a_picture):
    case = asked({"material": "photo", "message": "太暗"})
    with pytest.raises(InvalidInput) as refused:
        actions.answer_correction(resident, case=case.reference, answers={})
    assert [fault.path for fault in refused.value.faults] == ["photo"]
    actions.answer_correction(resident, case=case.reference, answers={}, uploads={"photo": [a_picture()]})
    assert case.files.get().origin == "correction"


def test_strangers_and_second_answers_find_nothing(asked, resident, identities):
    case = asked({"field": "name", "message": "请写全名"})
    with pytest.raises(NotFound):
        queries.open_correction(identities.resident(identities.person("外人")), case=case.reference)
    actions.answer_correction(resident, case=case.reference, answers={"name": "林晓雯"})
    with pytest.raises(NotFound):
        actions.answer_correction(resident, case=case.reference, answers={"name": "林晓雯"})


# --- Contesting ------------------------------------------------------------------------------------------
@pytest.fixture
def decided(services, a_draft, resident):
    services.instant("MH03", procedure="licensing")
    actions.submit(resident, draft=a_draft(resident, service="MH03").reference, key="k")
    return Case.objects.get()


def test_contesting_begins_a_form_that_names_the_decision(services, decided, resident):
    properties = {
        **CARD_FORM["properties"],
        "contested_case": {"type": "string", "x-title": {"zh-Hans": "编号", "en": "Number"}},
        "respondent": {"type": "string", "x-title": {"zh-Hans": "被申请人", "en": "Respondent"}},
    }
    form = {"type": "object", "properties": properties}
    services.publish("CP04", procedure="reconsideration", form=form, materials=[PHOTO])
    draft = actions.start_contest(resident, case=decided.reference)
    assert draft.about == decided.reference
    assert draft.answers["contested_case"] == decided.reference
    assert draft.answers["respondent"]
    submission = actions.submit(resident, draft=draft.reference, key="contest")
    assert Case.objects.get(submission=submission.reference).about == decided.reference


def test_an_undecided_case_cannot_be_contested(services, a_draft, resident):
    actions.submit(resident, draft=a_draft(resident).reference, key="k")
    with pytest.raises(TransitionNotAllowed):
        actions.start_contest(resident, case=Case.objects.get().reference)
