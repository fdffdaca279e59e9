"""Two versions of a service side by side, for readers who have never seen the stored form."""

import difflib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from egov.catalogue.rules import Difference, key_of
from egov.kernel.text import localise
from portals.console.wording import HIDDEN, PARTS, Words, label_of

Text = str | Promise

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
    known = dict(names or {})
    old, new = Words(before, after), Words(after, before)
    return [_shown(change, before, after, known, (old, new)) for change in changes]


def grouped(changes: Iterable[ShownDifference]) -> list[tuple[Text, list[ShownDifference]]]:
    """By the part of the version that changed."""
    groups: dict[str, list[ShownDifference]] = {}
    for change in changes:
        groups.setdefault(change.part, []).append(change)
    return [(PARTS.get(part, part), found) for part, found in groups.items()]


def _shown(
    change: Difference,
    before: Mapping[str, Any],
    after: Mapping[str, Any],
    known: Mapping[str, Text],
    words: tuple[Words, Words],
) -> ShownDifference:
    steps = change.path.split("/")
    old, new = (
        each.of(value, steps[0], steps[-1]) for each, value in zip(words, (change.before, change.after), strict=True)
    )
    gone, come = _pieces(old, new)
    if change.before in (None, "", [], {}):
        verb: Text = _("added")
    elif change.after in (None, "", [], {}):
        verb = _("removed")
    else:
        verb = _("changed")
    return ShownDifference(steps[0], list(_place(steps, known, after, before)), gone, come, verb)


def _place(steps: Sequence[str], known: Mapping[str, Text], *contents: Any) -> Iterator[Text]:
    """The steps of a path in words; a row of a list, or a question, is called by its own name."""
    here: list[Any] = list(contents)
    above = ""
    for step in steps:
        is_row = above == "properties" or any(isinstance(each, list) for each in here)
        here = [_down(each, step) for each in here]
        named = next((name for each in here if (name := _name_of(each))), "") if is_row else ""
        if step in known:
            yield known[step]
        elif named:
            yield f"“{named}”"
        elif step not in HIDDEN:
            yield label_of(step, steps[0])
        above = step


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
