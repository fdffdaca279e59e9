"""The receiving side for demonstrations and tests: takes a message once per key and counts repeats.

One file per key under ``EGOV_SANDBOX_DIR``, made whole or not at all, so that it is right across processes and crashes.
"""

import json
import os
import secrets
from pathlib import Path
from typing import Any

from django.conf import settings

from egov.notices.registry import Outgoing


def _folder(channel: str) -> Path:
    folder = Path(settings.EGOV_SANDBOX_DIR) / channel
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def take(channel: str, message: Outgoing) -> str:
    """Take effect for a new key, count a repeat; returns the receipt, the same for both."""
    path = _folder(channel) / f"{message.key}.json"
    content = {"to": message.address, "title": message.title, "body": message.body, "url": message.url}
    temporary = path.with_name(f".{secrets.token_hex(8)}")
    temporary.write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")
    try:
        os.link(temporary, path)
    except FileExistsError:
        with (path.parent / "repeats.log").open("a", encoding="utf-8") as stream:
            stream.write(message.key + "\n")
    finally:
        temporary.unlink()
    return f"sandbox-{message.key}"


def taken(channel: str) -> dict[str, dict[str, Any]]:
    """Messages that took effect, by key."""
    return {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in _folder(channel).glob("*.json")}


def repeats(channel: str) -> int:
    """How often a message came again."""
    log = _folder(channel) / "repeats.log"
    return len(log.read_text(encoding="utf-8").splitlines()) if log.exists() else 0
