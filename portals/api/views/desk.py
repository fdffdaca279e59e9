"""The to-do list of civil servants, and opinions asked of their unit."""

from typing import Any
from urllib.parse import urlencode

from django.http import QueryDict
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from egov.casework import actions as casework
from egov.casework import queries as cases
from egov.work import actions, queries
from egov.work.queries import DUE, VIEWS, InboxFilters, InboxRow
from portals.api import pagination
from portals.api.serializers import cases as case_shapes
from portals.api.serializers import desk as s
from portals.api.serializers.base import drawn, listing
from portals.api.views.base import DeskView

FILTERS = [
    OpenApiParameter("view", str, enum=VIEWS, description="mine unless told; unit: what nobody has claimed."),
    OpenApiParameter("due", str, enum=DUE),
    OpenApiParameter("kind", str, description="accept, review, decide, sign, opinion_answer, message …"),
    OpenApiParameter("topic", str, description="Code of the service."),
    OpenApiParameter("q", str, description="Words of the title, the applicant or the reference."),
]


class WorkItems(DeskView):
    @extend_schema(
        parameters=[*FILTERS, *pagination.PARAMETERS[:2]],
        responses=listing(
            s.InboxRowSerializer, counts=serializers.DictField(child=serializers.IntegerField(), help_text="By view.")
        ),
        operation_id="list_work_items",
        tags=["desk"],
    )
    def get(self, request: Request, capacity: str) -> Response:
        """What is to be done, nearest due date first; what was shown is journaled."""
        asked = request.query_params
        found = queries.inbox_page(
            self.actor, InboxFilters.read(asked), after=asked.get("after", ""), size=pagination.limit_of(request)
        )
        following = _with_cursor(request, found.next) if found.next else ""
        rows = drawn(s.InboxRowSerializer, [_row(row) for row in found.rows])
        return Response({**pagination.envelope(request, rows, following), "counts": found.counts})


def _with_cursor(request: Request, cursor: str) -> str:
    query: QueryDict = request.query_params.copy()
    query["after"] = cursor
    return f"{request.path}?{urlencode(list(query.lists()), doseq=True)}"


def _row(row: InboxRow) -> Any:
    item: Any = row.item
    item.next_action = str(row.hint.action)
    item.deadline = row.remaining.colour if row.remaining else ""
    return item


class Claim(DeskView):
    @extend_schema(request=None, responses=s.WorkItemSerializer, operation_id="claim_item", tags=["desk"])
    def post(self, request: Request, capacity: str, item: int) -> Response:
        """Take an item in hand; of two officers at once one gets it."""
        return Response(s.WorkItemSerializer(actions.claim(self.actor, item_id=item)).data)


class GiveBack(DeskView):
    @extend_schema(request=s.ItemNote, responses=s.WorkItemSerializer, operation_id="give_back_item", tags=["desk"])
    def post(self, request: Request, capacity: str, item: int) -> Response:
        """Put it back on the unit's list."""
        return Response(s.WorkItemSerializer(actions.give_back(self.actor, item_id=item, **self.body(s.ItemNote))).data)


class Delegate(DeskView):
    @extend_schema(request=s.HandOver, responses=s.WorkItemSerializer, operation_id="delegate_item", tags=["desk"])
    def post(self, request: Request, capacity: str, item: int) -> Response:
        """Pass what you hold to a colleague of the unit."""
        given = self.body(s.HandOver)
        done = actions.delegate(self.actor, item_id=item, post_id=given["post"], note=given["note"])
        return Response(s.WorkItemSerializer(done).data)


class Assign(DeskView):
    @extend_schema(request=s.HandOver, responses=s.WorkItemSerializer, operation_id="assign_item", tags=["desk"])
    def post(self, request: Request, capacity: str, item: int) -> Response:
        """Whoever leads the unit gives an item to a colleague."""
        given = self.body(s.HandOver)
        done = actions.assign(self.actor, item_id=item, post_id=given["post"], note=given["note"])
        return Response(s.WorkItemSerializer(done).data)


class Complete(DeskView):
    @extend_schema(
        request=s.CompleteRequest, responses=s.WorkItemSerializer, operation_id="complete_item", tags=["desk"]
    )
    def post(self, request: Request, capacity: str, item: int) -> Response:
        """Finish an item that is no case's (a case's items are finished by its acts)."""
        done = actions.complete(self.actor, item_id=item, **self.body(s.CompleteRequest))
        return Response(s.WorkItemSerializer(done).data)


class Colleagues(DeskView):
    @extend_schema(responses=s.ColleagueSerializer(many=True), operation_id="list_colleagues", tags=["desk"])
    def get(self, request: Request, capacity: str) -> Response:
        """Who holds a post in the unit: to whom work may be given."""
        return Response(drawn(s.ColleagueSerializer, queries.colleagues(self.actor.unit_id or 0)))


class CaseSearch(DeskView):
    throttle_scope = "search"

    @extend_schema(
        parameters=[OpenApiParameter("q", str, required=True)],
        responses=case_shapes.CaseSerializer(many=True),
        operation_id="search_cases",
        tags=["desk"],
    )
    def get(self, request: Request, capacity: str) -> Response:
        """By reference, identity number, credit code or name, in the own department; the search is journaled."""
        found = cases.search(self.actor, request.query_params.get("q", ""))
        return Response(drawn(case_shapes.CaseSerializer, found))


class Opinions(DeskView):
    @extend_schema(
        parameters=[OpenApiParameter("answered", bool), *pagination.PARAMETERS],
        responses=listing(s.OpinionSerializer),
        operation_id="list_opinions",
        tags=["desk"],
    )
    def get(self, request: Request, capacity: str) -> Response:
        """Opinions asked of the unit, the most urgent first."""
        answered = request.query_params.get("answered") == "true"
        rows = cases.opinions_asked(self.actor, answered=answered)
        order = ("-answered_at", "id") if answered else ("due_at", "id")
        return pagination.answer(request, s.OpinionSerializer, pagination.page(request, rows, order=order))


class Opinion(DeskView):
    @extend_schema(responses=s.OpinionDetailSerializer, operation_id="get_opinion", tags=["desk"])
    def get(self, request: Request, capacity: str, opinion: int) -> Response:
        """The question and what was shared for it."""
        page = cases.opinion_page(self.actor, opinion)
        row: Any = page.request
        row.shared, row.may_answer = page.answers, page.may_answer
        return Response(s.OpinionDetailSerializer(row).data)


class GiveOpinion(DeskView):
    @extend_schema(
        request=s.GiveOpinion, responses=s.OpinionDetailSerializer, operation_id="give_opinion", tags=["desk"]
    )
    def post(self, request: Request, capacity: str, opinion: int) -> Response:
        """Answer: agree, agree with conditions, or object (the latter two say why)."""
        casework.give_opinion(self.actor, opinion_id=opinion, **self.body(s.GiveOpinion))
        return Opinion.get(self, request, capacity, opinion)


class WithdrawOpinion(DeskView):
    @extend_schema(request=None, responses={204: None}, operation_id="withdraw_opinion", tags=["desk"])
    def post(self, request: Request, capacity: str, opinion: int) -> Response:
        """The answer is no longer needed."""
        casework.withdraw_opinion(self.actor, opinion_id=opinion)
        return Response(status=204)
