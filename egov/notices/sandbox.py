"""The receiving side for demonstrations and tests: takes a message once per key and counts repeats.

One file per key under ``EGOV_SANDBOX_DIR``, created exclusively, so that it is right across processes and crashes.
"""

import json
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
    try:
        with path.open("x", encoding="utf-8") as stream:
            json.dump(content, stream, ensure_ascii=False)
    except FileExistsError:
        with (path.parent / "repeats.log").open("a", encoding="utf-8") as stream:
            stream.write(message.key + "\n")
    return f"sandbox-{message.key}"


def taken(channel: str) -> dict[str, dict[str, Any]]:
    """Messages that took effect, by key."""
    return {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in _folder(channel).glob("*.json")}


def repeats(channel: str) -> int:
    """How often a message came again."""
    log = _folder(channel) / "repeats.log"
    return len(log.read_text(encoding="utf-8").splitlines()) if log.exists() else 0
