"""Who may do what in the registers of people, organisations, departments and mandates."""

import datetime as dt
import itertools
from types import SimpleNamespace

import pytest

from egov.identity import actions
from egov.identity.models import Contact
from egov.kernel import clock, secrets
from tests.plugins.permissions import PermissionTable, Row

YESTERDAY = clock.today() - dt.timedelta(days=1)
NAME = {"zh-Hans": "某科"}
serial = itertools.count(1)


@pytest.fixture
def permission_world(identities, administrator):
    """A company with its representative (the owner), its agent's offer, and the department of the officer."""
    actions.load_roles()
    identities.region()
    owner = identities.person("林晓雯")
    company = identities.organisation(representative=owner)
    spouse = identities.person("陈立")
    agent = identities.person("吴会计")
    department = identities.department()
    unit = identities.unit(department)
    ward = identities.person(born_on=dt.date(2015, 1, 1))
    actions.open_household(
        administrator("records"), number="H1", region_code="990102", address="一路", head_id=spouse.pk
    )
    return SimpleNamespace(
        identities=identities,
        owner=owner,
        company=company,
        spouse=spouse,
        ward=ward,
        agent=agent,
        account=identities.account(),
        department=department,
        unit=unit,
        post=identities.post(unit, "inspector"),
        offer=identities.mandate(owner.party, agent.party, by=owner, accepted=False),
        offered=identities.mandate(agent.party, owner.party, by=agent, accepted=False),
    )


@pytest.fixture
def permission_actors(permission_world, identities, administrator):
    world = permission_world
    identities.account(world.owner)
    return {
        "owner": identities.resident(world.owner),
        "stranger": identities.resident(),
        "officer": identities.officer("clerk", unit=world.unit),
        "officer_elsewhere": identities.officer("inspector"),  # keeps no register
        "administrator": administrator("platform_admin"),
    }


REGISTRAR = {"officer": True, "administrator": True}


def registrar(attempt):
    return Row(attempt, **REGISTRAR)


def want_contact(actor, world):
    defaults = {"encrypted": secrets.encrypt("x@example.cn"), "masked": "x***@example.cn"}
    Contact.objects.get_or_create(party=world.owner.party, channel="email", defaults=defaults)
    actions.want_contact(actor, party_id=world.owner.pk, channel="email", wanted=False)


