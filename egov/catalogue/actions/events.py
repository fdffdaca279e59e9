"""Versions of a life or business event: draft → reviewed → published → retired.

Whoever wrote any of it neither reviews nor publishes it.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from egov.catalogue import queries, rules
from egov.catalogue.actions.loading import LoadReport, is_as_loaded
from egov.catalogue.actions.versions import MOVES, Changes, made_of, must_be_as_read
from egov.catalogue.files import EventFile
from egov.catalogue.models import Event, EventVersion, PublicService, ServiceVersion, VersionState
from egov.contracts.catalogue import CatalogueChanged
from egov.journal import actions as journal
from egov.kernel import clock, outbox
from egov.kernel.actor import Actor
from egov.kernel.authorship import writers
from egov.kernel.errors import FieldError, InvalidInput, NotFound, NotPermitted, TransitionNotAllowed
from egov.kernel.refs import VERSIONS, Ref
from egov.registers.models import DataElement


@transaction.atomic
def draft_event(
    actor: Actor, *, code: str, changes: Mapping[str, Any], change_reason: str = "", based_on: int | None = None
) -> EventVersion:
    """The first version of a new event, or the next one of an event in force (or ``based_on``, a version id).

    One draft at a time beside those that came from files. Raises ``NotPermitted``, ``NotFound``, ``InvalidInput``,
    ``TransitionNotAllowed``.
    """
    rows = list(EventVersion.objects.select_for_update(of=("self",)).filter(code=code))
    base = _base(rows, based_on)
    content = {**(queries.event_content(base) if base else rules.EVENT_FIELDS), **_known_columns(changes)}
    _must_compose(actor, content["lead_role"], *queries.lead_roles(base, rows) if base else ())
    if base is None and not rules.EVENT_CODE.match(code):
        raise InvalidInput.at("code", "invalid", _("A code is two capital letters and two digits, such as LE13."))
    _must_have_no_draft(rows)
    _raise_new_faults({}, content, at=("kind", "name", "summary"))
    row = _next_version(rows, code, content, change_reason=change_reason, writer_ids=writers(actor))
    journal.record(actor, "catalogue.draft_event", *_refs(row), reason=change_reason[:200])
    return row


@transaction.atomic
def draft_withdrawal(actor: Actor, *, code: str, reason: str) -> EventVersion:
    """A version that takes the event out of force: somebody else approves it, then it is published as any other.

    Raises ``NotPermitted``, ``NotFound``, ``InvalidInput`` without a reason, ``TransitionNotAllowed`` when the event is
    not in force or another version is in work.
    """
    rows = list(EventVersion.objects.select_for_update(of=("self",)).filter(code=code))
    if not rows:
        raise NotFound(_("There is no such life event."), code="event_missing")
    in_force = queries.event_in_force(rows)
    _must_compose(actor, (in_force or rows[0]).lead_role)
    if not reason.strip():
        raise InvalidInput.at("reason", "required", _("Say why it is taken out of force."))
    if in_force is None or in_force.withdraws:
        raise TransitionNotAllowed(_("The event is not in force."))
    _must_have_no_draft(rows)
    row = _next_version(
        rows,
        code,
        queries.event_content(in_force),
        withdraws=True,
        change_reason=reason.strip()[:200],
        writer_ids=writers(actor),
    )
    journal.record(actor, "catalogue.draft_withdrawal", *_refs(row), reason=row.change_reason)
    return row


@transaction.atomic
def edit_event(actor: Actor, *, version_id: int, changes: Changes, revision: int | None = None) -> EventVersion:
    """Change a draft. What was wrong may wait; a new fault is refused, with its place.

    A reviewed version becomes a draft again, and whoever edits it one of its writers. ``revision``: the one the changes
    were made from. Raises ``NotPermitted``, ``NotFound``, ``InvalidInput``, ``TransitionNotAllowed``, ``DefinitionChanged``.
    """
    row = _lock(actor, version_id, "edit")
    if row.withdraws:
        raise TransitionNotAllowed(_("This version takes the event out of force. Throw it away and write another one."))
    must_be_as_read(row, revision)
    before = queries.event_content(row)
    changes = _known_columns(made_of(changes, before))
    content = {**before, **changes}
    _must_compose(actor, content["lead_role"])
    _raise_new_faults(before, content)
    for name, value in content.items():
        setattr(row, name, value)
    row.state, row.reviewed_by_id = VersionState.DRAFT, None
    row.writer_ids = writers(actor, before=row.writer_ids)
    row.revision += 1
    row.save()
    journal.record(actor, "catalogue.edit_event", *_refs(row), content=sorted(changes))
    return row


@transaction.atomic
def review_event(actor: Actor, *, version_id: int, revision: int | None = None) -> EventVersion:
    """Confirm a draft as it was read (``revision``): it has no fault, and the actor wrote none of it.

    Raises ``InvalidInput`` with every fault, ``NotPermitted``, ``TransitionNotAllowed``, ``DefinitionChanged``.
    """
    row = _lock(actor, version_id, "review")
    must_be_as_read(row, revision)
    row.must_be_of_others(actor, says=_("Whoever wrote a version does not review it."))
    faults = faults_of_event(row)
    if faults:
        raise InvalidInput(faults, _("The version has faults and cannot be reviewed."))
    row.state, row.reviewed_by_id = VersionState.REVIEWED, actor.party_id
    row.save(update_fields=["state", "reviewed_by_id"])
    journal.record(actor, "catalogue.review_event", *_refs(row))
    return row


@transaction.atomic
def publish_event(actor: Actor, *, version_id: int, revision: int | None = None) -> EventVersion:
    """Put a reviewed version into force: it is found, and new drafts are made of it; those begun keep theirs.

    One that ``withdraws`` the event takes it out of force: nobody finds it or begins it any more, what was begun under
    it goes on, and a later version can put it into force again. Raises ``NotPermitted`` (also for who wrote any of
    it), ``TransitionNotAllowed``, ``DefinitionChanged``.
    """
    row = _lock(actor, version_id, "publish")
    must_be_as_read(row, revision)
    row.must_be_of_others(actor, says=_("Whoever wrote a version does not publish it."))
    _put_into_force(row)
    outbox.emit(CatalogueChanged(services=[], events=[row.code]))
    action, reason = (
        ("catalogue.withdraw_event", row.change_reason) if row.withdraws else ("catalogue.publish_event", "")
    )
    journal.record(actor, action, *_refs(row), reason=reason, content=row.number)
    return row


def _put_into_force(row: EventVersion) -> None:
    published = EventVersion.objects.filter(code=row.code, state=VersionState.PUBLISHED)
    if row.withdraws:  # what is in force by now, whatever it was when the version was drafted
        for name, value in queries.event_content(published.get()).items():
            setattr(row, name, value)
    published.update(state=VersionState.RETIRED)
    codes = [member["service"] for member in row.definition.get("members", ())]
    row.definition = {**row.definition, "longest": rules.longest_way(row.definition, _promised_days(codes))}
    row.state, row.published_at = VersionState.PUBLISHED, clock.now()
    row.save()
    withdrawn_at = row.published_at if row.withdraws else None
    event, _new = Event.objects.update_or_create(
        code=row.code,
        defaults={
            **queries.event_content(row),
            "loaded_hash": row.loaded_hash if row.is_shipped else "",
            "withdrawn_at": withdrawn_at,
        },
    )
    event.services.set(PublicService.objects.filter(code__in=codes))
    queries.kept.moved()


def withdraw_imported(files: Iterable[EventFile], report: LoadReport, *, by: Actor | None = None) -> int:
    """Take out of force, of these events, those that are in force here; how many are out of it now.

    Of one that was composed here, and of each that a person brings in (``by``), a version that takes it out of force
    waits for a second person.
    """
    digests = {file.code: file.digest for file in files}
    events = Event.objects.in_bulk(digests, field_name="code")
    versions: dict[str, list[EventVersion]] = defaultdict(list)
    for row in EventVersion.objects.select_for_update(of=("self",)).filter(code__in=digests):
        versions[row.code].append(row)
    taken = 0
    for code, rows in versions.items():
        in_force = queries.event_in_force(rows)
        if in_force is None or in_force.withdraws:
            continue
        version = {**queries.event_content(in_force), "withdraws": True, "change_reason": report.way}
        if by is None and is_as_loaded(events[code]):
            row = _next_version(rows, code, version)
            _put_into_force(row)
            taken += 1
        elif any(row.withdraws and row.is_in_work for row in rows):
            continue
        elif by is not None and any(row.is_in_work and not row.is_shipped for row in rows):
            report.kept.append(code)
            continue
        else:
            row = _next_version(
                rows, code, version, loaded_hash=digests[code], writer_ids=writers(by) if by is not None else []
            )
            report.drafted += [code] if code not in report.drafted else []
        report.refs += _refs(row)[:2]
    return taken


@transaction.atomic
def discard_event(actor: Actor, *, version_id: int) -> None:
    """Throw away a version that was never in force. Raises ``NotPermitted``, ``NotFound``, ``TransitionNotAllowed``."""
    row = _lock(actor, version_id, "edit")
    row.delete()
    journal.record(actor, "catalogue.discard_event", *_refs(row), content=row.number)


def faults_of_event(row: EventVersion) -> list[FieldError]:
    """Every reason why a version may not go into force yet. One that takes the event out of force has none."""
    if row.withdraws:
        return []
    content = queries.event_content(row)
    codes = set(PublicService.objects.filter(versions__state=VersionState.PUBLISHED).values_list("code", flat=True))
    faults = rules.check_event(content, codes)
    if not content["definition"].get("members"):
        faults.append(FieldError("definition/members", "empty", _("An event has at least one service.")))
    questions = content["definition"].get("questions", ())
    named = {str(question["element"]) for question in questions if question.get("element")}
    unknown = named - set(DataElement.objects.filter(key__in=named).values_list("key", flat=True))
    faults += [
        FieldError(f"definition/questions/{number}/element", "unknown", _("The dictionary has no such data element."))
        for number, question in enumerate(questions)
        if question.get("element") in unknown
    ]
    return [*faults, *_faults_of_given(content["definition"], content["definition"].get("given", {}))]


def _faults_of_given(definition: Mapping[str, Any], given: Mapping[str, Any]) -> Iterator[FieldError]:
    """Of ``given``, all or some of what the event answers itself."""
    if not given:
        return iter(())
    return rules.check_given(
        given,
        dictionary=dict(DataElement.objects.filter(key__in=given).values_list("key", "schema")),
        asked=queries.asked_by(str(member["service"]) for member in definition.get("members", ())),
    )


def _raise_new_faults(
    before: Mapping[str, Any], after: Mapping[str, Any], *, at: tuple[str, ...] | None = None
) -> None:
    known = {(each.path, str(each.message)) for each in rules.check_event(before)} if before else set()
    codes = set(PublicService.objects.values_list("code", flat=True))
    new = [each for each in rules.check_event(after, codes) if (each.path, str(each.message)) not in known]
    old = before.get("definition", {}).get("given", {})
    given = {key: value for key, value in after["definition"].get("given", {}).items() if old.get(key) != value}
    new += _faults_of_given(after["definition"], given)
    new = [each for each in new if at is None or each.path in at]
    if new:
        raise InvalidInput(new)


def _promised_days(codes: list[str]) -> dict[str, int]:
    rows = ServiceVersion.objects.filter(state=VersionState.PUBLISHED, service__code__in=codes)
    return {
        code: rules.promised_days(limit, unit)
        for code, limit, unit in rows.values_list("service__code", "promised_limit", "promised_unit")
    }


def _base(rows: list[EventVersion], based_on: int | None) -> EventVersion | None:
    if based_on is None:
        return queries.event_in_force(rows) or max(rows, key=lambda row: row.number, default=None)
    found = next((row for row in rows if row.pk == based_on), None)
    if found is None:
        raise NotFound()
    return found


def _must_have_no_draft(rows: list[EventVersion]) -> None:
    if any(row.is_in_work and not row.is_shipped for row in rows):
        raise TransitionNotAllowed(_("There is already a draft; edit that one."))


def _next_version(rows: list[EventVersion], code: str, content: Mapping[str, Any], **more: Any) -> EventVersion:
    number = max((each.number for each in rows), default=0) + 1
    return EventVersion.objects.create(code=code, number=number, **content, **more)


def _known_columns(changes: Mapping[str, Any]) -> dict[str, Any]:
    unknown = sorted(set(changes) - set(rules.EVENT_FIELDS))
    if unknown:
        raise InvalidInput(FieldError(name, "unknown", _("This is no part of a version.")) for name in unknown)
    return dict(changes)


def _refs(row: EventVersion) -> tuple[Ref, ...]:
    return Ref("event", row.code), Ref("event_version", f"{row.code}/{row.number}"), VERSIONS


def _lock(actor: Actor, version_id: int, move: str) -> EventVersion:
    """With every other version of the event: which one is in force says who may act."""
    code = EventVersion.objects.filter(pk=version_id).values("code")
    rows = list(EventVersion.objects.select_for_update(of=("self",)).filter(code__in=code))
    row = next((each for each in rows if each.pk == version_id), None)
    if row is None:
        raise NotFound(_("There is no such version."), code="version_missing")
    _must_compose(actor, *queries.lead_roles(row, rows))
    if move not in MOVES[VersionState(row.state)]:
        raise TransitionNotAllowed()
    return row


def _must_compose(actor: Actor, lead_role: str, *more: str) -> None:
    """See ``queries.may_compose``. Raises ``NotPermitted``."""
    if not queries.may_compose(actor, lead_role, *more):
        raise NotPermitted()
