"""Who may keep the books of the funds."""

from decimal import Decimal
from types import SimpleNamespace

import pytest

from egov.kernel.actor import SYSTEM
from egov.kernel.refs import Ref
from egov.ledger import actions
from tests.plugins.permissions import PermissionTable, Row

SUBJECT = Ref("case", "C1")


@pytest.fixture
def permission_actors(payer, a_payer, agency, an_agency, acting_for, officer_of, administrator):
    return {
        "owner": acting_for(payer),
        "stranger": acting_for(a_payer("李四")),
        "officer": officer_of(agency, "cashier"),
        "officer_elsewhere": officer_of(an_agency("望山区公安局"), "reviewer"),
        "administrator": administrator("platform_admin"),
    }


@pytest.fixture
def permission_world(agency):
    actions.open_fund(SYSTEM, key="relief", name={"en": "Relief"}, owner_id=agency.pk)
    actions.deposit(SYSTEM, fund="relief", amount=Decimal(100), memo="", subject=SUBJECT)
    actions.open_fund(SYSTEM, key="empty", name={"en": "Empty"}, owner_id=agency.pk)

    def promised():
        return actions.reserve(SYSTEM, fund="relief", amount=Decimal(5), subject=SUBJECT).pk

    return SimpleNamespace(agency=agency, promised=promised)


def _post(actor, _world):
    return actions.post(actor, postings=[(actions.BANK, 100), ("fund:relief", -100)], memo="", subject=SUBJECT)


TABLE = PermissionTable(
    "egov.ledger",
    {
        "open_fund": Row(
            lambda actor, world: actions.open_fund(actor, key="new", name={"en": "New"}, owner_id=world.agency.pk),
            officer=True,
        ),
        "close_fund": Row(lambda actor, _world: actions.close_fund(actor, fund="empty"), officer=True),
        "deposit": Row(
            lambda actor, _world: actions.deposit(actor, fund="relief", amount=Decimal(1), memo="", subject=SUBJECT),
            officer=True,
        ),
        "post": Row(_post, officer=True),
        # Whoever decides on a benefit promises the money; the decision asked who may.
        "reserve": Row(
            lambda actor, _world: actions.reserve(actor, fund="relief", amount=Decimal(1), subject=SUBJECT),
            officer=True,
            officer_elsewhere=True,
            administrator=True,
        ),
        "release": Row(lambda actor, world: actions.release(actor, reservation_id=world.promised()), officer=True),
        "use": Row(lambda actor, world: actions.use(actor, reservation_id=world.promised(), memo=""), officer=True),
    },
)
test_permission, test_every_act_has_a_row = TABLE.tests()
