"""Cases as their reader may see them, with what may be done next."""

from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from egov.casework import actions, queries
from egov.casework.models import CaseState
from egov.casework.queries import CaseFilters, CasePage
from egov.casework.rules.lifecycle import Possibility
from egov.documents import queries as documents
from egov.intake import actions as intake
from egov.kernel.actor import Actor
from egov.kernel.errors import NotFound
from portals.api import pagination
from portals.api.serializers import cases as s
from portals.api.serializers import filing
from portals.api.serializers.base import listing
from portals.api.views.acts import ACTS
from portals.api.views.base import ActorView, with_etag
from portals.api.views.filing import download

REASON = OpenApiParameter(
    "reason", str, description="Why a case outside the own unit is opened; the journal keeps it, the applicant sees it."
)
FILTERS = [
    OpenApiParameter("state", str, enum=[*CaseState.values, "open", "overdue", "ended"]),
    OpenApiParameter("service", str, description="Code of the service."),
    OpenApiParameter("unit", int, description="Key of the handling unit."),
    OpenApiParameter("q", str, description="A reference, or part of the applicant's name."),
]


class Cases(ActorView):
    @extend_schema(
        parameters=[*FILTERS, *pagination.PARAMETERS],
        responses=listing(s.CaseSerializer),
        operation_id="list_cases",
        tags=["cases"],
    )
    def get(self, request: Request, capacity: str) -> Response:
        """An applicant's own cases; those of an officer's unit, for its head of the department. Newest first."""
        rows = queries.cases_under(self.actor, CaseFilters.read(request.query_params))
        found = pagination.page(request, rows)
        queries.record_shown(self.actor, found.items)
        return pagination.answer(request, s.CaseSerializer, found)


class Case(ActorView):
    @extend_schema(parameters=[REASON], responses=s.CaseDetailSerializer, operation_id="get_case", tags=["cases"])
    def get(self, request: Request, capacity: str, reference: str) -> Response:
        """One case with its story and `allowed_acts`; an officer's reading is journaled and shown to the applicant."""
        page = open_page(self.actor, reference, request)
        shown = s.CaseDetailSerializer(_detail(page, self.actor))
        return with_etag(Response(shown.data), page.case.lock_version)


def open_page(actor: Actor, reference: str, request: Request) -> CasePage:
    if actor.is_staff:
        return queries.case_page(actor, reference, reason=request.query_params.get("reason", "")[:200])
    return queries.case_for_applicant(actor, reference)


def _detail(page: CasePage, actor: Actor) -> Any:
    row: Any = page.case
    row.page = page
    row.steps = page.work.steps if page.work else []
    row.allowed_acts = [_allowed(each, page, actor) for each in page.possibilities]
    if not actor.is_staff or page.access is queries.Access.ADVISING:
        row.route = {name: row.route[name] for name in ("reasons",) if name in row.route}
    return row


def _allowed(each: Possibility, page: CasePage, actor: Actor) -> dict[str, Any]:
    key = each.act.key
    return {
        "act": key,
        "label": str(each.act.label),
        "href": _href(key, page, actor),
        "takes": sorted(ACTS[key].body.members()) if key in ACTS else ELSEWHERE[key][1],
        "allowed": each.allowed,
        "obstacle": each.obstacle,
    }


# Acts with an address of their own: view, and what its body takes.
ELSEWHERE: dict[str, tuple[str, list[str]]] = {
    "contest": ("api:contest", []),
    "give_opinion": ("api:give_opinion", ["answer", "stance"]),
    "withdraw_opinion": ("api:withdraw_opinion", []),
}


def _href(key: str, page: CasePage, actor: Actor) -> str:
    where: dict[str, Any] = {"capacity": actor.capacity}
    if key in ACTS:
        return reverse(f"api:act_{key}", kwargs={**where, "reference": page.case.reference})
    view = ELSEWHERE[key][0]
    if key == "contest":
        return reverse(view, kwargs={**where, "reference": page.case.reference})
    asked = next((each.id for each in page.opinions if each.is_open), None)
    return reverse(view, kwargs={**where, "opinion": asked}) if asked else ""


class CaseFile(ActorView):
    @extend_schema(
        parameters=[REASON],
        responses={(200, "application/octet-stream"): OpenApiTypes.BINARY},
        operation_id="get_case_file",
        tags=["cases"],
    )
    def get(self, request: Request, capacity: str, reference: str, file: str) -> HttpResponse:
        """A paper on the case; reading it is journaled with the case's."""
        page = open_page(self.actor, reference, request)
        paper = next((each for each in page.papers if each.reference == file and each.file), None)
        if paper is None or paper.file is None:
            raise NotFound
        content = documents.open_file(paper.file).read()
        return download(content, paper.name or file, paper.content_type or "application/octet-stream")


class Messages(ActorView):
    throttle_scope = "submit"

    @extend_schema(
        responses=s.MessageSerializer(many=True), operation_id="list_messages", tags=["cases"], parameters=[REASON]
    )
    def get(self, request: Request, capacity: str, reference: str) -> Response:
        """The conversation, oldest first. What an applicant was sent counts as read."""
        page = open_page(self.actor, reference, request)
        if self.actor.is_applicant:
            actions.read_messages(self.actor, case=reference)
        return Response(s.MessageSerializer(page.messages, many=True).data)

    @extend_schema(
        request=s.MessageRequest, responses={201: s.MessageSerializer}, operation_id="send_message", tags=["cases"]
    )
    def post(self, request: Request, capacity: str, reference: str) -> Response:
        """A line on the case; from the applicant it becomes work for the unit."""
        said: Any = actions.send_message(self.actor, case=reference, **self.body(s.MessageRequest))
        said.by = None
        return Response(s.MessageSerializer(said).data, status=status.HTTP_201_CREATED)


class Contest(ActorView):
    throttle_scope = "submit"

    @extend_schema(
        request=None, responses={201: filing.DraftSerializer}, operation_id="contest_decision", tags=["cases"]
    )
    def post(self, request: Request, capacity: str, reference: str) -> Response:
        """Begin the application by which the decision is contested; its draft already names the decision."""
        draft = intake.start_contest(self.actor, case=reference)
        return Response(filing.DraftSerializer(draft).data, status=status.HTTP_201_CREATED)
