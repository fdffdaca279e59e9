"""A corrected answer runs the event again: what is needed by now is offered and joins the matter; nothing is undone by itself."""

from decimal import Decimal

import pytest

from egov.casework import actions as casework
from egov.casework.models import AnswerChange, Case, CaseFile
from egov.catalogue.models import EventVersion, VersionState
from egov.documents.actions.files import keep
from egov.identity.models import Account
from egov.intake import actions, queries, replaying
from egov.intake.models import Draft, Submission
from egov.journal.models import Entry
from egov.kernel import outbox
from egov.kernel.errors import InvalidInput, NotFound, TransitionNotAllowed
from egov.matters import actions as matters
from egov.matters import queries as matter_queries
from egov.matters.models import Matter
from egov.payments.models import Bill
from egov.registers import actions as registers
from tests.plugins.answering import LINJIANG, AnswerSheet
from tests.plugins.intake import AREA, CODE, FEE, FOOD, NAME, filled, grant, question, start

pytestmark = pytest.mark.django_db

FIRE = {
    "type": "object",
    "properties": {
        "person": NAME,
        "area": AREA,
        "uscc": CODE,
        "exits": question("integer", en="Exits"),
        "plan": question(en="Floor plan", x_widget="file", x_material="floor_plan"),
    },
    "required": ["person", "area", "uscc", "exits"],
}
PLAN = {
    "key": "floor_plan",
    "name": {"zh-Hans": "平面图", "en": "Floor plan"},
    "source": "applicant",
    "required": "never",
}


SEAL = {"type": "object", "properties": {"name": NAME, "note": question(en="Note")}, "required": ["name"]}
LICENCE = {"key": "licence", "type": "record", "name": {"en": "Licence"}, "held": "in_force"}


@pytest.fixture
def matter(services, shop, resident) -> Matter:
    """Registration, then the food licence; from 300 m² on also a fire inspection after the registration; a sign up to
    400 m²."""
    services.publish(
        "AA04",
        form=FIRE,
        materials=[PLAN],
        fee=FEE,
        outputs=[LICENCE],
        name={"zh-Hans": "消防检查", "en": "Fire check"},
    )
    definition = shop.definition
    definition["members"][2]["when"] = "sign == true and area < 400"
    definition["members"][3] = {"service": "AA04", "stage": 2, "when": "area >= 300"}
    definition["edges"] += [{"from": "AA01", "to": "AA04"}, {"from": "AA04", "to": "AA02"}]
    shop.save()
    submission = filled(resident, start(resident, area=86, sign=True), aa02__cooks=2, aa03__words="面")
    return Matter.objects.get(reference=submission.matter)


@pytest.fixture
def clerk(identities, services):
    return identities.officer("clerk", "reviewer", unit=services.unit)


def propose(actor, matter, **answers):
    return actions.propose_change(actor, matter=matter.reference, answers=answers, reason="量错了")


def revised(actor, matter):
    found = matter_queries.timeline(actor, reference=matter.reference).revised
    return [each.service for each in found.lacking], [each.service for each in found.superfluous]


def begun(actor, matter, service="AA04", **answers):
    """What is lacking, filed."""
    draft = actions.start_lacking(actor, matter=matter.reference, service=service)
    actions.save_draft(actor, draft=draft.reference, answers=answers)
    return actions.submit(actor, draft=draft.reference, key=draft.reference)


def states(matter) -> dict[str, str]:
    return dict(matter.members.order_by("key").values_list("key", "state"))


def test_a_larger_area_is_told_to_need_what_it_needs(matter, resident):
    assert revised(resident, matter) == ([], [])
    propose(resident, matter, shop__area_sqm=320)
    assert revised(resident, matter) == (["AA04"], [])
    matter.refresh_from_db()
    assert matter.determinants == {"area": 320, "sign": True}
    assert "AA04" not in states(matter), "nothing begins by itself"
    (lacking,) = matter_queries.timeline(resident, reference=matter.reference).revised.lacking
    assert [(asked["key"], answer) for asked, answer in lacking.because] == [("area", 320)]
    assert Entry.objects.filter(action="matters.revise").count() == 1


def test_an_answer_that_decides_nothing_changes_nothing(matter, resident):
    propose(resident, matter, person__name="林小雯")
    propose(resident, matter, shop__area_sqm=90)
    assert revised(resident, matter) == ([], [])


