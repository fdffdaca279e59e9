"""Who may be the applicant: what only organisations are given is begun by nobody else, and the other way round."""

import pytest
from django.utils import translation

from egov.catalogue import queries as catalogue
from egov.identity.models import PartyKind
from egov.identity.queries import actor_for
from egov.intake import actions, queries
from egov.intake.actions import WrongApplicant
from egov.intake.models import Draft, Submission
from egov.intake.rules import Bundle
from egov.intake.rules.bundle import BundleEdge
from egov.kernel import clock
from egov.kernel.actor import SYSTEM
from egov.kernel.refs import Ref
from egov.registers import actions as registers
from egov.routing import queries as routing
from tests.plugins.intake import filled, start

pytestmark = pytest.mark.django_db

ANSWERS = {"reason": "expired", "name": "林晓雯"}


@pytest.fixture
def owner(identities):
    return identities.person("林晓雯", region=identities.region())


@pytest.fixture
def company(identities, owner):
    return identities.organisation(representative=owner, region=identities.region())


@pytest.fixture
def capacity(identities, owner, company):
    """``capacity("agent of a company")``: the actor in one of the capacities in which matters are begun."""

    def agent_of(party, by):
        agent = identities.person("代理人")
        mandate = identities.mandate(party, agent.party, by=by)
        return actor_for(identities.account(agent), f"m-{mandate.pk}")

    def guardian():
        child = identities.person("林小鱼", born_on=clock.today().replace(year=clock.today().year - 6))
        identities.relate(owner, child)
        return actor_for(identities.account(owner), f"g-{child.pk}")

    makers = {
        "oneself": lambda: identities.resident(owner),
        "guardian": guardian,
        "agent of a person": lambda: agent_of(owner.party, owner),
        "representative": lambda: identities.representative(company),
        "agent of a company": lambda: agent_of(company.party, owner),
    }
    return lambda name: makers[name]()


PEOPLE = ("oneself", "guardian", "agent of a person")
ORGANISATIONS = ("representative", "agent of a company")


@pytest.mark.parametrize("who", PEOPLE + ORGANISATIONS)
@pytest.mark.parametrize(
    ("audience", "takes"),
    [
        (["person"], PEOPLE),
        (["enterprise"], ORGANISATIONS),
        (["enterprise", "sole_trader"], ORGANISATIONS),
        (["person", "enterprise"], PEOPLE + ORGANISATIONS),
        (["sole_trader", "other"], PEOPLE + ORGANISATIONS),
        ([], PEOPLE + ORGANISATIONS),
    ],
)
def test_a_service_is_begun_and_filed_by_those_it_is_for(services, capacity, audience, takes, who):
    version = services.publish(audience=audience)
    actor = capacity(who)
    begin = {"service": "CL02", "region": "990102"}
    if who in takes:
        actions.require_fileable(actor, version)
        assert actions.start_draft(actor, **begin)
        assert actions.submit_direct(actor, **begin, answers=ANSWERS, key="k")
        return
    for attempt in (
        lambda: actions.require_fileable(actor, version),
        lambda: actions.start_draft(actor, **begin),
        lambda: actions.submit_direct(actor, **begin, answers=ANSWERS, key="k"),
    ):
        with pytest.raises(WrongApplicant) as refused:
            attempt()
        assert [(fault.path, fault.code) for fault in refused.value.faults] == [("applicant", "wrong_applicant")]
    assert not Draft.objects.exists()
    assert not Submission.objects.exists()


@pytest.mark.parametrize(
    ("language", "said"), [("en", "Only organisations are given this: Identity card"), ("zh-hans", "居民身份证补领")]
)
def test_it_is_told_in_the_language_of_whoever_asks(services, resident, language, said):
    services.publish(audience=["enterprise"])
    with translation.override(language), pytest.raises(WrongApplicant) as refused:
        actions.start_draft(resident, service="CL02", region="990102")
    with translation.override(language):
        assert said in str(refused.value)
        assert refused.value.way_out


def test_a_draft_of_a_service_that_takes_people_no_more_is_not_filed(services, a_draft, resident):
    draft = a_draft(resident)
    services.publish(audience=["enterprise"])
    actions.migrate_draft(resident, draft=draft.reference)
    with pytest.raises(WrongApplicant):
        actions.submit(resident, draft=draft.reference, key="k")
    draft.refresh_from_db()
    assert draft.submitted_at is None


# --- Several services as one ------------------------------------------------------------------------------
def test_who_founds_an_organisation_on_the_way_files_for_it_what_only_it_is_given(shop, resident):
    assert filled(resident, start(resident, area=80, sign=False), aa02__cooks=2)


def test_without_founding_one_nothing_for_organisations_begins(shop, resident, company, identities):
    registers.hold(
        SYSTEM,
        party_id=resident.on_behalf_of_id,
        service="AA01",
        output="licence",
        source=Ref("case", "C-1"),
        valid_from=clock.today(),
    )
    with pytest.raises(WrongApplicant) as refused:
        start(resident, area=80, sign=True)
    assert [fault.path for fault in refused.value.faults] == ["applicant"]
    assert not Draft.objects.exists()
    assert start(identities.representative(company), area=80, sign=True)


def test_a_member_beside_the_founding_one_does_not_wait_for_it(shop, resident):
    shop.definition = {**shop.definition, "edges": []}
    shop.save()
    with pytest.raises(WrongApplicant):
        start(resident, area=80, sign=False)


def test_what_would_be_refused_is_known_before(shop, resident, company, identities):
    shop.definition = {**shop.definition, "edges": []}
    shop.save()
    answers = {"area": 80, "sign": True}
    for actor, refused in ((resident, True), (identities.representative(company), False)):
        plan = routing.plan_bundle(actor, event="BE90", answers=answers)
        assert bool(queries.bundle_refusal(actor, plan=plan, services=[])) is refused


def test_waiting_goes_through_the_members_between():
    chain = Bundle(edges=(BundleEdge("A", "B"), BundleEdge("B", "C"), BundleEdge("X", "C")))
    assert chain.waits_for("C", {"A"})
    assert not chain.waits_for("B", {"X"})
    assert not chain.waits_for("A", {"A"})


def test_an_event_of_an_organisation_asks_of_people_what_its_conditions_choose(shop, services, company, identities):
    services.publish("AA03", materials=[], audience=["person"])
    assert catalogue.published("AA03").is_for(PartyKind.PERSON)
    assert start(identities.representative(company), area=80, sign=True)
