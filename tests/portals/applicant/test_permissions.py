"""Who opens which page of an applicant: the party, who acts for it as far as the mandate goes, and nobody else.

Everybody tries everything in a capacity of their own: the matters of a resident under the names of the citizens'
portal, those of a company under the names of the businesses'.
"""

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from egov.casework import actions as casework
from egov.catalogue.models import Event
from egov.documents import actions as documents
from egov.identity.models import Account, Mandate, Representative
from egov.intake import actions as intake
from egov.kernel import clock
from egov.kernel.actor import SYSTEM, Actor
from egov.kernel.refs import Ref
from egov.matters.models import Matter
from egov.notices import actions as notices
from egov.payments import actions as payments
from egov.payments.actions import BillLineSpec
from egov.registers import actions as registers
from egov.registers.models import DataElement
from tests.plugins.intake import CARD_FORM
from tests.plugins.permissions import WHO, PermissionTable, Row

pytestmark = pytest.mark.django_db

CITIZEN, BUSINESS = "citizen", "business"
AGENTS = ("agent", "agent_of_service", "agent_elsewhere")
# ``agent``: for everything; ``agent_of_service``, ``agent_elsewhere``: for the service at hand, for another one;
# ``no_more``: an agent whose mandate was revoked, a representative who has left.
EVERYBODY = (*WHO, "visitor", *AGENTS, "no_more")


@dataclass
class Session:
    """A browser, and the capacity in which it tries the pages of each portal."""

    client: Client
    capacities: dict[str, str] = field(default_factory=lambda: {CITIZEN: "self", BUSINESS: "self"})


def page(name: str, *keys: str, **more: Any) -> dict[str, Row]:
    """One page under the names of both portals. ``keys``: what of the world stands in its address."""
    method, form, query = more.pop("method", "get"), more.pop("form", {}), more.pop("query", "")

    def attempt(portal: str) -> Callable[[Session, Any], Any]:
        def run(session: Session, world: Mapping[str, Any]) -> Any:
            there = world[portal]
            address = reverse(f"{portal}:{name}", args=[session.capacities[portal], *(there[key] for key in keys)])
            values = {key: value.format(**there) for key, value in form.items()}
            return getattr(session.client, method)(address + query, values)

        return run

    return {f"{portal}:{name}": Row(attempt(portal), **more) for portal in (CITIZEN, BUSINESS)}


def post(name: str, *keys: str, **more: Any) -> dict[str, Row]:
    return page(name, *keys, method="post", **more)


# Each sees their own: a list, a form to begin with, settings.
ANY_APPLICANT = {"owner": True, "stranger": True, "also": AGENTS}
PARTY = {"owner": True, "also": ("agent", "agent_of_service")}
# What is about the party and about no service: an agent for some services is not told.
WHOLE_PARTY = {"owner": True, "also": ("agent",)}
EACH_WHOLE = {"owner": True, "stranger": True, "also": ("agent",)}
TABLE = PermissionTable(
    "portals.applicant",
    {
        **page("home", **ANY_APPLICANT),
        **page("help", **ANY_APPLICANT),
        **page("start", "service", **ANY_APPLICANT),
        **page("event", "event", **ANY_APPLICANT),
        **page("draft", "draft", **PARTY),
        **page("check", "draft", **PARTY),
        **page("draft_papers", "draft", **PARTY),
        **page("discard", "draft", **PARTY),
        **page("draft_page", "draft", "page", **PARTY),
        **post("autosave", "draft", "page", form={"_asked": "reason", "reason": "lost"}, **PARTY),
        **page("receipt", "submission", **PARTY),
        **page("matters", **ANY_APPLICANT),
        **page("matter", "matter", **PARTY),
        **page("change", "matter", **PARTY),
        # Nothing is missing here, and nobody else files a part of it: for the owner there is no such page either.
        **post("begin_lacking", "matter", "service"),
        **page("declare", "matter", "service"),
        **page("corrections", "matter", **PARTY),
        **page("withdraw", "matter", **PARTY),
        **page("case", "case", **PARTY),
        **page("correction", "case", **PARTY),
        **page("case_file", "case", "file", **PARTY),
        **post("message", "case", form={"text": "x"}, **PARTY),
        **page("rate", "case", **PARTY),
        **page("contest", "case", **PARTY),
        **page("bills", **ANY_APPLICANT),
        **page("bill", "bill", **PARTY),
        **post("pay", "bill", form={"way": "sandbox:card"}, **PARTY),
        **page("documents", **ANY_APPLICANT),
        **page("document", "document", **PARTY),
        **page("document_end", "document", **PARTY),
        **page("document_pdf", "document", **PARTY),
        **page("file", "file", **PARTY),
        **page("notices", **ANY_APPLICANT),
        **page("notice", "notice", **PARTY),
        **page("mandates", **ANY_APPLICANT),
        # Civil Code art. 169: an agent does not pass the mandate on.
        **page("give_mandate", owner=True, stranger=True),
        **post("accept_mandate", "offered", owner=True),
        # Its grantor takes it back, its agent gives it up.
        **page("revoke_mandate", "mandate", **WHOLE_PARTY),
        **page("my_data", **EACH_WHOLE),
        **page("data_views", **EACH_WHOLE),
        **page("correct_fact", "element", **EACH_WHOLE),
        **post("revoke_consent", "consent", **WHOLE_PARTY),
        **page("settings", **ANY_APPLICANT),
    },
    who=EVERYBODY,
)
test_permission, test_every_page_has_a_row = TABLE.tests_by_actor()


