"""Leave is granted by the decision on a request, never by itself."""

from typing import Any

import pytest

from tests.plugins.permissions import PermissionTable

TABLE = PermissionTable(
    "g2e.administration", {}, internal={"grant_leave": "an effect of a decision; who may decide was asked by casework"}
)


@pytest.fixture
def permission_world() -> None:
    return None


@pytest.fixture
def permission_actors() -> dict[str, Any]:
    return {}


_without_rows, test_every_act_has_a_row = TABLE.tests()
