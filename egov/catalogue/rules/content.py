"""What a version says, as one comparable value: the columns a definition may set."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

# Column of ServiceVersion -> what it holds when a definition is silent.
CONTENT_FIELDS: dict[str, Any] = {
    "name": {},
    "summary": {},
    "department_name": {},
    "base_code": "",
    "implementation_code": "",
    "item_type": "20",
    "level": "district",
    "audience": [],
    "themes": [],
    "case_kind": "promised",
    "statutory_limit": None,
    "statutory_unit": "",
    "promised_limit": 0,
    "promised_unit": "wd",
    "procedure": "",
    "conditions": {},
    "materials": [],
    "fee": {},
    "legal_basis": [],
    "outputs": [],
    "channel": {},
    "rights": {},
    "faq": [],
    "needs": {},
    "depends_on": [],
    "online_depth": 1,
    "form": None,
    "plan": None,
    "effects": [],
    "special_procedures": [],
    "opinions": [],
    "letters": [],
    "auto_decision": None,
    "auto_advice": None,
}


# Parts that came when definitions had been loaded without them: empty, they are as good as not there, so that a file
# which did not change is not taken for a new one.
LATER = ("letters",)

# Column of Event and EventVersion -> what it holds when a definition is silent.
EVENT_FIELDS: dict[str, Any] = {
    "kind": "life",
    "name": {},
    "summary": {},
    "needs": {},
    "definition": {},
    "lead_role": "",
    "order": 0,
}


@dataclass(frozen=True)
class Difference:
    """``path`` is a JSON pointer without the leading slash; None means: not there."""

    path: str
    before: Any
    after: Any


def complete(definition: Mapping[str, Any]) -> dict[str, Any]:
    """All content columns, with defaults where the definition is silent. Raises ``ValueError`` for unknown keys."""
    unknown = sorted(set(definition) - set(CONTENT_FIELDS))
    if unknown:
        raise ValueError(f"unknown: {', '.join(unknown)}")
    return {name: definition.get(name, default) for name, default in CONTENT_FIELDS.items()}


def digest(content: Any) -> str:
    """SHA-256 of the canonical JSON; what was computed while loading (``text`` of a citation) does not count."""
    content = plain(content)
    if isinstance(content, Mapping):
        content = {name: value for name, value in content.items() if value or name not in LATER}
    canonical = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"), default=str)
    return hashlib.sha256(canonical.encode()).hexdigest()


def plain(content: Any) -> Any:
    """``content`` without the texts that loading adds to the legal basis."""
    if not isinstance(content, Mapping) or "legal_basis" not in content:
        return content
    stripped = [
        {name: value for name, value in row.items() if name != "text"} if row.get("instrument") else row
        for row in content["legal_basis"]
    ]
    return {**content, "legal_basis": stripped}


def differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Difference]:
    """What changed between two contents, place by place, in reading order."""
    return list(_differences("", plain(before), plain(after)))


def _differences(path: str, before: Any, after: Any) -> Iterator[Difference]:
    if before == after:
        return
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        for name in [*before, *(each for each in after if each not in before)]:
            yield from _differences(_below(path, name), before.get(name), after.get(name))
    elif _keyed(before) and _keyed(after):
        yield from _differences(path, {key_of(row): row for row in before}, {key_of(row): row for row in after})
    else:
        yield Difference(path, before, after)


def _keyed(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(key_of(row) for row in value)


def key_of(row: Any) -> str:
    """What tells a row of a list from the others: its key, the service it names, or the two that it joins."""
    if not isinstance(row, Mapping):
        return ""
    if "from" in row and "to" in row:
        return f"{row['from']} → {row['to']}"
    return str(row.get("key") or row.get("service") or "")


def _below(path: str, name: Any) -> str:
    return f"{path}/{name}" if path else str(name)
