"""A resident opens a restaurant: how large it is decides whether the fire service has to come.

An answer that changes when the cases have begun reaches each department that asked for it.
"""

import pytest

from tests.plugins import walking, whole

pytestmark = [pytest.mark.long, pytest.mark.journey, pytest.mark.timeout(1500), walking.ON_A_PHONE_TOO]

FOUNDER = {"born_on__range": ["1976-01-01", "2000-01-01"], "representations": None, "party__region": "990102"}
SMALL, LARGE = "86", "320"  # m²; from 300 the place is looked at before it opens
NEW_PHONE = "13900005678"
ABOUT = {
    "form": "enterprise",
    "below_ground": "false",
    "sign": "true",
    "drainage": "true",
    "tobacco": "false",
    "staff": "true",
    "first_business": "false",
}


def answers_of(founder, who):
    address = founder.say("江州市临江区望江街 9 号一层", "9 Wangjiang Street, ground floor")
    return {
        "organisation__trade_name": founder.say("望江小馆", "望江小馆"),
        "organisation__type": "LTD",
        "organisation__industry": "62",
        "organisation__scope": founder.say("餐饮服务", "Catering"),
        "organisation__capital": "100000",
        "organisation__region": "990102",
        "organisation__address": address,
        "br01__premises_promise": True,
        "br01__shareholders/0/name": who.name,
        "br01__shareholders/0/share": "100",
        "shop__region": "990102",
        "shop__address": address,
        "shop__food_business": "restaurant",
        "shop__hot_food": True,
        "lc01__grease_trap": True,
        "shop__food_handlers": "8",
        "lc03__venue_kind": "restaurant",
        "lc03__floors": founder.say("一层", "Ground floor"),
        "lc03__people": "120",
        "tax__taxpayer_kind": "small_scale",
        "organisation__employees": "10",
        "lc03__way": "check",
        "si01__schemes": ["pension", "unemployment", "injury"],
        "organisation__first_staff_on": "2026-11-20",
        "shop__sign_text": "望江小馆",
        "lc04__width": "6",
        "lc04__height": "2",
        "lc05__kind": "restaurant",
        "lc05__daily_volume": "5",
        "lc05__outlets": "1",
        "lc05__rain_separate": True,
        "lc05__pretreatment": ["grease_trap"],
        "lc05__discharge_promise": True,
        "br05__purpose": "first",
        "br05__seals": ["official", "finance"],
        "br05__maker": founder.say("江州印章有限公司", "Jiangzhou Seals"),
        "delivery__method": "counter",
        "tx07__invoices": ["ordinary"],
        "tx07__biller": who.name,
        "tx07__no_false_invoices": True,
        "bank__name": founder.say("江州农商银行", "Jiangzhou Rural Commercial Bank"),
        "bank__account": "6222000000000000123",
    }


def test_from_the_idea_to_the_open_door(walker, officers, somebody):
    founder, who = walker(), somebody(**FOUNDER)
    whole.come_to(founder, who, founder.say("想开个面馆", "I want to open a noodle shop"), "BE01")
    whole.answer(founder, **ABOUT)
    # The area alone decides about the fire service: first it is small, then it is not.
    whole.answer(founder, area=SMALL)
    inspection = founder.say("消防安全检查", "Fire safety")
    assert inspection not in whole.offered(founder)
    whole.answer_again(founder, area=LARGE)
    assert inspection in whole.offered(founder)
    whole.start(founder, region="990102")
    founder.complete(**answers_of(founder, who))
    matter = whole.send(founder)

    # The company is registered and the licences are with five departments when the phone number changes.
    officers.bring_to(matter, "LC01")
    whole.change(founder, matter, founder.say("换了号码", "A new number"), contact__phone=NEW_PHONE)
    found = officers.finish(matter)
    told = officers.told(matter, "contact_phone")
    for service in ("LC01", "LC03", "LC04", "LC05"):
        assert told[service] == NEW_PHONE, service
    for service in ("BR05", "TX07", "SI01"):  # granted on the spot, before the number changed
        assert told[service] != NEW_PHONE, service
    services = ("BR01", "LC01", "LC03", "LC04", "LC05", "BR05", "TX07", "SI01")
    assert found.members == dict.fromkeys(services, "done")
    whole.see_the_end(founder, matter, done=8, total=8)
