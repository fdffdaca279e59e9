"""Drafts, attachments, submissions, matters."""

from typing import Any

from drf_spectacular.utils import extend_schema_field, extend_schema_serializer
from rest_framework import serializers

from egov.intake.models import Draft
from egov.intake.queries import Moved, OpenCorrections
from egov.routing.queries import Why
from portals.api.samples import sample
from portals.api.serializers.base import Answers, Fault, Localised, Shown, Strict


@extend_schema_serializer(examples=[sample("draft_request")])
class DraftRequest(Strict):
    service = serializers.CharField(max_length=64)
    region = serializers.CharField(max_length=12, help_text="Where it is to be handled; the answers may say otherwise.")
    need = serializers.CharField(max_length=500, required=False, default="", allow_blank=True)
    event = serializers.CharField(max_length=10, required=False, default="", allow_blank=True)
    answers = Answers(required=False, help_text="They win over what registers know.")


@extend_schema_serializer(examples=[sample("draft_change")])
class DraftChange(Strict):
    answers = Answers(help_text="Only the questions it names; null takes an answer back.")
    page = serializers.CharField(max_length=60, required=False, default="", allow_blank=True)
    revision = serializers.IntegerField(
        min_value=0, required=False, help_text="The one you saw; a stale one is refused. If-Match does the same."
    )


@extend_schema_serializer(examples=[sample("draft")])
class DraftSerializer(Shown):
    reference = serializers.CharField()
    service = serializers.CharField(source="version.service.code")
    version = serializers.IntegerField(source="version.number")
    region = serializers.CharField()
    event = serializers.CharField(help_text="Empty for a single service.")
    services = serializers.SerializerMethodField()
    answers = Answers()
    sources = serializers.DictField(help_text="Question → value, register and as-of date of what was prefilled.")
    revision = serializers.IntegerField()
    started_at = serializers.DateTimeField()
    saved_at = serializers.DateTimeField()

    def get_services(self, draft: Draft) -> list[str]:
        """All services of the draft."""
        return [each["service"] for each in draft.plan.get("members", ())] or [draft.version.service.code]


class FormPageSerializer(Shown):
    key = serializers.CharField()
    title = Localised()
    questions = serializers.ListField(child=serializers.CharField(), source="fields")


@extend_schema_serializer(examples=[sample("form")])
class FormSerializer(Shown):
    """The form of a draft: JSON Schema 2020-12 with titles in all languages."""

    schema = serializers.DictField(help_text="Question key → what it takes.")
    pages = FormPageSerializer(many=True)
    serves = serializers.DictField(
        child=serializers.ListField(child=serializers.CharField()),
        default=dict,
        help_text="Question key → services that get the answer; empty for a single service.",
    )


class PriceLineSerializer(Shown):
    key = serializers.CharField()
    name = Localised()
    amount = serializers.DecimalField(max_digits=18, decimal_places=2, help_text="Yuan.")
    basis = Localised()


class MovedSerializer(Shown):
    """A service of an event that came to be needed, or ceased to be."""

    service = serializers.CharField()
    name = Localised(source="title")
    why = serializers.ChoiceField([each.value for each in Why], help_text="As the event has it by now.")
    because = serializers.SerializerMethodField(help_text="The questions whose answers decided it.")
    was_held = serializers.BooleanField(help_text="What the party had of it is there no more.")
    is_closed = serializers.BooleanField(help_text="It cannot be filed online at present.")

    def get_because(self, moved: Moved) -> list[str]:
        return [str(question["key"]) for question, _answer in moved.because]


@extend_schema_serializer(examples=[sample("check")])
class CheckSerializer(Shown):
    """The check-your-answers page as data."""

    complete = serializers.BooleanField()
    faults = Fault(many=True)
    asked = serializers.ListField(
        child=serializers.CharField(), help_text="Questions that are asked, given these answers."
    )
    price = serializers.DecimalField(max_digits=18, decimal_places=2)
    price_lines = PriceLineSerializer(many=True)
    fetched = serializers.ListField(
        child=serializers.CharField(),
        help_text="Materials that registers hold. With `consent` they are fetched, without it they are attached.",
    )
    unheld = serializers.ListField(
        child=serializers.CharField(),
        help_text="Materials that government holds, but no register connected here: attach them if you have them.",
    )
    minutes_left = serializers.IntegerField()
    current = serializers.BooleanField(
        help_text="False: a service has a newer version, or other services are needed by now; migrate the draft."
    )
    services_added = MovedSerializer(many=True, help_text="What came to be needed since; of an event.")
    services_removed = MovedSerializer(many=True, help_text="What is not needed any more.")
    services_offered = MovedSerializer(many=True, help_text="What may be added by now, see `migrate_draft`.")
    to_ask = serializers.ListField(
        child=serializers.CharField(),
        help_text="Questions of the event that have come up; answer them with `migrate_draft`.",
    )


@extend_schema_serializer(examples=[sample("migration_request")])
class MigrationRequest(Strict):
    answers = Answers(required=False, default=dict, help_text="To questions of the event that have come up.")
    services = serializers.ListField(
        child=serializers.CharField(max_length=64),
        max_length=50,
        required=False,
        default=list,
        help_text="Optional services that are wanted besides.",
    )


