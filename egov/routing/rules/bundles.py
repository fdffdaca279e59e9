"""Which members of an event apply to a person, and which question still has to be asked. Pure.

A question is asked only while its answer can change the set of members: what is not yet known is tried out over the
values that the conditions tell apart.
"""

import datetime as dt
import itertools
import math
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from egov.law import queries as law
from egov.law.rules import EvaluationError, names_in

MAX_TRIALS = 5000  # combinations tried for one condition; beyond, the question is asked
# A condition looks at few questions: combinations of theirs alone are tried.

_LISTED = ("boolean", "choice")  # every answer is known beforehand, whatever a condition does with it
# Anything but comparing with what is named or with each other: of the answers in between nobody could tell.
_CALCULATES = re.compile(r"[^\w\s<>=!()\[\],.]|(?<!\d)\.|\.(?!\d)|\b(?!(?:and|or|not|in|d|date)\b)[A-Za-z_]\w*\s*\(")
_NUMBER = re.compile(r"(?<![\w.])\d+(?:\.\d+)?")
_TEXT = re.compile(r'"([^"\\]*)"|\'([^\'\\]*)\'')
_OTHER = "\u0000"  # a text that no condition names


class Why(StrEnum):
    APPLIES = "applies"
    OPTIONAL = "optional"  # may be added
    NOT_NEEDED = "not_needed"  # its condition does not hold
    OPEN = "open"  # depends on a question still to be answered
    HELD = "held"  # there already: a valid credential or a finished case
    CLAIMED = "claimed"  # the person says that they have it; nobody checked
    ELSEWHERE = "elsewhere"  # applies, but another authority's: not filed here
    OTHER_PARTY = "other_party"  # somebody else files it: the employer


@dataclass(frozen=True)
class MemberState:
    """A member as it stands for the answers so far. ``because``: keys of the questions that decided."""

    service: str
    stage: int
    why: Why
    because: tuple[str, ...] = ()


def members_for(
    definition: Mapping[str, Any],
    answers: Mapping[str, Any],
    *,
    held: Iterable[str] = (),
    claimed: Iterable[str] = (),
) -> tuple[MemberState, ...]:
    """Every member in the order of the event.

    ``held``: services whose output is there already; ``claimed``: those of which the person says so. A member that the
    event needs ``anew`` (an identity card after a move) is needed whatever is held.
    """
    known = asked_answers(definition, answers)
    there = {**dict.fromkeys(claimed, Why.CLAIMED), **dict.fromkeys(held, Why.HELD)}
    return tuple(_member(row, definition, known, there) for row in definition.get("members", ()))


def _member(
    row: Mapping[str, Any], definition: Mapping[str, Any], known: Mapping[str, Any], there: Mapping[str, Why]
) -> MemberState:
    condition, elsewhere = str(row.get("when", "")), str(row.get("elsewhere", ""))
    because = tuple(sorted((names_in(condition) | names_in(elsewhere)) & _keys(definition)))
    verdict = _verdict(condition, definition, known)
    away = _verdict(elsewhere, definition, known) if elsewhere else False
    if verdict is False:
        why = Why.NOT_NEEDED
    elif row["service"] in there and not row.get("anew"):
        why = there[row["service"]]
    elif row.get("by"):
        why = Why.OTHER_PARTY
    elif verdict is None or away is None:
        why = Why.OPEN
    elif away:
        why = Why.ELSEWHERE
    else:
        why = Why.OPTIONAL if row.get("optional") else Why.APPLIES
    return MemberState(str(row["service"]), int(row.get("stage", 1)), why, because)


def questions_to_ask(
    definition: Mapping[str, Any], answers: Mapping[str, Any], *, held: Iterable[str] = ()
) -> tuple[str, ...]:
    """Keys of the questions whose answer can still change a member, in the order of the event.

    ``answers`` holds what was answered and what registers know; a question answered by either is not asked.
    ``held``: services that are there already, or said to be.
    """
    known = asked_answers(definition, answers)
    there = frozenset(held)
    open_conditions = [
        condition
        for row in definition.get("members", ())
        if row["service"] not in there or row.get("anew")
        for condition in _open_conditions(row, definition, known)
    ]
    by_key = {str(question["key"]): question for question in definition.get("questions", ())}
    wanted = {
        first
        for condition in open_conditions
        for key in _deciding(condition, definition, known)
        for first in _asked_first(key, by_key, definition, known)
    }
    return tuple(key for key in by_key if key in wanted)


def _asked_first(
    key: str, by_key: Mapping[str, Mapping[str, Any]], definition: Mapping[str, Any], known: Mapping[str, Any]
) -> set[str]:
    """The question itself, or what its own condition still looks at: nobody is asked of an injury that may be none."""
    condition = str(by_key[key].get("when", ""))
    if _verdict(condition, definition, known) is not None:
        return {key}
    before = _deciding(condition, definition, known)
    return {first for each in before for first in _asked_first(each, by_key, definition, known)}


