"""What a posted page says, as answers. Names are paths: ``area``, ``shareholders/0/share``, ``born__y``."""

import re
from collections.abc import Collection
from typing import Any, Protocol

from egov.intake.rules.form import Form, Question

_ROW = re.compile(r"\d{1,3}")


class Posted(Protocol):
    """The part of Django's ``QueryDict`` that is needed."""

    def get(self, key: str, default: Any = None) -> Any: ...
    def getlist(self, key: str) -> list[Any]: ...
    def __contains__(self, key: object) -> bool: ...
    def __iter__(self) -> Any: ...


def read_page(form: Form, posted: Posted, *, asked: Collection[str]) -> dict[str, Any]:
    """The answers to the questions that were on the page (``asked``); one left empty is null. Files come apart."""
    return {
        question.key: _read(question, question.key, posted)
        for question in form.questions
        if question.key in asked and not question.is_file
    }


def _read(question: Question, name: str, posted: Posted) -> Any:
    if question.is_group:
        return _rows(question, posted)
    if question.widget == "checkboxes":
        return [str(value) for value in posted.getlist(name)]
    if question.widget == "checkbox":
        return name in posted
    if question.widget == "date":
        return _date(name, posted)
    value = posted.get(name)
    return None if value in (None, "") else str(value)


def _date(name: str, posted: Posted) -> str | None:
    """Three small fields, or one when something else than our page wrote it."""
    parts = [str(posted.get(f"{name}__{part}", "") or "").strip() for part in "ymd"]
    if any(parts):
        return "-".join(parts)
    return str(posted.get(name)) if posted.get(name) else None


def _rows(question: Question, posted: Posted) -> list[dict[str, Any]]:
    numbers = set()
    for name in posted:
        group, _, rest = str(name).partition("/")
        number = rest.partition("/")[0]
        if group == question.key and _ROW.fullmatch(number):
            numbers.add(int(number))
    return [
        {child.key: _read(child, f"{question.key}/{number}/{child.key}", posted) for child in question.children}
        for number in sorted(numbers)[: question.max_rows + 1]
    ]


def row_of(text: str) -> tuple[str, int] | None:
    """``shareholders/2`` as group and row."""
    key, _, number = text.partition("/")
    return (key, int(number)) if key and _ROW.fullmatch(number) else None
