"""What filing costs, and the ways to pay it, on pages that work without script."""

import pytest

from egov.identity.models import Account
from egov.intake import actions
from egov.kernel.text import localise
from egov.payments import queries as payments
from egov.payments.models import Bill

pytestmark = pytest.mark.django_db

FEE = {
    "items": [
        {"key": "first", "name": {"zh-Hans": "首次", "en": "First"}, "amount": "0.00", "when": 'reason == "expired"'},
        {
            "key": "lost",
            "name": {"zh-Hans": "补领", "en": "Replacement"},
            "amount": "40.00",
            "when": 'reason == "lost"',
        },
    ]
}


@pytest.fixture
def browser(client, resident):
    client.force_login(Account.objects.get(pk=resident.account_id))
    return client


@pytest.fixture
def bill(resident, services, a_draft):
    services.publish(fee=FEE)
    draft = a_draft(resident, answers={"reason": "lost", "lost_on": "2020-01-02", "name": "林晓雯"})
    actions.submit(resident, draft=draft.reference, key="once")
    return Bill.objects.get()


def test_a_range_of_fees_is_written_out(browser, services):
    services.publish(fee=FEE)
    page = browser.get("/as/self/start/CL02/?lang=en").content.decode()
    assert "¥0 – ¥40" in page


def test_each_way_to_pay_has_its_name(browser, bill):
    page = browser.get(f"/as/self/bills/{bill.reference}/?lang=zh-Hans").content.decode()
    ways = payments.ways_to_pay()
    assert len(ways) >= 2
    for way in ways:
        assert f">{localise(way.name, 'zh-Hans')}<" in page


def test_who_turned_back_at_the_gateway_is_not_told_to_wait(browser, bill):
    page = browser.get(f"/as/self/bills/{bill.reference}/?returned=1&lang=en").content.decode()
    assert "nothing was taken" in page
    assert 'name="way"' in page
