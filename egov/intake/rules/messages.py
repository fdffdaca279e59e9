"""What a person is told about a fault: which question, what is wrong, how to mend it."""

from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from egov.identity.rules import check_resident_id, check_uscc
from egov.intake.rules.form import Question
from egov.kernel.errors import FieldError, InvalidInput
from egov.kernel.text import localise


def missing(question: Question, path: str = "") -> FieldError:
    name = {"field": localise(question.title)}
    if question.is_file:
        text = _("Add a file to “%(field)s”.") % name
    elif question.widget in ("radio", "select", "region"):
        text = _("Choose an answer to “%(field)s”.") % name
    elif question.widget == "checkboxes":
        text = _("Choose at least one answer to “%(field)s”.") % name
    elif question.widget == "date":
        text = _("Give the year, month and day of “%(field)s”.") % name
    elif question.is_group:
        text = _("Add at least one entry to “%(field)s”.") % name
    else:
        text = _("Fill in “%(field)s”.") % name
    return FieldError(path or question.path, "required", text)


def unknown(key: str) -> FieldError:
    return FieldError(key, "unknown", _("This form has no question “%(key)s”. Leave it out.") % {"key": key[:60]})


def broken(question: Question, path: str, *, keyword: str, limit: Any, value: Any) -> FieldError:
    """The fault that a keyword of JSON Schema names, in words."""
    tell = _BY_KEYWORD.get(keyword, _unreadable)
    code = {
        "maxLength": "too_long",
        "minLength": "too_short",
        "maxItems": "too_many",
        "minItems": "too_few",
        "x-not-before": "too_early",
        "x-not-after": "too_late",
    }
    if keyword == "const" and question.must_confirm:
        return FieldError(path, "required", tell(question, limit, value))
    return FieldError(path, code.get(keyword, keyword), tell(question, limit, value))


def _name(question: Question) -> dict[str, Any]:
    return {"field": localise(question.title)}


def _too_long(question: Question, limit: Any, value: Any) -> str:
    return _("“%(field)s” has %(now)s characters. Shorten it to %(limit)s.") % {
        **_name(question),
        "now": len(value),
        "limit": limit,
    }


def _too_short(question: Question, limit: Any, value: Any) -> str:
    return _("“%(field)s” is too short. Write at least %(limit)s characters.") % {**_name(question), "limit": limit}


def _out_of_range(question: Question, limit: Any, value: Any) -> str:
    schema = question.schema
    low, high = schema.get("minimum"), schema.get("maximum")
    values = {**_name(question), "low": low, "high": high, "limit": limit}
    if low is not None and high is not None:
        return _("“%(field)s” has to lie between %(low)s and %(high)s.") % values
    if "exclusiveMinimum" in schema and limit == schema["exclusiveMinimum"]:
        return _("“%(field)s” has to be more than %(limit)s.") % values
    if "exclusiveMaximum" in schema and limit == schema["exclusiveMaximum"]:
        return _("“%(field)s” has to be less than %(limit)s.") % values
    if low is not None and limit == low:
        return _("“%(field)s” has to be at least %(limit)s.") % values
    return _("“%(field)s” may be at most %(limit)s.") % values


def _not_offered(question: Question, limit: Any, value: Any) -> str:
    return _("Choose one of the answers offered for “%(field)s”.") % _name(question)


def _not_confirmed(question: Question, limit: Any, value: Any) -> str:
    if question.must_confirm:
        return _("Without your confirmation this cannot be filed: “%(field)s”.") % _name(question)
    return _not_offered(question, limit, value)


def _pattern(question: Question, limit: Any, value: Any) -> str:
    hint = localise(question.schema.get("x-pattern-hint") or question.hint)
    if hint:
        return _("“%(field)s” is not written as expected: %(hint)s") % {**_name(question), "hint": hint}
    return _("“%(field)s” is not written as expected. Check it for missing or extra characters.") % _name(question)


def _wrong_type(question: Question, limit: Any, value: Any) -> str:
    if question.type == "integer":
        return _("Write “%(field)s” as a whole number, for example 3.") % _name(question)
    if question.type == "number":
        return _("Write “%(field)s” as a number, for example 12.5.") % _name(question)
    if question.type == "boolean":
        return _("Answer “%(field)s” with yes or no.") % _name(question)
    return _unreadable(question, limit, value)


