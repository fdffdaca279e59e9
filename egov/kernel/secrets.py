"""Encryption of personal numbers at rest, and keyed digests to find them without reading them.

AES-256-GCM under ``EGOV_DATA_KEY`` (32 random bytes, hex); digests are HMAC-SHA-256 under a key derived from it.
"""

import functools
import hashlib
import hmac
import os

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

_NONCE = 12


@functools.cache
def _keys() -> tuple[AESGCM, bytes]:
    try:
        key = bytes.fromhex(settings.EGOV_DATA_KEY)
    except ValueError:
        key = b""
    if len(key) != 32:
        raise ImproperlyConfigured("EGOV_DATA_KEY must be 64 hexadecimal digits")
    return AESGCM(key), hmac.digest(key, b"egov keyed digest", hashlib.sha256)


def encrypt(text: str) -> bytes:
    """Nonce and ciphertext; the same text encrypts differently each time."""
    nonce = os.urandom(_NONCE)
    return nonce + _keys()[0].encrypt(nonce, text.encode(), None)


def decrypt(sealed: bytes | memoryview) -> str:
    """Raises ``cryptography.exceptions.InvalidTag`` when the bytes were altered or the key is another."""
    sealed = bytes(sealed)
    return _keys()[0].decrypt(sealed[:_NONCE], sealed[_NONCE:], None).decode()


def keyed_digest(text: str) -> bytes:
    """32 bytes that are equal for equal texts under the same key."""
    return hmac.digest(_keys()[1], text.encode(), hashlib.sha256)
