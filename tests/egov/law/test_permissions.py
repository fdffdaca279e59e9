"""Who may write the law."""

import datetime as dt
from types import SimpleNamespace

import pytest

from egov.kernel.actor import Actor, CapacityKind
from egov.law import actions, files
from tests.plugins.permissions import PermissionTable, Row


@pytest.fixture
def permission_actors():
    return {
        "owner": Actor(kind=CapacityKind.SELF, capacity="self", party_id=1, on_behalf_of_id=1),
        "stranger": Actor(kind=CapacityKind.SELF, capacity="self", party_id=2, on_behalf_of_id=2),
        "officer": Actor(kind=CapacityKind.POST, capacity="p-1", roles=frozenset({"reviewer", "department_head"})),
        "officer_elsewhere": Actor(kind=CapacityKind.POST, capacity="p-2", roles=frozenset({"department_admin"})),
        "administrator": Actor(kind=CapacityKind.POST, capacity="p-3", roles=frozenset({"platform_admin"})),
    }


@pytest.fixture
def permission_world(law):
    return SimpleNamespace()


TABLE = PermissionTable(
    "egov.law",
    {
        "load_law": Row(lambda actor, _world: actions.load_law(actor), administrator=True),
        "load_content": Row(
            lambda actor, _world: actions.load_content(actor, content=files.LawFiles([], [], [], [])),
            administrator=True,
        ),
        "publish_procedure": Row(
            lambda actor, _world: actions.publish_procedure(actor, key="foi", version=1), administrator=True
        ),
        "publish_table": Row(
            lambda actor, _world: actions.publish_table(actor, key="cn.unemployment-benefit", version=1),
            administrator=True,
        ),
        "draft_table": Row(
            lambda actor, _world: actions.draft_table(
                actor, key="t", name={"en": "T"}, model={"rules": []}, inputs={}, tests=[]
            ),
            administrator=True,
        ),
        "edit_table": Row(
            lambda actor, _world: actions.edit_table(
                actor, key="cn.unemployment-benefit", version=1, model={"rules": []}, tests=[]
            ),
            administrator=True,
        ),
        "set_parameter": Row(
            lambda actor, _world: actions.set_parameter(
                actor, key="p", value=1, valid_from=dt.date(2026, 1, 1), instrument="cn.licensing-law"
            ),
            administrator=True,
        ),
    },
    internal={"cite": "called by the room that decides, in its own transaction"},
)
test_permission, test_every_act_has_a_row = TABLE.tests()
