"""Forms of the service designer: one question of a form, the pages, one step of a review plan, one paragraph of a letter."""

import itertools
import re
from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from egov.catalogue import queries as catalogue
from egov.catalogue import rules
from egov.catalogue.models import ServiceVersion
from egov.identity.models import Unit
from egov.kernel.text import localise
from egov.registers.models import DataElement
from portals.console import readable
from portals.console.conditions import ConditionForm
from portals.console.event_forms import LINES, key_from, lines, text_field
from portals.console.forms import NONE, both, initial_both
from portals.console.wording import PLACES, STEP_KINDS
from portals.shared.conditions import subjects_of_form

KINDS: dict[str, tuple[Any, Mapping[str, Any]]] = {
    "text": (gettext_lazy("a line of text"), {"type": "string", "maxLength": 200}),
    "textarea": (gettext_lazy("a longer text"), {"type": "string", "maxLength": 2000, "x-widget": "textarea"}),
    "integer": (gettext_lazy("a whole number"), {"type": "integer", "minimum": 0}),
    "number": (gettext_lazy("a number"), {"type": "number", "minimum": 0}),
    "money": (gettext_lazy("an amount of money"), {"type": "string", "format": "money"}),
    "date": (gettext_lazy("a day"), {"type": "string", "format": "date"}),
    "boolean": (gettext_lazy("yes or no"), {"type": "boolean"}),
    "phone": (gettext_lazy("a phone number"), {"type": "string", "format": "phone"}),
    "region": (gettext_lazy("a region"), {"type": "string", "x-widget": "region"}),
    "choice": (gettext_lazy("one of several answers"), {"type": "string"}),
}
# What a question says for itself; all else is how it is answered, and comes from its element or its kind.
OWN = ("x-title", "x-hint", "x-element", "x-visible-when", "x-required-when")
UNITS = [
    ("wd", gettext_lazy("working days")),
    ("d", gettext_lazy("natural days")),
    ("h", gettext_lazy("hours")),
]


def rows_of(text: str, names: Sequence[str], *, least: int) -> list[list[str]]:
    """Lines "a | b | c" as rows; those after ``least`` may be left out. Raises ``ValidationError``."""
    rows = []
    for line in lines(text):
        parts = [part.strip() for part in re.split(r"[|｜]", line)]
        if not least <= len(parts) <= len(names) or not all(parts) or not re.fullmatch(r"[a-zA-Z0-9_]+", parts[0]):
            raise forms.ValidationError(
                _("Not “%(form)s”: %(line)s") % {"form": " | ".join(names[:least]), "line": line[:60]}
            )
        rows.append(parts)
    return rows


