"""Questions of an event as questions of a page: they decide which services it takes, and no form asks them."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from portals.applicant import answers as words
from portals.shared.components import Field, Option, Text
from portals.shared.templatetags.egov_ui import localised

_WIDGETS = {"number": "number", "date": "date", "region": "select"}


def field_of(question: Mapping[str, Any], *, value: Any = None, hint: Text = "", error: Text = "") -> Field:
    """``value``: the answer so far, None before there is one."""
    kind = str(question["type"])
    chosen = str(value).lower() if isinstance(value, bool) else str(value)
    return Field(
        str(question["key"]),
        localised(question["text"]),
        value="" if value is None else str(value),
        widget=_WIDGETS.get(kind, "radio"),
        options=[Option(key, label, checked=key == chosen) for key, label in _choices(question)],
        placeholder=_("Choose") if kind == "region" else "",
        error=error,
        hint=hint,
        width="s" if kind == "number" else "m",
    )


def _choices(question: Mapping[str, Any]) -> list[tuple[str, Text]]:
    if question["type"] == "boolean":
        return [("true", _("Yes")), ("false", _("No"))]
    if question["type"] == "region":
        return [(region.code, words.region_name(region.code)) for region in words.region_choices()]
    return [(str(each["key"]), localised(each["text"])) for each in question.get("choices", ())]