def test_it_joins_the_matter_with_what_is_known_and_asks_only_the_rest(matter, resident):
    propose(resident, matter, shop__area_sqm=320)
    draft = actions.start_lacking(resident, matter=matter.reference, service="AA04")
    assert actions.start_lacking(resident, matter=matter.reference, service="AA04") == draft, "one step, asked twice"
    opened = queries.open_draft(resident, reference=draft.reference)
    assert {key: opened.draft.answers.get(key) for key in ("person__name", "shop__area_sqm")} == {
        "person__name": "林晓雯",
        "shop__area_sqm": 320,
    }
    assert "organisation__uscc" not in opened.form.by_key, "the registration brings it"
    assert [fault.path for fault in opened.checked.faults] == ["aa04__exits"]
    assert opened.title["en"] == "Fire check"

    submission = begun(resident, matter, aa04__exits=2)
    assert submission.matter == matter.reference
    assert states(matter) == {"AA01": "open", "AA02": "waiting", "AA03": "open", "AA04": "waiting"}
    assert revised(resident, matter) == ([], [])
    assert Bill.objects.get(subject=f"submission:{submission.reference}").total == Decimal("30.00")
    with pytest.raises(NotFound):
        actions.start_lacking(resident, matter=matter.reference, service="AA04")

    grant(matter, "AA01", **{"organisation.uscc": "91990102MA0000001X"})
    assert states(matter) == {"AA01": "done", "AA02": "waiting", "AA03": "open", "AA04": "open"}, (
        "also what follows it waits"
    )
    case = Case.objects.get(matter=matter.reference, service__code="AA04")
    assert case.answers == {"person": "林晓雯", "area": 320, "exits": 2, "uscc": "91990102MA0000001X"}
    grant(matter, "AA04")
    assert states(matter)["AA02"] == "open"


def test_what_it_needs_is_done_so_it_begins_at_once(matter, resident):
    propose(resident, matter, shop__area_sqm=320)
    grant(matter, "AA01", **{"organisation.uscc": "91990102MA0000001X"})
    begun(resident, matter, aa04__exits=2)
    assert states(matter)["AA04"] == "open"
    assert states(matter)["AA02"] == "open", "what has begun does not wait again"
    assert [member.key for member in matter.members.order_by("order")][-1] in {"AA02", "AA04"}


def test_a_matter_without_a_form_of_its_own_goes_on_where_its_case_is(matter, resident):
    """As past matters that were taken over."""
    Submission.objects.update(draft=None)
    propose(resident, matter, shop__area_sqm=320)
    draft = actions.start_lacking(resident, matter=matter.reference, service="AA04")
    assert draft.region == Case.objects.filter(matter=matter.reference).first().region


def test_a_version_of_the_event_is_tried_on_the_matter_once(matter, resident, identities):
    propose(resident, matter, shop__area_sqm=320)
    begun(resident, matter, aa04__exits=2)
    definition = {"members": [{"service": "AA02"}, {"service": "AA03"}], "questions": []}
    for number, state in enumerate((VersionState.PUBLISHED, VersionState.DRAFT), start=1):
        EventVersion.objects.create(code="BE90", number=number, state=state, kind="business", definition=definition)
    asked = actions.replay_event(identities.officer("platform_admin"), code="BE90", number=2)
    replaying.run_waiting()
    asked.refresh_from_db()
    assert (asked.failed, asked.total, asked.done) == ("", 1, 1)


def test_papers_of_the_matter_come_along(services, matter, resident):
    propose(resident, matter, shop__area_sqm=320)
    paper = keep(b"x", name="plan.pdf", content_type="application/pdf", owner_id=resident.party_id)
    food = Case.objects.get(matter=matter.reference, service__code="AA01")
    form = {**FOOD, "properties": {**FOOD["properties"], "plan": FIRE["properties"]["plan"]}}
    food.version = services.publish("AA01", form=form, materials=[PLAN])
    food.answers = {**food.answers, "plan": paper.reference}
    food.save()
    CaseFile.objects.create(case=food, material="floor_plan", file=paper, added_at=food.received_at)
    draft = actions.start_lacking(resident, matter=matter.reference, service="AA04")
    assert [each.file for each in draft.attachments.all()] == [paper]


def test_what_is_superfluous_is_told_and_goes_on(matter, resident):
    propose(resident, matter, shop__area_sqm=450)
    assert revised(resident, matter) == (["AA04"], ["AA03"])
    assert states(matter)["AA03"] == "open"
    matters.withdraw_matter(resident, matter=matter.reference, members=["AA03"], reason="不需要了")
    assert revised(resident, matter) == (["AA04"], [])


