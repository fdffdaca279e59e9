"""A department that granted the use of its data may end it; nobody else may."""

import datetime as dt
from types import SimpleNamespace
from typing import Any

import pytest

from egov.kernel import clock
from egov.kernel.actor import SYSTEM
from g2g.exchange import actions
from tests.plugins.casework import Casework
from tests.plugins.permissions import PermissionTable, Row

TABLE = PermissionTable(
    "g2g.exchange",
    {
        # The department of the officer granted; that of the officer elsewhere received.
        "revoke_sharing": Row(
            lambda actor, world: actions.revoke_sharing(actor, grant_id=world.grant, reason="x"), officer=True
        ),
    },
    internal={"grant_sharing": "an effect of a decision; who may decide was asked by casework"},
)


@pytest.fixture
def permission_world(casework: Casework) -> Any:
    grant = actions.grant_sharing(
        SYSTEM,
        case="JZ-C-261124-00001-XX",
        recipient_id=casework.elsewhere.department_id,
        granted_by_id=casework.department.pk,
        data_set="population",
        elements="name",
        purpose="checking addresses",
        legal_basis="cn.data-sharing-regulation",
        mode="query",
        valid_to=clock.today() + dt.timedelta(days=30),
    )
    return SimpleNamespace(grant=grant.pk)


@pytest.fixture
def permission_actors(casework: Casework, administrator: Any) -> dict[str, Any]:
    return {
        "owner": casework.applicant,
        "stranger": casework.stranger,
        "officer": casework.reviewer,
        "officer_elsewhere": casework.adviser,
        "administrator": administrator(),
    }


test_permission, test_every_act_has_a_row = TABLE.tests()
