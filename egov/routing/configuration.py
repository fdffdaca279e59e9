"""The lexicon of an instance as a section of the configuration. What is shipped comes with the product: only what
administrators added, switched off or wrote anew goes along."""

from collections.abc import Mapping
from typing import Any

from django.db.models import Manager
from django.utils.translation import gettext_lazy as _

from egov.journal import actions as journal
from egov.kernel.actor import Actor
from egov.kernel.configuration import Entry, Outcome, Section, sections
from egov.kernel.definitions import digest
from egov.kernel.errors import NotPermitted
from egov.kernel.refs import Ref
from egov.routing.actions import PLATFORM, reindex
from egov.routing.models import Example, Origin, Synonym, Topic

COLUMNS: dict[str, tuple[type[Synonym] | type[Example], tuple[str, ...]]] = {
    "synonyms": (Synonym, ("language", "said", "meant")),
    "examples": (Example, ("target", "language", "text")),
}
Rows = list[Mapping[str, Any]]


def export() -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, (model, columns) in COLUMNS.items():
        rows = model.objects.order_by(*columns).values(*columns)
        found[name] = list(rows.filter(active=True).exclude(origin=Origin.FILE))
        found[f"{name}_off"] = list(rows.filter(active=False, origin=Origin.FILE))
    found["topics"] = [
        {"key": row.key, "question": row.question, "options": row.options}
        for row in Topic.objects.order_by("key")
        if not _as_shipped(row)
    ]
    return found


def load(actor: Actor, data: Mapping[str, Rows]) -> list[Entry]:
    """Add what is missing, switch off what is switched off there, write topics that nobody wrote anew here.

    For administrators of the platform; one entry of the journal for all.
    """
    if not (actor.is_system or (actor.is_staff and actor.has_role(PLATFORM))):
        raise NotPermitted()
    found = []
    for name, (model, columns) in COLUMNS.items():
        found += _add(model, columns, data[name])
        found += _switch_off(model, columns, data[f"{name}_off"])
    found += [entry for row in data["topics"] if (entry := _put_topic(row))]
    if any(entry.outcome is not Outcome.KEPT for entry in found):
        journal.record(actor, "routing.import_configuration", Ref("lexicon", "configuration"), content=len(found))
        reindex(actor)
    return found


def _add(model: type[Synonym] | type[Example], columns: tuple[str, ...], rows: Rows) -> list[Entry]:
    wanted = {tuple(str(row[column]) for column in columns) for row in rows}
    present: Manager[Any] = model.objects
    new = sorted(wanted - set(present.values_list(*columns)))
    present.bulk_create((model(**dict(zip(columns, row, strict=True))) for row in new), ignore_conflicts=True)
    return [Entry(" → ".join(row), Outcome.ADDED) for row in new]


def _switch_off(model: type[Synonym] | type[Example], columns: tuple[str, ...], rows: Rows) -> list[Entry]:
    wanted = {tuple(str(row[column]) for column in columns) for row in rows}
    on = model.objects.filter(active=True, origin=Origin.FILE).values_list("pk", *columns)
    off = {row[0]: row[1:] for row in on if row[1:] in wanted}
    model.objects.filter(pk__in=off).update(active=False)
    return [Entry(" → ".join(row), Outcome.CHANGED, str(_("switched off"))) for row in sorted(off.values())]


def _put_topic(row: Mapping[str, Any]) -> Entry | None:
    values = {"question": row["question"], "options": row["options"]}
    here, new = Topic.objects.get_or_create(key=row["key"], defaults=values)
    if new:
        return Entry(here.key, Outcome.ADDED)
    if (here.question, here.options) == (row["question"], row["options"]):
        return None
    if not _as_shipped(here):
        return Entry(here.key, Outcome.KEPT)
    here.question, here.options = row["question"], row["options"]
    here.save(update_fields=["question", "options"])
    return Entry(here.key, Outcome.CHANGED)


def _as_shipped(row: Topic) -> bool:
    return row.loaded_hash == digest([row.question, row.options])


sections.add("words", Section("words", _("Words, sentences and questions changed here"), 40, export, load))
