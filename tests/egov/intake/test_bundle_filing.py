"""Several services of one event, asked once: one draft, one submission, one bill, a case for each in its turn."""

from dataclasses import replace
from decimal import Decimal

import pytest

from egov.casework import queries as cases
from egov.casework.models import Case
from egov.catalogue import queries as catalogue
from egov.deadlines import rules as deadlines
from egov.intake import actions, queries
from egov.kernel import clock
from egov.kernel.actor import SYSTEM, CapacityKind
from egov.kernel.errors import InvalidInput, NotFound, NotPermitted
from egov.kernel.refs import Ref
from egov.matters import queries as matter_queries
from egov.matters.models import Matter, PendingMember
from egov.payments.models import Bill, BillState
from egov.registers import actions as registers
from egov.registers.queries import consents_of
from egov.routing import queries as routing
from egov.routing.queries import EventWithdrawn, Why
from tests.plugins.intake import FOOD, FOUNDED, REGISTER, SIGN, filled, grant, question, start

pytestmark = pytest.mark.django_db


def test_each_element_is_asked_once_and_what_the_registration_brings_is_not_asked(shop, resident):
    opened = queries.open_draft(resident, reference=start(resident, area=80, sign=True).reference)
    assert sorted(opened.form.by_key) == ["aa02__cooks", "aa03__words", "person__name", "shop__area_sqm"]
    assert opened.title == {"zh-Hans": "开店", "en": "Open a shop"}
    assert opened.draft.answers["shop__area_sqm"] == 80, "the question of the event answers that of the form"
    assert opened.draft.answers["person__name"] == "林晓雯", "and registers the others"
    assert opened.saving == queries.Saving(questions=3, questions_apart=8, documents=0, documents_apart=0)


def test_nothing_begins_while_a_question_is_open(shop, resident):
    with pytest.raises(InvalidInput) as refused:
        start(resident, area=80)
    assert refused.value.faults[0].path == "sign"


def test_optional_members_are_filed_when_chosen_and_those_only_listed_never(shop, resident):
    def services(draft):
        return [member.service for member in queries.open_draft(resident, reference=draft.reference).members]

    assert services(start(resident, area=300, sign=False)) == ["AA01", "AA02"]
    assert services(start(resident, area=300, sign=False, services=["AA04", "AA05", "XX99"])) == [
        "AA01",
        "AA02",
        "AA04",
    ]
    assert services(start(resident, area=80, sign=False, services=["AA04"])) == ["AA01", "AA02"], "it does not apply"


def test_what_the_party_holds_is_neither_filed_nor_waited_for(shop, identities):
    owner = identities.person("林晓雯", region=identities.region())
    actor = identities.representative(identities.organisation(representative=owner))
    registers.hold(
        SYSTEM,
        party_id=actor.on_behalf_of_id,
        service="AA01",
        output="licence",
        source=Ref("case", "C-1"),
        valid_from=clock.today(),
    )
    opened = queries.open_draft(actor, reference=start(actor, area=80, sign=False).reference)
    assert [member.service for member in opened.members] == ["AA02"]
    assert "organisation__uscc" in opened.form.by_key, "nobody brings the code now, so it is asked"


def test_what_a_register_shows_of_the_party_is_there_without_a_holding(shop, services, identities, resident):
    services.publish(
        "AA01",
        form=REGISTER,
        materials=[],
        outputs=[
            {
                "key": "licence",
                "type": "record",
                "name": {"en": "Licence"},
                "produces": {"organisation.uscc": "x"},
                "known_by": {"organisation.kind": "enterprise"},
            }
        ],
    )

    def members(actor):
        plan = routing.plan_bundle(actor, event="BE90", answers={"area": 80, "sign": False})
        return {member.service: member.why for member in plan.members}

    company = identities.organisation("江州晓雯餐饮有限公司")
    trader = identities.organisation("启明面馆", kind="sole_trader")
    assert members(replace(resident, on_behalf_of_id=company.pk))["AA01"] is Why.HELD
    assert members(replace(resident, on_behalf_of_id=trader.pk))["AA01"] is Why.APPLIES
    assert members(resident)["AA01"] is Why.APPLIES


def test_what_the_event_itself_implies_is_filled_in_and_may_be_changed(shop, resident):
    shop.definition = {**shop.definition, "given": {"shop.area_sqm": 60, "organisation.uscc": "not a code of any form"}}
    shop.definition["questions"] = [{**each, "element": ""} for each in shop.definition["questions"]]
    shop.save()
    draft = start(resident, area=80, sign=False)
    assert draft.answers["shop__area_sqm"] == 60
    actions.save_draft(resident, draft=draft.reference, answers={"shop__area_sqm": 70})
    assert queries.open_draft(resident, reference=draft.reference).draft.answers["shop__area_sqm"] == 70