class FormQuestion(ConditionForm):
    """A question: bound to a data element, whose type and choices it takes, or one of the service's own."""

    def __init__(self, *args: Any, version: ServiceVersion, key: str = "", element: str = "", **kwargs: Any) -> None:
        form = version.form or rules.EMPTY_FORM
        present: Mapping[str, Any] = form["properties"].get(key, {})
        others = {name: field for name, field in form["properties"].items() if name != key}
        found = DataElement.objects.filter(key=element).first() if element else None
        visible = str(present.get("x-visible-when", ""))
        pages = form.get("x-pages", ())
        kwargs["initial"] = {
            **initial_both("title", present.get("x-title") or (found.name if found else {})),
            **initial_both("hint", present.get("x-hint", {})),
            "element": present.get("x-element", element),
            "required": "yes" if not key or key in form.get("required", ()) or "x-required-when" in present else "",
            "page": next((page["key"] for page in pages if key in page["fields"]), pages[-1]["key"] if pages else ""),
            "means": "visible" if visible or "x-required-when" not in present else "required",
            "choices": "\n".join(
                f"{value} | {label.get('zh-Hans', '')} | {label.get('en', '')}"
                for value in present.get("enum", ())
                for label in [present.get("x-labels", {}).get(str(value), {})]
            ),
        }
        super().__init__(
            *args,
            subjects=subjects_of_form(others),
            label=_("Only when"),
            when=visible or str(present.get("x-required-when", "")),
            **kwargs,
        )
        self.key, self.present, self.taken = key, present, set(form["properties"])
        documents = [
            (f"file:{row['key']}", _("document: %(name)s") % {"name": localise(row["name"])})
            for row in version.materials
            if row.get("source") == "applicant"
        ]
        as_it_is = _("as it is") if key else _("as the data element says")
        own: dict[str, forms.Field] = {
            "element": forms.CharField(
                label=_("Data element of the dictionary"),
                required=False,
                max_length=80,
                widget=forms.TextInput(attrs={"list": "suggestions", "autocomplete": "off"}),
                help_text=_("Type and choices come from it; what registers know of it is filled in."),
            ),
            "title_zh": text_field(_("Question in Chinese"), max_length=200, required=not found),
            "title_en": text_field(_("Question in English"), max_length=200, required=not found),
            "hint_zh": text_field(_("Hint in Chinese"), max_length=300, required=False),
            "hint_en": text_field(_("Hint in English"), max_length=300, required=False),
            "kind": forms.ChoiceField(
                label=_("How it is answered"),
                choices=[("", as_it_is), *((name, label) for name, (label, _schema) in KINDS.items()), *documents],
                required=False,
            ),
            "choices": forms.CharField(
                label=_("Answers to choose from"),
                required=False,
                widget=forms.Textarea(attrs=LINES),
                help_text=_("One a line: key | name in Chinese | name in English. A key is like “company”."),
            ),
            "required": forms.ChoiceField(
                label=_("Must it be answered"),
                choices=[("yes", _("yes")), ("", _("it may be left out"))],
                required=False,
            ),
            "page": forms.ChoiceField(
                label=_("On the page"),
                choices=[(page["key"], localise(page["title"])) for page in pages] or NONE,
                required=False,
            ),
        }
        means = forms.ChoiceField(
            label=_("What the condition means"),
            choices=[("visible", _("it is asked only then")), ("required", _("it must be answered only then"))],
        )
        self.fields = {**own, **self.fields, "means": means}

    def clean_element(self) -> str:
        wanted = str(self.cleaned_data["element"]).strip()
        if wanted and not DataElement.objects.filter(key=wanted).exists():
            raise forms.ValidationError(_("The dictionary has no such data element."))
        return wanted

    def clean_choices(self) -> list[list[str]]:
        return rows_of(self.cleaned_data["choices"], (_("key"), _("Chinese"), _("English")), least=3)

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        kind, bound = data.get("kind"), data.get("element")
        if not (kind or bound or self.present):
            self.add_error("kind", _("Choose how it is answered, or a data element that says so."))
        if kind == "choice" and len(data.get("choices") or ()) < 2 and "choices" not in self.errors:
            self.add_error("choices", _("Give at least two answers."))
        data["key"] = self.key or key_from(data.get("title_en") or (bound or "").rpartition(".")[2], self.taken)
        return data

    def field(self) -> dict[str, Any]:
        """The question as the form of the version keeps it."""
        data = self.cleaned_data
        title = both(data, "title")
        if data["element"] and not title:
            title = DataElement.objects.get(key=data["element"]).name
        means = "x-visible-when" if data["means"] == "visible" else "x-required-when"
        other = "x-required-when" if means == "x-visible-when" else "x-visible-when"
        # One condition is edited here; of a question that has both, the other stays as it is.
        kept = self.present.get(other, "") if len({*self.present} & {means, other}) == 2 else ""
        if other == "x-required-when" and not data["required"]:
            kept = ""
        own = {
            "x-title": title,
            "x-hint": both(data, "hint"),
            "x-element": data["element"],
            means: data["when"],
            other: kept,
        }
        return {**self._answered(), **{name: value for name, value in own.items() if value}}

    def is_required(self) -> bool:
        """Whether it must be answered whenever it is asked: a condition of its own makes that depend."""
        return bool(self.cleaned_data["required"]) and "x-required-when" not in self.field()

    def _answered(self) -> dict[str, Any]:
        data = self.cleaned_data
        kind = data["kind"]
        if kind.startswith("file:"):
            return {"type": "string", "x-widget": "file", "x-material": kind.partition(":")[2]}
        if kind == "choice":
            return {**KINDS[kind][1], **self._choices()}
        if kind:
            return dict(KINDS[kind][1])
        if data["element"] and data["element"] != self.present.get("x-element"):
            schema = DataElement.objects.get(key=data["element"]).schema
            asked = rules.as_asked(schema, catalogue.asked_elements().get(data["element"]))
            return {name: value for name, value in asked.items() if name not in OWN}
        kept = {name: value for name, value in self.present.items() if name not in OWN}
        return {**kept, **(self._choices() if "enum" in kept and data["choices"] else {})}

    def _choices(self) -> dict[str, Any]:
        rows = self.cleaned_data["choices"]
        return {
            "enum": [key for key, _zh, _en in rows],
            "x-labels": {key: {"zh-Hans": zh, "en": en} for key, zh, en in rows},
        }


