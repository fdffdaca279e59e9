"""What an event itself answers in the forms of its services: chosen among what they ask, kept in the type they take."""

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django import forms
from django.utils.translation import gettext as _

from egov.catalogue import rules as catalogue
from egov.catalogue.rules import Difference
from egov.intake import queries as intake
from egov.intake.queries import FormAhead
from egov.intake.rules import Question, compile_form
from egov.kernel.text import LocalisedText, localise
from egov.registers import queries as registers
from egov.registers.models import DataElement
from portals.applicant import answers as words
from portals.console.forms import NONE, day_field, region_choices

PLACE = "definition/given/"
# What a single question is judged by when it stands alone: conditions look at others.
_OF_OTHERS = frozenset({"x-visible-when", "x-required-when", "x-not-before", "x-not-after"})
_ANSWER = "answer"


@dataclass(frozen=True)
class Given:
    """An answer as the list of the composer says it. ``asked_by``: services whose forms ask for it."""

    element: str
    name: LocalisedText
    words: Any
    asked_by: Sequence[str]


class Answers:
    """The questions behind elements: as the services of the event ask them, else as the dictionary knows them."""

    def __init__(self, ahead: FormAhead | None, elements: Iterable[str]) -> None:
        self._asked = ahead.answerable if ahead else {}
        self._dictionary = {row.key: row for row in registers.elements().filter(key__in=list(elements))}

    def is_asked(self, element: str) -> bool:
        return element in self._asked

    def name(self, element: str) -> LocalisedText:
        row = self._dictionary.get(element)
        return row.name if row else {"en": element}

    def names(self) -> dict[str, str]:
        return {key: localise(row.name) for key, row in self._dictionary.items()}

    def question(self, element: str) -> Question | None:
        if element in self._asked:
            return self._asked[element].question
        row = self._dictionary.get(element)
        return _as_question(row) if row else None

    def words(self, element: str, value: Any) -> Any:
        question = self.question(element)
        return words.shown(question, value) if question else str(value)

    def rows(self, given: Mapping[str, Any]) -> list[Given]:
        """In the order in which the form asks; what nobody asks comes last."""
        place = {element: number for number, element in enumerate(self._asked)}
        return [
            Given(
                element,
                self.name(element),
                self.words(element, value),
                self._asked[element].serves if element in self._asked else (),
            )
            for element, value in sorted(given.items(), key=lambda each: place.get(each[0], len(place)))
        ]

    def in_words(self, changes: Iterable[Difference]) -> Iterator[Difference]:
        """``changes`` with what the event answers in words."""
        for change in changes:
            element = change.path.removeprefix(PLACE)
            if element == change.path:
                yield change
                continue
            before, after = (
                None if value is None else str(self.words(element, value)) for value in (change.before, change.after)
            )
            yield replace(change, before=before, after=after)


def _as_question(row: DataElement) -> Question:
    field = {"x-title": row.name, **catalogue.as_asked({"type": "string", **row.schema}, None)}
    return compile_form({"type": "object", "properties": {_ANSWER: field}}).questions[0]


class ElementForm(forms.Form):
    """Which data element the event answers: one that a form of its services asks for."""

    element = forms.CharField(
        max_length=80, widget=forms.TextInput(attrs={"list": "suggestions", "autocomplete": "off"})
    )

    def __init__(self, *args: Any, ahead: FormAhead | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._asked = ahead.answerable if ahead else {}
        self.fields["element"].label = _("Data element")
        self.fields["element"].help_text = _("Choose one that the forms of the services ask for.")

    def clean_element(self) -> str:
        wanted = str(self.cleaned_data["element"]).strip()
        if not DataElement.objects.filter(key=wanted).exists():
            raise forms.ValidationError(_("The dictionary has no such data element."))
        if wanted not in self._asked:
            raise forms.ValidationError(_("No form of these services asks for it in a way that an event can answer."))
        return wanted


class AnswerForm(forms.Form):
    """The answer, by the type of the question; judged by the validator of the forms themselves."""

    def __init__(self, *args: Any, question: Question, present: Any = None, **kwargs: Any) -> None:
        if present is not None:
            kwargs["initial"] = {"value": str(present).lower() if isinstance(present, bool) else present}
        super().__init__(*args, **kwargs)
        field = {name: value for name, value in question.schema.items() if name not in _OF_OTHERS}
        self._form = compile_form({"type": "object", "properties": {_ANSWER: field}, "required": [_ANSWER]})
        self.fields["value"] = _field_of(question)

    def clean_value(self) -> Any:
        typed = self.cleaned_data["value"]
        value = typed.isoformat() if isinstance(typed, dt.date) else typed
        checked = intake.check_answers(self._form, {_ANSWER: value})
        if checked.faults:
            raise forms.ValidationError([str(fault.message) for fault in checked.faults])
        return checked.answers[_ANSWER]


def _field_of(question: Question) -> forms.Field:
    unit = localise(question.unit)
    label = localise(question.title) + (f" ({unit})" if unit else "")
    labelled = [(key, localise(question.labels.get(key) or {"en": key})) for key in question.choices]
    if question.type == "boolean":
        return forms.ChoiceField(label=label, choices=[*NONE, ("true", _("yes")), ("false", _("no"))])
    if question.type == "array":
        return forms.MultipleChoiceField(label=label, choices=labelled, widget=forms.CheckboxSelectMultiple)
    if question.choices:
        return forms.ChoiceField(label=label, choices=[*NONE, *labelled])
    if question.widget == "region":
        return forms.ChoiceField(label=label, choices=[*NONE, *region_choices()])
    if question.format == "date":
        return day_field(label)
    long = question.widget == "textarea"
    widget = forms.Textarea(attrs={"rows": 4}) if long else forms.TextInput(attrs=_keyboard(question))
    return forms.CharField(label=label, max_length=question.max_length, widget=widget)


def _keyboard(question: Question) -> dict[str, str]:
    return {"inputmode": "decimal"} if question.type in ("integer", "number") else {}
