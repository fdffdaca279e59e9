"""Shapes of the API. Requests are validated by the rooms; these check only that JSON has the right form."""

from rest_framework import serializers


class NeedRequest(serializers.Serializer):
    text = serializers.CharField(max_length=2000, help_text="What the person said, in their own words.")
    language = serializers.ChoiceField(["zh-Hans", "en"], default="zh-Hans")
    region = serializers.CharField(max_length=12, required=False, default="")


class CandidateSerializer(serializers.Serializer):
    kind = serializers.ChoiceField(["service", "event"])
    code = serializers.CharField()
    title = serializers.JSONField(help_text="Localised text.")
    score = serializers.FloatField()
    reasons = serializers.JSONField(help_text="Why it was offered, localised.")
    fileable = serializers.BooleanField()


class NeedAnswer(serializers.Serializer):
    candidates = CandidateSerializer(many=True)
    question = serializers.JSONField(allow_null=True, help_text="Asked back when the need is not clear.")
    hotline = serializers.BooleanField(help_text="Nothing fits; the hotline is offered.")


class ServiceSerializer(serializers.Serializer):
    code = serializers.CharField(source="service.code")
    version = serializers.IntegerField(source="number")
    name = serializers.JSONField()
    summary = serializers.JSONField()
    department_name = serializers.JSONField()
    mode = serializers.CharField(source="service.mode")
    item_type = serializers.CharField()
    case_kind = serializers.CharField()
    statutory_limit = serializers.IntegerField(allow_null=True)
    statutory_unit = serializers.CharField()
    promised_limit = serializers.IntegerField()
    promised_unit = serializers.CharField()
    online_depth = serializers.IntegerField()
    fileable = serializers.BooleanField(source="is_fileable")


class ServiceDetailSerializer(ServiceSerializer):
    conditions = serializers.JSONField()
    materials = serializers.JSONField()
    fee = serializers.JSONField()
    legal_basis = serializers.JSONField()
    outputs = serializers.JSONField()
    channel = serializers.JSONField()
    rights = serializers.JSONField()
    form = serializers.JSONField(allow_null=True, help_text="JSON Schema 2020-12 with x- hints.")


class DraftRequest(serializers.Serializer):
    service = serializers.CharField(max_length=64)
    region = serializers.CharField(max_length=12)
    need = serializers.CharField(max_length=2000, required=False, default="", allow_blank=True)


class DraftChange(serializers.Serializer):
    answers = serializers.DictField()
    page = serializers.CharField(max_length=60, required=False, default="", allow_blank=True)
    revision = serializers.IntegerField(min_value=0, help_text="The revision you saw; a stale one is refused.")


class DraftSerializer(serializers.Serializer):
    reference = serializers.CharField()
    service = serializers.CharField(source="version.service.code")
    version = serializers.IntegerField(source="version.number")
    region = serializers.CharField()
    answers = serializers.JSONField()
    sources = serializers.JSONField(help_text="Where prefilled answers come from.")
    revision = serializers.IntegerField()
    saved_at = serializers.DateTimeField()


class AttachmentRequest(serializers.Serializer):
    material = serializers.CharField(max_length=60)
    file = serializers.FileField(allow_empty_file=True)


class AttachmentSerializer(serializers.Serializer):
    id = serializers.IntegerField()
    material = serializers.CharField()
    name = serializers.CharField(source="file.name")
    size = serializers.IntegerField(source="file.size")
    sha256 = serializers.CharField(source="file.sha256")


class SubmissionRequest(serializers.Serializer):
    service = serializers.CharField(max_length=64)
    region = serializers.CharField(max_length=12)
    answers = serializers.DictField()
    files = serializers.DictField(
        child=serializers.ListField(child=serializers.CharField(max_length=40)),
        required=False,
        help_text="Material key to references of files you stored before.",
    )


class SubmissionSerializer(serializers.Serializer):
    reference = serializers.CharField()
    matter = serializers.CharField()
    at = serializers.DateTimeField()


