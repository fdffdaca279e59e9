"""Work items and opinions, for civil servants."""

from drf_spectacular.utils import extend_schema_serializer
from rest_framework import serializers

from egov.casework.models import OpinionRequest
from portals.api.samples import sample
from portals.api.serializers.base import Answers, Localised, Shown, Strict
from portals.api.serializers.cases import LONG


@extend_schema_serializer(examples=[sample("work_item")])
class WorkItemSerializer(Shown):
    id = serializers.IntegerField()
    subject = serializers.CharField(help_text="kind:reference, for example case:…")
    kind = serializers.CharField()
    title = Localised()
    subtitle = serializers.CharField()
    task = Localised()
    topic = serializers.CharField(help_text="Code of the service.")
    state = serializers.CharField()
    role = serializers.CharField()
    unit = serializers.IntegerField(source="unit_id")
    assignee = serializers.IntegerField(source="assignee_id", allow_null=True, help_text="Post that has it in hand.")
    due_at = serializers.DateTimeField(allow_null=True)
    paused = serializers.BooleanField()
    created_at = serializers.DateTimeField()


class InboxRowSerializer(WorkItemSerializer):
    next_action = serializers.CharField(help_text="What is to be done next, in the language of Accept-Language.")
    deadline = serializers.CharField(help_text="green, yellow, orange, red, or empty.")


@extend_schema_serializer(examples=[sample("note")])
class ItemNote(Strict):
    note = serializers.CharField(max_length=LONG, required=False, default="", allow_blank=True)


@extend_schema_serializer(examples=[sample("hand_over")])
class HandOver(ItemNote):
    post = serializers.IntegerField(min_value=1, help_text="A post of the unit.")


@extend_schema_serializer(examples=[sample("complete")])
class CompleteRequest(ItemNote):
    outcome = serializers.CharField(max_length=40)


class ColleagueSerializer(Shown):
    post = serializers.IntegerField(source="post_id")
    name = serializers.CharField()
    title = Localised()


@extend_schema_serializer(examples=[sample("opinion")])
class OpinionSerializer(Shown):
    id = serializers.IntegerField()
    case = serializers.CharField(source="case.reference")
    service = Localised(source="case.title")
    asked_by = Localised(source="asked_by.unit.department.full_name")
    question = serializers.CharField()
    asked_at = serializers.DateTimeField()
    due_at = serializers.DateTimeField()
    answered_at = serializers.DateTimeField(allow_null=True)
    withdrawn_at = serializers.DateTimeField(allow_null=True)
    stance = serializers.CharField()
    answer = serializers.CharField()


class OpinionDetailSerializer(OpinionSerializer):
    answers = Answers(source="shared", help_text="What was shared for it, nothing else of the case.")
    may_answer = serializers.BooleanField()


@extend_schema_serializer(examples=[sample("give_opinion")])
class GiveOpinion(Strict):
    stance = serializers.ChoiceField([key for key, _label in OpinionRequest._meta.get_field("stance").choices or ()])
    answer = serializers.CharField(max_length=LONG, required=False, default="", allow_blank=True)
