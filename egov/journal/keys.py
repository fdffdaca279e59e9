"""The keys that sign the log's heads: files of mode 600 under ``EGOV_KEYS_DIR/journal``, made at set-up.

The public half of every key ever used stays there, so that old heads can be checked after a rotation. It is
deliberately not in the database: whoever could rewrite the log must not be able to rewrite the keys with it.
"""

import base64
from dataclasses import dataclass
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from egov.journal import rules
from egov.kernel import clock, key_files
from egov.kernel.errors import Unavailable

CURRENT = "current"


@dataclass(frozen=True)
class LogKey:
    """A public key of the log, as its file tells it ("origin+hash+key", c2sp.org/signed-note)."""

    key_id: str
    origin: str
    public: Ed25519PublicKey

    @property
    def hash(self) -> bytes:
        return rules.key_hash(self.origin, self.public.public_bytes_raw())

    @property
    def text(self) -> str:
        encoded = base64.b64encode(b"\x01" + self.public.public_bytes_raw()).decode()
        return f"{self.origin}+{self.hash.hex()}+{encoded}"

    def signed(self, head: rules.Head, signature: bytes) -> bool:
        try:
            self.public.verify(signature, head.text())
        except InvalidSignature:
            return False
        return True


def folder() -> Path:
    return Path(settings.EGOV_KEYS_DIR) / "journal"


def origin() -> str:
    """The name of this log; fixed into the key when that is made."""
    return f"egov/{settings.EGOV_REFERENCE_PREFIX}/journal"


def exists() -> bool:
    return (folder() / CURRENT).exists()


def make() -> LogKey:
    """A new key, used for every head from now on; the earlier one's secret half is destroyed."""
    place = folder()
    place.mkdir(mode=0o700, parents=True, exist_ok=True)
    secret = Ed25519PrivateKey.generate()
    name = origin()
    public = secret.public_key()
    key_id = f"{clock.now():%Y%m%d}-{rules.key_hash(name, public.public_bytes_raw()).hex()}"
    key = LogKey(key_id, name, public)
    pem = secret.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    earlier = (place / CURRENT).read_text().strip() if exists() else None
    key_files.replace(place / f"{key_id}.pub", key.text.encode() + b"\n")
    key_files.replace(place / f"{key_id}.pem", pem)
    key_files.replace(place / CURRENT, key_id.encode())
    if earlier:
        (place / f"{earlier}.pem").unlink(missing_ok=True)
    return key


def sign(head: rules.Head, key_id: str) -> bytes:
    pem = (folder() / f"{key_id}.pem").read_bytes()
    secret = serialization.load_pem_private_key(pem, password=None)
    if not isinstance(secret, Ed25519PrivateKey):
        raise TypeError("the journal's key must be Ed25519")
    return secret.sign(head.text())


def current() -> LogKey:
    """Raises ``Unavailable`` when set-up has made none."""
    try:
        key_id = (folder() / CURRENT).read_text().strip()
    except FileNotFoundError:
        raise Unavailable(_("The journal has no signing key. Run manage.py make_journal_key."), code="no_key") from None
    key = find(key_id)
    if key is None:
        raise Unavailable(_("The journal's signing key is not readable."), code="no_key")
    return key


def find(key_id: str) -> LogKey | None:
    """The public key of that id; None when it was never ours."""
    path = folder() / f"{key_id}.pub"
    if "/" in key_id or not path.exists():
        return None
    name, _hash, encoded = path.read_text().strip().split("+", 2)
    return LogKey(key_id, name, Ed25519PublicKey.from_public_bytes(base64.b64decode(encoded)[1:]))


def all_keys() -> list[LogKey]:
    """Every public key, oldest first."""
    found = (find(path.stem) for path in sorted(folder().glob("*.pub")))
    return [key for key in found if key is not None]
