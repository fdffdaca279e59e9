"""Conditions read aloud: each question by its title, each answer in its words."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from egov.kernel.text import localise

_TERM = re.compile(r'(\w+)\s*(==|!=|>=|<=|>|<)\s*("[^"]*"|true|false|\d+(?:\.\d+)?)')
_INCLUDES = re.compile(r'"([^"]*)"\s+in\s+(\w+)')


@dataclass(frozen=True)
class Subject:
    """A question that conditions may look at; ``kind``: boolean, choice, choices, number, or another without terms."""

    key: str
    title: str
    kind: str
    choices: Sequence[tuple[str, str]] = ()


def subjects_of_event(questions: Iterable[Mapping[str, Any]]) -> list[Subject]:
    return [
        Subject(
            str(each["key"]),
            localise(each.get("text", {})),
            str(each["type"]),
            [(str(choice["key"]), localise(choice["text"])) for choice in each.get("choices", ())],
        )
        for each in questions
    ]


def subjects_of_form(properties: Mapping[str, Mapping[str, Any]]) -> list[Subject]:
    return [_of_field(key, field) for key, field in properties.items()]


def _of_field(key: str, field: Mapping[str, Any]) -> Subject:
    several = field.get("items") if field.get("type") == "array" else None
    owner: Mapping[str, Any] = several if isinstance(several, Mapping) else field
    labels = field.get("x-labels") or owner.get("x-labels") or {}
    choices = [(str(each), localise(labels.get(str(each)) or {"en": str(each)})) for each in owner.get("enum", ())]
    kind = {"integer": "number"}.get(str(field.get("type")), str(field.get("type")))
    if choices:
        kind = "choices" if several is not None else "choice"
    return Subject(key, localise(field.get("x-title") or {"en": key}), kind, choices)


def in_words(expression: str, subjects: Iterable[Subject]) -> str:
    """The condition in words of the questions; "" when it is not made of answers joined by "and" and "or"."""
    return _words(expression.strip(), {each.key: each for each in subjects})


def _words(expression: str, subjects: Mapping[str, Subject]) -> str:
    for word, joint in (("or", _(", or ")), ("and", _(" and "))):
        parts = _split(expression, word)
        if len(parts) > 1:
            said = [_words(part, subjects) for part in parts]
            if word == "and":
                pairs = zip(parts, said, strict=True)
                said = [
                    f"({words})" if words and len(_split(_bare(part), "or")) > 1 else words for part, words in pairs
                ]
            return joint.join(said) if all(said) else ""
    bare = _bare(expression)
    return _words(bare, subjects) if bare != expression else _term(expression, subjects)


def _bare(expression: str) -> str:
    """Without the parentheses around the whole."""
    text = expression.strip()
    if not (text.startswith("(") and text.endswith(")")):
        return text
    depth = 0
    for place, sign in enumerate(text):
        depth += (sign == "(") - (sign == ")")
        if depth == 0 and place < len(text) - 1:
            return text
    return text[1:-1].strip()


def _split(expression: str, word: str) -> list[str]:
    """The parts between ``word`` that stand in no parentheses and no quotation."""
    parts, depth, quoted, start = [], 0, False, 0
    for found in re.finditer(rf'["()]|\s{word}\s', expression):
        sign = found[0]
        if sign == '"':
            quoted = not quoted
        elif not quoted and sign in "()":
            depth += 1 if sign == "(" else -1
        elif not quoted and depth == 0:
            parts.append(expression[start : found.start()].strip())
            start = found.end()
    return [*parts, expression[start:].strip()]


def _term(term: str, subjects: Mapping[str, Subject]) -> str:
    if included := _INCLUDES.fullmatch(term):
        key, sign, value = included[2], "in", included[1]
    elif compared := _TERM.fullmatch(term):
        key, sign, value = compared[1], compared[2], compared[3].strip('"')
    else:
        return ""
    subject = subjects.get(key)
    if subject is None:
        return ""
    said = {"true": _("yes"), "false": _("no")}.get(value) or dict(subject.choices).get(value, value)
    signs = {
        "==": _("“%(question)s”: %(answer)s"),
        "!=": _("“%(question)s”: not %(answer)s"),
        ">=": _("“%(question)s”: %(answer)s or more"),
        "<=": _("“%(question)s”: %(answer)s or less"),
        ">": _("“%(question)s”: more than %(answer)s"),
        "<": _("“%(question)s”: less than %(answer)s"),
        "in": _("“%(question)s”: among others %(answer)s"),
    }
    return signs[sign] % {"question": subject.title.rstrip("？?"), "answer": said}
