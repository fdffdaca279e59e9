"""What a department says in the letters of a service beyond what the law prescribes: paragraphs of its own.

A paragraph may hold placeholders of a small closed set, ``{case}`` or ``{answers.area}``, all checked before a version
is reviewed. What is put in is data, never source: a brace in an answer stays a brace.
"""

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from typing import Any

from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _

from egov.catalogue.rules.conditions import UNANSWERABLE, Asked, check_condition
from egov.catalogue.rules.forms import KEY, questions_of
from egov.kernel.errors import FieldError
from egov.kernel.text import localise
from egov.law.rules import LETTERS

LANGUAGES = ("zh-Hans", "en")
MAX_TEXT = 1000  # characters of a paragraph in one language
MAX_PARAGRAPHS = 40
PARTS = frozenset({"key", "act", "text", "when"})
PLACEHOLDERS: Mapping[str, Any] = {
    "case": _("number of the case"),
    "service": _("name of the service"),
    "applicant": _("name of the applicant"),
    "filed_on": _("day on which it was filed"),
    "due_on": _("day by which the decision is promised"),
    "department": _("name of the department"),
    "unit": _("unit in charge"),
    "address": _("address of the department"),
    "office_hours": _("office hours of the department"),
    "phone": _("phone of the unit, else of the department"),
}
ANSWERS = "answers."
PLACEHOLDER = re.compile(r"\{([^{}]*)\}")
# Full-width braces are what a Chinese keyboard writes: left as they are, they would stand in the letter.
_STRAY = re.compile(r"[{}｛｝]")
_UNSPOKEN = frozenset({"file", "group", "post", "id_number"})  # by widget


def placeholders_in(text: str) -> list[str]:
    """The names between braces, in their order."""
    return PLACEHOLDER.findall(text)


def filled(text: str, value: Callable[[str], str]) -> str:
    """``text`` with ``value`` of each name in its place; "" when one of them has none.

    A paragraph with a hole would mislead ("Bring the lease of by"), and nothing that the law prescribes stands in it:
    it is left out whole.
    """
    values = {name: value(name) for name in dict.fromkeys(placeholders_in(text))}
    if not all(values.values()):
        return ""
    return PLACEHOLDER.sub(lambda found: values[found[1]], text).strip()


def may_stand(field: Any) -> bool:
    """Whether the answer to a question of the form may be put into a letter.

    Files and groups do not read as words. Identity numbers are no business of a letter that is handed on (Personal
    Information Protection Law art. 6: no more than the purpose needs).
    """
    if not isinstance(field, Mapping) or field.get("x-widget") in _UNSPOKEN or field.get("format") == "cn-resident-id":
        return False
    items = field.get("items")
    return field.get("type") != "array" or (isinstance(items, Mapping) and "enum" in items)


def check_letters(rows: Any, *, form: Any, issued: Collection[str] | None = None) -> Iterator[FieldError]:
    """Every fault of the paragraphs, at its place. ``issued``: the acts that a letter tells under the procedure of the
    same version; None: all that any procedure has."""
    if not isinstance(rows, list) or len(rows) > MAX_PARAGRAPHS:
        yield _fault("letters", _("Letters are a list of at most 40 paragraphs."))
        return
    asked = questions_of(form)
    seen: set[str] = set()
    for number, row in enumerate(rows):
        if not isinstance(row, Mapping):
            yield _fault(f"letters/{number}", _("A paragraph names its letter and its text."))
            continue
        key = str(row.get("key", ""))
        good = bool(KEY.match(key)) and key not in seen
        if not good:
            yield _fault(f"letters/{number}/key", _("Each row needs a key of its own."))
        seen.add(key)
        yield from _paragraph(f"letters/{key if good else number}", row, asked, LETTERS if issued is None else issued)


def _paragraph(path: str, row: Mapping[str, Any], asked: Asked, issued: Collection[str]) -> Iterator[FieldError]:
    for name in sorted(map(str, set(row) - PARTS)):
        yield _fault(f"{path}/{name}", _("This is no part of a paragraph."))
    if row.get("act") not in issued:
        yield _fault(f"{path}/act", _("Under its procedure the service issues no such letter."))
    texts = row.get("text")
    texts = texts if isinstance(texts, Mapping) else {}
    for language in LANGUAGES:
        yield from _text(f"{path}/text/{language}", texts.get(language), asked)
    for language in sorted(map(str, set(texts) - set(LANGUAGES))):
        yield _fault(f"{path}/text/{language}", _("Letters are written in Chinese and English."))
    if "when" in row:
        yield from check_condition(f"{path}/when", row["when"], asked, of=_beginning(texts) or row.get("key"))


def _text(path: str, text: Any, asked: Mapping[str, Any]) -> Iterator[FieldError]:
    if not isinstance(text, str) or not text.strip():
        yield _fault(path, _("The text is needed in Chinese and English."))
        return
    if len(text) > MAX_TEXT:
        yield _fault(path, _("A paragraph has at most 1,000 characters."))
    if _STRAY.search(PLACEHOLDER.sub("", text)):
        yield _fault(path, _("Braces only stand around the name of a placeholder: { and }, in half width."))
    for name in dict.fromkeys(placeholders_in(text)):
        yield from _placeholder(path, name, asked)


def _placeholder(path: str, name: str, asked: Mapping[str, Any]) -> Iterator[FieldError]:
    key = name.removeprefix(ANSWERS)
    if key == name:
        if name not in PLACEHOLDERS:
            yield _fault(path, _("There is no placeholder {%(name)s}.") % {"name": name[:60]})
    elif key not in asked:
        message = _("{%(name)s}: the form has no such question.") % {"name": name[:60]}
        yield FieldError(path, UNANSWERABLE, message)
    elif not may_stand(asked[key]):
        yield _fault(path, _("{%(name)s}: this answer does not belong in a letter.") % {"name": name[:60]})


def _beginning(texts: Mapping[str, Any]) -> str:
    """What a paragraph is called: its first words."""
    text = localise({language: text for language, text in texts.items() if isinstance(text, str)})
    return Truncator(text).chars(40)


def _fault(path: str, message: Any) -> FieldError:
    return FieldError(path, "invalid", message)