class MigrationSerializer(Shown):
    added = serializers.ListField(child=Localised())
    removed = serializers.ListField(child=Localised())
    changed = serializers.ListField(child=Localised())
    services_added = MovedSerializer(many=True, source="came")
    services_removed = MovedSerializer(many=True, source="went")


class AttachmentRequest(Strict):
    material = serializers.CharField(max_length=60)
    file = serializers.FileField(allow_empty_file=True)


class FileRequest(AttachmentRequest):
    service = serializers.CharField(max_length=64, help_text="The service whose material it is.")


@extend_schema_serializer(examples=[sample("attachment")])
class AttachmentSerializer(Shown):
    id = serializers.IntegerField()
    material = serializers.CharField()
    file = serializers.CharField(source="file.reference")
    name = serializers.CharField(source="file.name")
    size = serializers.IntegerField(source="file.size")
    sha256 = serializers.CharField(source="file.sha256")


class StoredFileSerializer(Shown):
    reference = serializers.CharField()
    name = serializers.CharField()
    content_type = serializers.CharField()
    size = serializers.IntegerField()
    sha256 = serializers.CharField()


def consent_field() -> serializers.BooleanField:
    return serializers.BooleanField(
        required=False,
        default=False,
        help_text="The applicant agrees that each department fetches the shared materials of its services from "
        "registers, for this matter only. Without it they are among the files.",
    )


@extend_schema_serializer(examples=[sample("submission_request")])
class SubmissionRequest(Strict):
    service = serializers.CharField(max_length=64)
    region = serializers.CharField(max_length=12)
    answers = Answers()
    files = serializers.DictField(
        child=serializers.ListField(child=serializers.CharField(max_length=40), max_length=30),
        required=False,
        help_text="Material → references of files stored before (`POST …/files`).",
    )
    need = serializers.CharField(max_length=500, required=False, default="", allow_blank=True)
    consent = consent_field()


@extend_schema_serializer(examples=[sample("consent")])
class ConsentRequest(Strict):
    consent = consent_field()


@extend_schema_serializer(examples=[sample("submission")])
class SubmissionSerializer(Shown):
    reference = serializers.CharField()
    matter = serializers.CharField()
    channel = serializers.CharField()
    at = serializers.DateTimeField()


class MemberSerializer(Shown):
    key = serializers.CharField()
    service = serializers.CharField(source="service.code")
    state = serializers.CharField()
    case = serializers.CharField(help_text="Empty while it waits for others.")


@extend_schema_serializer(examples=[sample("matter")])
class MatterSerializer(Shown):
    reference = serializers.CharField()
    title = Localised()
    state = serializers.CharField()
    opened_at = serializers.DateTimeField()
    closed_at = serializers.DateTimeField(allow_null=True)
    promised_due_at = serializers.DateTimeField(allow_null=True)
    members = MemberSerializer(many=True, source="members.all")


class LaneMove(Shown):
    at = serializers.DateTimeField()
    act = serializers.CharField()
    after = serializers.CharField()
    note = serializers.CharField()


class UndoneSerializer(Shown):
    why = serializers.CharField(help_text="not_granted, not_started (what it needs fell away), or taken_back.")
    of = serializers.ListField(child=serializers.CharField(), help_text="Members it could not do without.")
    back = serializers.DecimalField(max_digits=14, decimal_places=2, help_text="Not owed, or given back.")


class LaneSerializer(Shown):
    key = serializers.CharField()
    service = serializers.CharField()
    title = Localised()
    state = serializers.CharField()
    by = serializers.CharField(help_text="Who files it, when it is not the applicant: employer, departments.")
    case = serializers.CharField(source="case.reference", default="")
    needs = serializers.CharField(help_text="What the applicant has to do: pay, correct, or nothing.")
    department = Localised()
    unit = Localised()
    unit_phone = serializers.CharField()
    due_at = serializers.DateTimeField(allow_null=True)
    statutory_due_at = serializers.DateTimeField(allow_null=True)
    ended_at = serializers.DateTimeField(allow_null=True)
    missed = serializers.BooleanField()
    critical = serializers.BooleanField(help_text="On the path that decides when the whole is done.")
    expected_on = serializers.DateField(allow_null=True, help_text="From past cases; null when there are too few.")
    waits_for = serializers.ListField(child=Localised())
    undone = UndoneSerializer(allow_null=True, help_text="Why it is not carried on.")
    moves = LaneMove(many=True)


class PromiseSerializer(Shown):
    """When the whole is to be expected, from the cases of the last year."""

    promised_due_at = serializers.DateTimeField(
        allow_null=True, help_text="The first moment that is too late when every department keeps its own promise."
    )
    expected_on = serializers.DateField(allow_null=True, help_text="As likely before as after.")
    likely_by = serializers.DateField(allow_null=True, help_text="Nine in ten are done by then.")
    percent = serializers.IntegerField(
        allow_null=True, help_text="The chance that the promise is kept; null while a member has too few past cases."
    )
    cases = serializers.IntegerField(source="forecast.cases", help_text="Past cases behind the figures.")
    unmeasured = serializers.ListField(
        child=serializers.CharField(), source="forecast.unmeasured", help_text="Members with too few past cases."
    )