@pytest.fixture
def seal(services, shop):
    """From 300 m² on also a seal on the door, which needs the fire inspection."""
    services.publish("AA06", form=SEAL, materials=[], name={"zh-Hans": "封门", "en": "Seal"})
    shop.definition["members"].append({"service": "AA06", "stage": 3, "when": "area >= 300"})
    shop.definition["edges"].append({"from": "AA04", "to": "AA06"})
    shop.save()


def test_what_has_to_come_first_and_is_lacking_too_comes_along(matter, seal, resident):
    propose(resident, matter, shop__area_sqm=320)
    assert revised(resident, matter) == (["AA04", "AA06"], [])
    draft = actions.start_lacking(resident, matter=matter.reference, service="AA06")
    opened = queries.open_draft(resident, reference=draft.reference)
    assert [member.service for member in opened.members] == ["AA06", "AA04"]
    assert opened.title["en"] == "Seal"
    assert actions.start_lacking(resident, matter=matter.reference, service="AA04") == draft, "it is in there"
    grant(matter, "AA01", **{"organisation.uscc": "91990102MA0000001X"})
    actions.save_draft(resident, draft=draft.reference, answers={"aa04__exits": 2})
    actions.submit(resident, draft=draft.reference, key="both")
    assert (states(matter)["AA04"], states(matter)["AA06"]) == ("open", "waiting")
    assert revised(resident, matter) == ([], [])
    grant(matter, "AA04")
    assert states(matter)["AA06"] == "open"


def test_what_has_to_come_first_and_joined_before_is_waited_for(matter, seal, resident):
    propose(resident, matter, shop__area_sqm=320)
    begun(resident, matter, aa04__exits=2)
    draft = actions.start_lacking(resident, matter=matter.reference, service="AA06")
    assert [member["service"] for member in draft.plan["members"]] == ["AA06"]
    actions.submit(resident, draft=draft.reference, key="seal")
    assert states(matter)["AA06"] == "waiting"


def test_a_form_begun_without_what_became_lacking_since_is_not_gone_on_with(matter, seal, shop, resident):
    shop.definition["members"][3]["when"] = "area >= 350"
    shop.save()
    propose(resident, matter, shop__area_sqm=320)
    alone = actions.start_lacking(resident, matter=matter.reference, service="AA06")
    propose(resident, matter, shop__area_sqm=380)
    both = actions.start_lacking(resident, matter=matter.reference, service="AA06")
    assert both != alone
    assert [member["service"] for member in both.plan["members"]] == ["AA06", "AA04"]


def test_the_page_says_what_comes_along(browser, matter, seal, resident):
    propose(resident, matter, shop__area_sqm=320)
    page = browser.post(f"/as/self/matters/{matter.reference}/lacking/AA06/", follow=True).content.decode()
    assert "Comes along, because something you chose needs it first: Fire check" in page


def test_what_was_taken_back_joins_again_when_it_is_needed_again(matter, resident):
    first = matter.members.get(key="AA03").case
    actions.answer_anew(resident, matter=matter.reference, question="sign", answer="false")
    matters.withdraw_matter(resident, matter=matter.reference, members=["AA03"], reason="不挂了")
    assert revised(resident, matter) == ([], [])
    actions.answer_anew(resident, matter=matter.reference, question="sign", answer="true")
    assert revised(resident, matter) == (["AA03"], [])
    submission = begun(resident, matter, "AA03", aa03__words="饭")
    member = matter.members.get(key="AA03")
    assert (member.state, member.undone, member.ended_at) == ("open", {}, None)
    assert member.case != first
    assert Case.objects.get(reference=first).state == "withdrawn", "as it was"
    assert Bill.objects.get(subject=f"submission:{submission.reference}").total == Decimal("30.00")
    assert revised(resident, matter) == ([], [])


