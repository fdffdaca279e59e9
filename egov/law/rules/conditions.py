"""Conditions in the zen expression language: checked before they are kept, compiled once, bounded in cost.

The engine runs native code that cannot be interrupted, so the bound stands before the evaluation: length of the
expression, number of closures, size and depth of the context. What passes takes microseconds; the worst allowed
case stays far below a tenth of a second.
"""

import functools
import re
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

import zen
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from egov.kernel.errors import EgovError
from egov.law.rules.comparisons import OWN, Compared, Schema, compared, compared_in_cell

MAX_LENGTH = 2000  # characters of an expression
MAX_CLOSURES = 2  # map, filter … over a list; two may be nested
MAX_ITEMS = 500  # elements of one list in the context
MAX_VALUES = 5000  # values in the whole context
MAX_DEPTH = 12
CACHE = 4096

_TEXTS = re.compile(r'"(?:[^"\\]|\\.)*"|\'(?:[^\'\\]|\\.)*\'|`(?:[^`\\]|\\.)*`', re.DOTALL)
_CLOSURE = re.compile(r"\b(?:all|some|none|one|count|filter|map|flatMap)\s*\(")
_CLOCK = re.compile(r"\b(?:d|date|time|duration)\s*\(\s*\)|\bnow\b|\brand\s*\(|\$root\b")
_ASSIGNMENT = re.compile(r"(?<![=!<>])=(?![=>])")


class EvaluationError(EgovError):
    """A condition or table could not be evaluated: it is wrong, too costly, or its input has the wrong type."""

    code = "evaluation_failed"
    status = 422
    message = _("A rule could not be evaluated.")

    def __init__(self, detail: str, *, expression: str = "") -> None:
        super().__init__()
        self.detail = detail
        self.expression = expression

    def __str__(self) -> str:
        return f"{self.detail}: {self.expression}" if self.expression else self.detail


class ImpossibleAnswer(EvaluationError):
    """A condition waits for an answer of another type, or one that is not offered: it would never hold."""


def check_expression(expression: str) -> None:
    """Raise ``EvaluationError`` unless ``expression`` may be kept and evaluated.

    Refused: bad syntax, too long, more than two closures, closures over a literal range (a short text, a million
    steps), assignment, and everything that reads a clock or chance: the same facts give the same answer.
    """
    _compiled(expression)


def check_cell(cell: str, name: str, inputs: Mapping[str, Schema]) -> None:
    """Raise ``EvaluationError`` unless ``cell`` says what must hold of the input ``name``: ``>= 300``, ``"sale"``.

    It may look at the other ``inputs`` too. The engine takes a cell that cannot be read for one that fits nothing, and a
    word without quotation marks for an input that is missing: both would be silent, as is an answer that the input
    cannot have (``ImpossibleAnswer``).
    """
    if len(cell) > MAX_LENGTH:
        raise EvaluationError(f"longer than {MAX_LENGTH} characters", expression=cell[:80])
    refuse_costly(cell)
    try:
        zen.compile_unary_expression(cell)
    except (KeyboardInterrupt, SystemExit):
        raise
    except BaseException as error:  # the engine's panics are no Exception
        raise EvaluationError(_reason(error), expression=cell) from None
    _check_names(cell, inputs)
    _check_answers(cell, compared_in_cell(cell), {**inputs, OWN: inputs[name]}, own=name)


def check_over(expression: str, inputs: Mapping[str, Schema]) -> None:
    """Raise ``EvaluationError`` when ``expression`` is wrong or looks at anything but ``inputs``, ``ImpossibleAnswer``
    when it compares one with what it cannot be."""
    check_expression(expression)
    _check_names(expression, inputs)
    _check_answers(expression, compared(expression), inputs)


def _check_names(expression: str, names: Iterable[str]) -> None:
    unknown = sorted(names_in(expression) - set(names))
    if unknown:
        raise EvaluationError(
            f"{', '.join(unknown)}: no input; a text stands between quotation marks", expression=expression
        )


def _check_answers(expression: str, found: Iterable[Compared], inputs: Mapping[str, Schema], *, own: str = "") -> None:
    for each in found:
        if each.name in inputs and not each.fits(inputs[each.name]):
            words = {"name": own if each.name == OWN else each.name, "value": each.said}
            raise ImpossibleAnswer(gettext("%(name)s can never be %(value)s.") % words, expression=expression)


