"""Forms of the dictionary of data, of topics, and of a new decision table."""

import re
from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from egov.kernel.text import localise
from egov.registers import queries as registers
from egov.routing.models import Topic
from portals.console.event_forms import LINES, lines, text_field
from portals.console.forms import NONE, both, initial_both, offer
from portals.console.table_forms import typed

KINDS: dict[str, tuple[Any, Mapping[str, Any]]] = {
    "text": (gettext_lazy("text"), {"type": "string"}),
    "integer": (gettext_lazy("a whole number"), {"type": "integer"}),
    "number": (gettext_lazy("a number"), {"type": "number"}),
    "date": (gettext_lazy("a day"), {"type": "string", "format": "date"}),
    "boolean": (gettext_lazy("yes or no"), {"type": "boolean"}),
    "choice": (gettext_lazy("one of several answers"), {}),
}
KEYS = re.compile(r"^[a-z][a-z0-9_]*$")


def kind_in_words(schema: Mapping[str, Any]) -> str:
    """The type of a data element, as an administrator calls it."""
    if "enum" in schema:
        return _("one of: %(keys)s") % {"keys": ", ".join(str(each) for each in schema["enum"])}
    if schema.get("format") == "date":
        return str(KINDS["date"][0])
    words = {"string": "text", "integer": "integer", "number": "number", "boolean": "boolean"}
    kind = words.get(str(schema.get("type", "string")))
    return str(KINDS[kind][0]) if kind else _("several values")


