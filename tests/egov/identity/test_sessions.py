"""Who is behind a session is read with it, and decided as Django decides it."""

import pytest
from django.conf import settings
from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY
from django.test import Client

from egov.identity import queries
from egov.identity.models import Account, Session
from egov.identity.sessions import SessionStore
from egov.kernel import clock

pytestmark = pytest.mark.django_db
WAY = "django.contrib.auth.backends.ModelBackend"
PAGE = "/api/v1/session"


@pytest.fixture
def account(identities):
    return identities.account(identities.person("林晓雯", region=identities.region()))


@pytest.fixture
def client(account):
    found = Client()
    found.force_login(account, backend=WAY)
    return found


def key_of(client):
    return client.cookies[settings.SESSION_COOKIE_NAME].value


def is_in(client):
    return client.get(PAGE).status_code == 200


def test_a_session_brings_its_account_and_the_person(client, account, django_assert_num_queries):
    store = SessionStore(key_of(client))
    with django_assert_num_queries(1):
        assert store[SESSION_KEY] == str(account.pk)
        assert store.account == account
        assert queries.actor_for(store.account, "self").region_code == "990102"


def test_a_visitors_session_is_nobodys():
    store = SessionStore()
    store["theme"] = "plain"
    store.save()
    found = SessionStore(store.session_key)
    assert found["theme"] == "plain"
    assert found.account is None


def test_logging_out_leaves_nothing(client):
    key = key_of(client)
    client.logout()
    assert not Session.objects.filter(pk=key).exists()


def test_a_closed_account_is_out_at_once(client, account):
    assert is_in(client)
    Account.objects.filter(pk=account.pk).update(is_active=False)
    assert not is_in(client)


def test_a_new_password_ends_sessions_elsewhere(client, account):
    account.set_password("another long password")
    account.save()
    assert not is_in(client)
    assert not Session.objects.filter(pk=key_of(client)).exists()


def test_an_expired_session_opens_nothing(client):
    Session.objects.filter(pk=key_of(client)).update(expire_date=clock.now())
    assert not is_in(client)


def test_what_the_session_says_counts_not_its_column(client, account, identities):
    other = identities.account(identities.person())
    Session.objects.filter(pk=key_of(client)).update(account=other)
    assert client.get(PAGE).wsgi_request.user == account
    Session.objects.filter(pk=key_of(client)).update(account=None)
    assert client.get(PAGE).wsgi_request.user == account


def test_a_session_under_the_former_secret_key_goes_on(client, settings):
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "a new one", [settings.SECRET_KEY]
    before = SessionStore(key_of(client))[HASH_SESSION_KEY]
    response = client.get(PAGE)
    assert response.status_code == 200
    assert SessionStore(key_of(client))[HASH_SESSION_KEY] != before
