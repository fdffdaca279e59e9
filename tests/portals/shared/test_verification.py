"""A new account proves who is behind it, once, and then leads to what that person may do."""

import pytest

from egov.identity.models import Account

pytestmark = pytest.mark.django_db

NUMBER = "330106198512129980"
URL = "/me/verify/"


@pytest.fixture
def account(client, identities):
    made = identities.account(username="new")
    client.force_login(made)
    return made


def answer(client, **changed):
    return client.post(URL, {"provider": "sandbox", "name": "林晓雯", "id_number": NUMBER, **changed})


def test_only_for_those_who_signed_in(client):
    assert client.get(URL)["Location"].startswith("/account/login/")


def test_an_account_without_a_person_is_shown_the_way(client, account):
    page = client.get("/me/").content.decode()
    assert f'href="{URL}"' in page
    form = client.get(URL).content.decode()
    assert 'name="id_number"' in form
    assert 'value="sandbox"' in form


def test_verified_it_leads_on(client, account, identities):
    person = identities.person("林晓雯", number=NUMBER)
    assert answer(client)["Location"] == "/me/"
    assert Account.objects.get(pk=account.pk).person_id == person.pk
    assert client.get(URL)["Location"] == "/me/"
    assert client.get("/me/")["Location"] == "/as/self/"


@pytest.mark.parametrize(
    "changed", [{"id_number": "330106198512129981"}, {"id_number": ""}, {"name": "张三"}, {"provider": "moon"}]
)
def test_what_was_typed_stays_and_the_fault_is_told(client, account, identities, changed):
    identities.person("林晓雯", number=NUMBER)
    response = answer(client, **changed)
    assert response.status_code == 422
    page = response.content.decode()
    assert changed.get("name", "林晓雯") in page
    assert 'role="alert"' in page
    assert Account.objects.get(pk=account.pk).person_id is None


def test_without_a_provider_the_service_hall_is_named(client, account, settings):
    settings.EGOV_IDENTITY_PROVIDERS = []
    page = client.get(URL).content.decode()
    assert 'name="id_number"' not in page
    assert answer(client).status_code == 422
