"""What may be done, and which of it meets a need. Open to everyone."""

from dataclasses import asdict

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from egov.catalogue import queries as catalogue
from egov.routing import queries as routing
from portals.api.pagination import Keyset
from portals.api.serializers import (
    NeedAnswer,
    NeedRequest,
    ServiceDetailSerializer,
    ServiceSerializer,
)
from portals.api.views.base import PublicView


class Needs(PublicView):
    """State a need; get the services and life events that meet it, with reasons, or a question back."""

    throttle_scope = "search"

    @extend_schema(request=NeedRequest, responses=NeedAnswer)
    def post(self, request: Request) -> Response:
        body = NeedRequest(data=request.data)
        body.is_valid(raise_exception=True)
        match = routing.match_need(
            body.validated_data["text"],
            language=body.validated_data["language"],
            region=body.validated_data["region"],
            capacity="",
        )
        return Response(
            {
                "candidates": [asdict(candidate) for candidate in match.candidates],
                "question": asdict(match.question) if match.question else None,
                "hotline": match.hotline,
            }
        )


class Services(PublicView):
    """The published catalogue."""

    @extend_schema(
        parameters=[OpenApiParameter("mode", str, description="g2c, g2b, g2g or g2e")],
        responses=ServiceSerializer(many=True),
        operation_id="services_list",
    )
    def get(self, request: Request) -> Response:
        versions = catalogue.services(mode=request.query_params.get("mode", ""))
        pages = Keyset()
        page = pages.paginate_queryset(versions, request, view=self)
        return pages.get_paginated_response(ServiceSerializer(page, many=True).data)


class Service(PublicView):
    """One service as it is published now, with its form."""

    @extend_schema(responses=ServiceDetailSerializer)
    def get(self, request: Request, code: str) -> Response:
        return Response(ServiceDetailSerializer(catalogue.published(code)).data)
