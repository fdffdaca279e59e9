"""What whole events leave in the registers of businesses: founded, changed everywhere, closed."""

from typing import Any

import pytest

from egov.casework.models import Case
from egov.identity import queries as identity
from egov.identity.models import Organisation
from egov.intake import actions as intake
from egov.kernel import clock
from egov.kernel.actor import Actor
from egov.matters.models import Matter
from tests.plugins.answering import LINJIANG
from tests.plugins.handling import Walk

pytestmark = [pytest.mark.long, pytest.mark.timeout(240, func_only=True)]

FOUNDER, COMPANY = "wu.accountant", "lin.xiaowen"


def carried(walk: Walk, actor: Actor, event: str, *, added: tuple[str, ...] = (), **answers: Any) -> dict[str, Case]:
    """The event filed as one form and every member granted: its cases by their service."""
    draft = intake.start_bundle(actor, event=event, region=LINJIANG, answers=answers, services=added)
    filed = walk.submit(actor, draft, {})
    for _case in walk.finish(filed.matter):
        pass
    states = dict(Matter.objects.get(reference=filed.matter).members.values_list("key", "state"))
    assert set(states.values()) == {"done"}, states
    return {case.service.code: case for case in Case.objects.filter(matter=filed.matter).order_by("pk")}


FOUNDING = [
    ("BE01", {"form": "enterprise", "area": 80, "below_ground": True, "sign": True, "drainage": True, "tobacco": True, "staff": True, "first_business": False}, ("LC16",)),
    ("BE02", {"heavy": True, "dangerous": True, "drivers_certified": False, "new_vehicles": True}, ("LC08",)),
    ("BE09", {"controlled": True, "preferential": True, "general_taxpayer": True}, ("LC21",)),
    ("BE10", {"devices": True, "clinic": True}, ("LC12", "MH12")),
]  # fmt: skip


@pytest.mark.parametrize(("event", "answers", "added"), FOUNDING, ids=[each[0] for each in FOUNDING])
def test_a_company_is_founded_with_all_it_needs(walk, event, answers, added):
    before = set(Organisation.objects.filter(kind="enterprise").values_list("pk", flat=True))
    cases = carried(walk, walk.city.actor(FOUNDER, "self"), event, added=added, **answers)
    assert {"BR01", *added} <= cases.keys()
    [company] = Organisation.objects.filter(kind="enterprise").exclude(pk__in=before)
    code = identity.number_of(company.pk, "cn.uscc")
    assert {case.answers["uscc"] for case in cases.values() if "uscc" in case.answers} == {code}


def test_a_restaurant_of_a_sole_trader_holds_its_own_licences(walk):
    before = set(Organisation.objects.filter(kind="sole_trader").values_list("pk", flat=True))
    answers = {"form": "sole_trader", "area": 320, "sign": True, "drainage": True, "staff": True}
    more = {"tobacco": False, "first_business": False, "below_ground": False}
    cases = carried(walk, walk.city.actor(FOUNDER, "self"), "BE01", **answers, **more)
    assert cases.keys() == {"BR02", "LC01", "LC03", "LC04", "LC05", "TX07", "SI01"}
    [shop] = Organisation.objects.filter(kind="sole_trader").exclude(pk__in=before)
    code = identity.number_of(shop.pk, "cn.uscc")
    licences = [case for service, case in cases.items() if service != "BR02"]
    assert {(case.applicant_id, case.answers["uscc"]) for case in licences} == {(shop.pk, code)}


def test_a_company_is_closed_with_one_form_and_has_ended(walk):
    actor = walk.city.business(COMPANY)
    cases = carried(walk, actor, "BE04", staff=True, insured=True, housing_fund=True)
    assert cases.keys() == {"SI03", "TX05", "TX06", "TX09", "SI16", "HF09", "BR04"}
    assert cases["HF09"].answers["change"] == "cancel", "nobody had to say that closing cancels"
    assert (cases["TX05"].answers["period_kind"], cases["TX06"].answers["return_kind"]) == ("final", "final")
    assert Organisation.objects.get(pk=actor.on_behalf_of_id).dissolved_on == clock.today()


def test_a_company_changes_its_name_everywhere(walk):
    actor = walk.city.business(COMPANY)
    before = Organisation.objects.get(pk=actor.on_behalf_of_id).party.name
    cases = carried(walk, actor, "BE05", abnormal=True, name_changes=True)
    company = Organisation.objects.get(pk=actor.on_behalf_of_id)
    assert cases["BR05"].answers["organisation_name"] == company.party.name != before
    assert cases["HF09"].answers["change"] == "change"
