"""One event for one party: what applies and why, and the one form that follows."""

import datetime as dt

import pytest

from egov.catalogue import queries as catalogue
from egov.catalogue.models import Event
from egov.identity.models import Account, Party, Person
from egov.intake.models import Draft
from egov.kernel import clock
from egov.kernel.actor import SYSTEM
from egov.kernel.refs import Ref
from egov.registers import actions as registers
from tests.plugins.intake import question

pytestmark = pytest.mark.django_db

FORM = {"type": "object", "properties": {"name": question(en="Name", x_element="person.name")}, "required": ["name"]}
TEXT = {"zh-Hans": "挂招牌吗？", "en": "A sign?"}


@pytest.fixture
def browser(client, resident):
    client.force_login(Account.objects.get(pk=resident.account_id))
    client.cookies["django_language"] = "en"
    return client


@pytest.fixture
def event(services):
    for code in ("AA01", "AA02"):
        services.publish(code, form=FORM, materials=[], name={"zh-Hans": code, "en": f"Service {code}"})
    return Event.objects.create(
        code="BE90",
        kind="business",
        name={"zh-Hans": "开店", "en": "Open a shop"},
        summary={},
        definition={
            "members": [{"service": "AA01"}, {"service": "AA02", "when": "sign == true"}],
            "edges": [{"from": "AA01", "to": "AA02"}],
            "questions": [{"key": "sign", "type": "boolean", "text": TEXT}],
        },
    )


def test_the_question_comes_first_and_its_answer_says_what_applies(browser, event):
    page = browser.get("/as/self/events/BE90/").content.decode()
    assert "A sign?" in page
    assert 'name="services"' not in page
    yes = browser.get("/as/self/events/BE90/?sign=true&go=1").content.decode()
    assert "Service AA02" in yes.partition("What we do for you")[2].partition("Begin")[0]
    no = browser.get("/as/self/events/BE90/?sign=false&go=1").content.decode()
    assert "Service AA02" in no.partition("Checked: you do not need this")[2]


def test_beginning_opens_one_draft_for_all_that_applies(browser, event):
    response = browser.post("/as/self/events/BE90/", {"sign": "true", "region": "990102"})
    draft = Draft.objects.get()
    assert response["Location"] == f"/as/self/drafts/{draft.reference}/"
    assert [each["service"] for each in draft.plan["members"]] == ["AA01", "AA02"]
    check = browser.get(f"/as/self/drafts/{draft.reference}/check/").content.decode()
    assert "Open a shop" in check


def test_what_is_out_of_force_begins_nothing_and_leads_to_the_page_that_says_so(browser, event):
    event.withdrawn_at = clock.now()
    event.save()
    catalogue.kept.forget()
    for response in (
        browser.get("/as/self/events/BE90/?sign=true"),
        browser.post("/as/self/events/BE90/", {"sign": "true", "region": "990102"}),
    ):
        assert (response.status_code, response["Location"]) == (302, "/event/BE90")
    assert not Draft.objects.exists()


def test_without_an_answer_nothing_begins_and_the_question_says_so(browser, event):
    response = browser.post("/as/self/events/BE90/", {"region": "990102"})
    assert response.status_code == 422
    assert response.content.decode().count("Answer “A sign?”, so that") == 2  # in the summary and at the question
    assert not Draft.objects.exists()


@pytest.fixture
def sized(event):
    """The size of the shop decides."""
    asked = {"key": "area", "type": "number", "minimum": 1, "maximum": 9000, "text": {"zh-Hans": "面积", "en": "Area"}}
    members = [{"service": "AA01"}, {"service": "AA02", "when": "area >= 300"}]
    event.definition = {**event.definition, "members": members, "questions": [asked]}
    event.save()
    catalogue.kept.forget()
    return event


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("abc", "Write “Area” as a number"),
        ("320.5 m2", "Write “Area” as a number"),
        ("1e5", "Write “Area” as a number"),
        ("-50", "“Area” has to lie between 1 and 9000."),
        ("0", "“Area” has to lie between 1 and 9000."),
        ("9000.5", "“Area” has to lie between 1 and 9000."),
    ],
)
def test_a_number_that_cannot_count_stays_as_typed_and_says_why(browser, sized, typed, told):
    page = browser.get("/as/self/events/BE90/", {"area": typed, "go": "1"}).content.decode()
    assert page.count(told) == 2
    assert f'value="{typed}"' in page


@pytest.mark.parametrize("typed", ["320", "３２０", "1,320", "320.5"])
def test_a_number_counts_as_people_type_it(browser, sized, typed):
    page = browser.get("/as/self/events/BE90/", {"area": typed, "go": "1"}).content.decode()
    assert "Service AA02" in page.partition("What we do for you")[2].partition("Begin")[0]


def test_what_is_filed_elsewhere_on_this_answer_says_where_and_is_not_begun_here(browser, event):
    note = {"zh-Hans": "省里办", "en": "at the provincial office"}
    members = [{"service": "AA01"}, {"service": "AA02", "elsewhere": "sign == true", "note": note}]
    event.definition = {**event.definition, "members": members}
    event.save()
    catalogue.kept.forget()
    page = browser.get("/as/self/events/BE90/?sign=true&go=1").content.decode()
    assert "at the provincial office" in page.partition("This you file elsewhere")[2]
    for sign in ("true", "false"):
        browser.post("/as/self/events/BE90/", {"sign": sign, "region": "990102"})
    filed = [[each["service"] for each in draft.plan["members"]] for draft in Draft.objects.order_by("pk")]
    assert filed == [["AA01"], ["AA01", "AA02"]]