# --- The world ------------------------------------------------------------------------------------------
@pytest.fixture
def owner(identities):
    return identities.person("林晓雯", region=identities.region())


@pytest.fixture
def company(identities, owner):
    return identities.organisation(representative=owner, region=identities.region())


@pytest.fixture
def permission_world(services, identities, owner, company, a_picture, settings):
    settings.EGOV_PAYMENT_GATEWAYS = ["sandbox"]
    for code in ("CL02", "CL03"):
        services.publish(code, audience=["person", "enterprise"])
    Event.objects.create(code="LE90", kind="life", name={"en": "Loss"}, summary={}, definition={"members": []})
    actors = {CITIZEN: identities.resident(owner), BUSINESS: identities.representative(company)}
    elements = {CITIZEN: "person.name", BUSINESS: "organisation.name"}
    for key in elements.values():
        DataElement.objects.create(key=key, name={"zh-Hans": "名称", "en": "Name"})
    return {
        portal: matters_of(actor, services, identities, a_picture) | {"element": elements[portal]}
        for portal, actor in actors.items()
    }


def matters_of(actor: Actor, services: Any, identities: Any, a_picture: Callable[..., Any]) -> dict[str, Any]:
    """Something on each page of one party, all of it about one service."""
    party, department = actor.on_behalf_of_id, services.unit.department
    draft = intake.start_draft(actor, service="CL02", region="990102")
    filed = intake.start_draft(actor, service="CL02", region="990102", answers={"reason": "expired", "name": "林晓雯"})
    file = intake.attach(actor, draft=filed.reference, material="photo", upload=a_picture()).file
    submission = intake.submit(actor, draft=filed.reference, key="k")
    case = Matter.objects.get(reference=submission.matter).members.get().case
    clerk = identities.officer("clerk", unit=services.unit)
    casework.request_correction(clerk, case=case, items=[{"field": "name", "message": "请写全名"}])
    subject = Ref("case", case)
    bill = payments.raise_bill(
        SYSTEM,
        payer_id=party,
        subject=subject,
        lines=[BillLineSpec(subject, department.pk, {"en": "Fee"}, Decimal(40), "")],
    )
    credential = documents.issue_credential(
        SYSTEM,
        type="ID",
        holder_id=party,
        issuer_id=department.pk,
        case=case,
        service="CL02",
        data={},
        valid_from=clock.today(),
        valid_to=None,
        title={"zh-Hans": "证", "en": "Card"},
    )
    told = {"service": "x", "case": "x", "due": "x", "department": "x"}
    (notice,) = notices.notify(
        SYSTEM, recipients=[party], key=f"k{party}", kind="case_accepted", subject=subject, context=told
    )
    consent = registers.give_consent(
        actor, recipient_id=department.pk, elements=["person.name"], purpose={"en": "x"}, subject=subject
    )
    return {
        "party": party,
        "service": "CL02",
        "event": "LE90",
        "draft": draft.reference,
        "page": CARD_FORM["x-pages"][0]["key"],
        "submission": submission.reference,
        "matter": submission.matter,
        "case": case,
        "bill": bill.reference,
        "document": credential.document.reference,
        "file": file.reference,
        "notice": notice.pk,
        "consent": consent.pk,
    }


