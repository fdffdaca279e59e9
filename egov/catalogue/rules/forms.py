"""The form of a fileable service: JSON Schema 2020-12 with ``x-`` hints, checked before a version is reviewed."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import jsonschema
from django.utils.translation import gettext_lazy as _

from egov.catalogue.rules.conditions import UNANSWERABLE, Asked, check_condition, circle
from egov.kernel.errors import FieldError
from egov.kernel.text import localise
from egov.law.rules import names_in

WIDGETS = frozenset(
    {
        "text",
        "textarea",
        "radio",
        "select",
        "checkbox",
        "checkboxes",
        "date",
        "number",
        "money",
        "phone",
        "id_number",
        "region",
        "address",
        "file",
        "group",
        "post",
    }
)
FORMATS = frozenset({"date", "email", "phone", "money", "cn-resident-id", "cn-uscc", "time", "uri"})
TYPES = frozenset({"string", "integer", "number", "boolean", "array"})
HINTS = frozenset(
    {
        "x-title",
        "x-hint",
        "x-labels",
        "x-element",
        "x-widget",
        "x-visible-when",
        "x-required-when",
        "x-unit",
        "x-material",
        "x-accept",
        "x-why",
        "x-basis",
        "x-pattern-hint",
        "x-many",
        "x-not-before",
        "x-not-after",
        "x-prefill",
    }
)
KEY = re.compile(r"^[a-z][a-z0-9_]{0,39}$")
MAX_FIELDS = 200


def check_form(form: Any, materials: Sequence[Mapping[str, Any]]) -> Iterator[FieldError]:
    """Every fault of a form. ``materials`` are those of the same version: a file field hands in one of them."""
    if not isinstance(form, Mapping) or form.get("type") != "object" or not isinstance(form.get("properties"), Mapping):
        yield _fault("form", _("A form is an object with properties."))
        return
    try:
        jsonschema.Draft202012Validator.check_schema(dict(form))
    except jsonschema.SchemaError as error:
        yield _fault("form/" + "/".join(map(str, error.path)), error.message[:300])
        return
    fields = form["properties"]
    if len(fields) > MAX_FIELDS:
        yield _fault("form", _("A form has at most 200 fields."))
        return
    handed_in = {row.get("key") for row in materials if row.get("source") == "applicant"}
    yield from _fields("form/properties", fields, handed_in)
    yield from _days("form/properties", fields)
    for key in form.get("required", ()):
        if key not in fields:
            yield _fault("form/required", _("%(key)s is required but is no field.") % {"key": key})
    yield from _pages(form, fields)
    yield from _circle(form, fields)


def questions_of(form: Any) -> Asked:
    """The questions of a form that are questions, whatever else is wrong with it: key → schema."""
    fields = form.get("properties") if isinstance(form, Mapping) else None
    fields = fields if isinstance(fields, Mapping) else {}
    return {key: field for key, field in fields.items() if isinstance(field, Mapping)}


def element_of(service: str, key: str, field: Mapping[str, Any]) -> str:
    """The data element a question is bound to: one of the dictionary, or one that only this service asks, whose name,
    type and meaning are those of the question; "" for a paper, which is a material."""
    if "x-material" in field:
        return ""
    return str(field.get("x-element") or f"{service.lower()}.{key}")


def _fields(
    path: str, fields: Mapping[str, Any], handed_in: set[Any], *, around: Asked | None = None
) -> Iterator[FieldError]:
    """The questions of a form, or of the rows of a group, which may look at those ``around`` the group as well."""
    asked = {**(around or {}), **fields}
    bound: dict[str, str] = {}
    for key, field in fields.items():
        yield from _field(f"{path}/{key}", key, field, handed_in, asked)
        other = bound.setdefault(str(field.get("x-element", "")), key)
        if "x-element" in field and other != key:
            title = localise(fields[other].get("x-title")) or other
            yield _fault(f"{path}/{key}/x-element", _("“%(title)s” asks for this data element.") % {"title": title})


def _field(path: str, key: str, field: Mapping[str, Any], handed_in: set[Any], asked: Asked) -> Iterator[FieldError]:
    if not KEY.match(key):
        yield _fault(path, _("A key has small letters, digits and underscores."))
    if field.get("type") not in TYPES:
        yield _fault(f"{path}/type", _("A field is a string, integer, number, boolean or array."))
    if field.get("format") is not None and field["format"] not in FORMATS:
        yield _fault(f"{path}/format", _("This format is not known."))
    yield from _texts(path, field)
    yield from _choices(path, field)
    for name in ("x-visible-when", "x-required-when"):
        if name in field:
            yield from check_condition(f"{path}/{name}", field[name], asked, of=field.get("x-title") or key)
    yield from _widget(path, key, field, handed_in, asked)


def _days(path: str, fields: Mapping[str, Any]) -> Iterator[FieldError]:
    """A limit of a day is today or another day of the form."""
    days = {key for key, field in fields.items() if field.get("format") == "date"}
    for key, field in fields.items():
        for name in ("x-not-before", "x-not-after"):
            if name in field and (key not in days or field[name] not in {"today", *days} - {key}):
                yield _fault(f"{path}/{key}/{name}", _("A day is limited by “today” or by another day of the form."))


def _texts(path: str, field: Mapping[str, Any]) -> Iterator[FieldError]:
    if not _is_localised(field.get("x-title")):
        yield _fault(f"{path}/x-title", _("The title is needed in Chinese and English."))
    for name in ("x-hint", "x-unit", "x-why", "x-basis"):
        if name in field and not _is_localised(field[name]):
            yield _fault(f"{path}/{name}", _("The text is needed in Chinese and English."))
    if not isinstance(field.get("x-prefill", False), bool):
        yield _fault(f"{path}/x-prefill", _("This is yes or no."))
    for name in field:
        if name.startswith("x-") and name not in HINTS:
            yield _fault(f"{path}/{name}", _("This hint is not known."))


def _widget(path: str, key: str, field: Mapping[str, Any], handed_in: set[Any], asked: Asked) -> Iterator[FieldError]:
    widget, rows = field.get("x-widget"), field.get("items")
    if widget is not None and widget not in WIDGETS:
        yield _fault(f"{path}/x-widget", _("This widget is not known."))
    if widget == "file" and field.get("x-material", key) not in handed_in:
        yield _fault(f"{path}/x-material", _("A file field hands in a material of the applicant."))
    if widget == "group" or (field.get("type") == "array" and isinstance(rows, Mapping) and "properties" in rows):
        yield from _group(path, rows, handed_in, asked)


def _group(path: str, rows: Any, handed_in: set[Any], asked: Asked) -> Iterator[FieldError]:
    if not isinstance(rows, Mapping) or not isinstance(rows.get("properties"), Mapping):
        yield _fault(f"{path}/items", _("A repeating group has fields of its own."))
        return
    yield from _fields(f"{path}/items/properties", rows["properties"], handed_in, around=asked)


def _choices(path: str, field: Mapping[str, Any]) -> Iterator[FieldError]:
    rows = field.get("items")
    owner = rows if isinstance(rows, Mapping) and "enum" in rows else field
    if "enum" not in owner:
        return
    labels = field.get("x-labels") or owner.get("x-labels") or {}
    for value in dict.fromkeys(each for each in owner["enum"] if owner["enum"].count(each) > 1):
        yield _fault(f"{path}/enum", _("Two answers have the key %(key)s.") % {"key": value})
    for value in owner["enum"]:
        if not _is_localised(labels.get(str(value))):
            yield _fault(f"{path}/x-labels/{value}", _("The choice needs a label in Chinese and English."))


def _pages(form: Mapping[str, Any], fields: Mapping[str, Any]) -> Iterator[FieldError]:
    pages = form.get("x-pages", ())
    keys = [page.get("key") for page in pages]
    for number, page in enumerate(pages):
        path = f"form/x-pages/{number}"
        if not KEY.match(str(page.get("key", ""))) or keys.count(page["key"]) > 1:
            yield _fault(f"{path}/key", _("A page needs a key of its own."))
        if not _is_localised(page.get("title")):
            yield _fault(f"{path}/title", _("The title is needed in Chinese and English."))
        if "visible_when" in page:
            of = page.get("title") or page.get("key")
            yield from check_condition(f"{path}/visible_when", page["visible_when"], fields, of=of)
    yield from _places([key for page in pages for key in page.get("fields", ())], fields if pages else {})


def _places(placed: Sequence[str], fields: Mapping[str, Any]) -> Iterator[FieldError]:
    for key in dict.fromkeys(placed):
        if key not in fields:
            yield _fault("form/x-pages", _("%(key)s is no field.") % {"key": key})
        elif placed.count(key) > 1:
            yield _fault("form/x-pages", _("%(key)s stands on two pages.") % {"key": key})
    for key in fields:
        if key not in placed:
            yield _fault("form/x-pages", _("%(key)s stands on no page.") % {"key": key})


def _circle(form: Mapping[str, Any], fields: Asked) -> Iterator[FieldError]:
    """Whether a question is asked never depends on its own answer, be it through others or through its page."""
    pages = {key: page.get("visible_when", "") for page in form.get("x-pages", ()) for key in page.get("fields", ())}
    conditions = {key: f"{field.get('x-visible-when', '')} {pages.get(key, '')}" for key, field in fields.items()}
    found = circle({key: names_in(condition) & fields.keys() for key, condition in conditions.items()})
    if found:
        titles = (localise(fields[key].get("x-title")) or key for key in found)
        message = _("Nobody could begin: each of these is asked only when another is answered: %(questions)s.")
        said = message % {"questions": " · ".join(titles)}
        yield FieldError(f"form/properties/{found[0]}/x-visible-when", UNANSWERABLE, said)


def in_order(form: Mapping[str, Any] | None) -> list[tuple[str, Mapping[str, Any]]]:
    """The questions as they are asked, page by page (the database keeps them by the length of their keys)."""
    fields = (form or {}).get("properties", {})
    placed = [key for page in (form or {}).get("x-pages", ()) for key in page.get("fields", ()) if key in fields]
    return [(key, fields[key]) for key in dict.fromkeys([*placed, *fields])]


def _is_localised(value: Any) -> bool:
    return isinstance(value, Mapping) and bool(value.get("zh-Hans")) and bool(value.get("en"))


def _fault(path: str, message: Any) -> FieldError:
    return FieldError(path, "invalid", message)
