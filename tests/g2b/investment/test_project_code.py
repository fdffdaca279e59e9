"""A project that is filed or approved gets the code that all its later permits ask for (IV01, IV02)."""

import pytest

from egov.casework.models import Case, Decision
from egov.casework.registry import effects
from egov.kernel.actor import SYSTEM

pytestmark = pytest.mark.django_db


def code_of(kind, *, region="990102", nature="new"):
    case = Case(reference="C1", answers={"project_region": region, "nature": nature})
    effect = effects.get("investment.assign_project_code")
    return effect.apply(SYSTEM, case, Decision(case=case), {"kind": kind})["project.code"]


def test_the_code_says_month_place_kind_and_nature(frozen):
    frozen("2026-11-24 10:00")
    assert code_of("filing") == "2611-990102-04-01-000001"
    assert code_of("approval", nature="rebuild") == "2611-990102-02-02-000002"


def test_no_two_projects_of_a_place_and_month_share_a_code(frozen):
    frozen("2026-11-24 10:00")
    first = code_of("filing")
    frozen("2026-12-01 10:00")
    assert len({first, code_of("filing"), code_of("filing"), code_of("filing", region="990103")}) == 4


def test_a_definition_that_names_no_kind_is_refused():
    effect = effects.get("investment.assign_project_code")
    assert effect.faults({"kind": "filing"}) == []
    assert effect.faults({})
    assert effect.faults({"kind": "other"})
