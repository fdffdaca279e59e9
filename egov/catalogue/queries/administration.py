"""What administrators read of the catalogue: what they may configure, versions in work, rules, grants, figures."""

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Subquery
from django.utils.translation import gettext_lazy as _

from egov.catalogue import rules
from egov.catalogue.models import (
    Competence,
    PublicService,
    ServiceUserObjectPermission,
    ServiceVersion,
    VersionState,
)
from egov.catalogue.queries.reading import FILEABLE, HEAVY, competence_rows, content_of, is_for, kept
from egov.catalogue.rules import CompetenceRow, Difference
from egov.identity.queries import Scope, scope_of
from egov.kernel import clock
from egov.kernel.actor import Actor
from egov.kernel.errors import NotFound
from egov.kernel.text import LocalisedText

IN_WORK = (VersionState.DRAFT, VersionState.REVIEWED)


@dataclass(frozen=True)
class Numbers:
    """How much of the catalogue can be filed here, for the console."""

    services: int
    listed: int
    fileable: int
    disabled: int
    imported: int
    drafts: int
    by_mode: dict[str, dict[str, int]] = field(default_factory=dict)


def version_numbered(code: str, number: int) -> ServiceVersion:
    """Raises ``NotFound``."""
    row = versions_of(code).filter(number=number).first()
    if row is None:
        raise NotFound(_("There is no such service."), code="service_missing")
    return row


def version_before(row: ServiceVersion) -> ServiceVersion | None:
    """What a version is compared with: the one in force, for a version in work; else the one before it."""
    others = ServiceVersion.objects.filter(service_id=row.service_id).exclude(pk=row.pk)
    if row.state in (VersionState.DRAFT, VersionState.REVIEWED):
        return others.filter(state=VersionState.PUBLISHED).first()
    return others.filter(number__lt=row.number).order_by("-number").first()


def rows_for(service: PublicService) -> list[CompetenceRow]:
    """The rules in force today that name the service or its function, in any region."""
    today = clock.today()
    return [row for row in competence_rows() if row.holds_on(today) and is_for(row, service)]


def may_configure(actor: Actor, service: PublicService) -> bool:
    """The platform's administrators configure every service, those of a department what it is competent for, and
    whoever was granted the service that one (one statement each for what was granted)."""
    scope = scope_of(actor)
    if actor.is_system or actor.has_role("platform_admin") or scope.is_platform:
        return True
    if any(scope.covers(row.department_id) for row in rows_for(service)):
        return True
    return service.pk in granted_services(actor)


def granted_services(actor: Actor) -> set[int]:
    """Keys of the services that the actor's account was let to configure."""
    if not actor.is_staff or actor.account_id is None:
        return set()
    rows = ServiceUserObjectPermission.objects.filter(user_id=actor.account_id)
    return set(rows.values_list("content_object_id", flat=True))


def service_grants() -> QuerySet[ServiceUserObjectPermission]:
    """Who was let to configure which service, newest first."""
    return ServiceUserObjectPermission.objects.select_related("user", "content_object").order_by("-pk")


def configurable(actor: Actor) -> QuerySet[PublicService]:
    """The services that the actor may configure (see ``may_configure``)."""
    scope = scope_of(actor)
    if scope.is_platform:
        return PublicService.objects.all()
    today = clock.today()
    own = [row for row in competence_rows() if row.holds_on(today) and scope.covers(row.department_id)]
    return PublicService.objects.filter(
        Q(pk__in={row.service_id for row in own if row.service_id})
        | Q(department_role__in={row.department_role for row in own if row.service_id is None})
        | Q(pk__in=granted_services(actor))
    )


def services_for_console(
    actor: Actor, *, text: str = "", mode: str = "", depth: str = "", state: str = ""
) -> QuerySet[PublicService]:
    """What the actor may configure, by code, with the version in force (``shown_name``, ``shown_number``) and
    whether another one is in work (``in_work``)."""
    current = ServiceVersion.objects.filter(service=OuterRef("pk"), state=VersionState.PUBLISHED)
    waiting = ServiceVersion.objects.filter(service=OuterRef("pk"), state__in=IN_WORK)
    rows = configurable(actor).annotate(
        shown_name=Subquery(current.values("name")[:1]),
        shown_number=Subquery(current.values("number")[:1]),
        in_work=Exists(waiting),
    )
    if text:
        named = ServiceVersion.objects.filter(
            Q(name__icontains=text) | Q(service__code__istartswith=text), state=VersionState.PUBLISHED
        )
        rows = rows.filter(pk__in=named.values("service"))
    if mode:
        rows = rows.filter(mode=mode)
    if depth in ("fileable", "listed"):
        fileable = ServiceVersion.objects.filter(FILEABLE, state=VersionState.PUBLISHED).values("service")
        rows = rows.filter(pk__in=fileable) if depth == "fileable" else rows.exclude(pk__in=fileable)
    if state in ("on", "off"):
        rows = rows.filter(enabled=state == "on")
    elif state == "in_work":
        rows = rows.filter(in_work=True)
    return rows.order_by("code")


def competences_of(service: PublicService) -> QuerySet[Competence]:
    """The rules of a service itself and of its function: those in force first, then the nearer ones."""
    rows = Competence.objects.filter(
        Q(service=service) | Q(service__isnull=True, department_role=service.department_role)
    )
    return rows.select_related("service", "region", "department", "unit").order_by(
        F("valid_to").desc(nulls_first=True), F("service").asc(nulls_last=True), "region", "-priority", "-pk"
    )