@pytest.fixture
def permission_actors(permission_world, identities, services, owner, company):
    parties = {CITIZEN: owner.party, BUSINESS: company.party}
    sessions = {"visitor": Session(Client()), "owner": signed_in(Account.objects.get(person=owner))}
    sessions["owner"].capacities[BUSINESS] = f"o-{company.pk}"
    stranger = identities.person("外人")
    sessions["stranger"] = signed_in(identities.account(stranger))
    sessions["stranger"].capacities[BUSINESS] = f"o-{identities.organisation(representative=stranger).pk}"

    limits = {"agent": [], "agent_of_service": ["CL02"], "agent_elsewhere": ["CL03"], "no_more": []}
    for who, named in limits.items():
        agent = identities.person("代办人")
        sessions[who] = signed_in(identities.account(agent))
        for portal, party in parties.items():
            mandate = identities.mandate(party, agent.party, by=owner, services=named)
            sessions[who].capacities[portal] = f"m-{mandate.pk}"
            if who == "agent":
                permission_world[portal]["mandate"] = mandate.pk
    gone = Account.objects.get(pk=sessions["no_more"].client.session["_auth_user_id"])
    Mandate.objects.filter(agent_id=gone.person_id).update(revoked_at=clock.now())
    yesterday = clock.today() - dt.timedelta(days=1)
    office = {"organisation": company, "office": "person_in_charge", "valid_from": yesterday, "valid_to": yesterday}
    Representative.objects.create(person_id=gone.person_id, **office)
    sessions["no_more"].capacities[BUSINESS] = f"o-{company.pk}"

    other = identities.person("委托人")
    for portal, party in parties.items():
        offer = identities.mandate(other.party, party, by=other, accepted=False)
        permission_world[portal]["offered"] = offer.pk
    elsewhere = identities.unit(identities.department("jz.data", "江州市数据局"), "jz.data.platform")
    officers = {
        "officer": identities.officer("reviewer", unit=services.unit, person=identities.person("周明远")),
        "officer_elsewhere": identities.officer("reviewer", unit=elsewhere, person=identities.person("陈立")),
        "administrator": identities.officer("platform_admin", unit=elsewhere, person=identities.person("管理员")),
    }
    for who, actor in officers.items():
        sessions[who] = signed_in(Account.objects.get(pk=actor.account_id))
        sessions[who].capacities = dict.fromkeys((CITIZEN, BUSINESS), actor.capacity)
    return sessions


def signed_in(account: Account) -> Session:
    client = Client()
    client.force_login(account)
    return Session(client)


# --- What the table uncovered -----------------------------------------------------------------------------
def test_an_agent_reads_of_their_own_mandate_only_and_gives_it_up(permission_actors, permission_world):
    session = permission_actors["agent_of_service"]
    address = f"/as/{session.capacities[CITIZEN]}/mandates/"
    own = session.capacities[CITIZEN].removeprefix("m-")
    shown = session.client.get(address).text
    assert f"/mandates/{own}/revoke/" in shown
    assert f"/mandates/{permission_world[CITIZEN]['mandate']}/" not in shown
    assert "/mandates/give/" not in shown
    assert session.client.post(f"{address}{own}/revoke/")["Location"] == "/me/"
    assert Mandate.objects.get(pk=own).revoked_at is not None


def test_any_mandate_can_be_revoked_however_many_there_are(permission_actors, permission_world, identities, owner):
    agent = identities.person("代办人")
    for _number in range(100):
        identities.mandate(owner.party, agent.party, by=owner)
    oldest = Mandate.objects.filter(grantor=owner.party).order_by("pk")[0]
    address = f"/as/self/mandates/{oldest.pk}/revoke/"
    assert permission_actors["owner"].client.post(address).status_code == 302


def test_where_messages_reach_the_party_is_kept_from_an_agent_for_some_services(permission_actors):
    fields = {}
    for who in ("owner", "agent", "agent_of_service"):
        session = permission_actors[who]
        address = f"/as/{session.capacities[CITIZEN]}/settings/"
        fields[who] = 'name="sms"' in session.client.get(address).text
        answer = session.client.post(address, {"language": "en", "sms": "13800138000"})
        assert answer.status_code == 302
    assert fields == {"owner": True, "agent": True, "agent_of_service": False}
    assert Account.objects.get(person__party__name="林晓雯").language == "en"


# --- In the capacity of somebody else -------------------------------------------------------------------
@pytest.mark.parametrize("who", ["visitor", "stranger", "officer", "administrator", "agent", "no_more"])
def test_nobody_acts_in_a_capacity_that_is_not_theirs(permission_actors, permission_world, company, who):
    """The address of the company itself; for officers and administrators also as the people they are."""
    session = permission_actors[who]
    session.capacities[BUSINESS] = f"o-{company.pk}"
    open_to_them = []
    for name, row in TABLE.rows.items():
        if name.startswith(BUSINESS):
            answer = row.attempt(session, permission_world)
            led_away = answer.status_code == 302 and "/account/login" in answer["Location"]
            if answer.status_code != 403 and not (who == "visitor" and led_away):
                open_to_them.append(f"{name}: {answer.status_code}")
    assert not open_to_them


@pytest.mark.parametrize("who", ["officer", "officer_elsewhere", "administrator"])
def test_a_civil_servant_is_a_stranger_as_the_person_they_are(permission_actors, permission_world, who):
    """Whoever handles the case does so at the desk, where each look is recorded."""
    session = permission_actors[who]
    session.capacities[CITIZEN] = "self"
    stranger = permission_actors["stranger"]
    for name, row in TABLE.rows.items():
        if name.startswith(CITIZEN):
            mine, theirs = (row.attempt(each, permission_world).status_code for each in (session, stranger))
            assert mine == theirs, name
