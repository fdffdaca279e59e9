"""Recording asks nobody, because every act records itself; keys are changed by the platform's administrators."""

import pytest

from egov.journal import actions
from egov.kernel.actor import ANONYMOUS, Actor, CapacityKind
from tests.plugins.permissions import PermissionTable, Row


@pytest.fixture
def permission_world(journal_key):
    return journal_key


@pytest.fixture
def permission_actors():
    def officer(*roles):
        return Actor(kind=CapacityKind.POST, capacity="p-1", department_id=1, roles=frozenset(roles))

    return {
        "owner": Actor(kind=CapacityKind.SELF, capacity="self", party_id=1, on_behalf_of_id=1),
        "stranger": ANONYMOUS,
        "officer": officer("department_head", "department_admin"),
        "officer_elsewhere": officer("supervisor"),
        "administrator": officer("platform_admin"),
    }


RECORDING = "called inside the act or the look that it records"

TABLE = PermissionTable(
    "egov.journal",
    {"rotate_key": Row(lambda actor, _world: actions.rotate_key(actor), administrator=True)},
    internal=dict.fromkeys(("record", "record_all", "record_view", "record_list"), RECORDING),
)

test_permission, test_every_act_has_a_row = TABLE.tests()
