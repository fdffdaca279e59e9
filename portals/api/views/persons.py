"""Who one is, who may act for whom, and what is known about the party."""

import datetime as dt

from django.middleware.csrf import get_token
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from egov.identity import actions as identity_actions
from egov.identity import queries as identity
from egov.identity.rules import API_SCOPES
from egov.journal import queries as journal
from egov.kernel import clock
from egov.kernel.text import language_tag
from egov.registers import actions as register_actions
from egov.registers import queries as registers
from portals.api import pagination
from portals.api.authentication import scopes_of
from portals.api.serializers import holdings as s
from portals.api.serializers.base import drawn, listing
from portals.api.views.base import AccountView, ActorView

LOOKS = 100


class Session(AccountView):
    @extend_schema(responses=s.SessionSerializer, operation_id="get_session", tags=["account"])
    def get(self, request: Request) -> Response:
        """Who is logged in, as what they may act, and how far the token reaches."""
        token = request.auth
        body = {
            "account": self.account.username,
            "assurance": self.account.assurance,
            "language": language_tag(),
            "capacities": identity.capacities_of(self.account),
            "scopes": scopes_of(token) if token else [API_SCOPES[0]],
            "csrf_token": "" if token else get_token(request._request),
        }
        return Response(s.SessionSerializer(body).data)


class Capacities(AccountView):
    @extend_schema(responses=s.CapacitySerializer(many=True), operation_id="list_capacities", tags=["account"])
    def get(self, request: Request) -> Response:
        """In which capacities the account may act today."""
        return Response(drawn(s.CapacitySerializer, identity.capacities_of(self.account)))


class Mandates(ActorView):
    @extend_schema(responses=s.Mandates, operation_id="list_mandates", tags=["account"])
    def get(self, request: Request, capacity: str) -> Response:
        """Given by the party; held by the person (only as oneself). The newest hundred of each."""
        given = identity.mandates_given(self.whole_party_id).select_related("grantor")[:100]
        own = self.actor.party_id if capacity == "self" else None
        held = identity.mandates_held(own)[:100] if own else []
        return Response(s.Mandates({"given": given, "held": held}).data)

    @extend_schema(
        request=s.MandateRequest, responses={201: s.MandateSerializer}, operation_id="give_mandate", tags=["account"]
    )
    def post(self, request: Request, capacity: str) -> Response:
        """Let somebody act for the party, for the named services or for all; it begins when they accept it."""
        given = self.body(s.MandateRequest)
        agent = identity.party_named(given["number"], given["name"])
        first: dt.date = given.get("valid_from") or clock.today()
        mandate = identity_actions.grant_mandate(
            self.actor,
            grantor_id=self.party_id,
            agent_id=agent.pk,
            services=given.get("services", ()),
            valid_from=first,
            valid_to=given.get("valid_to"),
        )
        return Response(s.MandateSerializer(mandate).data, status=status.HTTP_201_CREATED)


class MandateAcceptance(ActorView):
    @extend_schema(request=None, responses=s.MandateSerializer, operation_id="accept_mandate", tags=["account"])
    def post(self, request: Request, capacity: str, mandate: int) -> Response:
        """The agent takes it on."""
        return Response(s.MandateSerializer(identity_actions.accept_mandate(self.actor, mandate_id=mandate)).data)


class MandateRevocation(ActorView):
    @extend_schema(request=None, responses=s.MandateSerializer, operation_id="revoke_mandate", tags=["account"])
    def post(self, request: Request, capacity: str, mandate: int) -> Response:
        """Either side ends it, at once."""
        return Response(s.MandateSerializer(identity_actions.revoke_mandate(self.actor, mandate_id=mandate)).data)


class MyData(ActorView):
    @extend_schema(responses=s.HeldDatumSerializer(many=True), operation_id="list_my_data", tags=["my data"])
    def get(self, request: Request, capacity: str) -> Response:
        """What registers hold about the party: value, register, as-of date."""
        return Response(drawn(s.HeldDatumSerializer, registers.data_about(self.actor, party_id=self.party_id)))


class DataViews(ActorView):
    @extend_schema(responses=s.LookSerializer(many=True), operation_id="list_looks", tags=["my data"])
    def get(self, request: Request, capacity: str) -> Response:
        """Who looked at the party's data, newest first; the party's own looks are left out."""
        looks = [
            {**vars(seen), "refs": [str(ref) for ref in seen.refs]}
            for seen in journal.views_of(self.whole_party_id, limit=LOOKS)
        ]
        return Response(drawn(s.LookSerializer, looks))


class Consents(ActorView):
    @extend_schema(
        parameters=pagination.PARAMETERS,
        responses=listing(s.ConsentSerializer),
        operation_id="list_consents",
        tags=["my data"],
    )
    def get(self, request: Request, capacity: str) -> Response:
        """What departments were let read, newest first."""
        found = pagination.page(request, registers.consents_of(self.whole_party_id))
        return pagination.answer(request, s.ConsentSerializer, found)


class ConsentRevocation(ActorView):
    @extend_schema(request=None, responses=s.ConsentSerializer, operation_id="revoke_consent", tags=["my data"])
    def post(self, request: Request, capacity: str, consent: int) -> Response:
        """Revoke for the future; what was read before stays lawful."""
        return Response(s.ConsentSerializer(register_actions.revoke_consent(self.actor, consent_id=consent)).data)


class FactCorrections(ActorView):
    @extend_schema(
        parameters=pagination.PARAMETERS,
        responses=listing(s.FactCorrectionSerializer),
        operation_id="list_fact_corrections",
        tags=["my data"],
    )
    def get(self, request: Request, capacity: str) -> Response:
        """What the party said was wrong, and what the keepers answered."""
        found = pagination.page(request, registers.corrections_of(self.whole_party_id))
        return pagination.answer(request, s.FactCorrectionSerializer, found)

    @extend_schema(
        request=s.FactCorrectionRequest,
        responses={201: s.FactCorrectionSerializer},
        operation_id="ask_fact_correction",
        tags=["my data"],
    )
    def post(self, request: Request, capacity: str) -> Response:
        """Say that a held fact is wrong; the keeper of the register answers."""
        asked = register_actions.ask_fact_correction(
            self.actor, party_id=self.whole_party_id, **self.body(s.FactCorrectionRequest)
        )
        return Response(s.FactCorrectionSerializer(asked).data, status=status.HTTP_201_CREATED)
