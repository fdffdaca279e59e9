"""What somebody else files is tracked: who needs it waits, until it is decided, held, or declared by the applicant."""

import datetime as dt

import pytest

from egov.casework.models import Case, CaseFile
from egov.catalogue.models import PublicService
from egov.contracts.cases import CaseDecided
from egov.documents.actions.files import keep
from egov.identity.models import Account, Person
from egov.identity.queries import actor_for
from egov.intake import actions as intake
from egov.intake import queries as forms
from egov.journal import actions as journal
from egov.kernel import clock
from egov.kernel.actor import SYSTEM
from egov.kernel.errors import InvalidInput, NotFound, TransitionNotAllowed
from egov.kernel.refs import Ref
from egov.matters import actions, queries
from egov.matters.models import Matter, Member
from egov.registers import actions as registers
from egov.routing import queries as routing
from tests.plugins.intake import CODE, NAME, filled, grant, question, start

pytestmark = pytest.mark.django_db

EMPLOYER_S = {
    "type": "object",
    "properties": {"who": question(en="Employee", x_element="employee.id_number")},
    "required": ["who"],
}

LICENCE = {"key": "licence", "type": "record", "name": {"en": "Licence"}, "held": "in_force"}


@pytest.fixture
def event(services, shop):
    """AA06 is filed by the employer, who need not file AA07; the registration waits for the first. AA04 is optional and
    needs AA03, which is optional too."""
    services.publish(
        "AA06", form=EMPLOYER_S, materials=[], audience=["enterprise"], name={"zh-Hans": "停保", "en": "End"}
    )
    services.publish("AA07", form=EMPLOYER_S, materials=[], audience=["enterprise"])
    services.publish("AA04", form={"type": "object", "properties": {"name": NAME, "uscc": CODE}}, materials=[])
    services.publish("AA03", form={"type": "object", "properties": {"name": NAME}}, materials=[], outputs=[LICENCE])
    definition = shop.definition
    definition["members"] = [
        {"service": "AA06", "stage": 1, "when": "sign == true", "by": "employer"},
        {"service": "AA07", "stage": 1, "by": "employer", "optional": True},
        {"service": "AA01", "stage": 1},
        {"service": "AA02", "stage": 2},
        {"service": "AA03", "stage": 2, "optional": True},
        {"service": "AA04", "stage": 2, "optional": True},
    ]
    definition["edges"] = [
        {"from": "AA06", "to": "AA01"},
        {"from": "AA01", "to": "AA02"},
        {"from": "AA03", "to": "AA04"},
    ]
    shop.save()
    return shop


@pytest.fixture
def matter(event, resident) -> Matter:
    submission = filled(resident, start(resident, area=80, sign=True), aa02__cooks=2)
    return Matter.objects.get(reference=submission.matter)


def states(matter) -> dict[str, str]:
    return dict(matter.members.order_by("key").values_list("key", "state"))


def decided(case: Case, outcome="granted") -> CaseDecided:
    return CaseDecided(
        case=case.reference,
        matter=case.matter,
        service=case.service.code,
        applicant_id=case.applicant_id,
        outcome=outcome,
        outputs={},
    )


@pytest.fixture
def employer_s_case(identities):
    """``employer_s_case(number)``: what the employer filed for the person of this number."""

    def make(number: str) -> Case:
        company = identities.organisation(f"公司{number}", representative=identities.person("老板"))
        actor = identities.representative(company)
        submission = intake.submit_direct(
            actor, service="AA06", region="990102", answers={"who": number}, key=f"for {number}"
        )
        return Case.objects.select_related("service").get(matter=submission.matter)

    return make


def test_who_needs_what_the_employer_files_waits_for_it(matter, resident):
    assert states(matter) == {"AA01": "waiting", "AA02": "waiting", "AA06": "waiting"}
    assert not Case.objects.filter(matter=matter.reference).exists()
    lanes = {lane.key: lane for lane in queries.timeline(resident, reference=matter.reference).lanes}
    assert (lanes["AA06"].by, lanes["AA06"].title["en"]) == ("employer", "End")
    assert lanes["AA01"].waits_for == (lanes["AA06"].title,)
    assert matter.promised_due_at is not None


def test_where_it_is_not_needed_nothing_is_tracked(event, resident):
    submission = filled(resident, start(resident, area=80, sign=False), aa02__cooks=2)
    assert states(Matter.objects.get(reference=submission.matter)) == {"AA01": "open", "AA02": "waiting"}


