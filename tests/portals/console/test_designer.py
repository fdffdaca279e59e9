"""A form and a review plan put together in the console, and what a wrong piece says."""

import pytest

from egov.catalogue.models import ServiceVersion
from egov.registers.models import DataElement

pytestmark = pytest.mark.django_db

D2 = "services/LC01/versions/2"
QUESTION = {
    "title_zh": "面积",
    "title_en": "Area of the shop",
    "kind": "integer",
    "required": "yes",
    "page": "you",
    "means": "visible",
}
STEP = {
    "title_zh": "现场核查",
    "title_en": "Site visit",
    "kind": "inspection",
    "role": "inspector",
    "persons": "2",
    "limit_n": "5",
    "limit_unit": "wd",
}


@pytest.fixture
def desk(console):
    DataElement.objects.create(
        key="shop.kind", name={"zh-Hans": "业态", "en": "Kind of shop"}, schema={"enum": ["food", "drink"]}
    )
    desk = console.market_admin
    desk.post("services/LC01/draft", {"change_reason": "shorter"})
    return desk


def version():
    return ServiceVersion.objects.get(service__code="LC01", number=2)


def test_a_question_is_added_moved_and_taken_out(desk):
    assert desk.post(f"{D2}/form/questions", QUESTION).status_code == 302
    form = version().form
    assert form["properties"]["area_shop"] == {
        "type": "integer",
        "minimum": 0,
        "x-title": {"zh-Hans": "面积", "en": "Area of the shop"},
    }
    assert "area_shop" in form["required"]
    assert form["x-pages"][1]["fields"][-1] == "area_shop"
    page = desk.html(f"{D2}/form")
    assert 'name="area_shop"' in page, "as applicants see it"
    assert desk.post(f"{D2}/form/questions/area_shop/up").status_code == 302
    assert version().form["x-pages"][1]["fields"][-2] == "area_shop"
    assert desk.post(f"{D2}/form/questions/area_shop/remove").status_code == 302
    assert "area_shop" not in version().form["properties"]


def test_type_and_choices_come_from_the_data_element(desk, services):
    other = {
        "type": "string",
        "enum": ["food", "drink"],
        "x-element": "shop.kind",
        "x-title": {"zh-Hans": "业", "en": "Kind"},
    }
    labels = {key: {"zh-Hans": key, "en": key} for key in other["enum"]}
    form = {"type": "object", "properties": {"kind": {**other, "x-labels": labels}}}
    services.publish("ZZ07", form=form, materials=[])
    bound = {"element": "shop.kind", "required": "", "page": "you", "means": "visible", "term_1_0": 'reason == "lost"'}
    titles = {"title_zh": "业态", "title_en": "Kind of shop"}
    assert desk.post(f"{D2}/form/questions", {**bound, **titles}).status_code == 302
    assert version().form["properties"]["kind_shop"] == {
        "type": "string",
        "enum": ["food", "drink"],
        "x-labels": labels,
        "x-title": {"zh-Hans": "业态", "en": "Kind of shop"},
        "x-element": "shop.kind",
        "x-visible-when": 'reason == "lost"',
    }


def test_a_wrong_piece_stands_at_its_field_and_nothing_is_kept(desk):
    before = version().form
    response = desk.post(f"{D2}/form/questions", {**QUESTION, "kind": "", "element": "no.such"})
    assert response.context["form"].errors.keys() == {"element", "kind"}
    response = desk.post(f"{D2}/form/questions", {**QUESTION, "written": "area >"})
    assert response.context["form"].errors.keys() == {"written"}
    response = desk.post(f"{D2}/form/pages", {"pages": "you | 您"})
    assert response.context["form"].errors.keys() == {"pages"}
    assert version().form == before


CHOICE = {**QUESTION, "title_en": "Kind", "kind": "choice"}


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({**QUESTION, "written": "nosuch > 3"}, "written"),
        ({**QUESTION, "written": 'reason == "burnt"'}, "written"),
        ({**QUESTION, "kind": "", "element": "person.name"}, "element"),
        ({**CHOICE, "choices": "a | 一 | one\na | 二 | two"}, "choices"),
    ],
)
def test_what_nobody_can_answer_and_what_is_asked_twice_is_refused_at_its_field(desk, typed, field):
    DataElement.objects.get_or_create(
        key="person.name", defaults={"name": {"zh-Hans": "姓名", "en": "Name"}, "schema": {"type": "string"}}
    )
    response = desk.post(f"{D2}/form/questions", typed)
    assert response.status_code == 422
    assert response.context["form"].errors.keys() == {field}
    response = desk.post(f"{D2}/plan/steps", {**STEP, "after": ["decide"], "written": "ghost == 1"})
    assert response.context["form"].errors.keys() == {"written"}


