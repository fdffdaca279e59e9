"""Reads variables from the process environment, then from the file that the set-up scripts wrote."""

import os
import secrets
from pathlib import Path


class Environment:
    """``path`` holds KEY=value lines (mode 600); the process environment wins over it."""

    def __init__(self, path: Path) -> None:
        self._values: dict[str, str] = {}
        if path.exists():
            for line in path.read_text().splitlines():
                key, separator, value = line.partition("=")
                if separator and not key.startswith("#"):
                    self._values[key.strip()] = value.strip()

    def _get(self, name: str) -> str | None:
        return os.environ.get(name, self._values.get(name))

    def text(self, name: str, *, default: str) -> str:
        value = self._get(name)
        return default if value is None else value

    def flag(self, name: str, *, default: bool) -> bool:
        value = self._get(name)
        return default if value is None else value.lower() in ("1", "true", "yes", "on")

    def number(self, name: str, *, default: int) -> int:
        value = self._get(name)
        return default if value is None else int(value)

    def list(self, name: str, *, default: list[str]) -> list[str]:
        value = self._get(name)
        return default if value is None else [part.strip() for part in value.split(",") if part.strip()]

    def secret(self, name: str) -> str:
        """A secret is never defaulted to a constant: without one, this process alone gets a random one."""
        return self._get(name) or secrets.token_urlsafe(50)
