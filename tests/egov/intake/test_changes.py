"""An answer corrected after filing reaches every service that asked for it and is not decided; the rest stays."""

import pytest

from egov.casework import actions as casework
from egov.casework.errors import ChangeOutstanding
from egov.casework.models import AnswerChange, Case, Transition
from egov.catalogue import queries as catalogue
from egov.catalogue.models import Competence, PublicService, ServiceVersion
from egov.contracts.cases import ChangeDecided
from egov.identity.models import Account, Person
from egov.identity.queries import actor_for
from egov.intake import actions, queries
from egov.journal.models import Entry
from egov.kernel.errors import InvalidInput, NotFound, StaleVersion, TransitionNotAllowed
from egov.kernel.models import OutboxMessage
from egov.matters.models import Matter
from egov.notices import consumers
from egov.work.models import Plan, WorkItem
from tests.plugins.identity import LONG_AGO
from tests.plugins.intake import FEE, FOOD, FOUNDED, REGISTER, SIGN, filled, grant, question, start

pytestmark = pytest.mark.django_db


@pytest.fixture
def matter(shop, resident) -> Matter:
    """The registration and the sign have cases, the food licence waits for the registration."""
    submission = filled(resident, start(resident, area=80, sign=True), aa02__cooks=2, aa03__words="面")
    return Matter.objects.get(reference=submission.matter)


@pytest.fixture
def clerk(identities, services):
    return identities.officer("clerk", "reviewer", unit=services.unit)


def propose(actor, matter, reason="写错了", **answers):
    return actions.propose_change(actor, matter=matter.reference, answers=answers, reason=reason)


def case_of(matter, key) -> Case:
    return Case.objects.select_related("service").get(matter=matter.reference, service__code=key)


def test_every_service_that_asked_hears_of_it_and_what_waits_begins_with_it(matter, resident):
    assert propose(resident, matter, person__name="林小雯") == ["AA01", "AA03", "AA02"]
    changes = {change.case.service.code: change for change in AnswerChange.objects.select_related("case__service")}
    assert {code: change.answers for code, change in changes.items()} == {
        "AA01": {"owner": "林小雯"},
        "AA03": {"name": "林小雯"},
    }
    assert changes["AA01"].before == {"owner": "林晓雯"}
    assert case_of(matter, "AA01").answers["owner"] == "林晓雯", "until an officer takes it over"
    assert matter.members.get(key="AA02").pending.answers["operator"] == "林小雯"
    assert WorkItem.objects.filter(kind="change", state="open").count() == 2
    assert Transition.objects.filter(act="propose_change", public=True).count() == 2
    assert Entry.objects.filter(action="matters.correct").count() == 1


@pytest.fixture
def next_door(identities, services):
    """Another district, whose own department is competent there."""
    code = identities.region("990104")
    unit = identities.unit(identities.department("jz.donghu.market", "东湖区市场监督管理局", code))
    for service in PublicService.objects.filter(code__startswith="AA"):
        Competence.objects.create(
            service=service, region=code, department=unit.department, unit=unit, valid_from=LONG_AGO
        )
    catalogue.kept.forget()
    return unit


@pytest.fixture
def in_linjiang(shop, services, resident, next_door) -> Matter:
    """The food licence asks where the shop is; the person says to have the sign, which it would wait for."""
    where = question(en="Where", x_element="shop.region", x_widget="region")
    services.publish("AA02", form={**FOOD, "properties": {**FOOD["properties"], "where": where}}, materials=[])
    services.publish("AA03", form=SIGN, materials=[], outputs=[{**FOUNDED, "produces": {}}])
    shop.definition["edges"].append({"from": "AA03", "to": "AA02"})
    shop.save()
    draft = start(resident, area=80, sign=True, have={"AA03": "招牌-7"})
    submission = filled(resident, draft, aa02__cooks=2, shop__region="990102")
    return Matter.objects.get(reference=submission.matter)


def test_what_waits_goes_to_the_department_that_the_new_answer_makes_competent(in_linjiang, resident, next_door):
    propose(resident, in_linjiang, shop__region="990104")
    grant(in_linjiang, "AA01", **{"organisation.uscc": "91990102MA0000001X"})
    case = case_of(in_linjiang, "AA02")
    assert (case.department, case.unit, case.region) == (next_door.department, next_door, "990104")
    assert "东湖区市场监督管理局" in case.route["reasons"][0]["zh-Hans"]
    assert "招牌-7" in case.route["reasons"][-1]["zh-Hans"], "what they say to have is told there too"


