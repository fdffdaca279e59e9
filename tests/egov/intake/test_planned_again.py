"""What an event takes is asked again before it is filed: by what the form says, and by what the party has by then."""

from dataclasses import replace

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from egov.casework.models import Case
from egov.catalogue import queries as catalogue
from egov.catalogue.models import PublicService
from egov.identity.models import Account
from egov.intake import actions, queries
from egov.intake.actions import ServiceClosed, ServicesChanged
from egov.intake.models import Draft
from egov.kernel import clock
from egov.kernel.actor import SYSTEM
from egov.kernel.errors import InvalidInput, NotPermitted
from egov.kernel.refs import Ref
from egov.matters.models import Matter
from egov.registers import actions as registers
from tests.plugins.intake import AREA, FOOD, FOUNDED, NAME, REGISTER, filled, question, start

pytestmark = pytest.mark.django_db

FIRE = {
    "type": "object",
    "properties": {"person": NAME, "area": AREA, "exits": question("integer", en="Exits")},
    "required": ["person", "area", "exits"],
}
LICENCE = {"key": "licence", "type": "record", "name": {"en": "Licence"}, "held": "in_force"}


@pytest.fixture
def large(services, shop):
    """The shop; from 300 m² on it takes a fire inspection before the food licence, and nobody puts up a sign."""
    services.publish(
        "AA04", form=FIRE, materials=[], outputs=[LICENCE], name={"zh-Hans": "消防检查", "en": "Fire check"}
    )
    definition = shop.definition
    definition["members"][2]["when"] = "sign == true and area < 300"
    definition["members"][3] = {"service": "AA04", "stage": 2, "when": "area >= 300"}
    definition["edges"] += [{"from": "AA01", "to": "AA04"}, {"from": "AA04", "to": "AA02"}]
    shop.save()
    return shop


def services_of(actor, draft) -> list[str]:
    return [member.service for member in queries.open_draft(actor, reference=draft.reference).members]


def answers_of(actor, draft) -> dict:
    return queries.open_draft(actor, reference=draft.reference).checked.answers


def hold(actor, service="AA04", case="C-1"):
    today = clock.today()
    ref = Ref("case", case)
    registers.hold(
        SYSTEM, party_id=actor.on_behalf_of_id, service=service, output="licence", source=ref, valid_from=today
    )
    return ref


def test_what_the_form_makes_necessary_is_not_left_out_without_a_word(large, resident):
    draft = start(resident, area=86, sign=False)
    with pytest.raises(ServicesChanged) as refused:
        filled(resident, draft, shop__area_sqm=320, aa02__cooks=2)
    assert (refused.value.code, refused.value.status) == ("services_changed", 409)
    assert "消防检查" in str(refused.value)
    assert not Case.objects.exists()
    assert services_of(resident, draft) == ["AA01", "AA02"], "nothing moves without a word either"


def test_the_draft_takes_what_came_and_leaves_what_went_in_one_step(large, resident):
    draft = start(resident, area=86, sign=True)
    actions.save_draft(
        resident, draft=draft.reference, answers={"shop__area_sqm": 320, "aa02__cooks": 2, "aa03__words": "面"}
    )
    moved = actions.migrate_draft(resident, draft=draft.reference)
    assert [(each.service, each.because[0][1]) for each in moved.came] == [("AA04", 320)]
    assert [each.service for each in moved.went] == ["AA03"]
    assert services_of(resident, draft) == ["AA01", "AA02", "AA04"]
    assert answers_of(resident, draft)["person__name"] == "林晓雯"
    with pytest.raises(InvalidInput) as refused:
        actions.submit(resident, draft=draft.reference, key="k")
    assert [fault.path for fault in refused.value.faults] == ["aa04__exits"]
    submission = filled(resident, draft, aa04__exits=2)
    matter = Matter.objects.get(reference=submission.matter)
    assert dict(matter.members.values_list("key", "state")) == {"AA01": "open", "AA02": "waiting", "AA04": "waiting"}
    assert (matter.determinants["area"], matter.lacking) == (320, [])


def test_what_was_typed_for_a_service_that_went_is_there_again_when_it_comes_back(large, resident):
    draft = start(resident, area=86, sign=True)
    for area, asked in ((320, False), (90, True)):
        actions.save_draft(
            resident, draft=draft.reference, answers={"shop__area_sqm": area} | ({} if asked else {"aa03__words": "面"})
        )
        actions.migrate_draft(resident, draft=draft.reference)
        assert ("aa03__words" in answers_of(resident, draft)) is asked
    submission = filled(resident, draft, aa02__cooks=2)
    assert Case.objects.get(matter=submission.matter, service__code="AA03").answers["words"] == "面"


