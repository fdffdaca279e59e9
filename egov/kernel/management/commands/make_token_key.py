"""Make the key that signs identity tokens (OpenID Connect), once."""

import contextlib
from typing import Any

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from django.conf import settings
from django.core.management.base import BaseCommand

from egov.kernel import key_files


class Command(BaseCommand):
    help = "Make the key for identity tokens (mode 600, under EGOV_KEYS_DIR) unless there is one."

    def handle(self, *args: Any, **options: Any) -> None:
        path = settings.EGOV_TOKEN_KEY_FILE
        if path.exists():
            return
        key = rsa.generate_private_key(public_exponent=65537, key_size=3072)
        text = key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with contextlib.suppress(FileExistsError):  # another process was first
            key_files.write_new(path, text)
