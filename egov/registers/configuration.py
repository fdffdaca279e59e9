"""The dictionary of data elements as a section of the configuration."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from egov.kernel.actor import Actor
from egov.kernel.configuration import Entry, Outcome, Section, sections
from egov.registers import actions
from egov.registers.models import DataElement, Register


def export() -> dict[str, dict[str, Any]]:
    """As the files of definitions say it, by key."""
    elements = DataElement.objects.select_related("register").order_by("key")
    return {
        "registers": {row.key: {"name": row.name, "handler": row.handler} for row in Register.objects.order_by("key")},
        "elements": {
            row.key: {
                "name": row.name,
                "meaning": row.meaning,
                "schema": row.schema,
                "register": row.register.key if row.register else "",
                "sensitive": row.sensitive,
            }
            for row in elements
        },
    }


def load(actor: Actor, data: Mapping[str, Any]) -> list[Entry]:
    """What is missing is added; an element that differs is kept: answers under it are stored as it says here."""
    here = export()
    actions.add_elements(actor, registers=data["registers"], elements=data["elements"])
    return [
        Entry(key, Outcome.KEPT if key in here[kind] else Outcome.ADDED)
        for kind in ("registers", "elements")
        for key, row in data[kind].items()
        if here[kind].get(key) != row
    ]


sections.add("dictionary", Section("dictionary", _("Registers and data elements"), 25, export, load))
