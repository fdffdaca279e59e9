"""Of a matter of several services, an agent with a mandate for one of them sees that one: at every address that takes a
matter, a draft, a submission or what came of them, and in every query behind it."""

import json
from dataclasses import dataclass
from itertools import product

import pytest
from django.urls import reverse

from egov.casework import actions as casework
from egov.casework import queries as cases
from egov.casework.models import Case
from egov.identity.models import Account, Party, Person
from egov.identity.queries import actor_for
from egov.intake import actions, queries
from egov.kernel import clock
from egov.kernel.actor import SYSTEM, Actor
from egov.kernel.errors import NotFound, NotPermitted
from egov.kernel.refs import Ref
from egov.matters import actions as matter_actions
from egov.matters import queries as matters
from egov.matters.models import Matter
from egov.notices.models import Notice
from egov.payments.models import Bill
from egov.registers import actions as registers
from egov.routing import queries as routing
from portals.api.urls import filed, handled, held
from portals.applicant.urls import urlpatterns as pages
from tests.plugins.intake import FEE, filled, question, start

pytestmark = pytest.mark.django_db

CARD = {"type": "object", "properties": {"illness": question(en="Illness", x_element="health.illness")}}
LICENCE = {"key": "licence", "type": "record", "name": {"en": "Licence"}, "held": "in_force"}
SITUATION = {"area": 86, "sign": True}
# Pages that describe what is offered to anybody: they name services, never what the party has or said.
OFFERS = {"start", "event", "draft_page"}


@dataclass(frozen=True)
class Told:
    """What was said or done about the service that the mandate does not cover."""

    words: frozenset[str]  # nowhere to be read by the agent
    names: frozenset[str]  # of the service: nowhere but where it is offered to anybody
    hidden: dict[str, str]  # what it brought, by kind: not to be opened
    matter: str
    submission: str
    notice: int


@pytest.fixture
def told(services, shop, resident, identities, a_letter) -> Told:
    """A shop whose owner also asks for a card that speaks of an illness (AA03), and pays for a food licence (AA02)."""
    shop.definition["members"] = [each for each in shop.definition["members"] if each["service"] != "AA05"]
    shop.definition["edges"] = [each for each in shop.definition["edges"] if each["to"] != "AA05"]
    shop.save()
    name = {"zh-Hans": "伤残补助证", "en": "Disability card"}
    services.publish("AA03", form=CARD, materials=[], name=name, outputs=[LICENCE])
    clerk = identities.officer("clerk", "reviewer", unit=services.unit)
    answers = {"person__name": "林晓雯", "shop__area_sqm": 86, "aa02__cooks": 2}
    whole = filled(resident, start(resident, **SITUATION), **answers, health__illness="ILLNESS-AS-FILED")
    card = Case.objects.get(matter=whole.matter, service__code="AA03").reference
    actions.propose_change(
        resident, matter=whole.matter, answers={"health__illness": "ILLNESS-CORRECTED"}, reason="REASON-OF-IT"
    )
    casework.send_message(clerk, case=card, text="MESSAGE-ABOUT-IT")
    letter = a_letter(
        subject=Ref("case", card), holder_id=resident.on_behalf_of_id, title={"zh-Hans": "LETTER-ABOUT-IT", "en": "L"}
    )
    draft = start(resident, **SITUATION)
    actions.save_draft(resident, draft=draft.reference, answers={**answers, "health__illness": "ILLNESS-AS-TYPED"})
    alone = actions.start_draft(
        resident, service="AA03", region="990102", answers={"illness": "ILLNESS-AGAIN", "person__name": "林晓雯"}
    )
    other = actions.submit(resident, draft=alone.reference, key="alone")
    asked = Case.objects.get(matter=other.matter).reference
    casework.request_correction(clerk, case=asked, items=[{"field": "illness", "message": "REQUEST-ABOUT-IT"}])
    text = {"zh-Hans": "NOTICE-NAMING-IT", "en": "N"}
    notice = Notice.objects.create(
        recipient_id=resident.on_behalf_of_id,
        key="undone",
        kind="members_undone",
        subject=str(Ref("matter", whole.matter)),
        title=text,
        body=text,
        created_at=clock.now(),
    )
    registers.hold(
        SYSTEM,
        party_id=resident.applicant_id,
        service="AA03",
        output="licence",
        source=Ref("case", "NUMBER-OF-WHAT-IS-HELD"),
        valid_from=clock.today(),
    )
    hidden = {
        "case": card,
        "draft": draft.reference,
        "other submission": other.reference,
        "other matter": other.matter,
        "other case": asked,
        "letter": letter.reference,
        "bill": Bill.objects.get(subject=f"submission:{whole.reference}").reference,
    }
    said = {"ILLNESS-AS-FILED", "ILLNESS-CORRECTED", "ILLNESS-AS-TYPED", "ILLNESS-AGAIN"}
    said |= {"MESSAGE-ABOUT-IT", "LETTER-ABOUT-IT", "REQUEST-ABOUT-IT", "NOTICE-NAMING-IT", "NUMBER-OF-WHAT-IS-HELD"}
    names = frozenset({"伤残补助证", "AA03"})
    return Told(frozenset({*said, *hidden.values()}), names, hidden, whole.matter, whole.reference, notice.pk)


