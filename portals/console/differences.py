"""Two versions of a service side by side, for readers who have never seen the stored form."""

import difflib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from egov.catalogue.rules import Difference, key_of
from egov.kernel.text import localise

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
    "four_eyes": gettext_lazy("not the same person as in"),
    "zh-Hans": gettext_lazy("in Chinese"),
    "en": gettext_lazy("in English"),
}
HIDDEN = frozenset({"properties"})  # says nothing to a reader
TOKEN = re.compile(r"[A-Za-z0-9.]+|\s+|.", re.S)
LONGEST = 4000
NAME = 60  # characters of a name that is a whole paragraph


@dataclass(frozen=True)
class Piece:
    """A stretch of text: "same", "gone" or "new"."""

    kind: str
    text: str


@dataclass(frozen=True)
class ShownDifference:
    """``place`` says where, from the part down; ``before`` and ``after`` mark what goes and what comes."""

    part: str
    place: Sequence[Text]
    before: Sequence[Piece]
    after: Sequence[Piece]
    verb: Text


def shown_differences(
    changes: Sequence[Difference],
    before: Mapping[str, Any],
    after: Mapping[str, Any],
    *,
    names: Mapping[str, Text] | None = None,
) -> list[ShownDifference]:
    """``names``: what steps of a path are called that no part and no row of the contents names."""
    known = {**PARTS, **(names or {})}
    return [_shown(change, before, after, known) for change in changes]


def grouped(changes: Iterable[ShownDifference]) -> list[tuple[Text, list[ShownDifference]]]:
    """By the part of the version that changed."""
    groups: dict[str, list[ShownDifference]] = {}
    for change in changes:
        groups.setdefault(change.part, []).append(change)
    return [(PARTS.get(part, part), found) for part, found in groups.items()]


def _shown(
    change: Difference, before: Mapping[str, Any], after: Mapping[str, Any], known: Mapping[str, Text]
) -> ShownDifference:
    steps = change.path.split("/")
    old, new = in_words(change.before), in_words(change.after)
    gone, come = _pieces(old, new)
    if change.before in (None, "", [], {}):
        verb: Text = _("added")
    elif change.after in (None, "", [], {}):
        verb = _("removed")
    else:
        verb = _("changed")
    return ShownDifference(steps[0], list(_place(steps, known, after, before)), gone, come, verb)


def _place(steps: Sequence[str], known: Mapping[str, Text], *contents: Any) -> Iterator[Text]:
    """The steps of a path in words; a row of a list is called by its own name."""
    here: list[Any] = list(contents)
    for step in steps:
        here = [_down(each, step) for each in here]
        named = next((name for each in here if (name := _name_of(each))), "")
        if named and step not in known:
            yield f"“{named}”"
        elif step not in HIDDEN:
            yield known.get(step, step)


def _down(value: Any, step: str) -> Any:
    if isinstance(value, Mapping):
        return value.get(step)
    if isinstance(value, list):
        return next((row for row in value if key_of(row) == step), None)
    return None


def _name_of(value: Any) -> str:
    if not isinstance(value, Mapping):
        return ""
    found = value.get("x-title") or value.get("name") or value.get("title") or value.get("text")
    return Truncator(localise(found)).chars(NAME) if isinstance(found, Mapping) else ""


def in_words(value: Any, depth: int = 0) -> str:
    """A stored value as lines of text: lists as dashes, parts by their names, both languages of a text."""
    if value in (None, "", [], {}):
        return ""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, Mapping):
        if set(value) <= {"zh-Hans", "en"} and all(isinstance(each, str) for each in value.values()):
            return " / ".join(each for each in value.values() if each)
        return "\n".join(_entry(str(PARTS.get(name, name)), each, depth) for name, each in value.items())
    if isinstance(value, list):
        return "\n".join("  " * depth + "– " + in_words(each, depth + 1).lstrip() for each in value)
    return str(value)


def _entry(name: str, value: Any, depth: int) -> str:
    words = in_words(value, depth + 1)
    indent = "  " * depth
    return f"{indent}{name}: {words}" if "\n" not in words else f"{indent}{name}:\n{words}"


def _pieces(old: str, new: str) -> tuple[list[Piece], list[Piece]]:
    """Both texts with what differs marked, by words in English and by characters in Chinese."""
    if not old or not new or len(old) + len(new) > LONGEST:
        return ([Piece("gone", old)] if old else []), ([Piece("new", new)] if new else [])
    a, b = TOKEN.findall(old), TOKEN.findall(new)
    gone: list[Piece] = []
    come: list[Piece] = []
    for kind, a1, a2, b1, b2 in difflib.SequenceMatcher(None, a, b, autojunk=False).get_opcodes():
        if a2 > a1:
            gone.append(Piece("same" if kind == "equal" else "gone", "".join(a[a1:a2])))
        if b2 > b1:
            come.append(Piece("same" if kind == "equal" else "new", "".join(b[b1:b2])))
    return gone, come
