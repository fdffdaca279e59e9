"""The words of a notice, in every language it may be read in."""

import datetime as dt
import functools
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

import yaml
from django.utils import translation
from django.utils.formats import date_format

from egov.kernel.clock import local
from egov.kernel.refs import Ref, subjects
from egov.kernel.text import LocalisedText, localise

LANGUAGES = {"zh-Hans": "zh-hans", "en": "en"}
_FILE = Path(__file__).parent / "definitions" / "texts.yaml"


@functools.cache
def _texts() -> dict[str, dict[str, LocalisedText]]:
    return yaml.safe_load(_FILE.read_text())


def kinds() -> list[str]:
    return sorted(_texts())


def write(
    kind: str, *, subject: Ref, context: Mapping[str, Any], named: LocalisedText | None = None
) -> tuple[LocalisedText, LocalisedText]:
    """Title and body in each language; ``named`` is the subject's title where the caller knows it. Raises ``LookupError`` for an unknown kind, ``KeyError`` for a missing name."""
    try:
        texts = _texts()[kind]
    except KeyError:
        raise LookupError(f"no notice of kind {kind!r}") from None
    title, body = {}, {}
    for tag, code in LANGUAGES.items():
        with translation.override(code):
            called = localise(named, tag) if named else _subject_title(subject)
            words = {"subject": called, **{k: _in_words(v, tag) for k, v in context.items()}}
            title[tag] = texts["title"][tag].format_map(words)
            body[tag] = texts["body"][tag].format_map(words)
    return title, body


def _subject_title(subject: Ref) -> str:
    known = subjects.find(subject.kind)
    return str(known.title(subject)) if known else subject.key


def _in_words(value: Any, tag: str) -> str:
    match value:
        case dict():
            return localise(value, tag)
        case dt.datetime():
            # A due moment is the first that is too late: the day to name is the one before midnight.
            return _in_words((local(value) - dt.timedelta(microseconds=1)).date(), tag)
        case dt.date():
            return date_format(value, "Y年n月j日" if tag == "zh-Hans" else "j F Y")
        case Decimal():
            return f"{value:,.2f}"
    return str(value)
