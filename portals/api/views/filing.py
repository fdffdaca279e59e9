"""Drafts, attachments, submissions: what an applicant files."""

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import status
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from egov.intake import actions, queries
from egov.kernel.errors import InvalidInput
from portals.api import serializers as s
from portals.api.pagination import Keyset
from portals.api.views.base import ActorView

IDEMPOTENCY_KEY = OpenApiParameter(
    "Idempotency-Key",
    str,
    OpenApiParameter.HEADER,
    required=True,
    description="Chosen by you, at most 128 characters. The same key and content give the same submission again.",
)


def key_of(request: Request) -> str:
    """Raises ``InvalidInput`` without one: a repeat could not be told from a second application."""
    key = request.headers.get("Idempotency-Key", "").strip()
    if not 1 <= len(key) <= 128:
        raise InvalidInput.at("Idempotency-Key", "required", "The header Idempotency-Key is missing or too long.")
    return key


class Drafts(ActorView):
    """The forms that are being filled in."""

    @extend_schema(responses=s.DraftSerializer(many=True), operation_id="drafts_list")
    def get(self, request: Request, capacity: str) -> Response:
        pages = Keyset()
        page = pages.paginate_queryset(queries.drafts_of(self.actor), request, view=self)
        return pages.get_paginated_response(s.DraftSerializer(page, many=True).data)

    @extend_schema(request=s.DraftRequest, responses={201: s.DraftSerializer})
    def post(self, request: Request, capacity: str) -> Response:
        """Start a draft, prefilled with what registers know."""
        body = s.DraftRequest(data=request.data)
        body.is_valid(raise_exception=True)
        draft = actions.start_draft(self.actor, **body.validated_data)
        return Response(s.DraftSerializer(draft).data, status=status.HTTP_201_CREATED)


class Draft(ActorView):
    @extend_schema(responses=s.DraftSerializer)
    def get(self, request: Request, capacity: str, reference: str) -> Response:
        return Response(s.DraftSerializer(queries.open_draft(self.actor, reference=reference).draft).data)

    @extend_schema(request=s.DraftChange, responses=s.DraftSerializer)
    def patch(self, request: Request, capacity: str, reference: str) -> Response:
        """Keep answers, valid or not. ``revision`` must be the one you saw."""
        body = s.DraftChange(data=request.data)
        body.is_valid(raise_exception=True)
        draft = actions.save_draft(self.actor, draft=reference, **body.validated_data)
        return Response(s.DraftSerializer(draft).data)

    @extend_schema(responses={204: None})
    def delete(self, request: Request, capacity: str, reference: str) -> Response:
        actions.discard(self.actor, draft=reference)
        return Response(status=status.HTTP_204_NO_CONTENT)


class Attachments(ActorView):
    parser_classes = [MultiPartParser]

    @extend_schema(request={"multipart/form-data": s.AttachmentRequest}, responses={201: s.AttachmentSerializer})
    def post(self, request: Request, capacity: str, reference: str) -> Response:
        """Attach a file; its type is judged by its content."""
        body = s.AttachmentRequest(data=request.data)
        body.is_valid(raise_exception=True)
        attachment = actions.attach(
            self.actor,
            draft=reference,
            material=body.validated_data["material"],
            upload=body.validated_data["file"],
        )
        return Response(s.AttachmentSerializer(attachment).data, status=status.HTTP_201_CREATED)


class DraftSubmission(ActorView):
    throttle_scope = "submit"

    @extend_schema(request=None, parameters=[IDEMPOTENCY_KEY], responses={201: s.SubmissionSerializer})
    def post(self, request: Request, capacity: str, reference: str) -> Response:
        """File a draft."""
        submission = actions.submit(self.actor, draft=reference, key=key_of(request))
        return Response(s.SubmissionSerializer(submission).data, status=status.HTTP_201_CREATED)


class Submissions(ActorView):
    throttle_scope = "submit"

    @extend_schema(request=s.SubmissionRequest, parameters=[IDEMPOTENCY_KEY], responses={201: s.SubmissionSerializer})
    def post(self, request: Request, capacity: str) -> Response:
        """File in one request, without a draft."""
        body = s.SubmissionRequest(data=request.data)
        body.is_valid(raise_exception=True)
        submission = actions.submit_direct(self.actor, key=key_of(request), channel="api", **body.validated_data)
        return Response(s.SubmissionSerializer(submission).data, status=status.HTTP_201_CREATED)


class Submission(ActorView):
    @extend_schema(responses=s.SubmissionSerializer)
    def get(self, request: Request, capacity: str, reference: str) -> Response:
        return Response(s.SubmissionSerializer(queries.submission_of(self.actor, reference=reference)).data)
