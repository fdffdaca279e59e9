"""An event put together in the console: services, order, questions, dry run, approval by a second person."""

import re

import pytest
from django.utils import translation

from egov.catalogue import queries
from egov.catalogue.models import Competence, EventVersion, PublicService
from egov.journal.models import Entry
from egov.kernel.memory import Kept
from portals.console.conditions import terms_in, terms_of
from portals.console.views import composing
from portals.shared.conditions import Subject, in_words

pytestmark = pytest.mark.django_db

NEW = {
    "code": "BE90",
    "name_zh": "开一家店",
    "name_en": "Open a shop",
    "summary_zh": "一次办好。",
    "summary_en": "All at once.",
    "kind": "business",
    "lead_role": "market",
    "order": "500",
}
QUESTION = {"text_zh": "挂招牌吗？", "text_en": "Will there be a sign?", "type": "boolean"}
E1 = "events/BE90/versions/1"


@pytest.fixture
def two_services(console, services):
    services.publish("LC02", name={"zh-Hans": "招牌", "en": "Shop sign"}, depends_on=[["LC01"]])
    PublicService.objects.filter(code="LC02").update(department_role="urban")
    Competence.objects.create(
        department_role="market", region_id="990102", department=console.market, valid_from="2020-01-01"
    )
    Kept.forget_all()
    return console


def definition():
    return EventVersion.objects.get(code="BE90").definition


def composed(console):
    desk = console.admin
    assert desk.post("events/new", NEW)["Location"].endswith(E1)
    assert desk.post(f"{E1}/services", {"service": ["LC01", "LC02"]}).status_code == 302
    assert desk.post(f"{E1}/questions", QUESTION).status_code == 302
    member = {"stage": "1", "term_1_0": "sign == true", "after_LC01": "all"}
    assert desk.post(f"{E1}/services/LC02", member).status_code == 302
    return desk


def test_from_nothing_to_published_by_two_people(two_services):
    desk = composed(two_services)
    assert definition() == {
        "members": [
            {"service": "LC01", "stage": 1},
            {"service": "LC02", "stage": 1, "optional": False, "when": "sign == true"},
        ],
        "edges": [{"from": "LC01", "to": "LC02"}],
        "questions": [{"key": "sign", "type": "boolean", "text": {"zh-Hans": "挂招牌吗？", "en": QUESTION["text_en"]}}],
    }
    page = desk.html(E1)
    assert "instead of 6 one by one" in page
    assert "Somebody else has to approve it" in page
    assert "four_eyes" not in desk.post(f"{E1}/acts/review", follow=True).content.decode()
    assert EventVersion.objects.get().state == "draft"
    other = two_services.market_admin
    assert other.post(f"{E1}/acts/review").status_code == 302
    assert other.post(f"{E1}/acts/publish").status_code == 302
    assert queries.event("BE90").definition["longest"]["path"] == ["LC01", "LC02"]
    assert "BE90" in other.html("events")


def test_what_is_ticked_stays_while_searching_on(two_services):
    desk = two_services.admin
    desk.post("events/new", NEW)
    found = desk.post(f"{E1}/services", {"show": "40", "q": "sign", "service": "LC01"}, follow=True)
    page = found.content.decode()
    assert re.search(r'value="LC01" checked', page)
    assert 'value="LC02">' in page
    assert 'value="sign"' in page
    assert "members" not in definition() or not definition()["members"], "searching adds nothing"
    assert desk.post(f"{E1}/services", {"q": "sign", "service": ["LC01", "LC02"]}).status_code == 302
    assert [each["service"] for each in definition()["members"]] == ["LC01", "LC02"]


def test_every_service_can_be_reached_without_a_search(console, services, monkeypatch):
    monkeypatch.setattr(composing, "OFFERED", 1)
    desk = console.admin
    desk.post("events/new", NEW)
    page = desk.html(f"{E1}/services")
    assert page.count('name="service"') == 1
    assert 'name="show" value="2"' in page
    page = desk.html(f"{E1}/services", {"show": "2"})
    assert page.count('name="service"') == 2
    assert "Show more" not in page


