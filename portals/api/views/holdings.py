"""Bills, documents, notices: what a party has. Under a limited mandate only what belongs to its services."""

from typing import Any

from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from egov.documents import queries as documents
from egov.kernel.errors import NotFound
from egov.notices import actions as notice_actions
from egov.notices import queries as notices
from egov.payments import actions as payment_actions
from egov.payments import queries as payments
from egov.payments.models import Bill as BillRow
from egov.payments.models import BillState
from portals.api import pagination
from portals.api.serializers import holdings as s
from portals.api.serializers.base import listing
from portals.api.views.base import ActorView, PublicView
from portals.api.views.filing import download
from portals.shared.mandated import bills_in_reach, documents_in_reach, notices_in_reach


class Bills(ActorView):
    @extend_schema(
        parameters=[OpenApiParameter("state", str, enum=BillState.values), *pagination.PARAMETERS],
        responses=listing(s.BillSerializer),
        operation_id="list_bills",
        tags=["money"],
    )
    def get(self, request: Request, capacity: str) -> Response:
        """What the party owes or paid, newest first."""
        rows = bills_in_reach(self.actor, payments.bills_of(self.party_id))
        state = request.query_params.get("state", "")
        if state:
            rows = rows.filter(state=state)
        return pagination.answer(request, s.BillSerializer, pagination.page(request, rows))


def own_bill(view: ActorView, reference: str) -> BillRow:
    row = bills_in_reach(view.actor, payments.bills_of(view.party_id)).filter(reference=reference).first()
    if row is None:
        raise NotFound
    return row


class Bill(ActorView):
    @extend_schema(responses=s.BillDetailSerializer, operation_id="get_bill", tags=["money"])
    def get(self, request: Request, capacity: str, reference: str) -> Response:
        """One bill, itemised, with the ways to pay, its fiscal receipt and refunds."""
        row: Any = own_bill(self, reference)
        row.ways_to_pay = payments.ways_to_pay() if row.state == BillState.OPEN else []
        row.receipt_shown = payments.receipt_of(row.pk)
        body = s.BillSerializer(row).data
        body["ways_to_pay"] = s.WaySerializer(row.ways_to_pay, many=True).data
        body["receipt"] = s.ReceiptSerializer(row.receipt_shown).data if row.receipt_shown else None
        body["refunds"] = s.RefundSerializer(payments.refunds_of(row.pk), many=True).data
        return Response(body)


class BillPayment(ActorView):
    throttle_scope = "submit"

    @extend_schema(request=s.PaymentRequest, responses=s.PaymentStarted, operation_id="pay_bill", tags=["money"])
    def post(self, request: Request, capacity: str, reference: str) -> Response:
        """Start paying; open the address in a browser to finish. The gateway tells the platform."""
        row, given = own_bill(self, reference), self.body(s.PaymentRequest)
        return Response({"url": payment_actions.start_payment(self.actor, bill=row.reference, **given)})


class BillReceipt(ActorView):
    @extend_schema(
        responses={(200, "application/pdf"): OpenApiTypes.BINARY}, operation_id="get_receipt", tags=["money"]
    )
    def get(self, request: Request, capacity: str, reference: str) -> HttpResponse:
        """The fiscal receipt as a sealed PDF, once the bill is paid."""
        receipt = payments.receipt_of(own_bill(self, reference).pk)
        if receipt is None or not receipt.document_ref:
            raise NotFound
        found = documents.document(receipt.document_ref)
        return download(documents.pdf(found.pk), f"{found.reference}.pdf", "application/pdf")


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
    @extend_schema(
        parameters=pagination.PARAMETERS,
        responses=listing(s.DocumentSerializer),
        operation_id="list_documents",
        tags=["documents"],
    )
    def get(self, request: Request, capacity: str) -> Response:
        """What was issued to the party, newest first: receipts, letters, certificates."""
        rows = documents_in_reach(self.actor, documents.documents_of(self.party_id))
        return pagination.answer(request, s.DocumentSerializer, pagination.page(request, rows))


def open_document(view: ActorView, reference: str) -> Any:
    """The party's own document; for a post one of its department's, which is journaled."""
    if view.actor.is_staff:
        return documents.open_document(view.actor, reference=reference)
    rows = documents_in_reach(view.actor, documents.documents_of(view.party_id))
    row = rows.filter(reference=reference).first()
    if row is None:
        raise NotFound
    return row


class Document(ActorView):
    @extend_schema(responses=s.DocumentSerializer, operation_id="get_document", tags=["documents"])
    def get(self, request: Request, capacity: str, reference: str) -> Response:
        """One document; `code` leads to its public verification."""
        return Response(s.DocumentSerializer(open_document(self, reference)).data)


class DocumentPdf(ActorView):
    @extend_schema(
        responses={(200, "application/pdf"): OpenApiTypes.BINARY}, operation_id="get_document_pdf", tags=["documents"]
    )
    def get(self, request: Request, capacity: str, reference: str) -> HttpResponse:
        """The sealed PDF; one that is not sealed yet is sealed now."""
        found = open_document(self, reference)
        return download(documents.pdf(found.pk), f"{found.reference}.pdf", "application/pdf")


class Notices(ActorView):
    @extend_schema(
        parameters=[OpenApiParameter("unread", bool), *pagination.PARAMETERS],
        responses=listing(s.NoticeSerializer),
        operation_id="list_notices",
        tags=["notices"],
    )
    def get(self, request: Request, capacity: str) -> Response:
        """The inbox, newest first."""
        rows = notices_in_reach(self.actor, notices.inbox(self.actor))
        if request.query_params.get("unread") == "true":
            rows = rows.filter(read_at__isnull=True)
        return pagination.answer(request, s.NoticeSerializer, pagination.page(request, rows))


class NoticeRead(ActorView):
    @extend_schema(request=None, responses={204: None}, operation_id="read_notice", tags=["notices"])
    def post(self, request: Request, capacity: str, notice: int) -> Response:
        """Mark a notice of one's own as read; somebody else's is not touched."""
        if not notices_in_reach(self.actor, notices.inbox(self.actor)).filter(pk=notice).exists():
            raise NotFound
        notice_actions.mark_read(self.actor, notice_ids=[notice])
        return Response(status=204)
