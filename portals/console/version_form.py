"""The form a new version of a service is written with. What it says may stand is decided by the catalogue's rules."""

import json
from typing import Any

import yaml
from django import forms
from django.utils.translation import gettext_lazy as _

from portals.console.forms import both, initial_both


class VersionForm(forms.Form):
    """The parts of a version an administrator edits; structured parts as YAML, checked by the catalogue's rules."""

    name_zh = forms.CharField(label=_("Name in Chinese"), max_length=200)
    name_en = forms.CharField(label=_("Name in English"), max_length=200)
    summary_zh = forms.CharField(label=_("Summary in Chinese"), widget=forms.Textarea(attrs={"rows": 3}))
    summary_en = forms.CharField(label=_("Summary in English"), widget=forms.Textarea(attrs={"rows": 3}))
    promised_limit = forms.IntegerField(label=_("Promised time"), min_value=0, max_value=400)
    promised_unit = forms.ChoiceField(
        label=_("counted in"),
        choices=[("wd", _("working days")), ("d", _("natural days")), ("m", _("months")), ("h", _("hours"))],
    )
    needs_zh = forms.CharField(
        label=_("What people say, in Chinese"),
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("One sentence a line."),
        required=False,
    )
    needs_en = forms.CharField(
        label=_("What people say, in English"), widget=forms.Textarea(attrs={"rows": 5}), required=False
    )
    conditions_zh = forms.CharField(
        label=_("Conditions in Chinese"), widget=forms.Textarea(attrs={"rows": 4}), required=False
    )
    conditions_en = forms.CharField(
        label=_("Conditions in English"), widget=forms.Textarea(attrs={"rows": 4}), required=False
    )
    structured = forms.CharField(
        label=_("Form, materials, fee, plan and outputs (YAML)"),
        widget=forms.Textarea(
            attrs={"rows": 24, "spellcheck": "false", "translate": "no", "class": "usa-textarea mono"}
        ),
        help_text=_("For whoever knows the form language; what is wrong is said before the version is reviewed."),
    )
    change_reason = forms.CharField(
        label=_("Why it changes"), max_length=200, help_text=_("Stands in the list of versions.")
    )

    STRUCTURED = (
        "form",
        "materials",
        "fee",
        "plan",
        "outputs",
        "effects",
        "legal_basis",
        "special_procedures",
        "opinions",
        "letters",
    )

    @classmethod
    def initial_of(cls, version: Any) -> dict[str, Any]:
        structured = {name: getattr(version, name) for name in cls.STRUCTURED}
        return {
            **initial_both("name", version.name),
            **initial_both("summary", version.summary),
            **initial_both("conditions", version.conditions),
            "promised_limit": version.promised_limit,
            "promised_unit": version.promised_unit,
            "needs_zh": "\n".join(version.needs.get("zh-Hans", [])),
            "needs_en": "\n".join(version.needs.get("en", [])),
            "structured": yaml.safe_dump(structured, allow_unicode=True, sort_keys=False, width=100),
        }

    def clean_structured(self) -> dict[str, Any]:
        try:
            parts = yaml.safe_load(self.cleaned_data["structured"])
        except yaml.YAMLError as error:
            raise forms.ValidationError(_("This is not YAML: %(error)s") % {"error": error}) from error
        if not isinstance(parts, dict) or set(parts) - set(self.STRUCTURED):
            raise forms.ValidationError(
                _("Only these parts stand here: %(names)s") % {"names": ", ".join(self.STRUCTURED)}
            )
        # Dates and the like of YAML become what JSON can carry.
        return json.loads(json.dumps(parts, default=str))

    def changes(self) -> dict[str, Any]:
        """The version's fields as they shall stand."""
        data = self.cleaned_data
        return {
            "name": both(data, "name"),
            "summary": both(data, "summary"),
            "conditions": both(data, "conditions"),
            "promised_limit": data["promised_limit"],
            "promised_unit": data["promised_unit"],
            "needs": {"zh-Hans": _lines(data["needs_zh"]), "en": _lines(data["needs_en"])},
            **data["structured"],
        }


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]