def test_what_waits_stays_where_it_was_filed_when_the_new_answer_makes_no_difference(in_linjiang, resident, next_door):
    Competence.objects.update(department=next_door.department, unit=next_door)
    catalogue.kept.forget()
    before = in_linjiang.members.get(key="AA02").pending
    propose(resident, in_linjiang, aa02__cooks=3)
    after = in_linjiang.members.get(key="AA02").pending
    assert after.answers["cooks"] == 3
    assert (after.unit, after.rule, after.reasons) == (before.unit, before.rule, before.reasons)


def test_what_waits_is_corrected_also_when_its_service_was_taken_out_of_force(in_linjiang, resident, next_door):
    ServiceVersion.objects.filter(service__code="AA02").update(state="retired")
    catalogue.kept.forget()
    propose(resident, in_linjiang, shop__region="990104")
    assert in_linjiang.members.get(key="AA02").pending.unit == next_door


def test_what_only_one_asked_goes_to_that_one(matter, resident):
    assert propose(resident, matter, aa03__words="面馆") == ["AA03"]
    assert AnswerChange.objects.get().answers == {"words": "面馆"}


def test_the_officer_takes_it_over(matter, resident, clerk):
    propose(resident, matter, shop__area_sqm=120)
    case = case_of(matter, "AA01")
    casework.accept(clerk, case=case.reference)
    actions.accept_change(clerk, case=case.reference, note="已核对")
    case = case_of(matter, "AA01")
    assert case.answers == {"owner": "林晓雯", "size": 120}
    change = AnswerChange.objects.get()
    assert (change.accepted, change.note, change.decided_by_id) == (True, "已核对", clerk.post_id)
    assert Plan.objects.get(subject=f"case:{case.reference}").context["size"] == 120, "later steps go by it"
    assert WorkItem.objects.get(kind="change").outcome == "accepted"
    assert OutboxMessage.objects.filter(name=ChangeDecided.name).count() == 1


def test_what_differs_from_the_register_by_now_says_so(matter, resident, clerk):
    propose(resident, matter, person__name="林小雯")
    waiting = matter.members.get(key="AA02").pending
    assert waiting.sources["operator"]["corrected"] is True
    case = case_of(matter, "AA01")
    assert case.sources["owner"]["corrected"] is False, "until an officer takes it over"
    actions.accept_change(clerk, case=case.reference)
    assert case_of(matter, "AA01").sources["owner"]["corrected"] is True
    propose(resident, matter, person__name="林晓雯")
    waiting.refresh_from_db()
    assert waiting.sources["operator"]["corrected"] is False, "it is as the register says again"


def test_the_officer_refuses_it_with_a_reason(matter, resident, clerk):
    propose(resident, matter, shop__area_sqm=120)
    case = case_of(matter, "AA01")
    with pytest.raises(InvalidInput):
        casework.refuse_change(clerk, case=case.reference, reason=" ")
    casework.refuse_change(clerk, case=case.reference, reason="与现场不符")
    assert case_of(matter, "AA01").answers["size"] == 80
    assert AnswerChange.objects.get().accepted is False
    told = consumers.told_of(ChangeDecided(case=case.reference, change_id=1, applicant_id=1, accepted=False))
    assert told.kind == "case_change_refused"


def test_nobody_is_decided_on_answers_already_corrected(matter, resident, clerk):
    case = case_of(matter, "AA01").reference
    casework.accept(clerk, case=case)
    propose(resident, matter, shop__area_sqm=120)
    with pytest.raises(ChangeOutstanding):
        casework.draft_decision(clerk, case=case, outcome="granted", reasons="符合")
    actions.accept_change(clerk, case=case)
    casework.draft_decision(clerk, case=case, outcome="granted", reasons="符合")