def _too_few(question: Question, limit: Any, value: Any) -> str:
    if not question.is_group:
        return ngettext(
            "Choose at least %(limit)s answer to “%(field)s”.",
            "Choose at least %(limit)s answers to “%(field)s”.",
            limit,
        ) % {**_name(question), "limit": limit}
    return ngettext(
        "Add at least %(limit)s entry to “%(field)s”.", "Add at least %(limit)s entries to “%(field)s”.", limit
    ) % {**_name(question), "limit": limit}


def _too_many(question: Question, limit: Any, value: Any) -> str:
    return _("“%(field)s” takes at most %(limit)s entries.") % {**_name(question), "limit": limit}


def _repeated(question: Question, limit: Any, value: Any) -> str:
    return _("An entry of “%(field)s” stands twice. Remove one.") % _name(question)


def _step(question: Question, limit: Any, value: Any) -> str:
    return _("“%(field)s” goes in steps of %(limit)s.") % {**_name(question), "limit": limit}


def _unreadable(question: Question, limit: Any, value: Any) -> str:
    return _("“%(field)s” could not be read. Enter it again.") % _name(question)


def _format(question: Question, limit: Any, value: Any) -> str:
    return _BY_FORMAT.get(limit, _unreadable)(question, limit, value)


def _date(question: Question, limit: Any, value: Any) -> str:
    return _("“%(field)s” is not a day of the calendar. Write it like 2026-3-7.") % _name(question)


def _too_early(question: Question, limit: Any, value: Any) -> str:
    if question.schema["x-not-before"] == "today":
        return _("“%(field)s” has passed. Give today or a later day.") % _name(question)
    return _("“%(field)s” has to be %(day)s or later.") % {**_name(question), "day": limit}


def _too_late(question: Question, limit: Any, value: Any) -> str:
    if question.schema["x-not-after"] == "today":
        return _("“%(field)s” lies in the future. Give today or an earlier day.") % _name(question)
    return _("“%(field)s” has to be %(day)s or earlier.") % {**_name(question), "day": limit}


def _money(question: Question, limit: Any, value: Any) -> str:
    return _("Write “%(field)s” as an amount in yuan with at most two decimals, for example 1234.50.") % _name(question)


def _phone(question: Question, limit: Any, value: Any) -> str:
    return _(
        "“%(field)s” is not a phone number. A mobile number has 11 digits; a foreign one begins with + and its country."
    ) % _name(question)


def _email(question: Question, limit: Any, value: Any) -> str:
    return _("“%(field)s” is not an e-mail address. Write it like name@example.cn.") % _name(question)


def _time(question: Question, limit: Any, value: Any) -> str:
    return _("“%(field)s” is not a time of day. Write it like 9:30.") % _name(question)


def _uri(question: Question, limit: Any, value: Any) -> str:
    return _("“%(field)s” is not a web address. It begins with https://.") % _name(question)


def _as_identity_says(rule: Callable[[str], Any]) -> Callable[[Question, Any, Any], str]:
    def tell(question: Question, limit: Any, value: Any) -> str:
        try:
            rule(str(value))
        except InvalidInput as error:
            reason = str(error.faults[0].message)
        else:
            reason = _("Check the number.")
        return _("“%(field)s”: %(reason)s") % {**_name(question), "reason": reason}

    return tell


_BY_FORMAT: dict[str, Callable[[Question, Any, Any], str]] = {
    "date": _date,
    "money": _money,
    "phone": _phone,
    "email": _email,
    "time": _time,
    "uri": _uri,
    "cn-resident-id": _as_identity_says(check_resident_id),
    "cn-uscc": _as_identity_says(check_uscc),
}

_BY_KEYWORD: dict[str, Callable[[Question, Any, Any], str]] = {
    "maxLength": _too_long,
    "minLength": _too_short,
    "minimum": _out_of_range,
    "maximum": _out_of_range,
    "exclusiveMinimum": _out_of_range,
    "exclusiveMaximum": _out_of_range,
    "multipleOf": _step,
    "enum": _not_offered,
    "const": _not_confirmed,
    "pattern": _pattern,
    "format": _format,
    "type": _wrong_type,
    "minItems": _too_few,
    "maxItems": _too_many,
    "uniqueItems": _repeated,
    "x-not-before": _too_early,
    "x-not-after": _too_late,
}