def test_the_composer_shows_what_the_event_answers_as_filing_fills_it_in(shop, resident):
    definition = {**shop.definition, "given": {"shop.area_sqm": 60, "organisation.uscc": "not a code of any form"}}
    ahead = queries.form_ahead(definition)
    asked = {each.question.key: each.given for _page, questions in ahead.pages for each in questions}
    assert asked["shop__area_sqm"] == 60
    assert {key for key, value in asked.items() if value is not None} == {"shop__area_sqm"}
    assert ahead.answered == 1
    assert set(ahead.answerable) == {"person.name", "shop.area_sqm"}, "what a service before brings is not asked"
    assert ahead.answerable["shop.area_sqm"].serves == ("AA01", "AA02")


def test_what_was_begun_before_an_event_was_taken_out_of_force_is_filed_and_nothing_new_begins(shop, resident):
    draft = start(resident, area=80, sign=True)
    shop.withdrawn_at = clock.now()
    shop.save()
    catalogue.kept.forget()
    with pytest.raises(EventWithdrawn) as refused:
        start(resident, area=80, sign=True)
    assert refused.value.code == "event_withdrawn"
    opened = queries.open_draft(resident, reference=draft.reference)
    assert opened.is_current
    assert opened.title == {"zh-Hans": "开店", "en": "Open a shop"}
    submission = filled(resident, draft, aa02__cooks=2, aa03__words="面")
    matter = Matter.objects.get(reference=submission.matter)
    assert (matter.event, matter.title["en"]) == ("BE90", "Open a shop")
    grant(matter, "AA01", **{"organisation.uscc": "91990102MA0000000X"})
    assert Case.objects.filter(matter=matter.reference, service__code="AA02").exists(), "and the matter goes on"


def test_every_department_gets_its_part_alone_and_what_waits_is_opened_with_what_came_before(shop, resident):
    submission = filled(resident, start(resident, area=80, sign=True), aa02__cooks=2, aa03__words="面")
    matter = Matter.objects.get(reference=submission.matter)
    assert (matter.event, matter.title["en"]) == ("BE90", "Open a shop")
    cases = {case.service.code: case for case in Case.objects.select_related("service")}
    assert cases.keys() == {"AA01", "AA03"}
    assert cases["AA01"].answers == {"owner": "林晓雯", "size": 80}
    assert cases["AA03"].answers == {"words": "面", "name": "林晓雯"}
    waiting = matter.members.get(key="AA02")
    named = waiting.pending.case
    assert (waiting.state, waiting.case) == ("waiting", "")
    grant(matter, "AA01", **{"organisation.uscc": "91990102MA0000001X"})
    food = Case.objects.get(service__code="AA02")
    assert food.answers == {"operator": "林晓雯", "area": 80, "cooks": 2, "uscc": "91990102MA0000001X"}
    assert food.reference == named, "the bill named it before it was there"
    assert not PendingMember.objects.exists(), "and nothing is kept twice"
    assert (matter.determinants, matter.event_version) == ({"area": 80, "sign": True}, None)


def test_a_department_is_not_given_what_a_register_says_to_a_question_its_form_did_not_ask(shop, services, resident):
    who = question(en="Name", x_element="person.name", x_visible_when="licensed == true")
    asked = {"licensed": question("boolean", en="Licensed"), "who": who, "words": question(en="Words")}
    services.publish("AA03", form={"type": "object", "properties": asked, "required": ["words"]}, materials=[])
    filled(resident, start(resident, area=80, sign=True), aa02__cooks=2, aa03__words="面", aa03__licensed=False)
    cases = {case.service.code: case for case in Case.objects.select_related("service")}
    assert cases["AA01"].sources["owner"]["register"] == "population"
    assert cases["AA03"].sources == {}


