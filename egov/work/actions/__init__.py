"""Writes of the to-do list: items, plans, cover for absence, escalation."""

from egov.work.actions.covers import end_cover, set_cover
from egov.work.actions.escalation import escalate_overdue, urge
from egov.work.actions.items import (
    assign,
    cancel_for,
    cancel_items,
    claim,
    claim_next,
    complete,
    delegate,
    give_back,
    move_to_unit,
    open_item,
    open_items,
    pass_on,
    pause_for,
    release_ended_posts,
    release_post,
    reschedule_for,
    resume_for,
    settle_items,
    take_over,
)
from egov.work.actions.plans import inform_plans, start_plan

__all__ = [
    "assign",
    "cancel_for",
    "cancel_items",
    "claim",
    "claim_next",
    "complete",
    "delegate",
    "end_cover",
    "escalate_overdue",
    "give_back",
    "inform_plans",
    "move_to_unit",
    "open_item",
    "open_items",
    "pass_on",
    "pause_for",
    "release_ended_posts",
    "release_post",
    "reschedule_for",
    "resume_for",
    "set_cover",
    "settle_items",
    "start_plan",
    "take_over",
    "urge",
]