@pytest.fixture
def held(event, services, resident):
    """The resident has what AA01 gives."""
    output = {"key": "permit", "type": "record", "name": {"zh-Hans": "许可", "en": "Permit"}, "held": "in_force"}
    name = {"zh-Hans": "AA01", "en": "Service AA01"}
    services.publish("AA01", form=FORM, materials=[], name=name, outputs=[output])
    return registers.hold(
        SYSTEM,
        party_id=resident.on_behalf_of_id,
        service="AA01",
        output="permit",
        source=Ref("case", "C-77"),
        valid_from=dt.date(2026, 3, 2),
        valid_to=dt.date(2031, 3, 1),
    )


def test_what_is_held_stands_with_its_number_days_and_source_and_can_be_applied_for_again(browser, held):
    page = browser.get("/as/self/events/BE90/?sign=true&go=1").content.decode().partition("You have this already")[2]
    assert "C-77" in page
    assert "1 March 2031" in page
    assert "2 March 2026" in page
    assert 'name="again" value="AA01"' in page
    given = {"sign": "true", "region": "990102"}
    browser.post("/as/self/events/BE90/", given)
    browser.post("/as/self/events/BE90/", {**given, "again": "AA01"})
    first, second = Draft.objects.order_by("pk")
    assert [each["service"] for each in first.plan["members"]] == ["AA02"]
    assert [each["service"] for each in second.plan["members"]] == ["AA01", "AA02"]


def test_what_the_person_says_to_have_is_left_out_by_its_number(browser, held):
    held.delete()
    page = browser.get("/as/self/events/BE90/?sign=true&go=1").content.decode()
    assert 'name="have-AA01"' in page.partition("I have this already")[2]
    assert 'name="have-AA02"' not in page, "what is needed each time cannot be had"
    given = {"sign": "true", "region": "990102", "have-AA01": "2019-7", "have-AA02": ""}
    browser.post("/as/self/events/BE90/", given)
    draft = Draft.objects.get()
    assert [each["service"] for each in draft.plan["members"]] == ["AA02"]
    assert draft.plan["claims"] == [{"service": "AA01", "number": "2019-7", "needed_by": ["AA02"]}]
    check = browser.get(f"/as/self/drafts/{draft.reference}/check/").content.decode()
    assert "2019-7" in check.partition("You say that you have this already")[2]


def test_what_was_said_is_not_lost_when_a_question_comes_up(browser, held):
    page = browser.get("/as/self/events/BE90/?again=AA01&have-AA02=5").content.decode()
    question = page.partition("panel--q")[2].partition("</form>")[0]
    assert '<input type="hidden" name="again" value="AA01">' in question
    assert '<input type="hidden" name="have-AA02" value="5">' in question


def test_what_a_register_answers_can_be_answered_otherwise(browser, event):
    age = {"key": "age", "type": "number", "element": "person.age", "text": {"zh-Hans": "多少岁？", "en": "How old?"}}
    event.definition["questions"] = [age]
    event.definition["members"][1]["when"] = "age >= 120"
    event.save()
    catalogue.kept.forget()
    page = browser.get("/as/self/events/BE90/").content.decode()
    assert 'href="?doubt=age"' in page
    assert "Service AA02" in page.partition("Checked: you do not need this")[2]
    asked = browser.get("/as/self/events/BE90/?doubt=age").content.decode().partition("panel--q")[2]
    assert "How old?" in asked
    assert '<input type="hidden" name="doubt" value="age">' in asked.partition("</form>")[0]
    answered = browser.get("/as/self/events/BE90/?doubt=age&age=121&go=1").content.decode()
    assert "Service AA02" in answered.partition("What we do for you")[2].partition("Begin")[0]
    browser.post("/as/self/events/BE90/", {"age": "121", "region": "990102"})
    assert [each["service"] for each in Draft.objects.get().plan["members"]] == ["AA01", "AA02"]


def test_what_something_else_needs_first_is_listed_with_what_is_filed(browser, event):
    members = [{"service": "AA01", "optional": True}, {"service": "AA02"}]
    event.definition = {**event.definition, "members": members, "questions": []}
    event.save()
    catalogue.kept.forget()
    page = browser.get("/as/self/events/BE90/?region=990102").content.decode()
    assert "<dd><b>2</b>" in page.partition("<dt>Services</dt>")[2][:40]
    applies = page.partition("What we do for you")[2].partition("Begin")[0]
    assert "Service AA01" in applies
    assert "another of these services needs it first" in applies
    assert "If you like" not in page


def test_an_agent_reads_before_beginning_that_the_mandate_does_not_cover_it(client, identities, resident, event):
    agent = identities.person("代办人")
    owner = Party.objects.get(pk=resident.on_behalf_of_id)
    mandate = identities.mandate(owner, agent.party, by=Person.objects.get(pk=owner.pk), services=["AA01"])
    client.force_login(identities.account(agent))
    address = f"/as/m-{mandate.pk}/events/BE90/"
    page = client.get(f"{address}?sign=true&region=990102&lang=en").content.decode()
    assert "Your mandate does not cover this: Service AA02." in page
    assert "Fill in one form" not in page
    refused = client.post(f"{address}?lang=en", {"sign": "true", "region": "990102"})
    assert refused.status_code == 403
    assert "Your mandate does not cover" in refused.content.decode()
    page = client.get(f"{address}?sign=false&region=990102&lang=en").content.decode()
    assert "Fill in one form" in page
