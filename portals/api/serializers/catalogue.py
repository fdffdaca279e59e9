"""Needs, services, events, places."""

from drf_spectacular.utils import extend_schema_serializer
from rest_framework import serializers

from egov.routing.rules.text import MAX_LENGTH
from portals.api.samples import sample
from portals.api.serializers.base import Localised, Shown, Strict


@extend_schema_serializer(examples=[sample("need")])
class NeedRequest(Strict):
    text = serializers.CharField(
        max_length=MAX_LENGTH * 10, help_text="What the person said, in their own words, in any language."
    )
    language = serializers.ChoiceField(
        ["zh-Hans", "en"], default="zh-Hans", help_text="The one the person reads; every text comes in all."
    )
    region = serializers.CharField(max_length=12, required=False, default="", allow_blank=True)
    audience = serializers.ChoiceField(["", "person", "business", "staff", "any"], default="", allow_blank=True)
    picked = serializers.ListField(
        child=serializers.CharField(max_length=80),
        required=False,
        max_length=5,
        help_text="Keys of the options chosen so far, when a question was put back.",
    )


class CandidateSerializer(Shown):
    kind = serializers.ChoiceField(["service", "event"])
    code = serializers.CharField()
    title = Localised()
    score = serializers.FloatField(help_text="0 to 1.")
    reasons = serializers.ListField(child=Localised(), help_text="Why it was offered.")
    fileable = serializers.BooleanField(help_text="Whether it can be filed here.")


class OptionSerializer(Shown):
    key = serializers.CharField(help_text="Send it back in `picked`.")
    text = Localised()
    codes = serializers.ListField(child=serializers.CharField())


class QuestionSerializer(Shown):
    key = serializers.CharField()
    text = Localised()
    hint = Localised()
    options = OptionSerializer(many=True)


@extend_schema_serializer(examples=[sample("need_answer")])
class NeedAnswer(Shown):
    candidates = CandidateSerializer(many=True)
    question = QuestionSerializer(allow_null=True, help_text="Asked back when the need is not clear.")
    bundle = serializers.CharField(help_text="Code of the event when all of it is meant, else empty.")
    parts = serializers.ListField(child=serializers.CharField(), help_text="Needs told apart in one message.")
    hotline = serializers.BooleanField(help_text="Nothing fits; the hotline is offered.")


class ServiceSerializer(Shown):
    code = serializers.CharField(source="service.code")
    version = serializers.IntegerField(source="number")
    name = Localised()
    summary = Localised()
    department_name = Localised()
    mode = serializers.CharField(source="service.mode")
    audience = serializers.ListField(child=serializers.CharField())
    item_type = serializers.CharField()
    case_kind = serializers.CharField()
    statutory_limit = serializers.IntegerField(allow_null=True)
    statutory_unit = serializers.CharField()
    promised_limit = serializers.IntegerField()
    promised_unit = serializers.CharField(help_text="wd working days, d natural days, h hours, m months")
    online_depth = serializers.IntegerField(help_text="1 listed … 4 wholly online")


@extend_schema_serializer(examples=[sample("service")])
class ServiceDetailSerializer(ServiceSerializer):
    fileable = serializers.BooleanField(source="is_fileable")
    conditions = Localised()
    materials = serializers.ListField(child=serializers.DictField())
    fee = serializers.DictField()
    legal_basis = serializers.ListField(child=serializers.DictField())
    outputs = serializers.ListField(child=serializers.DictField())
    channel = serializers.DictField()
    rights = serializers.DictField()
    depends_on = serializers.ListField(
        child=serializers.ListField(child=serializers.CharField()), help_text="All groups are needed, of each one."
    )
    form = serializers.DictField(allow_null=True, help_text="JSON Schema 2020-12 with x- hints; null when only listed.")


class EventSerializer(Shown):
    code = serializers.CharField()
    kind = serializers.ChoiceField(["life", "business", "internal"])
    name = Localised()
    summary = Localised()


class EventDetailSerializer(EventSerializer):
    definition = serializers.DictField(help_text="Members, edges, questions and the longest path.")
    offered = serializers.BooleanField(
        source="is_offered", help_text="False: taken out of force; its services are asked for one by one."
    )


class RegionSerializer(Shown):
    code = serializers.CharField(help_text="GB/T 2260.")
    name = Localised()
    level = serializers.CharField()
    parent = serializers.CharField(source="parent_id", allow_null=True)


class DepartmentSerializer(Shown):
    key = serializers.CharField()
    name = Localised(source="full_name")
    level = serializers.CharField()
    phone = serializers.CharField()
    address = serializers.CharField()
    office_hours = Localised()


class TrackedMove(Shown):
    at = serializers.DateTimeField()
    label = serializers.CharField()


class TrackSerializer(Shown):
    """No name, no answer, no note: what anyone who has the number may know."""

    reference = serializers.CharField()
    service = Localised()
    department = Localised()
    unit = Localised()
    state = serializers.CharField()
    received_at = serializers.DateTimeField()
    promised_due_at = serializers.DateTimeField(allow_null=True)
    ended_at = serializers.DateTimeField(allow_null=True)
    overdue = serializers.BooleanField()
    moves = TrackedMove(many=True)


@extend_schema_serializer(examples=[sample("verification")])
class VerificationSerializer(Shown):
    code = serializers.CharField()
    verdict = serializers.CharField(help_text="valid, revoked, expired, suspended, altered, pending, unproven …")
    in_force = serializers.BooleanField()
    title = Localised()
    number = serializers.CharField()
    issuer = Localised()
    holder = serializers.CharField(help_text="People's names are masked.")
    issued_at = serializers.DateTimeField()
    sealed_at = serializers.DateTimeField(allow_null=True)
    proven_at = serializers.DateTimeField(allow_null=True, help_text="By the journal's signed head or a time-stamp.")
    valid_from = serializers.DateField(allow_null=True)
    valid_to = serializers.DateField(allow_null=True)
    ended_at = serializers.DateTimeField(allow_null=True)
    end_reason = Localised()
    newer_code = serializers.CharField()
    sha256 = serializers.CharField()
    matches = serializers.BooleanField(allow_null=True, help_text="Of an uploaded file: whether it is the issued one.")


class UploadToVerify(Strict):
    file = serializers.FileField()


class ProofSerializer(Shown):
    """RFC 9162: recompute the root from leaf and path; check the checkpoint's signature."""

    sealed = serializers.BooleanField(help_text="False: the entry is committed and gets its place within a minute.")
    entry = serializers.IntegerField()
    at = serializers.DateTimeField()
    index = serializers.IntegerField(allow_null=True)
    leaf = serializers.CharField(allow_null=True, help_text="SHA-256, hexadecimal.")
    path = serializers.ListField(child=serializers.CharField())
    checkpoint = serializers.CharField(allow_null=True, help_text="The signed head (c2sp.org/tlog-checkpoint).")
