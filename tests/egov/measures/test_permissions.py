"""Figures are computed by the platform, or when a supervisor asks."""

import pytest

from egov.kernel import clock
from egov.kernel.actor import Actor, CapacityKind
from egov.measures import actions
from tests.plugins.permissions import PermissionTable, Row


@pytest.fixture
def permission_world():
    return None


@pytest.fixture
def permission_actors():
    return {
        "owner": Actor(kind=CapacityKind.SELF, capacity="self", party_id=1, on_behalf_of_id=1),
        "stranger": Actor(kind=CapacityKind.SELF, capacity="self", party_id=2, on_behalf_of_id=2),
        "officer": Actor(kind=CapacityKind.POST, capacity="p-1", roles=frozenset({"supervisor"})),
        "officer_elsewhere": Actor(kind=CapacityKind.POST, capacity="p-2", roles=frozenset({"reviewer"})),
        "administrator": Actor(kind=CapacityKind.POST, capacity="p-3", roles=frozenset({"platform_admin"})),
    }


TABLE = PermissionTable(
    "egov.measures",
    {
        "compute": Row(lambda a, _w: actions.compute(a, day=clock.today()), officer=True, administrator=True),
        "compute_due": Row(lambda a, _w: actions.compute_due(a), officer=True, administrator=True),
        "forget_old": Row(lambda a, _w: actions.forget_old(a)),
        "probe": Row(lambda a, _w: actions.probe(a)),
    },
)
test_permission, test_every_act_has_a_row = TABLE.tests()