def _open_conditions(row: Mapping[str, Any], definition: Mapping[str, Any], known: Mapping[str, Any]) -> Iterable[str]:
    """Those of a member that still depend on an answer; where it is filed matters only for one that may apply."""
    condition, elsewhere = str(row.get("when", "")), str(row.get("elsewhere", ""))
    applies = _verdict(condition, definition, known)
    if applies is None:
        yield condition
    if applies is not False and elsewhere and _verdict(elsewhere, definition, known) is None:
        yield elsewhere


def asked_answers(definition: Mapping[str, Any], answers: Mapping[str, Any]) -> dict[str, Any]:
    """The answers that count: to questions of the event whose own condition is not false."""
    known: dict[str, Any] = {}
    for question in definition.get("questions", ()):
        key = str(question["key"])
        if answers.get(key) is None:
            continue
        if _verdict(str(question.get("when", "")), definition, known) is not False:
            known[key] = answers[key]
    return known


def questions_about(definition: Mapping[str, Any], services: Iterable[str]) -> frozenset[str]:
    """Keys of the questions whose answers speak for or against these members, and of those on which they depend."""
    members = frozenset(services)
    rows = [row for row in definition.get("members", ()) if row["service"] in members]
    by_key = {str(question["key"]): question for question in definition.get("questions", ())}
    open_keys = [key for row in rows for key in names_in(f"{row.get('when', '')} {row.get('elsewhere', '')}")]
    found: set[str] = set()
    while open_keys:
        key = open_keys.pop()
        if key in by_key and key not in found:
            found.add(key)
            open_keys += names_in(str(by_key[key].get("when", "")))
    return frozenset(found)


def _keys(definition: Mapping[str, Any]) -> frozenset[str]:
    return frozenset(str(question["key"]) for question in definition.get("questions", ()))


def _verdict(condition: str, definition: Mapping[str, Any], known: Mapping[str, Any]) -> bool | None:
    """True or false when it holds for every value, or none, that open questions may still get; None when it depends."""
    if not condition:
        return True
    trials = _trials(condition, _open_in(condition, definition, known), known)
    if trials is None:
        return None
    verdicts = set()
    for trial in trials:
        verdicts.add(holds(condition, trial))
        if len(verdicts) > 1:
            return None
    return verdicts.pop()


def _deciding(condition: str, definition: Mapping[str, Any], known: Mapping[str, Any]) -> set[str]:
    """The open questions of a condition whose value makes a difference, whatever the others turn out to be."""
    questions = _open_in(condition, definition, known)
    asked = [str(question["key"]) for question in questions]
    trials = _trials(condition, questions, known)
    if trials is None:
        return set(asked)
    verdict_of = {tuple(trial[key] for key in asked): holds(condition, trial) for trial in trials}
    deciding: set[str] = set()
    for place, key in enumerate(asked):
        verdicts: dict[tuple[Any, ...], set[bool]] = {}
        for values, verdict in verdict_of.items():
            verdicts.setdefault((*values[:place], *values[place + 1 :]), set()).add(verdict)
        if any(len(found) > 1 for found in verdicts.values()):
            deciding.add(key)
    return deciding


