"""Texts and times of a version, and the expert's view of the rest. What may stand is decided by the catalogue's rules."""

import json
from typing import Any

import yaml
from django import forms
from django.utils.translation import gettext_lazy as _

from egov.catalogue import queries as catalogue
from egov.catalogue import rules
from egov.catalogue.models import ServiceVersion
from egov.identity.models import RegionLevel
from egov.kernel.actor import Actor
from egov.kernel.text import localise
from egov.law import queries as law
from portals.console.event_forms import lines, text_field
from portals.console.forms import NONE, both, function_choices, initial_both, offer

UNITS = [("wd", _("working days")), ("d", _("natural days")), ("m", _("months")), ("h", _("hours"))]
AUDIENCES = [
    ("person", _("residents")),
    ("enterprise", _("companies")),
    ("sole_trader", _("sole traders")),
    ("social_organisation", _("social organisations")),
    ("institution", _("institutions")),
    ("department", _("departments")),
    ("staff", _("staff")),
]
MODES = [("g2c", _("residents")), ("g2b", _("businesses")), ("g2g", _("departments")), ("g2e", _("staff"))]
TEXTS = ("name", "summary", "conditions")


class TextsForm(forms.Form):
    """What a service is called and promises: whom it is for, under which procedure, within which time."""

    name_zh = text_field(_("Name in Chinese"), max_length=200)
    name_en = text_field(_("Name in English"), max_length=200)
    summary_zh = text_field(_("Summary in Chinese"), rows=3, max_length=2000)
    summary_en = text_field(_("Summary in English"), rows=3, max_length=2000)
    audience = forms.MultipleChoiceField(
        label=_("Who may file it"), choices=AUDIENCES, widget=forms.CheckboxSelectMultiple
    )
    item_type = forms.ChoiceField(label=_("Kind of item"))
    level = forms.ChoiceField(label=_("Level"), choices=RegionLevel.choices)
    procedure = forms.ChoiceField(
        label=_("Procedure"), help_text=_("It says limits, corrections, letters and remedies.")
    )
    promised_limit = forms.IntegerField(
        label=_("Promised time"), min_value=0, max_value=400, help_text=_("0: it is done on the spot.")
    )
    promised_unit = forms.ChoiceField(label=_("counted in"), choices=UNITS)
    statutory_limit = forms.IntegerField(label=_("Statutory time"), min_value=0, max_value=400, required=False)
    statutory_unit = forms.ChoiceField(label=_("counted in"), choices=UNITS, required=False)
    needs_zh = text_field(_("What people say, in Chinese"), rows=5, required=False, help_text=_("One sentence a line."))
    needs_en = text_field(_("What people say, in English"), rows=5, required=False)
    conditions_zh = text_field(_("Conditions in Chinese"), rows=4, required=False)
    conditions_en = text_field(_("Conditions in English"), rows=4, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "item_type", rules.ITEM_TYPES.items())
        procedures = [(each.key, localise(each.name)) for each in law.procedures()]
        offer(self, "procedure", [*NONE, *sorted(procedures, key=lambda each: each[1])])

    @staticmethod
    def initial_of(version: ServiceVersion) -> dict[str, Any]:
        copied = (
            "audience",
            "item_type",
            "level",
            "procedure",
            "promised_limit",
            "promised_unit",
            "statutory_limit",
            "statutory_unit",
        )
        return {
            **{text: value for name in TEXTS for text, value in initial_both(name, getattr(version, name)).items()},
            **{name: getattr(version, name) for name in copied},
            "needs_zh": "\n".join(version.needs.get("zh-Hans", [])),
            "needs_en": "\n".join(version.needs.get("en", [])),
        }

    def changes(self) -> dict[str, Any]:
        """The columns as they shall stand."""
        data = self.cleaned_data
        limited = data["statutory_limit"] is not None
        return {
            **{name: both(data, name) for name in TEXTS},
            "audience": data["audience"],
            "item_type": data["item_type"],
            "level": data["level"],
            "procedure": data["procedure"],
            "case_kind": "promised" if data["promised_limit"] else "instant",
            "promised_limit": data["promised_limit"],
            "promised_unit": data["promised_unit"],
            "statutory_limit": data["statutory_limit"],
            "statutory_unit": data["statutory_unit"] if limited else "",
            "needs": {"zh-Hans": lines(data["needs_zh"]), "en": lines(data["needs_en"])},
        }


class NewServiceForm(TextsForm):
    """The code and whose service it is, before its texts."""

    code = forms.RegexField(
        label=_("Code"), regex=rules.CODE, help_text=_("Two capital letters and two digits, such as LC29. For good.")
    )
    mode = forms.ChoiceField(label=_("For whom"), choices=MODES)
    department_role = forms.ChoiceField(label=_("Function whose departments handle it"))
    change_reason = text_field(_("Why it is opened"), max_length=200, help_text=_("Stands in the list of versions."))
    field_order = ("code", "mode", "department_role")

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        own = catalogue.functions_of(actor)
        allowed = [each for each in function_choices() if catalogue.may_compose(actor, "") or each[0] in own]
        offer(self, "department_role", [*NONE, *allowed])


class ExpertForm(forms.Form):
    """Every structured part as it is kept, as YAML."""

    structured = forms.CharField(
        label=_("Form, materials, fee, plan and outputs (YAML)"),
        widget=forms.Textarea(
            attrs={"rows": 32, "spellcheck": "false", "translate": "no", "class": "usa-textarea mono"}
        ),
        help_text=_("For whoever knows the form language; what is wrong is said before the version is reviewed."),
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
        "auto_decision",
        "auto_advice",
    )

    @classmethod
    def initial_of(cls, version: ServiceVersion) -> dict[str, Any]:
        structured = {name: getattr(version, name) for name in cls.STRUCTURED}
        return {"structured": yaml.safe_dump(structured, allow_unicode=True, sort_keys=False, width=100)}

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
