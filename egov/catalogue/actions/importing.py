"""Items of other catalogues as listed services; importing a file again changes nothing."""

import re
from dataclasses import dataclass, field
from pathlib import Path

from django.db import transaction

from egov.catalogue import imports, queries
from egov.catalogue.actions.loading import LoadReport, load_services
from egov.catalogue.actions.permissions import must_be_platform
from egov.catalogue.files import ServiceFile
from egov.catalogue.imports import LineError
from egov.catalogue.models import PublicService
from egov.contracts.catalogue import CatalogueChanged
from egov.identity.models import Region, RegionLevel
from egov.journal import actions as journal
from egov.kernel import outbox
from egov.kernel.actor import Actor
from egov.kernel.errors import InvalidInput
from egov.kernel.refs import Ref


@dataclass
class ImportReport(LoadReport):
    """As ``LoadReport``, with the rows that were left out and why."""

    rows: int = 0
    errors: list[LineError] = field(default_factory=list)


@transaction.atomic
def import_items(actor: Actor, *, path: Path, source: str = "", region_name: str = "") -> ImportReport:
    """Import a file of items (JSON lines or CSV). A row with a fault is left out and reported; the others come in.

    ``source`` names the origin (default: the file's name); an item keeps to the source that brought it. Regions that
    are not known are added under ``region_name`` or their code. Raises ``NotPermitted``, ``InvalidInput`` when the file
    as a whole cannot be read.
    """
    must_be_platform(actor)
    origin = (source or f"import:{path.stem}")[:40]
    report = ImportReport()
    try:
        files = _read(path, origin, report)
    except (ValueError, OSError) as error:
        raise InvalidInput.at("path", "unreadable", str(error)) from error
    _add_regions({file.region for file in files}, region_name)
    own = PublicService.objects.filter(source=origin)
    load_services(files, {row.code: row for row in own}, report)
    if report.changed:
        queries.kept.moved()
        refs = Ref("catalogue", origin)
        journal.record(actor, "catalogue.import", refs, content=[report.rows, sorted(report.changed)])
        outbox.emit(CatalogueChanged(services=[], events=[]), queue="bulk")
    return report


def _read(path: Path, origin: str, report: ImportReport) -> list[ServiceFile]:
    taken = set(PublicService.objects.exclude(source=origin).values_list("code", flat=True))
    files: dict[str, ServiceFile] = {}
    for line, item in imports.read_items(path, source=origin):
        report.rows += 1
        if isinstance(item, LineError):
            report.errors.append(item)
            continue
        faults = imports.faults_of(item)
        if item.code in files:
            faults.append("this code stands in an earlier line")
        if item.code in taken:
            faults.append("this code belongs to a service from elsewhere")
        if faults:
            report.errors.append(LineError(line, item.code, "; ".join(faults)))
        else:
            files[item.code] = item
    return list(files.values())


def _add_regions(codes: set[str], name: str) -> None:
    wanted = {code for code in codes if re.fullmatch(r"\d{6,12}", code)}
    missing = sorted(wanted - set(Region.objects.filter(code__in=wanted).values_list("code", flat=True)))
    Region.objects.bulk_create(
        Region(code=code, name={"zh-Hans": name if name and len(missing) == 1 else code}, level=_level(code))
        for code in missing
    )
    if missing:
        queries.kept.moved()


def _level(code: str) -> str:
    if code[2:6] == "0000":
        return RegionLevel.PROVINCE
    if code[4:6] == "00":
        return RegionLevel.CITY
    return RegionLevel.DISTRICT if len(code) == 6 else RegionLevel.TOWNSHIP
