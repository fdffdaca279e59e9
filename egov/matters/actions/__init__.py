"""What was asked for as one whole is opened, followed and withdrawn here. Cases are carried by casework."""

from egov.matters.actions.changing import Correcting, correct_members
from egov.matters.actions.ending import withdraw_matter
from egov.matters.actions.following import follow_change, follow_decision
from egov.matters.actions.joining import join_matter, revise_matter
from egov.matters.actions.opening import OpenedMatter, open_matter
from egov.matters.actions.watching import urge, watch_promises
from egov.matters.whole import ORGANISATION, MemberSpec

__all__ = [
    "ORGANISATION",
    "Correcting",
    "MemberSpec",
    "OpenedMatter",
    "correct_members",
    "follow_change",
    "follow_decision",
    "join_matter",
    "open_matter",
    "revise_matter",
    "urge",
    "watch_promises",
    "withdraw_matter",
]
