"""Forms of the composer: they read what was typed into the stored form of an event, and back."""

import itertools
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from egov.catalogue import queries as catalogue
from egov.catalogue.models import EVENT_KINDS, EventVersion
from egov.kernel.actor import Actor
from egov.kernel.text import localise
from egov.registers.models import DataElement
from portals.console.conditions import ConditionForm, TermField
from portals.console.forms import NONE, both, initial_both, offer
from portals.shared.conditions import subjects_of_event

QUESTION_TYPES = [
    ("boolean", gettext_lazy("yes or no")),
    ("choice", gettext_lazy("one of several answers")),
    ("number", gettext_lazy("a number")),
    ("date", gettext_lazy("a day")),
    ("region", gettext_lazy("a region")),
]
OTHERS = [
    ("", gettext_lazy("the person themselves")),
    ("employer", gettext_lazy("the employer")),
    ("hospital", gettext_lazy("the hospital")),
    ("school", gettext_lazy("the school")),
    ("bank", gettext_lazy("the bank")),
]
GROUPS = "abc"  # alternatives into one member, told apart by letter
LINES = {"rows": 4, "translate": "no"}  # a line has its text in each language


def lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


def pairs(chinese: str, english: str) -> list[dict[str, str]]:
    """Lines in both languages as texts, the first with the first. Raises ``ValidationError`` when one has none."""
    zh, en = lines(chinese), lines(english)
    if len(zh) != len(en):
        raise forms.ValidationError(
            _("%(zh)d lines in Chinese, %(en)d in English: each line needs both.") % {"zh": len(zh), "en": len(en)}
        )
    return [{"zh-Hans": one, "en": other} for one, other in zip(zh, en, strict=True)]


def text_field(label: Any, *, rows: int = 0, **more: Any) -> forms.CharField:
    widget = forms.Textarea(attrs={"rows": rows}) if rows else forms.TextInput()
    return forms.CharField(label=label, widget=widget, **more)


class EventForm(forms.Form):
    """What an event is called, who leads it, what people say when they mean it."""

    name_zh = text_field(gettext_lazy("Name in Chinese"), max_length=60)
    name_en = text_field(gettext_lazy("Name in English"), max_length=100)
    summary_zh = text_field(gettext_lazy("Summary in Chinese"), rows=2, max_length=300)
    summary_en = text_field(gettext_lazy("Summary in English"), rows=2, max_length=400)
    kind = forms.ChoiceField(label=gettext_lazy("Kind"), choices=EVENT_KINDS)
    lead_role = forms.ChoiceField(label=gettext_lazy("Which department leads it"))
    needs_zh = text_field(
        gettext_lazy("What people say, in Chinese"),
        rows=4,
        required=False,
        help_text=gettext_lazy("One sentence a line."),
    )
    needs_en = text_field(gettext_lazy("What people say, in English"), rows=4, required=False)
    order = forms.IntegerField(
        label=gettext_lazy("Place among the others"), min_value=0, max_value=9999, initial=500, required=False
    )

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        names = catalogue.functions()
        own = catalogue.functions_of(actor)
        allowed = [key for key in names if catalogue.may_compose(actor, "") or key in own]
        choices = sorted((localise(names[key]), key) for key in allowed)
        offer(self, "lead_role", [*NONE, *((key, name) for name, key in choices)])

    @classmethod
    def initial_of(cls, row: EventVersion) -> dict[str, Any]:
        return {
            **initial_both("name", row.name),
            **initial_both("summary", row.summary),
            "kind": row.kind,
            "lead_role": row.lead_role,
            "needs_zh": "\n".join(row.needs.get("zh-Hans", [])),
            "needs_en": "\n".join(row.needs.get("en", [])),
            "order": row.order,
        }

    def changes(self) -> dict[str, Any]:
        data = self.cleaned_data
        return {
            "name": both(data, "name"),
            "summary": both(data, "summary"),
            "kind": data["kind"],
            "lead_role": data["lead_role"],
            "needs": {"zh-Hans": lines(data["needs_zh"]), "en": lines(data["needs_en"])},
            "order": data["order"] or 0,
        }


