"""Who may do what with an item of the to-do list and with the cover of an absent colleague."""

import datetime as dt
from typing import Any

import pytest

from egov.kernel import clock
from egov.work import actions
from tests.plugins.casework import Casework
from tests.plugins.permissions import PermissionTable, Row


class World:
    """Items as the rows need them, made when first asked for."""

    def __init__(self, casework: Casework) -> None:
        self.casework = casework

    @property
    def waiting(self) -> int:
        return int(self.casework.item(self.casework.accepted(), "review").pk)

    @property
    def held(self) -> int:
        """In the hands of the officer of the table."""
        case = self.casework.accepted()
        return int(self.casework.claim(case, self.casework.reviewer, "review").pk)

    @property
    def colleague(self) -> int:
        assert self.casework.second.post_id
        return self.casework.second.post_id

    def away(self) -> dict[str, Any]:
        """The officer of the table is away."""
        today = clock.today()
        return {
            "absent_post_id": self.casework.reviewer.post_id,
            "deputy_post_id": self.colleague,
            "valid_from": today,
            "valid_to": today + dt.timedelta(days=3),
        }

    @property
    def cover(self) -> int:
        return actions.set_cover(self.casework.reviewer, **self.away()).pk


TABLE = PermissionTable(
    "egov.work",
    {
        "claim": Row(lambda actor, world: actions.claim(actor, item_id=world.waiting), officer=True),
        # Every post may ask for the next item of its own unit; there may be none.
        "claim_next": Row(
            lambda actor, world: actions.claim_next(actor), officer=True, officer_elsewhere=True, administrator=True
        ),
        # Who leads the unit assigns; the officer of this table is a reviewer.
        "assign": Row(lambda actor, world: actions.assign(actor, item_id=world.waiting, post_id=world.colleague)),
        "delegate": Row(
            lambda actor, world: actions.delegate(actor, item_id=world.held, post_id=world.colleague), officer=True
        ),
        "pass_on": Row(
            lambda actor, world: actions.pass_on(actor, item_id=world.held, post_id=world.colleague), officer=True
        ),
        "give_back": Row(lambda actor, world: actions.give_back(actor, item_id=world.held), officer=True),
        "complete": Row(lambda actor, world: actions.complete(actor, item_id=world.held), officer=True),
        "set_cover": Row(lambda actor, world: actions.set_cover(actor, **world.away()), officer=True),
        "end_cover": Row(lambda actor, world: actions.end_cover(actor, cover_id=world.cover), officer=True),
    },
    internal={
        "open_item": "a part of an act of the subject's room, which asked already",
        "open_items": "a part of an act of the subject's room, which asked already",
        "start_plan": "a part of an act of the subject's room, which asked already",
        "inform_plans": "a part of an act of the subject's room, which asked already",
        "urge": "a part of an act of the room that leads the whole, which asked already",
        "settle_items": "a part of an act of the subject's room, which asked already",
        "pause_for": "a part of an act of the subject's room, which asked already",
        "resume_for": "a part of an act of the subject's room, which asked already",
        "reschedule_for": "a part of an act of the subject's room, which asked already",
        "cancel_for": "a part of an act of the subject's room, which asked already",
        "cancel_items": "a part of an act of the subject's room, which asked already",
        "move_to_unit": "a part of an act of the subject's room, which asked already",
        "take_over": "follows the closing of a unit, which identity asked about",
        "release_post": "follows the end of a post, which identity asked about",
        "release_ended_posts": "a task of the clock",
        "escalate_overdue": "a task of the clock",
    },
)


@pytest.fixture
def permission_world(casework: Casework) -> World:
    return World(casework)


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


@pytest.mark.parametrize("leader", ["head", "director"])
@pytest.mark.django_db
def test_who_leads_the_unit_assigns_passes_on_and_covers_for_others(casework: Casework, leader: str) -> None:
    actor, world = getattr(casework, leader), World(casework)
    assert actions.assign(actor, item_id=world.waiting, post_id=world.colleague).assignee_id == world.colleague
    assert actions.pass_on(actor, item_id=world.held, post_id=world.colleague).assignee_id == world.colleague
    assert actions.give_back(actor, item_id=world.held).assignee_id is None
    assert actions.set_cover(actor, **world.away()).deputy_id == world.colleague