def test_its_case_about_this_person_wakes_who_waited(matter, resident, employer_s_case, identities):
    from egov.identity.queries import number_of

    other = identities.person("别人")
    someone = employer_s_case(number_of(other.pk, "cn.ric"))
    actions.follow_outside(decided(someone))
    assert states(matter)["AA06"] == "waiting", "another employee"
    case = employer_s_case(number_of(resident.party_id, "cn.ric"))
    actions.follow_outside(decided(case, outcome="refused"))
    assert states(matter)["AA06"] == "waiting"
    actions.follow_outside(decided(case))
    actions.follow_outside(decided(case))
    assert states(matter) == {"AA01": "open", "AA02": "waiting", "AA06": "done"}
    assert Case.objects.filter(matter=matter.reference).count() == 1


def test_what_a_register_holds_wakes_who_waited(matter, resident):
    assert actions.watch_outside(SYSTEM) == 0
    registers.hold(
        SYSTEM,
        party_id=resident.party_id,
        service="AA06",
        output="record",
        source=Ref("case", "C-1"),
        valid_from=clock.today(),
    )
    assert actions.watch_outside(SYSTEM) == 1
    assert actions.watch_outside(SYSTEM) == 0
    assert states(matter)["AA01"] == "open"


def test_what_a_register_held_before_is_not_what_is_waited_for(matter, resident):
    """Insurance ended once with an employer of years ago; this one has yet to end it."""
    registers.hold(
        SYSTEM,
        party_id=resident.party_id,
        service="AA06",
        output="record",
        source=Ref("case", "C-1"),
        valid_from=clock.today() - dt.timedelta(days=1),
    )
    assert actions.watch_outside(SYSTEM) == 0
    assert states(matter)["AA06"] == "waiting"


def test_a_matter_that_fails_stops_no_other(matter, resident, identities, monkeypatch):
    colleague = identities.resident(identities.person("陈晨", region=identities.region()))
    later = Matter.objects.get(reference=filled(colleague, start(colleague, area=80, sign=True), aa02__cooks=2).matter)
    for party in (resident, colleague):
        registers.hold(
            SYSTEM,
            party_id=party.party_id,
            service="AA06",
            output="record",
            source=Ref("case", f"C-{party.party_id}"),
            valid_from=clock.today(),
        )
    record = journal.record

    def crash(actor, act, *refs, **more):
        if Ref("matter", matter.reference) in refs:
            raise RuntimeError("a fault of this one")
        return record(actor, act, *refs, **more)

    with monkeypatch.context() as patched:
        patched.setattr(journal, "record", crash)
        assert actions.watch_outside(SYSTEM) == 1
    assert (states(matter)["AA06"], states(later)["AA06"]) == ("waiting", "done")
    assert actions.watch_outside(SYSTEM) == 1, "the next run looks at it again"


def test_what_the_applicant_declares_is_read_where_it_is_needed(matter, resident):
    paper = keep(b"x", name="proof.pdf", content_type="application/pdf", owner_id=resident.party_id)
    actions.declare_done(resident, matter=matter.reference, member="AA06", text=" 单位已停保 ", file=paper)
    assert states(matter) == {"AA01": "open", "AA02": "waiting", "AA06": "done"}
    case = Case.objects.get(matter=matter.reference)
    assert case.route["reasons"][-1] == {
        "zh-Hans": "申请人说明“停保”已经办好：单位已停保",
        "en": "The applicant says that “End” is done: 单位已停保",
    }
    assert CaseFile.objects.get(case=case).file == paper
    with pytest.raises(TransitionNotAllowed):
        actions.declare_done(resident, matter=matter.reference, member="AA06", text="再说一次")
    grant(matter, "AA01", **{"organisation.uscc": "91990102MA0000001X"})
    later = Case.objects.get(matter=matter.reference, service__code="AA02")
    assert "停保" not in str(later.route), "only who waited for it reads it"


def test_nobody_declares_for_others_or_without_a_word(matter, resident, identities):
    with pytest.raises(NotFound):
        actions.declare_done(
            identities.resident(identities.person("外人")), matter=matter.reference, member="AA06", text="好了"
        )
    with pytest.raises(InvalidInput):
        actions.declare_done(resident, matter=matter.reference, member="AA06", text=" ")
    with pytest.raises(TransitionNotAllowed):
        actions.declare_done(resident, matter=matter.reference, member="AA01", text="好了")
    assert states(matter)["AA06"] == "waiting"


def test_a_matter_ends_without_what_nobody_waits_for(event, resident):
    event.definition["edges"] = event.definition["edges"][1:]
    event.save()
    submission = filled(resident, start(resident, area=80, sign=True), aa02__cooks=2)
    matter = Matter.objects.get(reference=submission.matter)
    assert states(matter)["AA01"] == "open"
    grant(matter, "AA01", **{"organisation.uscc": "91990102MA0000001X"})
    grant(matter, "AA02")
    matter.refresh_from_db()
    assert (matter.state, states(matter)["AA06"]) == ("done", "waiting")


