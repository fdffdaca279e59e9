"""What bin/backup and bin/restore share: where an instance keeps what it must not lose."""

from __future__ import annotations  # an older Python must get as far as ensure_python

import subprocess
from collections.abc import Mapping
from pathlib import Path

import _embedded as embedded

DUMP = "database.dump"
SECRETS = "secrets"
MANIFEST = "manifest.json"
# Without these the restored rows could not be read, nor sessions and signed links be checked.
SECRET_NAMES = ("EGOV_SECRET_KEY", "EGOV_DATA_KEY")


def folders(settings: Mapping[str, str]) -> dict[str, Path]:
    """Name in the archive -> folder of the instance (the defaults of egov/settings)."""
    return {
        "files": Path(settings.get("EGOV_FILES_DIR", embedded.RUN / "files")),
        "keys": Path(settings.get("EGOV_KEYS_DIR", embedded.RUN / "keys")),
    }


def postgres_tool(name: str, *arguments: str, **options: object) -> subprocess.CompletedProcess[str]:
    """Run a client program of the packaged PostgreSQL."""
    program = embedded.Postgres.binaries_folder() / name
    return subprocess.run([str(program), *arguments], check=True, text=True, **options)  # type: ignore[call-overload,no-any-return]
