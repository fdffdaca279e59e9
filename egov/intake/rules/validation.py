"""Is this form filled in rightly? The same answer for a page, the API and an import."""

import datetime as dt
import operator
from collections.abc import Callable, Collection, Container, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError

from egov.intake.rules import formats, messages
from egov.intake.rules.answers import BIGGEST_NUMBER, Answers, is_empty, read
from egov.intake.rules.form import Form, Question
from egov.intake.rules.merging import MergedForm, Part
from egov.kernel.errors import FieldError
from egov.law import queries as law

TODAY = "today"
# A limit names "today" or another day of the form. Days are read as ISO 8601, whose order is theirs.
_DAY_LIMITS: tuple[tuple[str, Callable[[str, str], bool]], ...] = (
    ("x-not-before", operator.lt),
    ("x-not-after", operator.gt),
)
Files = Mapping[str, Sequence[str]]  # material -> references of the files attached


@dataclass(frozen=True)
class Checked:
    """``answers``: normalised, without those of hidden questions; what is submitted when there are no faults."""

    answers: Answers
    faults: tuple[FieldError, ...]
    visible: frozenset[str]
    required: frozenset[str]
    parts: Mapping[str, "Checked"] = field(default_factory=dict)  # of a merged form, by member

    def of(self, member: str) -> "Checked":
        """One member's part under the keys of its own form; a form that stands alone is its own part."""
        return self.parts.get(member, self)

    def faults_on(self, keys: Collection[str]) -> tuple[FieldError, ...]:
        """The faults of some questions: those of one page."""
        return tuple(fault for fault in self.faults if fault.path.split("/")[0] in keys)


def validate(
    form: Form,
    answers: Mapping[str, Any],
    *,
    partial: bool = False,
    files: Files | None = None,
    known: Mapping[str, Container[str]] | None = None,
    today: dt.date | None = None,
) -> list[FieldError]:
    """The faults of ``answers``, in the order of the form. ``partial``: missing answers are none."""
    faults = check(form, answers, files=files, known=known, today=today).faults
    return [fault for fault in faults if not (partial and fault.code == "required")]


def check(
    form: Form,
    answers: Mapping[str, Any],
    *,
    files: Files | None = None,
    known: Mapping[str, Container[str]] | None = None,
    today: dt.date | None = None,
) -> Checked:
    """Normalise, decide what is asked, and find every fault. Messages are in the active language.

    ``known`` gives the codes that exist for widgets whose choices are rows ("region": codes); ``today`` is the day that
    "x-not-before" and "x-not-after" call so.
    """
    if isinstance(form, MergedForm):
        return _check_parts(form, answers, files=files or {}, known=known, today=today)
    files = files or {}
    visible, read_answers = _visible(form, answers)
    context = condition_context(form, read_answers)
    required = frozenset(
        key
        for key in visible
        if form.by_key[key].required or holds(form.by_key[key].required_when, context, default=False)
    )
    days = {**context, TODAY: today.isoformat() if today else None}
    kept: Answers = {}
    faults: list[FieldError] = unknown_keys(form, answers)
    schema_faults = _schema_faults(form, read_answers)
    for question in form.questions:
        key = question.key
        if key not in visible:
            continue
        value = _value(question, read_answers, files)
        if not is_empty(value):
            kept[key] = value
        if key in schema_faults:
            faults += schema_faults[key]
        elif is_empty(value):
            faults += [messages.missing(question)] if key in required else []
        else:
            faults += _further(question, value, days, known or {})
    return Checked(kept, tuple(faults), frozenset(visible), required)


def _check_parts(
    form: MergedForm,
    answers: Mapping[str, Any],
    *,
    files: Files,
    known: Mapping[str, Container[str]] | None,
    today: dt.date | None,
) -> Checked:
    """Every part by its own form; a question is asked when one part asks it, and a fault is told once."""
    kept: Answers = {}
    faults: dict[tuple[str, str], FieldError] = {
        (fault.path, fault.code): fault for fault in unknown_keys(form, answers)
    }
    visible: set[str] = set()
    required: set[str] = set()
    parts = {part.member: check_part(part, answers, files=files, known=known, today=today) for part in form.parts}
    for part in form.parts:
        checked = parts[part.member]
        visible |= {part.names[key] for key in checked.visible & part.names.keys()}
        required |= {part.names[key] for key in checked.required & part.names.keys()}
        kept |= {part.names[key]: value for key, value in checked.answers.items() if part.names[key] not in kept}
        for fault in checked.faults:
            path = part.path(fault.path)
            faults.setdefault((path, fault.code), FieldError(path, fault.code, fault.message))
    place = {key: number for number, key in enumerate(form.order)}
    ordered = sorted(faults.values(), key=lambda fault: place.get(fault.path.split("/")[0], -1))
    return Checked(kept, tuple(ordered), frozenset(visible), frozenset(required), parts)