def test_what_is_decided_stays(matter, resident):
    Case.objects.filter(pk=case_of(matter, "AA03").pk).update(
        state="delivered", outcome="granted", decided_at="2026-01-01T00:00Z"
    )
    assert propose(resident, matter, person__name="林小雯") == ["AA01", "AA02"]
    grant(matter, "AA01")
    found = queries.answers_of(resident, matter=matter.reference)
    assert [each.member.key for each in found.serving("person__name")] == ["AA01", "AA03", "AA02"]
    assert [each.member.key for each in found.reached("person__name")] == ["AA02"]


def test_a_wrong_answer_is_proposed_to_nobody(matter, resident):
    with pytest.raises(InvalidInput) as refused:
        propose(resident, matter, shop__area_sqm=0, person__name="林小雯")
    assert [fault.path for fault in refused.value.faults] == ["shop__area_sqm"]
    with pytest.raises(InvalidInput) as refused:
        propose(resident, matter, person__name=None)
    assert [(fault.path, fault.code) for fault in refused.value.faults] == [("person__name", "required")]
    assert not AnswerChange.objects.exists()
    assert matter.members.get(key="AA02").pending.answers["operator"] == "林晓雯"


def test_nothing_new_and_no_reason_are_refused(matter, resident):
    with pytest.raises(InvalidInput) as refused:
        propose(resident, matter, person__name="林晓雯")
    assert refused.value.faults[0].code == "unchanged"
    with pytest.raises(InvalidInput) as refused:
        propose(resident, matter, reason=" ", person__name="林小雯")
    assert refused.value.faults[0].path == "reason"


def test_a_further_correction_joins_the_open_one(matter, resident, clerk):
    propose(resident, matter, shop__area_sqm=120)
    stale = case_of(matter, "AA01").lock_version
    propose(resident, matter, person__name="林小雯", shop__area_sqm=130)
    change = AnswerChange.objects.get(case=case_of(matter, "AA01"))
    assert change.answers == {"owner": "林小雯", "size": 130}
    assert WorkItem.objects.filter(kind="change", subject=f"case:{change.case.reference}").count() == 1
    with pytest.raises(StaleVersion):
        actions.accept_change(clerk, case=change.case.reference, lock_version=stale)


def test_an_answer_that_decides_a_fee_is_not_changed_this_way(services, shop, resident):
    services.publish(
        "AA02",
        form=FOOD,
        materials=[],
        audience=["enterprise"],
        fee={
            "items": [
                {"key": "small", "name": {"en": "Small"}, "amount": "30.00", "when": "area < 100"},
                {"key": "large", "name": {"en": "Large"}, "amount": "90.00", "when": "area >= 100"},
            ],
            "basis": FEE["basis"],
        },
    )
    submission = filled(resident, start(resident, area=80, sign=False), aa02__cooks=2)
    found = Matter.objects.get(reference=submission.matter)
    with pytest.raises(InvalidInput) as refused:
        propose(resident, found, shop__area_sqm=120)
    assert refused.value.faults[0].code == "decides_fee"
    propose(resident, found, shop__area_sqm=90)


def rows_of(title: str, **children):
    question_of = {"x-title": {"en": title}, "x-widget": "group", "x-element": "organisation.partners"}
    return {"type": "array", **question_of, "items": {"type": "object", "properties": children}}


def test_rows_keep_what_only_some_of_the_services_ask(services, shop, resident):
    name, share, phone = question(en="Name"), question("integer", en="Share"), question(en="Phone")
    members = {"AA01": rows_of("Partners", name=name, share=share), "AA03": rows_of("People", name=name, phone=phone)}
    for code, rows in members.items():
        services.publish(code, form={"type": "object", "properties": {"people": rows}}, materials=[])
    shop.definition |= {"members": [{"service": code, "stage": 1} for code in members], "edges": []}
    shop.save()
    told = [{"name": "甲", "share": 60, "phone": "1"}, {"name": "乙", "share": 40, "phone": "2"}]
    draft = start(resident, area=80, sign=True)
    matter = Matter.objects.get(reference=filled(resident, draft, organisation__partners=told).matter)
    assert queries.answers_of(resident, matter=matter.reference).answers["organisation__partners"] == told
    propose(resident, matter, organisation__partners=[{**told[1], "phone": "3"}])
    proposed = {each.case.service.code: each.answers for each in AnswerChange.objects.select_related("case__service")}
    assert proposed == {
        "AA01": {"people": [{"name": "乙", "share": 40}]},
        "AA03": {"people": [{"name": "乙", "phone": "3"}]},
    }


