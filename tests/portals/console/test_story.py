"""An administrator gives a department a new unit, appoints somebody, gives it a service: the next case lands there."""

import pytest
from django.urls import reverse

from egov.casework.models import Case
from egov.identity.models import Post, Unit
from egov.intake import actions as intake
from egov.journal.models import Entry
from egov.work.models import WorkItem

pytestmark = pytest.mark.django_db

UNIT = {"name_zh": "餐饮许可科", "name_en": "Catering licences", "key": "jz.linjiang.market.catering", "phone": "5501"}
TODAY = "2026-03-02"


def file_one(console, resident, a_draft, key="k1"):
    draft = a_draft(resident, service="LC01")
    intake.submit(resident, draft=draft.reference, key=key)
    return Case.objects.order_by("-pk").first()


def post_for(account):
    return {
        "username": account.username,
        "title_zh": "科员",
        "title_en": "Officer",
        "roles": ["reviewer"],
        "valid_from": TODAY,
    }


@pytest.mark.parametrize("who", ["admin", "market_admin"])
def test_the_next_case_lands_in_the_new_unit(who, console, resident, a_draft, frozen):
    frozen(f"{TODAY} 09:00")
    desk = getattr(console, who)
    before = file_one(console, resident, a_draft)
    assert before.unit_id == console.unit.pk

    response = desk.post("departments/jz.linjiang.market/units/new", UNIT, follow=True)
    assert response.redirect_chain[-1][0].endswith("/units/jz.linjiang.market.catering")
    unit = Unit.objects.get(key=UNIT["key"])

    account = console.identities.account(console.identities.person("新科员"))
    assert desk.post(f"units/{unit.key}/posts/new", post_for(account)).status_code == 302
    assert Post.objects.get(unit=unit).person_id == account.person_id

    shown = desk.html("services/LC01/next", {"region": "990102"})
    assert "Services section" in shown
    assert "Catering licences" not in shown
    rule = {"region": "990102", "unit": unit.pk, "priority": 5, "valid_from": TODAY, "note": "餐饮许可科办理"}
    response = desk.post("services/LC01/competence", rule)
    assert response.status_code == 302, response.content.decode()
    assert "Catering licences" in desk.html("services/LC01/next", {"region": "990102"})

    after = file_one(console, resident, a_draft, key="k2")
    assert after.unit_id == unit.pk
    assert after.route["reasons"][-1]["zh-Hans"] == "餐饮许可科办理"
    assert WorkItem.objects.filter(unit=unit).exists()
    before.refresh_from_db()
    assert before.unit_id == console.unit.pk, "an open case keeps its unit"

    acts = Entry.objects.filter(account_id=desk.actor.account_id).values_list("action", flat=True)
    assert {"identity.open_unit", "identity.appoint", "catalogue.set_competence"} <= set(acts)
    colleague = desk.html(f"units/{unit.key}")
    assert "新科员" in colleague


def test_the_new_officer_finds_the_case_in_the_inbox(console, resident, a_draft, client, django_user_model, frozen):
    frozen(f"{TODAY} 09:00")
    desk = console.market_admin
    desk.post("departments/jz.linjiang.market/units/new", UNIT)
    unit = Unit.objects.get(key=UNIT["key"])
    account = console.identities.account(console.identities.person("新科员"))
    desk.post(f"units/{unit.key}/posts/new", post_for(account) | {"roles": ["reviewer", "clerk"]})
    desk.post(
        "services/LC01/competence",
        {"region": "990102", "unit": unit.pk, "priority": 5, "valid_from": TODAY, "note": "新科"},
    )
    case = file_one(console, resident, a_draft)
    client.force_login(django_user_model.objects.get(pk=account.pk))
    inbox = client.get(f"{reverse('staff:inbox', args=[f'p-{Post.objects.get(unit=unit).pk}'])}?view=unit")
    assert case.reference in inbox.content.decode()


def test_when_the_unit_closes_the_next_case_goes_back(console, resident, a_draft, frozen):
    frozen(f"{TODAY} 09:00")
    desk = console.market_admin
    desk.post("departments/jz.linjiang.market/units/new", UNIT)
    unit = Unit.objects.get(key=UNIT["key"])
    rule = {"region": "990102", "unit": unit.pk, "priority": 5, "valid_from": TODAY, "note": "新科"}
    desk.post("services/LC01/competence", rule)
    assert desk.post(f"units/{unit.key}/close", {"successor": console.unit.pk}).status_code == 302
    shown = desk.html("services/LC01/next", {"region": "990102"})
    assert "its unit is closed" in shown
    assert file_one(console, resident, a_draft).unit_id == console.unit.pk