def competences_in(scope: Scope) -> QuerySet[Competence]:
    """The rules in force that name the scope's departments, by department and region."""
    rows = scope.narrow(Competence.objects.filter(_open_on(clock.today())), "department")
    return rows.select_related("service", "region", "department", "unit").order_by(
        "department__key", F("service__code").asc(nulls_first=True), "region", "-priority", "pk"
    )


def competences_found(rows: QuerySet[Competence], text: str) -> QuerySet[Competence]:
    """Those of ``rows`` whose service, function, department, unit or region is called like ``text``."""
    named = ("service__code", "department_role", "department__full_name", "unit__name", "region__name", "note")
    wanted = Q()
    for column in named:
        wanted |= Q(**{f"{column}__icontains": text})
    return rows.filter(wanted)


def _open_on(day: dt.date) -> Q:
    return Q(valid_to__isnull=True) | Q(valid_to__gte=day)


def competence(competence_id: int) -> Competence:
    """Raises ``NotFound``."""
    row = Competence.objects.select_related("service").filter(pk=competence_id).first()
    if row is None:
        raise NotFound()
    return row


def versions_of(code: str) -> QuerySet[ServiceVersion]:
    """All versions of a service, newest first."""
    return ServiceVersion.objects.filter(service__code=code).select_related("service").order_by("-number")


def drafts() -> QuerySet[ServiceVersion]:
    """Versions that wait for review or publication, oldest first."""
    return ServiceVersion.objects.filter(state__in=IN_WORK).select_related("service").order_by("pk")


def drafts_for(actor: Actor) -> QuerySet[ServiceVersion]:
    """Those of the services that the actor may configure."""
    return drafts().filter(service__in=configurable(actor)).defer(*HEAVY)


def differences(before: ServiceVersion, after: ServiceVersion) -> list[Difference]:
    """What a version changes against another one, place by place."""
    return rules.differences(content_of(before), content_of(after))


@kept.table
def asked_elements() -> dict[str, Mapping[str, Any]]:
    """How each data element is asked in the forms in force: one way, the same in all of them."""
    found: dict[str, Mapping[str, Any]] = {}
    rows = ServiceVersion.objects.filter(FILEABLE, state=VersionState.PUBLISHED).order_by("service__code")
    for form in rows.values_list("form", flat=True):
        for field_ in (form or {}).get("properties", {}).values():
            if field_.get("x-element"):
                found.setdefault(field_["x-element"], field_)
    return found


@kept.table
def askers() -> dict[str, list[str]]:
    """Data element → codes of the services whose forms in force ask for it, also in a group of rows."""
    found: dict[str, list[str]] = {}
    rows = ServiceVersion.objects.filter(FILEABLE, state=VersionState.PUBLISHED).order_by("service__code")
    for code, form in rows.values_list("service__code", "form"):
        for element in _elements_of(form or {}):
            if code not in found.setdefault(element, []):
                found[element].append(code)
    return found


@dataclass(frozen=True)
class OwnElement:
    """A data element that one service alone asks, as the question of its form in force says it."""

    key: str
    service: str
    name: LocalisedText
    meaning: LocalisedText
    schema: Mapping[str, Any]


@kept.table
def own_elements() -> tuple[OwnElement, ...]:
    """Beside the elements that services share (``registers.queries.elements``): the rest of the dictionary, by key."""
    rows = ServiceVersion.objects.filter(FILEABLE, state=VersionState.PUBLISHED).order_by("service__code")
    return tuple(
        OwnElement(
            key=rules.element_of(code, key, field_),
            service=code,
            name=field_["x-title"],
            meaning=field_.get("x-hint", {}),
            schema={name: value for name, value in field_.items() if not name.startswith("x-")},
        )
        for code, form in rows.values_list("service__code", "form")
        for key, field_ in sorted((form or {}).get("properties", {}).items())
        if "x-element" not in field_ and "x-material" not in field_
    )


def _elements_of(form: Mapping[str, Any]) -> Iterator[str]:
    for field_ in form.get("properties", {}).values():
        if field_.get("x-element"):
            yield str(field_["x-element"])
        if isinstance(field_.get("items"), Mapping):
            yield from _elements_of(field_["items"])


def numbers() -> Numbers:
    """The figures of the console page: how many services are only listed, how many can be filed."""
    rows = ServiceVersion.objects.filter(state=VersionState.PUBLISHED).values("service__mode").order_by()
    counted = rows.annotate(
        services=Count("pk"),
        fileable=Count("pk", filter=FILEABLE),
        disabled=Count("pk", filter=Q(service__enabled=False)),
        imported=Count("pk", filter=~Q(service__source="house")),
    )
    by_mode: dict[str, dict[str, int]] = {}
    for row in counted:
        counts: dict[str, Any] = dict(row)
        mode = str(counts.pop("service__mode"))
        by_mode[mode] = {**counts, "listed": counts["services"] - counts["fileable"]}

    def total(name: str) -> int:
        return sum(row[name] for row in by_mode.values())

    return Numbers(
        services=total("services"),
        listed=total("listed"),
        fileable=total("fileable"),
        disabled=total("disabled"),
        imported=total("imported"),
        drafts=drafts().count(),
        by_mode=by_mode,
    )
