"""Keyset pagination: a page is found by the values of its last row, never by counting the rows before it."""

import base64
import binascii
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar
from urllib.parse import urlencode

from django.core.exceptions import ValidationError
from django.db.models import Model, Q, QuerySet
from django.http import HttpRequest

from egov.kernel.errors import InvalidInput

M = TypeVar("M", bound=Model)


@dataclass(frozen=True)
class Page(Generic[M]):
    items: list[M]
    previous_url: str = ""
    next_url: str = ""

    def __iter__(self) -> Any:
        return iter(self.items)

    def __len__(self) -> int:
        return len(self.items)


def page_of(request: HttpRequest, rows: QuerySet[M], *, order: Sequence[str], size: int = 25) -> Page[M]:
    """The page that the request's ``after`` or ``before`` names, in ``order`` ("-id", "name", …).

    The last field of ``order`` must be unique and none may be null. Costs one query. Raises ``InvalidInput`` when
    the cursor was altered.
    """
    backwards = "before" in request.GET and "after" not in request.GET
    cursor = request.GET.get("before" if backwards else "after", "")
    keys = [_flipped(key) for key in order] if backwards else list(order)
    if cursor:
        rows = rows.filter(_beyond(keys, _decoded(cursor, len(keys), rows.model, keys)))
    found = list(rows.order_by(*keys)[: size + 1])
    more, items = len(found) > size, found[:size]
    if backwards:
        items.reverse()
    has_previous = more if backwards else bool(cursor)
    has_next = bool(cursor) if backwards else more
    return Page(
        items=items,
        previous_url=_url(request, "before", items[0], order) if items and has_previous else "",
        next_url=_url(request, "after", items[-1], order) if items and has_next else "",
    )


def _flipped(key: str) -> str:
    return key[1:] if key.startswith("-") else f"-{key}"


def _beyond(keys: Sequence[str], values: Sequence[Any]) -> Q:
    """Rows after ``values``: (a > x) or (a = x and b > y) or …"""
    condition, equal = Q(), Q()
    for key, value in zip(keys, values, strict=True):
        name = key.lstrip("-")
        comparison = "lt" if key.startswith("-") else "gt"
        condition |= equal & Q(**{f"{name}__{comparison}": value})
        equal &= Q(**{name: value})
    return condition


def _value(row: Model, key: str) -> Any:
    value: Any = row
    for part in key.lstrip("-").split("__"):
        value = value[part] if isinstance(value, dict) else getattr(value, part)
    return value


def _url(request: HttpRequest, direction: str, row: Model, order: Sequence[str]) -> str:
    raw = json.dumps([str(_value(row, key)) for key in order], ensure_ascii=False).encode()
    query = request.GET.copy()
    query.pop("after", None)
    query.pop("before", None)
    query[direction] = base64.urlsafe_b64encode(raw).decode().rstrip("=")
    return f"{request.path}?{urlencode(list(query.lists()), doseq=True)}"


def _decoded(cursor: str, length: int, model: type[Model], keys: Sequence[str]) -> list[Any]:
    wrong = InvalidInput.at("after", "invalid_cursor", "")
    try:
        values = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        if not (isinstance(values, list) and len(values) == length and all(isinstance(v, str) for v in values)):
            raise wrong
        return [_checked(model, key, value) for key, value in zip(keys, values, strict=True)]
    except (binascii.Error, ValueError, UnicodeDecodeError, ValidationError) as error:
        raise wrong from error


def _checked(model: type[Model], key: str, value: str) -> Any:
    """``value`` as the type of the field, so that an altered cursor never reaches the database as nonsense."""
    first, *rest = key.lstrip("-").split("__")
    if first == "pk":
        return model._meta.pk.to_python(value)
    field = model._meta.get_field(first)
    if rest and field.is_relation and field.related_model is not None:
        return _checked(field.related_model, "__".join(rest), value)
    return value if rest else field.to_python(value)  # type: ignore[union-attr]
