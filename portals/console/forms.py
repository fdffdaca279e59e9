"""Forms of the console. They read what was typed; the rooms' actions decide whether it may stand."""

from collections.abc import Iterable, Mapping
from typing import Any

import yaml
from django import forms
from django.contrib.auth.models import Group
from django.utils.translation import gettext_lazy as _

from egov.catalogue import queries as catalogue
from egov.catalogue.models import PublicService
from egov.identity import queries
from egov.identity.models import Organisation, OrganisationKind, Region, RegionLevel, Unit
from egov.identity.queries import Scope
from egov.kernel.clock import today
from egov.kernel.text import localise
from portals.console import readable

NONE = [("", "—")]


def offer(form: forms.BaseForm, field: str, choices: Iterable[tuple[Any, Any]]) -> None:
    """What may be chosen at the field, known only when the form is opened."""
    chosen = form.fields[field]
    if not isinstance(chosen, forms.ChoiceField):
        raise TypeError(f"{field} is no choice")
    chosen.choices = list(choices)


def both(data: Mapping[str, Any], name: str) -> dict[str, str]:
    """The two fields ``name_zh`` and ``name_en`` as one text; languages left empty are left out."""
    texts = {"zh-Hans": data.get(f"{name}_zh", ""), "en": data.get(f"{name}_en", "")}
    return {tag: text for tag, text in texts.items() if text}


def initial_both(name: str, text: Mapping[str, str]) -> dict[str, str]:
    return {f"{name}_zh": text.get("zh-Hans", ""), f"{name}_en": text.get("en", "")}


def function_choices() -> list[tuple[str, str]]:
    """The functions of departments by their names."""
    names = {key: localise(name) for key, name in catalogue.functions().items()}
    rest = PublicService.objects.exclude(department_role="").exclude(department_role__in=names)
    names |= {role: role for role in rest.values_list("department_role", flat=True).distinct()}
    return sorted(names.items(), key=lambda each: each[1])


def region_choices() -> list[tuple[str, str]]:
    return [(region.code, f"{localise(region.name)} ({region.code})") for region in Region.objects.order_by("code")]


def unit_choices(scope: Scope) -> list[tuple[str, list[tuple[int, str]]]]:
    """Open units of the scope, grouped by department."""
    rows = scope.narrow(Unit.objects.filter(closed_on__isnull=True), "department")
    groups: dict[str, list[tuple[int, str]]] = {}
    for unit in rows.select_related("department").order_by("department__key", "key"):
        groups.setdefault(localise(unit.department.full_name), []).append((unit.pk, localise(unit.name)))
    return list(groups.items())


class DayInput(forms.DateInput):
    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


def day_field(label: Any, **more: Any) -> forms.DateField:
    return forms.DateField(label=label, widget=DayInput(), **more)


class ConfirmForm(forms.Form):
    """Nothing to fill in: the page itself is the question."""


class ReasonForm(forms.Form):
    reason = forms.CharField(label=_("Reason"), max_length=200, help_text=_("Kept in the journal. Name no person."))


