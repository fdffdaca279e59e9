"""Localised text: ``{"zh-Hans": "…", "en": "…"}``. Languages are keys, not columns."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

LocalisedText = dict[str, str]

DEFAULT_LANGUAGE = "zh-Hans"

# Django names the script variant in lower case ("zh-hans"); texts use BCP 47 ("zh-Hans").
_BCP47 = {"zh-hans": "zh-Hans", "zh": "zh-Hans"}


def language_tag(language: str | None = None) -> str:
    """BCP 47 tag of ``language`` or of the active language."""
    language = language or get_language() or DEFAULT_LANGUAGE
    lowered = language.lower()
    return _BCP47.get(lowered, lowered.split("-")[0] if lowered != "zh-hans" else "zh-Hans")


def localise(text: Mapping[str, str] | str | None, language: str | None = None) -> str:
    """The text in the wanted language, else in the default one, else in any it has; "" for nothing."""
    if not text:
        return ""
    if isinstance(text, str):
        return text
    tag = language_tag(language)
    return text.get(tag) or text.get(DEFAULT_LANGUAGE) or next(iter(text.values()), "")


def enumerated(texts: Sequence[Mapping[str, str]]) -> LocalisedText:
    """Several names as one text, in each language that all of them have."""
    languages = [language for language in texts[0] if all(language in text for text in texts)] if texts else []
    commas = {language: "、" if language.startswith("zh") else ", " for language in languages}
    return {language: commas[language].join(text[language] for text in texts) for language in languages}


def validate_localised(value: Any) -> None:
    """Raise ``ValidationError`` unless ``value`` maps language tags to strings."""
    if not isinstance(value, Mapping) or not all(isinstance(k, str) and isinstance(v, str) for k, v in value.items()):
        raise ValidationError(_("Text must be given per language."), code="not_localised")


def searched_words(text: str, most: int = 80) -> str:
    """What a person typed into a search box: one line, single blanks, no control characters (PostgreSQL refuses NUL)."""
    shown = "".join(character if character.isprintable() else " " for character in text)
    return " ".join(shown.split())[:most]


def whole_number(text: str) -> int | None:
    """A number as it stands in a form or an address; None for anything else, and for one that no key reaches."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 19 else None


class LocalisedTextField(models.JSONField):
    """Text per language. Empty is ``{}``, never null."""

    default_validators = [validate_localised]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("default", dict)
        kwargs.setdefault("blank", True)
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        if kwargs.get("default") is dict:
            del kwargs["default"]
        if kwargs.get("blank") is True:
            del kwargs["blank"]
        return name, path, args, kwargs
