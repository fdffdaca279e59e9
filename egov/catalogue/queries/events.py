"""What administrators read of events: all of them with their versions, and who may compose which."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from egov.catalogue import rules
from egov.catalogue.models import EventVersion, ServiceVersion, VersionState
from egov.catalogue.queries.administration import IN_WORK
from egov.catalogue.queries.reading import competence_rows, kept, published_many, services
from egov.catalogue.rules import Difference
from egov.identity.queries import scope_of
from egov.kernel import clock
from egov.kernel.actor import Actor
from egov.kernel.errors import NotFound
from egov.kernel.text import LocalisedText


@dataclass(frozen=True)
class EventLine:
    """One event in the list: what is in force, and what is in work."""

    code: str
    shown: EventVersion
    in_force: EventVersion | None
    in_work: EventVersion | None

    @property
    def services(self) -> int:
        return len(self.shown.definition.get("members", ()))

    @property
    def is_withdrawn(self) -> bool:
        return self.in_force is not None and self.in_force.withdraws


def events_for_console(*, kind: str = "", text: str = "") -> list[EventLine]:
    """Every event that is in force or in work, in the order in which they are shown (one statement)."""
    states = (VersionState.DRAFT, VersionState.REVIEWED, VersionState.PUBLISHED)
    lines: dict[str, dict[bool, EventVersion]] = {}
    for row in EventVersion.objects.filter(state__in=states).defer("needs").order_by("number"):
        lines.setdefault(row.code, {})[row.state == VersionState.PUBLISHED] = row
    found = [
        EventLine(code, rows.get(True) or rows[False], rows.get(True), rows.get(False)) for code, rows in lines.items()
    ]
    wanted = text.casefold()
    found = [
        line
        for line in found
        if (not kind or line.shown.kind == kind)
        and (not wanted or any(wanted in each.casefold() for each in (line.code, *line.shown.name.values())))
    ]
    return sorted(found, key=lambda line: (line.shown.order, line.code))


def event_drafts_for(actor: Actor) -> QuerySet[EventVersion]:
    """Versions that wait for approval or publication, of the events that the actor may compose, oldest first."""
    rows = EventVersion.objects.filter(state__in=IN_WORK).defer("needs", "definition").order_by("pk")
    return rows if may_compose(actor, "") else rows.filter(lead_role__in=functions_of(actor))


def event_versions(code: str) -> QuerySet[EventVersion]:
    """All versions of an event, newest first."""
    return EventVersion.objects.filter(code=code).order_by("-number")


def event_version(code: str, number: int) -> EventVersion:
    """Raises ``NotFound``."""
    row = event_versions(code).filter(number=number).first()
    if row is None:
        raise NotFound(_("There is no such version."), code="version_missing")
    return row


def event_version_before(row: EventVersion) -> EventVersion | None:
    """What a version is compared with: the one in force, for a version in work; else the one before it."""
    others = event_versions(row.code).exclude(pk=row.pk)
    if row.is_in_work:
        return others.filter(state=VersionState.PUBLISHED).first()
    return others.filter(number__lt=row.number).first()


def event_content(row: EventVersion) -> dict[str, Any]:
    """The content columns of a version as one value."""
    return {name: getattr(row, name) for name in rules.EVENT_FIELDS}


def event_differences(before: EventVersion, after: EventVersion) -> list[Difference]:
    """What a version changes against another one, place by place; what is computed when it is published is none."""
    return rules.differences(*(_composed(event_content(row)) for row in (before, after)))


def _composed(content: dict[str, Any]) -> dict[str, Any]:
    definition = {"given": {}, **content["definition"]}  # so that each answer differs by itself
    return {**content, "definition": {k: v for k, v in definition.items() if k != "longest"}}


def asked_by(codes: Iterable[str]) -> dict[str, list[Mapping[str, Any]]]:
    """How the forms in force of these services ask for each data element (what a group of rows asks is left out)."""
    found: dict[str, list[Mapping[str, Any]]] = {}
    for version in published_many(codes).values():
        for field in (version.form or {}).get("properties", {}).values():
            if field.get("x-element"):
                found.setdefault(str(field["x-element"]), []).append(field)
    return found


def may_compose(actor: Actor, lead_role: str, *more: str) -> bool:
    """The platform's administrators compose every event, those of a department the events that its functions lead."""
    return actor.is_system or actor.has_role("platform_admin") or {lead_role, *more} <= functions_of(actor)


def may_work_on(actor: Actor, row: EventVersion) -> bool:
    """Whether the actor may compose the event as this version has it and as it is in force."""
    return may_compose(actor, *lead_roles(row, event_versions(row.code).filter(state=VersionState.PUBLISHED)))


def lead_roles(row: EventVersion, versions: Iterable[EventVersion]) -> set[str]:
    """Who has a say in a version: its own lead, and the lead in force, from whom nobody takes the event."""
    present = event_in_force(versions)
    return {row.lead_role, present.lead_role if present else row.lead_role}


def event_in_force(versions: Iterable[EventVersion]) -> EventVersion | None:
    """The one of an event's ``versions`` that is in force."""
    return next((row for row in versions if row.state == VersionState.PUBLISHED), None)


def functions_of(actor: Actor) -> frozenset[str]:
    """The functions of the departments that the actor may configure."""
    scope, today = scope_of(actor), clock.today()
    rows = [row for row in competence_rows() if row.department_role and row.holds_on(today)]
    return frozenset(row.department_role for row in rows if scope.covers(row.department_id))


@kept.table
def functions() -> dict[str, LocalisedText]:
    """The functions that services name, each as the departments that do it are called, by key."""
    rows = ServiceVersion.objects.filter(state=VersionState.PUBLISHED, service__source="house")
    found = rows.exclude(service__department_role="").order_by("-service__department_role", "-service__code")
    return dict(reversed(list(found.values_list("service__department_role", "department_name"))))


def services_to_add(text: str, *, without: Collection[str] = ()) -> QuerySet[ServiceVersion]:
    """Published services that ``text`` names by code, name or department, those that can be filed here first."""
    rows = services(enabled=True).exclude(service__code__in=list(without))
    if text:
        wanted = Q(service__code__istartswith=text)
        for language in ("zh-Hans", "en"):
            wanted |= Q(**{f"name__{language}__icontains": text})
            wanted |= Q(**{f"department_name__{language}__icontains": text})
        rows = rows.filter(wanted)
    return rows.order_by("-online_depth", "service__code")
