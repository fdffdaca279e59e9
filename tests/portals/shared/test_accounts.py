"""Signing up, in and out; what happens to whoever guesses; a forgotten password; a lost phone; other devices; programs."""

import re

import pytest
from allauth.account.models import EmailAddress
from allauth.idp.oidc.models import Client as Program
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.test import Client

from egov.identity.models import Account

pytestmark = pytest.mark.django_db

PASSWORD = "a long enough one"


@pytest.fixture
def account(identities):
    made = identities.account(identities.person("林晓雯", region=identities.region()), username="lin")
    made.set_password(PASSWORD)
    made.save()
    return made


def sign_in(client, password=PASSWORD):
    return client.post("/account/login/", {"login": "lin", "password": password})


def confirm(client):
    """What opens or changes the way in asks for the password once more."""
    client.post("/account/reauthenticate/", {"password": PASSWORD})


def is_signed_in(client):
    return "_auth_user_id" in client.session


def test_a_new_account_is_led_to_prove_who_is_behind_it(client):
    wanted = {"username": "new", "password1": "a quite long 1", "password2": "a quite long 1"}
    assert client.post("/account/signup/", wanted)["Location"] == "/me/"
    assert 'href="/me/verify/"' in client.get("/me/").content.decode()


def test_a_weak_password_is_told_at_the_field(client):
    page = client.post("/account/signup/?lang=en", {"username": "new", "password1": "12345", "password2": "12345"})
    assert "at least 10 characters" in page.content.decode()
    assert not Account.objects.filter(username="new").exists()


def test_after_five_wrong_passwords_the_right_one_opens_nothing_for_a_while(client, account):
    for _attempt in range(5):
        sign_in(client, "wrong")
    locked = client.post("/account/login/?lang=en", {"login": "lin", "password": PASSWORD})
    assert not is_signed_in(client)
    assert re.search("Too many attempts|Too many failed", locked.content.decode())


def test_a_forgotten_password_is_replaced_by_a_link_that_works_once(client, account, mailoutbox):
    EmailAddress.objects.create(user=account, email="lin@example.com", verified=True, primary=True)
    assert client.post("/account/password/reset/", {"email": "lin@example.com"}).status_code == 302
    (mail,) = mailoutbox
    link = re.search(r"https?://[^/\s]+(/account/password/reset/key/\S+)", mail.body)[1]
    form = client.get(link, follow=True)
    address = form.redirect_chain[-1][0]
    new = {"password1": "another long one", "password2": "another long one"}
    assert client.post(address, new).status_code == 302
    assert not is_signed_in(client)
    assert sign_in(client, "another long one").status_code == 302
    again = Client().get(f"{link}?lang=en", follow=True).content.decode()
    assert "does not work any more" in again


def test_nobody_learns_whether_an_address_has_an_account(client, account, mailoutbox):
    unknown = client.post("/account/password/reset/", {"email": "nobody@example.com"})
    EmailAddress.objects.create(user=account, email="lin@example.com", verified=True, primary=True)
    known = client.post("/account/password/reset/", {"email": "lin@example.com"})
    assert (unknown.status_code, unknown["Location"]) == (known.status_code, known["Location"])


def test_a_second_step_is_asked_and_a_recovery_code_serves_once(client, account):
    TOTP.activate(account, generate_totp_secret())
    codes = RecoveryCodes.activate(account).get_unused_codes()
    step = sign_in(client)
    assert step["Location"].startswith("/account/2fa/authenticate/")
    assert not is_signed_in(client)
    assert client.get(step["Location"]).status_code == 200
    assert client.post("/account/2fa/authenticate/", {"code": codes[0]}).status_code == 302
    assert is_signed_in(client)
    other = Client()
    sign_in(other)
    other.post("/account/2fa/authenticate/", {"code": codes[0]})
    assert not is_signed_in(other)
    assert Authenticator.objects.filter(user=account, type="totp").exists()


def test_other_devices_are_signed_out_from_here(client, account):
    elsewhere = Client()
    sign_in(elsewhere)
    sign_in(client)
    page = client.get("/account/sessions/?lang=en").content.decode()
    assert page.count("since") >= 2
    client.post("/account/sessions/")
    assert is_signed_in(client)
    assert elsewhere.get("/me/").status_code == 302


def test_signing_out_leaves_nothing_in_the_browser(client, account):
    sign_in(client)
    assert "no-store" in client.get("/as/self/")["Cache-Control"]
    out = client.post("/account/logout/")
    assert out["Clear-Site-Data"] == '"cache", "storage"'
    assert not is_signed_in(client)


def test_a_program_is_registered_shown_once_and_removed(client, account):
    assert client.get("/me/programs/")["Location"].startswith("/account/login/")
    sign_in(client)
    assert client.get("/me/programs/")["Location"].startswith("/account/reauthenticate/")
    confirm(client)
    page = client.post(
        "/me/programs/?lang=en", {"name": "记账软件", "scopes": ["api.read", "api.file"]}
    ).content.decode()
    program = Program.objects.get(owner=account)
    secret = re.search(r"Client secret</dt><dd[^>]*>(\w{40,})<", page)[1]
    assert program.check_secret(secret)
    later = client.get("/me/programs/").content.decode()
    assert secret not in later
    assert "记账软件" in later
    client.post(f"/me/programs/{program.pk}/remove/")
    assert not Program.objects.filter(owner=account).exists()


def test_what_is_wrong_with_a_program_is_told(client, account):
    sign_in(client)
    confirm(client)
    for wrong in ({}, {"name": "x" * 61, "scopes": ["api"]}, {"name": "ok", "scopes": ["root"]}):
        assert client.post("/me/programs/", wrong).status_code == 422
    assert not Program.objects.exists()


def test_somebody_elses_program_is_not_there(client, account, identities):
    other = identities.account(identities.person("别人"))
    program = Program.objects.create(name="theirs", owner=other)
    sign_in(client)
    confirm(client)
    assert client.post(f"/me/programs/{program.pk}/remove/").status_code == 404
    assert Program.objects.filter(pk=program.pk).exists()


@pytest.mark.parametrize("language", ["zh-Hans", "en"])
def test_every_page_of_the_account_is_there_in_both_languages(client, account, language):
    for path in ("login/", "signup/", "password/reset/", "password/reset/done/", "password/reset/key/done/"):
        response = Client().get(f"/account/{path}?lang={language}")
        assert f'lang="{language}"' in response.content.decode(), path
    sign_in(client)
    confirm(client)
    pages = ("email/", "password/change/", "sessions/", "2fa/", "2fa/totp/activate/", "2fa/webauthn/add/", "logout/")
    for path in pages:
        response = client.get(f"/account/{path}?lang={language}", follow=True)
        assert response.status_code == 200, path
        assert f'lang="{language}"' in response.content.decode(), path