def _open_in(condition: str, definition: Mapping[str, Any], known: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The questions of a condition that are not answered and may still be asked."""
    wanted = names_in(condition) - known.keys()
    return [
        question
        for question in definition.get("questions", ())
        if question["key"] in wanted and _verdict(str(question.get("when", "")), definition, known) is not False
    ]


def _trials(
    condition: str, asked: Sequence[Mapping[str, Any]], known: Mapping[str, Any]
) -> Iterator[Mapping[str, Any]] | None:
    """What is known with whatever the open questions may come to.

    None when trying cannot tell: there are too many combinations, or the condition calculates with an answer.
    """
    if _CALCULATES.search(_TEXT.sub(" ", condition)) and any(each.get("type") not in _LISTED for each in asked):
        return None
    beside = [known[key] for key in names_in(condition) & known.keys()]
    kinds = Counter(each.get("type") for each in asked)
    values = [values_told_apart(each, condition, beside=beside, several=kinds[each.get("type")]) for each in asked]
    if math.prod(map(len, values)) > MAX_TRIALS:
        return None
    keys = [str(each["key"]) for each in asked]
    return ({**known, **dict(zip(keys, chosen, strict=True))} for chosen in itertools.product(*values))


def values_told_apart(
    question: Mapping[str, Any], condition: str, *, beside: Iterable[Any] = (), several: int = 1
) -> Sequence[Any]:
    """Values that a condition can tell apart: each that it names, and others below, between and above them.

    ``beside``: answers to other questions of it, which it may compare with this one; ``several``: how many questions of
    this kind are open in it, so that each can lie below and above each other one.
    """
    kind = question.get("type")
    if kind == "boolean":
        return (False, True)
    if kind == "choice":
        return tuple(str(choice["key"]) for choice in question.get("choices", ()))
    if kind == "number":
        named = {float(found) for found in _NUMBER.findall(_TEXT.sub(" ", condition))}
        return _around(named | {each for each in beside if type(each) in (int, float)}, several)
    texts = {one or two for one, two in _TEXT.findall(condition)} | {each for each in beside if isinstance(each, str)}
    if kind == "date":
        days = _around({day.toordinal() for text in texts if (day := _day(text))}, several)
        possible = dict.fromkeys(int(day) for day in days if 1 <= day <= dt.date.max.toordinal())
        return tuple(dt.date.fromordinal(day).isoformat() for day in possible)
    return (*sorted(texts), *(_OTHER * length for length in range(1, several + 1)))


def _around(named: Iterable[float], several: int) -> Sequence[float]:
    """The numbers ``named`` and, below, between and above them, ``several`` others each."""
    limits, steps = sorted(named) or [0.0], range(1, several + 1)
    below = (limits[0] - step for step in steps)
    between = (low + (high - low) * step / (several + 1) for low, high in itertools.pairwise(limits) for step in steps)
    above = (limits[-1] + step for step in steps)
    return sorted({*limits, *below, *between, *above})


def _day(text: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        return None


def holds(condition: str, context: Mapping[str, Any]) -> bool:
    """A condition that cannot be judged does not hold; definitions are checked before they are published."""
    try:
        return law.holds(condition, context)
    except EvaluationError:
        return False


# --- Answers as they come in ----------------------------------------------------------------------------
_YES, _NO = frozenset({"true", "yes", "1"}), frozenset({"false", "no", "0"})
_DATE = re.compile(r"\d{4}-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?")


def read_answers(definition: Mapping[str, Any], given: Mapping[str, Any]) -> dict[str, Any]:
    """Answers by question, each in the type of its question; what cannot be read counts as not answered."""
    read = {
        str(question["key"]): read_answer(question, given[question["key"]])
        for question in definition.get("questions", ())
        if given.get(question["key"]) not in (None, "")
    }
    return {key: value for key, value in read.items() if value is not None}


def determined(definition: Mapping[str, Any], told: Mapping[str, Any]) -> dict[str, Any]:
    """Values by data element as answers to the questions of an event that ask for them."""
    read = {
        str(question["key"]): read_answer(question, told[question["element"]])
        for question in definition.get("questions", ())
        if told.get(question.get("element")) is not None
    }
    return {key: value for key, value in read.items() if value is not None}


def read_answer(question: Mapping[str, Any], value: Any) -> Any:
    """None when it does not fit the question."""
    kind = question.get("type")
    if kind == "boolean":
        word = str(value).lower()
        return True if word in _YES else False if word in _NO else None
    if kind == "number":
        number = read_number(value)
        return number if number is not None and is_within(question, number) else None
    text = str(value)
    if kind == "choice":
        return text if any(str(choice["key"]) == text for choice in question.get("choices", ())) else None
    if kind == "date":
        return text if _DATE.fullmatch(text) else None
    return text[:100]


def read_number(value: Any) -> int | float | None:
    if isinstance(value, bool):
        return None
    text = unicodedata.normalize("NFKC", str(value)).strip().replace(",", "").replace("−", "-")
    if not re.fullmatch(r"-?\d{1,12}(\.\d{1,4})?", text, flags=re.ASCII):
        return None
    return float(text) if "." in text else int(text)


def limits_of(question: Mapping[str, Any]) -> tuple[int | float, int | float | None]:
    """The least and the most that a number question takes: nothing below 0 and no end, unless it says otherwise."""
    return question.get("minimum", 0), question.get("maximum")


def is_within(question: Mapping[str, Any], number: int | float) -> bool:
    least, most = limits_of(question)
    return least <= number and (most is None or number <= most)


# --- Order --------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Edge:
    """``after`` waits for ``before``; edges into one member with the same ``group`` are alternatives."""

    before: str
    after: str
    group: str = ""


def edges_among(definition: Mapping[str, Any], filed: Iterable[str], *, there: Iterable[str] = ()) -> tuple[Edge, ...]:
    """The edges between members that are filed together.

    A member outside the filing is no obstacle: what is held is there, what does not apply is not waited for, and what
    somebody else files is checked by the department. An alternative that is ``there`` satisfies its whole group.
    """
    among, satisfied = frozenset(filed), frozenset(there)
    rows = [Edge(str(row["from"]), str(row["to"]), str(row.get("any_of", ""))) for row in definition.get("edges", ())]
    done = {(edge.after, edge.group) for edge in rows if edge.group and edge.before in satisfied}
    return tuple(
        edge for edge in rows if edge.before in among and edge.after in among and (edge.after, edge.group) not in done
    )