def test_an_answer_that_changes_no_service_is_the_one_that_counts(large, resident):
    submission = filled(resident, start(resident, area=86, sign=False), shop__area_sqm=90, aa02__cooks=2)
    assert Matter.objects.get(reference=submission.matter).determinants == {"area": 90, "sign": False}
    assert Draft.objects.get().plan["answers"]["area"] == 90, "as it was filed"


def test_what_was_held_when_the_form_was_begun_and_ended_since_is_filed(large, resident):
    source = hold(resident)
    draft = start(resident, area=320, sign=False)
    assert services_of(resident, draft) == ["AA01", "AA02"]
    registers.end_holding(SYSTEM, source=source)
    with pytest.raises(ServicesChanged):
        filled(resident, draft, aa02__cooks=2)
    (came,) = actions.migrate_draft(resident, draft=draft.reference).came
    assert (came.service, came.was_held) == ("AA04", True)
    filled(resident, draft, aa04__exits=2)


def test_what_the_party_has_by_now_is_not_filed(large, resident):
    draft = start(resident, area=320, sign=False)
    hold(resident)
    with pytest.raises(ServicesChanged):
        filled(resident, draft, aa02__cooks=2, aa04__exits=2)
    (went,) = actions.migrate_draft(resident, draft=draft.reference).went
    assert (went.service, str(went.why)) == ("AA04", "held")
    actions.submit(resident, draft=draft.reference, key="k")
    assert set(Matter.objects.get().members.values_list("key", flat=True)) == {"AA01", "AA02"}


def test_what_is_applied_for_again_although_it_is_held_stays(large, resident):
    hold(resident)
    draft = start(resident, area=320, sign=False, again=["AA04"])
    hold(resident, case="C-2")  # looked at again
    filled(resident, draft, aa02__cooks=2, aa04__exits=2)
    assert Matter.objects.get().members.filter(key="AA04").exists()


def test_nothing_is_read_for_it_while_neither_answers_nor_holdings_are_others(large, resident):
    draft = start(resident, area=320, sign=False)
    hold(resident, service="AA03")  # which nobody needs the less
    with CaptureQueriesContext(connection) as asked:
        filled(resident, draft, aa02__cooks=2, aa04__exits=2)
    assert not [each for each in asked if 'FROM "registers_holding"' in each["sql"]]


def test_a_question_of_the_event_that_comes_up_is_asked_before_anything_moves(large, services, resident):
    services.publish("AA06", form=FIRE, materials=[])
    large.definition["members"].append({"service": "AA06", "stage": 2, "when": "area >= 300 and below == true"})
    text = {"zh-Hans": "在地下？", "en": "Below ground?"}
    large.definition["questions"].append({"key": "below", "type": "boolean", "text": text})
    large.save()
    draft = start(resident, area=86, sign=False)
    actions.save_draft(resident, draft=draft.reference, answers={"shop__area_sqm": 320, "aa02__cooks": 2})
    with pytest.raises(ServicesChanged):
        actions.submit(resident, draft=draft.reference, key="k")
    with pytest.raises(InvalidInput) as refused:
        actions.migrate_draft(resident, draft=draft.reference)
    assert [fault.path for fault in refused.value.faults] == ["below"]
    assert services_of(resident, draft) == ["AA01", "AA02"]
    moved = actions.migrate_draft(resident, draft=draft.reference, answers={"below": "true"})
    assert [each.service for each in moved.came] == ["AA04", "AA06"]


def test_what_may_be_added_by_now_is_offered_until_it_is_chosen(shop, resident):
    draft = start(resident, area=86, sign=False)
    actions.save_draft(resident, draft=draft.reference, answers={"shop__area_sqm": 320, "aa02__cooks": 2})
    anew = queries.planned_anew(resident, queries.open_draft(resident, reference=draft.reference))
    assert ([each.service for each in anew.offered], anew.changed) == (["AA04"], False)
    moved = actions.migrate_draft(resident, draft=draft.reference, services=["AA04"])
    assert [each.service for each in moved.came] == ["AA04"]
    assert not queries.planned_anew(resident, queries.open_draft(resident, reference=draft.reference)).offered


