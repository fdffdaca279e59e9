"""Reading the catalogue. Published versions never change, so a process keeps them until the stamp moves."""

import datetime as dt
from collections import OrderedDict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from egov.catalogue import registry, rules
from egov.catalogue.models import (
    Competence,
    Event,
    EventVersion,
    PublicService,
    ServiceVersion,
    VersionState,
)
from egov.catalogue.rules import CompetenceRow, Known
from egov.identity import queries as identity
from egov.identity.models import Organisation
from egov.kernel import clock
from egov.kernel.errors import NotFound
from egov.kernel.memory import Kept
from egov.kernel.text import LocalisedText
from egov.law import queries as law
from egov.law.models import DecisionTable, Instrument, State
from egov.law.rules import ProcedureDefinition
from egov.registers import queries as registers

kept = Kept("catalogue")
KEPT_VERSIONS = 600

# Columns a list does not show.
HEAVY = (
    "form",
    "plan",
    "effects",
    "auto_decision",
    "auto_advice",
    "materials",
    "faq",
    "legal_basis",
    "rights",
    "conditions",
    "opinions",
    "letters",
    "needs",
)
FILEABLE = Q(form__isnull=False) & (Q(plan__isnull=False) | Q(auto_decision__isnull=False))


@dataclass(frozen=True)
class Relation:
    """A service named by another one, with its name."""

    code: str
    name: LocalisedText


@dataclass(frozen=True)
class Office:
    """A department that handles the service in the region, as the page of the service names it."""

    department_id: int
    key: str
    name: LocalisedText
    address: str
    phone: str
    office_hours: LocalisedText
    region: str


@dataclass(frozen=True)
class ServicePage:
    """Everything the page of a service shows; ``depends_on``: all groups are needed, of each group one."""

    version: ServiceVersion
    procedure: ProcedureDefinition | None
    events: list[Event]
    depends_on: list[list[Relation]]
    followed_by: list[Relation]
    offices: list[Office]
    basis: list[LocalisedText]


def published(code: str) -> ServiceVersion:
    """The published version of a service, with ``.service``. Raises ``NotFound``.

    A disabled service is found too (``version.service.enabled``): its open cases go on. Do not change the object:
    all requests of this process share it.
    """
    version_id = kept.get(("published", code), lambda: _published_id(code))
    return version(version_id)


def published_many(codes: Iterable[str]) -> dict[str, ServiceVersion]:
    """The published versions of those codes that have one, in at most two statements."""
    wanted = list(dict.fromkeys(codes))
    ids = {code: kept.peek(("published", code)) for code in wanted}
    missing = [code for code, found in ids.items() if found is None]
    if missing:
        rows = ServiceVersion.objects.filter(state=VersionState.PUBLISHED, service__code__in=missing)
        for row in rows.select_related("service"):
            _versions().put(row)
            ids[row.service.code] = kept.put(("published", row.service.code), row.pk)
    return {code: version(found) for code, found in ids.items() if found is not None}


def fileable() -> list[ServiceVersion]:
    """The published version of each service that can be filed here, in at most three statements."""
    rows = ServiceVersion.objects.filter(FILEABLE, state=VersionState.PUBLISHED, service__enabled=True)
    return list(published_many(rows.order_by("service__code").values_list("service__code", flat=True)).values())


def version(version_id: int) -> ServiceVersion:
    """One version by key, whatever its state, with ``.service``. Raises ``NotFound``. Shared; do not change it."""
    known = _versions()
    found = known.take(version_id)
    if found is None:
        found = ServiceVersion.objects.select_related("service").filter(pk=version_id).first()
        if found is None:
            raise NotFound(_("There is no such service."), code="service_missing")
        if found.state in (VersionState.PUBLISHED, VersionState.RETIRED):
            known.put(found)
    return found


