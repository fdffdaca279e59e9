"""The number of a certificate of birth (MH06), which the registration of the birth (CL01) asks for."""

import re
from pathlib import Path

import pytest
import yaml

from egov.casework.models import Case, Decision
from egov.casework.registry import effects
from egov.journal.models import Entry
from egov.kernel.actor import SYSTEM
from g2c.health import rules

EFFECT = "health.number_birth_certificate"


def issue(case: str, *, region: str = "990102") -> str:
    case = Case(reference=case, region=region)
    return effects.get(EFFECT).apply(SYSTEM, case, Decision(case=case), {"series": "V"})["child.birth_certificate"]


@pytest.mark.django_db
def test_each_province_counts_for_itself_and_each_number_leaves_an_entry():
    assert [issue("C1"), issue("C2"), issue("C3", region="330106")] == ["V990000001", "V990000002", "V330000001"]
    assert Entry.objects.filter(action=EFFECT).count() == 3


@pytest.mark.parametrize("code", ["certificates/services/CL01", "health/services/MH05", "health/services/MH07"])
def test_the_services_after_it_take_the_number(code):
    """Passed on within one matter it is never asked for, so that nobody could correct it."""
    form = yaml.safe_load(Path(f"g2c/{code}.yaml").read_text(encoding="utf-8"))["form"]
    asked = next(each for each in form["properties"].values() if each.get("x-element") == "child.birth_certificate")
    assert re.fullmatch(asked["pattern"], rules.birth_certificate_number(series="V", province="99", serial=42))
