"""Life and business events for one party: what applies and why, and one draft for all of it."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from egov.catalogue import queries as catalogue
from egov.intake import actions
from egov.kernel.errors import FieldError, InvalidInput, NotPermitted
from egov.routing import queries as routing
from egov.routing.queries import BundlePlan, Why, Wishes
from portals.api.serializers import events as s
from portals.api.serializers.filing import DraftSerializer
from portals.api.views.base import ActorView, with_etag


class EventPlan(ActorView):
    @extend_schema(
        request=s.EventPlanRequest, responses=s.EventPlanSerializer, operation_id="plan_event", tags=["filing"]
    )
    def post(self, request: Request, capacity: str, code: str) -> Response:
        """What an event takes for this party: which services apply and why, and what still has to be answered."""
        given = self.body(s.EventPlanRequest)
        answers = _read(code, given["answers"])
        wishes = Wishes.read(given["again"], given["have"])
        plan = routing.plan_bundle(self.actor, event=code, answers=answers, wishes=wishes)
        return Response(s.EventPlanSerializer(plan).data)


class EventDrafts(ActorView):
    @extend_schema(
        request=s.EventDraftRequest,
        responses={201: DraftSerializer},
        operation_id="start_event_draft",
        tags=["filing"],
    )
    def post(self, request: Request, capacity: str, code: str) -> Response:
        """Start one draft for every service that applies. Its form: `GET …/drafts/{reference}/form`."""
        if not self.actor.is_applicant:
            raise NotPermitted
        given = self.body(s.EventDraftRequest)
        given["answers"] = _read(code, given["answers"])
        wishes = Wishes.read(given["again"], given["have"])
        plan = routing.plan_bundle(self.actor, event=code, answers=given["answers"], wishes=wishes)
        _require_settled(plan)
        _require_offered(plan, given["services"])
        draft = actions.start_bundle(self.actor, event=code, **given)
        response = Response(DraftSerializer(draft).data, status=status.HTTP_201_CREATED)
        response["Location"] = request.build_absolute_uri(f"/api/v1/as/{capacity}/drafts/{draft.reference}")
        return with_etag(response, draft.revision)


def _read(code: str, given: Mapping[str, Any]) -> dict[str, Any]:
    """Raises ``InvalidInput`` at an answer that is to no question of the event, or none that it takes."""
    read = routing.read_answers(code, given)
    asked = {str(each["key"]): each for each in catalogue.event(code).definition.get("questions", ())}
    unasked = _("This event does not ask this.")
    if faults := [
        FieldError(f"answers/{key}", "invalid", routing.why_unread(asked[key], value) if key in asked else unasked)
        for key, value in given.items()
        if key not in read
    ]:
        raise InvalidInput(faults)
    return read


def _require_settled(plan: BundlePlan) -> None:
    text = _("Answer this question, so that we know what applies.")
    if faults := [FieldError(f"answers/{key}", "required", text) for key in plan.to_ask]:
        raise InvalidInput(faults)


def _require_offered(plan: BundlePlan, services: list[str]) -> None:
    offered = {member.service for member in plan.members if member.why is Why.OPTIONAL}
    text = _("This cannot be added here.")
    faults = [
        FieldError(f"services/{number}", "unknown", text)
        for number, service in enumerate(services)
        if service not in offered
    ]
    if faults:
        raise InvalidInput(faults)
