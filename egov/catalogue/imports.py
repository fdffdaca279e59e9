"""Service items of other catalogues, row by row, as listed definitions. Reads; writes nothing.

Two formats are read: JSON lines as the Guangdong catalogue publishes them, and CSV as Guang'an does. An item keeps its
implementation code; it is found and explained, and never filed here.
"""

import csv
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from egov.catalogue import rules
from egov.catalogue.files import ServiceFile, read_service

MAX_ROWS = 100_000
MAX_TEXT = 4000

# By the words, because the provinces number the kinds differently.
_TYPES = {
    "行政许可": "01",
    "行政处罚": "02",
    "行政强制": "03",
    "行政征收": "04",
    "行政给付": "05",
    "行政检查": "06",
    "行政确认": "07",
    "行政奖励": "08",
    "行政裁决": "09",
    "其他行政权力": "10",
    "公共服务": "20",
}
_AUDIENCES = {
    "自然人": "person",
    "企业法人": "enterprise",
    "事业法人": "institution",
    "社会组织法人": "social_organisation",
    "非法人企业": "enterprise",
    "行政机关": "department",
    "其他组织": "other",
}
_LEVELS = {
    "国家级": "country",
    "省级": "province",
    "市级": "city",
    "县级": "district",
    "镇级": "township",
    "村级": "village",
}
_UNITS = {"工作日": "wd", "自然日": "d", "天": "d", "月": "m", "小时": "h"}
_LIMIT = re.compile(r"^(\d{1,4})\((\D+)\)$")
_REGION_IN_CODE = re.compile(r"-(\d{6})\d{6}-")


@dataclass(frozen=True)
class LineError:
    """What is wrong with a row; ``line`` as an editor counts."""

    line: int
    code: str
    message: str


def read_items(path: Path, *, source: str) -> Iterator[tuple[int, ServiceFile | LineError]]:
    """Each row with its line number. Raises ``ValueError`` for a file of another kind or with too many rows."""
    readers = {".jsonl": _json_lines, ".csv": _csv}
    if path.suffix not in readers:
        raise ValueError("only .jsonl and .csv are read")
    for count, (line, row) in enumerate(readers[path.suffix](path)):
        if count >= MAX_ROWS:
            raise ValueError(f"more than {MAX_ROWS} rows")
        if isinstance(row, LineError):
            yield line, row
            continue
        try:
            yield line, _item(row, source=source)
        except ValueError as error:
            yield line, LineError(line, str(row.get("code", "")), str(error))


def _json_lines(path: Path) -> Iterator[tuple[int, dict[str, Any] | LineError]]:
    with path.open(encoding="utf-8-sig") as file:
        for line, text in enumerate(file, start=1):
            if not text.strip():
                continue
            try:
                row = json.loads(text)
            except (json.JSONDecodeError, RecursionError) as error:
                yield line, LineError(line, "", f"not JSON: {error}")
                continue
            yield line, _from_guangdong(row) if isinstance(row, Mapping) else LineError(line, "", "not an object")


