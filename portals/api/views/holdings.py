"""Bills, documents, notices, and who one may act as."""

from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import NotAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from egov.documents import queries as documents
from egov.identity import queries as identity
from egov.notices import actions as notice_actions
from egov.notices import queries as notices
from egov.payments import actions as payment_actions
from egov.payments import queries as payments
from portals.api import serializers as s
from portals.api.pagination import Keyset
from portals.api.views.base import ActorView, PublicView


class Capacities(APIView):
    """In which capacities the signed-in account may act."""

    @extend_schema(responses=s.CapacitySerializer(many=True))
    def get(self, request: Request) -> Response:
        if not request.user.is_authenticated:
            raise NotAuthenticated
        return Response(s.CapacitySerializer(identity.capacities_of(request.user), many=True).data)


class Bills(ActorView):
    @extend_schema(responses=s.BillSerializer(many=True), operation_id="bills_list")
    def get(self, request: Request, capacity: str) -> Response:
        pages = Keyset()
        rows = payments.bills_of(self.actor.on_behalf_of_id)
        return pages.get_paginated_response(
            s.BillSerializer(pages.paginate_queryset(rows, request, view=self), many=True).data
        )


class BillPayment(ActorView):
    @extend_schema(request=s.PaymentRequest, responses=s.PaymentStarted)
    def post(self, request: Request, capacity: str, reference: str) -> Response:
        """Start paying; open the address in a browser to finish."""
        body = s.PaymentRequest(data=request.data)
        body.is_valid(raise_exception=True)
        url = payment_actions.start_payment(self.actor, bill=reference, **body.validated_data)
        return Response({"url": url})


class PaymentCallback(PublicView):
    """Where a gateway tells that a payment was made. Its signature is its permission."""

    authentication_classes = []
    throttle_classes = []

    @extend_schema(exclude=True)
    def post(self, request: Request, gateway: str) -> Response:
        signature = request.headers.get("X-Signature", "")
        payment_actions.settle_callback(gateway=gateway, body=request._request.body, signature=signature)
        return Response({"taken": True})


class Documents(ActorView):
    @extend_schema(responses=s.DocumentSerializer(many=True), operation_id="documents_list")
    def get(self, request: Request, capacity: str) -> Response:
        pages = Keyset()
        rows = documents.documents_of(self.actor.on_behalf_of_id)
        return pages.get_paginated_response(
            s.DocumentSerializer(pages.paginate_queryset(rows, request, view=self), many=True).data
        )


class Notices(ActorView):
    @extend_schema(responses=s.NoticeSerializer(many=True), operation_id="notices_list")
    def get(self, request: Request, capacity: str) -> Response:
        pages = Keyset()
        rows = notices.inbox(self.actor)
        return pages.get_paginated_response(
            s.NoticeSerializer(pages.paginate_queryset(rows, request, view=self), many=True).data
        )


class NoticeRead(ActorView):
    @extend_schema(request=None, responses={204: None})
    def post(self, request: Request, capacity: str, notice: int) -> Response:
        notice_actions.mark_read(self.actor, notice_ids=[notice])
        return Response(status=204)


class Verify(PublicView):
    """Whether an issued document is genuine and still valid. Open to everyone."""

    throttle_scope = "search"

    @extend_schema(responses=s.VerificationSerializer)
    def get(self, request: Request, code: str) -> Response:
        return Response(s.VerificationSerializer(documents.verify(code)).data)
