"""Pages and API tell at the start for whom a service is, and lead to the capacities in which it can be filed."""

import pytest

from egov.identity.models import Account, Person
from egov.intake.models import Draft, Submission

pytestmark = pytest.mark.django_db


@pytest.fixture
def company(identities, resident):
    owner = Person.objects.get(pk=resident.party_id)
    return identities.organisation(representative=owner, region=identities.region())


@pytest.fixture
def browser(client, resident):
    client.force_login(Account.objects.get(pk=resident.account_id))
    client.cookies["django_language"] = "en"
    return client


def test_the_page_says_for_whom_it_is(browser, services):
    services.publish(audience=["person", "enterprise"])
    assert "Who may ask: Residents, Enterprises" in browser.get("/as/self/start/CL02/").text


def test_a_person_is_told_at_the_start_and_led_to_the_organisations(browser, services, company):
    services.publish(audience=["enterprise"])
    page = browser.get("/as/self/start/CL02/?need=开店")
    assert page.status_code == 200
    assert "Only organisations are given this" in page.text
    assert f'href="/as/o-{company.pk}/start/CL02/?need=%E5%BC%80%E5%BA%97"' in page.text
    assert 'name="region"' not in page.text, "there is nothing to begin"
    assert browser.post("/as/self/start/CL02/", {"region": "990102"}).status_code == 422
    assert not Draft.objects.exists()
    assert browser.post(f"/as/o-{company.pk}/start/CL02/", {"region": "990102"}).status_code == 302


def test_who_acts_for_no_organisation_is_told_what_it_takes(browser, services):
    services.publish(audience=["enterprise"])
    page = browser.get("/me/?start=CL02", follow=True)
    assert "Act for an organisation that you represent" in page.text
    assert 'class="doors' not in page.text


def test_the_choice_of_capacity_offers_those_it_is_for(browser, services, company, identities, resident):
    services.publish(audience=["enterprise"])
    assert browser.get("/me/?start=CL02")["Location"] == f"/as/o-{company.pk}/start/CL02/"
    other = identities.organisation("江州启明商贸有限公司")
    person = company.representatives.get().person
    mandate = identities.mandate(other.party, person.party, by=identities.person("赵启明"))
    shown = browser.get("/me/?start=CL02").text
    assert f"/as/o-{company.pk}/start/CL02/" in shown
    assert f"/as/m-{mandate.pk}/start/CL02/" in shown
    assert "/as/self/start/CL02/" not in shown
    services.publish(audience=["person"])
    assert browser.get("/me/?start=CL02")["Location"] == "/as/self/start/CL02/"


def test_an_event_says_what_only_organisations_are_given(browser, shop, company):
    members = [each for each in shop.definition["members"] if each["service"] != "AA05"]
    shop.definition = {**shop.definition, "members": members, "edges": []}
    shop.save()
    page = browser.get("/as/self/events/BE90/?area=80&sign=false&region=990102")
    assert "Only organisations are given this" in page.text
    assert 'aria-labelledby="h-begin"' not in page.text
    assert f"/as/o-{company.pk}/events/BE90/?area=80&amp;sign=false&amp;region=990102" in page.text
    answers = {"area": "80", "sign": "false", "region": "990102"}
    assert browser.post("/as/self/events/BE90/", answers).status_code == 422
    assert not Draft.objects.exists()
    assert browser.post(f"/as/o-{company.pk}/events/BE90/", answers).status_code == 302


def test_a_program_is_told_at_the_applicant(by_token, services, shop, resident):
    services.publish(audience=["enterprise"])
    shop.definition = {**shop.definition, "edges": []}
    shop.save()
    program = by_token(resident, language="zh-Hans")
    begin = {"service": "CL02", "region": "990102"}
    event = {"region": "990102", "answers": {"area": 80, "sign": False}}
    for refused in (
        program.post("drafts", begin),
        program.post("submissions", {**begin, "answers": {}}, Idempotency_Key="k"),
        program.post("events/BE90/drafts", event),
    ):
        assert refused.status_code == 422
        body = refused.json()
        assert body["code"] == "wrong_applicant"
        assert [(each["pointer"], each["code"]) for each in body["errors"]] == [("/applicant", "wrong_applicant")]
        assert "只办理给单位" in body["errors"][0]["detail"]
    assert not Draft.objects.exists()
    assert not Submission.objects.exists()