def check_part(
    part: Part,
    answers: Mapping[str, Any],
    *,
    files: Files | None = None,
    known: Mapping[str, Container[str]] | None = None,
    today: dt.date | None = None,
) -> Checked:
    """One member's answers out of the merged ones, under its own keys; what others will bring may be missing."""
    checked = check(part.form, part.own(answers), files=part.own_files(files or {}), known=known, today=today)
    faults = tuple(fault for fault in checked.faults if not (fault.code == "required" and fault.path in part.awaited))
    return replace(checked, faults=faults)


def _visible(form: Form, answers: Mapping[str, Any]) -> tuple[set[str], Answers]:
    """The questions that are asked, and their answers read. A hidden question's answer counts for nothing."""
    visible: set[str] = set()
    shown: Answers = {}
    for key in form.order:
        question = form.by_key[key]
        page = form.page_of[key]
        conditions = [condition for condition in (page.visible_when, question.visible_when) if condition]
        if conditions:
            context = condition_context(form, shown)
            if not all(holds(condition, context) for condition in conditions):
                continue
        visible.add(key)
        if key in answers and not question.is_file:
            value = read(question, answers[key])
            if not is_empty(value):
                shown[key] = value
        if question.widget == "checkbox" and key not in shown:
            shown[key] = False  # a box that is not ticked says no
    return visible, shown


def holds(condition: str, context: Mapping[str, Any], *, default: bool = True) -> bool:
    """Whether a condition is true; without one, ``default``.

    One that looks at a missing or wrong answer is not true: the answer itself is then the fault that is told.
    """
    if not condition:
        return default
    try:
        return law.holds(condition, context)
    except law.EvaluationError:
        return False


def place_of(form: Form, answers: Mapping[str, Any]) -> str:
    """The region that the answers are about (a shop's, a building's), "" when they name none.

    Where a person lives or is registered does not decide which department is competent for a thing elsewhere.
    """
    for question in form.questions:
        if question.widget == "region" and not question.element.startswith("person.") and answers.get(question.key):
            return str(answers[question.key])
    return ""


def condition_context(form: Form, answers: Mapping[str, Any]) -> dict[str, Any]:
    """What conditions look at: every question by its key, null without a right answer; money in whole fen."""
    return {question.key: _for_condition(question, answers.get(question.key)) for question in form.questions}


def _for_condition(question: Question, value: Any) -> Any:
    if is_empty(value) or question.is_file:
        return None
    if question.is_group:
        rows = value if isinstance(value, list) else []
        return [
            {child.key: _for_condition(child, row.get(child.key)) for child in question.children}
            for row in rows
            if isinstance(row, dict)
        ]
    if question.format == "money":
        return int(value.replace(".", "")) if isinstance(value, str) and _is_amount(value) else None
    fits: Callable[[Any], bool] = _TYPES[question.type]
    return value if fits(value) else None


def _is_amount(text: str) -> bool:
    whole, point, fen = text.partition(".")
    return bool(point) and whole.isascii() and whole.isdigit() and fen.isdigit() and len(fen) == 2


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < BIGGEST_NUMBER


_TYPES: dict[str, Callable[[Any], bool]] = {
    "string": lambda value: isinstance(value, str),
    "boolean": lambda value: isinstance(value, bool),
    "integer": _is_number,
    "number": _is_number,
    "array": lambda value: isinstance(value, list),
}


def unknown_keys(form: Form, answers: Mapping[str, Any]) -> list[FieldError]:
    """A fault for each answer to a question that this form does not ask."""
    return [messages.unknown(str(key)) for key in answers if key not in form.by_key]