@pytest.fixture
def agent(identities, resident) -> Actor:
    """Somebody whom the party lets act in AA01 only."""
    return agent_of(identities, Party.objects.get(pk=resident.on_behalf_of_id), "AA01")


def agent_of(identities, party: Party, *services: str, by: Person | None = None) -> Actor:
    person = identities.person("代办人")
    given = identities.mandate(party, person.party, by=by or party.person, services=list(services))
    return actor_for(identities.account(person), f"m-{given.pk}")


# --- Every address -------------------------------------------------------------------------------------------
def addresses(told: Told, capacity: str) -> list[tuple[str, str]]:
    """Name and address of every page, and of everything the API gives; of each kind what is seen and what is hidden."""
    hidden = told.hidden
    kinds = {
        "drafts": [hidden["draft"]],
        "submissions": [told.submission, hidden["other submission"]],
        "matters": [told.matter, hidden["other matter"]],
        "cases": [hidden["case"], hidden["other case"]],
        "bills": [hidden["bill"]],
        "documents": [hidden["letter"]],
        "files": [hidden["letter"]],
    }
    fillings = {"code": ["BE90", "AA03"], "member": ["AA03"], "service": ["AA03"], "pk": [told.notice]}
    found = []
    for portal, patterns in (("citizen", pages), ("api", [*filed, *handled, *held])):
        for each in patterns:
            if portal == "api" and not hasattr(each.callback.view_class, "get"):
                continue
            fillings["reference"] = kinds.get(str(each.pattern).split("/")[0], [])
            wanted = each.pattern.converters
            for chosen in product(*(fillings.get(name, [1]) for name in wanted)):
                kwargs = {"capacity": capacity, **dict(zip(wanted, chosen, strict=True))}
                found.append((each.name, reverse(f"{portal}:{each.name}", kwargs=kwargs)))
    return [*found, ("event", f"/as/{capacity}/events/BE90/?area=86&sign=true")]


def read(client, actor: Actor, told: Told) -> list[tuple[str, str, int, str]]:
    """Name, address, status and text of all that can be read."""
    client.force_login(Account.objects.get(pk=actor.account_id))
    answers = [(name, address, client.get(address)) for name, address in addresses(told, actor.capacity)]
    plan = f"/api/v1/as/{actor.capacity}/events/BE90/plan"
    answers.append(("event", plan, client.post(plan, json.dumps({"answers": SITUATION}), "application/json")))
    return [
        (name, address, answer.status_code, "" if answer.streaming else answer.content.decode(errors="replace"))
        for name, address, answer in answers
    ]


