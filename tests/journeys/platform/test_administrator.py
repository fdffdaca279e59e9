"""An administrator opens a unit, appoints an officer and routes a service to it: the next case lands there."""

import pytest

from egov.kernel import clock

pytestmark = [pytest.mark.journey, pytest.mark.timeout(900)]

SHOP = {
    "contact_phone": "13900001234",
    "business_kind": "sale",
    "food_handlers": "2",
}


def test_the_next_case_lands_in_the_new_unit(walker):
    admin = walker("market.admin")
    # The rule holds for an area that no other journey names; each walk has its own.
    area = 10_000 + int(clock.now().timestamp()) % 80_000
    key = f"large{area}"
    name = admin.say(f"大型商场科{area}", f"Large shops {area}")
    admin.console("departments")
    admin.follow("/departments/jz.linjiang.market")
    admin.follow("/units/new")
    admin.fill(name_zh=f"大型商场科{area}", name_en=f"Large shops {area}", key=f"jz.linjiang.market.{key}")
    admin.submit()
    admin.sees(name)
    if "/units/" not in admin.path:
        admin.press(admin.page.locator("main a", has_text=name).first)
    admin.follow("/posts/new")
    admin.fill(username="market.inspector2", title_zh="科员", title_en="Officer", roles=["clerk", "reviewer"])
    admin.submit()
    assert admin.status == 200

    admin.console("services/LC01/competence")
    admin.fill(condition=f"area == {area}", priority=5, note=admin.say("大型商场由专科办理", "Large shops have a unit"))
    admin.choose("unit", name)
    admin.fill(region="990102")
    admin.submit()
    assert admin.status == 200

    owner = walker("lin.xiaowen")
    filed = owner.file("LC01", owner.capacity("o-"), area=str(area), **SHOP)
    owner.go(filed.case_url)
    owner.sees(name)
    other = owner.file("LC01", owner.capacity("o-"), area="20", **SHOP)
    owner.go(other.case_url)
    owner.sees(owner.say("政务服务科", "Services section"))

    officer = walker("market.inspector2")
    officer.post = max(officer.capacities("p-"), key=lambda slug: int(slug[2:]))  # beside the one held before
    officer.desk(f"?view=unit&q={filed.case}")
    officer.until("main button[name=claim]")
    officer.press(officer.page.locator("main button[name=claim]").first)
    officer.desk(f"cases/{filed.case}/")
    officer.sees(officer.say("大型商场由专科办理", "Large shops have a unit"))
    officer.act("accept")
