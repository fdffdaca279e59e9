"""The legal representative closes a company: taxes, insurance and housing fund, and then the register."""

import pytest

from tests.plugins import walking, whole

pytestmark = [pytest.mark.long, pytest.mark.journey, pytest.mark.timeout(1200), walking.ON_A_PHONE_TOO]

OWNER = {"representations__organisation__kind": "enterprise", "representations__organisation__dissolved_on": None}


def answers_of():
    return {
        "contact__phone": "13900001234",
        "tax__taxpayer_kind": "small_scale",
        "tx05__period_from": "2026-10-01",
        "tx05__period_to": "2026-11-20",
        "tx05__sales": "12000",
        "tx05__special_sales": "0",
        "tx05__property_sales": "0",
        "tx05__place": "city",
        "tax__return_truth": True,
        "tx06__period_from": "2026-01-01",
        "tx06__period_to": "2026-11-20",
        "tx06__revenue": "180000",
        "tx06__costs": "180000",
        "tx06__result": "even",
        "tx06__losses": "0",
        "tx06__staff": "0",
        "tx06__assets": "20000",
        "tx06__prepaid": "0",
        "tx06__liquidation_from": "2026-10-01",
        "organisation__end_reason": "dissolved",
        "tx09__clearance_kind": "ordinary",
        "tx09__last_business_on": "2026-09-30",
        "tx09__all_returns": True,
        "tx09__invoices_returned": True,
        "tx09__clearance_promise": True,
        "si16__reason_on": "2026-09-30",
        "si16__nobody_left": True,
        "si16__nothing_owed": True,
        "hf09__accounts_sealed": True,
        "br04__way": "ordinary",
        "br04__liquidators_on": "2026-09-20",
        "br04__creditors_notice_on": "2026-09-21",
        "br04__debts": "settled",
        "br04__customs": "none",
        "br04__branches": True,
        "br04__investments": True,
        "br04__licence_copy": "returned",
    }


def test_from_the_last_return_to_the_end_of_the_company(walker, officers, somebody):
    owner, who = walker(), somebody(**OWNER)
    whole.begin(
        owner,
        who,
        owner.say("公司不开了，怎么全部注销", "close my company completely"),
        "BE04",
        {"staff": "false", "insured": "true", "housing_fund": "true"},
        capacity="o-",
    )
    owner.complete(**answers_of())
    matter = whole.send(owner)
    found = officers.finish(matter)
    assert found.members == dict.fromkeys(("TX05", "TX06", "TX09", "SI16", "HF09", "BR04"), "done")
    whole.see_the_end(owner, matter, done=6, total=6)
