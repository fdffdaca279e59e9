"""Conditions put together from answers: "area of the shop — at least — 300", without writing an expression.

What is kept is always the expression; one that is not made of such terms is shown, and changed, as it is written.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from egov.kernel.text import localise

TERMS = 3
_NUMBER = re.compile(r"(.* (?:>=|<=|>|<)) (\d+(?:\.\d+)?)")


@dataclass(frozen=True)
class Subject:
    """A question that conditions may look at; ``kind``: boolean, choice, number, or another that has no terms."""

    key: str
    title: str
    kind: str
    choices: Sequence[tuple[str, str]] = ()

    @property
    def terms(self) -> list[tuple[str, str]]:
        """Beginning of an expression and how it reads; what ends in a sign is followed by a number."""
        if self.kind == "boolean":
            return [(f"{self.key} == true", _("yes")), (f"{self.key} == false", _("no"))]
        if self.kind == "choice":
            return [(f'{self.key} == "{key}"', label) for key, label in self.choices]
        if self.kind == "number":
            signs = ((">=", _("at least …")), ("<", _("less than …")), (">", _("more than …")), ("<=", _("at most …")))
            return [(f"{self.key} {sign}", label) for sign, label in signs]
        return []


def subjects_of_event(questions: Iterable[Mapping[str, Any]]) -> list[Subject]:
    return [
        Subject(
            str(each["key"]),
            localise(each["text"]),
            str(each["type"]),
            [(str(choice["key"]), localise(choice["text"])) for choice in each.get("choices", ())],
        )
        for each in questions
    ]


def subjects_of_form(properties: Mapping[str, Mapping[str, Any]]) -> list[Subject]:
    return [
        Subject(
            key,
            localise(field.get("x-title") or key),
            "choice" if "enum" in field else {"integer": "number"}.get(str(field.get("type")), str(field.get("type"))),
            [(str(value), localise(field.get("x-labels", {}).get(str(value), str(value)))) for value in field["enum"]]
            if "enum" in field
            else [],
        )
        for key, field in properties.items()
    ]


def terms_in(expression: str, known: Iterable[str]) -> tuple[str, list[str]] | None:
    """How the terms are joined, and the terms; None when the expression is made otherwise."""
    if not expression.strip():
        return "and", []
    known = set(known)
    for word in ("and", "or"):
        terms = [each.strip() for each in re.split(rf"\s+{word}\s+", expression.strip())]
        if len(terms) <= TERMS and all(_split(term)[0] in known for term in terms):
            return word, terms
    return None


def _split(term: str) -> tuple[str, str]:
    found = _NUMBER.fullmatch(term)
    return (found[1], found[2]) if found else (term, "")


class TermWidget(forms.MultiWidget):
    """A choice of "question: answer", and the number where the answer is one."""

    use_fieldset = False  # the number says itself what it is

    def __init__(self) -> None:
        number = forms.TextInput(attrs={"inputmode": "decimal", "aria-label": gettext_lazy("Number")})
        super().__init__([forms.Select(), number])

    def decompress(self, value: Any) -> list[str]:
        return list(_split(str(value or "")))

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        chosen, number = context["widget"]["subwidgets"]
        chosen["attrs"] |= {"id": (attrs or {}).get("id", f"id_{name}"), "class": "usa-select"}
        number["attrs"] |= {"class": "usa-input w-s"}
        number["attrs"].pop("aria-describedby", None)
        return context


class TermField(forms.MultiValueField):
    def __init__(self, *, label: Any, subjects: Sequence[Subject]) -> None:
        # With its question in every line: closed, a list shows the chosen line alone.
        terms = [(term, f"{each.title} — {answer}") for each in subjects for term, answer in each.terms]
        super().__init__(
            [forms.ChoiceField(choices=[("", "—"), *terms], required=False), forms.DecimalField(required=False)],
            label=label,
            required=False,
            require_all_fields=False,
            widget=TermWidget(),
        )
        self.widget.widgets[0].choices = self.fields[0].choices

    def compress(self, data_list: Any) -> str:
        term, number = data_list or ("", None)
        if not term:
            if number is not None:
                raise forms.ValidationError(_("Choose the question that this number belongs to."))
            return ""
        takes_number = term[-1] in "<>="
        if takes_number and number is None:
            raise forms.ValidationError(_("Write the number."))
        return f"{term} {number.normalize():f}" if takes_number else str(term)


class ConditionForm(forms.Form):
    """A form with a condition; ``subjects`` are the questions it may look at."""

    def __init__(self, *args: Any, subjects: Sequence[Subject], label: Any, when: str = "", **kwargs: Any) -> None:
        known = [term for each in subjects for term, _label in each.terms]
        read = terms_in(when, known)
        initial = {"joined": read[0], **{f"term_{n}": term for n, term in enumerate(read[1], 1)}} if read else {}
        initial |= {} if read else {"written": when}
        super().__init__(*args, **{**kwargs, "initial": {**initial, **(kwargs.get("initial") or {})}})
        if known:
            for number in range(1, TERMS + 1):
                self.fields[f"term_{number}"] = TermField(
                    label=label if number == 1 else _("and, or") if number == 2 else _("and, or again"),
                    subjects=subjects,
                )
            self.fields["joined"] = forms.ChoiceField(
                label=_("If there are several"),
                choices=[("and", _("all of them hold")), ("or", _("one of them is enough"))],
                required=False,
            )
        self.fields["written"] = forms.CharField(
            label=_("Or as an expression"),
            required=False,
            max_length=500,
            help_text=_("For what the choices above cannot say, for example (area > 300 or sign == true) and new."),
        )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        terms = [data[name] for name in (f"term_{n}" for n in range(1, TERMS + 1)) if data.get(name)]
        if terms and data.get("written"):
            self.add_error("written", _("Choose answers or write an expression, not both."))
        data["when"] = f" {data.get('joined') or 'and'} ".join(terms) or data.get("written", "").strip()
        return data
