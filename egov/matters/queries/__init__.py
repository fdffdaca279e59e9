"""Matters as people follow them: lists, one timeline with the departments as lanes."""

from egov.matters.promises import Promise
from egov.matters.queries.board import (
    STANDINGS,
    BoardFilters,
    BoardLine,
    Holder,
    HoldUp,
    board,
    board_lines,
    events_led,
    hold_ups,
    leads,
    led_matter,
    led_matters,
)
from egov.matters.queries.lists import (
    AnswerTime,
    MatterLine,
    answer_time,
    find,
    lines_of,
    matters_of,
    visible_matters,
    waiting_for_applicant,
    words_behind,
)
from egov.matters.queries.revised import Reconsidered, Revised, event_of, lacking_of, revised
from egov.matters.queries.timeline import Lane, Timeline, timeline
from egov.matters.queries.undoing import going_with, taken_back

__all__ = [
    "STANDINGS",
    "AnswerTime",
    "BoardFilters",
    "BoardLine",
    "HoldUp",
    "Holder",
    "Lane",
    "MatterLine",
    "Promise",
    "Reconsidered",
    "Revised",
    "Timeline",
    "answer_time",
    "board",
    "board_lines",
    "event_of",
    "events_led",
    "find",
    "going_with",
    "hold_ups",
    "lacking_of",
    "leads",
    "led_matter",
    "led_matters",
    "lines_of",
    "matters_of",
    "revised",
    "taken_back",
    "timeline",
    "visible_matters",
    "waiting_for_applicant",
    "words_behind",
]