def test_what_never_began_joins_again_in_its_place(matter, resident):
    propose(resident, matter, shop__area_sqm=320)
    begun(resident, matter, aa04__exits=2)
    propose(resident, matter, shop__area_sqm=200)
    matters.withdraw_matter(resident, matter=matter.reference, members=["AA04"], reason="小店")
    assert states(matter) == {"AA01": "open", "AA02": "dropped", "AA03": "open", "AA04": "dropped"}
    propose(resident, matter, shop__area_sqm=330)
    assert revised(resident, matter) == (["AA04"], [])
    begun(resident, matter, aa04__exits=3)
    assert states(matter)["AA04"] == "waiting"
    grant(matter, "AA01", **{"organisation.uscc": "91990102MA0000001X"})
    assert states(matter)["AA04"] == "open"
    case = Case.objects.get(matter=matter.reference, service__code="AA04")
    assert (case.answers["area"], case.answers["exits"]) == (330, 3)


def test_what_was_taken_back_is_not_offered_because_of_another_answer(matter, resident):
    matters.withdraw_matter(resident, matter=matter.reference, members=["AA03"], reason="不挂了")
    propose(resident, matter, shop__area_sqm=320)
    assert revised(resident, matter) == (["AA04"], [])


def test_what_joined_and_was_taken_back_is_not_offered_again_by_itself(matter, resident):
    propose(resident, matter, shop__area_sqm=320)
    begun(resident, matter, aa04__exits=2)
    matters.withdraw_matter(resident, matter=matter.reference, members=["AA04"], reason="不办了")
    assert revised(resident, matter) == ([], [])


def test_corrected_back_nothing_is_lacking_any_more(matter, resident):
    propose(resident, matter, shop__area_sqm=450)
    draft = actions.start_lacking(resident, matter=matter.reference, service="AA04")
    propose(resident, matter, shop__area_sqm=90)
    assert revised(resident, matter) == ([], [])
    assert Draft.objects.get(pk=draft.pk).submitted_at is None


def test_what_the_party_holds_is_not_lacking(matter, resident):
    from egov.kernel import clock
    from egov.kernel.actor import SYSTEM
    from egov.kernel.refs import Ref

    registers.hold(
        SYSTEM,
        party_id=resident.on_behalf_of_id,
        service="AA04",
        output="licence",
        source=Ref("case", "C-1"),
        valid_from=clock.today(),
    )
    propose(resident, matter, shop__area_sqm=320)
    assert revised(resident, matter) == ([], [])


def test_what_the_person_said_to_have_is_not_lacking_either(matter, services, resident):
    services.publish("AA02", form=FOOD, materials=[])
    draft = start(resident, area=86, sign=True, have={"AA01": "执照 2019-7"})
    actions.save_draft(
        resident, draft=draft.reference, answers={"organisation__uscc": "91990102MA0000001X", "aa02__cooks": 2}
    )
    actions.save_draft(resident, draft=draft.reference, answers={"aa03__words": "面"})
    filed = actions.submit(resident, draft=draft.reference, key="other")
    other = Matter.objects.get(reference=filed.matter)
    propose(resident, other, shop__area_sqm=320)
    assert revised(resident, other) == (["AA04"], [])
    begun(resident, other, organisation__uscc="91990102MA0000001X", aa04__exits=2)
    case = Case.objects.get(matter=other.reference, service__code="AA04")
    assert "执照 2019-7" in str(case.route["reasons"]), "who would have waited for it is told"


def test_what_the_person_said_to_have_is_not_lacking(matter, resident):
    """By a number given when the matter was filed; nothing here shows it."""
    draft = Draft.objects.get(submission__matter=matter.reference)
    draft.plan["claims"] = [{"service": "AA04", "number": "消安 2019-7", "needed_by": []}]
    draft.save()
    propose(resident, matter, shop__area_sqm=320)
    assert revised(resident, matter) == ([], [])


def test_a_correction_that_is_refused_makes_nothing_of_the_event(matter, resident, clerk):
    matter.members.get(key="AA02").pending.delete()  # only the registration has the area
    matter.members.filter(key="AA02").update(state="dropped")
    propose(resident, matter, shop__area_sqm=320)
    change = AnswerChange.objects.get()
    casework.refuse_change(clerk, case=change.case.reference, reason="与现场不符")
    assert revised(resident, matter) == (["AA04"], [])
    while outbox.deliver():
        pass
    assert revised(resident, matter) == ([], [])
    matter.refresh_from_db()
    assert matter.determinants["area"] == 86


def test_what_another_department_has_stays_necessary(matter, resident, clerk):
    propose(resident, matter, shop__area_sqm=320)
    change = AnswerChange.objects.get()
    casework.refuse_change(clerk, case=change.case.reference, reason="与现场不符")
    while outbox.deliver():
        pass
    assert revised(resident, matter) == (["AA04"], []), "the food licence will begin with 320"


