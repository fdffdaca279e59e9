"""A configuration exported elsewhere, brought in under its stable keys. Bringing it twice changes nothing."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, ClassVar

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from egov.catalogue import files, queries
from egov.catalogue.actions.events import withdraw_imported
from egov.catalogue.actions.loading import LoadReport, load_events, load_services
from egov.catalogue.actions.permissions import must_be_platform
from egov.catalogue.configuration import FORMAT
from egov.catalogue.files import Definitions
from egov.catalogue.models import Competence, PublicService
from egov.contracts.catalogue import CatalogueChanged
from egov.identity.models import Organisation, Region, Unit
from egov.journal import actions as journal
from egov.kernel import outbox
from egov.kernel.actor import Actor
from egov.kernel.errors import FieldError, InvalidInput
from egov.kernel.refs import VERSIONS, Ref


@dataclass
class ConfigurationReport(LoadReport):
    """As ``LoadReport``; ``competences``: rows added; ``switched``: services switched on or off;
    ``withdrawn``: events taken out of force (one that was composed here is ``drafted``)."""

    way: ClassVar[str] = "configuration"
    competences: int = 0
    switched: int = 0
    withdrawn: int = 0


@transaction.atomic
def import_configuration(actor: Actor, *, data: Mapping[str, Any]) -> ConfigurationReport:
    """Bring in what ``queries.export_configuration`` gave. Departments, units and regions must exist under their keys.

    What a person brings in of services and events waits as drafts that this person wrote, for somebody else to review
    and publish, and is left out where a draft of a person waits already. What the platform itself brings in follows the
    rule of files: unedited ones are replaced, edited ones get a draft beside them; so does what takes an event out of
    force.
    Raises ``NotPermitted``, ``InvalidInput`` naming every fault; then nothing is changed.
    """
    must_be_platform(actor)
    if data.get("format") != FORMAT:
        raise InvalidInput.at("format", "unknown", _("This is no configuration of the catalogue."))
    definitions = _definitions(data)
    present = {row.code: row for row in PublicService.objects.all()}
    codes = {file.code for file in definitions.services}
    files.check_definitions(definitions, replace(queries.known(), services=codes | present.keys()))
    report = ConfigurationReport()
    by = None if actor.is_system else actor
    load_services(definitions.services, present, report, by=by)
    withdrawn = {row["code"] for row in data.get("events", ()) if row.get("withdrawn")}
    # Of a person there is one draft at a time: that which takes an event out of force.
    load_events([file for file in definitions.events if by is None or file.code not in withdrawn], report, by=by)
    report.switched = _switch(data["services"])
    taken = [file for file in definitions.events if file.code in withdrawn]
    report.withdrawn = withdraw_imported(taken, report, by=by)
    report.competences = _competences(data.get("competences", ()))
    if report.changed or report.switched or report.withdrawn or report.competences:
        queries.kept.moved()
        content = [report.changed, report.switched, report.withdrawn, report.competences]
        refs = [Ref("catalogue", "configuration"), *report.refs, *((VERSIONS,) if report.refs else ())]
        journal.record(actor, "catalogue.import_configuration", *refs, content=content)
        outbox.emit(CatalogueChanged(services=[], events=[]))
    return report


def _definitions(data: Mapping[str, Any]) -> Definitions:
    faults: list[FieldError] = []
    services = []
    for row in data.get("services", ()):
        own = {name: row.get(name, "") for name in ("code", "mode", "department_role")}
        try:
            services.append(
                files.read_service(
                    {**own, **row["content"]},
                    room=row.get("room", ""),
                    source=row.get("source", "house"),
                    region=row.get("region", ""),
                )
            )
        except (ValueError, KeyError, TypeError) as error:
            faults.append(FieldError(str(row.get("code", "?")), "invalid", str(error)))
    if faults:
        raise InvalidInput(faults)
    return Definitions(services, [files.read_event(row) for row in data.get("events", ())])


def _switch(rows: list[Mapping[str, Any]]) -> int:
    count = 0
    for enabled in (True, False):
        codes = [row["code"] for row in rows if row.get("enabled", True) is enabled]
        count += PublicService.objects.filter(code__in=codes, enabled=not enabled).update(enabled=enabled)
    return count


def _competences(rows: Any) -> int:
    departments = dict(Organisation.objects.filter(key__isnull=False).values_list("key", "pk"))
    units = dict(Unit.objects.values_list("key", "pk"))
    regions = set(Region.objects.values_list("code", flat=True))
    services = dict(PublicService.objects.values_list("code", "pk"))
    present = {_key_of(row) for row in Competence.objects.all()}
    faults, new = [], []
    for number, row in enumerate(rows):
        unknown = [
            name
            for name, known in (
                ("department", departments),
                ("unit", units),
                ("region", regions),
                ("service", services),
            )
            if row.get(name) and row[name] not in known
        ]
        if unknown:
            faults += [
                FieldError(f"competences/{number}/{name}", "unknown", _("This key is not known here."))
                for name in unknown
            ]
            continue
        made = Competence(
            service_id=services.get(row.get("service", "")),
            department_role=row.get("department_role", ""),
            region_id=row["region"],
            department_id=departments[row["department"]],
            unit_id=units.get(row.get("unit", "")),
            condition=row.get("condition", ""),
            priority=row.get("priority", 0),
            valid_from=dt.date.fromisoformat(row["valid_from"]),
            valid_to=dt.date.fromisoformat(row["valid_to"]) if row.get("valid_to") else None,
            note=row.get("note", ""),
        )
        if _key_of(made) not in present:
            new.append(made)
    if faults:
        raise InvalidInput(faults)
    Competence.objects.bulk_create(new)
    return len(new)


def _key_of(row: Competence) -> tuple[Any, ...]:
    return (
        row.service_id,
        row.department_role,
        row.region_id,
        row.department_id,
        row.unit_id,
        row.condition,
        row.priority,
        row.valid_from,
        row.valid_to,
    )