def test_taking_the_whole_back_waits_for_nobody_any_more(matter, resident):
    assert [member.key for member in queries.going_with(queries.timeline(resident, reference=matter.reference))] == [
        "AA02",
        "AA01",
    ]
    actions.withdraw_matter(resident, matter=matter.reference, reason="不办了")
    assert set(states(matter).values()) == {"dropped"}
    matter.refresh_from_db()
    assert matter.state == "withdrawn"


# --- Another answer ----------------------------------------------------------------------------------------
def answer(actor, matter, word):
    intake.answer_anew(actor, matter=matter.reference, question="sign", answer=word)
    matter.refresh_from_db()


def test_what_it_need_not_file_any_more_holds_nobody_up(matter, resident):
    answer(resident, matter, "false")
    assert states(matter) == {"AA01": "open", "AA02": "waiting", "AA06": "dropped"}
    assert (matter.superfluous, matter.lacking) == ([], []), "nothing that the applicant could withdraw"
    timeline = queries.timeline(resident, reference=matter.reference)
    assert [lane.undone for lane in timeline.lanes if lane.by] == [None]
    grant(matter, "AA01", **{"organisation.uscc": "91990102MA0000001X"})
    assert states(matter)["AA02"] == "open"


def test_what_it_has_to_file_by_now_is_waited_for_by_who_has_not_begun(event, resident):
    event.definition["edges"].append({"from": "AA06", "to": "AA02"})
    event.save()
    submission = filled(resident, start(resident, area=80, sign=False), aa02__cooks=2)
    matter = Matter.objects.get(reference=submission.matter)
    answer(resident, matter, "true")
    assert states(matter) == {"AA01": "open", "AA02": "waiting", "AA06": "waiting"}
    grant(matter, "AA01", **{"organisation.uscc": "91990102MA0000001X"})
    assert states(matter)["AA02"] == "waiting"
    answer(resident, matter, "false")
    assert states(matter)["AA02"] == "open"


def test_needed_again_it_is_waited_for_again(event, resident):
    event.definition["edges"].append({"from": "AA06", "to": "AA02"})
    event.save()
    submission = filled(resident, start(resident, area=80, sign=True), aa02__cooks=2)
    matter = Matter.objects.get(reference=submission.matter)
    answer(resident, matter, "false")
    answer(resident, matter, "true")
    assert states(matter) == {"AA01": "open", "AA02": "waiting", "AA06": "waiting"}
    grant(matter, "AA01", **{"organisation.uscc": "91990102MA0000001X"})
    assert states(matter)["AA02"] == "waiting"
    actions.declare_done(resident, matter=matter.reference, member="AA06", text="单位已停保")
    assert states(matter)["AA02"] == "open"


def test_where_nobody_would_wait_for_it_nothing_is_tracked(event, resident):
    submission = filled(resident, start(resident, area=80, sign=False), aa02__cooks=2)
    matter = Matter.objects.get(reference=submission.matter)
    answer(resident, matter, "true")
    assert states(matter) == {"AA01": "open", "AA02": "waiting"}, "the registration has begun"


def grown(actor, matter):
    """The shop is larger: what that takes has joined the matter."""
    intake.propose_change(actor, matter=matter.reference, answers={"shop__area_sqm": 320}, reason="量错了")
    draft = intake.start_lacking(actor, matter=matter.reference, service="AA08")
    intake.submit(actor, draft=draft.reference, key="more")


@pytest.fixture
def large(services, event):
    """From 300 m² on a service of its own after the employer's."""
    services.publish("AA08", form={"type": "object", "properties": {"name": NAME}}, materials=[])
    event.definition["members"].append({"service": "AA08", "stage": 2, "when": "area >= 300"})
    event.definition["edges"].append({"from": "AA06", "to": "AA08"})
    event.save()


def test_what_joins_does_not_wait_for_what_need_not_be_filed_any_more(large, matter, resident):
    answer(resident, matter, "false")
    grown(resident, matter)
    assert states(matter)["AA08"] == "open"


def test_what_joins_waits_for_it_too(large, resident):
    submission = filled(resident, start(resident, area=80, sign=False), aa02__cooks=2)
    matter = Matter.objects.get(reference=submission.matter)
    answer(resident, matter, "true")
    assert "AA06" not in states(matter)
    grown(resident, matter)
    assert states(matter) == {"AA01": "open", "AA02": "waiting", "AA06": "waiting", "AA08": "waiting"}
    actions.declare_done(resident, matter=matter.reference, member="AA06", text="单位已停保")
    assert states(matter)["AA08"] == "open"


# --- What comes first comes along ------------------------------------------------------------------------
def members(actor, *services) -> list[str]:
    draft = start(actor, area=80, sign=False, services=services)
    return [member.service for member in forms.open_draft(actor, reference=draft.reference).members]


