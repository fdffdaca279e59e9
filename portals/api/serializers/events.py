"""Shapes of life and business events as one party meets them."""

from drf_spectacular.utils import extend_schema_serializer
from rest_framework import serializers

from egov.routing.queries import Why
from portals.api.samples import sample
from portals.api.serializers.base import Answers, Localised, Shown, Strict


class Wishes(Strict):
    """What the party says against what is known of it."""

    again = serializers.ListField(
        child=serializers.CharField(max_length=64),
        max_length=50,
        required=False,
        default=list,
        help_text="Services to apply for although they are held.",
    )
    have = serializers.DictField(
        child=serializers.CharField(max_length=120),
        required=False,
        default=dict,
        help_text="Services to leave out because the party has what they give, each with its number. The departments "
        "of those that would have waited for it are told; nobody checks it here.",
    )


@extend_schema_serializer(examples=[sample("event_plan_request")])
class EventPlanRequest(Wishes):
    answers = Answers(required=False, default=dict, help_text="To questions of the event; the rest stays open.")


@extend_schema_serializer(examples=[sample("event_draft_request")])
class EventDraftRequest(Wishes):
    region = serializers.CharField(max_length=12, help_text="Where it is to be handled; the answers may say otherwise.")
    answers = Answers(required=False, default=dict, help_text="To the questions of the event.")
    services = serializers.ListField(
        child=serializers.CharField(max_length=64),
        max_length=50,
        required=False,
        default=list,
        help_text="Of the optional services, those that are wanted.",
    )
    need = serializers.CharField(max_length=500, required=False, default="", allow_blank=True)


class HeldSerializer(Shown):
    number = serializers.CharField(help_text="Of the certificate, or of the case; empty for what a register shows.")
    since = serializers.DateField(allow_null=True)
    until = serializers.DateField(allow_null=True)
    source = Localised()
    about = Answers(help_text="The object it is for, by data element.")
    counts = serializers.BooleanField(help_text="Whether the service is needless because of it, for these answers.")


class PlannedMemberSerializer(Shown):
    service = serializers.CharField()
    name = Localised(source="version.name")
    why = serializers.ChoiceField([each.value for each in Why])
    because = serializers.ListField(
        child=serializers.CharField(), source="state.because", help_text="The questions whose answers decided it."
    )
    fileable = serializers.BooleanField(source="is_fileable")
    holdings = HeldSerializer(many=True, help_text="What the party has of it today.")
    may_be_claimed = serializers.BooleanField(help_text="Whether it may stand in `have`.")


@extend_schema_serializer(examples=[sample("event_plan")])
class EventPlanSerializer(Shown):
    event = serializers.CharField(source="event.code")
    answers = Answers(help_text="All that count: given by you or known from registers.")
    known = serializers.ListField(
        child=serializers.CharField(), source="facts", help_text="Questions that registers answered."
    )
    to_ask = serializers.ListField(child=serializers.CharField(), help_text="Questions that still change what applies.")
    members = PlannedMemberSerializer(many=True)
