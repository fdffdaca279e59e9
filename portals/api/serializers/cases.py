"""Cases, what hangs on them, and what each act takes."""

from typing import Any

from drf_spectacular.utils import extend_schema_field, extend_schema_serializer
from rest_framework import serializers

from egov.casework.queries import Standing, material_lines
from egov.casework.rules import ratings
from egov.registers.queries import masked
from portals.api.samples import sample
from portals.api.serializers.base import Answers, Localised, Shown, Strict

LONG = 4000


@extend_schema_serializer(examples=[sample("case")])
class CaseSerializer(Shown):
    reference = serializers.CharField()
    matter = serializers.CharField()
    service = serializers.CharField(source="service.code")
    title = Localised()
    state = serializers.CharField()
    outcome = serializers.CharField()
    applicant = serializers.CharField(source="applicant.name")
    department = serializers.CharField(source="department.key")
    unit = serializers.CharField(source="unit.key")
    received_at = serializers.DateTimeField()
    accepted_at = serializers.DateTimeField(allow_null=True)
    promised_due_at = serializers.DateTimeField(allow_null=True)
    statutory_due_at = serializers.DateTimeField(allow_null=True)
    decided_at = serializers.DateTimeField(allow_null=True)
    delivered_at = serializers.DateTimeField(allow_null=True)
    closed_at = serializers.DateTimeField(allow_null=True)
    lock_version = serializers.IntegerField(help_text="Send it back with an act, or the ETag as If-Match.")


class CitationSerializer(Strict):
    instrument = serializers.CharField(max_length=80)
    article = serializers.CharField(max_length=40, required=False, default="", allow_blank=True)


class ObstacleSerializer(Shown):
    code = serializers.CharField()
    message = serializers.CharField(source="*")


class AllowedAct(Shown):
    act = serializers.CharField()
    label = serializers.CharField(help_text="In the language of Accept-Language.")
    href = serializers.CharField(help_text="Where to POST it.")
    takes = serializers.ListField(child=serializers.CharField(), help_text="Members of its body.")
    allowed = serializers.BooleanField()
    obstacle = ObstacleSerializer(allow_null=True, help_text="Why not now.")


class MoveSerializer(Shown):
    at = serializers.DateTimeField()
    act = serializers.CharField()
    label = serializers.CharField()
    before = serializers.CharField()
    after = serializers.CharField()
    note = serializers.CharField()
    by = serializers.CharField(allow_null=True)
    basis = serializers.ListField(child=serializers.DictField())


class CaseFileSerializer(Shown):
    material = serializers.CharField()
    origin = serializers.CharField()
    added_at = serializers.DateTimeField()
    reference = serializers.CharField(allow_null=True)
    name = serializers.CharField(allow_null=True)
    content_type = serializers.CharField(allow_null=True)
    size = serializers.IntegerField(allow_null=True)


class MaterialRow(Shown):
    label = Localised()
    value = serializers.SerializerMethodField(help_text="Text, or text per language; sensitive numbers are masked.")

    @extend_schema_field({"oneOf": [{"type": "string"}, {"type": "object"}]})
    def get_value(self, row: dict[str, Any]) -> Any:
        return masked(row)


class MaterialSerializer(Shown):
    """A material of the service and how it stands on the case."""

    material = serializers.CharField(source="key")
    name = Localised()
    standing = serializers.ChoiceField(
        list(Standing), help_text="`never`: ended without it. `open`: not fetched so far."
    )
    shared = serializers.BooleanField(help_text="Registers hold it; with consent it is fetched.")
    absent = serializers.CharField(source="given.absent", default="", help_text="Why registers gave nothing.")
    register = serializers.CharField(source="given.register", default="")
    as_of = serializers.DateField(source="given.as_of", default=None, allow_null=True)
    valid_to = serializers.DateField(source="given.valid_to", default=None, allow_null=True)
    number = serializers.CharField(source="given.number", default="")
    rows = MaterialRow(many=True, source="given.rows", default=list)
    file = serializers.CharField(source="extract.reference", default="", help_text="What the register gave.")


class CorrectionSerializer(Shown):
    items = serializers.ListField(child=serializers.DictField())
    asked_at = serializers.DateTimeField()
    respond_by = serializers.DateTimeField()
    answered_at = serializers.DateTimeField(allow_null=True)


class SuspensionSerializer(Shown):
    procedure = serializers.CharField()
    reason = serializers.CharField()
    from_at = serializers.DateTimeField()
    until = serializers.DateField()
    ended_at = serializers.DateTimeField(allow_null=True)
    result = serializers.CharField()


class ExtensionSerializer(Shown):
    days = serializers.IntegerField()
    reason = serializers.CharField()
    asked_at = serializers.DateTimeField()
    approved = serializers.BooleanField(allow_null=True)


