"""What an event itself answers, put in at the composer; and an event taken out of force by two people."""

import pytest

from egov.catalogue import queries
from egov.catalogue.models import EventVersion
from egov.journal.models import Entry
from egov.kernel.memory import Kept
from egov.registers.models import DataElement
from tests.plugins.intake import question
from tests.portals.console.test_composer import E1, NEW

pytestmark = pytest.mark.django_db

OWNER = question(
    zh="所有人类别",
    en="Kind of owner",
    enum=["person", "organisation"],
    x_labels={"person": {"zh-Hans": "个人", "en": "A person"}, "organisation": {"zh-Hans": "单位", "en": "A firm"}},
    x_element="vehicle.owner_kind",
)
FORM = {
    "type": "object",
    "properties": {
        "owner": OWNER,
        "loan": question("boolean", zh="贷款", en="On credit", x_element="vehicle.loan"),
        "seats": question("integer", zh="座位数", en="Seats", minimum=1, x_element="vehicle.seats"),
        "bought_on": question(zh="购车日期", en="Bought on", format="date", x_element="vehicle.bought_on"),
        "uses": question(
            "array",
            zh="用途",
            en="Uses",
            items={"type": "string", "enum": ["home", "work"]},
            x_labels={"home": {"zh-Hans": "自用", "en": "Home"}, "work": {"zh-Hans": "工作", "en": "Work"}},
            x_element="vehicle.uses",
        ),
        "truth": question("boolean", zh="承诺", en="All is true", const=True, x_element="vehicle.declared"),
    },
    "required": ["owner"],
}
SCHEMAS = {
    "vehicle.owner_kind": {"enum": ["person", "organisation"]},
    "vehicle.loan": {"type": "boolean"},
    "vehicle.seats": {"type": "integer"},
    "vehicle.bought_on": {"type": "string", "format": "date"},
    "vehicle.uses": {"type": "array"},
    "vehicle.declared": {"type": "boolean"},
    "vehicle.colour": {"type": "string"},
}


@pytest.fixture
def desk(console, services):
    services.publish("LC01", form=FORM, materials=[], name={"zh-Hans": "车辆登记", "en": "Vehicle registration"})
    for key, schema in SCHEMAS.items():
        DataElement.objects.create(key=key, name={"zh-Hans": key, "en": f"The {key}"}, meaning={}, schema=schema)
    Kept.forget_all()
    console.admin.post("events/new", NEW)
    console.admin.post(f"{E1}/services", {"service": ["LC01"]})
    return console.admin


def given():
    return EventVersion.objects.get(code="BE90", number=1).definition.get("given", {})


@pytest.mark.parametrize(
    ("element", "typed", "kept", "shown"),
    [
        ("vehicle.owner_kind", "person", "person", "A person"),
        ("vehicle.loan", "false", False, "No"),
        ("vehicle.seats", "5", 5, "5"),
        ("vehicle.bought_on", "2026-12-01", "2026-12-01", "1 December 2026"),
        ("vehicle.uses", ["home", "work"], ["home", "work"], "Home, Work"),
    ],
)
def test_an_answer_is_kept_in_the_type_of_its_question(desk, element, typed, kept, shown):
    chosen = desk.post(f"{E1}/given", {"element": element})
    assert chosen["Location"].endswith(f"{E1}/given/{element}")
    assert desk.post(f"{E1}/given/{element}", {"value": typed}).status_code == 302
    assert given() == {element: kept}
    assert EventVersion.objects.get().state == "draft"
    page = desk.html(E1)
    assert f"The {element}" in page
    assert shown in page
    assert "answered by the event" in page
    assert "1 of them is answered by the event" in page
    again = desk.get(f"{E1}/given/{element}").context["form"]
    assert again["value"].value() == (typed if element != "vehicle.seats" else 5)


@pytest.mark.parametrize(
    ("element", "said"),
    [
        ("no.such", "The dictionary has no such data element."),
        ("vehicle.colour", "No form of these services asks for it"),
        ("vehicle.declared", "No form of these services asks for it"),
        ("", "required"),
    ],
)
def test_what_cannot_be_answered_is_told_at_the_field(desk, element, said):
    response = desk.post(f"{E1}/given?lang=en", {"element": element})
    assert response.status_code == 422
    assert said in str(response.context["form"].errors["element"])
    assert f'value="{element}"' in response.content.decode() or not element


@pytest.mark.parametrize(
    ("element", "typed"),
    [
        ("vehicle.owner_kind", "nobody"),
        ("vehicle.owner_kind", ""),
        ("vehicle.loan", "perhaps"),
        ("vehicle.seats", "many"),
        ("vehicle.seats", "0"),
        ("vehicle.bought_on", "yesterday"),
        ("vehicle.uses", ["race"]),
    ],
)
def test_a_value_that_is_no_answer_is_told_at_the_field(desk, element, typed):
    response = desk.post(f"{E1}/given/{element}", {"value": typed})
    assert response.status_code == 422
    assert response.context["form"].errors.keys() == {"value"}
    assert given() == {}


