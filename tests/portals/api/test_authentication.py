"""A stranger is told how to log in; a wrong token opens nothing; a session needs its token against forgery."""

import base64

import pytest
from allauth.idp.oidc.models import Client as Program
from django.test import Client

pytestmark = pytest.mark.django_db

DRAFTS = "/api/v1/as/self/drafts"


@pytest.fixture
def account(identities):
    return identities.account(identities.person(region=identities.region()))


@pytest.fixture
def program_token(client):
    """An access token by client credentials, as a program gets it."""

    def get(*, owner, scopes="api"):
        program = Program(name="tax adviser", owner=owner, scopes=scopes, grant_types="client_credentials")
        program.set_secret("a long secret")
        program.save()
        basic = base64.b64encode(f"{program.id}:a long secret".encode()).decode()
        response = client.post(
            "/identity/o/api/token",
            {"grant_type": "client_credentials", "scope": scopes},
            headers={"Authorization": f"Basic {basic}"},
        )
        assert response.status_code == 200, response.content
        return response.json()["access_token"]

    return get


def test_a_stranger_is_asked_for_a_token(client):
    response = client.get(DRAFTS)
    assert response.status_code == 401
    assert response["WWW-Authenticate"] == "Bearer"
    assert response["Content-Type"].startswith("application/problem+json")


@pytest.mark.parametrize("header", ["Bearer nonsense", "Bearer ", "Basic dXNlcjpwYXNz", "bearer x.y.z"])
def test_a_wrong_token_opens_nothing(client, header):
    assert client.get(DRAFTS, headers={"Authorization": header}).status_code == 401


def test_a_program_acts_for_the_account_that_owns_it(client, account, program_token):
    token = program_token(owner=account)
    assert client.get(DRAFTS, headers={"Authorization": f"Bearer {token}"}).status_code == 200


def test_a_program_that_belongs_to_nobody_opens_nothing(client, program_token):
    token = program_token(owner=None)
    assert client.get(DRAFTS, headers={"Authorization": f"Bearer {token}"}).status_code == 401


def test_a_token_for_logging_in_elsewhere_opens_nothing_here(client, account, program_token):
    token = program_token(owner=account, scopes="openid")
    assert client.get(DRAFTS, headers={"Authorization": f"Bearer {token}"}).status_code == 401


def test_a_closed_account_takes_its_programs_with_it(client, account, program_token):
    token = program_token(owner=account)
    account.is_active = False
    account.save()
    assert client.get(DRAFTS, headers={"Authorization": f"Bearer {token}"}).status_code == 401


def test_a_session_reads_and_writes_only_with_the_token_against_forgery(account):
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(account, backend="django.contrib.auth.backends.ModelBackend")
    assert browser.get(DRAFTS).status_code == 200
    response = browser.post("/api/v1/as/self/drafts", {"service": "CL02", "region": "990102"}, "application/json")
    assert response.status_code == 403


def test_the_house_tells_other_programs_how_to_log_people_in(client):
    response = client.get("/.well-known/openid-configuration")
    assert response.status_code == 200
    assert response.json()["token_endpoint"].endswith("/identity/o/api/token")