def test_no_address_tells_an_agent_of_a_service_outside_the_mandate(client, told, agent):
    for name, address, status, text in read(client, agent, told):
        assert status != 429, address
        opened = [kind for kind, reference in told.hidden.items() if f"/{reference}/" in f"{address}/"]
        assert not opened or status in (302, 403, 404, 405), (address, status)
        if status == 200:
            assert not [word for word in told.words if word in text], address
            assert name in OFFERS or not [word for word in told.names if word in text], address


def test_the_party_itself_reads_all_of_it(client, told, resident):
    everything = "".join(text for _name, _address, _status, text in read(client, resident, told))
    assert [word for word in told.words if word not in everything] == []


def test_what_the_mandate_covers_is_shown_and_that_there_is_more(client, told, agent):
    client.force_login(Account.objects.get(pk=agent.account_id))
    client.cookies["django_language"] = "en"
    own = Case.objects.get(matter=told.matter, service__code="AA01")
    page = client.get(f"/as/{agent.capacity}/matters/{told.matter}/").text
    assert own.reference in page
    assert "You see the parts that your mandate covers." in page
    assert f'/matters/{told.matter}/withdraw/"' not in page, "the whole is not theirs to take back"
    assert client.get(f"/as/{agent.capacity}/submissions/{told.submission}/").status_code == 200
    shown = client.get(f"/as/{agent.capacity}/matters/{told.matter}/change/").text
    assert "?question=shop__area_sqm" not in shown, "the food licence asked for it as well"


# --- Every query ---------------------------------------------------------------------------------------------
def _timeline(actor, told):
    found = matters.timeline(actor, reference=told.matter)
    return found.lanes, found.revised, found.cases, found.promise.forecast.unmeasured


def _answers(actor, told):
    found = queries.answers_of(actor, matter=told.matter)
    return found.members, found.answers, found.by_element, found.correctable, queries.situation_of(actor, found)


READS = {
    "timeline": _timeline,
    "answers": _answers,
    "matters": lambda actor, told: [
        (row.reference, [each.key for each in row.members.all()]) for row in matters.matters_of(actor)
    ],
    "whole matters": lambda actor, told: [row.reference for row in matters.whole_matters(actor)],
    "waiting": lambda actor, told: [(case.reference, case.answers) for case in matters.waiting_for_applicant(actor)],
    "drafts": lambda actor, told: [(row.reference, row.answers) for row in queries.drafts_of(actor)],
    "submissions": lambda actor, told: [
        (row.reference, row.answers) for row in queries.visible_submissions(actor) if row.reference != told.submission
    ],
    "cases": lambda actor, told: [(case.reference, case.answers) for case in cases.own_cases(actor)],
    "plan": lambda actor, told: [
        (each.holdings, each.why) for each in routing.plan_bundle(actor, event="BE90", answers=SITUATION).members
    ],
}
TO_OPEN = {
    "draft": lambda actor, told: queries.open_draft(actor, reference=told.hidden["draft"]),
    "submission": lambda actor, told: queries.submission_of(actor, reference=told.hidden["other submission"]),
    "matter": lambda actor, told: matters.find(actor, reference=told.hidden["other matter"]),
    "answers": lambda actor, told: queries.answers_of(actor, matter=told.hidden["other matter"]),
    "corrections": lambda actor, told: queries.open_corrections(actor, matter=told.hidden["other matter"]),
    "case": lambda actor, told: cases.case_for_applicant(actor, told.hidden["case"]),
    "discard": lambda actor, told: actions.discard(actor, draft=told.hidden["draft"]),
    "save": lambda actor, told: actions.save_draft(actor, draft=told.hidden["draft"], answers={}),
    "submit": lambda actor, told: actions.submit(actor, draft=told.hidden["draft"], key="agent"),
}


@pytest.mark.parametrize("name", READS)
def test_no_query_tells_an_agent_of_a_service_outside_the_mandate(name, told, agent, resident):
    assert not _words_in(READS[name](agent, told), told)
    assert _words_in(READS[name](resident, told), told) or name == "whole matters"


def _words_in(found, told) -> list[str]:
    return [word for word in (*told.words, "AA03", "Why.HELD", "伤残补助证") if word in repr(found)]


