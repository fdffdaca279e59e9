"""What a visitor finds: a department, its services (one filed here, one listed), an event, names in both languages."""

from typing import Any

import pytest

from egov.catalogue.models import Competence, Event
from egov.identity.models import Organisation, Region
from egov.kernel import clock


@pytest.fixture
def public_city(casework: Any) -> Any:
    """A service, its department, an event; names in both languages."""
    Region.objects.filter(code="990100").update(name={"zh-Hans": "江州市", "en": "Jiangzhou"})
    Region.objects.filter(code="990102").update(name={"zh-Hans": "临江区", "en": "Linjiang"})
    casework.department.full_name = {"zh-Hans": "临江区市场监督管理局", "en": "Linjiang Market Regulation"}
    casework.department.phone = "0999-1234"
    casework.department.save()
    Competence.objects.create(
        department=casework.department, department_role="market", region_id="990102", valid_from="2020-01-01"
    )
    for key, name in (("jz.linjiang.water", "Water Affairs"), ("jz.linjiang.data", "Data Administration")):
        Organisation.objects.filter(key=key).update(full_name={"zh-Hans": "临江区某局", "en": f"Linjiang {name}"})
    event = Event.objects.create(
        code="BE01",
        kind="business",
        name={"zh-Hans": "开办餐饮店", "en": "Opening a restaurant"},
        needs={"zh-Hans": ["我想开一家面馆"], "en": ["I want to open a noodle shop"]},
        definition={"members": [{"service": "LC01"}, {"service": "BR02"}], "edges": [{"from": "BR02", "to": "LC01"}]},
    )
    named = (
        ("LC01", "Food business licence"),
        ("BR02", "Sole trader registration"),
        ("CP01", "Hotline request"),
        ("CP03", "Freedom of information"),
    )
    for code, name in named:
        version = casework.service(
            code=code,
            name={"zh-Hans": f"事项{code}", "en": name},
            department_name={"zh-Hans": "市场监督管理局", "en": "Market Regulation"},
            audience=["enterprise"],
            **({"online_depth": 4} if code != "BR02" else {"online_depth": 1, "form": None, "plan": None}),
            fee={"amount": "0.00"},
            legal_basis=[{"text": {"zh-Hans": "食品安全法 第三十五条", "en": "Food Safety Law art. 35"}}],
            channel={"forms": ["online", "window"]},
            faq=[
                {"question": {"zh-Hans": "要多久", "en": "How long?"}, "answer": {"zh-Hans": "十日", "en": "Ten days."}}
            ],
            published_at=clock.now(),
        )
        if code in ("LC01", "BR02"):
            version.service.events.add(event)
    return casework
