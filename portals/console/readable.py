"""What is stored, as an administrator reads it: names of columns and roles, earlier values, who changed them."""

import datetime as dt
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from django import forms
from django.db.models import Model
from django.utils import formats
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from egov.catalogue import queries as catalogue
from egov.catalogue.models import Competence
from egov.deadlines.actions import Day
from egov.identity import queries as identity
from egov.identity.actions.roles import ROLES
from egov.identity.models import Organisation, Unit
from egov.identity.rules import SEES_ALL
from egov.kernel import history
from egov.kernel.authorship import Authored
from egov.kernel.text import localise

Text = str | Promise
AuthoredRow = TypeVar("AuthoredRow", bound=Authored)

# Roles that only an administrator of the platform gives.
PLATFORM_ROLES = frozenset(SEES_ALL)

LABELS: dict[str, Text] = {
    "full_name": gettext_lazy("Name"),
    "name": gettext_lazy("Name"),
    "short_name": gettext_lazy("Short name"),
    "title": gettext_lazy("Title"),
    "key": gettext_lazy("Key"),
    "level": gettext_lazy("Level"),
    "parent": gettext_lazy("Above it"),
    "region": gettext_lazy("Region"),
    "phone": gettext_lazy("Phone"),
    "address": gettext_lazy("Address"),
    "office_hours": gettext_lazy("Office hours"),
    "dissolved_on": gettext_lazy("Closed on"),
    "closed_on": gettext_lazy("Closed on"),
    "is_service_hall": gettext_lazy("Service hall"),
    "is_head": gettext_lazy("Heads the unit"),
    "person": gettext_lazy("Person"),
    "unit": gettext_lazy("Unit"),
    "department": gettext_lazy("Department"),
    "valid_from": gettext_lazy("From"),
    "valid_to": gettext_lazy("Until"),
    "enabled": gettext_lazy("Switched on"),
    "mode": gettext_lazy("For whom"),
    "department_role": gettext_lazy("Function"),
    "condition": gettext_lazy("Only when"),
    "priority": gettext_lazy("Priority"),
    "note": gettext_lazy("Reason"),
    "service": gettext_lazy("Service"),
    "said": gettext_lazy("What people say"),
    "meant": gettext_lazy("What it means"),
    "text": gettext_lazy("Sentence"),
    "target": gettext_lazy("Service or event"),
    "language": gettext_lazy("Language"),
    "active": gettext_lazy("In use"),
    "question": gettext_lazy("Question"),
    "options": pgettext_lazy("of a topic", "Answers"),
    "day": gettext_lazy("Day"),
    "is_working": gettext_lazy("Offices work"),
    "provisional": gettext_lazy("Provisional"),
    "calendar": gettext_lazy("Calendar"),
}

THINGS: dict[str, Text] = {
    "identity.organisation": gettext_lazy("Department"),
    "identity.unit": gettext_lazy("Unit"),
    "identity.post": gettext_lazy("Post"),
    "catalogue.publicservice": gettext_lazy("Service"),
    "catalogue.competence": gettext_lazy("Who handles what"),
    "routing.synonym": gettext_lazy("Word people say"),
    "routing.example": gettext_lazy("Example sentence"),
    "routing.topic": gettext_lazy("Question asked back"),
    "deadlines.calendarday": gettext_lazy("Calendar day"),
}


def text(value: Mapping[str, str]) -> str:
    """A localised text in the language of the page."""
    return localise(value)


def role_names() -> dict[str, Text]:
    return dict(ROLES)


def function_name(key: str) -> str:
    """A function of departments as they are called that do it."""
    return localise(catalogue.functions().get(key)) or key


def with_functions(rows: Iterable[Competence]) -> list[Competence]:
    """Rules, each with ``function``: what the function is called whose services it is about."""
    found = list(rows)
    for row in found:
        row.function = function_name(row.department_role)  # type: ignore[attr-defined]
    return found


def with_writers(rows: Iterable[AuthoredRow]) -> list[AuthoredRow]:
    """Versions, each with ``writers``, the names of all who wrote any of it, and ``reviewer`` (one statement)."""
    found = list(rows)
    reviewers = {row.pk: getattr(row, "reviewed_by_id", None) for row in found}
    names = identity.names_of({pk for row in found for pk in (*row.writer_ids, reviewers[row.pk]) if pk})
    for row in found:
        row.writers = [names[pk] for pk in row.writer_ids if pk in names]  # type: ignore[attr-defined]
        row.reviewer = names.get(reviewers[row.pk] or 0, "")  # type: ignore[attr-defined]
    return found