def services(
    *,
    mode: str = "",
    audience: str = "",
    event: str = "",
    department_role: str = "",
    theme: str = "",
    item_type: str = "",
    source: str = "",
    fileable: bool | None = None,
    enabled: bool | None = True,
    codes: Collection[str] | None = None,
) -> QuerySet[ServiceVersion]:
    """Published versions for lists, by code, with ``.service``; what a list does not show is left behind."""
    wanted = {
        "service__mode": mode,
        "audience__contains": [audience] if audience else "",
        "service__events__code": event,
        "service__department_role": department_role,
        "themes__contains": [theme] if theme else "",
        "item_type": item_type,
        "service__source": source,
    }
    rows = ServiceVersion.objects.filter(
        state=VersionState.PUBLISHED, **{name: value for name, value in wanted.items() if value}
    )
    if enabled is not None:
        rows = rows.filter(service__enabled=enabled)
    if fileable is not None:
        rows = rows.filter(FILEABLE) if fileable else rows.exclude(FILEABLE)
    if codes is not None:
        rows = rows.filter(service__code__in=list(codes))
    return rows.select_related("service").defer(*HEAVY).order_by("service__code")


def service(code: str) -> PublicService:
    """Whatever its state. Raises ``NotFound``."""
    row = PublicService.objects.filter(code=code).first()
    if row is None:
        raise NotFound(_("There is no such service."), code="service_missing")
    return row


def events(kind: str = "") -> list[Event]:
    """What is offered: life events ("life"), business events ("business"), internal ones, or all, in their order."""
    return [row for row in all_events() if row.is_offered and (not kind or row.kind == kind)]


def all_events() -> list[Event]:
    """Those out of force too: what was filed under them goes on."""
    rows: list[Event] = kept.get("events", lambda: list(Event.objects.order_by("order", "code")))
    return rows


def event(code: str) -> Event:
    """One that was taken out of force is found too (``is_offered``). Raises ``NotFound``."""
    for row in all_events():
        if row.code == code:
            return row
    raise NotFound(_("There is no such life event."), code="event_missing")


@kept.table
def event_versions_in_force() -> dict[str, int]:
    """Code of an event → key of the version in force."""
    return dict(EventVersion.objects.filter(state=VersionState.PUBLISHED).values_list("code", "pk"))


def event_as_composed(version_id: int) -> Event:
    """The event as one of its versions has it, for what was filed under that one. Raises ``NotFound``."""
    row = EventVersion.objects.filter(pk=version_id).first()
    if row is None:
        raise NotFound(_("There is no such version."), code="version_missing")
    return Event(
        code=row.code,
        kind=row.kind,
        name=row.name,
        summary=row.summary,
        definition=row.definition,
        lead_role=row.lead_role,
    )


def service_page(code: str, region: str = "") -> ServicePage:
    """What the page of a service shows for ``region``, in at most four statements. Raises ``NotFound``."""
    shown = published(code)
    needed = {each for group in shown.depends_on for each in group}
    names = _names()
    following = [each for each, groups in _dependencies().items() if any(code in group for group in groups)]
    own = set(_events_of(shown.service_id))
    return ServicePage(
        version=shown,
        procedure=law.procedure(shown.procedure) if shown.procedure else None,
        events=[each for each in events() if each.pk in own],
        depends_on=[[Relation(each, names[each]) for each in group if each in names] for group in shown.depends_on],
        followed_by=[Relation(each, names[each]) for each in sorted(set(following) - needed) if each in names],
        offices=offices(shown.service, region),
        basis=[text for row in shown.legal_basis if (text := basis_text(row))],
    )


def basis_text(row: dict[str, Any]) -> LocalisedText:
    """How a row of the legal basis is read: as it stood when the version was loaded."""
    text: LocalisedText = row.get("text") or row.get("title") or {}
    return text


def offices(service: PublicService, region: str) -> list[Office]:
    """The departments that can be competent in ``region`` (nearest first, each once), else those of all regions."""
    today = clock.today()
    if region:
        rows = competences_for(service, region=region, on=today)
    else:
        rows = [row for row in competence_rows() if row.holds_on(today) and is_for(row, service)]
    ids = list(dict.fromkeys(row.department_id for row in rows))
    regions = {row.department_id: row.region for row in reversed(rows)}
    found = {row.pk: row for row in Organisation.objects.filter(pk__in=ids)}
    return [
        Office(
            department_id=pk,
            key=found[pk].key or "",
            name=found[pk].full_name,
            address=found[pk].address,
            phone=found[pk].phone,
            office_hours=found[pk].office_hours,
            region=regions[pk],
        )
        for pk in ids
        if pk in found
    ]


