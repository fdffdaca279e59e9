"""PAdES signatures (ETSI EN 319 142, level B-B, B-T with a time-stamp authority): making and checking them.

Imports pyHanko, which is heavy: import this module where a document is sealed or checked, not above.
"""

import datetime as dt
import io
from dataclasses import dataclass

import structlog
from asn1crypto import parser as asn1_parser  # type: ignore[import-untyped]
from asn1crypto import x509 as asn1_x509
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign import fields
from pyhanko.sign.signers.pdf_cms import Signer
from pyhanko.sign.signers.pdf_signer import PdfSignatureMetadata, PdfSigner
from pyhanko.sign.timestamps import TimeStamper
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko_certvalidator import ValidationContext

logger = structlog.get_logger(__name__)

FIELD = "DepartmentSeal"
_REASON = "egov:"  # the signed reason names the document by its verification code


def sign(pdf: bytes, *, signer: Signer, code: str, place: str, stamper: TimeStamper | None = None) -> bytes:
    """``pdf`` certified by the signer: nothing may be changed or added afterwards."""
    metadata = PdfSignatureMetadata(
        field_name=FIELD,
        md_algorithm="sha256",
        subfilter=fields.SigSeedSubFilter.PADES,
        certify=True,
        docmdp_permissions=fields.MDPPerm.NO_CHANGES,
        reason=_REASON + code,
        location=place,
    )
    out = io.BytesIO()
    PdfSigner(metadata, signer=signer, timestamper=stamper).sign_pdf(
        IncrementalPdfFileWriter(io.BytesIO(pdf)), output=out
    )
    return out.getvalue()


def _der_length(content: bytes) -> int:
    """How long the DER value at the start of ``content`` is; a PDF pads it with zeros."""
    _class, _method, _tag, header, value, trailer = asn1_parser.parse(content)
    return len(header) + len(value) + len(trailer)


@dataclass(frozen=True)
class SignatureReport:
    """What the signature in a PDF says.

    ``intact``: not one byte was changed since. ``trusted``: the certificate leads to a root of this instance and was
    valid at the moment that was asked about. ``code``: the document the signature was made for.
    """

    intact: bool
    trusted: bool
    signer: str
    serial: int
    code: str
    claimed_at: dt.datetime | None
    certificate_from: dt.datetime
    certificate_to: dt.datetime
    timestamped_at: dt.datetime | None = None


def check(pdf: bytes, *, roots: list[bytes], moment: dt.datetime) -> SignatureReport | None:
    """The report on the last signature in ``pdf``; None when it has none or is no PDF any more."""
    try:
        signature = PdfFileReader(io.BytesIO(pdf), strict=False).embedded_signatures[-1]
        certificate = signature.signer_cert
        reason = str(signature.sig_object.get("/Reason", ""))
        padded = not any(bytes(signature.sig_object["/Contents"])[_der_length(signature.pkcs7_content) :])
        validity = certificate["tbs_certificate"]["validity"]
        status = validate_pdf_signature(
            signature,
            ValidationContext(
                trust_roots=[asn1_x509.Certificate.load(root) for root in roots],
                moment=moment,
                allow_fetching=False,
                revocation_mode="soft-fail",
            ),
        )
    except Exception as error:  # whatever a changed file makes the parser raise
        logger.info("signature_unreadable", error=repr(error))
        return None
    stamp = status.timestamp_validity
    return SignatureReport(
        intact=bool(status.intact and status.valid and status.coverage.name == "ENTIRE_FILE" and padded),
        trusted=bool(status.trusted),
        signer=certificate.subject.native.get("common_name", ""),
        serial=certificate.serial_number,
        code=reason.removeprefix(_REASON) if reason.startswith(_REASON) else "",
        claimed_at=status.signer_reported_dt,
        certificate_from=validity["not_before"].native,
        certificate_to=validity["not_after"].native,
        timestamped_at=stamp.timestamp if stamp and stamp.valid and stamp.intact else None,
    )
