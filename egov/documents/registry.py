"""Extension points: where a department's key lives, who confirms the time, how data stands on a certificate.

A provider declares its key, reads its options from the settings and has a ``check()`` that the console shows.
"""

import importlib.util
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from cryptography import x509
from cryptography.hazmat.primitives import serialization
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from egov.documents import authority
from egov.documents.models import Seal
from egov.kernel import clock
from egov.kernel.errors import Text, Unavailable
from egov.kernel.registries import Registry

if TYPE_CHECKING:  # pyHanko takes a second to import: only whoever signs or checks pays for it
    from pyhanko.sign.signers.pdf_cms import Signer
    from pyhanko.sign.timestamps import TimeStamper


@dataclass(frozen=True)
class SealRequest:
    """For whom a seal is made. ``code`` is the department's credit code, or its key where it has none."""

    department_key: str
    names: dict[str, str]
    code: str


@dataclass(frozen=True)
class MadeSeal:
    key_id: str
    certificate: x509.Certificate

    @property
    def pem(self) -> str:
        return self.certificate.public_bytes(serialization.Encoding.PEM).decode()


class SealProvider(Protocol):
    def check(self) -> list[Text]:
        """What is wrong, in sentences; empty when it works."""

    def make(self, request: SealRequest) -> MadeSeal:
        """A new key for the department. Raises ``Unavailable`` when the provider cannot make one."""

    def signer(self, seal: Seal) -> "Signer":
        """What signs for the seal. Raises ``Unavailable``."""

    def destroy(self, key_id: str) -> None:
        """Give up the secret half of a retired seal."""


class FileSeals:
    """Keys in PKCS#12 files, certified by the instance's own authority."""

    def __init__(self) -> None:
        self._signers: dict[str, Any] = {}

    def check(self) -> list[Text]:
        problems: list[Text] = []
        if not authority.exists():
            problems.append(_("There is no seal authority yet. Run manage.py make_seals."))
        elif _readable_by_others(authority.folder()):
            problems.append(_("The keys of the seals can be read by others on this machine."))
        return problems

    def make(self, request: SealRequest) -> MadeSeal:
        key_id = authority.new_key_id(request.department_key)
        return MadeSeal(key_id, authority.make_seal(key_id=key_id, names=request.names, code=request.code))

    def signer(self, seal: Seal) -> "Signer":
        path = authority.pkcs12_path(seal.key_id)
        # Opening the file costs as much as signing; a key id is never used for another key.
        if seal.key_id not in self._signers:
            from pyhanko.sign.signers import SimpleSigner  # noqa: PLC0415 - heavy

            signer = SimpleSigner.load_pkcs12(str(path), passphrase=authority.passphrase())
            if signer is None:
                raise Unavailable(_("The key of this seal cannot be read."), code="seal_key_missing")
            self._signers[seal.key_id] = signer
        return self._signers[seal.key_id]

    def destroy(self, key_id: str) -> None:
        self._signers.pop(key_id, None)
        authority.destroy(key_id)


class TokenSeals:
    """Keys in a PKCS#11 token (HSM). The token holds key and certificate under the department's key as label.

    Options: ``EGOV_PKCS11_MODULE`` (the vendor's library), ``EGOV_PKCS11_TOKEN`` (label), ``EGOV_PKCS11_PIN``.
    The root that certified the keys is put as PEM into ``EGOV_KEYS_DIR/seals/roots/``.
    """

    def check(self) -> list[Text]:
        problems: list[Text] = []
        if importlib.util.find_spec("pkcs11") is None:
            problems.append(_("The package python-pkcs11 is not installed."))
        if not settings.EGOV_PKCS11_MODULE:
            problems.append(_("EGOV_PKCS11_MODULE does not name the token's library."))
        elif not Path(settings.EGOV_PKCS11_MODULE).exists():
            problems.append(_("The token's library is not there."))
        if not (authority.folder() / "roots").is_dir():
            problems.append(_("No root certificate of the token's authority is installed."))
        return problems

    def make(self, request: SealRequest) -> MadeSeal:
        self._require()
        with self._session() as session:
            from pyhanko.sign.pkcs11 import PKCS11Signer  # noqa: PLC0415 - heavy

            signer = PKCS11Signer(session, cert_label=request.department_key, key_label=request.department_key)
            found = x509.load_der_x509_certificate(signer.signing_cert.dump())
        return MadeSeal(f"pkcs11-{request.department_key}-{found.serial_number:x}", found)

    def signer(self, seal: Seal) -> "Signer":
        self._require()
        from pyhanko.sign.pkcs11 import PKCS11Signer  # noqa: PLC0415 - heavy

        label = seal.department.key
        return PKCS11Signer(self._session(), cert_label=label, key_label=label)

    def destroy(self, key_id: str) -> None:
        """The token's own administrators remove keys from it."""

    def _require(self) -> None:
        problems = self.check()
        if problems:
            raise Unavailable(problems[0], code="seal_provider")

    def _session(self) -> Any:
        from pyhanko.sign.pkcs11 import open_pkcs11_session  # noqa: PLC0415 - heavy

        return open_pkcs11_session(
            settings.EGOV_PKCS11_MODULE,
            token_label=settings.EGOV_PKCS11_TOKEN or None,
            user_pin=settings.EGOV_PKCS11_PIN or None,
        )


class TimeAuthority(Protocol):
    def check(self) -> list[Text]:
        """What is wrong, in sentences; empty when it works."""

    def stamper(self) -> "TimeStamper":
        """What confirms the time of a signature (RFC 3161)."""


class Rfc3161:
    """A time-stamp authority reached by HTTP. Option: ``EGOV_TIMESTAMP_URL``."""

    TIMEOUT = 5  # seconds

    def check(self) -> list[Text]:
        return [] if settings.EGOV_TIMESTAMP_URL else [_("EGOV_TIMESTAMP_URL is not set.")]

    def stamper(self) -> "TimeStamper":
        from pyhanko.sign.timestamps import HTTPTimeStamper  # noqa: PLC0415 - heavy

        return HTTPTimeStamper(settings.EGOV_TIMESTAMP_URL, timeout=self.TIMEOUT)


seal_providers: Registry[SealProvider] = Registry("seal providers")
seal_providers.add("file", FileSeals())
seal_providers.add("pkcs11", TokenSeals())

# Without one the journal alone dates a seal.
time_authorities: Registry[TimeAuthority] = Registry("time-stamp authorities")
time_authorities.add("rfc3161", Rfc3161())


# Says how data elements are shown on a certificate: data -> rows ({"label": …, "value": …}). Filled by the dictionary.
row_writers: Registry[Callable[[Mapping[str, Any]], list[dict[str, Any]]]] = Registry("rows of certificates")


def rows_of(data: Mapping[str, Any]) -> list[dict[str, Any]]:
    """What a certificate shows of its data elements, in the order they stand."""
    return [row for _key, write in row_writers.items() for row in write(data)]


def expires_soon(seal: Seal, *, days: int = 30) -> bool:
    """Whether the seal should be replaced now."""
    return (seal.valid_to - clock.now()).days < days


def _readable_by_others(place: Path) -> bool:
    return any(path.stat().st_mode & 0o077 for path in [place, *place.glob("*.p12")])