class PagesForm(forms.Form):
    pages = forms.CharField(
        label=gettext_lazy("Pages, in their order"),
        widget=forms.Textarea(attrs=LINES),
        help_text=gettext_lazy(
            "One a line: key | Chinese | English. Questions of a page that is gone move to the last."
        ),
    )

    @staticmethod
    def initial_of(form: Mapping[str, Any] | None) -> dict[str, str]:
        pages = (form or {}).get("x-pages") or [rules.FIRST_PAGE]
        return {
            "pages": "\n".join(
                f"{page['key']} | {page['title'].get('zh-Hans', '')} | {page['title'].get('en', '')}" for page in pages
            )
        }

    def clean_pages(self) -> list[dict[str, Any]]:
        rows = rows_of(self.cleaned_data["pages"], (_("key"), _("Chinese"), _("English")), least=3)
        return [{"key": key, "title": {"zh-Hans": zh, "en": en}} for key, zh, en in rows]


OTHER = "other"  # the choice behind which the key of a unit is written


class StepForm(ConditionForm):
    """A step of the review plan: who does it, by when, after what, and how it may end."""

    def __init__(self, *args: Any, version: ServiceVersion, key: str = "", **kwargs: Any) -> None:
        steps = rules.steps_in_order(version.plan)
        present: Mapping[str, Any] = next((each for each in steps if each["key"] == key), {})
        others = [each for each in steps if each["key"] != key]
        limit = present.get("limit") or {}
        last = [others[-1]["key"]] if others and not key else []
        unit = str(present.get("unit", "handling"))
        kwargs["initial"] = {
            **initial_both("title", present.get("title", {})),
            "kind": present.get("kind", "review"),
            "role": present.get("role", ""),
            "limit_n": limit.get("n"),
            "limit_unit": limit.get("unit", "wd"),
            "persons": present.get("persons", 1),
            "unit": unit if unit in PLACES else OTHER,
            "other_unit": "" if unit in PLACES else unit,
            "after": list(present.get("after", last)),
            "four_eyes": list(present.get("four_eyes", ())),
            "outcomes": "\n".join(
                " | ".join(filter(None, (each["key"], *_both(each.get("title", {})), each.get("back_to", ""))))
                for each in present.get("outcomes", ())
            ),
        }
        super().__init__(
            *args,
            subjects=subjects_of_form((version.form or rules.EMPTY_FORM)["properties"]),
            label=_("Only when"),
            when=str(present.get("when", "")),
            **kwargs,
        )
        self.key, self.present, self.taken = key, present, {each["key"] for each in steps}
        names = [(each["key"], localise(each.get("title", {})) or each["key"]) for each in others]
        roles = [(name, str(label)) for name, label in readable.role_names().items()]
        own: dict[str, forms.Field] = {
            "title_zh": text_field(_("Name in Chinese"), max_length=60),
            "title_en": text_field(_("Name in English"), max_length=100),
            "kind": forms.ChoiceField(label=_("What is done"), choices=STEP_KINDS),
            "role": forms.ChoiceField(label=_("By whom"), choices=[*NONE, *roles], required=False),
            "unit": forms.ChoiceField(
                label=pgettext("of a step", "Where"),
                choices=[*PLACES.items(), (OTHER, _("another unit, also of another department"))],
                required=False,
            ),
            "other_unit": forms.CharField(
                label=_("Which other unit"),
                required=False,
                max_length=100,
                widget=forms.TextInput(attrs={"list": "suggestions", "autocomplete": "off"}),
                help_text=_("Its key. It does this step for every case, wherever the case is handled."),
            ),
            "persons": forms.IntegerField(label=_("How many officers together"), min_value=1, max_value=9),
            "limit_n": forms.IntegerField(label=_("Within"), min_value=0, max_value=400, required=False),
            "limit_unit": forms.ChoiceField(label=_("counted in"), choices=UNITS),
        }
        if names:
            own["after"] = _several(_("After these steps"), names)
            own["four_eyes"] = _several(_("Not by whoever did"), names)
        own["outcomes"] = forms.CharField(
            label=_("How it may end"),
            required=False,
            widget=forms.Textarea(attrs=LINES),
            help_text=_(
                "One a line: key | name in Chinese | name in English, and after another | the step to go back to, if any."
            ),
        )
        self.fields = {**own, **self.fields}

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if data.get("unit") == OTHER:
            wanted = str(data.get("other_unit", "")).strip()
            if not Unit.objects.filter(key=wanted, closed_on__isnull=True).exists():
                self.add_error("other_unit", _("There is no such unit, or it is closed."))
            data["place"] = wanted
        else:
            data["place"] = data.get("unit") or "handling"
        return data

    def clean_outcomes(self) -> list[dict[str, Any]]:
        names = (_("key"), _("Chinese"), _("English"), _("step"))
        rows = rows_of(self.cleaned_data["outcomes"], names, least=3)
        return [
            {"key": key, "title": {"zh-Hans": zh, "en": en}, **({"back_to": more[0]} if more else {})}
            for key, zh, en, *more in rows
        ]

    def step(self) -> dict[str, Any]:
        data = self.cleaned_data
        optional = {
            "role": data["role"],
            "limit": {"n": data["limit_n"], "unit": data["limit_unit"]} if data["limit_n"] is not None else None,
            "persons": data["persons"] if data["persons"] > 1 else None,
            "four_eyes": data.get("four_eyes", []),
            "when": data["when"],
            "outcomes": data["outcomes"],
        }
        return {
            "key": self.key or key_from(data["title_en"], self.taken),
            "title": both(data, "title"),
            "kind": data["kind"],
            "unit": data["place"],
            "after": data.get("after", []),
            **{name: value for name, value in optional.items() if value},
        }