class NewEventForm(EventForm):
    code = forms.RegexField(
        label=gettext_lazy("Code"),
        regex=r"^[A-Z]{2}\d{2}$",
        help_text=gettext_lazy("Two capital letters and two digits: LE for residents, BE for businesses. For good."),
    )
    field_order = ("code",)


class NextVersionForm(forms.Form):
    change_reason = text_field(
        gettext_lazy("Why it changes"), max_length=200, help_text=gettext_lazy("Stands in the list of versions.")
    )


class AskedOnceForm(forms.Form):
    """What the page of the event says is asked once, and what one has to know."""

    once_zh = text_field(
        gettext_lazy("Asked once for all, in Chinese"),
        rows=4,
        required=False,
        help_text=gettext_lazy("One entry a line; the same lines in both languages."),
    )
    once_en = text_field(gettext_lazy("Asked once for all, in English"), rows=4, required=False)
    rules_zh = text_field(gettext_lazy("What one has to know, in Chinese"), rows=4, required=False)
    rules_en = text_field(gettext_lazy("What one has to know, in English"), rows=4, required=False)

    @classmethod
    def initial_of(cls, definition: Mapping[str, Any]) -> dict[str, str]:
        return {
            f"{name}_{short}": "\n".join(each.get(tag, "") for each in definition.get(key, ()))
            for name, key in (("once", "asked_once"), ("rules", "rules"))
            for short, tag in (("zh", "zh-Hans"), ("en", "en"))
        }

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        for name in ("once", "rules"):
            try:
                data[name] = pairs(data.get(f"{name}_zh", ""), data.get(f"{name}_en", ""))
            except forms.ValidationError as error:
                self.add_error(f"{name}_en", error)
        return data


class MemberForm(ConditionForm):
    """One service of the event: when it applies, who files it, what it waits for."""

    def __init__(self, *args: Any, row: EventVersion, service: str, names: Mapping[str, str], **kwargs: Any) -> None:
        definition = row.definition
        member = next(each for each in definition["members"] if each["service"] == service)
        subjects = subjects_of_event(definition.get("questions", ()))
        kwargs["initial"] = {
            "optional": "yes" if member.get("optional") else "",
            "by": member.get("by", ""),
            "anew": "yes" if member.get("anew") else "",
            "stage": member.get("stage", 1),
            **initial_both("note", member.get("note", {})),
        }
        super().__init__(
            *args, subjects=subjects, label=_("Applies only when"), when=str(member.get("when", "")), **kwargs
        )
        self.member, self.edges, self.service = member, definition.get("edges", []), service
        before = {str(each["from"]): str(each.get("any_of", "")) for each in self.edges if each["to"] == service}
        self.groups = {name: GROUPS[number] for number, name in enumerate(dict.fromkeys(filter(None, before.values())))}
        self.others = [str(each["service"]) for each in definition["members"] if each["service"] != service]
        own = {
            "optional": forms.ChoiceField(
                label=_("How binding"),
                choices=[("", _("needed whenever it applies")), ("yes", _("may be added"))],
                required=False,
            ),
            "by": forms.ChoiceField(
                label=_("Who files it"),
                choices=[*OTHERS, *((member["by"], member["by"]) for _once in [0] if self._unknown(member))],
                required=False,
            ),
        }
        exceptions = {
            "anew": forms.ChoiceField(
                label=_("Who has it already"),
                choices=[("", _("need not apply for it")), ("yes", _("needs a new one all the same"))],
                required=False,
            ),
            "elsewhere": TermField(
                label=_("Another authority does it, not here, when"),
                subjects=subjects,
                present=str(member.get("elsewhere", "")),
                help_text=_("The page then says so with the note below, and files nothing for it."),
            ),
        }
        after = {
            f"after_{code}": forms.ChoiceField(
                label=_("Waits for %(service)s") % {"service": f"{code} {names.get(code, '')}"},
                choices=[
                    ("", _("no")),
                    ("all", _("yes, it must be decided first")),
                    *(
                        (letter, _("one of group %(letter)s is enough") % {"letter": letter.upper()})
                        for letter in GROUPS
                    ),
                ],
                initial=self.groups.get(before[code], "all") if code in before else "",
                required=False,
            )
            for code in self.others
        }
        stage = forms.IntegerField(label=_("Stage"), min_value=1, max_value=9)
        notes = {
            "note_zh": text_field(_("Note in Chinese"), max_length=120, required=False),
            "note_en": text_field(_("Note in English"), max_length=160, required=False),
        }
        self.fields = {**own, **self.fields, **exceptions, **after, "stage": stage, **notes}

    @staticmethod
    def _unknown(member: Mapping[str, Any]) -> bool:
        return member.get("by", "") not in dict(OTHERS)

    def definition(self, definition: Mapping[str, Any]) -> dict[str, Any]:
        """The definition of the event with this member as it was filled in."""
        data = self.cleaned_data
        optional = {
            "when": data["when"],
            "elsewhere": data["elsewhere"],
            "by": data["by"],
            "anew": bool(data["anew"]),
            "note": both(data, "note"),
        }
        edited = {"service", "stage", "optional", *optional}
        member = {
            **{name: value for name, value in self.member.items() if name not in edited},
            "service": self.service,
            "stage": data["stage"],
            "optional": bool(data["optional"]),
            **{name: value for name, value in optional.items() if value},
        }
        members = [member if each["service"] == self.service else each for each in definition["members"]]
        others = [each for each in definition.get("edges", ()) if each["to"] != self.service]
        return {**definition, "members": members, "edges": [*others, *self._own_edges()]}

    def _own_edges(self) -> list[dict[str, str]]:
        names = {letter: name for name, letter in self.groups.items()}
        edges = []
        for code in self.others:
            kind = self.cleaned_data[f"after_{code}"]
            group = names.get(kind, f"{self.service.lower()}_{kind}")
            if kind:
                edges.append({"from": code, "to": self.service, **({"any_of": group} if kind in GROUPS else {})})
        return edges