def test_the_event_is_run_as_it_was_composed_when_it_was_filed(matter, shop, resident):
    row = EventVersion.objects.create(
        code=shop.code,
        number=1,
        kind=shop.kind,
        name=shop.name,
        definition=shop.definition,
        state=VersionState.PUBLISHED,
    )
    Matter.objects.update(event_version=row)
    shop.definition = {**shop.definition, "members": shop.definition["members"][:3]}
    shop.save()
    propose(resident, matter, shop__area_sqm=320)
    assert revised(resident, matter) == (["AA04"], [])


def test_what_can_never_begin_is_not_begun(matter, resident):
    propose(resident, matter, shop__area_sqm=320)
    grant(matter, "AA01", outcome="refused")
    with pytest.raises(TransitionNotAllowed):
        actions.start_lacking(resident, matter=matter.reference, service="AA04")


def test_what_can_never_begin_by_now_is_not_filed_and_costs_nothing(matter, resident, browser):
    propose(resident, matter, shop__area_sqm=320)
    draft = actions.start_lacking(resident, matter=matter.reference, service="AA04")
    actions.save_draft(resident, draft=draft.reference, answers={"aa04__exits": 2})
    grant(matter, "AA01", outcome="refused")
    with pytest.raises(TransitionNotAllowed):
        actions.submit(resident, draft=draft.reference, key="more")
    assert "AA04" not in states(matter)
    assert Bill.objects.count() == 1
    refused = browser.post(f"/as/self/drafts/{draft.reference}/check/", {"_key": "more", "declaration": "true"})
    assert refused.status_code == 409
    assert "What this depends on was not granted or was taken back." in refused.content.decode()
    asked = f"/api/v1/as/self/drafts/{draft.reference}/submission"
    told = browser.post(asked, {}, "application/json", HTTP_IDEMPOTENCY_KEY="more").json()
    assert told["code"] == "transition_not_allowed"


def test_strangers_begin_nothing(matter, resident, identities):
    propose(resident, matter, shop__area_sqm=320)
    with pytest.raises(NotFound):
        actions.start_lacking(identities.resident(identities.person("外人")), matter=matter.reference, service="AA04")
    with pytest.raises(NotFound):
        actions.start_lacking(resident, matter=matter.reference, service="AA05")
    with pytest.raises(InvalidInput):
        begun(resident, matter)


# --- Pages and the API -----------------------------------------------------------------------------------
@pytest.fixture
def browser(client, resident):
    client.force_login(Account.objects.get(pk=resident.account_id))
    client.cookies["django_language"] = "en"
    return client


def test_the_page_offers_it_and_one_step_opens_it(browser, matter, resident):
    propose(resident, matter, shop__area_sqm=450)
    page = browser.get(f"/as/self/matters/{matter.reference}/").content.decode()
    assert "After your correction you also need: Fire check" in page
    assert "450" in page
    assert f"/as/self/matters/{matter.reference}/withdraw/?member=AA03" in page
    response = browser.post(f"/as/self/matters/{matter.reference}/lacking/AA04/")
    draft = Draft.objects.get(submitted_at=None)
    assert response["Location"] == f"/as/self/drafts/{draft.reference}/"
    assert draft.page == "", "it begins where something is missing"
    assert browser.post(f"/as/self/matters/{matter.reference}/lacking/AA05/").status_code == 404
    check = browser.get(f"/as/self/drafts/{draft.reference}/check/").content.decode()
    assert "Fire check" in check


def test_the_board_of_the_lead_says_what_is_missing(client, matter, resident, identities, services):
    propose(resident, matter, shop__area_sqm=320)
    post = identities.post(services.unit, "section_head")
    client.force_login(identities.account(post.person))
    client.cookies["django_language"] = "en"
    Matter.objects.update(lead=services.unit.department, lead_unit=services.unit)
    assert "missing: Fire check" in client.get(f"/desk/p-{post.pk}/led/").content.decode()
    page = client.get(f"/desk/p-{post.pk}/led/{matter.reference}/").content.decode()
    assert "A part is missing" in page


