"""One row of a part of a version: a material, an output, a fee, an opinion asked, an article it rests on."""

import re
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from egov.catalogue import rules
from egov.catalogue.models import ServiceVersion
from egov.kernel.text import localise
from egov.law.models import Instrument
from egov.registers.models import DataElement
from portals.console.conditions import ConditionForm
from portals.console.event_forms import LINES, key_from, lines, text_field
from portals.console.forms import NONE, both, function_choices, initial_both
from portals.console.wording import MATERIAL_FORMS, OUTPUTS, SOURCES
from portals.shared.conditions import subjects_of_form

NEW = "new"  # the choice that asks for a question which is not there yet
_CREDENTIAL = re.compile(r"^[A-Z][A-Z0-9_]{1,39}$")


def _form_of(version: ServiceVersion) -> Mapping[str, Any]:
    return version.form or rules.EMPTY_FORM


class RowForm(ConditionForm):
    """``present``: the row as it stands, empty for a new one; ``rows``: all rows of the part.

    What no field asks for stays in the row as it is.
    """

    condition: Any = gettext_lazy("Only when")
    when_name = "when"

    def __init__(
        self,
        *args: Any,
        version: ServiceVersion,
        present: Mapping[str, Any],
        rows: Sequence[Mapping[str, Any]],
        **kwargs: Any,
    ) -> None:
        self.version, self.present = version, present
        self.taken = {str(row.get("key", "")) for row in rows}
        kwargs["initial"] = self.initial_of(present)
        super().__init__(
            *args,
            subjects=subjects_of_form(_form_of(version)["properties"]),
            label=self.condition,
            when=self.condition_in(present),
            **kwargs,
        )
        own = dict(self.own_fields())
        self.fields = {**own, **self.fields}

    def initial_of(self, present: Mapping[str, Any]) -> dict[str, Any]:
        raise NotImplementedError

    def condition_in(self, present: Mapping[str, Any]) -> str:
        return str(present.get(self.when_name, ""))

    def own_fields(self) -> Iterator[tuple[str, forms.Field]]:
        raise NotImplementedError

    def key(self) -> str:
        return str(self.present.get("key") or key_from(self.cleaned_data["name_en"], self.taken))

    def edited(self) -> dict[str, Any]:
        """The parts of the row that the fields ask for; what is empty is left out of the row."""
        raise NotImplementedError

    def row(self) -> dict[str, Any]:
        edited = self.edited()
        return {
            **{name: value for name, value in self.present.items() if name not in edited},
            **{name: value for name, value in edited.items() if value not in ("", None, {}, [])},
        }

    def changes(self, content: Mapping[str, Any], *, part: str, name: str) -> dict[str, Any]:
        """The columns of the version with this row in its place."""
        return {part: rules.with_row(content[part], name=name, row=self.row())}