def test_a_department_that_does_several_parts_is_given_one_consent_for_all_it_fetches(shop, services, resident):
    for code, form, key, outputs in (("AA01", REGISTER, "lease", [FOUNDED]), ("AA03", SIGN, "picture", [])):
        material = {"key": key, "name": {"zh-Hans": key, "en": key}, "source": "shared"} | {"evidence": "id_card"}
        services.publish(code, form=form, materials=[material], outputs=outputs)
    draft = start(resident, area=80, sign=True)
    answers = {"aa02__cooks": 2, "aa03__words": "面馆", "organisation__uscc": "91990102MA0000001X"}
    actions.save_draft(resident, draft=draft.reference, answers=answers)
    with pytest.raises(InvalidInput) as refused:
        actions.submit(resident, draft=draft.reference, key="k")
    assert {fault.path for fault in refused.value.faults} == {"shared__lease", "shared__picture"}
    submission = actions.submit(resident, draft=draft.reference, key="k", consent=True)
    consent = consents_of(resident.on_behalf_of_id).get()
    assert consent.subject == f"matter:{submission.matter}"
    assert consent.elements == ["lease", "picture"]
    assert "、" in consent.purpose["zh-Hans"]


def test_what_an_earlier_service_brings_is_not_asked_of_who_does_not_agree(shop, services, resident):
    """The licence that AA01 grants cannot be handed in before."""
    name = {"zh-Hans": "执照", "en": "Licence"}
    services.publish(
        "AA02", form=FOOD, materials=[{"key": "licence", "name": name, "source": "shared", "evidence": "id_card"}]
    )
    draft = start(resident, area=80, sign=False)
    actions.save_draft(resident, draft=draft.reference, answers={"aa02__cooks": 2})
    opened = queries.open_draft(resident, reference=draft.reference)
    assert ([paper.material for paper in opened.shared_papers], opened.needs_consent) == (["licence"], False)
    assert actions.submit(resident, draft=draft.reference, key="k")


def test_one_bill_has_the_fees_of_all_and_loses_those_of_what_never_starts(shop, resident):
    submission = filled(resident, start(resident, area=80, sign=True), aa02__cooks=2, aa03__words="面")
    bill = Bill.objects.get()
    assert (bill.total, bill.lines.count()) == (Decimal("60.00"), 2)
    grant(Matter.objects.get(reference=submission.matter), "AA01", outcome="refused")
    bill.refresh_from_db()
    assert (bill.total, bill.state) == (Decimal("30.00"), BillState.OPEN)


def test_a_member_whose_fee_was_paid_before_it_began_is_received_at_once(shop, resident):
    submission = filled(resident, start(resident, area=80, sign=True), aa02__cooks=2, aa03__words="面")
    Bill.objects.update(state=BillState.PAID)
    grant(Matter.objects.get(reference=submission.matter), "AA01", **{"organisation.uscc": "91990102MA0000001X"})
    assert Case.objects.get(service__code="AA02").state == "received"
    assert Case.objects.get(service__code="AA03").state == "submitted", "told by the event of the payment"


def test_what_only_an_organisation_can_ask_for_is_the_business_of_the_one_that_was_registered(
    shop, resident, identities
):
    company = identities.organisation()
    submission = filled(resident, start(resident, area=80, sign=False), aa02__cooks=2)
    outputs = {"organisation.party": company.pk, "organisation.uscc": "91990102MA0000001X"}
    grant(Matter.objects.get(reference=submission.matter), "AA01", **outputs)
    assert Case.objects.get(service__code="AA02").applicant_id == company.pk


def test_who_founded_it_follows_and_corrects_what_is_now_the_business_of_the_organisation(shop, resident, identities):
    company, stranger = identities.organisation(), identities.person("赵一")
    submission = filled(resident, start(resident, area=80, sign=False), aa02__cooks=2)
    outputs = {"organisation.party": company.pk, "organisation.uscc": "91990102MA0000001X"}
    grant(Matter.objects.get(reference=submission.matter), "AA01", **outputs)
    case = Case.objects.get(service__code="AA02")
    actions.propose_change(resident, matter=submission.matter, answers={"aa02__cooks": 3}, reason="算错了")
    assert cases.case_for_applicant(resident, case.reference).changes[0].answers == {"cooks": 3}
    for other in (
        replace(resident, party_id=stranger.pk, on_behalf_of_id=stranger.pk),
        # The same person for somebody else is somebody else.
        replace(resident, kind=CapacityKind.GUARDIAN, capacity="g-1", on_behalf_of_id=stranger.pk),
    ):
        with pytest.raises(NotFound):
            cases.case_for_applicant(other, case.reference)


def test_faults_name_the_question_of_the_one_form(shop, resident):
    draft = start(resident, area=80, sign=False)
    with pytest.raises(InvalidInput) as refused:
        actions.submit(resident, draft=draft.reference, key="k")
    assert [fault.path for fault in refused.value.faults] == ["aa02__cooks"]
    assert not Case.objects.exists()