def test_what_no_department_asked_is_answered_anew(matter, resident):
    found = queries.answers_of(resident, matter=matter.reference)
    assert [(each["key"], answer) for each, answer in queries.situation_of(resident, found)] == [("sign", True)]
    actions.answer_anew(resident, matter=matter.reference, question="sign", answer="false")
    assert revised(resident, matter) == ([], ["AA03"])
    matter.refresh_from_db()
    assert matter.determinants == {"area": 86, "sign": False}
    assert not AnswerChange.objects.exists(), "no department has that answer"
    assert Entry.objects.filter(action="matters.revise").count() == 1
    actions.answer_anew(resident, matter=matter.reference, question="sign", answer="true")
    assert revised(resident, matter) == ([], [])


TERRACE = {"key": "terrace", "type": "boolean", "text": {"zh-Hans": "有露台吗？", "en": "A terrace?"}}


def compose(shop, fire_check, matter, **determinants):
    """The event as it was when the matter was filed, with a question about a terrace and the fire check as told."""
    definition = shop.definition
    definition["members"][3] |= fire_check
    definition["questions"].append(TERRACE)
    row = EventVersion.objects.create(
        code=shop.code, number=1, kind=shop.kind, definition=definition, state=VersionState.PUBLISHED
    )
    Matter.objects.update(event_version=row, determinants={**matter.determinants, **determinants})


def test_it_makes_necessary_what_joins_the_matter(matter, shop, resident):
    compose(shop, {"when": "terrace == true"}, matter, terrace=False)
    actions.answer_anew(resident, matter=matter.reference, question="terrace", answer="yes")
    assert revised(resident, matter) == (["AA04"], [])
    submission = begun(resident, matter, aa04__exits=2)
    assert submission.matter == matter.reference
    assert revised(resident, matter) == ([], [])


def test_what_may_be_added_is_offered_when_an_answer_makes_it_apply(matter, shop, resident):
    compose(shop, {"when": "terrace == true", "optional": True}, matter, terrace=False)
    actions.answer_anew(resident, matter=matter.reference, question="terrace", answer="true")
    (offered,) = matter_queries.timeline(resident, reference=matter.reference).revised.lacking
    assert (offered.service, offered.is_certain) == ("AA04", False)
    actions.answer_anew(resident, matter=matter.reference, question="sign", answer="false")
    assert revised(resident, matter) == (["AA04"], ["AA03"]), "another answer takes nothing of it back"
    actions.answer_anew(resident, matter=matter.reference, question="terrace", answer="false")
    assert revised(resident, matter) == ([], ["AA03"])


def test_what_was_not_wanted_is_not_offered_because_of_another_answer(matter, shop, resident):
    compose(shop, {"when": "true", "optional": True}, matter)
    actions.answer_anew(resident, matter=matter.reference, question="sign", answer="false")
    assert revised(resident, matter) == ([], ["AA03"])


@pytest.mark.parametrize(
    ("question", "answer", "error"),
    [
        ("sign", "", InvalidInput),
        ("sign", "perhaps", InvalidInput),
        ("sign", "true", InvalidInput),
        ("area", "320", NotFound),
        ("nothing", "true", NotFound),
    ],
)
def test_only_a_new_answer_to_such_a_question_is_taken(matter, resident, question, answer, error):
    """The area is asked by forms: it is corrected there, so that the departments are told."""
    with pytest.raises(error):
        actions.answer_anew(resident, matter=matter.reference, question=question, answer=answer)
    assert revised(resident, matter) == ([], [])


def test_a_matter_that_is_over_has_no_such_questions(matter, resident):
    Matter.objects.update(state="done")
    found = queries.answers_of(resident, matter=matter.reference)
    assert queries.situation_of(resident, found) == []
    with pytest.raises(NotFound):
        actions.answer_anew(resident, matter=matter.reference, question="sign", answer="false")


def test_a_stranger_answers_nothing_anew(matter, identities):
    stranger = identities.resident(identities.person("外人", region=identities.region()))
    with pytest.raises(NotFound):
        actions.answer_anew(stranger, matter=matter.reference, question="sign", answer="false")


def test_the_page_asks_it_and_says_what_follows(browser, matter):
    address = f"/as/self/matters/{matter.reference}/change/"
    page = browser.get(address).content.decode()
    assert "Your situation" in page
    assert "?about=sign" in page
    asked = browser.get(f"{address}?about=sign").content.decode()
    assert 'value="true" checked' in asked
    wrong = browser.post(address, {"_about": "sign", "sign": "true"})
    assert wrong.status_code == 422
    assert "This is the answer that counts already." in wrong.content.decode()
    assert browser.get(f"{address}?about=area").status_code == 404
    done = browser.post(address, {"_about": "sign", "sign": "false"}, follow=True).content.decode()
    assert "After your correction you may not need" in done


