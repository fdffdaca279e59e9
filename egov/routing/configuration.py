"""Words and sentences that administrators added, as a section of the configuration. Shipped ones come with the product."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from egov.journal import actions as journal
from egov.kernel.actor import Actor
from egov.kernel.configuration import Entry, Outcome, Section, sections
from egov.kernel.errors import NotPermitted
from egov.kernel.refs import Ref
from egov.routing.actions import PLATFORM, reindex
from egov.routing.models import Example, Origin, Synonym

COLUMNS: dict[str, tuple[type[Synonym] | type[Example], tuple[str, ...]]] = {
    "synonyms": (Synonym, ("language", "said", "meant")),
    "examples": (Example, ("target", "language", "text")),
}


def export() -> dict[str, list[dict[str, str]]]:
    return {
        name: list(model.objects.filter(active=True).exclude(origin=Origin.FILE).order_by(*columns).values(*columns))
        for name, (model, columns) in COLUMNS.items()
    }


def load(actor: Actor, data: Mapping[str, list[Mapping[str, Any]]]) -> list[Entry]:
    """Add what is missing. For administrators of the platform; one entry of the journal for all."""
    if not (actor.is_system or (actor.is_staff and actor.has_role(PLATFORM))):
        raise NotPermitted()
    found = []
    for name, (model, columns) in COLUMNS.items():
        present = set(model.objects.values_list(*columns))
        rows = {tuple(str(row[column]) for column in columns) for row in data[name]} - present
        model.objects.bulk_create(
            (model(**dict(zip(columns, row, strict=True))) for row in sorted(rows)), ignore_conflicts=True
        )
        found += [Entry(" → ".join(row), Outcome.ADDED) for row in sorted(rows)]
    if found:
        journal.record(actor, "routing.import_configuration", Ref("lexicon", "configuration"), content=len(found))
        reindex(actor)
    return found


sections.add("words", Section("words", _("Words and sentences that were added"), 40, export, load))
