"""Fixtures of the catalogue: definitions in files, loaded as the product loads its own."""

import copy
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from egov.catalogue import actions, queries
from egov.catalogue.models import PublicService, ServiceVersion
from egov.kernel.actor import SYSTEM

LISTED: dict[str, Any] = {
    "code": "ZZ01",
    "mode": "g2c",
    "department_role": "market",
    "name": {"zh-Hans": "试办事项", "en": "Trial service"},
    "summary": {"zh-Hans": "只为测试。", "en": "For tests only."},
    "department_name": {"zh-Hans": "市场监督管理局", "en": "Market Regulation Bureau"},
    "item_type": "01",
    "level": "district",
    "audience": ["person"],
    "case_kind": "promised",
    "statutory_limit": 20,
    "statutory_unit": "wd",
    "promised_limit": 5,
    "procedure": "licensing",
    "legal_basis": [{"instrument": "cn.food-safety-law", "article": "35"}],
    "materials": [
        {"key": "plan", "name": {"zh-Hans": "平面图", "en": "Floor plan"}, "source": "applicant", "required": "always"}
    ],
    "fee": {"amount": "0.00"},
    "outputs": [{"key": "permit", "name": {"zh-Hans": "许可证", "en": "Permit"}, "type": "certificate"}],
    "needs": {"zh-Hans": ["试一试"], "en": ["try it"]},
}
FORM: dict[str, Any] = {
    "type": "object",
    "properties": {
        "name": {"type": "string", "maxLength": 50, "x-title": {"zh-Hans": "姓名", "en": "Name"}, "x-widget": "text"},
        "kind": {
            "type": "string",
            "enum": ["a", "b"],
            "x-title": {"zh-Hans": "种类", "en": "Kind"},
            "x-labels": {"a": {"zh-Hans": "甲", "en": "A"}, "b": {"zh-Hans": "乙", "en": "B"}},
            "x-widget": "radio",
        },
        "reason": {
            "type": "string",
            "x-title": {"zh-Hans": "理由", "en": "Reason"},
            "x-visible-when": 'kind == "b"',
        },
        "drawing": {
            "type": "string",
            "x-widget": "file",
            "x-material": "plan",
            "x-title": {"zh-Hans": "图", "en": "Drawing"},
        },
    },
    "required": ["name", "kind"],
    "x-pages": [
        {
            "key": "all",
            "title": {"zh-Hans": "全部", "en": "All"},
            "fields": ["name", "kind", "reason", "drawing"],
        }
    ],
}
PLAN: dict[str, Any] = {
    "key": "zz01.review",
    "steps": [
        {"key": "check", "kind": "review", "role": "reviewer", "title": {"zh-Hans": "审", "en": "Check"}, "after": []},
        {
            "key": "sign",
            "kind": "decide",
            "role": "section_head",
            "title": {"zh-Hans": "签", "en": "Sign"},
            "after": ["check"],
            "four_eyes": ["check"],
            "when": 'kind == "a"',
        },
    ],
}


class Definitions:
    """A folder of definition files; ``write`` and ``load`` as often as needed."""

    def __init__(self, place: Path) -> None:
        self.place = place
        (place / "events").mkdir()

    def write(self, code: str = "ZZ01", **changes: Any) -> dict[str, Any]:
        data = {**copy.deepcopy(LISTED), "code": code, **changes}
        (self.place / f"{code}.yaml").write_text(yaml.safe_dump(data, allow_unicode=True))
        return data

    def write_event(self, code: str = "LE99", **changes: Any) -> None:
        data = {
            "code": code,
            "kind": "life",
            "name": {"zh-Hans": "试事", "en": "Trial event"},
            "summary": {"zh-Hans": "测试。", "en": "Test."},
            "definition": {"members": [{"service": "ZZ01", "stage": 1}]},
            **changes,
        }
        (self.place / "events" / f"{code}.yaml").write_text(yaml.safe_dump(data, allow_unicode=True))

    def load(self) -> actions.LoadReport:
        return actions.load_definitions(SYSTEM, path=self.place)


@pytest.fixture
def fileable() -> dict[str, Any]:
    """What makes the listed definition fileable."""
    return copy.deepcopy({"form": FORM, "plan": PLAN, "online_depth": 4})


@pytest.fixture
def definitions(law: None, tmp_path: Path) -> Definitions:
    return Definitions(tmp_path)


@pytest.fixture
def service(definitions: Definitions) -> ServiceVersion:
    """One listed service, published from its file."""
    definitions.write()
    definitions.load()
    return queries.published("ZZ01")


@pytest.fixture
def new_service(law: None) -> Callable[..., ServiceVersion]:
    """A service written straight into the tables, published."""

    def make(code: str = "ZZ09", **columns: Any) -> ServiceVersion:
        role = columns.pop("department_role", "market")
        parent = PublicService.objects.create(code=code, mode=columns.pop("mode", "g2c"), department_role=role)
        content = {name: value for name, value in LISTED.items() if name not in ("code", "mode", "department_role")}
        row = ServiceVersion.objects.create(service=parent, number=1, state="published", **{**content, **columns})
        queries.kept.forget()
        return row

    return make