def _csv(path: Path) -> Iterator[tuple[int, dict[str, Any] | LineError]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.DictReader(file)
        missing = {"name", "item_code", "task_type", "department"} - set(reader.fieldnames or ())
        if missing:
            raise ValueError(f"columns are missing: {', '.join(sorted(missing))}")
        for row in reader:
            yield reader.line_num, _from_guangan(row)


def _from_guangdong(row: Mapping[str, Any]) -> dict[str, Any]:
    name = _text(row.get("TASK_NAME"))
    variant = _text(row.get("subTaskName"))
    return {
        "code": _text(row.get("TASK_CODE")),
        "name": f"{name}（{variant}）" if variant and variant != name else name,
        "kind": _text(row.get("TASK_TYPE_TEXT")),
        "department": _text(row.get("DEPT_NAME")),
        "region": _text(row.get("AREACODE")),
        "level": _text(row.get("matter_level")),
        "base_code": _text(row.get("CATAID")),
        "catalogue_name": _text(row.get("CATANAME")),
        "statutory": _text(row.get("handle_time")),
        "promised": _text(row.get("handle_time_limit")),
        "conditions": _text(row.get("accept_standard")),
        "place": _text(row.get("handle_location")),
        "consult": _text(row.get("consult_phone")),
        "complain": _text(row.get("complain_phone")),
        "visits": _text(row.get("LIMIT_SCENE_NUM")),
        "post": _text(row.get("courier_service")) == "是",
        "booking": _text(row.get("online_book")) == "是",
        "themes": [_text(each) for each in row.get("theme_category") or ()],
        "audience": [_text(each) for each in row.get("service_object_name") or ()],
        "materials": [_text(each) for each in row.get("material_intro") or ()],
    }


def _from_guangan(row: Mapping[str, str | None]) -> dict[str, Any]:
    code = _text(row.get("item_code"))
    region = _REGION_IN_CODE.search(code)
    by_number = {str(int(number)): word for word, number in _TYPES.items()}
    main = _text(row.get("main_item"))
    return {
        "code": code,
        "name": _text(row.get("name")),
        "kind": by_number.get(_text(row.get("task_type")).lstrip("0"), ""),
        "department": _text(row.get("department")),
        "region": region.group(1) if region else "",
        "level": "县级",
        "catalogue_name": "" if main == "未分类" else main,
    }


def _item(row: Mapping[str, Any], *, source: str) -> ServiceFile:
    if not row["code"] or len(row["code"]) > 64:
        raise ValueError("the code is missing or too long")
    if not row["name"]:
        raise ValueError("the name is missing")
    if row["kind"] not in _TYPES:
        raise ValueError("the kind of item is not known")
    audience = list(dict.fromkeys(_AUDIENCES[each] for each in row.get("audience", ()) if each in _AUDIENCES))
    statutory, promised = _limit(row.get("statutory", "")), _limit(row.get("promised", ""))
    definition = {
        "code": row["code"],
        "mode": _mode(audience),
        "name": {"zh-Hans": row["name"]},
        "summary": {"zh-Hans": row["catalogue_name"]}
        if row.get("catalogue_name") not in (None, "", row["name"])
        else {},
        "department_name": {"zh-Hans": row["department"]} if row["department"] else {},
        "base_code": row.get("base_code", "")[:40],
        "implementation_code": row["code"],
        "item_type": _TYPES[row["kind"]],
        "level": _LEVELS.get(row["level"], "district"),
        "audience": audience,
        "themes": [each[:40] for each in row.get("themes", ()) if each],
        "case_kind": "instant" if promised and promised[0] == 0 else "promised",
        "statutory_limit": statutory[0] if statutory else None,
        "statutory_unit": statutory[1] if statutory else "",
        "promised_limit": promised[0] if promised else 0,
        "promised_unit": promised[1] if promised else "wd",
        "conditions": {"zh-Hans": row["conditions"]} if row.get("conditions") else {},
        "materials": _materials(row.get("materials", ())),
        "channel": _channel(row),
        "rights": _rights(row),
    }
    return read_service(definition, room="", source=source, region=row.get("region", ""))


def _mode(audience: list[str]) -> str:
    if "person" in audience or not audience:
        return "g2c"
    return "g2g" if audience == ["department"] else "g2b"


def _materials(names: Any) -> list[dict[str, Any]]:
    chosen = dict.fromkeys(name for name in names if name)
    return [
        {"key": f"m{number}", "name": {"zh-Hans": name}, "source": "applicant", "required": "always", "form": "either"}
        for number, name in enumerate(chosen, start=1)
    ]


def _channel(row: Mapping[str, Any]) -> dict[str, Any]:
    channel: dict[str, Any] = {"forms": ["window", "post"] if row.get("post") else ["window"]}
    if row.get("place"):
        channel["file_at"] = {"zh-Hans": row["place"]}
    if str(row.get("visits", "")).isdigit():
        channel["visits"] = int(row["visits"])
    if row.get("booking"):
        channel["booking"] = True
    return channel


def _rights(row: Mapping[str, Any]) -> dict[str, Any]:
    return {name: row[name] for name in ("consult", "complain") if row.get(name)}


def _limit(text: str) -> tuple[int, str] | None:
    if not text:
        return None
    found = _LIMIT.match(text)
    if not found or found.group(2) not in _UNITS:
        raise ValueError(f"the time limit {text[:40]!r} cannot be read")
    return int(found.group(1)), _UNITS[found.group(2)]


def _text(value: Any) -> str:
    """A cell as tidy text; NUL, which the database refuses, and the like are dropped."""
    if value is None:
        return ""
    return " ".join("".join(ch for ch in str(value) if ch.isprintable() or ch.isspace()).split())[:MAX_TEXT]


def faults_of(file: ServiceFile) -> list[str]:
    """What the rules of the catalogue say against an imported item."""
    return [f"{fault.path}: {fault.message}" for fault in rules.check_definition(file.content)]