def test_what_joins_a_matter_does_not_say_otherwise_than_the_matter(large, resident):
    matter = filled(resident, start(resident, area=86, sign=False), aa02__cooks=2).matter
    actions.propose_change(resident, matter=matter, answers={"shop__area_sqm": 320}, reason="量错了")
    draft = actions.start_lacking(resident, matter=matter, service="AA04")
    actions.save_draft(resident, draft=draft.reference, answers={"shop__area_sqm": 90, "aa04__exits": 2})
    with pytest.raises(InvalidInput) as refused:
        actions.submit(resident, draft=draft.reference, key="more")
    assert [(fault.path, fault.code) for fault in refused.value.faults] == [("shop__area_sqm", "told_otherwise")]
    actions.save_draft(resident, draft=draft.reference, answers={"shop__area_sqm": 320})
    assert actions.submit(resident, draft=draft.reference, key="more").matter == matter


def test_a_mandate_that_misses_what_came_files_nothing_of_it(large, resident):
    agent = replace(resident, mandate_services=frozenset({"AA01", "AA02"}))
    draft = start(agent, area=86, sign=False)
    actions.save_draft(agent, draft=draft.reference, answers={"shop__area_sqm": 320, "aa02__cooks": 2})
    with pytest.raises(NotPermitted):
        actions.migrate_draft(agent, draft=draft.reference)
    assert services_of(agent, draft) == ["AA01", "AA02"]


def test_when_nothing_is_left_the_draft_stays_and_says_so(services, resident, large):
    for row in large.definition["members"]:
        row["when"] = "area < 300" if row["service"] in ("AA01", "AA02") else "area < 0"
    large.save()
    draft = start(resident, area=86, sign=False)
    actions.save_draft(resident, draft=draft.reference, answers={"shop__area_sqm": 320})
    with pytest.raises(InvalidInput) as refused:
        actions.migrate_draft(resident, draft=draft.reference)
    assert refused.value.faults[0].path == "services"
    assert services_of(resident, draft) == ["AA01", "AA02"]


def switch_off(code):
    PublicService.objects.filter(code=code).update(enabled=False)
    catalogue.kept.forget()


def test_a_service_that_is_switched_off_leaves_the_draft_of_the_others(shop, resident):
    draft = start(resident, area=86, sign=True)
    actions.save_draft(resident, draft=draft.reference, answers={"aa02__cooks": 2, "aa03__words": "面"})
    switch_off("AA03")
    with pytest.raises(ServicesChanged):
        actions.submit(resident, draft=draft.reference, key="k")
    (went,) = actions.migrate_draft(resident, draft=draft.reference).went
    assert (went.service, went.is_closed) == ("AA03", True)
    actions.submit(resident, draft=draft.reference, key="k")
    assert set(Matter.objects.get().members.values_list("key", flat=True)) == {"AA01", "AA02"}


def test_unless_another_one_waits_for_it(shop, resident):
    draft = start(resident, area=86, sign=True)
    switch_off("AA01")
    with pytest.raises(ServiceClosed):
        actions.migrate_draft(resident, draft=draft.reference)
    assert services_of(resident, draft) == ["AA01", "AA02", "AA03"]


def test_what_the_registration_brought_is_asked_once_the_party_is_registered(shop, services, resident):
    services.publish("AA01", form=REGISTER, materials=[], outputs=[FOUNDED])
    services.publish("AA02", form=FOOD, materials=[])
    draft = start(resident, area=86, sign=True)
    hold(resident, service="AA01")
    actions.migrate_draft(resident, draft=draft.reference)
    assert "organisation__uscc" in queries.open_draft(resident, reference=draft.reference).form.by_key


# --- Where it is told -----------------------------------------------------------------------------------
@pytest.fixture
def browser(client, resident):
    client.force_login(Account.objects.get(pk=resident.account_id))
    client.cookies["django_language"] = "en"
    return client


def test_the_check_page_says_what_came_and_why_and_what_went(browser, large, resident):
    draft = start(resident, area=86, sign=True)
    actions.save_draft(resident, draft=draft.reference, answers={"shop__area_sqm": 320, "aa02__cooks": 2})
    address = f"/as/self/drafts/{draft.reference}/check/"
    page = browser.get(address, follow=True)
    assert page.redirect_chain == [(address, 302)]
    text = page.content.decode()
    assert "What you typed is kept. Needed now: Fire check (Asked 320). No longer needed: " in text
    assert "Identity card, replacement (Asked 320, Asked Yes)" in text
    assert "Exits" in text, "and asks what it asks"
    assert "Needed now" not in browser.get(address).content.decode()
    browser.post(address, {"declaration": "true", "_key": "k"})
    assert not Case.objects.exists(), "what came is still to be filled in"


