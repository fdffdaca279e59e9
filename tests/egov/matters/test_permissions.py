"""Who may do what with a matter."""

from types import SimpleNamespace

import pytest

from egov.intake import actions as intake
from egov.matters import actions
from tests.plugins.permissions import PermissionTable, Row


@pytest.fixture
def permission_world(services, a_draft, identities):
    services.publish()
    owner = identities.resident(identities.person("林晓雯", region=identities.region()))
    filed = intake.submit(owner, draft=a_draft(owner).reference, key="filed")
    return SimpleNamespace(owner=owner, unit=services.unit, matter=filed.matter)


@pytest.fixture
def permission_actors(permission_world, identities):
    return {
        "owner": permission_world.owner,
        "stranger": identities.resident(identities.person("外人")),
        "officer": identities.officer("clerk", unit=permission_world.unit),
        "officer_elsewhere": identities.officer("clerk"),
        "administrator": identities.officer("platform_admin"),
    }


TABLE = PermissionTable(
    "egov.matters",
    {
        "withdraw_matter": Row(
            lambda actor, world: actions.withdraw_matter(actor, matter=world.matter, reason="不办了"), owner=True
        ),
    },
    internal={"open_matter": "called by intake, which asked already"},
)
test_permission, test_every_act_has_a_row = TABLE.tests()
