"""Versions of a service: draft → reviewed → published → retired. Whoever wrote any of it neither reviews nor publishes."""

from collections.abc import Callable, Mapping
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from egov.catalogue import queries, rules
from egov.catalogue.actions.permissions import must_configure
from egov.catalogue.models import EventVersion, PublicService, ServiceVersion, VersionState
from egov.contracts.catalogue import CatalogueChanged
from egov.journal import actions as journal
from egov.kernel import clock, outbox
from egov.kernel.actor import Actor
from egov.kernel.authorship import writers
from egov.kernel.errors import (
    DefinitionChanged,
    FieldError,
    InvalidInput,
    NotFound,
    TransitionNotAllowed,
)
from egov.kernel.refs import VERSIONS, Ref
from egov.law import queries as law

# Columns with what shall stand there, or what makes them of the content as it stands under the lock: an act by
# intention ("take this question out") loses nothing that somebody else wrote meanwhile.
Changes = Mapping[str, Any] | Callable[[Mapping[str, Any]], Mapping[str, Any]]

# state -> acts that are possible in it
MOVES = {
    VersionState.DRAFT: frozenset({"edit", "review"}),
    VersionState.REVIEWED: frozenset({"edit", "publish"}),
    VersionState.PUBLISHED: frozenset({"retire"}),
    VersionState.RETIRED: frozenset(),
}


@transaction.atomic
def draft_version(
    actor: Actor, *, code: str, changes: Mapping[str, Any], change_reason: str, based_on: int | None = None
) -> ServiceVersion:
    """A new draft: the published version (or ``based_on``, a version id) with ``changes`` to its content columns.

    One draft at a time beside those that came from files. Raises ``NotPermitted``, ``NotFound``, ``InvalidInput``,
    ``TransitionNotAllowed``.
    """
    service = _lock_service(code)
    must_configure(actor, service)
    base = queries.version(based_on) if based_on is not None else queries.published(code)
    if base.service_id != service.pk:
        raise NotFound()
    waiting = service.versions.filter(state__in=(VersionState.DRAFT, VersionState.REVIEWED))
    if waiting.exclude(loaded_hash__gt="", writer_ids=[]).exists():
        raise TransitionNotAllowed(_("There is already a draft; edit that one."))
    content = {**queries.content_of(base), **_known_columns(changes)}
    row = ServiceVersion.objects.create(
        service=service,
        number=_next_number(service),
        state=VersionState.DRAFT,
        change_reason=change_reason,
        writer_ids=writers(actor),
        **with_basis_texts(content),
    )
    journal.record(actor, "catalogue.draft", *_refs(row), reason=change_reason[:200], content=sorted(changes))
    return row


@transaction.atomic
def edit_draft(
    actor: Actor, *, version_id: int, changes: Mapping[str, Any], revision: int | None = None
) -> ServiceVersion:
    """Change a draft; a reviewed version becomes a draft again, and whoever edits it one of its writers.

    ``revision``: the one the changes were made from. Raises ``NotPermitted``, ``NotFound``, ``InvalidInput``,
    ``TransitionNotAllowed``, ``DefinitionChanged``.
    """
    row = _lock(version_id)
    must_configure(actor, row.service)
    _must_allow(row, "edit")
    must_be_as_read(row, revision)
    for name, value in with_basis_texts(_known_columns(changes)).items():
        setattr(row, name, value)
    row.state = VersionState.DRAFT
    row.revision += 1
    row.writer_ids, row.reviewed_by_id = writers(actor, before=row.writer_ids), None
    row.save()
    queries.kept.moved()
    journal.record(actor, "catalogue.edit_draft", *_refs(row), content=sorted(changes))
    return row


@transaction.atomic
def design_version(actor: Actor, *, version_id: int, changes: Changes, revision: int | None = None) -> ServiceVersion:
    """As ``edit_draft``, for changes made piece by piece: what was wrong may wait, a new fault is refused.

    Raises as ``edit_draft``; ``InvalidInput`` names the place of each new fault.
    """
    row = _lock(version_id)
    must_configure(actor, row.service)
    must_be_as_read(row, revision)
    before = queries.content_of(row)
    changes = made_of(changes, before)
    known = queries.known()
    present = {(each.path, str(each.message)) for each in rules.check_definition(before, known)}
    after = rules.check_definition({**before, **_known_columns(changes)}, known)
    new = [each for each in after if (each.path, str(each.message)) not in present]
    # That the parts do not fit together yet is said before review; they are put in one after the other. But nobody
    # takes away what another part asks about.
    new = [each for each in new if each.path.partition("/")[0] in changes or each.code == rules.UNANSWERABLE]
    if new:
        raise InvalidInput(new)
    return edit_draft(actor, version_id=version_id, changes={**changes, **_depth(before, changes)})


