"""What a party has: bills, documents, notices, mandates, data about it."""

from drf_spectacular.utils import extend_schema_serializer
from rest_framework import serializers

from portals.api.samples import sample
from portals.api.serializers.base import Localised, Shown, Strict


class CapacitySerializer(Shown):
    slug = serializers.CharField(help_text="Stands in addresses: /api/v1/as/<slug>/…")
    kind = serializers.CharField()
    name = Localised(source="names")
    roles = serializers.ListField(child=serializers.CharField())


@extend_schema_serializer(examples=[sample("session")])
class SessionSerializer(Shown):
    account = serializers.CharField()
    assurance = serializers.IntegerField(help_text="0 none, 2 real name, 3 with a second factor.")
    language = serializers.CharField()
    capacities = CapacitySerializer(many=True)
    scopes = serializers.ListField(child=serializers.CharField(), help_text="Of the token; of a session all.")
    csrf_token = serializers.CharField(help_text="For a session: send it as X-CSRFToken. Empty with a token.")


class BillLineSerializer(Shown):
    subject = serializers.CharField()
    text = Localised()
    amount = serializers.DecimalField(max_digits=18, decimal_places=2)
    basis = serializers.CharField()


@extend_schema_serializer(examples=[sample("bill")])
class BillSerializer(Shown):
    reference = serializers.CharField()
    subject = serializers.CharField()
    total = serializers.DecimalField(max_digits=18, decimal_places=2, help_text="Yuan.")
    state = serializers.CharField()
    created_at = serializers.DateTimeField()
    paid_at = serializers.DateTimeField(allow_null=True)
    lines = BillLineSerializer(many=True, source="lines.all")


class WaySerializer(Shown):
    value = serializers.CharField(help_text="gateway:method")
    name = Localised()
    gateway = Localised()


class ReceiptSerializer(Shown):
    series = serializers.CharField()
    number = serializers.IntegerField()
    amount = serializers.DecimalField(max_digits=18, decimal_places=2)
    issued_at = serializers.DateTimeField()
    document = serializers.CharField(source="document_ref", help_text="GET …/documents/<document>/pdf")


class RefundSerializer(Shown):
    reference = serializers.CharField()
    amount = serializers.DecimalField(max_digits=18, decimal_places=2)
    reason = serializers.CharField(source="why")
    state = serializers.CharField()


class BillDetailSerializer(BillSerializer):
    ways_to_pay = WaySerializer(many=True)
    receipt = ReceiptSerializer(allow_null=True)
    refunds = RefundSerializer(many=True)


@extend_schema_serializer(examples=[sample("payment")])
class PaymentRequest(Strict):
    gateway = serializers.CharField(max_length=40)
    method = serializers.CharField(max_length=40)
    return_url = serializers.URLField(required=False, default="", allow_blank=True, max_length=500)


@extend_schema_serializer(examples=[sample("payment_started")])
class PaymentStarted(Shown):
    url = serializers.URLField(help_text="Open it in a browser to finish; the gateway tells the platform.")


class CredentialSerializer(Shown):
    number = serializers.CharField()
    type = serializers.CharField()
    version = serializers.IntegerField()
    valid_from = serializers.DateField()
    valid_to = serializers.DateField(allow_null=True)
    ended_at = serializers.DateTimeField(allow_null=True)


@extend_schema_serializer(examples=[sample("document")])
class DocumentSerializer(Shown):
    reference = serializers.CharField()
    code = serializers.CharField(help_text="GET /api/v1/verify/<code>")
    title = Localised()
    number = serializers.CharField()
    subject = serializers.CharField()
    department = Localised(source="department.full_name")
    state = serializers.CharField()
    issued_at = serializers.DateTimeField()
    sealed_at = serializers.DateTimeField(allow_null=True)
    sha256 = serializers.CharField(source="file.sha256", default="")
    credential = CredentialSerializer(default=None, allow_null=True)


@extend_schema_serializer(examples=[sample("notice")])
class NoticeSerializer(Shown):
    id = serializers.IntegerField()
    kind = serializers.CharField()
    subject = serializers.CharField()
    title = Localised()
    body = Localised()
    needs_action = serializers.BooleanField()
    created_at = serializers.DateTimeField()
    read_at = serializers.DateTimeField(allow_null=True)


class MandateSerializer(Shown):
    id = serializers.IntegerField()
    grantor = serializers.CharField(source="grantor.name")
    agent = serializers.CharField(source="agent.name")
    services = serializers.ListField(child=serializers.CharField(), help_text="Empty: all.")
    valid_from = serializers.DateField()
    valid_to = serializers.DateField(allow_null=True)
    granted_at = serializers.DateTimeField()
    accepted_at = serializers.DateTimeField(allow_null=True)
    revoked_at = serializers.DateTimeField(allow_null=True)


class Mandates(Shown):
    given = MandateSerializer(many=True)
    held = MandateSerializer(many=True)


@extend_schema_serializer(examples=[sample("mandate_request")])
class MandateRequest(Strict):
    """The agent is found by name and number together, so that nobody can be guessed."""

    number = serializers.CharField(max_length=32, help_text="Identity number or credit code of the agent.")
    name = serializers.CharField(max_length=200)
    services = serializers.ListField(child=serializers.CharField(max_length=40), required=False, max_length=200)
    valid_from = serializers.DateField(required=False)
    valid_to = serializers.DateField(required=False)


class HeldDatumSerializer(Shown):
    element = serializers.CharField()
    name = Localised()
    value = serializers.JSONField()
    register = Localised()
    keeper = serializers.CharField()
    as_of = serializers.DateField()
    sensitive = serializers.BooleanField()


class LookSerializer(Shown):
    """Who looked at the party's data, when, on what matter, why."""

    entry = serializers.IntegerField(source="entry_id", help_text="GET /api/v1/journal/proofs/entry:<entry>")
    at = serializers.DateTimeField()
    department = serializers.IntegerField(source="department_id", allow_null=True)
    capacity = serializers.CharField()
    reason = serializers.CharField()
    refs = serializers.ListField(child=serializers.CharField())


class ConsentSerializer(Shown):
    id = serializers.IntegerField()
    recipient = serializers.IntegerField(source="recipient_id")
    elements = serializers.ListField(child=serializers.CharField())
    purpose = Localised()
    subject = serializers.CharField()
    given_at = serializers.DateTimeField()
    revoked_at = serializers.DateTimeField(allow_null=True)


@extend_schema_serializer(examples=[sample("fact_correction")])
class FactCorrectionRequest(Strict):
    element = serializers.CharField(max_length=80)
    proposed = serializers.CharField(max_length=500)
    reason = serializers.CharField(max_length=2000, required=False, default="", allow_blank=True)


class FactCorrectionSerializer(Shown):
    reference = serializers.CharField()
    element = serializers.CharField(source="element.key")
    proposed = serializers.JSONField()
    reason = serializers.CharField()
    state = serializers.CharField()
    asked_at = serializers.DateTimeField()
    answered_at = serializers.DateTimeField(allow_null=True)
    answer = serializers.CharField()
