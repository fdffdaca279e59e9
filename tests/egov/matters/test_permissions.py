"""Who may do what with a matter."""

from types import SimpleNamespace

import pytest

from egov.intake import actions as intake
from egov.matters import actions
from egov.matters.models import Matter, Member
from tests.plugins.permissions import PermissionTable, Row


@pytest.fixture
def permission_world(services, a_draft, identities):
    services.publish()
    owner = identities.resident(identities.person("林晓雯", region=identities.region()))
    filed = intake.submit(owner, draft=a_draft(owner).reference, key="filed")
    matter = Matter.objects.get(reference=filed.matter)
    matter.lead_id, matter.lead_unit_id = services.unit.department_id, services.unit.pk
    matter.save()
    member = matter.members.get().key
    outside = services.publish("AA02", plan=None)
    led = Matter.objects.get(
        reference=intake.submit_direct(
            owner, service="CL02", region="990102", answers={"reason": "expired", "name": "甲"}, key="led"
        ).matter
    )
    Member.objects.create(matter=led, key="AA02", service=outside.service, by="employer")
    return SimpleNamespace(owner=owner, unit=services.unit, matter=filed.matter, member=member, led=led.reference)


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
        "correct_members": Row(
            lambda actor, world: actions.correct_members(
                actor,
                matter=world.matter,
                corrections=[actions.Correcting(world.member, {"name": "林小雯"})],
                reason="写错了",
            ),
            owner=True,
        ),
        "declare_done": Row(
            lambda actor, world: actions.declare_done(actor, matter=world.led, member="AA02", text="已停保"), owner=True
        ),
        "urge": Row(
            lambda actor, world: actions.urge(actor, matter=world.matter, member=world.member, note="请加快"),
            officer=True,  # of the department that leads it
        ),
    },
    internal={
        "watch_outside": "a task of every half hour",
        "open_matter": "called by intake, which asked already",
        "join_matter": "called by intake, which asked already",
        "revise_matter": "called by intake, which asked already",
        "take_over": "follows the closing of a unit, which identity asked about",
        "watch_promises": "a task of every half hour",
    },
)
test_permission, test_every_act_has_a_row = TABLE.tests()