def _depth(before: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    """A service is online from the day it has a form and a way to a decision."""
    content = {**before, **changes}
    fileable = content["form"] is not None and (content["plan"] is not None or content["auto_decision"] is not None)
    if fileable and content["online_depth"] == 1:
        return {"online_depth": 4}
    return {}


@transaction.atomic
def review_version(actor: Actor, *, version_id: int, revision: int | None = None) -> ServiceVersion:
    """Confirm a draft as it was read (``revision``): it has no fault, and the actor wrote none of it.

    Raises ``InvalidInput`` with every fault, ``NotPermitted``, ``TransitionNotAllowed``, ``DefinitionChanged``.
    """
    row = _lock(version_id)
    must_configure(actor, row.service)
    _must_allow(row, "review")
    must_be_as_read(row, revision)
    row.must_be_of_others(actor, says=_("Whoever wrote a version does not review it."))
    known = queries.known()
    faults = rules.check_definition(queries.content_of(row), known)
    faults += list(_unknown_services(row))
    if faults:
        raise InvalidInput(faults, _("The version has faults and cannot be reviewed."))
    row.state, row.reviewed_by_id = VersionState.REVIEWED, actor.party_id
    row.save(update_fields=["state", "reviewed_by_id"])
    queries.kept.moved()
    journal.record(actor, "catalogue.review", *_refs(row))
    return row


@transaction.atomic
def publish_version(actor: Actor, *, version_id: int, revision: int | None = None) -> ServiceVersion:
    """Put a reviewed version into force; the one before is retired and stays for the cases filed under it.

    ``revision``: the one that was read. Raises ``NotPermitted`` (also for who wrote any of it),
    ``TransitionNotAllowed``, ``DefinitionChanged``.
    """
    row = _lock(version_id)
    must_configure(actor, row.service)
    _must_allow(row, "publish")
    must_be_as_read(row, revision)
    row.must_be_of_others(actor, says=_("Whoever wrote a version does not publish it."))
    retire_published([row.service_id])
    row.state, row.published_at = VersionState.PUBLISHED, clock.now()
    row.valid_from = row.valid_from or clock.today()
    row.valid_to = None
    row.save(update_fields=["state", "published_at", "valid_from", "valid_to"])
    _changed(row.service.code)
    journal.record(actor, "catalogue.publish", *_refs(row), content=row.number)
    return row


@transaction.atomic
def retire_version(actor: Actor, *, version_id: int, reason: str) -> ServiceVersion:
    """Take the published version out of force without a successor; nobody finds the service any more."""
    row = _lock(version_id)
    must_configure(actor, row.service)
    _must_allow(row, "retire")
    row.state, row.valid_to = VersionState.RETIRED, clock.today()
    row.save(update_fields=["state", "valid_to"])
    _changed(row.service.code)
    journal.record(actor, "catalogue.retire", *_refs(row), reason=reason[:200])
    return row


@transaction.atomic
def set_enabled(actor: Actor, *, code: str, enabled: bool, reason: str = "") -> PublicService:
    """Switch a service off (nobody can file it; open cases go on) or on again. Raises ``NotPermitted``, ``NotFound``."""
    service = _lock_service(code)
    must_configure(actor, service)
    if service.enabled != enabled:
        service.enabled = enabled
        service.save(update_fields=["enabled"])
        _changed(code)
        action = "catalogue.enable" if enabled else "catalogue.disable"
        journal.record(actor, action, Ref("service", code), reason=reason[:200])
    return service


def made_of(changes: Changes, content: Mapping[str, Any]) -> Mapping[str, Any]:
    """``changes`` as columns."""
    return changes(content) if callable(changes) else changes


def must_be_as_read(row: ServiceVersion | EventVersion, revision: int | None) -> None:
    """Raises ``DefinitionChanged`` when the locked row was edited since ``revision``; None asks nothing."""
    if revision is not None and revision != row.revision:
        raise DefinitionChanged(row.written_by_id)


def retire_published(service_ids: list[int]) -> None:
    """Retire what is published of these services, as of today."""
    ServiceVersion.objects.filter(service_id__in=service_ids, state=VersionState.PUBLISHED).update(
        state=VersionState.RETIRED, valid_to=clock.today()
    )


def with_basis_texts(content: Mapping[str, Any]) -> dict[str, Any]:
    """``content`` with each citation of the legal basis written out, as it is read on the day it is kept."""
    if "legal_basis" not in content:
        return dict(content)
    rows = [
        {**row, "text": law.citation_text(row["instrument"], str(row.get("article", "")))}
        if row.get("instrument")
        else row
        for row in content["legal_basis"]
    ]
    return {**content, "legal_basis": rows}


def _known_columns(changes: Mapping[str, Any]) -> dict[str, Any]:
    unknown = sorted(set(changes) - set(rules.CONTENT_FIELDS))
    if unknown:
        raise InvalidInput(FieldError(name, "unknown", _("This is no part of a version.")) for name in unknown)
    return dict(changes)


def _unknown_services(row: ServiceVersion) -> list[FieldError]:
    wanted = {code for group in row.depends_on for code in group}
    found = set(PublicService.objects.filter(code__in=wanted).values_list("code", flat=True))
    message = _("There is no such service.")
    return [FieldError("depends_on", "unknown", message) for _code in sorted(wanted - found)]


def _next_number(service: PublicService) -> int:
    return int(service.versions.aggregate(last=Max("number"))["last"] or 0) + 1


def _lock_service(code: str) -> PublicService:
    row = PublicService.objects.select_for_update(of=("self",)).filter(code=code).first()
    if row is None:
        raise NotFound(_("There is no such service."), code="service_missing")
    return row


def _lock(version_id: int) -> ServiceVersion:
    """The version and its service, both locked: two publications of one service follow each other."""
    rows = ServiceVersion.objects.select_for_update(of=("self", "service")).select_related("service")
    row = rows.filter(pk=version_id).first()
    if row is None:
        raise NotFound(_("There is no such version."), code="version_missing")
    return row


def _must_allow(row: ServiceVersion, move: str) -> None:
    if move not in MOVES[VersionState(row.state)]:
        raise TransitionNotAllowed()


def _changed(code: str) -> None:
    queries.kept.moved()
    outbox.emit(CatalogueChanged(services=[code], events=[]))


def _refs(row: ServiceVersion) -> tuple[Ref, ...]:
    code = row.service.code
    return Ref("service", code), Ref("service_version", f"{code}/{row.number}"), VERSIONS
