"""Matters as people follow them: lists, one timeline with the departments as lanes."""

from egov.matters.queries.lists import (
    AnswerTime,
    MatterLine,
    answer_time,
    find,
    lines_of,
    matters_of,
    visible_matters,
    waiting_for_applicant,
)
from egov.matters.queries.timeline import Lane, Promise, Timeline, timeline

__all__ = [
    "AnswerTime",
    "Lane",
    "MatterLine",
    "Promise",
    "Timeline",
    "answer_time",
    "find",
    "lines_of",
    "matters_of",
    "timeline",
    "visible_matters",
    "waiting_for_applicant",
]