class MatterSerializer(serializers.Serializer):
    reference = serializers.CharField()
    title = serializers.JSONField()
    state = serializers.CharField()
    opened_at = serializers.DateTimeField()
    closed_at = serializers.DateTimeField(allow_null=True)
    promised_due_at = serializers.DateTimeField(allow_null=True)


class CaseSerializer(serializers.Serializer):
    reference = serializers.CharField()
    matter = serializers.CharField()
    service = serializers.CharField(source="service.code")
    title = serializers.JSONField()
    state = serializers.CharField()
    outcome = serializers.CharField()
    department = serializers.CharField(source="department.key")
    unit = serializers.CharField(source="unit.key")
    received_at = serializers.DateTimeField()
    promised_due_at = serializers.DateTimeField(allow_null=True)
    statutory_due_at = serializers.DateTimeField(allow_null=True)
    decided_at = serializers.DateTimeField(allow_null=True)
    lock_version = serializers.IntegerField()


class WorkItemSerializer(serializers.Serializer):
    id = serializers.IntegerField()
    subject = serializers.CharField()
    kind = serializers.CharField()
    title = serializers.JSONField()
    subtitle = serializers.CharField()
    state = serializers.CharField()
    role = serializers.CharField()
    unit = serializers.CharField(source="unit.key")
    assignee = serializers.IntegerField(source="assignee_id", allow_null=True)
    due_at = serializers.DateTimeField(allow_null=True)


class BillSerializer(serializers.Serializer):
    reference = serializers.CharField()
    subject = serializers.CharField()
    total = serializers.DecimalField(max_digits=18, decimal_places=2)
    state = serializers.CharField()
    created_at = serializers.DateTimeField()


class DocumentSerializer(serializers.Serializer):
    reference = serializers.CharField()
    code = serializers.CharField(help_text="For the public verification page.")
    title = serializers.JSONField()
    state = serializers.CharField()
    issued_at = serializers.DateTimeField()


class NoticeSerializer(serializers.Serializer):
    id = serializers.IntegerField()
    kind = serializers.CharField()
    subject = serializers.CharField()
    title = serializers.JSONField()
    body = serializers.JSONField()
    needs_action = serializers.BooleanField()
    created_at = serializers.DateTimeField()
    read_at = serializers.DateTimeField(allow_null=True)


class CapacitySerializer(serializers.Serializer):
    slug = serializers.CharField()
    kind = serializers.CharField()
    title = serializers.CharField()


class ActRequest(serializers.Serializer):
    """What the act needs; see the description of each act. ``lock_version`` is the one you saw."""

    lock_version = serializers.IntegerField(required=False)
    note = serializers.CharField(required=False)
    reason = serializers.CharField(required=False)
    outcome = serializers.CharField(required=False)
    reasons = serializers.CharField(required=False)
    items = serializers.ListField(child=serializers.DictField(), required=False)
    answers = serializers.DictField(required=False)
    text = serializers.CharField(required=False)
    grade = serializers.IntegerField(required=False)


class CompleteRequest(serializers.Serializer):
    outcome = serializers.CharField(max_length=40)
    note = serializers.CharField(max_length=4000, required=False, default="", allow_blank=True)


class PaymentRequest(serializers.Serializer):
    gateway = serializers.CharField(max_length=40, default="sandbox")
    method = serializers.CharField(max_length=40)


class PaymentStarted(serializers.Serializer):
    url = serializers.CharField()


class VerificationSerializer(serializers.Serializer):
    code = serializers.CharField()
    verdict = serializers.CharField()
    title = serializers.JSONField()
    issuer = serializers.JSONField()
    issued_at = serializers.DateTimeField()


class ProblemSerializer(serializers.Serializer):
    type = serializers.CharField()
    title = serializers.CharField()
    status = serializers.IntegerField()
    detail = serializers.CharField(required=False)
    errors = serializers.ListField(child=serializers.DictField(), required=False)
