"""Answers as they come in: cleaned of what cannot be stored, and read in the way people write."""

import json
import math
import re
import unicodedata
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from egov.intake.rules import formats
from egov.intake.rules.form import Form, Question
from egov.kernel.errors import InvalidInput, TooLarge

MAX_BYTES = 512 * 1024  # all answers of one form together, as JSON
MAX_DEPTH = 4  # form, list of rows, row, value
BIGGEST_NUMBER = 10**15  # beyond, neither JSON nor conditions keep it exactly

Answers = dict[str, Any]

_ONE_LINE_BREAKS = re.compile(r"[\r\n\t\v\f\u0085\u2028\u2029]+")
# Direction overrides make a text show in another order than it is stored.
_OVERRIDES = dict.fromkeys([*range(0x202A, 0x202F), *range(0x2066, 0x206A), 0xFEFF])
_TRUE = {"true", "yes", "on", "1", "是"}
_FALSE = {"false", "no", "off", "0", "否"}


def tidy(text: str, *, lines: bool = False) -> str:
    """NFC, no control characters, no space at the ends; line breaks kept only where ``lines``."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if not lines:
        text = _ONE_LINE_BREAKS.sub(" ", text)
    text = unicodedata.normalize("NFC", text.translate(_OVERRIDES))
    kept = (c for c in text if c in "\n\t" or unicodedata.category(c) not in ("Cc", "Cs"))
    return "".join(kept).strip()


def storable(form: Form, answers: Any) -> Answers:
    """``answers`` as a draft keeps them: whatever was typed, right or wrong, as long as it can be stored at all.

    Keys of no question are left out. Raises ``InvalidInput`` when this is no set of answers, ``TooLarge`` beyond
    512 KB of text.
    """
    if not isinstance(answers, Mapping):
        raise InvalidInput.at("", "malformed", _("The answers could not be read. Send them as an object."))
    kept = {key: _plain(answers[key], depth=1) for key in form.by_key if key in answers}
    if len(json.dumps(kept, ensure_ascii=False).encode()) > MAX_BYTES:
        raise _too_much()
    return {key: value for key, value in kept.items() if not form.by_key[key].is_file}


def _plain(value: Any, *, depth: int) -> Any:
    if depth > MAX_DEPTH:
        raise InvalidInput.at("", "malformed", _("The answers could not be read: they are nested too deeply."))
    if isinstance(value, str):
        if len(value) > MAX_BYTES:
            raise _too_much()
        return tidy(value, lines=True)
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int | float):
        return value if math.isfinite(value) and abs(value) < BIGGEST_NUMBER else str(value)
    if isinstance(value, Mapping):
        return {tidy(str(key)): _plain(item, depth=depth + 1) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item, depth=depth + 1) for item in value]
    return tidy(str(value))


def _too_much() -> TooLarge:
    return TooLarge(_("That is too much text for a form. Shorten it, or attach it as a file."))


def is_empty(value: Any) -> bool:
    return value is None or value == "" or value == [] or value == {}


def read(question: Question, value: Any) -> Any:
    """``value`` as it is kept when it is right; as it came when it is not (the check then says why)."""
    if question.is_group:
        return _read_rows(question, value)
    if question.type == "array":
        return _read_choices(value)
    if question.type == "boolean":
        return _read_boolean(value)
    if question.type in ("integer", "number"):
        return _read_number(question, value)
    return _read_text(question, value)


def _read_rows(question: Question, value: Any) -> Any:
    if not isinstance(value, list | tuple):
        return value
    rows = []
    for row in value:
        if not isinstance(row, Mapping):
            rows.append(row)
            continue
        known = {child.key: read(child, row[child.key]) for child in question.children if child.key in row}
        answered = {key: item for key, item in known.items() if not is_empty(item)}
        if any(item is not False for item in answered.values()):  # an unticked box alone is no entry
            rows.append(answered)
    return rows


def _read_choices(value: Any) -> Any:
    if isinstance(value, str):
        value = [value] if value else []
    if not isinstance(value, list | tuple):
        return value
    return list(dict.fromkeys(tidy(item) if isinstance(item, str) else str(item) for item in value))


def _read_boolean(value: Any) -> Any:
    if isinstance(value, str):
        word = formats.narrow(value).lower()
        return True if word in _TRUE else False if word in _FALSE else value
    return value


def _read_number(question: Question, value: Any) -> Any:
    if isinstance(value, str):
        bare = formats.narrow(value).replace(",", "").replace(" ", "").replace("−", "-")
        if not re.fullmatch(r"-?\d{1,16}(\.\d{1,9})?", bare, flags=re.ASCII):
            return value
        value = float(bare) if "." in bare else int(bare)
    if isinstance(value, float) and math.isfinite(value) and value == int(value):
        return int(value)
    return value


def _read_text(question: Question, value: Any) -> Any:
    if isinstance(value, int | float) and not isinstance(value, bool):
        value = str(value)  # an import may bring a code or an amount as a number
    if not isinstance(value, str):
        return value
    text = tidy(value, lines=question.widget == "textarea")
    reader = formats.READERS.get(question.format)
    if reader is None or not text:
        return text
    try:
        return reader(text)
    except (ValueError, InvalidInput):
        return text
