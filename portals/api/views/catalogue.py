"""What may be done, who does it, and what meets a need. Open to everyone."""

from dataclasses import asdict

from django.utils.translation import get_language
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from egov.casework import queries as casework
from egov.catalogue import queries as catalogue
from egov.identity import queries as identity
from egov.intake import queries as intake
from egov.routing import queries as routing
from portals.api import pagination
from portals.api.serializers import catalogue as s
from portals.api.serializers.base import drawn, listing
from portals.api.views.base import PublicView, unchanged


class Needs(PublicView):
    throttle_scope = "search"

    @extend_schema(request=s.NeedRequest, responses=s.NeedAnswer, tags=["catalogue"], operation_id="match_need")
    def post(self, request: Request) -> Response:
        """State a need; get the services and events that meet it, with reasons, or a question back."""
        given = self.body(s.NeedRequest)
        match = routing.match_need(
            given["text"],
            region=given["region"],
            capacity=given["audience"],
            picked=given.get("picked", ()),
        )
        return Response(s.NeedAnswer(asdict(match)).data)


SERVICE_FILTERS = [
    OpenApiParameter("mode", str, enum=["g2c", "g2b", "g2g", "g2e"]),
    OpenApiParameter("audience", str, description="person, enterprise, sole_trader …"),
    OpenApiParameter("event", str, description="Code of a life or business event."),
    OpenApiParameter("department_role", str, description="The function that handles it: market, hrss …"),
    OpenApiParameter("theme", str),
    OpenApiParameter("item_type", str, description="01 licensing, 05 benefit, 07 confirmation …"),
    OpenApiParameter("fileable", bool, description="Only those that can be filed here, or only the others."),
]


class Services(PublicView):
    @extend_schema(
        parameters=[*SERVICE_FILTERS, *pagination.PARAMETERS],
        responses=listing(s.ServiceSerializer),
        operation_id="list_services",
        tags=["catalogue"],
    )
    def get(self, request: Request) -> Response:
        """The published catalogue, by code."""
        asked = request.query_params
        fileable = {"true": True, "false": False}.get(asked.get("fileable", ""))

        def given(name: str) -> str:
            return asked.get(name, "")[:64]

        rows = catalogue.services(
            mode=given("mode"),
            audience=given("audience"),
            event=given("event"),
            department_role=given("department_role"),
            theme=given("theme"),
            item_type=given("item_type"),
            fileable=fileable,
        )
        found = pagination.page(request, rows, order=("service__code", "pk"))
        return pagination.answer(request, s.ServiceSerializer, found)


class Service(PublicView):
    @extend_schema(responses=s.ServiceDetailSerializer, operation_id="get_service", tags=["catalogue"])
    def get(self, request: Request, code: str) -> Response:
        """One service as it is published now, with its form. Has an ETag: ask again with If-None-Match."""
        found = catalogue.published(code)
        return unchanged(
            request, f'"{found.service.code}.{found.number}"', lambda: s.ServiceDetailSerializer(found).data
        )


class Events(PublicView):
    @extend_schema(
        parameters=[OpenApiParameter("kind", str, enum=["life", "business", "internal"])],
        responses=s.EventSerializer(many=True),
        operation_id="list_events",
        tags=["catalogue"],
    )
    def get(self, request: Request) -> Response:
        """Life and business events, in the order they are shown."""
        return Response(drawn(s.EventSerializer, catalogue.events(request.query_params.get("kind", ""))))


class Event(PublicView):
    @extend_schema(responses=s.EventDetailSerializer, operation_id="get_event", tags=["catalogue"])
    def get(self, request: Request, code: str) -> Response:
        """An event with the services that belong to it, in which order and when."""
        return Response(s.EventDetailSerializer(catalogue.event(code)).data)


class Regions(PublicView):
    @extend_schema(responses=s.RegionSerializer(many=True), operation_id="list_regions", tags=["catalogue"])
    def get(self, request: Request) -> Response:
        """Every region in force, by code."""
        return Response(drawn(s.RegionSerializer, intake.regions().values()))


class Departments(PublicView):
    @extend_schema(
        parameters=[OpenApiParameter("region", str)],
        responses=s.DepartmentSerializer(many=True),
        operation_id="list_departments",
        tags=["catalogue"],
    )
    def get(self, request: Request) -> Response:
        """Departments that exist (of one region), by key."""
        return Response(drawn(s.DepartmentSerializer, identity.departments(request.query_params.get("region") or None)))


class Track(PublicView):
    throttle_scope = "search"

    @extend_schema(responses=s.TrackSerializer, operation_id="track_case", tags=["openness"])
    def get(self, request: Request, reference: str) -> Response:
        """Where a case stands, by its number; without names."""
        found = casework.track(reference)
        moves = [{"at": at, "label": str(label)} for at, label in found.moves]
        response = Response(s.TrackSerializer({**vars(found), "moves": moves}).data)
        response["Content-Language"] = get_language() or ""
        return response
