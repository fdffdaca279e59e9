"""Each service that can be filed, from its form to its decision, by the people whose work it is.

Walked without looking at each page, in one language: here it is the definitions that are tried (form, materials, plan,
effect, output), not the pages.
"""

from dataclasses import dataclass
from typing import Any

import pytest

pytestmark = [pytest.mark.long, pytest.mark.journey, pytest.mark.timeout(600)]

PAST = "2026-03-02"


@dataclass(frozen=True)
class Told:
    """A service, who files it in which capacity with what, and who then does what at the desk, in this order."""

    code: str
    who: str
    answers: dict[str, Any]
    desk: tuple[tuple[str, str], ...] = ()  # account, act
    capacity: str = "self"
    papers: int = 3  # acceptance, decision, and what was applied for
    post: bool = False  # filed at the desk, for oneself or for the department

    def __str__(self) -> str:
        return self.code


def led(place: str, *, checks: int = 1, reviewer: str = "reviewer", head: str = "section", clerk: str = "clerk"):
    """Accepted, reviewed, and decided by who leads."""
    steps = [(f"{place}.{clerk}", "accept"), *[(f"{place}.{reviewer}", "complete_step")] * checks]
    return (*steps, (f"{place}.{head}", "draft_decision"))


SERVICES = [
    Told(
        "MH03",
        "lin.xiaowen",
        {
            "kind": "settled",
            "place": "浙江省杭州市",
            "from_on": PAST,
            "residence_address": "杭州市西湖区文三路 90 号",
            "residence_promise": True,
        },
        papers=1,
    ),
    Told("CL02", "lin.xiaowen", {"purpose": "first", "delivery": "counter"}, led("police")),
    Told(
        "CL04",
        "zhao.qiming",
        {
            "lives_here_since": PAST,
            "ground": "job",
            "employer": "赵记面馆",
        },
        led("police"),
    ),
    Told(
        "SI09",
        "wu.accountant",  # who draws no benefit in the city's past
        {
            "last_employer": "江州市晓雯餐饮有限公司",
            "ended_on": PAST,
            "end_reason": "contract_ended",
            "contribution_years": "6",
            "looking_for_work": True,
            "bank_name": "江州农商银行",
            "bank_account": "6222000000000000123",
        },
        led("hrss"),
        papers=2,
    ),
    Told(
        "BR01",
        "lin.xiaowen",
        {
            "trade_name": "望江小馆",
            "org_type": "LTD",
            "industry": "62",
            "scope": "餐饮服务",
            "capital": "100000",
            "premises_region": "990102",
            "premises_address": "临江区望江街 9 号一层",
            "shareholders/0/name": "林晓雯",
            "shareholders/0/share": "100",
            "premises_promise": True,
        },
        led("market"),
    ),
    Told(
        "BR02",
        "zhao.qiming",
        {
            "trade_name": "启明小吃",
            "industry": "62",
            "scope": "小吃服务",
            "premises_region": "990102",
            "premises_address": "临江区望江街 11 号",
            "premises_promise": True,
            "employees": "2",
        },
        (("market.clerk", "accept"), ("market.reviewer", "draft_decision")),
    ),
    Told(
        "LC04",
        "lin.xiaowen",
        {
            "contact_phone": "13900001234",
            "sign_text": "晓雯餐饮",
            "width": "4",
            "height": "3",
        },
        led("urban", checks=2, clerk="officer", reviewer="officer", head="head"),
        capacity="o-",
    ),
    Told(
        "LC01",
        "lin.xiaowen",
        {
            "contact_phone": "13900001234",
            "area": "40",
            "business_kind": "sale",
            "food_handlers": "2",
        },
        (
            ("market.clerk", "accept"),
            ("market.reviewer", "complete_step"),
            ("market.reviewer", "draft_decision"),
            ("market.section", "sign_decision"),
        ),
        capacity="o-",
    ),
    Told(
        "CP01",
        "lin.xiaowen",
        {"kind": "complaint", "text": "夜里十一点以后工地还在施工，睡不着。"},
        (("jz.data.officer", "accept"), ("jz.data.officer", "draft_decision")),
        papers=2,
    ),
    Told(
        "CP03",
        "zhao.qiming",
        {"information": "2025 年望江街改造的预算和决算。", "format": "electronic"},
        (
            # Registered, searched for; what is secret and what is answered is for who leads.
            ("jz.office.clerk", "accept"),
            ("jz.office.officer", "complete_step"),
            ("jz.office.head", "complete_step"),
            ("jz.office.head", "draft_decision"),
        ),
        papers=1,
    ),
    Told(
        "CP04",
        "zhao.qiming",
        {
            "respondent": "临江区市场监督管理局",
            "learned_on": PAST,
            "request": "撤销不予许可的决定。",
            "grounds": "材料齐全，现场符合条件。",
        },
        led("justice", checks=2, head="head"),
        papers=2,
    ),
    Told(
        "GE01",
        "market.reviewer",
        {"kind": "annual", "first_day": "2027-01-11", "last_day": "2027-01-13"},
        (("jz.org.officer", "accept"), ("jz.org.head", "draft_decision")),
        papers=1,
        post=True,
    ),
    Told(
        "GG01",
        "police.reviewer",
        {
            "data_set": "婚姻登记信息",
            "elements": "登记日期、登记类别",
            "purpose": "核对户口登记中的婚姻状况。",
            "legal_basis": "户口登记条例",
            "mode": "query",
            "until": "2027-06-30",
            "security_promise": True,
        },
        (
            ("jz.data.officer", "accept"),
            ("jz.data.officer", "complete_step"),
            ("jz.data.head", "draft_decision"),
        ),
        papers=2,
        post=True,
    ),
]


@pytest.fixture
def language() -> str:
    return "zh-Hans"


@pytest.mark.parametrize("told", SERVICES, ids=str)
def test_a_service_is_filed_and_decided(walker, told):
    applicant = walker(told.who, looks=False)
    if told.post:
        filed = applicant.file_at_desk(told.code, **told.answers)
    else:
        filed = applicant.file(told.code, applicant.capacity(told.capacity), **told.answers)
    people = {}
    for account, act in told.desk:
        if account not in people:
            people[account] = walker(account, looks=False)
        officer = people[account]
        officer.desk(f"cases/{filed.case}/")
        if act == "draft_decision":
            officer.act(act, outcome="granted", reasons="材料齐全，符合条件。")
        elif act == "complete_step":
            officer.act(act, press=officer.first_outcome(), note="已核对。")
        else:
            officer.act(act)
    applicant.go(filed.case_url)
    assert applicant.page.locator("section[aria-labelledby^='h-dec']").count(), "no decision"
    papers = "section[aria-labelledby^='h-dec'] p.small:has(a)" if told.post else ".docs > *"
    applicant.until(f":nth-match({papers}, {told.papers})")
