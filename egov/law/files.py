"""The jurisdiction as plain content, from its files or from an instance, checked. Reads; writes nothing."""

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from egov.kernel.definitions import read_yaml
from egov.kernel.errors import FieldError, InvalidInput
from egov.law import rules
from egov.law.rules import EvaluationError

PROCEDURE_COLUMNS = ("key", "name", "valid_from")  # beside them all is the definition


@dataclass(frozen=True)
class LawFiles:
    """Content by kind; each item is what the row will hold."""

    instruments: list[dict[str, Any]]
    parameters: list[dict[str, Any]]
    procedures: list[dict[str, Any]]
    tables: list[dict[str, Any]]


def default_place() -> Path:
    return Path(__file__).parent / str(settings.EGOV_JURISDICTION)


def read_law(place: Path) -> LawFiles:
    """Everything under ``place``. Raises ``InvalidInput`` naming each file and fault."""
    return _checked(
        LawFiles(
            instruments=[_instrument(row) for row in _rows(place / "instruments.yaml")],
            parameters=[_parameter(row) for row in _rows(place / "parameters.yaml")],
            procedures=[_procedure(data) for _path, data in _laid_over_common(place / "procedures")],
            tables=[_table(read_yaml(path)) for path in sorted((place / "tables").glob("*.yaml"))],
        )
    )


def read_content(data: Mapping[str, Any]) -> LawFiles:
    """What was taken out of an instance, by kind. Raises ``InvalidInput`` naming each fault, ``KeyError``."""
    return _checked(
        LawFiles(
            instruments=[_instrument(row) for row in data["instruments"]],
            parameters=[_parameter(row) for row in data["parameters"]],
            procedures=[_procedure({**_named(row), **row["definition"]}) for row in data["procedures"]],
            tables=[_table(row) for row in data["tables"]],
        )
    )


def _checked(files: LawFiles) -> LawFiles:
    faults: list[FieldError] = []
    for procedure in files.procedures:
        _check(faults, f"procedures/{procedure['key']}", lambda p=procedure: _check_procedure(p, files))
    for table in files.tables:
        _check(faults, f"tables/{table['key']}", lambda t=table: _check_table(t))
    known = {row["key"] for row in files.instruments}
    faults += [
        _fault(f"parameters/{row['key']}", f"unknown instrument {row['instrument']}")
        for row in files.parameters
        if row["instrument"] not in known
    ]
    if faults:
        raise InvalidInput(faults, _("The files of the law have faults; nothing was loaded."))
    return files


def _rows(path: Path) -> list[dict[str, Any]]:
    return list(read_yaml(path) or []) if path.exists() else []


def _laid_over_common(place: Path) -> Iterator[tuple[Path, dict[str, Any]]]:
    common = read_yaml(place / "_common.yaml") if (place / "_common.yaml").exists() else {}
    for path in sorted(place.glob("*.yaml")):
        if not path.name.startswith("_"):
            yield path, _laid_over(common, read_yaml(path))


def _laid_over(base: Mapping[str, Any], top: Mapping[str, Any]) -> dict[str, Any]:
    """``top`` over ``base``, one level into maps."""
    merged = dict(base)
    for name, value in top.items():
        both = isinstance(value, Mapping) and isinstance(merged.get(name), Mapping)
        merged[name] = {**merged[name], **value} if both else value
    return merged


def _date(value: Any) -> str | None:
    return value.isoformat() if isinstance(value, dt.date) else (value or None)


def _instrument(row: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "key": row["key"],
        "title": row["title"],
        "number": row.get("number", ""),
        "in_force_from": _date(row.get("in_force_from")),
        "in_force_to": _date(row.get("in_force_to")),
    }


def _parameter(row: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "key": row["key"],
        "region": str(row.get("region", "")),
        "value": row["value"],
        "unit": row.get("unit", ""),
        "valid_from": _date(row["valid_from"]),
        "valid_to": _date(row.get("valid_to")),
        "instrument": row["instrument"],
        "article": str(row.get("article", "")),
    }


def _named(row: Mapping[str, Any]) -> dict[str, Any]:
    return {name: row[name] for name in PROCEDURE_COLUMNS}


def _procedure(data: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "key": data["key"],
        "name": data["name"],
        "valid_from": _date(data.get("valid_from")),
        "definition": {name: value for name, value in data.items() if name not in PROCEDURE_COLUMNS},
    }


def _table(data: Mapping[str, Any]) -> dict[str, Any]:
    model = data.get("model") or {"rules": data.get("rules")}
    return {
        "key": data["key"],
        "name": data["name"],
        "model": model,
        "inputs": data["inputs"],
        "tests": data.get("tests", []),
        "source": data.get("source", []),
    }


def _check(faults: list[FieldError], path: str, check: Any) -> None:
    try:
        check()
    except (ValueError, EvaluationError) as error:
        faults.append(_fault(path, str(error)))


def _fault(path: str, message: str) -> FieldError:
    return FieldError(path, "invalid", message)


def _check_procedure(content: Mapping[str, Any], files: LawFiles) -> None:
    procedure = rules.read_procedure(
        key=content["key"], version=1, name=content["name"], definition=content["definition"]
    )
    unknown = procedure.instruments() - {row["key"] for row in files.instruments}
    if unknown:
        raise ValueError(f"unknown instruments {', '.join(sorted(unknown))}")


def _check_table(content: Mapping[str, Any]) -> None:
    table = rules.read_table(version=1, **content)
    failed = rules.run_tests(table)
    if failed:
        raise ValueError("; ".join(f"test {test.number}: {test.message}" for test in failed))
