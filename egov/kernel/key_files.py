"""Files of keys: there whole or not at all, and never readable by others (mode 600)."""

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def write_new(path: Path, content: bytes) -> None:
    """Raises ``FileExistsError`` when the file is there already: of several processes, one makes it."""
    with _written_beside(path, content) as temporary:
        os.link(temporary, path)


def replace(path: Path, content: bytes) -> None:
    """The file has this content from now on; whoever reads meanwhile sees the one or the other."""
    with _written_beside(path, content) as temporary:
        temporary.replace(path)


@contextmanager
def _written_beside(path: Path, content: bytes) -> Iterator[Path]:
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        yield temporary
    finally:
        temporary.unlink(missing_ok=True)
