"""An accountant files for a company by mandate; two officers visit it, one drafts the decision, another signs it."""

import pytest

pytestmark = [pytest.mark.journey, pytest.mark.timeout(900)]

DISTRICTS = {
    "临江": "",
    "Linjiang": "",
    "望山": "wangshan.",
    "Wangshan": "wangshan.",
    "东湖": "donghu.",
    "Donghu": "donghu.",
}
SHOP = {
    "contact_phone": "13900001234",
    "area": "86",
    "business_kind": "restaurant",
    "hot_food": True,
    "grease_trap": True,
    "food_handlers": "4",
}


def test_an_accountant_files_for_a_company(walker):
    accountant = walker("wu.accountant")
    for_taxes, for_everything = accountant.capacities("m-")
    accountant.go(f"/as/{for_taxes}/start/LC01/")
    assert not accountant.page.locator("main form[method=post] button[type=submit]").count()  # not in that mandate

    filed = accountant.file("LC01", for_everything, **SHOP)
    handled_by = accountant.page.locator("dl.keys").inner_text()
    office = next(prefix for name, prefix in DISTRICTS.items() if name in handled_by) + "market"

    clerk, reviewer = walker(f"{office}.clerk"), walker(f"{office}.reviewer")
    case = f"cases/{filed.case}/"
    clerk.desk(case)
    clerk.act("accept")
    reviewer.desk(case)
    reviewer.act("complete_step", press="agree", note=reviewer.say("材料符合。", "In order."))

    # The law asks for two on site: alone the step does not end, and what was found is not lost.
    inspector = walker(f"{office}.inspector")
    inspector.desk(case)
    found = inspector.say("现场符合要求。", "The place complies.")
    inspector.attempt("complete_step", press="pass", note=found)
    assert inspector.status == 409
    assert inspector.page.locator("textarea[name=note]").first.input_value() == found
    colleague = inspector.page.locator("form[action$='/acts/complete_step/'] [name=with]").first
    inspector.act("complete_step", press="pass", **{"with": colleague.get_attribute("value")})

    # Drafted by one, sent back once by the one who signs, signed in the end.
    reviewer.desk(case)
    reviewer.act("draft_decision", outcome="granted", reasons=reviewer.say("符合条件。", "The conditions are met."))
    section = walker(f"{office}.section")
    section.desk(case)
    section.act("return_draft", note=section.say("请写明面积。", "Name the area."))
    reviewer.desk(case)
    reviewer.act("draft_decision", outcome="granted", reasons=reviewer.say("面积 86 平方米。", "86 square metres."))
    section.desk(case)
    section.act("sign_decision")

    accountant.go(filed.matter)
    accountant.until("main .docs a[href*='/documents/']")
    accountant.sees(accountant.say("食品经营许可证", "Food business licence"))
    # The company's paper is the company's: it does not stand among the accountant's own.
    accountant.go("/as/self/documents/")
    assert not accountant.page.locator(
        "main", has_text=accountant.say("食品经营许可证", "Food business licence")
    ).count()