class OpinionOnCase(Shown):
    id = serializers.IntegerField()
    department = Localised()
    unit = Localised()
    question = serializers.CharField()
    shared_fields = serializers.ListField(child=serializers.CharField())
    asked_at = serializers.DateTimeField()
    due_at = serializers.DateTimeField()
    answered_at = serializers.DateTimeField(allow_null=True)
    stance = serializers.CharField()
    answer = serializers.CharField()
    withdrawn_at = serializers.DateTimeField(allow_null=True)


class MessageSerializer(Shown):
    id = serializers.IntegerField()
    from_applicant = serializers.BooleanField()
    text = serializers.CharField()
    at = serializers.DateTimeField()
    read_at = serializers.DateTimeField(allow_null=True)
    by = serializers.CharField(allow_null=True, help_text="Name of the officer; of applicants none.")


class IssuedSerializer(Shown):
    reference = serializers.CharField()
    title = Localised()
    state = serializers.CharField()
    issued_at = serializers.DateTimeField()
    code = serializers.CharField(help_text="For the public verification page.")


class DecisionSerializer(Shown):
    outcome = serializers.CharField()
    reasons = serializers.CharField()
    citations = serializers.ListField(child=serializers.DictField())
    conditions = serializers.CharField()
    drafted_at = serializers.DateTimeField()
    signed_at = serializers.DateTimeField(allow_null=True)
    contest_by = serializers.DateField(allow_null=True)


class RatingSerializer(Shown):
    grade = serializers.IntegerField()
    tags = serializers.ListField(child=serializers.CharField())
    text = serializers.CharField()
    at = serializers.DateTimeField()
    public_answer = Localised()
    second_grade = serializers.IntegerField(allow_null=True)


class ClockSerializer(Shown):
    kind = serializers.CharField()
    limit = serializers.IntegerField()
    unit = serializers.CharField()
    started_at = serializers.DateTimeField()
    due_at = serializers.DateTimeField()
    paused_at = serializers.DateTimeField(allow_null=True)
    stopped_at = serializers.DateTimeField(allow_null=True)
    missed = serializers.BooleanField()
    basis = serializers.CharField()


class StepSerializer(Shown):
    key = serializers.CharField(source="definition.key")
    kind = serializers.CharField(source="definition.kind")
    title = Localised(source="definition.title")
    state = serializers.CharField()
    outcome = serializers.CharField()
    finished_at = serializers.DateTimeField(allow_null=True)
    item = serializers.IntegerField(source="item.pk", default=None, allow_null=True)


@extend_schema_serializer(examples=[sample("case_detail")])
class ChangeSerializer(Shown):
    """Answers that the applicant corrects: question → new answer, null for one taken back."""

    answers = Answers()
    before = Answers()
    reason = serializers.CharField()
    proposed_at = serializers.DateTimeField()
    decided_at = serializers.DateTimeField(allow_null=True)
    accepted = serializers.BooleanField(allow_null=True)
    note = serializers.CharField()


class CaseDetailSerializer(CaseSerializer):
    """What the reader may see of it: the applicant no internals, an adviser only what was shared."""

    access = serializers.CharField(source="page.access", help_text="own, handling, advising or reason.")
    answers = Answers(source="page.answers")
    route = serializers.DictField(help_text="Why this unit handles it.")
    allowed_acts = AllowedAct(many=True)
    story = MoveSerializer(many=True, source="page.moves")
    files = CaseFileSerializer(many=True, source="page.papers")
    materials = serializers.SerializerMethodField()
    corrections = CorrectionSerializer(many=True, source="page.corrections")
    changes = ChangeSerializer(many=True, source="page.changes")
    suspensions = SuspensionSerializer(many=True, source="page.stops")
    extensions = ExtensionSerializer(many=True, source="page.extensions")
    opinions = OpinionOnCase(many=True, source="page.opinions")
    messages = MessageSerializer(many=True, source="page.messages")
    documents = IssuedSerializer(many=True, source="page.documents")
    decision = DecisionSerializer(source="page.decision", allow_null=True)
    rating = RatingSerializer(source="page.rating", allow_null=True)
    clocks = ClockSerializer(many=True, source="page.clocks")
    steps = StepSerializer(many=True, help_text="Of the review plan; for civil servants.")

    @extend_schema_field(MaterialSerializer(many=True))
    def get_materials(self, row: Any) -> list[Any]:
        return list(MaterialSerializer(material_lines(row.page), many=True).data)


# --- What acts take --------------------------------------------------------------------------------------


class Act(Strict):
    lock_version = serializers.IntegerField(
        required=False, min_value=0, help_text="The one you saw; a stale one is refused. If-Match does the same."
    )