class ParagraphForm(ConditionForm):
    """A paragraph that the department adds to a letter; ``issued``: act and title of each letter of the service.

    ``present``: the paragraph as it stands, or what is known of a new one.
    """

    def __init__(
        self,
        *args: Any,
        version: ServiceVersion,
        issued: Sequence[tuple[str, str]],
        present: Mapping[str, Any],
        taken: Sequence[Any],
        **kwargs: Any,
    ) -> None:
        text = present.get("text")
        kwargs["initial"] = {
            "act": present.get("act", ""),
            **initial_both("text", text if isinstance(text, Mapping) else {}),
        }
        super().__init__(
            *args,
            subjects=subjects_of_form((version.form or rules.EMPTY_FORM)["properties"]),
            label=_("Only when"),
            when=str(present.get("when", "")),
            **kwargs,
        )
        self.key, self.taken = str(present.get("key", "")), taken
        own: dict[str, forms.Field] = {
            "act": forms.ChoiceField(label=_("In the letter"), choices=issued),
            "text_zh": text_field(_("Paragraph in Chinese"), rows=4, max_length=rules.MAX_TEXT),
            "text_en": text_field(_("Paragraph in English"), rows=4, max_length=rules.MAX_TEXT),
        }
        self.fields = {**own, **self.fields}

    def row(self) -> dict[str, Any]:
        """The paragraph as the letters of the version keep it."""
        data = self.cleaned_data
        numbered = (f"{data['act']}_{number}" for number in itertools.count(1))
        return {
            "key": self.key or next(key for key in numbered if key not in self.taken),
            "act": data["act"],
            "text": both(data, "text"),
            **({"when": data["when"]} if data["when"] else {}),
        }


def _several(label: Any, choices: Sequence[tuple[str, str]]) -> forms.Field:
    return forms.MultipleChoiceField(label=label, choices=choices, required=False, widget=forms.CheckboxSelectMultiple)


def _both(text: Mapping[str, str]) -> tuple[str, str]:
    return text.get("zh-Hans", ""), text.get("en", "")