def test_what_is_not_filed_here_and_what_is_needed_anew_is_said_of_a_service(two_services):
    desk = composed(two_services)
    told = {"stage": "2", "anew": "yes", "elsewhere_0": "sign == false", "after_LC01": "all"}
    assert desk.post(f"{E1}/services/LC02", told).status_code == 302
    member = definition()["members"][1]
    assert (member["stage"], member["anew"], member["elsewhere"]) == (2, True, "sign == false")
    page = desk.get(f"{E1}/services/LC02").content.decode()
    assert '<option value="sign == false" selected>' in page
    assert desk.post(f"{E1}/services/LC02", {**told, "anew": "", "elsewhere_0": ""}).status_code == 302
    assert definition()["members"][1].keys() & {"anew", "elsewhere"} == set()


def test_a_condition_that_the_choices_cannot_say_may_stay(two_services):
    desk = composed(two_services)
    row = EventVersion.objects.get(code="BE90")
    first, second = row.definition["members"]
    written = "not (sign == true)"
    row.definition = {**row.definition, "members": [first, {**second, "elsewhere": written}]}
    row.save()
    assert f'<option value="{written}" selected>' in desk.get(f"{E1}/services/LC02").content.decode()
    assert desk.post(f"{E1}/services/LC02", {"stage": "3", "elsewhere_0": written}).status_code == 302
    assert definition()["members"][1]["elsewhere"] == written


def test_what_the_services_need_of_each_other_is_joined_at_once(two_services):
    desk = two_services.admin
    desk.post("events/new", NEW)
    assert desk.post(f"{E1}/services", {"service": ["LC01", "LC02"]}).status_code == 302
    assert definition()["edges"] == [{"from": "LC01", "to": "LC02"}]


def test_nothing_typed_is_lost_and_the_fault_stands_at_its_field(two_services):
    desk = two_services.admin
    refused = desk.post("events/new", {**NEW, "code": "shop"})
    assert refused.status_code == 422
    assert "Open a shop" in refused.content.decode()
    composed(two_services)
    response = desk.post(f"{E1}/services/LC02", {"stage": "1", "written": "area >", "note_en": "kept"})
    assert response.status_code == 422
    assert response.context["form"].errors.keys() == {"written", "note_zh"}, "and the note needs both languages"
    assert "kept" in response.content.decode()
    response = desk.post(f"{E1}/services/LC01", {"stage": "1", "after_LC02": "all"})
    assert len(response.context["form"].non_field_errors()) == 1, "they wait for each other in a circle"
    response = desk.post(f"{E1}/questions", {**QUESTION, "type": "choice", "choices": "a | 甲", "element": "no.such"})
    assert response.context["form"].errors.keys() == {"choices", "element"}
    desk.post(f"{E1}/questions/sign/remove")
    assert [each["key"] for each in definition()["questions"]] == ["sign"], "a condition looks at it"


def test_a_question_hangs_on_the_ones_before_it_only(two_services):
    desk = composed(two_services)
    assert desk.post(f"{E1}/questions", {**QUESTION, "key": "lit", "term_1_0": "sign == true"}).status_code == 302
    offered = desk.get(f"{E1}/questions/lit").context["form"].fields["term_1"].fields[0].choices
    assert [term for term, _label in offered] == ["", "sign == true", "sign == false"]
    page = desk.get(f"{E1}/questions/sign")
    assert "term_1" not in page.context["form"].fields, "none stands before it"
    refused = desk.post(f"{E1}/questions/sign", {**QUESTION, "written": "lit == true"})
    assert refused.status_code == 422
    assert refused.context["form"].errors.keys() == {"written"}


def test_services_joined_twice_are_told_where_they_are_joined_and_keeping_mends_it(two_services):
    desk = composed(two_services)
    edge = {"from": "LC01", "to": "LC02"}
    EventVersion.objects.update(definition={**definition(), "edges": [edge, {**edge, "any_of": "a"}]})
    assert [where for where, _address, _words in desk.get(E1).context["faults"]] == ["LC02"]
    (address,) = [address for _where, address, _words in desk.get(E1).context["faults"]]
    assert address.endswith(f"{E1}/services/LC02")
    assert desk.post(f"{E1}/services/LC02", {"stage": "1", "after_LC01": "all"}).status_code == 302
    assert definition()["edges"] == [edge]
    assert desk.get(E1).context["faults"] == []