def text(*, required: bool = True, most: int = LONG) -> serializers.CharField:
    if required:
        return serializers.CharField(max_length=most)
    return serializers.CharField(max_length=most, required=False, default="", allow_blank=True)


@extend_schema_serializer(examples=[sample("note")])
class NotedAct(Act):
    note = text(required=False)


@extend_schema_serializer(examples=[sample("lock")])
class PlainAct(Act):
    pass


@extend_schema_serializer(examples=[sample("reason")])
class ReasonedAct(Act):
    reason = text()


@extend_schema_serializer(examples=[sample("reason")])
class WithdrawAct(Act):
    reason = text(required=False)


@extend_schema_serializer(examples=[sample("redirect")])
class RedirectAct(Act):
    body = text(most=200)
    reason = text(required=False)


@extend_schema_serializer(examples=[sample("transfer")])
class TransferAct(Act):
    unit = serializers.CharField(max_length=80, help_text="Key of the unit.")
    reason = text()


class CorrectionItem(Strict):
    field = serializers.CharField(max_length=80, required=False)
    material = serializers.CharField(max_length=60, required=False)
    message = text(most=1000)


@extend_schema_serializer(examples=[sample("request_correction")])
class RequestCorrectionAct(Act):
    items = CorrectionItem(many=True, help_text="Everything at once: each names a question or a material.")


@extend_schema_serializer(examples=[sample("answer_correction")])
class AnswerCorrectionAct(Strict):
    answers = Answers(help_text="To what was listed, and to what that makes necessary (422 names it).")
    files = serializers.DictField(
        child=serializers.ListField(child=serializers.CharField(max_length=40), max_length=30),
        required=False,
        help_text="Material → references of files stored before.",
    )


@extend_schema_serializer(examples=[sample("suspend")])
class SuspendAct(Act):
    procedure = serializers.CharField(max_length=40)
    reason = text()
    days = serializers.IntegerField(required=False, min_value=1, max_value=400)


@extend_schema_serializer(examples=[sample("resume")])
class ResumeAct(Act):
    result = text(required=False)


@extend_schema_serializer(examples=[sample("propose_extension")])
class ProposeExtensionAct(Act):
    days = serializers.IntegerField(min_value=1, max_value=400)
    reason = text()


@extend_schema_serializer(examples=[sample("ask_opinion")])
class AskOpinionAct(Act):
    unit = serializers.CharField(max_length=80, help_text="Key of the unit of another department.")
    question = text()
    shared_fields = serializers.ListField(
        child=serializers.CharField(max_length=80), required=False, help_text="The only answers it sees."
    )
    days = serializers.IntegerField(required=False, min_value=1, max_value=90)


@extend_schema_serializer(examples=[sample("complete_step")])
class CompleteStepAct(Act):
    item_id = serializers.IntegerField(min_value=1, help_text="The work item of the step.")
    outcome = serializers.CharField(max_length=40, required=False, default="", allow_blank=True)
    note = text(required=False)


@extend_schema_serializer(examples=[sample("draft_decision")])
class DraftDecisionAct(Act):
    outcome = serializers.ChoiceField(["granted", "partly", "refused"])
    reasons = text(required=False, most=8000)
    citations = CitationSerializer(many=True, required=False)
    conditions = text(required=False)
    data = serializers.DictField(required=False, help_text="Elements of the outputs.")
    note = text(required=False)


@extend_schema_serializer(examples=[sample("return_draft")])
class ReturnDraftAct(Act):
    note = text()


@extend_schema_serializer(examples=[sample("fetch_evidence")])
class FetchAct(Act):
    material = serializers.CharField(max_length=60, help_text="A shared material of the service.")


@extend_schema_serializer(examples=[sample("message")])
class MessageRequest(Strict):
    text = text()


@extend_schema_serializer(examples=[sample("rate")])
class RateAct(Strict):
    grade = serializers.IntegerField(min_value=1, max_value=5, help_text="5 very satisfied … 1 very dissatisfied.")
    tags = serializers.ListField(child=serializers.ChoiceField(sorted(ratings.TAGS)), required=False)
    text = text(required=False, most=1000)


@extend_schema_serializer(examples=[sample("rate_again")])
class RateAgainAct(Strict):
    grade = serializers.IntegerField(min_value=1, max_value=5)


@extend_schema_serializer(examples=[sample("verify_rating")])
class VerifyRatingAct(Act):
    justified = serializers.BooleanField()
    note = text()


@extend_schema_serializer(examples=[sample("rectify_rating")])
class RectifyRatingAct(Act):
    rectification = text()
    public_answer = Localised(help_text="Shown to everybody; name nobody.")