def test_it_is_answered_anew_through_the_api(browser, matter):
    address = f"/api/v1/as/self/matters/{matter.reference}/situation"
    (row,) = browser.get(address).json()
    assert (row["question"], row["answer"]) == ("sign", True)
    told = browser.post(address, {"question": "sign", "answer": "false"}, "application/json").json()
    assert [each["service"] for each in told["superfluous"]] == ["AA03"]
    wrong = browser.post(address, {"question": "sign", "answer": "perhaps"}, "application/json")
    assert wrong.status_code == 422


def test_the_same_through_the_api(browser, matter):
    address = f"/api/v1/as/self/matters/{matter.reference}"
    body = {"answers": {"shop__area_sqm": 450}, "reason": "量错了"}
    told = browser.post(f"{address}/changes", body, "application/json").json()
    assert [each["service"] for each in told["lacking"]] == ["AA04"]
    assert [each["service"] for each in told["superfluous"]] == ["AA03"]
    assert [each["service"] for each in browser.get(address).json()["lacking"]] == ["AA04"]
    begun = browser.post(f"{address}/parts", {"service": "AA04"}, "application/json")
    assert begun.status_code == 201
    draft = begun.json()["reference"]
    assert draft in begun["Location"]
    browser.patch(f"/api/v1/as/self/drafts/{draft}", {"answers": {"aa04__exits": 2}}, "application/json")
    filed = browser.post(
        f"/api/v1/as/self/drafts/{draft}/submission",
        {"consent": True},
        "application/json",
        headers={"Idempotency-Key": "one"},
    )
    assert filed.status_code == 201, filed.json()
    assert filed.json()["matter"] == matter.reference
    lanes = {lane["key"]: lane["state"] for lane in browser.get(address).json()["lanes"]}
    assert lanes["AA04"] == "waiting"


def test_a_restaurant_measured_anew_is_led_to_the_fire_check(quick_city, client):
    """The event of the house, through the pages of the applicant: 86 m² as filed, 320 m² as corrected."""
    zhao = quick_city.actor("zhao.qiming")
    no = dict.fromkeys(("below_ground", "sign", "drainage", "tobacco", "staff", "first_business"), False)
    about = {"form": "sole_trader", "area": 86, **no}
    draft = actions.start_bundle(zhao, event="BE01", region=LINJIANG, answers=about, services=[])
    opened = queries.open_draft(zhao, reference=draft.reference)
    sheet = AnswerSheet(opened.form, {}, dict(draft.answers)).fill()
    actions.save_draft(zhao, draft=draft.reference, answers=sheet.answers)
    for material, paper in sheet.papers():
        actions.attach(zhao, draft=draft.reference, material=material, upload=paper)
    matter = actions.submit(zhao, draft=draft.reference, key="shop", consent=True).matter
    assert "LC03" not in states(Matter.objects.get(reference=matter))

    client.force_login(quick_city.account("zhao.qiming"))
    client.cookies["django_language"] = "en"
    address = f"/as/self/matters/{matter}/"
    (key,) = [each.key for each in opened.form.questions if each.element == "shop.area_sqm"]
    typed = {"_question": key, "_asked": key, key: "320", "reason": "Measured anew"}
    assert client.post(f"{address}change/", typed).status_code == 302
    assert "you also need: Fire safety check before opening" in client.get(address).content.decode()
    response = client.post(f"{address}lacking/LC03/")
    reference = response["Location"].rstrip("/").rpartition("/")[2]
    added = queries.open_draft(zhao, reference=reference)
    known = {question.element for question in added.form.questions if question.key in added.draft.answers}
    assert {"shop.area_sqm", "shop.below_ground", "contact.phone"} <= known
    assert client.get(response["Location"])["Location"].endswith(f"/page/{added.first_incomplete.key}/")

    sheet = AnswerSheet(added.form, {}, dict(added.draft.answers)).fill()
    actions.save_draft(zhao, draft=reference, answers=sheet.answers)
    for material, paper in sheet.papers():
        actions.attach(zhao, draft=reference, material=material, upload=paper)
    assert actions.submit(zhao, draft=reference, key="fire", consent=True).matter == matter
    assert states(Matter.objects.get(reference=matter))["LC03"] == "waiting", "for the registration, like the others"