def test_questions_that_wait_for_each_other_are_refused_at_the_second_condition(desk):
    alpha = {**QUESTION, "title_zh": "甲", "title_en": "Alpha"}
    beta = {**QUESTION, "title_zh": "乙", "title_en": "Beta", "written": "alpha > 3"}
    desk.post(f"{D2}/form/questions", alpha)
    assert desk.post(f"{D2}/form/questions", beta).status_code == 302
    response = desk.post(f"{D2}/form/questions/alpha", {**alpha, "written": "beta > 3"})
    assert response.status_code == 422
    (said,) = response.context["form"].errors["written"]
    assert "甲" in said
    assert "乙" in said


def test_a_question_that_is_used_is_not_taken_out_and_the_page_says_by_whom(desk):
    desk.post(f"{D2}/plan/steps", {**STEP, "after": ["decide"], "term_1_0": 'reason == "lost"'})
    desk.post(f"{D2}/form/questions/reason/remove?lang=en")
    assert "reason" in version().form["properties"]
    page = desk.html(f"{D2}/form")
    assert "“Lost on” depends on reason" in page
    assert "“Site visit” depends on reason" in page


def test_pages_are_named_and_no_question_is_lost(desk):
    assert desk.post(f"{D2}/form/pages", {"pages": "all | 全部 | Everything"}).status_code == 302
    pages = version().form["x-pages"]
    assert [page["key"] for page in pages] == ["all"]
    assert set(pages[0]["fields"]) == set(version().form["properties"])


def test_a_step_is_added_changed_and_taken_out(desk):
    assert desk.post(f"{D2}/plan/steps", {**STEP, "after": ["decide"], "four_eyes": ["decide"]}).status_code == 302
    step = version().plan["steps"][-1]
    assert (step["key"], step["after"], step["four_eyes"], step["persons"]) == ("site_visit", ["decide"], ["decide"], 2)
    assert step["limit"] == {"n": 5, "unit": "wd"}
    assert "Site visit" in desk.html(f"{D2}/plan")
    wrong = desk.post(f"{D2}/plan/steps/site_visit", {**STEP, "outcomes": "no | 退回 | Back | nowhere"})
    assert wrong.status_code == 422
    assert wrong.context["form"].errors.keys() == {"outcomes"}
    assert desk.post(f"{D2}/plan/steps/site_visit/remove").status_code == 302
    assert [each["key"] for each in version().plan["steps"]] == ["decide"]


def test_what_is_in_force_is_not_changed(desk, console):
    assert desk.post("services/LC01/versions/1/form/questions", QUESTION).status_code == 422
    assert "area_shop" not in ServiceVersion.objects.get(pk=console.service.pk).form["properties"]


def test_what_must_be_answered_only_then_is_not_required_always(desk):
    asked = {**QUESTION, "means": "required", "term_1_0": 'reason == "lost"'}
    assert desk.post(f"{D2}/form/questions", asked).status_code == 302
    form = version().form
    assert form["properties"]["area_shop"]["x-required-when"] == 'reason == "lost"'
    assert "area_shop" not in form["required"]
    filled = desk.get(f"{D2}/form/questions/area_shop").context["form"]
    assert (filled.initial["required"], filled.initial["means"]) == ("yes", "required"), "and is shown back so"
    back = {**QUESTION, "means": "required", "kind": ""}
    assert desk.post(f"{D2}/form/questions/area_shop", back).status_code == 302
    assert "area_shop" in version().form["required"], "without its condition it is required always"


def test_a_condition_stands_in_words_on_the_pages_of_the_designer(desk):
    titled = {**QUESTION, "term_1_0": 'reason != "lost"'}
    desk.post(f"{D2}/form/questions", titled)
    desk.post(f"{D2}/plan/steps", {**STEP, "after": ["decide"], "term_1_0": 'reason == "lost"'})
    for page in ("form", "plan"):
        html = desk.html(f"{D2}/{page}")
        assert "“" in html
        assert "reason ==" not in html
        assert "reason !=" not in html.partition("<aside")[0]
    desk.post(f"{D2}/plan/steps/site_visit", {**STEP, "after": ["decide"], "written": "len(name) * 2 > 10"})
    assert "len(name) * 2 &gt; 10" in desk.html(f"{D2}/plan"), "what has no words is shown as it is written"


def test_the_plan_is_listed_as_the_work_goes(desk):
    desk.post(f"{D2}/plan/steps", {**STEP, "title_en": "Sign letter", "after": ["decide"]})
    desk.post(f"{D2}/plan/steps", {**STEP, "title_en": "Second look", "after": ["decide"]})
    desk.post(f"{D2}/plan/steps/sign_letter", {**STEP, "title_en": "Sign letter", "after": ["second_look"]})
    listed = [step["key"] for step in desk.get(f"{D2}/plan").context["steps"]]
    assert listed == ["decide", "second_look", "sign_letter"]
    assert [step["key"] for step in version().plan["steps"]] == ["decide", "sign_letter", "second_look"]


def test_a_list_that_always_says_something_is_not_called_optional(desk):
    page = desk.html(f"{D2}/form/questions")
    label = page.partition("Must it be answered")[2].partition("</label>")[0]
    assert "may be left out" not in label
    assert "usa-checkbox__input" in desk.html(f"{D2}/plan/steps")
