"""The whole configuration of the catalogue under stable keys, to take it to another instance."""

from collections.abc import Iterator
from typing import Any

from egov.catalogue import rules
from egov.catalogue.models import Competence, Event, ServiceVersion, VersionState

FORMAT = 1


def export_configuration() -> dict[str, Any]:
    """Published services, events (also those taken out of force) and competences, by code and key; the same content
    gives the same value."""
    return {
        "format": FORMAT,
        "services": list(_services()),
        "events": list(_events()),
        "competences": list(_competences()),
    }


def defined_content(row: ServiceVersion) -> dict[str, Any]:
    """What a version says, as a definition says it: citations are not written out."""
    content = {name: getattr(row, name) for name in rules.CONTENT_FIELDS}
    content["legal_basis"] = [
        {name: value for name, value in each.items() if name != "text"} if each.get("instrument") else each
        for each in row.legal_basis
    ]
    return content


def _services() -> Iterator[dict[str, Any]]:
    rows = ServiceVersion.objects.filter(state=VersionState.PUBLISHED).select_related("service")
    for row in rows.order_by("service__code").iterator(chunk_size=200):
        content = {name: value for name, value in defined_content(row).items() if value != rules.CONTENT_FIELDS[name]}
        yield {
            "code": row.service.code,
            "mode": row.service.mode,
            "room": row.service.room,
            "department_role": row.service.department_role,
            "source": row.service.source,
            "region": row.service.region_id or "",
            "enabled": row.service.enabled,
            "content": content,
        }


def _events() -> Iterator[dict[str, Any]]:
    for row in Event.objects.order_by("code"):
        yield {
            "code": row.code,
            "kind": row.kind,
            "name": row.name,
            "summary": row.summary,
            "needs": row.needs,
            "definition": row.definition,
            "lead_role": row.lead_role,
            "order": row.order,
            **({} if row.is_offered else {"withdrawn": True}),
        }


def _competences() -> Iterator[dict[str, Any]]:
    rows = Competence.objects.select_related("service", "department", "unit").filter(department__key__isnull=False)
    found = [
        {
            "service": row.service.code if row.service else "",
            "department_role": row.department_role,
            "region": row.region_id,
            "department": row.department.key,
            "unit": row.unit.key if row.unit else "",
            "condition": row.condition,
            "priority": row.priority,
            "valid_from": row.valid_from.isoformat(),
            "valid_to": row.valid_to.isoformat() if row.valid_to else None,
            "note": row.note,
        }
        for row in rows
    ]
    yield from sorted(found, key=lambda row: [str(value) for value in row.values()])
