"""Conditions of a definition: whatever they look at is asked, and what they wait for can be answered."""

import graphlib
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from egov.kernel.errors import FieldError
from egov.kernel.text import localise
from egov.law.rules import EvaluationError, check_expression, compared, names_in

# Code of a fault of a condition whose answer nobody can give. Its message names whose condition it is: the question
# that is missing may have been taken out elsewhere.
UNANSWERABLE = "unanswerable"
Asked = Mapping[str, Mapping[str, Any]]


def check_condition(path: str, expression: Any, asked: Asked, *, of: Any) -> Iterator[FieldError]:
    """Faults of a zen expression over the questions ``asked`` (key → schema). ``of``: whose it is, in words."""
    if not isinstance(expression, str):
        yield FieldError(path, "invalid", _("A condition is an expression."))
        return
    try:
        check_expression(expression)
    except EvaluationError as error:
        yield FieldError(path, "invalid", error.detail)
        return
    who = localise(of)
    for name in sorted(names_in(expression) - set(asked)):
        said = {"who": who, "name": name}
        yield FieldError(path, UNANSWERABLE, _("“%(who)s” depends on %(name)s, which is not asked.") % said)
    for each in dict.fromkeys(compared(expression)):
        if each.name in asked and not each.fits(asked[each.name]):
            said = {"who": who, "name": each.name, "value": each.said}
            message = _("“%(who)s” waits for the answer %(value)s, which nobody can give to %(name)s.")
            yield FieldError(path, UNANSWERABLE, message % said)


def circle(looks_at: Mapping[str, Iterable[str]]) -> list[str]:
    """Questions each of which is asked only when another of them is answered: nobody could begin. [] without any."""
    try:
        graphlib.TopologicalSorter(looks_at).prepare()
    except graphlib.CycleError as error:
        return list(dict.fromkeys(error.args[1]))
    return []
