"""Matters and cases: reading them, and every act of the lifecycle."""

from collections.abc import Callable
from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from egov.casework import actions, queries
from egov.kernel.errors import InvalidInput, NotFound
from egov.matters import queries as matters
from portals.api import serializers as s
from portals.api.pagination import Keyset
from portals.api.views.base import ActorView

LOCK = frozenset({"lock_version"})

# act -> (action, what its body may name). The same acts, under the same rules, as on the pages.
ACTS: dict[str, tuple[Callable[..., Any], frozenset[str]]] = {
    "accept": (actions.accept, LOCK | {"note"}),
    "not_accept": (actions.not_accept, LOCK | {"reason"}),
    "redirect": (actions.redirect_case, LOCK | {"body", "reason"}),
    "transfer": (actions.transfer_case, LOCK | {"unit", "reason"}),
    "request_correction": (actions.request_correction, LOCK | {"items"}),
    "answer_correction": (actions.answer_correction, LOCK | {"answers"}),
    "suspend": (actions.suspend, LOCK | {"procedure", "reason", "days"}),
    "resume": (actions.resume, LOCK | {"result"}),
    "propose_extension": (actions.propose_extension, LOCK | {"reason", "days"}),
    "decide_extension": (actions.decide_extension, LOCK | {"approved", "note"}),
    "ask_opinion": (actions.ask_opinion, LOCK | {"unit", "question", "fields", "procedure"}),
    "draft_decision": (
        actions.draft_decision,
        LOCK | {"outcome", "reasons", "citations", "conditions", "data", "note"},
    ),
    "return_draft": (actions.return_draft, LOCK | {"note"}),
    "sign_decision": (actions.sign_decision, LOCK | {"note"}),
    "deliver": (actions.deliver, LOCK | {"note"}),
    "close": (actions.close, LOCK),
    "withdraw": (actions.withdraw, LOCK | {"reason"}),
    "terminate": (actions.terminate, LOCK | {"reason"}),
    "send_message": (actions.send_message, frozenset({"text"})),
    "rate": (actions.rate, frozenset({"grade", "tags", "text"})),
}


class Matters(ActorView):
    """What was asked for, as wholes."""

    @extend_schema(responses=s.MatterSerializer(many=True), operation_id="matters_list")
    def get(self, request: Request, capacity: str) -> Response:
        pages = Keyset()
        page = pages.paginate_queryset(matters.matters_of(self.actor), request, view=self)
        return pages.get_paginated_response(s.MatterSerializer(page, many=True).data)


class Cases(ActorView):
    """Cases the actor may see: an applicant's own; those of an officer's unit and department."""

    @extend_schema(responses=s.CaseSerializer(many=True), operation_id="cases_list")
    def get(self, request: Request, capacity: str) -> Response:
        pages = Keyset()
        page = pages.paginate_queryset(queries.case_list(self.actor), request, view=self)
        return pages.get_paginated_response(s.CaseSerializer(page, many=True).data)


class Case(ActorView):
    @extend_schema(responses=s.CaseSerializer)
    def get(self, request: Request, capacity: str, reference: str) -> Response:
        """One case; an officer's reading is journaled and shown to the person concerned."""
        return Response(s.CaseSerializer(queries.open_record(self.actor, reference=reference)).data)


class CaseAct(ActorView):
    throttle_scope = "submit"

    @extend_schema(request=s.ActRequest, responses=s.CaseSerializer)
    def post(self, request: Request, capacity: str, reference: str, act: str) -> Response:
        """Do one act of the lifecycle. Only what the procedure and the actor's role allow succeeds."""
        if act not in ACTS:
            raise NotFound()
        action, names = ACTS[act]
        body = request.data if isinstance(request.data, dict) else {}
        unknown = sorted(set(body) - names)
        if unknown:
            raise InvalidInput.at(unknown[0], "unknown", f"This act takes only: {', '.join(sorted(names))}")
        try:
            action(self.actor, case=reference, **body)
        except TypeError as error:
            raise InvalidInput.at("", "missing", f"This act needs more: {', '.join(sorted(names))}") from error
        return Response(s.CaseSerializer(queries.open_record(self.actor, reference=reference)).data)