class MaterialForm(RowForm):
    """Who supplies a document, when it is needed, in which form, and which question of the form takes it in."""

    condition = gettext_lazy("Needed only when")

    def initial_of(self, present: Mapping[str, Any]) -> dict[str, Any]:
        needed = present.get("required", "always")
        return {
            **initial_both("name", present.get("name", {})),
            **initial_both("issuer", present.get("issuer", {})),
            "source": present.get("source", "applicant"),
            "needed": needed if needed in ("always", "never") else "when",
            "form": present.get("form", "either" if present else "electronic"),
            "max_mb": present.get("max_mb", None if present else 10),
            "question": self._asked() or ("" if present else NEW),
        }

    def _asked(self) -> str:
        """The question that takes it in."""
        fields = _form_of(self.version)["properties"].items()
        own = self.present.get("key")
        files = ((key, each.get("x-material", key)) for key, each in fields if each.get("x-widget") == "file")
        return next((key for key, material in files if material == own), "")

    def condition_in(self, present: Mapping[str, Any]) -> str:
        needed = str(present.get("required", "always"))
        return "" if needed in ("always", "never") else needed

    def own_fields(self) -> Iterator[tuple[str, forms.Field]]:
        yield "name_zh", text_field(_("Name in Chinese"), max_length=200)
        yield "name_en", text_field(_("Name in English"), max_length=200)
        yield "source", forms.ChoiceField(label=_("Who supplies it"), choices=list(SOURCES.items()))
        yield (
            "needed",
            forms.ChoiceField(
                label=_("When it is needed"),
                choices=[
                    ("always", _("in every case")),
                    ("when", _("only when what is chosen below holds")),
                    ("never", _("it may be left out")),
                ],
            ),
        )
        yield "form", forms.ChoiceField(label=_("In which form"), choices=list(MATERIAL_FORMS.items()))
        yield (
            "max_mb",
            forms.IntegerField(label=_("Largest file, in MB"), min_value=1, max_value=100, required=False),
        )
        yield (
            "question",
            forms.ChoiceField(
                label=_("Question of the form that takes it in"),
                choices=self._questions(),
                required=False,
                help_text=_("For what the applicant hands in as a file."),
            ),
        )
        yield "issuer_zh", text_field(_("Who issues it, in Chinese"), max_length=100, required=False)
        yield "issuer_en", text_field(_("Who issues it, in English"), max_length=100, required=False)

    def _questions(self) -> list[tuple[str, str]]:
        asked = self._asked()
        fields = _form_of(self.version)["properties"].items()
        files = [(key, localise(each.get("x-title", {}))) for key, each in fields if each.get("x-widget") == "file"]
        return [
            *([] if asked else NONE),
            *files,
            *([] if asked else [(NEW, _("a new question at the end of the form"))]),
        ]

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if data.get("needed") == "when" and not data.get("when") and "written" not in self.errors:
            self.add_error("needed", _("Choose below when it is needed."))
        if data.get("source") != "applicant":
            data["question"] = ""
        elif data.get("form") == "electronic" and not data.get("question"):
            self.add_error("question", _("Say which question takes the file in."))
        return data

    def edited(self) -> dict[str, Any]:
        data = self.cleaned_data
        return {
            "key": self.key(),
            "name": both(data, "name"),
            "source": data["source"],
            "required": data["when"] if data["needed"] == "when" else data["needed"],
            "form": data["form"],
            "max_mb": data["max_mb"],
            "issuer": both(data, "issuer"),
        }

    def changes(self, content: Mapping[str, Any], *, part: str, name: str) -> dict[str, Any]:
        changed = super().changes(content, part=part, name=name)
        question, row = self.cleaned_data["question"], self.row()
        if not question:
            return changed
        if question == NEW:
            question = key_from(self.cleaned_data["name_en"], _form_of(self.version)["properties"])
        return {**changed, "form": rules.with_material_asked(content["form"], material=row, question=question)}