def label(name: str) -> Text:
    return LABELS.get(name, name)


def value_of(value: Any) -> str:
    """A stored value in words: yes and no, days, both languages of a text."""
    if value is None or value == "" or value == {}:
        return "—"
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, dt.date):
        return formats.date_format(value)
    if isinstance(value, Mapping) and "zh-Hans" in value:
        return " / ".join(str(each) for each in value.values() if each)
    return str(value)


# --- History --------------------------------------------------------------------------------------
@dataclass(frozen=True)
class ShownField:
    label: Text
    before: str
    after: str


@dataclass(frozen=True)
class ShownChange:
    """``who`` is empty when a command or a program made the change; ``verb`` is "changed" or "removed"."""

    at: dt.datetime
    who: str
    verb: Text
    thing: Text
    title: str
    fields: Sequence[ShownField] = ()
    note: str = ""


def changes_of(row: Model) -> list[ShownChange]:
    """The changes of one row as a page shows them, newest first."""
    return shown(history.changes_of(row))


def newest(changes: Iterable[ShownChange]) -> list[ShownChange]:
    return sorted(changes, key=lambda change: change.at, reverse=True)


def shown(changes: Iterable[history.Change]) -> list[ShownChange]:
    """Names of people, departments and units are looked up once for all changes."""
    changes = list(changes)
    people = identity.names_of({change.party_id for change in changes if change.party_id})
    names = _Names(changes)
    return [
        ShownChange(
            at=change.at,
            who=people.get(change.party_id or 0, ""),
            verb=_("removed") if change.removed else _("changed"),
            thing=THINGS.get(change.model, change.model),
            title=change.title,
            fields=[
                ShownField(label(f.name), names.show(f.name, f.before), names.show(f.name, f.after))
                for f in change.fields
            ],
        )
        for change in changes
    ]


class _Names:
    """What keys of departments and units stand for."""

    def __init__(self, changes: Sequence[history.Change]) -> None:
        self._known = {
            "department": self._of(Organisation, "full_name", changes, ("department", "parent")),
            "unit": self._of(Unit, "name", changes, ("unit",)),
        }
        self._known["parent"] = self._known["department"]

    @staticmethod
    def _of(
        model: type[Model], column: str, changes: Sequence[history.Change], fields: tuple[str, ...]
    ) -> dict[Any, Any]:
        wanted = {
            value
            for change in changes
            for each in change.fields
            if each.name in fields
            for value in (each.before, each.after)
            if isinstance(value, int)
        }
        return dict(model._default_manager.filter(pk__in=wanted).values_list("pk", column)) if wanted else {}

    def show(self, name: str, value: Any) -> str:
        found = self._known.get(name, {}).get(value) if isinstance(value, int) else None
        return localise(found) if found else value_of(value)


# --- Days of a calendar ------------------------------------------------------------------------------
_DAY = re.compile(r"^(\d{4}-\d{2}-\d{2})[\s,;]+(off|work|休|班)(?:[\s,;]+(.*))?$")
_WORK = frozenset({"work", "班"})


def days_in(written: str) -> list[Day]:
    """Lines "2027-01-01 off 元旦 / New Year's Day" as days. Raises ``ValidationError`` naming each wrong line."""
    found, faults = [], []
    for number, line in enumerate(written.splitlines(), start=1):
        if not line.strip():
            continue
        match = _DAY.match(line.strip())
        try:
            day = dt.date.fromisoformat(match[1]) if match else None
        except ValueError:
            day = None
        if match is None or day is None:
            faults.append(_("Line %(number)d is not a day: %(line)s") % {"number": number, "line": line.strip()[:60]})
            continue
        chinese, _slash, english = (match[3] or "").partition("/")
        names = {"zh-Hans": chinese.strip(), "en": english.strip()}
        found.append(Day(day, match[2] in _WORK, {tag: name for tag, name in names.items() if name}))
    if faults:
        raise forms.ValidationError(faults)
    return found