class ReconsideredSerializer(Shown):
    """A service that corrected answers speak for or against."""

    service = serializers.CharField()
    title = Localised()
    certain = serializers.BooleanField(source="is_certain", help_text="False: a question of the event is unanswered.")


class TimelineSerializer(Shown):
    """The matter as a whole: one lane a member."""

    reference = serializers.CharField(source="matter.reference")
    title = Localised(source="matter.title")
    state = serializers.CharField(source="matter.state")
    opened_at = serializers.DateTimeField(source="matter.opened_at")
    promised_due_at = serializers.DateTimeField(allow_null=True)
    promise = PromiseSerializer()
    may_withdraw = serializers.BooleanField()
    lanes = LaneSerializer(many=True)
    lacking = ReconsideredSerializer(
        many=True, source="revised.lacking", help_text="What corrected answers need and no part does: begin it."
    )
    superfluous = ReconsideredSerializer(
        many=True, source="revised.superfluous", help_text="Parts that corrected answers do not need; they go on."
    )


@extend_schema_serializer(examples=[sample("matter_change")])
class ChangeRequest(Strict):
    """``answers``: under the keys of the matter's one form, as ``unknown`` faults name them."""

    answers = Answers()
    reason = serializers.CharField(max_length=1000)


class SituationSerializer(Shown):
    question = serializers.CharField(help_text="Key of a question of the event.")
    text = Localised()
    answer = serializers.JSONField(allow_null=True, help_text="Null: not answered so far.")


@extend_schema_serializer(examples=[sample("matter_situation")])
class SituationRequest(Strict):
    question = serializers.CharField(max_length=64)
    answer = serializers.CharField(max_length=100)


class RevisedSerializer(Shown):
    lacking = ReconsideredSerializer(many=True, help_text="What the matter needs by now and no part of it does.")
    superfluous = ReconsideredSerializer(many=True, help_text="Parts that it does not need any more.")


class ReachedSerializer(RevisedSerializer):
    members = serializers.ListField(child=serializers.CharField(), help_text="Members that the correction reaches.")


@extend_schema_serializer(examples=[sample("declaration")])
class DeclarationRequest(Strict):
    text = serializers.CharField(max_length=1000, help_text="How you know that it is done; the department reads it.")
    file = serializers.CharField(max_length=40, required=False, default="", help_text="Of a file stored before.")


@extend_schema_serializer(examples=[sample("matter_part")])
class PartRequest(Strict):
    service = serializers.CharField(max_length=64, help_text="One of `lacking` of the matter.")


class AskerSerializer(Shown):
    case = serializers.CharField(source="case.reference")
    service = serializers.CharField(source="case.version.service.code")
    department = Localised()
    message = serializers.CharField(help_text="What the department said about it.")


@extend_schema_field({})
class AnyAnswer(serializers.JSONField):
    """An answer of whatever type."""


class AskedQuestionSerializer(Shown):
    key = serializers.CharField(help_text="Under which it is answered.")
    title = Localised()
    takes = serializers.DictField(source="schema", help_text="JSON Schema 2020-12 of the answer.")
    material = serializers.CharField(help_text="Of a file: under which it is named in `files`; else empty.")
    answer = AnyAnswer(help_text="What stands there now; null when nothing does.")
    asked_by = AskerSerializer(many=True)


@extend_schema_serializer(examples=[sample("corrections")])
class CorrectionsSerializer(Shown):
    """The one notice of a matter: what its departments ask to be put right, each question once."""

    matter = serializers.CharField()
    respond_by = serializers.DateTimeField(help_text="The first of the days given; whoever keeps it keeps all.")
    questions = serializers.SerializerMethodField()

    @extend_schema_field(AskedQuestionSerializer(many=True))
    def get_questions(self, found: OpenCorrections) -> list[Any]:
        rows = [
            {
                "key": question.key,
                "title": question.title,
                "schema": question.schema,
                "material": question.material if question.is_file else "",
                "answer": found.answers.get(question.key),
                "asked_by": found.askers(question.key),
            }
            for question in found.questions
        ]
        return list(AskedQuestionSerializer(rows, many=True).data)


@extend_schema_serializer(examples=[sample("corrections_request")])
class CorrectionsRequest(Strict):
    answers = Answers(required=False, default=dict, help_text="By the keys of the notice.")
    files = serializers.DictField(
        child=serializers.ListField(child=serializers.CharField(max_length=40), max_length=30),
        required=False,
        default=dict,
        help_text="Material → references of files stored before (`POST …/files`).",
    )


@extend_schema_serializer(examples=[sample("reason")])
class WithdrawRequest(Strict):
    reason = serializers.CharField(max_length=500, required=False, default="", allow_blank=True)
    members = serializers.ListField(
        child=serializers.CharField(max_length=64),
        required=False,
        default=list,
        help_text="Members to take back, with what cannot do without them. Empty: the whole.",
    )
