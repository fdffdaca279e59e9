"""What all shapes share: strict requests, localised text, pages of lists, problems."""

from collections.abc import Iterable
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema_field, inline_serializer
from rest_framework import serializers
from rest_framework.utils.serializer_helpers import ReturnDict


@extend_schema_field({"type": "object", "additionalProperties": {"type": "string"}, "description": "Text by language."})
class Localised(serializers.JSONField):
    """``{"zh-Hans": …, "en": …}``: the reader chooses."""


@extend_schema_field({"type": "object", "additionalProperties": True})
class Answers(serializers.DictField):
    """Question key to answer."""


class Strict(serializers.Serializer):
    """A request: what it does not know is a mistake of the caller, said at once and not ignored."""

    def to_internal_value(self, data: Any) -> Any:
        unknown = sorted(set(data) - set(self.fields)) if isinstance(data, dict) else []
        if unknown:
            fault = serializers.ErrorDetail(_("There is no such member."), code="unknown")
            raise serializers.ValidationError({name: [fault] for name in unknown})
        return super().to_internal_value(data)


class Shown(serializers.Serializer):
    """A response; drawn from rows and dataclasses."""

    def get_fields(self) -> dict[str, serializers.Field]:
        """Moments are told in the zone of the house, which need not be asked for at each one."""
        fields, zone = super().get_fields(), timezone.get_current_timezone()
        for field in fields.values():
            if isinstance(field, serializers.DateTimeField):
                field.timezone = zone
        return fields


def listing(of: type[serializers.Serializer], **more: serializers.Field) -> serializers.Serializer:
    """The shape of a page of ``of``."""
    name = of.__name__.removesuffix("Serializer")
    return inline_serializer(
        f"{name}Page",
        {
            "results": of(many=True),
            "next": serializers.URLField(allow_null=True, help_text="Address of the following page."),
            "previous": serializers.URLField(allow_null=True),
            **more,
        },
    )


def drawn(of: type[serializers.Serializer], rows: Iterable[Any]) -> list[ReturnDict]:
    return list(of(rows, many=True).data)


class Fault(Shown):
    pointer = serializers.CharField(required=False, help_text="JSON pointer into the request (RFC 6901).")
    header = serializers.CharField(required=False, help_text="Name of the header that was wrong.")
    code = serializers.CharField()
    detail = serializers.CharField(help_text="For people, in the language of Accept-Language.")
