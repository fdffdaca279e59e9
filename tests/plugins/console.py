"""A district with two departments and their administrators, logged in to the console."""

from dataclasses import dataclass, field
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client

from egov.catalogue.models import PublicService
from egov.identity.models import Account, Organisation, Unit
from egov.kernel.actor import Actor
from egov.kernel.memory import Kept


class Desk:
    """Somebody at the console: ``get("departments")``, ``post("units/x/close", {...})``."""

    def __init__(self, actor: Actor) -> None:
        self.actor = actor
        self.client = Client()
        self.client.force_login(Account.objects.get(pk=actor.account_id))
        self.client.cookies["language"] = "en"

    def address(self, path: str) -> str:
        return f"/console/{self.actor.capacity}/{path}"

    def get(self, path: str, data: dict[str, Any] | None = None) -> HttpResponse:
        return self.client.get(self.address(path), {"lang": "en", **(data or {})})

    def post(self, path: str, data: dict[str, Any] | None = None, **more: Any) -> HttpResponse:
        return self.client.post(self.address(path), data or {}, **more)

    def html(self, path: str, data: dict[str, Any] | None = None) -> str:
        response = self.get(path, data)
        assert response.status_code == 200, response.content.decode()[:2000]
        return response.content.decode()


@dataclass
class Console:
    identities: Any
    market: Organisation
    fire: Organisation
    unit: Unit  # of the market department; handles LC01
    other_unit: Unit  # of the fire department
    admin: Desk  # of the platform
    market_admin: Desk
    fire_admin: Desk
    officer: Desk  # a reviewer of the market department
    service: Any  # version of LC01 in force
    made: dict[str, Any] = field(default_factory=dict)


@pytest.fixture
def console(identities: Any, services: Any) -> Console:
    identities.region("990103")
    market = identities.department("jz.linjiang.market", full_name={"zh-Hans": "市监局", "en": "Market Bureau"})
    fire = identities.department("jz.linjiang.fire", full_name={"zh-Hans": "消防大队", "en": "Fire Brigade"})
    unit = identities.unit(market, "jz.linjiang.market.services", name={"zh-Hans": "服务科", "en": "Services section"})
    other = identities.unit(fire, "jz.linjiang.fire.services", name={"zh-Hans": "防火科", "en": "Fire section"})
    data = identities.department("jz.data", full_name={"zh-Hans": "数据局", "en": "Data Bureau"})
    hall = identities.unit(
        data, "jz.data.hall", name={"zh-Hans": "大厅", "en": "Hall"}, is_service_hall=True, region_id="990100"
    )
    services._unit = unit
    version = services.publish("LC01", audience=["person", "enterprise"], needs={"zh-Hans": ["开面馆"], "en": []})
    PublicService.objects.filter(code="LC01").update(department_role="market", mode="g2b")
    services.publish("FS01")
    PublicService.objects.get(code="FS01").competences.update(department=fire, unit=other)
    Kept.forget_all()
    return Console(
        identities=identities,
        market=market,
        fire=fire,
        unit=unit,
        other_unit=other,
        admin=Desk(identities.officer("platform_admin", unit=hall, person=identities.person("管理员"))),
        market_admin=Desk(identities.officer("department_admin", unit=unit, person=identities.person("市监管理员"))),
        fire_admin=Desk(identities.officer("department_admin", unit=other, person=identities.person("消防管理员"))),
        officer=Desk(identities.officer("reviewer", unit=unit, person=identities.person("审查员"))),
        service=version,
    )
