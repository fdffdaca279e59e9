"""An administrator composes an event of five departments, another one approves it, and people find and begin it."""

import time

import pytest

from egov.kernel import clock

pytestmark = [pytest.mark.long, pytest.mark.journey, pytest.mark.timeout(900)]

# A shop with a sign in the street, drains and staff: five departments.
SERVICES = {"market": "BR02", "urban": "LC04", "water": "LC05", "tax": "TX07", "hrss": "SI01"}
ALLOWED = 15 * 60  # seconds for one administrator, the approval by a second one included


def test_five_departments_in_one_event(walker):
    begun = time.monotonic()
    admin = walker("admin")
    # A code that no other journey has; each walk has its own.
    code = f"B{'ABCDEFGHIJKLMNOPQRSTUVWXYZ'[int(clock.now().timestamp()) % 26]}{int(clock.now().timestamp()) // 26 % 100:02d}"
    name = admin.say(f"街边小店开业{code}", f"A shop in the street {code}")
    admin.console("events")
    admin.follow("/events/new")
    admin.fill(
        code=code,
        name_zh=f"街边小店开业{code}",
        name_en=f"A shop in the street {code}",
        summary_zh="执照、招牌、排水、税务、社保一次办好。",
        summary_en="Registration, sign, drains, tax and insurance at once.",
        kind="business",
        lead_role="market",
    )
    admin.submit()
    composer = admin.path.partition("?")[0]

    for service in SERVICES.values():
        admin.follow(f"{composer}/services")
        admin.fill("main .filters", q=service)
        admin.press(admin.page.locator("main .filters button[type=submit]"))
        admin.fill(service=service)
        admin.press(admin.page.locator("main form[method=post] button[type=submit]:not([name])"))
    for service in SERVICES.values():
        admin.sees(service)

    for text_zh, text_en in (("要在门外挂招牌吗？", "Will a sign hang outside?"), ("雇人吗？", "Any staff employed?")):
        admin.follow(f"{composer}/questions")
        admin.fill(text_zh=text_zh, text_en=text_en, type="boolean")
        admin.submit()
    for service, question in (("LC04", "sign"), ("SI01", "staff")):
        admin.press(admin.page.locator(f"main table a[href$='{composer}/services/{service}']"))
        term = admin.page.locator(f"main select[name=term_1_0] option[value*='{question}'][value$='== true']")
        admin.fill(term_1_0=term.first.get_attribute("value"))
        admin.submit()
    admin.sees(admin.say("合并后的一张表", "The one form"))

    admin.follow(f"{composer}/try")
    admin.choose("sample", admin.say("登记簿中没有任何信息的居民", "a resident of whom registers know nothing"))
    admin.press(admin.page.locator("main aside form button[type=submit]"))
    admin.sees(admin.say("还要问2个问题", "2 questions would still be asked"))

    admin.go(composer)
    assert admin.page.locator("main form[action$='/acts/review']").count() == 0, "whoever wrote it does not approve it"
    second = walker("market.admin")
    second.console(composer.partition("/events/")[2].join(("events/", "")))
    second.press(second.page.locator("main form[action$='/acts/review'] button"))
    second.press(second.page.locator("main form[action$='/acts/publish'] button"))
    taken = time.monotonic() - begun
    assert taken < ALLOWED, f"{taken:.0f} s"

    owner = walker("zhao.qiming")
    owner.go(f"/as/self/events/{code}/")
    owner.sees(name)
