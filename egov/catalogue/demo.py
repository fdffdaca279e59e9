"""The catalogue of the demonstration city: law, definitions, and which department handles what where."""

import datetime as dt
from collections.abc import Iterator

from django.db import transaction

from egov.catalogue import actions, queries
from egov.catalogue.models import Competence, ServiceVersion, VersionState
from egov.identity.models import Organisation, OrganisationKind, RegionLevel, Unit
from egov.journal import actions as journal
from egov.kernel.actor import SYSTEM
from egov.kernel.refs import Ref
from egov.law import actions as law

SINCE = dt.date(2020, 1, 1)  # before the year of history the demonstration lays


@transaction.atomic
def lay_catalogue() -> int:
    """Load law and definitions and give each function of the city to its departments; how many rows were new.

    Departments, units and regions must stand. Laying it twice changes nothing.
    """
    law.load_law(SYSTEM)
    report = actions.load_definitions(SYSTEM)
    present = {
        (row.service_id, row.department_role, row.region_id, row.department_id) for row in Competence.objects.all()
    }
    departments = _departments()
    wanted = [*_by_function(departments), *_of_the_city(departments)]
    new = [
        row for row in wanted if (row.service_id, row.department_role, row.region_id, row.department_id) not in present
    ]
    Competence.objects.bulk_create(new)
    if new:
        queries.kept.moved()
        journal.record(SYSTEM, "catalogue.lay_competences", Ref("catalogue", "demonstration"), content=len(new))
    return len(report.changed) + len(new)


class _Seat:
    """A department with what its key says: ``jz.linjiang.market`` does the function ``market``."""

    def __init__(self, row: Organisation, unit_id: int | None) -> None:
        self.role = str(row.key).rpartition(".")[2]
        self.region = row.party.region_id or ""
        self.level = row.level
        self.department_id = row.pk
        self.unit_id = unit_id


def _departments() -> list[_Seat]:
    units: dict[int, int] = {}
    for pk, department_id, key in (
        Unit.objects.filter(closed_on=None).order_by("pk").values_list("pk", "department_id", "key")
    ):
        if key.endswith(".services") or department_id not in units:
            units[department_id] = pk
    rows = Organisation.objects.filter(kind=OrganisationKind.DEPARTMENT, key__isnull=False, dissolved_on=None)
    return [
        _Seat(row, units.get(row.pk)) for row in rows.select_related("party").order_by("key") if row.party.region_id
    ]


def _by_function(departments: list[_Seat]) -> Iterator[Competence]:
    """Each department handles the services of its function in its region."""
    for seat in departments:
        yield _row(seat, department_role=seat.role)


def _of_the_city(departments: list[_Seat]) -> Iterator[Competence]:
    """Services kept at the level of the city are not the districts', though these have the function too."""
    in_districts = {seat.role for seat in departments if seat.level == RegionLevel.DISTRICT}
    cities = {seat.role: seat for seat in departments if seat.level == RegionLevel.CITY}
    rows = ServiceVersion.objects.filter(state=VersionState.PUBLISHED, level="city", service__source="house")
    found = rows.order_by("service__code").values_list("service_id", "service__department_role")
    for service_id, role in found:
        if role in in_districts and role in cities:
            yield _row(cities[role], service_id=service_id, note="市级统一办理")


def _row(seat: _Seat, *, service_id: int | None = None, department_role: str = "", note: str = "") -> Competence:
    return Competence(
        service_id=service_id,
        department_role=department_role,
        region_id=seat.region,
        department_id=seat.department_id,
        unit_id=seat.unit_id,
        valid_from=SINCE,
        note=note,
    )