@pytest.mark.parametrize("name", TO_OPEN)
def test_what_belongs_to_another_service_is_not_there(name, told, agent):
    with pytest.raises(NotPermitted if name == "submit" else NotFound):
        TO_OPEN[name](agent, told)


def test_a_draft_is_an_agents_when_all_its_services_are(services, shop, resident, identities):
    draft = start(resident, area=86, sign=False)
    party = Party.objects.get(pk=resident.on_behalf_of_id)
    for named, seen in ((["AA01"], False), (["AA02"], False), (["AA02", "AA01"], True), ([], True)):
        actor = agent_of(identities, party, *named)
        assert queries.visible_drafts(actor).filter(reference=draft.reference).exists() is seen, named


# --- What an agent changes -----------------------------------------------------------------------------------
def test_a_correction_stays_within_the_mandate(services, shop, resident, identities):
    services.publish("AA03", form=CARD, materials=[], fee=FEE)
    submission = filled(resident, start(resident, **SITUATION), aa02__cooks=2, person__name="林", shop__area_sqm=86)
    party = Party.objects.get(pk=resident.on_behalf_of_id)
    for_card, for_register = agent_of(identities, party, "AA03"), agent_of(identities, party, "AA01")
    with pytest.raises(NotPermitted):
        actions.propose_change(
            for_register, matter=submission.matter, answers={"shop__area_sqm": 320}, reason="量错了"
        )  # the food licence asked for it as well
    with pytest.raises(NotPermitted):
        actions.answer_anew(for_register, matter=submission.matter, question="sign", answer="false")
    reached = actions.propose_change(
        for_card, matter=submission.matter, answers={"health__illness": "x"}, reason="写错了"
    )
    assert reached == ["AA03"]
    matter = Matter.objects.get(reference=submission.matter)
    assert (matter.lacking, matter.superfluous) == ([], [])
    assert matter.determinants == SITUATION


# --- A second employee, a parent -----------------------------------------------------------------------------
def test_a_second_employee_sees_the_parts_for_which_the_company_named_them(member_spec, identities):
    chief = identities.person("经理")
    company = identities.organisation("一家公司", representative=chief)
    actor = identities.representative(company)
    members = [member_spec("BB01"), member_spec("BB02")]
    opened = matter_actions.open_matter(actor, applicant_id=company.pk, title={"zh-Hans": "开店"}, members=members)
    reference = opened.matter.reference
    employee = agent_of(identities, company.party, "BB01", by=chief)
    assert [lane.key for lane in matters.timeline(employee, reference=reference).lanes] == ["BB01"]
    assert [each.member.key for each in queries.answers_of(employee, matter=reference).members] == ["BB01"]
    with pytest.raises(NotPermitted):
        matter_actions.withdraw_matter(employee, matter=reference, reason="")
    assert [lane.key for lane in matters.timeline(actor, reference=reference).lanes] == ["BB01", "BB02"]


def test_a_parent_sees_all_of_the_childs_matter_and_nothing_of_another(member_spec, identities):
    parent, born = identities.person("家长"), clock.today().replace(year=clock.today().year - 6)
    child, other = identities.person("孩子", born_on=born), identities.person("别家孩子", born_on=born)
    identities.relate(parent, child)
    account = identities.account(parent)
    actor = actor_for(account, f"g-{child.pk}")
    found = {}
    for one in (child, other, parent):
        members = [member_spec("BB01"), member_spec("BB02")]
        opened = matter_actions.open_matter(actor, applicant_id=one.pk, title={"zh-Hans": "入学"}, members=members)
        found[one.pk] = opened.matter.reference
    assert [lane.key for lane in matters.timeline(actor, reference=found[child.pk]).lanes] == ["BB01", "BB02"]
    for one in (other, parent):
        with pytest.raises(NotFound):
            matters.timeline(actor, reference=found[one.pk])
    assert [row.reference for row in matters.matters_of(actor)] == [found[child.pk]]
