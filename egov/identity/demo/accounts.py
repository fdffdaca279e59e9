"""Accounts to walk through the demonstration with, all with one password that is no secret."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.contrib.auth.hashers import make_password
from django.db import transaction

from egov.identity.demo.departments import key_of, planned_posts
from egov.identity.demo.people import LIN, WU, ZHAO, resident
from egov.identity.demo.structure import Function, Place, PostPlan
from egov.identity.models import Account, Post
from egov.journal import actions as journal
from egov.kernel.actor import SYSTEM
from egov.kernel.refs import Ref

PASSWORD = "Jiangzhou-2026"  # noqa: S105 - documented, for a city that does not exist
PLATFORM_ADMIN = "admin"

# Posts whose account is not named by department and post.
_NAMES = {
    "jz.data.platform": PLATFORM_ADMIN,
    "jz.data.platform2": "admin2",
    "jz.data.supervisor": "data.supervisor",
}


@dataclass(frozen=True)
class DemoAccount:
    """An account that the demonstration prints, and who it is."""

    username: str
    who: str


RESIDENTS = {"lin.xiaowen": LIN, "zhao.qiming": ZHAO, "wu.accountant": WU}

ACCOUNTS = (
    DemoAccount(
        "lin.xiaowen", "林晓雯：居民，一个孩子的母亲，餐饮公司法定代表人 · resident, mother, legal representative"
    ),
    DemoAccount("zhao.qiming", "赵启明：居民，个体工商户（面馆） · resident, sole trader (noodle shop)"),
    DemoAccount("wu.accountant", "吴慧敏：受两家公司委托的会计 · accountant, acts for two companies by mandate"),
    DemoAccount("market.clerk", "临江区市场监管局 窗口受理 · Linjiang market regulation, acceptance"),
    DemoAccount("market.reviewer", "临江区市场监管局 审查员 · reviewer"),
    DemoAccount("market.inspector", "临江区市场监管局 现场检查 · inspector"),
    DemoAccount("market.section", "临江区市场监管局 科长 · section head"),
    DemoAccount("market.head", "临江区市场监管局 局长 · head of the department"),
    DemoAccount("market.admin", "临江区市场监管局 部门管理员 · administrator of the department"),
    DemoAccount("police.clerk", "临江公安分局 窗口受理 · Linjiang police, acceptance"),
    DemoAccount("police.reviewer", "临江公安分局 审查员 · reviewer"),
    DemoAccount("police.section", "临江公安分局 科长 · section head"),
    DemoAccount("police.head", "临江公安分局 局长 · head of the department"),
    DemoAccount("hrss.reviewer", "临江区人社局 审查员 · Linjiang social security, reviewer"),
    DemoAccount("hrss.head", "临江区人社局 局长 · head of the department"),
    DemoAccount("urban.officer", "临江区城管局 经办人 · Linjiang urban management, officer"),
    DemoAccount("water.officer", "临江区水务局 经办人 · Linjiang water affairs, officer"),
    DemoAccount("data.clerk", "临江区政务服务大厅 综合窗口 · Linjiang service hall, window clerk"),
    DemoAccount("data.supervisor", "江州市数据管理局 效能督查 · supervision of all departments"),
    DemoAccount(PLATFORM_ADMIN, "江州市数据管理局 平台管理员 · administrator of the platform"),
    DemoAccount("admin2", "江州市数据管理局 平台管理员 · another one, who approves what the first writes"),
)


@transaction.atomic
def lay_accounts() -> int:
    """Accounts of the named residents and of every civil servant; how many were laid (0: they stand)."""
    if Account.objects.filter(username=PLATFORM_ADMIN).exists():
        return 0
    hashed = make_password(PASSWORD)  # once: hashing is slow on purpose
    accounts = [
        Account(username=username, person_id=resident(name), assurance=2, password=hashed)
        for username, name in RESIDENTS.items()
    ]
    accounts += [
        Account(
            username=username,
            person_id=person_id,
            assurance=2,
            password=hashed,
            is_staff=username == PLATFORM_ADMIN,
            is_superuser=username == PLATFORM_ADMIN,
        )
        for username, person_id in _officers()
    ]
    Account.objects.bulk_create(accounts)
    journal.record(SYSTEM, "identity.lay_accounts", Ref("demonstration", "accounts"), content=len(accounts))
    return len(accounts)


def _officers() -> Iterator[tuple[str, int]]:
    """Account name and person of every post that was laid, in the order of the plan."""
    held: dict[str, list[int]] = {}
    for unit_key, person_id in Post.objects.order_by("pk").values_list("unit__key", "person_id"):
        held.setdefault(unit_key, []).append(person_id)
    for place, function, plan in planned_posts():
        waiting = held.get(f"{key_of(place, function)}.{plan.unit}")
        if waiting:
            yield _username(place, function, plan), waiting.pop(0)


def _username(place: Place, function: Function, plan: PostPlan) -> str:
    """``market.clerk`` in the first district, elsewhere with the place before it: ``wangshan.market.clerk``."""
    special = _NAMES.get(f"{key_of(place, function)}.{plan.key}")
    if special:
        return special
    where = place.key.rpartition(".")[2]
    return f"{function.key}.{plan.key}" if where == "linjiang" else f"{where}.{function.key}.{plan.key}"