class OutputForm(RowForm):
    """What a favourable decision gives: how long it holds, what it says, which data it brings into being."""

    def initial_of(self, present: Mapping[str, Any]) -> dict[str, Any]:
        return {
            **initial_both("name", present.get("name", {})),
            "type": present.get("type", "certificate"),
            "credential": present.get("credential", ""),
            "template": present.get("template", ""),
            "valid_years": present.get("valid_years"),
            "elements": _as_lines(present.get("elements", {})),
            "produces": _as_lines(present.get("produces", {})),
        }

    def own_fields(self) -> Iterator[tuple[str, forms.Field]]:
        yield "name_zh", text_field(_("Name in Chinese"), max_length=200)
        yield "name_en", text_field(_("Name in English"), max_length=200)
        yield "type", forms.ChoiceField(label=_("What it is"), choices=list(OUTPUTS.items()))
        yield (
            "credential",
            forms.RegexField(
                label=_("Kind of certificate"),
                regex=_CREDENTIAL,
                required=False,
                help_text=_(
                    "In capitals, such as FOOD: by it others recognise the certificate. Empty: none is issued."
                ),
            ),
        )
        yield (
            "template",
            forms.ChoiceField(
                label=_("How it is typeset"),
                choices=[
                    *NONE,
                    ("certificate", _("as a certificate")),
                    ("licence", _("as a licence")),
                    ("decision", _("as a decision")),
                ],
                required=False,
            ),
        )
        yield (
            "valid_years",
            forms.IntegerField(label=_("Valid for how many years"), min_value=0, max_value=99, required=False),
        )
        yield (
            "elements",
            forms.CharField(
                label=_("What the certificate says"),
                help_text=_("One a line: data element | question of the form. Example: shop.address | shop_address"),
                required=False,
                widget=forms.Textarea(attrs=LINES),
            ),
        )
        yield (
            "produces",
            forms.CharField(
                label=_("Data it brings into being"),
                help_text=_(
                    "One a line: data element | question of the form, or the key of a result with “.number”. What comes "
                    "after it in an event is not asked for these."
                ),
                required=False,
                widget=forms.Textarea(attrs=LINES),
            ),
        )

    def clean_elements(self) -> dict[str, str]:
        return self._pairs("elements")

    def clean_produces(self) -> dict[str, str]:
        return self._pairs("produces")

    def _pairs(self, name: str) -> dict[str, str]:
        """Lines "element | where from". Raises ``ValidationError`` for what neither the dictionary nor the form has."""
        found = {}
        for line in lines(self.cleaned_data[name]):
            element, _bar, source = (part.strip() for part in re.sub("｜", "|", line).partition("|"))
            if not element or not source:
                raise forms.ValidationError(_("Not “data element | question”: %(line)s") % {"line": line[:60]})
            found[element] = source
        known = set(DataElement.objects.filter(key__in=found).values_list("key", flat=True))
        for element in found:
            if element not in known:
                raise forms.ValidationError(_("The dictionary has no data element %(key)s.") % {"key": element})
        asked = _form_of(self.version)["properties"]
        for source in found.values():
            if source.isidentifier() and source not in asked:
                raise forms.ValidationError(_("The form has no question %(key)s.") % {"key": source})
        return found

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if data.get("type") == "certificate" and data.get("credential") and not data.get("template"):
            self.add_error("template", _("Say how the certificate is typeset."))
        return data

    def edited(self) -> dict[str, Any]:
        data = self.cleaned_data
        copied = ("type", "credential", "template", "valid_years", "elements", "produces", "when")
        return {"key": self.key(), "name": both(data, "name"), **{name: data[name] for name in copied}}


class FeeItemForm(RowForm):
    """One fee that depends on the answers."""

    def initial_of(self, present: Mapping[str, Any]) -> dict[str, Any]:
        return {
            **initial_both("name", present.get("name", {})),
            "amount": present.get("amount"),
            **initial_both("basis", _text(present.get("basis"))),
        }

    def own_fields(self) -> Iterator[tuple[str, forms.Field]]:
        yield "name_zh", text_field(_("Name in Chinese"), max_length=100)
        yield "name_en", text_field(_("Name in English"), max_length=100)
        yield "amount", _money(_("Amount in yuan"))
        yield "basis_zh", text_field(_("Legal basis of its own, in Chinese"), max_length=200, required=False)
        yield "basis_en", text_field(_("Legal basis of its own, in English"), max_length=200, required=False)

    def edited(self) -> dict[str, Any]:
        data = self.cleaned_data
        return {
            "key": self.key(),
            "name": both(data, "name"),
            "amount": f"{data['amount']:.2f}",
            "basis": both(data, "basis"),
            "when": data["when"],
        }

    def changes(self, content: Mapping[str, Any], *, part: str, name: str) -> dict[str, Any]:
        fee = {key: value for key, value in content["fee"].items() if key != "amount"}
        return {"fee": {**fee, "items": rules.with_row(fee.get("items", []), name=name, row=self.row())}}


class OpinionForm(RowForm):
    """Another department that may be asked, and what about."""

    def initial_of(self, present: Mapping[str, Any]) -> dict[str, Any]:
        return {
            "department_role": present.get("department_role", ""),
            **initial_both("purpose", present.get("purpose", {})),
        }

    def own_fields(self) -> Iterator[tuple[str, forms.Field]]:
        yield (
            "department_role",
            forms.ChoiceField(label=_("Function of the department asked"), choices=[*NONE, *function_choices()]),
        )
        yield "purpose_zh", text_field(_("What about, in Chinese"), max_length=200)
        yield "purpose_en", text_field(_("What about, in English"), max_length=200)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _without_condition(self)

    def edited(self) -> dict[str, Any]:
        data = self.cleaned_data
        return {"department_role": data["department_role"], "purpose": both(data, "purpose")}