TABLE = PermissionTable(
    "egov.identity",
    {
        "register_person": registrar(lambda actor, world: actions.register_person(actor, name="新人")),
        "change_person": registrar(
            lambda actor, world: actions.change_person(actor, person_id=world.owner.pk, address="二路")
        ),
        "record_death": registrar(
            lambda actor, world: actions.record_death(actor, person_id=world.spouse.pk, died_on=clock.today())
        ),
        "register_organisation": registrar(
            lambda actor, world: actions.register_organisation(actor, name="新店", kind="sole_trader")
        ),
        "change_organisation": registrar(
            lambda actor, world: actions.change_organisation(actor, organisation_id=world.company.pk, address="三路")
        ),
        "dissolve_organisation": registrar(
            lambda actor, world: actions.dissolve_organisation(actor, organisation_id=world.company.pk)
        ),
        "add_representative": registrar(
            lambda actor, world: actions.add_representative(
                actor, organisation_id=world.company.pk, person_id=world.agent.pk, office="person_in_charge"
            )
        ),
        "end_representative": registrar(
            lambda actor, world: actions.end_representative(
                actor, organisation_id=world.company.pk, person_id=world.owner.pk, office="legal_representative"
            )
        ),
        "add_identifier": registrar(
            lambda actor, world: actions.add_identifier(
                actor, party_id=world.owner.pk, scheme="passport", number="E12345678"
            )
        ),
        "replace_identifier": registrar(
            lambda actor, world: actions.replace_identifier(
                actor, party_id=world.owner.pk, scheme="passport", number="E12345678", reason=""
            )
        ),
        "want_contact": Row(lambda actor, world: want_contact(actor, world), owner=True),
        "set_contact": Row(
            lambda actor, world: actions.set_contact(
                actor, party_id=world.owner.pk, channel="email", value="x@example.cn"
            ),
            owner=True,
            **REGISTRAR,
        ),
        "relate": registrar(
            lambda actor, world: actions.relate(actor, subject_id=world.spouse.pk, of_id=world.ward.pk, kind="parent")
        ),
        "end_relationship": registrar(
            lambda actor, world: actions.end_relationship(
                actor, subject_id=world.spouse.pk, of_id=world.ward.pk, kind="parent"
            )
        ),
        "open_household": registrar(
            lambda actor, world: actions.open_household(
                actor, number="H2", region_code="990102", address="四路", head_id=world.owner.pk
            )
        ),
        "join_household": registrar(
            lambda actor, world: actions.join_household(actor, number="H1", person_id=world.owner.pk, role="other")
        ),
        "leave_household": registrar(lambda actor, world: actions.leave_household(actor, person_id=world.spouse.pk)),
        "grant_mandate": Row(
            lambda actor, world: actions.grant_mandate(actor, grantor_id=world.owner.pk, agent_id=world.agent.pk),
            owner=True,
        ),
        "accept_mandate": Row(
            lambda actor, world: actions.accept_mandate(actor, mandate_id=world.offered.pk), owner=True
        ),
        "revoke_mandate": Row(
            lambda actor, world: actions.revoke_mandate(actor, mandate_id=world.offer.pk), owner=True
        ),
        "open_department": Row(
            lambda actor, world: actions.open_department(
                actor, key="jz.new", full_name=NAME, level="city", region_code="990100"
            ),
            administrator=True,
        ),
        "change_department": Row(
            lambda actor, world: actions.change_department(actor, department_id=world.department.pk, phone="1"),
            administrator=True,
        ),
        "close_department": Row(
            lambda actor, world: actions.close_department(actor, department_id=world.department.pk), administrator=True
        ),
        "reopen_department": Row(
            lambda actor, world: actions.reopen_department(actor, department_id=world.department.pk),
            administrator=True,
        ),
        "retry_events": Row(lambda actor, world: actions.retry_events(actor, ids=[0]), administrator=True),
        "change_unit": Row(
            lambda actor, world: actions.change_unit(
                actor, unit_id=world.unit.pk, name=NAME, phone="2", is_service_hall=False
            ),
            administrator=True,
        ),
        "open_unit": Row(
            lambda actor, world: actions.open_unit(actor, department_id=world.department.pk, key="jz.u", name=NAME),
            administrator=True,
        ),
        "close_unit": Row(lambda actor, world: actions.close_unit(actor, unit_id=world.unit.pk), administrator=True),
        "appoint": Row(
            lambda actor, world: actions.appoint(
                actor, person_id=world.agent.pk, unit_id=world.unit.pk, title=NAME, roles=["clerk"]
            ),
            administrator=True,
        ),
        "end_post": Row(lambda actor, world: actions.end_post(actor, post_id=world.post.pk), administrator=True),
        "grant_configuration": Row(
            lambda actor, world: actions.grant_configuration(
                actor, account_id=world.account.pk, thing=world.department
            ),
            administrator=True,
        ),
        "withdraw_configuration": Row(
            lambda actor, world: actions.withdraw_configuration(
                actor, account_id=world.account.pk, thing=world.department
            ),
            administrator=True,
        ),
        "link_account": Row(
            lambda actor, world: actions.link_account(actor, account=world.account, person=world.spouse),
            administrator=True,
        ),
        "unlink_account": Row(
            lambda actor, world: actions.unlink_account(actor, account_id=world.account.pk, reason=""),
            administrator=True,
        ),
    },
)

test_permission, test_every_act_has_a_row = TABLE.tests()


def test_an_administrator_of_a_department_configures_their_own_only(permission_world, identities, administrator):
    own = administrator("department_admin", department_id=permission_world.department.pk)
    other = administrator("department_admin", department_id=identities.department("jz.other").pk)
    for act in ("change_department", "open_unit", "change_unit", "appoint", "end_post", "grant_configuration"):
        attempt = TABLE.rows[act].attempt
        from tests.plugins.permissions import is_denied

        assert is_denied(lambda attempt=attempt: attempt(other, permission_world)), act
        assert not is_denied(lambda attempt=attempt: attempt(own, permission_world)), act
    for act in ("open_department", "close_department", "retry_events", "link_account"):
        attempt = TABLE.rows[act].attempt
        assert is_denied(lambda attempt=attempt: attempt(own, permission_world)), act
