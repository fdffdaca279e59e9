"""What a condition compares answers with, read from its text: an answer that nobody can give never holds, silently.

Only what is plain is read (``kind == "b"``, ``kind in ["a", "b"]``, ``"a" in offers``); where something is calculated
first, nothing is said.
"""

import functools
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import jsonschema

Schema = Mapping[str, Any]

_TOKEN = re.compile(
    r'"(?:[^"\\]|\\.)*"|\'(?:[^\'\\]|\\.)*\'|\d+(?:\.\d+)?|[a-zA-Z_$#][\w.$#]*|[=!<>]=|\.\.|\S', re.DOTALL
)
_NAME = re.compile(r"[a-zA-Z_]\w*|\$")
_EQUALS = frozenset({"==", "!="})
_ORDERS = frozenset({"<", ">", "<=", ">="})
_CALCULATES = frozenset("+-*/%^?")
_OPENS = frozenset("([")
_CONSTANTS: Mapping[str, Any] = {"true": True, "false": False, "null": None}
_WORDS = frozenset({*_CONSTANTS, "and", "or", "not", "in"})
OWN = "$"  # in a cell of a table: its own input


@dataclass(frozen=True)
class Compared:
    """``name`` is compared with ``value``: by its ``order``, looked for ``among`` several answers, or as it is."""

    name: str
    value: Any
    order: bool = False
    among: bool = False

    @property
    def said(self) -> str:
        """The value as it is written."""
        return json.dumps(self.value, ensure_ascii=False)

    def fits(self, schema: Schema) -> bool:
        """Whether an answer of this schema can be ``value``: of its type, and among its choices. Limits do not count:
        what is compared with a limit may lie beyond it."""
        if self.value is None:
            return True
        if self.among and schema.get("type") == "array":
            schema = schema.get("items") or {}
        return _validator(json.dumps(_kind_of(schema, self.order), sort_keys=True)).is_valid(self.value)


def compared(expression: str) -> Iterator[Compared]:
    """Each name with each literal that ``expression`` compares it with."""
    parts = _TOKEN.findall(expression)
    for place, part in enumerate(parts):
        left, right = parts[:place], parts[place + 1 :]
        if part in _EQUALS or part in _ORDERS:
            yield from _signed(left, right, order=part in _ORDERS)
        elif part == "in":
            yield from _within(left[:-1] if left[-1:] == ["not"] else left, right)


def compared_in_cell(cell: str) -> Iterator[Compared]:
    """As ``compared``, for a cell of a table; its own input is called ``OWN``."""
    parts = _TOKEN.findall(cell)
    names = [part for part in parts if part[0] not in "\"'" and _NAME.match(part) and part not in _WORDS]
    if names:
        yield from compared(cell)
        return
    order = any(part in _ORDERS or part == ".." for part in parts)
    for part in parts:
        if _is_literal(part):
            yield Compared(OWN, _value(part), order=order)


def _signed(left: Sequence[str], right: Sequence[str], *, order: bool) -> Iterator[Compared]:
    before, after = _last(left), _first(right)
    if before is None or after is None:
        return
    for name, literal in ((before, after), (after, before)):
        if _is_name(name) and _is_literal(literal):
            yield Compared(name, _value(literal), order=order)


def _within(left: Sequence[str], right: Sequence[str]) -> Iterator[Compared]:
    before, after = _last(left), _first(right)
    if before is not None and after is not None and _is_literal(before) and _is_name(after):
        yield Compared(after, _value(before), among=True)
    if before is not None and _is_name(before) and right[:1] == ["["] and "]" in right:
        listed = right[1 : right.index("]")]
        if all(_is_literal(each) or each == "," for each in listed):
            yield from (Compared(before, _value(each)) for each in listed if each != ",")


def _last(parts: Sequence[str]) -> str | None:
    """The operand that ends here, unless it is part of a calculation."""
    return parts[-1] if parts and not (len(parts) > 1 and parts[-2] in _CALCULATES) else None


def _first(parts: Sequence[str]) -> str | None:
    """The operand that begins here, with its sign, unless something is calculated with it."""
    if parts[:1] == ["-"] and len(parts) > 1:
        parts = [f"-{parts[1]}", *parts[2:]]
    return parts[0] if parts and not (len(parts) > 1 and parts[1] in _CALCULATES | _OPENS) else None


def _is_name(part: str) -> bool:
    return bool(_NAME.fullmatch(part)) and part not in _WORDS


def _is_literal(part: str) -> bool:
    return part in _CONSTANTS or part[0] in "\"'" or part.removeprefix("-")[:1].isdigit()


def _value(part: str) -> Any:
    if part in _CONSTANTS:
        return _CONSTANTS[part]
    if part[0] in "\"'":
        return part[1:-1]
    return float(part) if "." in part else int(part)


def _kind_of(schema: Schema, order: bool) -> dict[str, Any]:
    """The type and the choices of a schema. Money is written as a text and enters conditions as fen."""
    if schema.get("format") == "money" or schema.get("x-widget") == "file":
        return {}
    kinds = schema.get("type", [])
    kinds = [kinds] if isinstance(kinds, str) else list(kinds)
    found: dict[str, Any] = {"type": ["number" if kind == "integer" else kind for kind in kinds]} if kinds else {}
    return {**found, "enum": schema["enum"]} if "enum" in schema and not order else found


@functools.lru_cache(maxsize=512)
def _validator(schema: str) -> jsonschema.Draft202012Validator:
    return jsonschema.Draft202012Validator(json.loads(schema))
