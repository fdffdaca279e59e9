"""Who may change calendars; clocks are moved by the rooms that own the subject, which asked already."""

import datetime as dt
from types import SimpleNamespace

import pytest

from egov.deadlines import actions
from egov.deadlines.actions import Day
from tests.plugins.permissions import PermissionTable, Row

DAY = dt.date(2026, 12, 10)


@pytest.fixture
def permission_world(calendar, identities):
    return SimpleNamespace(department=identities.department())


@pytest.fixture
def permission_actors(permission_world, identities, administrator):
    return {
        "owner": identities.resident(),
        "stranger": identities.resident(),
        "officer": identities.officer("department_head", unit=identities.unit(permission_world.department)),
        "officer_elsewhere": identities.officer("department_head"),
        "administrator": administrator("platform_admin"),
    }


CALLED_BY_OWNER = "called inside the act of the room that owns the subject, which asked already"

TABLE = PermissionTable(
    "egov.deadlines",
    {
        "set_day": Row(
            lambda actor, world: actions.set_day(actor, calendar="default", day=DAY, is_working=False),
            administrator=True,
        ),
        "load_days": Row(
            lambda actor, world: actions.load_days(actor, calendar="default", days=[Day(DAY, False)]),
            administrator=True,
        ),
        "open_calendar": Row(
            lambda actor, world: actions.open_calendar(actor, key="own", name={}, department_ids=[world.department.pk]),
            administrator=True,
        ),
    },
    internal={
        **dict.fromkeys(("start_clocks", "pause", "resume", "extend", "stop"), CALLED_BY_OWNER),
        "mark_missed": "called by the clock",
    },
)

test_permission, test_every_act_has_a_row = TABLE.tests()