def evaluate(expression: str, context: Mapping[str, Any]) -> Any:
    """The value of ``expression`` over ``context`` (names → JSON values). A name that is missing is null.

    Numbers come back as float. Raises ``EvaluationError``; comparing null with a number is one.
    """
    compiled = _compiled(expression)
    try:
        return compiled.evaluate(bounded(context))
    except (KeyboardInterrupt, SystemExit):
        raise
    except BaseException as error:  # the engine's panics are no Exception
        raise EvaluationError(_reason(error), expression=expression) from None


def holds(expression: str, context: Mapping[str, Any]) -> bool:
    """Whether the condition is true. Missing answers that cannot be compared make it not hold.

    Raises ``EvaluationError`` when the expression itself is wrong or gives something else than true, false or null.
    """
    compiled = _compiled(expression)
    facts = bounded(context)
    try:
        value = compiled.evaluate(facts)
    except (KeyboardInterrupt, SystemExit):
        raise
    except BaseException as error:
        if missing_names(expression, context):
            return False
        raise EvaluationError(_reason(error), expression=expression) from None
    if value is None or isinstance(value, bool):
        return bool(value)
    raise EvaluationError("gives neither true nor false", expression=expression)


def missing_names(expression: str, context: Mapping[str, Any]) -> list[str]:
    """Names in the expression that the context lacks or holds as null, as far as they can be told from the text."""
    return sorted(name for name in names_in(expression) if context.get(name) is None)


def names_in(expression: str) -> frozenset[str]:
    """The names an expression may look at; texts between quotes and functions left out."""
    return frozenset(_NAME.findall(_TEXTS.sub(" ", expression))) - _WORDS


_NAME = re.compile(r"(?<![\w.$#])([a-zA-Z_]\w*)(?!\w*\s*\()")
_WORDS = frozenset({"and", "or", "not", "in", "true", "false", "null"})


@functools.lru_cache(maxsize=CACHE)
def _compiled(expression: str) -> Any:
    if not str(expression or "").strip():
        raise EvaluationError("an expression is needed")
    if len(expression) > MAX_LENGTH:
        raise EvaluationError(f"longer than {MAX_LENGTH} characters", expression=expression[:80])
    refuse_costly(expression)
    try:
        return zen.compile_expression(expression)
    except (KeyboardInterrupt, SystemExit):
        raise
    except BaseException as error:
        raise EvaluationError(_reason(error), expression=expression) from None


def refuse_costly(expression: str) -> None:
    """Raise ``EvaluationError`` for constructs that cost without bound or depend on more than their input."""
    bare = _TEXTS.sub('""', expression)
    closures = len(_CLOSURE.findall(bare))
    if closures > MAX_CLOSURES:
        raise EvaluationError(f"more than {MAX_CLOSURES} closures", expression=expression)
    if closures and ".." in bare:
        raise EvaluationError("a closure over a range", expression=expression)
    if _CLOCK.search(bare):
        raise EvaluationError("a clock, chance or the whole context is no input of a rule", expression=expression)
    if _ASSIGNMENT.search(bare):
        raise EvaluationError("an assignment; compare with ==", expression=expression)
    if "`" in expression:
        raise EvaluationError("a template text", expression=expression)


def bounded(context: Mapping[str, Any]) -> dict[str, Any]:
    """A copy of ``context`` with plain JSON values only. Raises ``EvaluationError`` when it is too large or too deep."""
    budget = [MAX_VALUES]
    return {str(name): _plain(value, budget, 1) for name, value in context.items()}


def _plain(value: Any, budget: list[int], depth: int) -> Any:
    budget[0] -= 1
    if budget[0] < 0 or depth > MAX_DEPTH:
        raise EvaluationError("the facts are too large for a rule")
    if value is None or isinstance(value, str | bool | int | float):
        return value
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, Mapping):
        return {str(name): _plain(each, budget, depth + 1) for name, each in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        if len(value) > MAX_ITEMS:
            raise EvaluationError("the facts are too large for a rule")
        return [_plain(each, budget, depth + 1) for each in value]
    return str(value)  # dates and lazy texts


def _reason(error: BaseException) -> str:
    """The engine's own words, without its stack."""
    first = str(error).partition("\n")[0].strip()
    found = re.search(r'"source":"((?:[^"\\]|\\.)*)"', first)
    return found.group(1) if found else first[:200] or type(error).__name__
