"""Bytes under their hash, through Django's storage API (``STORAGES["documents"]``), so that S3 can replace the disk."""

import contextlib
import hashlib
import os
import tempfile

from django.core.files.base import ContentFile, File
from django.core.files.storage import FileSystemStorage, storages
from django.utils.translation import gettext_lazy as _

from egov.kernel.errors import Unavailable


class HashedFiles(FileSystemStorage):
    """Files on a disk whose name is their content's hash: written whole, once, and durable before anyone names them.

    Where the same name is saved again the content is the same; the earlier file stays.
    """

    def get_available_name(self, name: str, max_length: int | None = None) -> str:
        return name

    def _save(self, name: str, content: File) -> str:
        path = self.path(name)
        if os.path.exists(path):
            return name
        folder = os.path.dirname(path)
        os.makedirs(folder, mode=self.directory_permissions_mode or 0o700, exist_ok=True)
        descriptor, temporary = tempfile.mkstemp(dir=folder)
        try:
            with os.fdopen(descriptor, "wb") as file:
                for chunk in content.chunks():
                    file.write(chunk)
                file.flush()
                os.fsync(file.fileno())
            os.replace(temporary, path)
        except BaseException:
            with contextlib.suppress(FileNotFoundError):
                os.unlink(temporary)
            raise
        _sync(folder)
        return name


def _sync(folder: str) -> None:
    """A name is durable when its folder is."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def save(content: bytes) -> tuple[str, str]:
    """Keep ``content``; returns its SHA-256 (hex) and the path under which it lies."""
    digest = hashlib.sha256(content).hexdigest()
    path = f"{digest[:2]}/{digest[2:4]}/{digest}"
    storage = storages["documents"]
    if not storage.exists(path):
        storage.save(path, ContentFile(content))
    return digest, path


def read(path: str, digest: str) -> bytes:
    """The bytes under ``path``. Raises ``Unavailable`` when they are gone or are not those of ``digest``."""
    try:
        with storages["documents"].open(path) as file:
            content: bytes = file.read()
    except FileNotFoundError as error:
        raise Unavailable(_("The file cannot be read at the moment."), code="file_missing") from error
    if hashlib.sha256(content).hexdigest() != digest:
        raise Unavailable(_("The stored file has been damaged."), code="file_damaged")
    return content


def delete(path: str) -> None:
    storages["documents"].delete(path)