class BasisForm(RowForm):
    """An article that the service rests on."""

    def initial_of(self, present: Mapping[str, Any]) -> dict[str, Any]:
        return {"instrument": present.get("instrument", ""), "article": present.get("article", "")}

    def own_fields(self) -> Iterator[tuple[str, forms.Field]]:
        known = sorted(
            ((key, localise(title)) for key, title in Instrument.objects.values_list("key", "title")), key=_second
        )
        yield "instrument", forms.ChoiceField(label=_("Law, regulation or rule"), choices=[*NONE, *known])
        yield (
            "article",
            forms.CharField(
                label=_("Article"), max_length=40, required=False, help_text=_("Its number, for example 35 or 37-38.")
            ),
        )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _without_condition(self)

    def edited(self) -> dict[str, Any]:
        # The text of the citation is read anew when it is kept.
        return {"instrument": self.cleaned_data["instrument"], "article": self.cleaned_data["article"], "text": ""}


class FeeForm(forms.Form):
    """Whether the service costs something: nothing, one amount, or items that depend on the answers."""

    kind = forms.ChoiceField(
        label=gettext_lazy("What it costs"),
        choices=[
            ("none", gettext_lazy("nothing")),
            ("one", gettext_lazy("one amount for everybody")),
            ("items", gettext_lazy("items that depend on the answers")),
        ],
    )
    amount = forms.DecimalField(
        label=gettext_lazy("Amount in yuan"), min_value=Decimal("0.01"), max_digits=10, decimal_places=2, required=False
    )
    name_zh = text_field(gettext_lazy("Name of the fee in Chinese"), max_length=100, required=False)
    name_en = text_field(gettext_lazy("Name of the fee in English"), max_length=100, required=False)
    basis_zh = text_field(gettext_lazy("Legal basis in Chinese"), max_length=200, required=False)
    basis_en = text_field(gettext_lazy("Legal basis in English"), max_length=200, required=False)

    @staticmethod
    def kind_of(fee: Mapping[str, Any]) -> str:
        return "items" if "items" in fee else "one" if Decimal(str(fee.get("amount") or 0)) else "none"

    @classmethod
    def initial_of(cls, fee: Mapping[str, Any]) -> dict[str, Any]:
        kind = cls.kind_of(fee)
        return {
            "kind": kind,
            "amount": fee.get("amount") if kind == "one" else None,
            **initial_both("name", _text(fee.get("name"))),
            **initial_both("basis", _text(fee.get("basis"))),
        }

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("kind") == "one" and data.get("amount") is None and "amount" not in self.errors:
            self.add_error("amount", _("Write the amount."))
        if data.get("kind") in ("one", "items"):
            # Administrative Licensing Law art. 58: a fee needs a law or administrative regulation.
            for name in ("basis_zh", "basis_en"):
                if not data.get(name):
                    self.add_error(name, _("A fee needs its legal basis."))
        return data

    def fee(self, present: Mapping[str, Any]) -> dict[str, Any]:
        data = self.cleaned_data
        if data["kind"] == "none":
            return {"amount": "0.00"}
        texts = {name: text for name in ("name", "basis") if (text := both(data, name))}
        if data["kind"] == "one":
            return {"amount": f"{data['amount']:.2f}", **texts}
        return {**texts, "items": list(present.get("items", []))}


def _without_condition(form: RowForm) -> None:
    for name in ("term_1", "term_2", "term_3", "joined", "written"):
        form.fields.pop(name, None)


def _text(value: Any) -> Mapping[str, str]:
    return value if isinstance(value, Mapping) else {"zh-Hans": str(value)} if value else {}


def _money(label: Any) -> forms.DecimalField:
    return forms.DecimalField(label=label, min_value=Decimal(0), max_digits=10, decimal_places=2)


def _as_lines(pairs: Mapping[str, str]) -> str:
    return "\n".join(f"{element} | {source}" for element, source in pairs.items())


def _second(pair: tuple[str, str]) -> str:
    return pair[1]
