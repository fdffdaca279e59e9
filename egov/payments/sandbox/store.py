"""What the sandbox keeps: one file per key, written whole, once. A repeat is counted and answered with the first."""

import json
import os
import secrets
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

from django.conf import settings

Row = dict[str, Any]


def folder(kind: str) -> Path:
    place = Path(settings.EGOV_SANDBOX_DIR) / kind
    place.mkdir(parents=True, exist_ok=True)
    return place


def once(kind: str, key: str, row: Row) -> Row:
    """Keep ``row`` under ``key``, or give back what was kept first."""
    place = folder(kind)
    path = place / f"{quote(key, safe='')}.json"
    temporary = place / f".{secrets.token_hex(8)}"
    temporary.write_text(json.dumps(row, ensure_ascii=False), encoding="utf-8")
    try:
        os.link(temporary, path)
    except FileExistsError:
        with (place / "repeats.log").open("a", encoding="utf-8") as log:
            log.write(f"{key}\n")
        return _read(path)
    finally:
        temporary.unlink()
    return row


def rows(kind: str) -> Iterator[Row]:
    for path in sorted(folder(kind).glob("*.json")):
        yield _read(path)


def repeats(kind: str) -> int:
    """How often something came again."""
    log = folder(kind) / "repeats.log"
    return len(log.read_text(encoding="utf-8").splitlines()) if log.exists() else 0


def _read(path: Path) -> Row:
    return dict(json.loads(path.read_text(encoding="utf-8")))