def test_a_page_that_stood_open_meanwhile_submits_nothing_else(browser, large, resident):
    draft = start(resident, area=320, sign=False)
    actions.save_draft(resident, draft=draft.reference, answers={"aa02__cooks": 2, "aa04__exits": 2})
    address = f"/as/self/drafts/{draft.reference}/check/"
    assert browser.get(address).status_code == 200
    hold(resident)
    page = browser.post(address, {"declaration": "true", "_key": "k"}, follow=True)
    assert "No longer needed: Fire check (you have it by now)." in page.content.decode()
    assert not Case.objects.exists()
    assert browser.post(address, {"declaration": "true", "_key": "k"}).status_code == 302
    assert Case.objects.exists()


def test_the_check_page_asks_what_the_event_has_to_know(browser, large, services, resident):
    services.publish("AA06", form=FIRE, materials=[])
    large.definition["members"].append({"service": "AA06", "stage": 2, "when": "area >= 300 and below == true"})
    text = {"zh-Hans": "在地下？", "en": "Below ground?"}
    large.definition["questions"].append({"key": "below", "type": "boolean", "text": text})
    large.save()
    draft = start(resident, area=86, sign=False)
    actions.save_draft(resident, draft=draft.reference, answers={"shop__area_sqm": 320, "aa02__cooks": 2})
    address = f"/as/self/drafts/{draft.reference}/check/"
    assert "Below ground?" in browser.get(address).content.decode()
    assert browser.post(address, {"_situation": "1"}).status_code == 422
    told = browser.post(address, {"_situation": "1", "below": "false"}, follow=True).content.decode()
    assert "Needed now: Fire check" in told


def test_what_may_be_added_by_now_is_added_on_the_check_page(browser, shop, resident):
    draft = start(resident, area=86, sign=False)
    actions.save_draft(resident, draft=draft.reference, answers={"shop__area_sqm": 320, "aa02__cooks": 2})
    address = f"/as/self/drafts/{draft.reference}/check/"
    assert "By your answers you may also ask for:" in browser.get(address).content.decode()
    told = browser.post(address, {"_situation": "1", "services": "AA04"}, follow=True).content.decode()
    assert "Needed now: " in told
    assert services_of(resident, draft) == ["AA01", "AA02", "AA04"]


def test_when_nothing_is_left_the_page_leads_back_to_the_answers(browser, large, resident):
    for row in large.definition["members"]:
        row["when"] = "area < 300" if row["service"] in ("AA01", "AA02") else "area < 0"
    large.save()
    draft = start(resident, area=86, sign=False)
    actions.save_draft(resident, draft=draft.reference, answers={"shop__area_sqm": 320})
    page = browser.get(f"/as/self/drafts/{draft.reference}/check/")
    assert page.status_code == 422
    assert "Nothing of this can be filed here now." in page.content.decode()
    assert f"/as/self/drafts/{draft.reference}/page/" in page.content.decode()


def test_programs_are_told_the_same(browser, large, resident):
    draft = start(resident, area=86, sign=False)
    address = f"/api/v1/as/self/drafts/{draft.reference}"
    browser.patch(address, {"answers": {"shop__area_sqm": 320, "aa02__cooks": 2}}, "application/json")
    check = browser.get(f"{address}/check").json()
    assert check["current"] is False
    assert [(each["service"], each["because"]) for each in check["services_added"]] == [("AA04", ["area"])]
    key = {"headers": {"Idempotency-Key": "one"}}
    refused = browser.post(f"{address}/submission", {"consent": False}, "application/json", **key)
    assert (refused.status_code, refused.json()["code"]) == (409, "services_changed")
    moved = browser.post(f"{address}/migration", content_type="application/json").json()
    assert [each["service"] for each in moved["services_added"]] == ["AA04"]
    browser.patch(address, {"answers": {"aa04__exits": 2}}, "application/json")
    assert browser.get(f"{address}/check").json()["current"] is True
    filed = browser.post(f"{address}/submission", {"consent": False}, "application/json", **key)
    assert filed.status_code == 201


def test_a_restaurant_that_the_form_says_is_larger_takes_the_fire_check(quick_city):
    """The event of the house: 80 m² when it was begun, 350 m² in the form."""
    zhao = quick_city.actor("zhao.qiming")
    no = dict.fromkeys(("below_ground", "sign", "drainage", "tobacco", "staff", "first_business"), False)
    about = {"form": "sole_trader", "area": 80, **no}
    draft = actions.start_bundle(zhao, event="BE01", region="990102", answers=about, services=[])
    actions.save_draft(zhao, draft=draft.reference, answers={"shop__area_sqm": 350})
    moved = actions.migrate_draft(zhao, draft=draft.reference)
    assert ([each.service for each in moved.came], list(moved.went)) == (["LC03"], [])
    assert not queries.planned_anew(zhao, queries.open_draft(zhao, reference=draft.reference)).changed
