"""Definitions from files into the catalogue, in a few statements. Loading twice changes nothing."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, ClassVar

from django.db import transaction

from egov.catalogue import files, queries, rules
from egov.catalogue.actions.permissions import must_be_platform
from egov.catalogue.actions.versions import retire_published, with_basis_texts
from egov.catalogue.configuration import defined_content
from egov.catalogue.files import EventFile, ServiceFile
from egov.catalogue.models import Event, EventVersion, PublicService, ServiceVersion, VersionState
from egov.contracts.catalogue import CatalogueChanged
from egov.journal import actions as journal
from egov.kernel import clock, outbox
from egov.kernel.actor import Actor
from egov.kernel.authorship import writers
from egov.kernel.refs import Ref


@dataclass
class LoadReport:
    """Codes by what happened. ``drafted``: an administrator published a version of their own, the file waits beside it
    (see ``queries.differences``); so does what a person brings in. ``kept``: a version that a person wrote is in work
    here already, and comes first. ``refs`` name the versions made. ``way``: in which the definitions come, kept with
    their versions."""

    way: ClassVar[str] = "definition file"
    created: list[str] = field(default_factory=list)
    updated: list[str] = field(default_factory=list)
    drafted: list[str] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)
    refs: list[Ref] = field(default_factory=list)
    unchanged: int = 0

    @property
    def changed(self) -> list[str]:
        return [*self.created, *self.updated, *self.drafted]


@transaction.atomic
def load_definitions(actor: Actor, *, path: Path | None = None) -> LoadReport:
    """Load the services of all rooms and the events of life, or those under ``path``.

    A new service is published at once; a changed file replaces a version that came from a file, and waits as a draft
    beside one that an administrator published. Raises ``NotPermitted``, ``InvalidInput`` naming each file and fault.
    """
    must_be_platform(actor)
    definitions = files.read_definitions(path)
    codes = {file.code for file in definitions.services}
    present = {row.code: row for row in PublicService.objects.filter(source="house")}
    known = replace(queries.known(), services=codes | present.keys())
    files.check_definitions(definitions, known)
    report = LoadReport()
    load_services(definitions.services, present, report)
    load_events(definitions.events, report)
    if report.changed:
        refs = [Ref("service" if code in codes else "event", code) for code in report.changed]
        journal.record(actor, "catalogue.load", *refs, content=report.changed)
        queries.kept.moved()
        outbox.emit(CatalogueChanged(services=[], events=[]))
    return report


def load_services(
    found: list[ServiceFile], present: dict[str, PublicService], report: LoadReport, *, by: Actor | None = None
) -> None:
    """Bring ``found`` (checked) into the catalogue; ``present`` are the services they may already be.

    ``by``: the person who brings them in. Then each waits as a draft that this person wrote.
    """
    services = _services(found, present)
    versions: dict[int, list[Any]] = defaultdict(list)
    rows = ServiceVersion.objects.filter(service__in=[each.pk for each in services.values()])
    for row in rows.values_list("service_id", *_OF_VERSIONS, named=True):
        versions[row.service_id].append(row)
    composed = {
        row.service_id: rules.digest(defined_content(row))
        for row in rows.filter(state=VersionState.PUBLISHED).exclude(loaded_hash__gt="", writer_ids=[])
    }
    new: list[ServiceVersion] = []
    for file in found:
        service = services[file.code]
        earlier = versions[service.pk]
        if composed.get(service.pk) == file.digest or _is_known(file.digest, earlier, report.way):
            report.unchanged += 1
            continue
        if by is not None and _is_in_hand(earlier):
            report.kept.append(file.code)
            continue
        shipped = any(row.state == VersionState.PUBLISHED and _is_shipped(row) for row in earlier)
        waits = by is not None or (bool(earlier) and not shipped)
        (report.drafted if waits else report.updated if earlier else report.created).append(file.code)
        new.append(_version(file, service, _next_number(earlier), waits=waits, way=report.way, by=by))
        report.refs += (Ref("service", file.code), Ref("service_version", f"{file.code}/{new[-1].number}"))
    retire_published([row.service_id for row in new if row.state == VersionState.PUBLISHED])
    ServiceVersion.objects.bulk_create(new, batch_size=100)


def _services(found: list[ServiceFile], present: dict[str, PublicService]) -> dict[str, PublicService]:
    new, moved = [], []
    for file in found:
        wanted = {"mode": file.mode, "room": file.room, "department_role": file.department_role}
        row = present.get(file.code)
        if row is None:
            region = file.region or None
            new.append(PublicService(code=file.code, source=file.source, region_id=region, **wanted))
        elif any(getattr(row, name) != value for name, value in wanted.items()):
            for name, value in wanted.items():
                setattr(row, name, value)
            moved.append(row)
    PublicService.objects.bulk_create(new, batch_size=500)
    PublicService.objects.bulk_update(moved, ["mode", "room", "department_role"])
    if moved:
        queries.kept.moved()
    return {**present, **{row.code: row for row in new}}


# What is read of the versions there are, to know what a definition changes.
_OF_VERSIONS = ("number", "state", "loaded_hash", "change_reason", "writer_ids")


def _is_shipped(row: Any) -> bool:
    """As ``Authored.is_shipped``, of what was read."""
    return bool(row.loaded_hash) and not row.writer_ids


def _is_in_hand(versions: Iterable[Any]) -> bool:
    """Whether a version is in work that did not just come from a file."""
    return any(row.state in (VersionState.DRAFT, VersionState.REVIEWED) and not _is_shipped(row) for row in versions)


def _is_known(digest: str, versions: Iterable[Any], way: str) -> bool:
    """Whether a definition is in force, or is what came in last in this way.

    Not whether it ever came in: a file that goes back to what it said before has changed. And each way by itself: files
    that are loaded at every start say nothing new after a configuration from elsewhere has come in.
    """
    came = [row for row in versions if row.loaded_hash and row.change_reason == way]
    last = max(came, key=lambda row: row.number, default=None)
    return any(row.loaded_hash == digest for row in versions if row is last or row.state == VersionState.PUBLISHED)


def _next_number(versions: Iterable[Any]) -> int:
    return max((row.number for row in versions), default=0) + 1


def _version(
    file: ServiceFile, service: PublicService, number: int, *, waits: bool, way: str, by: Actor | None
) -> ServiceVersion:
    published = not waits
    return ServiceVersion(
        service=service,
        number=number,
        state=VersionState.PUBLISHED if published else VersionState.DRAFT,
        loaded_hash=file.digest,
        change_reason=way,
        writer_ids=writers(by) if by else [],
        valid_from=clock.today() if published else None,
        published_at=clock.now() if published else None,
        **with_basis_texts(file.content),
    )


def load_events(found: Iterable[EventFile], report: LoadReport, *, by: Actor | None = None) -> None:
    """Bring events (checked) into the catalogue and link their members; beside an edited one the file is a draft.

    ``by``: as for services.
    """
    present = {row.code: row for row in Event.objects.all()}
    versions: dict[str, list[Any]] = defaultdict(list)
    for version in EventVersion.objects.values_list("code", *_OF_VERSIONS, named=True):
        versions[version.code].append(version)
    new, changed, drafts = [], [], []
    for file in found:
        row = present.get(file.code)
        if _is_known(file.digest, versions[file.code], report.way) or (row is not None and _digest(row) == file.digest):
            report.unchanged += 1
        elif by is not None and _is_in_hand(versions[file.code]):
            report.kept.append(file.code)
        elif by is not None:
            drafts.append(file)
            report.drafted.append(file.code)
        elif row is None:
            new.append((Event(code=file.code, loaded_hash=file.digest, **file.content), file))
            report.created.append(file.code)
        elif is_as_loaded(row):
            for name, value in {**file.content, "loaded_hash": file.digest}.items():
                setattr(row, name, value)
            row.save()
            changed.append((row, file))
            report.updated.append(file.code)
        else:
            drafts.append(file)
            report.drafted.append(file.code)
    Event.objects.bulk_create([row for row, _file in new])
    _keep_versions([file for _row, file in new + changed], drafts, versions, report, by)
    _link(new + changed)


def is_as_loaded(row: Event) -> bool:
    """Whether an event is in force as it came in, and was not composed here."""
    return row.loaded_hash == _digest(row)


def _digest(row: Event) -> str:
    return rules.digest({name: getattr(row, name) for name in rules.EVENT_FIELDS})


def _keep_versions(
    in_force: list[EventFile],
    drafts: list[EventFile],
    versions: Mapping[str, list[Any]],
    report: LoadReport,
    by: Actor | None,
) -> None:
    published = EventVersion.objects.filter(code__in=[file.code for file in in_force], state=VersionState.PUBLISHED)
    published.update(state=VersionState.RETIRED)
    made = [
        EventVersion(
            code=file.code,
            number=_next_number(versions[file.code]),
            state=state,
            loaded_hash=file.digest,
            change_reason=report.way,
            writer_ids=writers(by) if by else [],
            published_at=clock.now() if state == VersionState.PUBLISHED else None,
            **file.content,
        )
        for files, state in ((in_force, VersionState.PUBLISHED), (drafts, VersionState.DRAFT))
        for file in files
    ]
    EventVersion.objects.bulk_create(made)
    for row in made:
        report.refs += (Ref("event", row.code), Ref("event_version", f"{row.code}/{row.number}"))


def _link(pairs: list[tuple[Event, EventFile]]) -> None:
    """Which services belong to which event, for those events that were written."""
    if not pairs:
        return
    codes = {code for _row, file in pairs for code in file.members}
    services = dict(PublicService.objects.filter(code__in=codes).values_list("code", "pk"))
    link = PublicService.events.through
    link.objects.filter(event_id__in=[row.pk for row, _file in pairs]).delete()
    link.objects.bulk_create(
        link(event_id=row.pk, publicservice_id=services[code]) for row, file in pairs for code in file.members
    )
