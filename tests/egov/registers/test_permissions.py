"""Who may do what with facts, consents and corrections."""

import datetime as dt
from types import SimpleNamespace

import pytest

from egov.kernel.actor import SYSTEM
from egov.kernel.errors import NotPermitted
from egov.kernel.refs import Ref
from egov.registers import actions
from egov.registers.actions import ConsentSpec
from egov.registers.models import Register
from tests.plugins.permissions import PermissionTable, Row

SUBJECT = Ref("matter", "M1")


@pytest.fixture
def permission_world(identities):
    """A resident, the department that keeps the population register, a consent and a correction of the resident's."""
    actions.load_elements(SYSTEM)
    owner = identities.person("林晓雯")
    keeper = identities.department("jz.police")
    Register.objects.filter(key="population").update(keeper=keeper)
    acting = identities.resident(owner)
    consent = actions.give_consent(
        acting, recipient_id=keeper.pk, elements=["person.name"], purpose={}, subject=Ref("matter", "M0")
    )
    correction = actions.ask_fact_correction(acting, party_id=owner.pk, element="person.name", proposed="林晓文")
    return SimpleNamespace(owner=owner, acting=acting, keeper=keeper, consent=consent, correction=correction)


@pytest.fixture
def permission_actors(permission_world, identities, administrator):
    return {
        "owner": permission_world.acting,
        "stranger": identities.resident(),
        "officer": identities.officer("records", unit=identities.unit(permission_world.keeper)),
        "officer_elsewhere": identities.officer("records"),
        "administrator": administrator("platform_admin"),
    }


TABLE = PermissionTable(
    "egov.registers",
    {
        "add_element": Row(
            lambda actor, _world: actions.add_element(
                actor,
                key="shop.colour",
                name={"zh-Hans": "颜色", "en": "Colour"},
                meaning={},
                schema={"type": "string"},
            ),
            administrator=True,
        ),
        "give_consent": Row(
            lambda actor, world: actions.give_consent(
                actor,
                party_id=world.owner.pk,
                recipient_id=world.keeper.pk,
                elements=["person.name"],
                purpose={},
                subject=SUBJECT,
            ),
            owner=True,
        ),
        "give_consents": Row(
            lambda actor, world: actions.give_consents(
                actor,
                party_id=world.owner.pk,
                subject=SUBJECT,
                consents=[ConsentSpec(world.keeper.pk, ["person.name"], {})],
            ),
            owner=True,
        ),
        "give_first_consents": Row(
            lambda actor, world: actions.give_first_consents(
                actor,
                party_id=world.owner.pk,
                subject=Ref("matter", "M9"),
                consents=[ConsentSpec(world.keeper.pk, ["id_card"], {})],
            ),
            owner=True,
        ),
        "revoke_consent": Row(
            lambda actor, world: actions.revoke_consent(actor, consent_id=world.consent.pk), owner=True
        ),
        "ask_fact_correction": Row(
            lambda actor, world: actions.ask_fact_correction(
                actor, party_id=world.owner.pk, element="person.address", proposed="二路"
            ),
            owner=True,
        ),
        "answer_fact_correction": Row(
            lambda actor, world: actions.answer_fact_correction(
                actor, reference=world.correction.reference, accepted=True, answer=""
            ),
            officer=True,
        ),
        "set_keeper": Row(
            lambda actor, world: actions.set_keeper(actor, register="tax", department_id=world.keeper.pk),
            administrator=True,
        ),
        "load_elements": Row(lambda actor, world: actions.load_elements(actor), administrator=True),
        "add_elements": Row(
            lambda actor, world: actions.add_elements(
                actor, registers={}, elements={"shop.seats": {"name": {"zh-Hans": "座位数", "en": "Seats"}}}
            ),
            administrator=True,
        ),
    },
    internal={
        "hold": "an effect of a decision, in the deciding transaction",
        "end_holding": "an effect of a decision or a revocation, in its transaction",
        "end_holdings": "an effect of a decision, in its transaction",
    },
)

test_permission, test_every_act_has_a_row = TABLE.tests()


def test_a_register_without_a_keeper_is_answered_by_the_platform(permission_world, permission_actors):
    Register.objects.filter(key="population").update(keeper=None)

    reference = permission_world.correction.reference
    with pytest.raises(NotPermitted):
        actions.answer_fact_correction(permission_actors["officer"], reference=reference, accepted=True, answer="")
    answered = actions.answer_fact_correction(
        permission_actors["administrator"], reference=reference, accepted=False, answer="The register is right."
    )
    assert answered.answered_at.date() >= dt.date(2026, 1, 1)