class QuestionForm(ConditionForm):
    """A question that decides which services apply."""

    def __init__(self, *args: Any, row: EventVersion, key: str = "", **kwargs: Any) -> None:
        questions = row.definition.get("questions", [])
        present: Mapping[str, Any] = next((each for each in questions if each["key"] == key), {})
        self.limits = {name: present[name] for name in ("minimum", "maximum") if name in present}
        earlier = list(itertools.takewhile(lambda each: each["key"] != key, questions))
        kwargs["initial"] = {
            **initial_both("text", present.get("text", {})),
            "key": key,
            "type": present.get("type", "boolean"),
            "element": present.get("element", ""),
            "choices": "\n".join(
                f"{each['key']} | {each['text'].get('zh-Hans', '')} | {each['text'].get('en', '')}"
                for each in present.get("choices", ())
            ),
        }
        super().__init__(
            *args,
            subjects=subjects_of_event(earlier),
            label=_("Asked only when"),
            when=str(present.get("when", "")),
            **kwargs,
        )
        self.key, self.taken = key, {str(each["key"]) for each in questions}
        own: dict[str, forms.Field] = {
            "text_zh": text_field(_("Question in Chinese"), max_length=120),
            "text_en": text_field(_("Question in English"), max_length=200),
            "type": forms.ChoiceField(label=pgettext("to a question", "Answer"), choices=QUESTION_TYPES),
            "choices": forms.CharField(
                label=_("Answers to choose from"),
                required=False,
                widget=forms.Textarea(attrs=LINES),
                help_text=_("One a line: key | name in Chinese | name in English. A key is like “company”."),
            ),
            "element": forms.CharField(
                label=_("Data element of the dictionary"),
                required=False,
                max_length=80,
                widget=forms.TextInput(attrs={"list": "suggestions", "autocomplete": "off"}),
                help_text=_("What a register knows of it answers the question; it is then not asked."),
            ),
        }
        if not key:
            own["key"] = forms.RegexField(
                label=_("Key"),
                regex=r"^[a-z][a-z0-9_]*$",
                max_length=40,
                required=False,
                help_text=_("How conditions name it. Left empty, it is made from the English text."),
            )
        self.fields = {**own, **self.fields}

    def clean_element(self) -> str:
        wanted = str(self.cleaned_data["element"]).strip()
        if wanted and not DataElement.objects.filter(key=wanted).exists():
            raise forms.ValidationError(_("The dictionary has no such data element."))
        return wanted

    def clean_choices(self) -> list[dict[str, Any]]:
        rows = []
        for line in lines(self.cleaned_data["choices"]):
            parts = [part.strip() for part in re.split(r"[|｜]", line)]
            if len(parts) != 3 or not all(parts) or not re.fullmatch(r"[a-z0-9_]+", parts[0]):
                raise forms.ValidationError(_("Not “key | Chinese | English”: %(line)s") % {"line": line[:60]})
            rows.append({"key": parts[0], "text": {"zh-Hans": parts[1], "en": parts[2]}})
        return rows

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if data.get("type") == "choice" and len(data.get("choices") or ()) < 2 and "choices" not in self.errors:
            self.add_error("choices", _("Give at least two answers."))
        data["key"] = self.key or data.get("key") or key_from(data.get("text_en", ""), self.taken)
        if not self.key and data["key"] in self.taken:
            self.add_error("key", _("Another question has this key."))
        return data

    def question(self) -> dict[str, Any]:
        data = self.cleaned_data
        optional = {
            "element": data["element"],
            "choices": data["choices"] if data["type"] == "choice" else [],
            "when": data["when"],
        }
        limits = self.limits if data["type"] == "number" else {}
        return {
            "key": data["key"],
            "type": data["type"],
            "text": both(data, "text"),
            **{name: value for name, value in optional.items() if value},
            **limits,
        }