def test_the_elements_that_the_forms_ask_for_are_suggested(desk):
    offered = dict(desk.get(f"{E1}/given").context["suggestions"])
    assert offered["vehicle.owner_kind"] == "Kind of owner"
    assert "vehicle.declared" not in offered
    assert "vehicle.colour" not in offered
    desk.post(f"{E1}/given/vehicle.owner_kind", {"value": "person"})
    assert "vehicle.owner_kind" not in dict(desk.get(f"{E1}/given").context["suggestions"])
    assert desk.get(f"{E1}/given/vehicle.colour").status_code == 404, "nobody asks for it"


def test_an_answer_is_changed_and_taken_out(desk):
    desk.post(f"{E1}/given/vehicle.owner_kind", {"value": "person"})
    desk.post(f"{E1}/given/vehicle.owner_kind", {"value": "organisation"})
    assert given() == {"vehicle.owner_kind": "organisation"}
    assert desk.post(f"{E1}/given/vehicle.owner_kind/remove").status_code == 302
    assert given() == {}


def test_what_no_form_asks_any_more_is_marked_and_can_be_taken_out(desk):
    desk.post(f"{E1}/given/vehicle.owner_kind", {"value": "person"})
    desk.post(f"{E1}/services/LC01/remove")
    assert "no form: it answers nothing" in desk.html(E1)
    assert desk.get(f"{E1}/given/vehicle.owner_kind").status_code == 200


def test_a_fault_of_an_older_version_leads_to_its_place(desk, console):
    EventVersion.objects.update(
        definition={**EventVersion.objects.get().definition, "given": {"vehicle.owner_kind": "nobody"}}
    )
    page = desk.html(E1)
    assert "To mend before it can be approved" in page
    assert desk.address(f"{E1}/given/vehicle.owner_kind") in page
    assert console.market_admin.post(f"{E1}/acts/review").status_code in (302, 403)
    assert EventVersion.objects.get().state == "draft"


def published(console, lead="market"):
    from egov.catalogue.models import Competence

    Competence.objects.create(
        department_role=lead, region_id="990102", department=console.market, valid_from="2020-01-01"
    )
    Kept.forget_all()
    console.market_admin.post(f"{E1}/acts/review")
    console.market_admin.post(f"{E1}/acts/publish")
    assert EventVersion.objects.get(number=1).state == "published"


def test_what_differs_between_versions_is_said_in_words(desk, console):
    desk.post(f"{E1}/given/vehicle.owner_kind", {"value": "person"})
    published(console)
    desk.post("events/BE90/draft", {"change_reason": "x"})
    desk.post("events/BE90/versions/2/given/vehicle.owner_kind", {"value": "organisation"})
    desk.post("events/BE90/versions/2/given/vehicle.seats", {"value": "5"})
    page = desk.html("events/BE90/versions/2")
    differences = page.partition("What differs from version 1")[2]
    assert "The vehicle.owner_kind" in differences
    assert "A person" in differences.replace("<del>", "").replace("</del>", "")
    assert "A firm" in differences.replace("<ins>", "").replace("</ins>", "")
    assert "The vehicle.seats" in differences


# --- Out of force --------------------------------------------------------------------------------------------
def test_two_people_take_an_event_out_of_force_and_put_it_back(desk, console):
    published(console)
    assert "Take it out of force" in desk.html("events/BE90")
    assert desk.post("events/BE90/withdraw", {"reason": ""}).status_code == 422
    asked = desk.post("events/BE90/withdraw", {"reason": "并入另一件事"})
    e2 = "events/BE90/versions/2"
    assert asked["Location"].endswith(e2)
    page = desk.html(e2)
    assert "This version takes the event out of force" in page
    assert "并入另一件事" in page
    assert "Approve: take it out of force" not in page, "not by whoever asked"
    assert "Add services" not in page
    assert "no longer offered" not in desk.client.get("/event/BE90?lang=en").text.lower()
    desk.post(f"{e2}/acts/review")
    assert EventVersion.objects.get(number=2).state == "draft"
    assert "Approve: take it out of force" in console.market_admin.html(e2)
    console.market_admin.post(f"{e2}/acts/review")
    console.market_admin.post(f"{e2}/acts/publish?lang=en")
    assert "Out of force: nobody finds or begins it any more" in console.market_admin.html(e2)
    assert not queries.event("BE90").is_offered
    assert "No longer offered as one application" in desk.client.get("/event/BE90?lang=en").text
    assert Entry.objects.get(action="catalogue.withdraw_event").reason == "并入另一件事"
    page = desk.html("events/BE90")
    assert "Put it into force again" in page
    assert "Take it out of force" not in page
    assert "out of force" in desk.html("events")
    desk.post("events/BE90/draft", {"change_reason": "again"})
    e3 = "events/BE90/versions/3"
    assert "This version puts it into force again" in desk.html(e3)
    console.market_admin.post(f"{e3}/acts/review")
    console.market_admin.post(f"{e3}/acts/publish?lang=en")
    assert "people find it from now on" in console.market_admin.html(e3)
    assert queries.event("BE90").is_offered


def test_another_department_does_not_take_it_out_of_force(desk, console):
    published(console)
    assert console.fire_admin.post("events/BE90/withdraw", {"reason": "x"}).status_code == 403
    assert console.fire_admin.get("events/BE91/withdraw").status_code == 404