def test_a_mandate_that_misses_one_member_does_not_start_the_whole(shop, resident, identities):
    from dataclasses import replace

    with pytest.raises(NotPermitted):
        start(replace(resident, mandate_services=frozenset({"AA01"})), area=80, sign=False)


def test_a_draft_moves_to_new_versions_of_its_members(shop, resident, services):
    draft = start(resident, area=80, sign=True)
    actions.save_draft(resident, draft=draft.reference, answers={"aa03__words": "面"})
    services.publish(
        "AA02", form={**FOOD, "properties": {**FOOD["properties"], "seats": question("integer")}}, materials=[]
    )
    assert not queries.open_draft(resident, reference=draft.reference).is_current
    migration = actions.migrate_draft(resident, draft=draft.reference)
    assert len(migration.added) == 1
    opened = queries.open_draft(resident, reference=draft.reference)
    assert opened.is_current
    assert opened.draft.answers["aa03__words"] == "面"


def test_what_the_person_says_to_have_is_left_out_and_told_to_whom_it_concerns(shop, services, resident):
    services.publish("AA02", form=FOOD, materials=[])
    draft = start(resident, area=80, sign=True, have={"AA01": "执照 2019-7"})
    opened = queries.open_draft(resident, reference=draft.reference)
    assert [member.service for member in opened.members] == ["AA02", "AA03"]
    assert "organisation__uscc" in opened.form.by_key, "nobody brings the code now, so it is asked"
    filled(resident, draft, organisation__uscc="91990102MA0000001X", aa02__cooks=2, aa03__words="面")
    cases = {case.service.code: case for case in Case.objects.select_related("service")}
    assert cases.keys() == {"AA02", "AA03"}
    told = {code: [each["en"] for each in case.route["reasons"]] for code, case in cases.items()}
    assert any("执照 2019-7; nobody has checked it" in each for each in told["AA02"])
    assert not any("执照 2019-7" in each for each in told["AA03"]), "it does not depend on the registration"


def test_what_cannot_be_held_is_not_left_out_because_somebody_says_so(shop, resident):
    for code in ("AA02", "AA04", "XX99"):
        with pytest.raises(InvalidInput) as refused:
            start(resident, area=80, sign=True, have={code: "7"})
        assert refused.value.faults[0].path == f"have/{code}"


def test_what_is_held_is_filed_again_when_the_person_wants_it(shop, resident):
    registers.hold(
        SYSTEM,
        party_id=resident.on_behalf_of_id,
        service="AA01",
        output="licence",
        source=Ref("case", "C-1"),
        valid_from=clock.today(),
    )
    opened = queries.open_draft(resident, reference=start(resident, area=80, sign=False, again=["AA01"]).reference)
    assert [member.service for member in opened.members] == ["AA01", "AA02"]
    assert "organisation__uscc" not in opened.form.by_key, "the registration brings it"


def test_the_day_promised_before_filing_is_the_day_promised_with_it(shop, resident):
    """What waits begins on the last day of what it waits for, ahead as in the matter that is opened."""
    plan = routing.plan_bundle(resident, event="BE90", answers={"area": 80, "sign": False})
    ahead = queries.bundle_ahead(resident, plan=plan, services=[], region="990102", applicant_kind="person")
    submission = filled(resident, start(resident, area=80, sign=False), person__name="甲", aa02__cooks=1)
    filed = matter_queries.timeline(resident, reference=submission.matter)
    assert deadlines.due_day(ahead.ready_at) == deadlines.due_day(filed.promised_due_at)


def test_lines_of_one_name_say_of_which_service_they_are(shop, services, resident):
    fee = {
        "items": [{"key": "each", "name": {"zh-Hans": "登记费", "en": "Registration"}, "amount": "80.00", "when": ""}]
    }
    for code, form in (("AA02", FOOD), ("AA03", SIGN)):
        name = {"zh-Hans": f"事项{code}", "en": f"Service {code}"}
        services.publish(code, form=form, materials=[], fee=fee, name=name)
    draft = start(resident, area=80, sign=True)
    named = ["Service AA02: Registration", "Service AA03: Registration"]
    ahead = queries.open_draft(resident, reference=draft.reference).price
    assert [line.name["en"] for line in ahead.lines] == named
    filled(resident, draft, person__name="甲", aa02__cooks=1, aa03__words="面")
    assert [line.text["en"] for line in Bill.objects.get().lines.order_by("id")] == named
