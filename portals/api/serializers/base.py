"""What all shapes share: strict requests, localised text, pages of lists, problems."""

import functools
from collections.abc import Iterable, Set
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema_field, inline_serializer
from rest_framework import serializers
from rest_framework.utils.serializer_helpers import BindingDict


@extend_schema_field({"type": "object", "additionalProperties": {"type": "string"}, "description": "Text by language."})
class Localised(serializers.JSONField):
    """``{"zh-Hans": …, "en": …}``: the reader chooses."""


@extend_schema_field({"type": "object", "additionalProperties": True})
class Answers(serializers.DictField):
    """Question key to answer."""


class Strict(serializers.Serializer):
    """A request: what it does not know is a mistake of the caller, said at once and not ignored."""

    @classmethod
    def members(cls) -> Set[str]:
        return cls._declared_fields.keys()

    def to_internal_value(self, data: Any) -> Any:
        unknown = sorted(data.keys() - self.members()) if isinstance(data, dict) else []
        if unknown:
            fault = serializers.ErrorDetail(_("There is no such member."), code="unknown")
            raise serializers.ValidationError({name: [fault] for name in unknown})
        return super().to_internal_value(data)


class Shown(serializers.Serializer):
    """A response; drawn from rows and dataclasses.

    Its fields are the same for every answer, so each process makes them once. Fields of its own would also keep all
    that was drawn in memory until the garbage collector comes, since shape and fields point at each other.
    """

    @property
    def fields(self) -> BindingDict:
        return _fields_of(type(self))


@functools.cache
def _fields_of(shape: type[Shown]) -> BindingDict:
    """Moments are told in the zone of the house, which need not be asked for at each one."""
    fields, zone = BindingDict(shape()), timezone.get_default_timezone()
    for name, field in shape().get_fields().items():
        if isinstance(field, serializers.DateTimeField):
            field.timezone = zone
        fields[name] = field
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


def drawn(of: type[Shown], rows: Iterable[Any]) -> list[dict[str, Any]]:
    draw = of().to_representation
    return [draw(row) for row in rows]


class Fault(Shown):
    pointer = serializers.CharField(required=False, help_text="JSON pointer into the request (RFC 6901).")
    header = serializers.CharField(required=False, help_text="Name of the header that was wrong.")
    code = serializers.CharField()
    detail = serializers.CharField(help_text="For people, in the language of Accept-Language.")
