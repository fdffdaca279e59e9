"""The instance's own certificate authority for seals: made at set-up, EC P-256, kept under ``EGOV_KEYS_DIR/seals``.

Keys lie in PKCS#12 files of mode 600, encrypted under a passphrase derived from ``EGOV_DATA_KEY``: neither the folder
nor the database key alone opens them. Roots of other authorities (PKCS#11 tokens) are PEM files in ``roots/``.
"""

import datetime as dt
import hashlib
import hmac
import secrets
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509.oid import NameOID
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from egov.kernel import clock, key_files
from egov.kernel.errors import Unavailable

AUTHORITY = "authority"
AUTHORITY_YEARS = 20
SEAL_DAYS = 3 * 365
_BACKDATED = dt.timedelta(minutes=5)  # clocks of readers that are slightly behind


@dataclass(frozen=True)
class KeyPair:
    private: ec.EllipticCurvePrivateKey
    certificate: x509.Certificate


def folder() -> Path:
    return Path(settings.EGOV_KEYS_DIR) / "seals"


def passphrase() -> bytes:
    key = bytes.fromhex(settings.EGOV_DATA_KEY)
    return hmac.digest(key, b"egov seals", hashlib.sha256).hex().encode()


def exists() -> bool:
    return _file(AUTHORITY).exists()


def make_authority() -> KeyPair:
    """The authority; the one that is there when it was made before."""
    if exists():
        return _load(AUTHORITY)
    private = ec.generate_private_key(ec.SECP256R1())
    name = _name(f"egov {settings.EGOV_REFERENCE_PREFIX} Seal Authority")
    now = clock.now()
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(private.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - _BACKDATED)
        .not_valid_after(now + dt.timedelta(days=365 * AUTHORITY_YEARS))
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(certificates=True), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(private.public_key()), critical=False)
        .sign(private, hashes.SHA256())
    )
    pair = KeyPair(private, certificate)
    try:
        _store(AUTHORITY, pair)
    except FileExistsError:  # somebody else was faster
        return _load(AUTHORITY)
    return pair


def make_seal(*, key_id: str, names: dict[str, str], code: str, days: int = SEAL_DAYS) -> x509.Certificate:
    """A new key and certificate for a department; ``names`` per language, ``code`` its credit code or key.

    Makes the authority when it is missing. Raises ``FileExistsError`` when the key id was used before.
    """
    authority = make_authority()
    private = ec.generate_private_key(ec.SECP256R1())
    now = clock.now()
    until = min(now + dt.timedelta(days=days), authority.certificate.not_valid_after_utc)
    chinese = names.get("zh-Hans") or next(iter(names.values()))
    certificate = (
        x509.CertificateBuilder()
        .subject_name(_name(chinese, organisation=names.get("en") or chinese, code=code))
        .issuer_name(authority.certificate.subject)
        .public_key(private.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - _BACKDATED)
        .not_valid_after(until)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(certificates=False), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(private.public_key()), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(authority.private.public_key()), critical=False
        )
        .sign(authority.private, hashes.SHA256())
    )
    _store(key_id, KeyPair(private, certificate), authority.certificate)
    return certificate


def pkcs12_path(key_id: str) -> Path:
    """Raises ``Unavailable`` when the key is not there."""
    path = _file(key_id)
    if not path.exists():
        raise Unavailable(_("The key of this seal cannot be read."), code="seal_key_missing")
    return path


def destroy(key_id: str) -> None:
    """The secret half of a retired seal: nothing more is sealed with it, by anyone."""
    _file(key_id).unlink(missing_ok=True)


def roots() -> list[bytes]:
    """Certificates (DER) that seals are trusted under: our authority's and those an administrator added."""
    paths = [folder() / f"{AUTHORITY}.pem", *sorted((folder() / "roots").glob("*.pem"))]
    return [
        certificate.public_bytes(serialization.Encoding.DER)
        for path in paths
        if path.exists()
        for certificate in x509.load_pem_x509_certificates(path.read_bytes())
    ]


def new_key_id(department_key: str) -> str:
    return f"{department_key}-{clock.today():%Y%m%d}-{secrets.token_hex(3)}"


# --- Parts -----------------------------------------------------------------------------------------


def _file(key_id: str) -> Path:
    if "/" in key_id or key_id.startswith("."):
        raise ValueError(f"not a key id: {key_id!r}")
    return folder() / f"{key_id}.p12"


def _name(common: str, *, organisation: str = "", code: str = "") -> x509.Name:
    parts = [x509.NameAttribute(NameOID.COUNTRY_NAME, "CN")]
    if organisation:
        parts.append(x509.NameAttribute(NameOID.ORGANIZATION_NAME, _short(organisation)))
    if code:
        parts.append(x509.NameAttribute(NameOID.ORGANIZATION_IDENTIFIER, _short(code)))
    parts.append(x509.NameAttribute(NameOID.COMMON_NAME, _short(common)))
    return x509.Name(parts)


def _short(text: str) -> str:
    """At most 64 bytes, as X.520 allows for a name."""
    return text.encode()[:64].decode(errors="ignore")


def _usage(*, certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not certificates,
        content_commitment=not certificates,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=certificates,
        crl_sign=certificates,
        encipher_only=False,
        decipher_only=False,
    )


def _store(key_id: str, pair: KeyPair, *chain: x509.Certificate) -> None:
    place = folder()
    place.mkdir(mode=0o700, parents=True, exist_ok=True)
    content = pkcs12.serialize_key_and_certificates(
        key_id.encode(),
        pair.private,
        pair.certificate,
        list(chain) or None,
        serialization.BestAvailableEncryption(passphrase()),
    )
    key_files.write_new(_file(key_id), content)
    if key_id == AUTHORITY:
        key_files.write_new(place / f"{AUTHORITY}.pem", pair.certificate.public_bytes(serialization.Encoding.PEM))


def _load(key_id: str) -> KeyPair:
    private, certificate, _chain = pkcs12.load_key_and_certificates(pkcs12_path(key_id).read_bytes(), passphrase())
    if not isinstance(private, ec.EllipticCurvePrivateKey) or certificate is None:
        raise TypeError("the authority's key must be on an elliptic curve")
    return KeyPair(private, certificate)
