"""Who reads whose notices, and who may send again what could not be delivered."""

from types import SimpleNamespace

import pytest

from egov.kernel import clock
from egov.kernel.actor import SYSTEM
from egov.kernel.errors import NotFound
from egov.kernel.refs import Ref
from egov.notices import actions
from egov.notices.models import Delivery, DeliveryState
from tests.plugins.permissions import PermissionTable, Row


@pytest.fixture
def permission_actors(payer, a_payer, agency, an_agency, acting_for, officer_of, administrator):
    return {
        "owner": acting_for(payer),
        "stranger": acting_for(a_payer("李四")),
        "officer": officer_of(agency, "reviewer"),
        "officer_elsewhere": officer_of(an_agency("望山区公安局"), "reviewer"),
        "administrator": administrator("platform_admin"),
    }


@pytest.fixture
def payer(a_payer):
    party = a_payer("王小明", email="wang@example.org")
    party.contacts.update(verified_at=clock.now())
    return party


@pytest.fixture
def permission_world(payer):
    (notice,) = actions.notify(
        SYSTEM, recipients=[payer.pk], key="k", kind="case_accepted", subject=Ref("case", "C1"), context={}
    )
    Delivery.objects.update(state=DeliveryState.DEAD)
    return SimpleNamespace(notice=notice, delivery=Delivery.objects.get())


def _read(actor, world):
    """Notices of others are left alone; whether one's own was among them is the answer."""
    if not actions.mark_read(actor, notice_ids=[world.notice.pk]):
        raise NotFound


TABLE = PermissionTable(
    "egov.notices",
    {
        "mark_read": Row(_read, owner=True),
        "retry_dead": Row(
            lambda actor, world: actions.retry_dead(actor, delivery_id=world.delivery.pk), administrator=True
        ),
    },
    internal={"notify": "told by events of what was done, after whoever did it was asked"},
)
test_permission, test_every_act_has_a_row = TABLE.tests()
