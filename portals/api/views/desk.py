"""The to-do list of civil servants."""

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from egov.work import actions, queries
from portals.api import serializers as s
from portals.api.pagination import Keyset
from portals.api.views.base import ActorView


class WorkItems(ActorView):
    @extend_schema(responses=s.WorkItemSerializer(many=True), operation_id="work_items_list")
    def get(self, request: Request, capacity: str) -> Response:
        pages = Keyset()
        rows = queries.inbox(self.actor, queries.InboxFilters())
        page = pages.paginate_queryset(rows, request, view=self)
        return pages.get_paginated_response(s.WorkItemSerializer(page, many=True).data)


class Claim(ActorView):
    @extend_schema(request=None, responses=s.WorkItemSerializer)
    def post(self, request: Request, capacity: str, item: int) -> Response:
        """Take an item; when two officers do at once, one gets it."""
        return Response(s.WorkItemSerializer(actions.claim(self.actor, item_id=item)).data)


class GiveBack(ActorView):
    @extend_schema(request=None, responses=s.WorkItemSerializer)
    def post(self, request: Request, capacity: str, item: int) -> Response:
        return Response(s.WorkItemSerializer(actions.give_back(self.actor, item_id=item)).data)


class Complete(ActorView):
    @extend_schema(request=s.CompleteRequest, responses=s.WorkItemSerializer)
    def post(self, request: Request, capacity: str, item: int) -> Response:
        """Finish a step with one of its outcomes."""
        body = s.CompleteRequest(data=request.data)
        body.is_valid(raise_exception=True)
        return Response(s.WorkItemSerializer(actions.complete(self.actor, item_id=item, **body.validated_data)).data)