def test_a_dry_run_says_what_applies_why_and_what_is_still_asked(two_services):
    desk = composed(two_services)
    before = EventVersion.objects.values_list("pk", "state").get()
    page = desk.html(f"{E1}/try", {"region": "990102"})
    assert "One question would still be asked" in page
    page = desk.html(f"{E1}/try", {"region": "990102", "q_sign": "true"})
    assert "Will there be a sign? Yes" in page
    page = desk.html(f"{E1}/try", {"region": "990102", "q_sign": "false"})
    assert "not needed" in page
    assert EventVersion.objects.values_list("pk", "state").get() == before
    assert not Entry.objects.filter(kind="view").exists(), "nobody's registers were read"


def test_a_version_beside_the_one_in_force_shows_what_differs(two_services):
    desk = composed(two_services)
    two_services.market_admin.post(f"{E1}/acts/review")
    two_services.market_admin.post(f"{E1}/acts/publish")
    assert desk.post("events/BE90/draft", {"change_reason": "fewer"})["Location"].endswith("versions/2")
    desk.post("events/BE90/versions/2/services/LC02/remove")
    page = desk.html("events/BE90/versions/2")
    assert "What differs from version 1" in page
    assert "removed" in page
    assert desk.post("events/BE90/versions/2/discard").status_code == 302
    assert EventVersion.objects.count() == 1


def test_a_department_leads_only_with_its_own_functions(two_services):
    options = two_services.fire_admin.get("events/new").context["form"].fields["lead_role"].choices
    assert [key for key, _name in options] == [""]
    assert two_services.market_admin.post("events/new", NEW).status_code == 302


def test_a_version_that_came_in_to_take_an_event_out_of_force_says_where_it_comes_from(two_services):
    desk = composed(two_services)
    content = queries.event_content(EventVersion.objects.get())
    EventVersion.objects.create(code="BE90", number=2, withdraws=True, loaded_hash="f", **content)
    page = desk.html("events/BE90/versions/2")
    assert "It came in with the configuration of another instance" in page
    assert "Approve: take it out of force" in page


def test_what_waits_from_before_an_event_was_handed_over_is_read_but_not_worked_on(two_services):
    composed(two_services)
    row = EventVersion.objects.get()
    content = {**queries.event_content(row), "lead_role": "fire"}
    EventVersion.objects.create(code="BE90", number=2, state="published", **content)
    desk = two_services.market_admin
    page = desk.get(E1)
    assert (page.status_code, page.context["may"], page.context["edits"]) == (200, False, False)
    assert not desk.get("events/BE90").context["may"]
    assert desk.get(f"{E1}/texts").status_code == 403
    assert two_services.admin.get(E1).context["edits"]


@pytest.mark.parametrize(
    ("expression", "read"),
    [
        ("", ("and", [])),
        ("sign == true", ("and", ["sign == true"])),
        ("area >= 300 or sign == true", ("or", ["area >= 300", "sign == true"])),
        ('form == "company" and area < 5.5', ("and", ['form == "company"', "area < 5.5"])),
        ('form != "company" and "hot" in meals', ("and", ['form != "company"', '"hot" in meals'])),
        ("(area > 3 or sign == true) and area < 9", None),
        ("len(name) > 3", None),
    ],
)
def test_a_condition_is_read_as_terms_where_it_is_made_of_them(expression, read):
    assert terms_in(expression, [term for each in SUBJECTS for term, _label in terms_of(each)]) == read


@pytest.mark.parametrize(
    ("expression", "words"),
    [
        ('form != "company" and sign == true', "“Form”: not A company and “Sign”: yes"),
        (
            'form == "company" or (area >= 300 and "hot" in meals)',
            "“Form”: A company, or “Area”: 300 or more and “Meals”: among others Hot meals",
        ),
        (
            '(sign == false or area < 5) and form == "company"',
            "(“Sign”: no, or “Area”: less than 5) and “Form”: A company",
        ),
        ('form == "this and that"', "“Form”: this and that"),
        ('steps.visit.outcome == "pass"', ""),
        ("width * height > 10", ""),
        ('unknown == "a"', ""),
    ],
)
def test_a_condition_is_said_in_words_of_its_questions(expression, words):
    with translation.override("en"):
        assert in_words(expression, SUBJECTS) == words


SUBJECTS = [
    Subject("sign", "Sign", "boolean"),
    Subject("area", "Area", "number"),
    Subject("form", "Form", "choice", [("company", "A company")]),
    Subject("meals", "Meals?", "choices", [("hot", "Hot meals")]),
]
