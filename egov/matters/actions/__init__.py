"""What was asked for as one whole is opened, followed and withdrawn here. Cases are carried by casework."""

from egov.matters.actions.changing import Correcting, correct_members
from egov.matters.actions.ending import withdraw_matter
from egov.matters.actions.following import (
    MOST_SAID,
    declare_done,
    follow_change,
    follow_decision,
    follow_outside,
    watch_outside,
)
from egov.matters.actions.joining import join_matter, revise_matter
from egov.matters.actions.opening import OpenedMatter, open_matter
from egov.matters.actions.taking_over import take_over
from egov.matters.actions.watching import urge, watch_promises
from egov.matters.whole import DECLARED, MemberSpec, OutsideSpec

__all__ = [
    "DECLARED",
    "MOST_SAID",
    "Correcting",
    "MemberSpec",
    "OpenedMatter",
    "OutsideSpec",
    "correct_members",
    "declare_done",
    "follow_change",
    "follow_decision",
    "follow_outside",
    "join_matter",
    "open_matter",
    "revise_matter",
    "take_over",
    "urge",
    "watch_outside",
    "watch_promises",
    "withdraw_matter",
]