def test_strangers_and_what_is_over(matter, resident, identities):
    with pytest.raises(NotFound):
        propose(identities.resident(identities.person("外人")), matter, person__name="林小雯")
    case = case_of(matter, "AA03")
    casework.withdraw(resident, case=case.reference)
    with pytest.raises(TransitionNotAllowed):
        casework.propose_change(resident, case=case.reference, answers={"words": "x"}, reason="x")


def test_an_agent_of_the_founder_does_not_correct_what_the_company_asks_for(client, matter, resident, identities):
    founder, person = Person.objects.get(pk=resident.party_id), identities.person("代办人")
    company = identities.organisation("新公司", representative=founder)
    grant(matter, "AA01", **{"organisation.uscc": "91990102MA0000001X", "organisation.party": company.pk})
    assert case_of(matter, "AA02").applicant_id == company.pk
    given = identities.mandate(founder.party, person.party, by=founder)
    agent = actor_for(identities.account(person), f"m-{given.pk}")
    assert "aa02__cooks" not in {
        question.key for question in queries.answers_of(agent, matter=matter.reference).correctable
    }
    client.force_login(person.account)
    client.cookies["django_language"] = "en"
    page = client.get(f"/as/m-{given.pk}/matters/{matter.reference}/change/?question=person__name").text
    assert "is another applicant&#x27;s by now, who corrects it" in page
    assert propose(agent, matter, person__name="林小雯") == ["AA03"]
    assert propose(resident, matter, person__name="林小文") == ["AA03", "AA02"]


def test_a_failure_at_one_member_leaves_all_as_they_were(matter, resident, monkeypatch):
    propose_at = casework.propose_change

    def fails(actor, *, case, **more):
        if case == case_of(matter, "AA03").reference:
            raise RuntimeError("killed")
        return propose_at(actor, case=case, **more)

    with monkeypatch.context() as patched:
        patched.setattr("egov.matters.actions.changing.casework.propose_change", fails)
        with pytest.raises(RuntimeError):
            propose(resident, matter, person__name="林小雯")
    assert not AnswerChange.objects.exists()
    assert matter.members.get(key="AA02").pending.answers["operator"] == "林晓雯"
    propose(resident, matter, person__name="林小雯")
    assert AnswerChange.objects.count() == 2


def test_the_pages(client, matter, resident):
    client.force_login(Account.objects.get(pk=resident.account_id))
    client.cookies["django_language"] = "en"
    url = f"/as/self/matters/{matter.reference}/change/"
    page = client.get(url)
    assert "?question=person__name" in page.text
    page = client.get(f"{url}?question=person__name")
    assert page.text.count("the department looks at it") == 2
    assert page.text.count("has not begun") == 1
    assert client.get(f"{url}?question=aa03__nothing").status_code == 404
    sent = {"_question": "person__name", "_asked": "person__name", "person__name": "林小雯", "reason": ""}
    assert client.post(url, sent).status_code == 422
    assert client.post(url, {**sent, "reason": "写错了"}).status_code == 302
    assert "Corrections you proposed" in client.get(f"/as/self/matters/{matter.reference}/").text


def test_an_answer_that_makes_a_paper_necessary_is_not_changed_this_way(services, shop, resident):
    """The page of corrections takes no papers, so it says what to do instead of asking for one in vain."""
    plan = question(zh="图纸", en="Plan", x_widget="file", x_material="plan", x_visible_when="size >= 100")
    form = {**REGISTER, "properties": {**REGISTER["properties"], "plan": plan}, "required": ["owner", "size", "plan"]}
    material = {"key": "plan", "name": {"zh-Hans": "图纸", "en": "Plan"}, "source": "applicant"}
    services.publish("AA01", form=form, materials=[material], outputs=[FOUNDED])
    submission = filled(resident, start(resident, area=80, sign=False), aa02__cooks=2)
    found = Matter.objects.get(reference=submission.matter)
    with pytest.raises(InvalidInput) as refused:
        propose(resident, found, shop__area_sqm=120)
    (fault,) = refused.value.faults
    assert (fault.path, fault.code) == ("shop__area_sqm", "needs_paper")
    assert "图纸" in str(fault.message)
    propose(resident, found, shop__area_sqm=90)