_COMMON = frozenset(
    [
        "a",
        "an",
        "are",
        "be",
        "do",
        "does",
        "for",
        "have",
        "has",
        "in",
        "is",
        "it",
        "of",
        "on",
        "or",
        "the",
        "there",
        "this",
        "to",
        "was",
        "were",
        "what",
        "will",
        "you",
        "your",
    ]
)


def key_from(text: str, taken: Iterable[str]) -> str:
    """A key from the first telling words of an English text, not yet taken."""
    words = [word for word in re.findall(r"[a-z0-9]+", text.lower()) if word not in _COMMON]
    base = "_".join(words[:3])[:36] or "question"
    base = base if base[0].isalpha() else f"q_{base}"
    known = set(taken)
    return next(key for key in (base, *(f"{base}_{n}" for n in range(2, 1000))) if key not in known)


def with_question(definition: Mapping[str, Any], question: Mapping[str, Any]) -> dict[str, Any]:
    """The definition of an event with one question put in its place, or added at the end."""
    questions = list(definition.get("questions", ()))
    if any(each["key"] == question["key"] for each in questions):
        questions = [question if each["key"] == question["key"] else each for each in questions]
    else:
        questions.append(question)
    return {**definition, "questions": questions}


class TryForm(forms.Form):
    """For whom, where, with which answers."""

    sample = forms.ChoiceField(label=gettext_lazy("For whom"))
    region = forms.ChoiceField(label=gettext_lazy("Where"))

    def __init__(
        self,
        *args: Any,
        samples: Sequence[tuple[str, str]],
        regions: Sequence[tuple[str, str]],
        questions: Sequence[Mapping[str, Any]],
        optional: Sequence[tuple[str, str]],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "sample", samples)
        offer(self, "region", regions)
        for each in subjects_of_event(questions):
            self.fields[f"q_{each.key}"] = self._answer(each.title, each.kind, each.choices, regions)
        if optional:
            self.fields["services"] = forms.MultipleChoiceField(
                label=_("May be added"), choices=optional, required=False, widget=forms.CheckboxSelectMultiple
            )

    @staticmethod
    def _answer(
        title: str, kind: str, choices: Sequence[tuple[str, str]], regions: Sequence[tuple[str, str]]
    ) -> forms.Field:
        unanswered = ("", _("not answered"))
        if kind == "boolean":
            return forms.ChoiceField(
                label=title, required=False, choices=[unanswered, ("true", _("yes")), ("false", _("no"))]
            )
        if kind in ("choice", "region"):
            return forms.ChoiceField(
                label=title, required=False, choices=[unanswered, *(choices if kind == "choice" else regions)]
            )
        if kind == "number":
            return forms.DecimalField(label=title, required=False, min_value=0)
        return forms.DateField(label=title, required=False)
