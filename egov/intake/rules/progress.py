"""How much is still to do, in minutes people can plan with."""

import math
from collections.abc import Mapping
from typing import Any

from egov.intake.rules.answers import is_empty
from egov.intake.rules.form import Form, Question
from egov.intake.rules.validation import Checked

# Seconds that a question of each kind takes on a phone; text fields by what they hold.
_SECONDS = {
    "radio": 8,
    "select": 10,
    "checkbox": 6,
    "checkboxes": 12,
    "date": 15,
    "textarea": 60,
    "file": 60,
    "group": 60,
}
_OTHER = 20
_CHECKING = 60  # reading the answers once more


def minutes_left(form: Form, checked: Checked, *, sources: Mapping[str, Any]) -> int:
    """At least 1. Counts the questions shown, not answered and not known from a register."""
    seconds = sum(
        _SECONDS.get(question.widget, _OTHER)
        for question in form.questions
        if question.key in checked.visible and _is_open(question, checked, sources)
    )
    return max(math.ceil((seconds + _CHECKING) / 60), 1)


def _is_open(question: Question, checked: Checked, sources: Mapping[str, Any]) -> bool:
    if question.key in sources:
        return False
    value = checked.answers.get(question.key)
    return is_empty(value) or value is False