class ElementForm(forms.Form):
    """A new data element."""

    key = forms.CharField(
        label=gettext_lazy("Key"),
        max_length=80,
        help_text=gettext_lazy("Lower-case words joined by dots, such as shop.area. It stays for good."),
    )
    name_zh = text_field(gettext_lazy("Name in Chinese"), max_length=100)
    name_en = text_field(gettext_lazy("Name in English"), max_length=100)
    meaning_zh = text_field(gettext_lazy("Meaning in Chinese"), rows=2, max_length=500, required=False)
    meaning_en = text_field(gettext_lazy("Meaning in English"), rows=2, max_length=500, required=False)
    kind = forms.ChoiceField(
        label=gettext_lazy("Type"), choices=[(name, label) for name, (label, _schema) in KINDS.items()]
    )
    choices = forms.CharField(
        label=gettext_lazy("Answers to choose from"),
        required=False,
        widget=forms.Textarea(attrs=LINES),
        help_text=gettext_lazy("One key a line, such as company; each form says them in its own words."),
    )
    register = forms.ChoiceField(label=gettext_lazy("Register that holds it"), required=False)
    sensitive = forms.BooleanField(label=gettext_lazy("It is about a private matter of a person"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = sorted((localise(name), key) for key, name in registers.register_names().items())
        offer(self, "register", [*NONE, *((key, name) for name, key in known)])

    def clean_choices(self) -> list[str]:
        keys = lines(self.cleaned_data["choices"])
        for key in keys:
            if not KEYS.match(key) or keys.count(key) > 1:
                raise forms.ValidationError(_("Not a key of its own: %(key)s") % {"key": key[:60]})
        return keys

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("kind") == "choice" and len(data.get("choices") or ()) < 2 and "choices" not in self.errors:
            self.add_error("choices", _("Give at least two answers."))
        return data

    def element(self) -> dict[str, Any]:
        """What the action takes."""
        data = self.cleaned_data
        schema = {"enum": data["choices"]} if data["kind"] == "choice" else dict(KINDS[data["kind"]][1])
        return {
            "key": data["key"].strip(),
            "name": both(data, "name"),
            "meaning": both(data, "meaning"),
            "schema": schema,
            "register": data["register"],
            "sensitive": data["sensitive"],
        }


class TopicForm(forms.Form):
    """The question that is asked back, and what each answer leads to."""

    question_zh = text_field(gettext_lazy("Question in Chinese"), max_length=120)
    question_en = text_field(gettext_lazy("Question in English"), max_length=200)
    options = forms.CharField(
        label=gettext_lazy("Answers and where they lead"),
        widget=forms.Textarea(attrs=LINES),
        help_text=gettext_lazy(
            "Two to four, one a line: in Chinese | in English | codes of the services or events it leads to."
        ),
    )
    was = forms.CharField(required=False, widget=forms.HiddenInput)

    @staticmethod
    def initial_of(row: Topic) -> dict[str, str]:
        return {
            **initial_both("question", row.question),
            "options": "\n".join(
                " | ".join((each["text"].get("zh-Hans", ""), each["text"].get("en", ""), " ".join(each["codes"])))
                for each in row.options
            ),
        }

    def clean_options(self) -> list[dict[str, Any]]:
        found = []
        for line in lines(self.cleaned_data["options"]):
            parts = [part.strip() for part in re.split(r"[|｜]", line)]
            codes = re.split(r"[\s,，、]+", parts[2]) if len(parts) == 3 else []
            if not codes or not all((*parts, *codes)):
                raise forms.ValidationError(_("Not “Chinese | English | codes”: %(line)s") % {"line": line[:60]})
            found.append({"text": {"zh-Hans": parts[0], "en": parts[1]}, "codes": codes})
        return found

    def topic(self) -> dict[str, Any]:
        """What the action takes, without the key."""
        data = self.cleaned_data
        return {"question": both(data, "question"), "options": data["options"]}


class NewTopicForm(TopicForm):
    key = forms.RegexField(
        label=gettext_lazy("Key"), regex=KEYS, max_length=40, help_text=gettext_lazy("Short and lasting, such as loan.")
    )
    field_order = ("key",)


INPUTS: dict[str, Mapping[str, Any]] = {
    "number": {"type": "number"},
    "integer": {"type": "integer"},
    "boolean": {"type": "boolean"},
    "text": {"type": "string"},
}


class NewTableForm(forms.Form):
    """A decision table: what it looks at, what it says, and the row that fits where no other does."""

    key = forms.RegexField(
        label=gettext_lazy("Key"),
        regex=r"^[a-z0-9]+(\.[a-z0-9-]+)+$",
        max_length=80,
        help_text=gettext_lazy("Lower-case words joined by dots, such as jz.stall-fee. It stays for good."),
    )
    name_zh = text_field(gettext_lazy("Name in Chinese"), max_length=100)
    name_en = text_field(gettext_lazy("Name in English"), max_length=100)
    inputs = forms.CharField(
        label=gettext_lazy("What it looks at"),
        widget=forms.Textarea(attrs=LINES),
        help_text=gettext_lazy(
            "One a line: name | number, integer, boolean, text, or the answers it may have, such as company person. "
            "With “?” behind the name it may be missing."
        ),
    )
    outputs = forms.CharField(
        label=gettext_lazy("What follows where no other row fits"),
        widget=forms.Textarea(attrs=LINES),
        help_text=gettext_lazy("One a line: name | value, for example needed | false. The other rows come next."),
    )
    row = forms.RegexField(label=gettext_lazy("Name of that row"), regex=KEYS, max_length=40, initial="otherwise")
    says_zh = text_field(gettext_lazy("Reason in Chinese"), max_length=300)
    says_en = text_field(gettext_lazy("Reason in English"), max_length=300)

    def clean_inputs(self) -> dict[str, dict[str, Any]]:
        found: dict[str, dict[str, Any]] = {}
        for name, kind in self._pairs("inputs"):
            bare = name.removesuffix("?")
            choices = [word for word in re.split(r"[\s,，、]+", kind) if word]
            schema = dict(INPUTS.get(kind) or ({"type": "string", "enum": choices} if len(choices) > 1 else {}))
            if not schema:
                raise forms.ValidationError(_("Not a type: %(kind)s") % {"kind": kind[:60]})
            found[bare] = {**schema, **({"optional": True} if name != bare else {})}
        return found

    def clean_outputs(self) -> dict[str, Any]:
        return {name: typed(value) for name, value in self._pairs("outputs")}

    def _pairs(self, field: str) -> list[tuple[str, str]]:
        found: list[tuple[str, str]] = []
        for line in lines(self.cleaned_data[field]):
            name, _bar, value = (part.strip() for part in line.replace("｜", "|").partition("|"))
            bare = name.removesuffix("?")
            if not KEYS.match(bare) or not value or bare in (each.removesuffix("?") for each, _value in found):
                raise forms.ValidationError(_("Not “name | …”, or there twice: %(line)s") % {"line": line[:60]})
            found.append((name, value))
        return found

    def table(self) -> dict[str, Any]:
        """What the action takes."""
        data = self.cleaned_data
        row = {"id": data["row"], "then": data["outputs"], "says": both(data, "says")}
        return {
            "key": data["key"],
            "name": both(data, "name"),
            "model": {"rules": [row]},
            "inputs": data["inputs"],
            "tests": [],
        }
