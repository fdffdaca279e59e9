"""Forms of the console. They read what was typed; the rooms' actions decide whether it may stand."""

import json
from typing import Any

import yaml
from django import forms
from django.contrib.auth.models import Group
from django.utils.translation import gettext_lazy as _

from egov.identity import queries
from egov.identity.models import Region, RegionLevel, Unit
from egov.kernel.clock import today
from egov.kernel.text import localise


def region_choices() -> list[tuple[str, str]]:
    return [(region.code, f"{localise(region.name)} ({region.code})") for region in Region.objects.order_by("code")]


def department_choices() -> list[tuple[int, str]]:
    return [(row.pk, row.party.name) for row in queries.departments()]


class DepartmentForm(forms.Form):
    name_zh = forms.CharField(label=_("Name in Chinese"), max_length=100)
    name_en = forms.CharField(label=_("Name in English"), max_length=100)
    key = forms.SlugField(
        label=_("Key"), max_length=60, help_text=_("Short and lasting; configuration names the department by it.")
    )
    level = forms.ChoiceField(label=_("Level"), choices=RegionLevel.choices)
    region = forms.ChoiceField(label=_("Region"), choices=region_choices)
    parent = forms.ChoiceField(label=_("Higher department"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        departments = queries.departments().values_list("key", "party__name")
        self.fields["parent"].choices = [("", "—"), *departments]

    def clean_key(self) -> str:
        return str(self.cleaned_data["key"]).replace("-", ".")


class UnitForm(forms.Form):
    name_zh = forms.CharField(label=_("Name in Chinese"), max_length=100)
    name_en = forms.CharField(label=_("Name in English"), max_length=100)
    key = forms.RegexField(
        label=_("Key"),
        regex=r"^[a-z0-9_]+(\.[a-z0-9_]+)*$",
        max_length=100,
        help_text=_("Lower-case letters, digits and dots, for example jz.market.licensing."),
    )
    region = forms.ChoiceField(label=_("Region"), required=False)
    phone = forms.CharField(label=_("Phone"), max_length=40, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["region"].choices = [("", "—"), *region_choices()]


class AppointForm(forms.Form):
    username = forms.CharField(label=_("Account of the person"), max_length=150)
    title_zh = forms.CharField(label=_("Title in Chinese"), max_length=60)
    title_en = forms.CharField(label=_("Title in English"), max_length=60)
    roles = forms.ModelMultipleChoiceField(
        label=_("Roles"), queryset=Group.objects.order_by("name"), widget=forms.CheckboxSelectMultiple
    )
    valid_from = forms.DateField(label=_("From"), initial=today)
    is_head = forms.BooleanField(label=_("Heads the unit"), required=False)


class CompetenceForm(forms.Form):
    region = forms.ChoiceField(label=_("Region"), choices=region_choices)
    unit = forms.ChoiceField(label=_("Department and unit"))
    condition = forms.CharField(
        label=_("Only when"),
        max_length=500,
        required=False,
        help_text=_("An expression over the answers; empty: always."),
    )
    priority = forms.IntegerField(
        label=_("Priority"), initial=0, min_value=-100, max_value=100, help_text=_("The higher one wins.")
    )
    valid_from = forms.DateField(label=_("From"), initial=today)
    note = forms.CharField(label=_("Reason"), max_length=200, help_text=_("Shown as the reason on each case."))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        units = Unit.objects.filter(closed_on__isnull=True).select_related("department__party").order_by("key")
        self.fields["unit"].choices = [
            (unit.pk, f"{unit.department.party.name} · {localise(unit.name)}") for unit in units
        ]


class SynonymForm(forms.Form):
    language = forms.ChoiceField(label=_("Language"), choices=[("zh-Hans", "中文"), ("en", "English")])
    said = forms.CharField(label=_("What people say"), max_length=80)
    meant = forms.CharField(label=_("What the catalogue calls it"), max_length=200)


class DayForm(forms.Form):
    day = forms.DateField(label=_("Day"))
    is_working = forms.TypedChoiceField(
        label=_("On this day"),
        choices=[("1", _("offices work")), ("0", _("offices are closed"))],
        coerce=lambda value: value == "1",
    )
    name_zh = forms.CharField(label=_("Name in Chinese"), max_length=40, required=False)
    name_en = forms.CharField(label=_("Name in English"), max_length=40, required=False)


class GrantForm(forms.Form):
    username = forms.CharField(label=_("Account of the person"), max_length=150)
    department = forms.TypedChoiceField(label=_("May configure the department"), coerce=int)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["department"].choices = department_choices()


class VersionForm(forms.Form):
    """The parts of a version an administrator edits; structured parts as YAML, checked by the catalogue's rules."""

    name_zh = forms.CharField(label=_("Name in Chinese"), max_length=200)
    name_en = forms.CharField(label=_("Name in English"), max_length=200)
    summary_zh = forms.CharField(label=_("Summary in Chinese"), widget=forms.Textarea(attrs={"rows": 3}))
    summary_en = forms.CharField(label=_("Summary in English"), widget=forms.Textarea(attrs={"rows": 3}))
    promised_limit = forms.IntegerField(label=_("Promised time"), min_value=0, max_value=400)
    promised_unit = forms.ChoiceField(
        label=_("counted in"), choices=[("wd", _("working days")), ("d", _("natural days"))]
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
    structured = forms.CharField(
        label=_("Form, materials, fee, plan and outputs (YAML)"), widget=forms.Textarea(attrs={"rows": 24})
    )
    change_reason = forms.CharField(label=_("Why it changes"), max_length=200)

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
    )

    @classmethod
    def of(cls, version: Any) -> "VersionForm":
        """Filled from a version."""
        structured = {name: getattr(version, name) for name in cls.STRUCTURED}
        return cls(
            initial={
                "name_zh": version.name.get("zh-Hans", ""),
                "name_en": version.name.get("en", ""),
                "summary_zh": version.summary.get("zh-Hans", ""),
                "summary_en": version.summary.get("en", ""),
                "promised_limit": version.promised_limit,
                "promised_unit": version.promised_unit,
                "needs_zh": "\n".join(version.needs.get("zh-Hans", [])),
                "needs_en": "\n".join(version.needs.get("en", [])),
                "structured": yaml.safe_dump(structured, allow_unicode=True, sort_keys=False, width=100),
            }
        )

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
            "name": {"zh-Hans": data["name_zh"], "en": data["name_en"]},
            "summary": {"zh-Hans": data["summary_zh"], "en": data["summary_en"]},
            "promised_limit": data["promised_limit"],
            "promised_unit": data["promised_unit"],
            "needs": {"zh-Hans": _lines(data["needs_zh"]), "en": _lines(data["needs_en"])},
            **data["structured"],
        }


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]
