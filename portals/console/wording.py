"""A stored value of a definition in words: those of the editors, and the titles of what it points at."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from egov.catalogue import queries as catalogue
from egov.identity.models import Unit
from egov.kernel.text import localise
from portals.console import readable
from portals.shared.conditions import in_words, subjects_of_event, subjects_of_form
from portals.shared.templatetags.egov_ui import limit

Text = str | Promise

# Parts of a version, as an administrator calls them.
PARTS: dict[str, Text] = {
    "name": gettext_lazy("Name"),
    "summary": gettext_lazy("Summary"),
    "department_name": gettext_lazy("Department"),
    "base_code": gettext_lazy("Basic code"),
    "implementation_code": gettext_lazy("Implementation code"),
    "item_type": gettext_lazy("Kind of item"),
    "level": gettext_lazy("Level"),
    "audience": gettext_lazy("For whom"),
    "themes": gettext_lazy("Topics"),
    "case_kind": gettext_lazy("On the spot or promised"),
    "statutory_limit": gettext_lazy("Statutory time"),
    "statutory_unit": gettext_lazy("Statutory time counted in"),
    "promised_limit": gettext_lazy("Promised time"),
    "promised_unit": gettext_lazy("Promised time counted in"),
    "procedure": gettext_lazy("Procedure"),
    "conditions": gettext_lazy("Conditions"),
    "materials": gettext_lazy("Materials"),
    "fee": gettext_lazy("Fee"),
    "legal_basis": gettext_lazy("Legal basis"),
    "outputs": gettext_lazy("Results"),
    "channel": gettext_lazy("Where it is filed"),
    "rights": gettext_lazy("Rights"),
    "faq": gettext_lazy("Questions and answers"),
    "needs": gettext_lazy("What people say"),
    "depends_on": gettext_lazy("Needed before"),
    "online_depth": gettext_lazy("Online depth"),
    "form": gettext_lazy("Form"),
    "plan": gettext_lazy("Review plan"),
    "effects": gettext_lazy("What a decision does"),
    "special_procedures": gettext_lazy("Special procedures"),
    "opinions": gettext_lazy("Opinions of others"),
    "letters": gettext_lazy("Letters"),
    "auto_decision": gettext_lazy("Automatic decision"),
    "auto_advice": gettext_lazy("Automatic advice"),
    # below
    "properties": gettext_lazy("question"),
    "required": gettext_lazy("required"),
    "amount": gettext_lazy("amount"),
    "items": gettext_lazy("items"),
    "steps": gettext_lazy("steps"),
    "basis": gettext_lazy("basis"),
    "source": gettext_lazy("from"),
    "title": gettext_lazy("title"),
    "x-title": gettext_lazy("wording"),
    "x-hint": gettext_lazy("hint"),
    "x-visible-when": gettext_lazy("asked only when"),
    "x-required-when": gettext_lazy("required only when"),
    "x-labels": gettext_lazy("answers"),
    "x-pages": gettext_lazy("pages"),
    "x-widget": gettext_lazy("way of asking"),
    "maxLength": gettext_lazy("longest"),
    "minimum": gettext_lazy("least"),
    "maximum": gettext_lazy("most"),
    "enum": gettext_lazy("choices"),
    "fields": gettext_lazy("questions"),
    "definition": gettext_lazy("Composition"),
    "lead_role": gettext_lazy("Led by"),
    "order": gettext_lazy("place among the others"),
    "members": gettext_lazy("services"),
    "edges": gettext_lazy("what waits for what"),
    "questions": gettext_lazy("questions"),
    "given": gettext_lazy("answered by the event itself"),
    "asked_once": gettext_lazy("asked once for all"),
    "rules": gettext_lazy("what one has to know"),
    "service": gettext_lazy("service"),
    "stage": gettext_lazy("stage"),
    "optional": gettext_lazy("may be added"),
    "when": gettext_lazy("only when"),
    "by": gettext_lazy("filed by"),
    "note": gettext_lazy("note"),
    "text": gettext_lazy("text"),
    "type": gettext_lazy("type"),
    "choices": gettext_lazy("answers"),
    "element": gettext_lazy("data element"),
    "any_of": gettext_lazy("one of several is enough"),
    "key": gettext_lazy("key"),
    "act": gettext_lazy("letter"),
    "role": gettext_lazy("role"),
    "kind": gettext_lazy("kind"),
    "limit": gettext_lazy("time"),
    "after": gettext_lazy("after"),
    "four_eyes": gettext_lazy("not by whoever did"),
    "back_to": gettext_lazy("goes back to"),
    "outcomes": gettext_lazy("how it may end"),
    "persons": gettext_lazy("how many officers together"),
    "unit": gettext_lazy("where"),
    "max_mb": gettext_lazy("at most MB"),
    "issuer": gettext_lazy("issued by"),
    "valid_years": gettext_lazy("valid for years"),
    "produces": gettext_lazy("data it brings into being"),
    "credential": gettext_lazy("kind of certificate"),
    "template": gettext_lazy("how it is typeset"),
    "department_role": gettext_lazy("department asked"),
    "purpose": gettext_lazy("for what"),
    "format": gettext_lazy("how it is written"),
    "minLength": gettext_lazy("shortest"),
    "exclusiveMinimum": gettext_lazy("more than"),
    "x-unit": pgettext_lazy("of a figure", "unit"),
    "x-element": gettext_lazy("data element"),
    "x-material": gettext_lazy("document"),
    "instrument": gettext_lazy("law"),
    "article": gettext_lazy("article"),
    "zh-Hans": gettext_lazy("in Chinese"),
    "en": gettext_lazy("in English"),
}
# What a name means within one part, where it means something else elsewhere.
WITHIN: dict[str, dict[str, Text]] = {
    "materials": {
        "form": gettext_lazy("in which form"),
        "source": gettext_lazy("who supplies it"),
        "required": gettext_lazy("when it is needed"),
    },
}
HIDDEN = frozenset({"properties"})  # says nothing to a reader

STEP_KINDS: list[tuple[str, Text]] = [
    ("review", gettext_lazy("check the papers")),
    ("inspection", gettext_lazy("visit the place")),
    ("opinion", gettext_lazy("give an opinion")),
    ("decide", gettext_lazy("draft the decision")),
    ("sign", gettext_lazy("sign")),
    ("task", gettext_lazy("do something else")),
]
PLACES: dict[str, Text] = {
    "handling": gettext_lazy("the unit that handles the case"),
    "department_head": gettext_lazy("the head of the department"),
}
SOURCES: dict[str, Text] = {
    "applicant": gettext_lazy("the applicant hands it in"),
    "shared": gettext_lazy("it is fetched from a register"),
    "predecessor": gettext_lazy("it comes from an earlier case"),
    "promise": gettext_lazy("a promise stands in its place"),
}
MATERIAL_FORMS: dict[str, Text] = {
    "either": gettext_lazy("on paper or as a file"),
    "electronic": gettext_lazy("as a file"),
    "original": gettext_lazy("the original"),
    "copy": gettext_lazy("a copy"),
}
OUTPUTS: dict[str, Text] = {
    "certificate": gettext_lazy("a certificate"),
    "letter": gettext_lazy("a letter"),
    "record": gettext_lazy("an entry in a register"),
    "money": gettext_lazy("money"),
}
WIDGETS: dict[str, Text] = {
    "text": gettext_lazy("a line of text"),
    "textarea": gettext_lazy("a longer text"),
    "number": gettext_lazy("a number"),
    "money": gettext_lazy("an amount of money"),
    "date": gettext_lazy("a day"),
    "checkbox": gettext_lazy("yes or no"),
    "checkboxes": gettext_lazy("several answers"),
    "radio": gettext_lazy("one of several answers"),
    "select": gettext_lazy("one of several answers, in a list"),
    "phone": gettext_lazy("a phone number"),
    "id_number": gettext_lazy("an identity number"),
    "region": gettext_lazy("a region"),
    "address": gettext_lazy("an address"),
    "file": gettext_lazy("a document"),
    "group": gettext_lazy("rows of answers"),
    "post": gettext_lazy("a post"),
}
TYPES: dict[str, Text] = {
    "string": gettext_lazy("text"),
    "integer": gettext_lazy("a whole number"),
    "number": gettext_lazy("a number"),
    "boolean": gettext_lazy("yes or no"),
    "array": gettext_lazy("several answers"),
    "choice": gettext_lazy("one of several answers"),
    "date": gettext_lazy("a day"),
    "region": gettext_lazy("a region"),
    **OUTPUTS,
}
NEEDED: dict[str, Text] = {
    "always": gettext_lazy("in every case"),
    "never": gettext_lazy("it may be left out"),
}
# Name of a value in a definition -> what its keys are called.
CALLED: dict[str, Mapping[str, Text]] = {
    "kind": {**dict(STEP_KINDS), "life": gettext_lazy("life event"), "business": gettext_lazy("business event")},
    "source": SOURCES,
    "form": MATERIAL_FORMS,
    "type": TYPES,
    "x-widget": WIDGETS,
    "required": NEEDED,
    "template": {
        "decision": gettext_lazy("as a decision"),
        "certificate": gettext_lazy("as a certificate"),
        "licence": gettext_lazy("as a licence"),
    },
}
LANGUAGES = ("zh-Hans", "en")
TITLES = frozenset({"title", "x-title", "name", "text"})  # what a row is called; told first, instead of its key
CONDITIONS = frozenset({"when", "visible_when", "x-visible-when", "x-required-when", "required"})


def label_of(name: str, part: str = "") -> Text:
    """What a value is called, within this part of the definition."""
    return WITHIN.get(part, {}).get(name) or PARTS.get(name, name)


class Words:
    """Values of a content; what they name is looked up there, else in the ``other`` content it is compared with."""

    def __init__(self, content: Mapping[str, Any], other: Mapping[str, Any]) -> None:
        self._titles: dict[str, str] = {}
        for each in (other, content):
            self._titles |= _titles(each)
        form = content.get("form") or other.get("form") or {}
        asked = (content.get("definition") or other.get("definition") or {}).get("questions", ())
        self._subjects = [*subjects_of_form(form.get("properties", {})), *subjects_of_event(asked)]
        self._called: dict[str, Mapping[str, Text]] = {
            **CALLED,
            "role": readable.role_names(),
        }

    def of(self, value: Any, part: str = "", name: str = "", depth: int = 0) -> str:
        """The value under ``name`` in this part as lines: lists as dashes, parts by their names."""
        if value in (None, "", [], {}):
            return ""
        if isinstance(value, bool):
            return _("yes") if value else _("no")
        if isinstance(value, Mapping):
            return self._mapping(value, part, depth)
        if isinstance(value, list):
            rows = (self.of(each, part, name, depth + 1).lstrip() for each in value)
            return "\n".join("  " * depth + "– " + row for row in rows)
        return self._plain(str(value), name)

    def _mapping(self, value: Mapping[str, Any], part: str, depth: int) -> str:
        if set(value) <= set(LANGUAGES) and all(isinstance(each, str) for each in value.values()):
            return " / ".join(value[language] for language in LANGUAGES if value.get(language))
        if set(value) == {"n", "unit"}:
            return limit(value["n"], value["unit"])
        titled = any(name in value for name in TITLES)
        entries = [(name, each) for name, each in value.items() if not (name == "key" and titled)]
        entries.sort(key=lambda entry: entry[0] not in TITLES)
        return "\n".join(self._entry(name, each, part, depth) for name, each in entries)

    def _entry(self, name: str, value: Any, part: str, depth: int) -> str:
        words, label = self.of(value, part, name, depth + 1), label_of(name, part)
        indent = "  " * depth
        if "\n" in words:
            return f"{indent}{label}:\n{words}"
        return f"{indent}{label}: {words.lstrip().removeprefix('– ')}"

    def _plain(self, value: str, name: str) -> str:
        called = self._called.get(name, {})
        if value in called:
            return str(called[value])
        if name in ("department_role", "lead_role"):
            return localise(catalogue.functions().get(value)) or value
        if name == "unit":
            return place_name(value)
        if name in ("after", "four_eyes", "back_to", "fields", "required", "x-material") and value in self._titles:
            return self._titles[value]
        if name in CONDITIONS:
            return in_words(value, self._subjects) or value
        return value


def place_name(key: str) -> str:
    """Where a step of a plan is done."""
    if key in PLACES:
        return str(PLACES[key])
    unit = Unit.objects.filter(key=key).first()
    return localise(unit.name) if unit else key


def _titles(content: Mapping[str, Any]) -> dict[str, str]:
    """What questions, steps and materials of a content are called, by key."""
    fields: Mapping[str, Any] = (content.get("form") or {}).get("properties", {})
    steps: Sequence[Mapping[str, Any]] = (content.get("plan") or {}).get("steps", ())
    materials: Sequence[Mapping[str, Any]] = content.get("materials") or ()
    found = {str(row.get("key")): row.get("name") for row in materials}
    found |= {str(row.get("key")): row.get("title") for row in steps}
    found |= {key: field.get("x-title") for key, field in fields.items()}
    return {key: localise(text) for key, text in found.items() if isinstance(text, Mapping) and text}