def is_right(question: Question, value: Any) -> bool:
    """Whether ``value``, already read, could stand as the answer to this question alone."""
    if is_empty(value) or question.is_file:
        return False
    schema = Draft202012Validator(question.schema, format_checker=formats.checker)
    return schema.is_valid(value) and not _further(question, value, {}, {})


def fitting(form: Form, known: Mapping[str, Any]) -> Answers:
    """Values by data element as answers to the questions that ask for them, where they fit."""
    answers: Answers = {}
    for question in form.questions:
        if question.element in known:
            value = read(question, known[question.element])
            if is_right(question, value):
                answers[question.key] = value
    return answers


def told(form: Form, checked: Checked) -> dict[str, Any]:
    """The right answers of a form by the data element they tell; the other way round: :func:`fitting`."""
    wrong = {fault.path.split("/")[0] for fault in checked.faults}
    return {
        question.element: checked.answers[question.key]
        for question in form.questions
        if question.element and question.key in checked.answers and question.key not in wrong
    }


def _value(question: Question, answers: Answers, files: Files) -> Any:
    if not question.is_file:
        return answers.get(question.key)
    references = list(files.get(question.material, ()))
    if question.many or len(references) != 1:
        return references
    return references[0]


def _schema_faults(form: Form, answers: Answers) -> dict[str, list[FieldError]]:
    """Faults against types and limits by question: the first of each place, so that one mistake is told once."""
    found: dict[str, dict[str, FieldError]] = {}
    for error in form.validator.iter_errors(answers):
        if not error.absolute_path:
            continue
        path = "/".join(str(part) for part in error.absolute_path)
        question = form.question_at(path)
        if question is not None:
            here = found.setdefault(str(error.absolute_path[0]), {})
            here.setdefault(path, _told(question, path, error))
    return {key: [by_path[path] for path in sorted(by_path, key=_natural)] for key, by_path in found.items()}


def _natural(path: str) -> list[tuple[int, str]]:
    return [(int(part), "") if part.isdigit() else (-1, part) for part in path.split("/")]


def _told(question: Question, path: str, error: ValidationError) -> FieldError:
    return messages.broken(
        question, path, keyword=str(error.validator), limit=error.validator_value, value=error.instance
    )


def _further(
    question: Question, value: Any, context: Mapping[str, Any], known: Mapping[str, Container[str]]
) -> list[FieldError]:
    """What the schema does not say: default lengths, days before or after others, codes that exist, rows of a group."""
    if question.is_group:
        return _rows(question, value, context, known)
    if question.is_file:
        several = isinstance(value, list) and not question.many
        return [messages.broken(question, question.path, keyword="maxItems", limit=1, value=value)] if several else []
    if isinstance(value, str) and len(value) > question.max_length:
        return [messages.broken(question, question.path, keyword="maxLength", limit=question.max_length, value=value)]
    if question.type in ("integer", "number") and not _is_number(value):
        return [messages.broken(question, question.path, keyword="type", limit=question.type, value=value)]
    for keyword, is_beyond in _DAY_LIMITS:
        limit = context.get(question.schema.get(keyword, ""))
        if limit and is_beyond(value, limit):
            return [messages.broken(question, question.path, keyword=keyword, limit=limit, value=value)]
    codes = known.get(question.widget)
    if codes is not None and value not in codes:
        return [messages.broken(question, question.path, keyword="enum", limit=(), value=value)]
    return []


def _rows(
    question: Question, rows: list[Any], context: Mapping[str, Any], known: Mapping[str, Container[str]]
) -> list[FieldError]:
    if len(rows) > question.max_rows:
        return [messages.broken(question, question.path, keyword="maxItems", limit=question.max_rows, value=rows)]
    faults = []
    for number, row in enumerate(rows):
        own = {child.key: _for_condition(child, row.get(child.key)) for child in question.children}
        inner = {**context, **own}
        for child in question.children:
            path = f"{question.key}/{number}/{child.key}"
            if not holds(child.visible_when, inner):
                row.pop(child.key, None)
            elif is_empty(row.get(child.key)):
                if child.required or holds(child.required_when, inner, default=False):
                    faults.append(messages.missing(child, path))
            else:
                faults += [
                    FieldError(path, fault.code, fault.message)
                    for fault in _further(child, row[child.key], inner, known)
                ]
    return faults