def test_an_agent_for_what_the_person_files_takes_the_whole_back(matter, resident, identities):
    grantor, person = Person.objects.get(pk=resident.party_id), identities.person("代理人")
    given = identities.mandate(grantor.party, person.party, by=grantor, services=["AA01", "AA02"])
    agent = actor_for(identities.account(person), f"m-{given.pk}")
    shown = queries.timeline(agent, reference=matter.reference)
    assert {lane.key for lane in shown.lanes} == {"AA01", "AA02", "AA06"}, "who waits is told for whom"
    assert shown.is_whole
    actions.withdraw_matter(agent, matter=matter.reference, reason="不办了")
    matter.refresh_from_db()
    assert matter.state == "withdrawn"


def test_choosing_a_service_brings_in_what_it_needs_unless_it_is_held(event, resident):
    assert members(resident) == ["AA01", "AA02"]
    assert members(resident, "AA03") == ["AA01", "AA02", "AA03"]
    assert members(resident, "AA04") == ["AA01", "AA02", "AA03", "AA04"]
    registers.hold(
        SYSTEM,
        party_id=resident.party_id,
        service="AA03",
        output="licence",
        source=Ref("case", "C-1"),
        valid_from=clock.today(),
    )
    assert members(resident, "AA04") == ["AA01", "AA02", "AA04"]


def test_of_alternatives_the_chosen_one_is_enough(event, resident):
    event.definition["edges"] += [
        {"from": "AA02", "to": "AA04", "any_of": "x"},
        {"from": "AA03", "to": "AA04", "any_of": "x"},
    ]
    event.definition["edges"].remove({"from": "AA03", "to": "AA04"})
    event.save()
    assert members(resident, "AA04") == ["AA01", "AA02", "AA04"]


def test_the_employer_s_part_of_an_event_of_the_house_holds_the_rest(quick_city):
    lin = quick_city.actor("lin.xiaowen")
    answers = {"involuntary": True, "years_of_contributions": 3, "employer_filed": False, "start_business": True}
    answers |= dict.fromkeys(("dispute", "poor", "hard_to_place"), False)
    plan = routing.plan_bundle(lin, event="LE04", answers=answers)
    bundle = forms.bundle_of(plan, {"EM04"})
    assert [(each.service, each.by) for each in bundle.outside] == [("SI03", "employer")]
    assert {edge.after for edge in bundle.edges if edge.before == "SI03"} == {"EM01", "SI09"}
    assert {"BR02", "EM04"} <= {each.service for each in bundle.members}


# --- Pages and the API -----------------------------------------------------------------------------------
@pytest.fixture
def browser(client, resident):
    client.force_login(Account.objects.get(pk=resident.account_id))
    client.cookies["django_language"] = "en"
    return client


def test_the_page_says_who_is_waited_for_and_takes_the_declaration(browser, matter):
    address = f"/as/self/matters/{matter.reference}/"
    page = browser.get(address).content.decode()
    assert "Waits for the employer" in page
    assert f"{address}outside/AA06/" in page
    assert browser.get(f"{address}outside/AA01/").status_code == 404
    assert "How you know" in browser.get(f"{address}outside/AA06/").content.decode()
    refused = browser.post(f"{address}outside/AA06/", {"text": ""})
    assert refused.status_code == 422
    assert browser.post(f"{address}outside/AA06/", {"text": "Told by the employer"}).status_code == 302
    assert "Done, as you say" in browser.get(address).content.decode()


def test_the_same_through_the_api(browser, matter):
    address = f"/api/v1/as/self/matters/{matter.reference}"
    body = {"text": "单位已停保"}
    told = browser.post(f"{address}/parts/AA06/declaration", body, "application/json")
    assert told.status_code == 200, told.content.decode()
    lanes = {lane["key"]: (lane["state"], lane["by"]) for lane in told.json()["lanes"]}
    assert lanes == {"AA01": ("open", ""), "AA02": ("waiting", ""), "AA06": ("done", "employer")}
    wrong = browser.post(f"{address}/parts/AA06/declaration", {**body, "file": "JZ-F-0"}, "application/json")
    assert wrong.status_code == 404


def test_the_page_of_a_matter_goes_on_without_what_it_need_not_file(browser, matter):
    address = f"/as/self/matters/{matter.reference}/"
    page = browser.post(f"{address}change/", {"_about": "sign", "sign": "false"}, follow=True).content.decode()
    assert "Waits for the employer" not in page
    assert f"{address}outside/AA06/" not in page
    assert "you may not need" not in page


def test_what_another_one_files_is_a_member_without_a_case(event, resident, matter):
    member = Member.objects.get(matter=matter, key="AA06")
    assert (member.case, member.kept, PublicService.objects.get(pk=member.service_id).code) == ("", None, "AA06")
