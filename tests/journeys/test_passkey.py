"""A passkey is made on the person's device and then opens the account without a password."""

import re

import pytest

from egov.identity.models import Account

pytestmark = [pytest.mark.long, pytest.mark.journey, pytest.mark.django_db(transaction=True)]

PASSWORD = "a long enough one"


def a_device(page):
    """An authenticator in the browser, with its fingerprint always at hand."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    session.send("WebAuthn.addVirtualAuthenticator", {"options": options})


def test_a_passkey_is_added_and_signs_in(new_context, identities, settings):
    settings.MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = True
    account = identities.account(identities.person("林晓雯", region=identities.region()), username="lin")
    account.set_password(PASSWORD)
    account.save()
    page = new_context(language="en").new_page()
    page.set_default_timeout(60_000)
    a_device(page)
    page.goto("/account/login/?lang=en")
    page.fill("input[name=login]", "lin")
    page.fill("input[name=password]", PASSWORD)
    page.press("input[name=password]", "Enter")
    page.wait_for_url("**/as/self/**")
    page.goto("/account/2fa/webauthn/add/")
    page.fill("input[name=password]", PASSWORD)  # what changes the way in asks for it once more
    page.press("input[name=password]", "Enter")
    page.fill("input[name=name]", "My phone")
    page.click("label[for=id_passwordless]")  # the design system draws the box itself
    page.click("#mfa_webauthn_add")
    page.wait_for_url(re.compile(r"/account/2fa/(?!webauthn/add)"))  # away from the form: it is kept
    assert account.authenticator_set.filter(type="webauthn").count() == 1
    assert Account.objects.get(pk=account.pk).assurance == 3
    page.goto("/account/logout/")
    page.click("main button[type=submit]")
    page.goto("/account/login/")
    page.click("#passkey_login")
    page.wait_for_url("**/as/self/**")
    assert page.locator("details.acct").count() == 1
