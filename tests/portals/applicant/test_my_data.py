"""What registers hold about a person, and who looked at it, in words of the page's language."""

import pytest

from egov.identity.models import Account, Sex
from egov.journal import actions as journal
from egov.kernel.actor import SYSTEM
from egov.kernel.refs import Ref
from egov.registers import actions as registers

pytestmark = pytest.mark.django_db


@pytest.fixture
def browser(client, resident):
    registers.load_elements(SYSTEM)
    client.force_login(Account.objects.get(pk=resident.account_id))
    return client


@pytest.mark.parametrize(("language", "country"), [("zh-Hans", "中国"), ("en", "China")])
def test_values_are_said_in_words(browser, language, country):
    page = browser.get(f"/as/self/data/?lang={language}").content.decode()
    assert country in page
    assert "CHN" not in page
    assert ">990102<" not in page
    for word in Sex.values:
        assert f">{word}<" not in page or language == "en"


def test_a_look_says_why_in_words(browser, resident, identities):
    officer = identities.officer()
    journal.record_view(officer, Ref("party", str(resident.on_behalf_of_id)), reason="handling")
    page = browser.get("/as/self/data/views/?lang=en").content.decode()
    assert "Handles your case" in page