def competence_rows() -> list[CompetenceRow]:
    """All competences, kept in memory: some hundred rows, asked for with every case."""
    rows: list[CompetenceRow] = kept.get("competences", _load_competences)
    return rows


def competences_for(service: PublicService, *, region: str, on: dt.date) -> list[CompetenceRow]:
    """Rows that can apply to the service in ``region``, best first; conditions are for the caller to judge."""
    # Once per service: a case looks at a handful instead of all.
    rows: list[CompetenceRow] = kept.get(
        ("competences", service.pk), lambda: [row for row in competence_rows() if is_for(row, service)]
    )
    return rules.nearest_first(
        rows,
        service_id=service.pk,
        department_role=service.department_role,
        chain=identity.region_chain(region),
        on=on,
    )


def content_of(row: ServiceVersion) -> dict[str, Any]:
    """The content columns of a version as one value."""
    return {name: getattr(row, name) for name in rules.CONTENT_FIELDS}


def known() -> Known:
    """Keys that a definition may name, as they are now."""
    procedures = {each.key: each for each in law.procedures()}
    return Known(
        procedures=procedures.keys(),
        special_procedures={
            key: [special.key for special in each.special_procedures] for key, each in procedures.items()
        },
        letters={key: each.letters() for key, each in procedures.items()},
        instruments=set(Instrument.objects.values_list("key", flat=True)),
        tables=set(DecisionTable.objects.filter(state=State.PUBLISHED).values_list("key", flat=True)),
        effects=set(registry.effect_keys) or None,
        evidence=registers.evidence_types().keys() or None,
    )


class _Versions:
    """The versions read last, so many at most."""

    def __init__(self) -> None:
        self._rows: OrderedDict[int, ServiceVersion] = OrderedDict()

    def take(self, pk: int) -> ServiceVersion | None:
        return self._rows.get(pk)

    def put(self, row: ServiceVersion) -> None:
        self._rows[row.pk] = row
        while len(self._rows) > KEPT_VERSIONS:
            self._rows.popitem(last=False)


def _versions() -> _Versions:
    return kept.get("versions", _Versions)


def _published_id(code: str) -> int:
    row = (
        ServiceVersion.objects.select_related("service")
        .filter(state=VersionState.PUBLISHED, service__code=code)
        .first()
    )
    if row is None:
        raise NotFound(_("There is no such service."), code="service_missing")
    _versions().put(row)
    return row.pk


def _load_competences() -> list[CompetenceRow]:
    columns = (
        "id",
        "service_id",
        "department_role",
        "region_id",
        "department_id",
        "unit_id",
        "condition",
        "priority",
        "valid_from",
        "valid_to",
        "note",
    )
    return [CompetenceRow(*row) for row in Competence.objects.order_by("id").values_list(*columns)]


def is_for(row: CompetenceRow, service: PublicService) -> bool:
    if row.service_id is not None:
        return row.service_id == service.pk
    return row.department_role == service.department_role


def _names() -> dict[str, LocalisedText]:
    """Names of the services defined here; imported ones are never depended on."""
    rows = ServiceVersion.objects.filter(state=VersionState.PUBLISHED, service__source="house")
    return kept.get("names", lambda: dict(rows.values_list("service__code", "name")))


def _dependencies() -> dict[str, list[list[str]]]:
    rows = ServiceVersion.objects.filter(state=VersionState.PUBLISHED).exclude(depends_on=[])
    return kept.get("dependencies", lambda: dict(rows.values_list("service__code", "depends_on")))


def _events_of(service_id: int) -> Sequence[int]:
    links = PublicService.events.through.objects.filter(publicservice_id=service_id)
    return kept.get(("events of", service_id), lambda: list(links.values_list("event_id", flat=True)))
