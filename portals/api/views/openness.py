"""Verifying documents and the journal. Open to everyone."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from egov.documents import queries as documents
from egov.journal import queries as journal
from egov.kernel.errors import NotFound, TooLarge
from egov.kernel.refs import Ref
from portals.api.serializers import catalogue as s
from portals.api.views.base import PublicView

MOST_BYTES = 20_000_000


class Verify(PublicView):
    throttle_scope = "search"

    @extend_schema(responses=s.VerificationSerializer, operation_id="verify_code", tags=["openness"])
    def get(self, request: Request, code: str) -> Response:
        """Whether an issued document is genuine and still valid, by the code printed on it."""
        return Response(s.VerificationSerializer(documents.verify(code)).data)


class VerifyUpload(PublicView):
    throttle_scope = "search"
    parser_classes = [MultiPartParser]

    @extend_schema(
        request={"multipart/form-data": s.UploadToVerify},
        responses=s.VerificationSerializer,
        operation_id="verify_file",
        tags=["openness"],
    )
    def post(self, request: Request) -> Response:
        """The same for a file; it is read and not kept."""
        upload = self.body(s.UploadToVerify)["file"]
        if upload.size > MOST_BYTES:
            raise TooLarge
        return Response(s.VerificationSerializer(documents.verify_upload(upload.read())).data)


class JournalProof(PublicView):
    throttle_scope = "search"

    @extend_schema(responses=s.ProofSerializer, operation_id="get_proof", tags=["openness"])
    def get(self, request: Request, ref: str) -> Response:
        """That the first act on a thing (`case:…`, `document:…`, `submission:…`) or an entry (`entry:…`) is in the log."""
        found = journal.proof(_what(ref))
        if isinstance(found, journal.Pending):
            pending: dict[str, Any] = {"sealed": False, "index": None, "leaf": None, "path": [], "checkpoint": None}
            return Response(s.ProofSerializer({**pending, "entry": found.entry_id, "at": found.entry_at}).data)
        body = {
            "sealed": True,
            "entry": found.entry_id,
            "at": found.entry_at,
            "index": found.index,
            "leaf": found.leaf.hex(),
            "path": [step.hex() for step in found.path],
            "checkpoint": str(found.note),
        }
        return Response(s.ProofSerializer(body).data)


def _what(text: str) -> Ref | int:
    try:
        ref = Ref.parse(text)
    except ValueError:
        raise NotFound from None
    if ref.kind != "entry":
        return ref
    if not (ref.key.isascii() and ref.key.isdecimal() and len(ref.key) < 19):
        raise NotFound
    return int(ref.key)
