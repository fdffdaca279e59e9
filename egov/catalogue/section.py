"""Services, events and rules as a section of the configuration."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from egov.catalogue.actions import import_configuration
from egov.catalogue.configuration import export_configuration
from egov.kernel.actor import Actor
from egov.kernel.configuration import IN_HAND, Entry, Outcome, Section, sections


def load(actor: Actor, data: Mapping[str, Any]) -> list[Entry]:
    """See ``import_configuration``."""
    report = import_configuration(actor, data=data)
    found = [Entry(code, Outcome.ADDED) for code in report.created]
    found += [Entry(code, Outcome.CHANGED) for code in report.updated]
    found += [Entry(code, Outcome.DRAFT) for code in report.drafted]
    found += [Entry(code, Outcome.KEPT, str(IN_HAND)) for code in report.kept]
    if report.switched:
        found.append(Entry(str(_("services switched on or off")), Outcome.CHANGED, str(report.switched)))
    if report.withdrawn:
        found.append(Entry(str(_("events taken out of force")), Outcome.CHANGED, str(report.withdrawn)))
    if report.competences:
        found.append(Entry(str(_("rules of who handles what")), Outcome.ADDED, str(report.competences)))
    return found


sections.add("catalogue", Section("catalogue", _("Services, events, who handles what"), 30, export_configuration, load))