# --- Departments, units, posts -------------------------------------------------------------------
class DepartmentForm(forms.Form):
    name_zh = forms.CharField(label=_("Name in Chinese"), max_length=100)
    name_en = forms.CharField(label=_("Name in English"), max_length=100)
    short_zh = forms.CharField(label=_("Short name in Chinese"), max_length=40, required=False)
    short_en = forms.CharField(label=_("Short name in English"), max_length=60, required=False)
    key = forms.RegexField(
        label=_("Key"),
        regex=r"^[a-z0-9_]+(\.[a-z0-9_]+)*$",
        max_length=60,
        help_text=_("Short and lasting, for example jz.linjiang.market: configuration names the department by it."),
    )
    level = forms.ChoiceField(label=_("Level"), choices=RegionLevel.choices)
    region = forms.ChoiceField(label=_("Region"), choices=region_choices)
    parent = forms.ChoiceField(label=_("Higher department"), required=False)
    address = forms.CharField(label=_("Address"), max_length=300, required=False)
    phone = forms.CharField(label=_("Phone"), max_length=40, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        departments = [(row.key, localise(row.full_name)) for row in queries.departments()]
        offer(self, "parent", [*NONE, *departments])


class ChangeDepartmentForm(forms.Form):
    name_zh = forms.CharField(label=_("Name in Chinese"), max_length=100)
    name_en = forms.CharField(label=_("Name in English"), max_length=100)
    short_zh = forms.CharField(label=_("Short name in Chinese"), max_length=40)
    short_en = forms.CharField(label=_("Short name in English"), max_length=60)
    address = forms.CharField(label=_("Address"), max_length=300, required=False)
    phone = forms.CharField(label=_("Phone"), max_length=40, required=False)
    hours_zh = forms.CharField(label=_("Office hours in Chinese"), max_length=200, required=False)
    hours_en = forms.CharField(label=_("Office hours in English"), max_length=200, required=False)

    @staticmethod
    def of(department: Organisation) -> dict[str, str]:
        return {
            **initial_both("name", department.full_name),
            **initial_both("short", department.short_name),
            **initial_both("hours", department.office_hours),
            "address": department.address,
            "phone": department.phone,
        }


class ChangeUnitForm(forms.Form):
    name_zh = forms.CharField(label=_("Name in Chinese"), max_length=100)
    name_en = forms.CharField(label=_("Name in English"), max_length=100)
    region = forms.ChoiceField(label=_("Region"), required=False)
    phone = forms.CharField(label=_("Phone"), max_length=40, required=False)
    is_service_hall = forms.BooleanField(
        label=_("It is a service hall: it takes what nobody else in its region is competent for"), required=False
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "region", [*NONE, *region_choices()])

    @staticmethod
    def of(unit: Unit) -> dict[str, Any]:
        return {
            **initial_both("name", unit.name),
            "region": unit.region_id or "",
            "phone": unit.phone,
            "is_service_hall": unit.is_service_hall,
        }


class UnitForm(ChangeUnitForm):
    key = forms.RegexField(
        label=_("Key"),
        regex=r"^[a-z0-9_]+(\.[a-z0-9_]+)*$",
        max_length=100,
        help_text=_(
            "Lower-case letters, digits and dots, for example jz.linjiang.market.licensing. It stays for good."
        ),
    )
    field_order = ("name_zh", "name_en", "key")


class CloseUnitForm(forms.Form):
    successor = forms.TypedChoiceField(
        label=_("Who takes over the open work"), required=False, coerce=int, empty_value=None
    )

    def __init__(self, *args: Any, unit: Unit, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        others = queries.units_of(unit.department_id).filter(closed_on__isnull=True).exclude(pk=unit.pk)
        choices = [(each.pk, localise(each.name)) for each in others]
        offer(self, "successor", [("", _("nobody yet: it goes back to the department")), *choices])


class AppointForm(forms.Form):
    username = forms.CharField(
        label=_("Account of the person"),
        max_length=150,
        widget=forms.TextInput(attrs={"list": "suggestions", "autocomplete": "off"}),
        help_text=_("Whoever has an account with a verified identity can be appointed."),
    )
    title_zh = forms.CharField(label=_("Title in Chinese"), max_length=60)
    title_en = forms.CharField(label=_("Title in English"), max_length=60)
    roles = forms.MultipleChoiceField(label=_("Roles"), widget=forms.CheckboxSelectMultiple)
    valid_from = day_field(_("From"), initial=today)
    valid_to = day_field(_("Until"), required=False)
    is_head = forms.BooleanField(label=_("Heads the unit"), required=False)

    def __init__(self, *args: Any, scope: Scope, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        names = readable.role_names()
        reserved = set() if scope.is_platform else readable.PLATFORM_ROLES
        known = Group.objects.exclude(name__in=reserved).order_by("pk").values_list("name", flat=True)
        offer(self, "roles", [(name, names.get(name, name)) for name in known])


class EndPostForm(forms.Form):
    day = day_field(_("Last day"), initial=today)


# --- Competence ------------------------------------------------------------------------------------
class CompetenceForm(forms.Form):
    region = forms.ChoiceField(label=_("Region"), choices=region_choices)
    unit = forms.TypedChoiceField(label=_("Department and unit"), coerce=int)
    condition = forms.CharField(
        label=_("Only when"),
        max_length=500,
        required=False,
        help_text=_("An expression over the answers, for example area > 300. Empty: always."),
    )
    priority = forms.IntegerField(
        label=_("Priority"),
        initial=0,
        min_value=-100,
        max_value=100,
        help_text=_("Among rules for the same region the higher one is asked first."),
    )
    valid_from = day_field(_("From"), initial=today)
    valid_to = day_field(_("Until"), required=False)
    note = forms.CharField(label=_("Reason"), max_length=200, help_text=_("Shown as the reason on each case."))

    def __init__(self, *args: Any, scope: Scope, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "unit", [*NONE, *unit_choices(scope)])


class FunctionForm(CompetenceForm):
    """As for a service, for all services of a function."""

    function = forms.ChoiceField(label=_("Function whose services are meant"))
    field_order = ("function",)

    def __init__(self, *args: Any, scope: Scope, **kwargs: Any) -> None:
        super().__init__(*args, scope=scope, **kwargs)
        offer(self, "function", [*NONE, *function_choices()])


APPLICANTS = (
    ("person", _("a resident")),
    (OrganisationKind.ENTERPRISE, OrganisationKind.ENTERPRISE.label),
    (OrganisationKind.SOLE_TRADER, OrganisationKind.SOLE_TRADER.label),
    (OrganisationKind.SOCIAL_ORGANISATION, OrganisationKind.SOCIAL_ORGANISATION.label),
    (OrganisationKind.DEPARTMENT, OrganisationKind.DEPARTMENT.label),
)


class PreviewForm(forms.Form):
    """A made-up case: where, for whom, with which answers."""

    region = forms.ChoiceField(label=_("Where"), choices=region_choices)
    applicant = forms.ChoiceField(label=_("Applicant"), choices=APPLICANTS)
    answers = forms.CharField(
        label=_("Answers"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Only those that conditions look at, one a line, for example area: 400."),
    )

    def clean_answers(self) -> dict[str, Any]:
        try:
            answers = yaml.safe_load(self.cleaned_data["answers"]) or {}
        except yaml.YAMLError as error:
            raise forms.ValidationError(_("Write one answer a line: name, colon, value.")) from error
        if not isinstance(answers, dict):
            raise forms.ValidationError(_("Write one answer a line: name, colon, value."))
        return {str(name): value for name, value in answers.items()}


# --- Words, calendars, permissions --------------------------------------------------------------------
class SynonymForm(forms.Form):
    language = forms.ChoiceField(label=_("Language"), choices=[("zh-Hans", "中文"), ("en", "English")])
    said = forms.CharField(
        label=_("What people say"), max_length=80, help_text=_("* stands for a few words in between.")
    )
    meant = forms.CharField(
        label=_("What it means"), max_length=200, help_text=_("A concept, by key or name, or other words.")
    )


class WordForm(forms.Form):
    """A word of one concept."""

    language = forms.ChoiceField(label=_("Language"), choices=[("zh-Hans", "中文"), ("en", "English")])
    said = forms.CharField(label=_("What people say"), max_length=80)


class ExampleForm(forms.Form):
    text = forms.CharField(
        label=_("A sentence people say when they need this"), max_length=300, widget=forms.Textarea(attrs={"rows": 2})
    )


class DayForm(forms.Form):
    day = day_field(_("Day"))
    is_working = forms.TypedChoiceField(
        label=_("On this day"),
        choices=[("1", _("offices work")), ("0", _("offices are closed"))],
        coerce=lambda value: value == "1",
    )
    name_zh = forms.CharField(label=_("Name in Chinese"), max_length=40, required=False)
    name_en = forms.CharField(label=_("Name in English"), max_length=40, required=False)


class CalendarForm(forms.Form):
    name_zh = forms.CharField(label=_("Name in Chinese"), max_length=60)
    name_en = forms.CharField(label=_("Name in English"), max_length=60)
    key = forms.RegexField(label=_("Key"), regex=r"^[a-z0-9_.]+$", max_length=40)
    departments = forms.TypedMultipleChoiceField(
        label=_("For these departments"), coerce=int, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, scope: Scope, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(
            self,
            "departments",
            [(row.pk, localise(row.full_name)) for row in scope.narrow(queries.departments(), "pk")],
        )


class DaysForm(forms.Form):
    """The days of a year as the State Council's notice gives them."""

    days = forms.CharField(
        label=_("Days that differ from Monday to Friday"),
        max_length=20000,
        widget=forms.Textarea(attrs={"rows": 10}),
        help_text=_("One a line: day, “off” or “work”, name. Example: 2027-01-01 off Yuandan / New Year's Day"),
    )
    overwrite = forms.BooleanField(label=_("Replace days that were set by hand"), required=False)

    def clean_days(self) -> list[Any]:
        return readable.days_in(self.cleaned_data["days"])


class GrantForm(forms.Form):
    username = forms.CharField(
        label=_("Account of the person"),
        max_length=150,
        widget=forms.TextInput(attrs={"list": "suggestions", "autocomplete": "off"}),
    )
    department = forms.TypedChoiceField(
        label=_("May configure the department"), coerce=int, required=False, empty_value=None
    )
    service = forms.CharField(label=_("or only the service"), max_length=64, required=False, help_text=_("Its code."))

    def __init__(self, *args: Any, scope: Scope, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = scope.narrow(queries.departments(), "pk")
        offer(self, "department", [*NONE, *((row.pk, localise(row.full_name)) for row in rows)])

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if bool(data.get("department")) is bool(data.get("service")):
            raise forms.ValidationError(_("Choose either a department or a service."))
        return data


class UploadForm(forms.Form):
    file = forms.FileField(label=_("File"), help_text=_("The file that “Take it out” gave, from any instance."))
