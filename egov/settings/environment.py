"""Reads variables from the process environment, then from the file that the set-up scripts wrote."""

import os
import secrets
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit


class Environment:
    """``paths`` hold KEY=value lines (mode 600); an earlier one wins, and the process environment over all."""

    def __init__(self, *paths: Path) -> None:
        self._values: dict[str, str] = {}
        for path in reversed(paths):
            if path.exists():
                for line in path.read_text().splitlines():
                    key, separator, value = line.partition("=")
                    if separator and not key.startswith("#"):
                        self._values[key.strip()] = value.strip()

    def _get(self, name: str) -> str | None:
        return os.environ.get(name, self._values.get(name))

    def given(self, name: str) -> bool:
        """Whether the variable has a value that is not empty."""
        return bool(self._get(name))

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


def mail_settings(url: str) -> dict[str, Any]:
    """Django's mail settings from ``smtp://user:password@host:587?tls=starttls``, ``smtps://…`` or ``file:///folder``.

    Raises ``ValueError`` for another scheme.
    """
    parts = urlsplit(url)
    if parts.scheme == "file":
        return {
            "EMAIL_BACKEND": "django.core.mail.backends.filebased.EmailBackend",
            "EMAIL_FILE_PATH": unquote(parts.path),
        }
    if parts.scheme not in ("smtp", "smtps"):
        raise ValueError(f"EGOV_EMAIL_URL: unknown scheme {parts.scheme!r}")
    implicit = parts.scheme == "smtps"
    return {
        "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "EMAIL_HOST": parts.hostname or "localhost",
        "EMAIL_PORT": parts.port or (465 if implicit else 587),
        "EMAIL_HOST_USER": unquote(parts.username or ""),
        "EMAIL_HOST_PASSWORD": unquote(parts.password or ""),
        "EMAIL_USE_SSL": implicit,
        "EMAIL_USE_TLS": not implicit and parse_qs(parts.query).get("tls") != ["none"],
    }


def celery_broker(redis_url: str) -> str:
    """The queue's spelling of a Redis address: it names a Unix socket differently."""
    parts = urlsplit(redis_url)
    if parts.scheme != "unix":
        return redis_url
    database = parse_qs(parts.query).get("db", ["0"])[0]
    return f"redis+socket://{parts.path}?virtual_host={database}"
