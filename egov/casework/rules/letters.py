"""The paragraphs a department adds to a letter, with the case and the answers put into them. No database, no clock."""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import override

from egov.catalogue.rules import filled
from egov.kernel.text import LocalisedText, localise

YES: LocalisedText = {"zh-Hans": "是", "en": "yes"}
NO: LocalisedText = {"zh-Hans": "否", "en": "no"}


def own_words(
    rows: Sequence[Mapping[str, Any]],
    *,
    act: str,
    language: str,
    value: Callable[[str], str],
    holds: Callable[[str], bool],
) -> list[str]:
    """What the letter of ``act`` says beyond the law, a paragraph for each line, in ``language``.

    ``value`` gives what stands for the name of a placeholder, "" for nothing: then its line is left out (see
    ``catalogue.rules.filled``). ``holds`` judges the condition of a paragraph.
    """
    shown = [row for row in rows if row["act"] == act and (not row.get("when") or holds(row["when"]))]
    lines = [line for row in shown for line in localise(row["text"], language).splitlines()]
    return [text for line in lines if (text := filled(line, value))]


def answer_in_words(
    field: Mapping[str, Any], answer: Any, *, language: str, region: Callable[[str], str] = lambda _code: ""
) -> str:
    """An answer as a letter says it; "" where there is none. ``region`` names a region by its code."""
    if answer is None or answer in ("", []):
        return ""
    if isinstance(answer, bool):
        return localise(YES if answer else NO, language)
    if isinstance(answer, list):
        return ("、" if is_chinese(language) else ", ").join(_label(field, each, language) for each in answer)
    if "enum" in field:
        return _label(field, answer, language)
    if field.get("x-widget") == "region":
        return region(str(answer)) or str(answer)
    if field.get("format") == "date":
        return day_in_words(str(answer), language)
    if field.get("format") == "money":
        return money_in_words(str(answer), language)
    if isinstance(answer, int | float):
        return _amount(answer, field.get("x-unit"), language)
    return " ".join(str(answer).split())


def _label(field: Mapping[str, Any], answer: Any, language: str) -> str:
    items = field.get("items")
    labels = field.get("x-labels") or (items.get("x-labels") if isinstance(items, Mapping) else None) or {}
    return localise(labels.get(str(answer)), language) or str(answer)


def _amount(number: float, unit: LocalisedText | None, language: str) -> str:
    digits = f"{Decimal(str(number)).normalize():f}"
    space = "" if is_chinese(language) else " "
    return f"{digits}{space}{localise(unit, language)}" if unit else digits


def day_in_words(day: str, language: str) -> str:
    """2026-11-24 as 2026年11月24日 or 24 November 2026; what is no day as it stands."""
    try:
        found = dt.date.fromisoformat(day)
    except ValueError:
        return day
    with override("zh-hans" if is_chinese(language) else "en"):
        return date_format(found, "Y年n月j日" if is_chinese(language) else "j F Y")


def money_in_words(amount: Decimal | str, language: str) -> str:
    try:
        digits = f"{Decimal(amount):,.2f}"
    except InvalidOperation:
        return str(amount)
    return f"{digits}元" if is_chinese(language) else f"¥{digits}"


def is_chinese(language: str) -> bool:
    return language.startswith("zh")


# --- A sample --------------------------------------------------------------------------------------------


def sample_answer(field: Mapping[str, Any], *, language: str, today: dt.date, region: str) -> Any:
    """An answer that anyone sees to be none: the question itself in brackets, where it is answered in words."""
    if isinstance(field.get("items"), Mapping):
        return list(field["items"].get("enum", ()))[:2]
    if field.get("enum"):
        return field["enum"][0]
    kind, layout = field.get("type"), field.get("format")
    if kind == "boolean":
        return True
    if kind in ("integer", "number"):
        return max(field.get("minimum", 1), 1)
    if layout == "date":
        return today.isoformat()
    if layout == "money":
        return "1000.00"
    if field.get("x-widget") == "region" and region:
        return region
    return bracketed(localise(field.get("x-title"), language), language)


def bracketed(words: str, language: str) -> str:
    return f"〔{words}〕" if is_chinese(language) else f"[{words}]"
