"""Departments and units as a section of the configuration. What stands here already is never overwritten."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from egov.identity import rules
from egov.identity.actions.common import require
from egov.identity.actions.departments import open_department, open_unit
from egov.identity.models import Organisation, OrganisationKind, Unit
from egov.kernel.actor import Actor
from egov.kernel.configuration import Entry, Outcome, Section, sections


def export() -> dict[str, Any]:
    """Open departments, each after the one above it, and their open units."""
    departments = Organisation.objects.filter(kind=OrganisationKind.DEPARTMENT, dissolved_on__isnull=True)
    units = Unit.objects.filter(closed_on__isnull=True, department__dissolved_on__isnull=True)
    rows = list(departments.select_related("party", "parent"))
    return {
        "departments": [_department(row) for row in sorted(rows, key=_depth_and_key(rows))],
        "units": [_unit(row) for row in units.select_related("department", "parent").order_by("key")],
    }


def load(actor: Actor, data: Mapping[str, Any]) -> list[Entry]:
    """Open what is missing. For administrators of the platform."""
    require(rules.may_administer_platform(actor))
    return [*_load_departments(actor, data["departments"]), *_load_units(actor, data["units"])]


def _load_departments(actor: Actor, rows: list[dict[str, Any]]) -> list[Entry]:
    present = {
        row.key: row
        for row in Organisation.objects.filter(key__in=[each["key"] for each in rows]).select_related("party", "parent")
    }
    found = []
    for row in rows:
        here = present.get(row["key"])
        if here is None:
            open_department(
                actor,
                key=row["key"],
                full_name=row["name"],
                short_name=row["short_name"],
                level=row["level"],
                region_code=row["region"],
                parent_key=row["parent"],
                address=row["address"],
                phone=row["phone"],
                office_hours=row["office_hours"],
            )
            found.append(Entry(row["key"], Outcome.ADDED))
        elif _department(here) != row:
            found.append(Entry(row["key"], Outcome.KEPT, _differing(_department(here), row)))
    return found


def _load_units(actor: Actor, rows: list[dict[str, Any]]) -> list[Entry]:
    keys = [each["key"] for each in rows]
    present = {row.key: row for row in Unit.objects.filter(key__in=keys).select_related("department", "parent")}
    departments = dict(Organisation.objects.filter(key__isnull=False).values_list("key", "pk"))
    opened: dict[str, int] = {key: row.pk for key, row in present.items()}
    found = []
    for row in sorted(rows, key=lambda each: (each["parent"] != "", each["key"])):
        here = present.get(row["key"])
        if here is None:
            unit = open_unit(
                actor,
                department_id=departments[row["department"]],
                key=row["key"],
                name=row["name"],
                parent_id=opened.get(row["parent"]),
                region_code=row["region"],
                is_service_hall=row["is_service_hall"],
                phone=row["phone"],
            )
            opened[unit.key] = unit.pk
            found.append(Entry(row["key"], Outcome.ADDED))
        elif _unit(here) != row:
            found.append(Entry(row["key"], Outcome.KEPT, _differing(_unit(here), row)))
    return found


def _department(row: Organisation) -> dict[str, Any]:
    return {
        "key": row.key,
        "name": dict(row.full_name),
        "short_name": dict(row.short_name),
        "level": row.level,
        "region": row.party.region_id or "",
        "parent": (row.parent.key or "") if row.parent else "",
        "address": row.address,
        "phone": row.phone,
        "office_hours": dict(row.office_hours or {}),
    }


def _unit(row: Unit) -> dict[str, Any]:
    return {
        "key": row.key,
        "department": row.department.key,
        "name": dict(row.name),
        "parent": row.parent.key if row.parent else "",
        "region": row.region_id or "",
        "is_service_hall": row.is_service_hall,
        "phone": row.phone,
    }


def _depth_and_key(rows: list[Organisation]) -> Any:
    above = {row.pk: row.parent_id for row in rows}

    def depth(pk: int | None) -> int:
        return 0 if pk is None else 1 + depth(above.get(pk))

    return lambda row: (depth(row.pk), row.key or "")


def _differing(here: Mapping[str, Any], there: Mapping[str, Any]) -> str:
    return ", ".join(name for name, value in here.items() if there.get(name) != value)


sections.add("departments", Section("departments", _("Departments and units"), 10, export, load))
