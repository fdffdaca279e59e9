"""Conditions put together from answers: "area of the shop — at least — 300", without writing an expression.

What is kept is always the expression; one that is not made of such terms is shown, and changed, as it is written.
"""

import re
from collections.abc import Iterable, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from portals.shared.conditions import Subject

TERMS = 3
_NUMBER = re.compile(r"(.* (?:>=|<=|>|<)) (\d+(?:\.\d+)?)")


def terms_of(subject: Subject) -> list[tuple[str, str]]:
    """Beginning of an expression and how it reads; what ends in a sign is followed by a number."""
    key = subject.key
    if subject.kind == "boolean":
        return [(f"{key} == true", _("yes")), (f"{key} == false", _("no"))]
    if subject.kind == "choice":
        is_one = [(f'{key} == "{value}"', label) for value, label in subject.choices]
        return is_one + [
            (f'{key} != "{value}"', _("not %(answer)s") % {"answer": label}) for value, label in subject.choices
        ]
    if subject.kind == "choices":
        words = _("among others %(answer)s")
        return [(f'"{value}" in {key}', words % {"answer": label}) for value, label in subject.choices]
    if subject.kind == "number":
        signs = ((">=", _("at least …")), ("<", _("less than …")), (">", _("more than …")), ("<=", _("at most …")))
        return [(f"{key} {sign}", label) for sign, label in signs]
    return []


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
        number = forms.TextInput(
            attrs={
                "inputmode": "decimal",
                "aria-label": pgettext_lazy("a figure", "Number"),
                "placeholder": pgettext_lazy("a figure", "Number"),
            }
        )
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
    """``present``: the expression that stands there; one that is made otherwise may stay as it is."""

    def __init__(self, *, label: Any, subjects: Sequence[Subject], present: str = "", help_text: Any = "") -> None:
        # With its question in every line: closed, a list shows the chosen line alone.
        terms = [(term, f"{each.title} — {answer}") for each in subjects for term, answer in terms_of(each)]
        if present and _split(present)[0] not in dict(terms):
            terms.append((present, present))
        choice = forms.ChoiceField(choices=[("", "—"), *terms], required=False)
        super().__init__(
            [choice, forms.DecimalField(required=False)],
            label=label,
            help_text=help_text,
            initial=present,
            required=False,
            require_all_fields=False,
            widget=TermWidget(),
        )
        self.widget.widgets[0].choices = choice.choices

    def compress(self, data_list: Any) -> str:
        term, number = data_list or ("", None)
        if not term:
            if number is not None:
                raise forms.ValidationError(_("Choose the question that this number belongs to."))
            return ""
        if term[-1] not in "<>=":
            return str(term)
        if number is None:
            raise forms.ValidationError(_("Write the number."))
        return f"{term} {number.normalize():f}"


class ConditionForm(forms.Form):
    """A form with a condition; ``subjects`` are the questions it may look at."""

    def __init__(self, *args: Any, subjects: Sequence[Subject], label: Any, when: str = "", **kwargs: Any) -> None:
        known = [term for each in subjects for term, _label in terms_of(each)]
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
