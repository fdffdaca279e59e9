"""Writing the law: loading the jurisdiction's files, publishing a version, citing."""

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from egov.journal import actions as journal
from egov.kernel import clock, definitions
from egov.kernel.actor import Actor
from egov.kernel.authorship import writers
from egov.kernel.errors import DefinitionChanged, InvalidInput, NotFound, NotPermitted, TransitionNotAllowed
from egov.kernel.refs import VERSIONS, Ref
from egov.law import files, queries, rules
from egov.law.models import Citation, DecisionTable, Instrument, Parameter, Procedure, State

ADMINISTRATOR = "platform_admin"


@dataclass
class LoadReport:
    """What loading did, by ``kind:key``. ``kept``: an administrator changed the row, the file waits as a draft or not
    at all (instruments and parameters have no drafts). ``refs`` name the versions made."""

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
def load_law(actor: Actor, *, path: Path | None = None) -> LoadReport:
    """Load the jurisdiction's instruments, parameters, procedures and tables. Loading twice changes nothing.

    A changed file replaces a row nobody edited (procedures and tables: as the next version, published); beside an
    edited one it arrives as a draft of the next version. Raises ``NotPermitted``, ``InvalidInput``.
    """
    return load_content(actor, content=files.read_law(path or files.default_place()))


@transaction.atomic
def load_content(actor: Actor, *, content: files.LawFiles, as_drafts: bool = False) -> LoadReport:
    """As :func:`load_law`, of what was read already and is free of faults. Raises ``NotPermitted``.

    ``as_drafts``: procedures and tables wait as drafts that the actor wrote, and are kept as they are where a draft of
    a person waits already.
    """
    _must_administer(actor)
    report, by = LoadReport(), actor if as_drafts else None
    instruments = _load_instruments(content.instruments, report)
    _load_parameters(content.parameters, instruments, report)
    _load_versions(Procedure, "procedure", content.procedures, _procedure_content, report, by)
    _load_versions(DecisionTable, "table", content.tables, _table_content, report, by)
    if report.changed:
        refs = [*report.refs, VERSIONS] if report.refs else []
        action = "law.import" if as_drafts else "law.load"
        journal.record(actor, action, Ref("law", "files"), *refs, content=report.changed)
        queries.kept.moved()
    return report


@transaction.atomic
def publish_procedure(actor: Actor, *, key: str, version: int) -> Procedure:
    """Put a draft into force; the version before stays for the cases opened under it. Raises ``NotFound``,
    ``NotPermitted``, ``TransitionNotAllowed``, ``InvalidInput``."""
    return _publish(actor, Procedure, "procedure", key, version, _check_procedure)


@transaction.atomic
def publish_table(actor: Actor, *, key: str, version: int, revision: int | None = None) -> DecisionTable:
    """Put a draft table into force as it was read (``revision``) when all its tests pass.

    Raises as :func:`publish_procedure`, and ``DefinitionChanged``.
    """

    def check(row: DecisionTable) -> None:
        _must_be_as_read(row, revision)
        _check_table(row)

    return _publish(actor, DecisionTable, "table", key, version, check)


@transaction.atomic
def draft_table(
    actor: Actor,
    *,
    key: str,
    name: Mapping[str, str],
    model: Mapping[str, Any],
    inputs: Mapping[str, Any],
    tests: Sequence[Mapping[str, Any]],
    source: Sequence[Mapping[str, str]] = (),
) -> DecisionTable:
    """A new draft version of a table, from the console or an import. Raises ``NotPermitted``, ``InvalidInput``."""
    _must_administer(actor)
    number = _next_version(DecisionTable, key)
    _must_read(key, number, name, model, inputs, source)
    row = DecisionTable.objects.create(
        key=key,
        version=number,
        name=dict(name),
        model=dict(model),
        inputs=dict(inputs),
        tests=list(tests),
        source=list(source),
        writer_ids=writers(actor),
    )
    journal.record(actor, "law.draft_table", *_refs("table", key, number), content=[key, number])
    return row


@transaction.atomic
def edit_table(
    actor: Actor,
    *,
    key: str,
    version: int,
    model: Mapping[str, Any],
    tests: Sequence[Mapping[str, Any]],
    revision: int | None = None,
) -> DecisionTable:
    """Change rows and tests of a draft; whoever changes it is one of its writers. A test may fail until it is published.

    ``revision``: the one the changes were made from. Raises ``NotPermitted``, ``NotFound``, ``TransitionNotAllowed``,
    ``InvalidInput``, ``DefinitionChanged``.
    """
    _must_administer(actor)
    row = DecisionTable.objects.select_for_update(of=("self",)).filter(key=key, version=version).first()
    if row is None:
        raise NotFound()
    if row.state != State.DRAFT:
        raise TransitionNotAllowed(_("Only a draft can be changed."))
    _must_be_as_read(row, revision)
    _must_read(key, version, row.name, model, row.inputs, row.source)
    row.model, row.tests, row.writer_ids = dict(model), list(tests), writers(actor, before=row.writer_ids)
    row.revision += 1
    row.save(update_fields=["model", "tests", "revision", "writer_ids"])
    queries.kept.moved()
    journal.record(actor, "law.edit_table", *_refs("table", key, version), content=[key, version])
    return row


def _must_be_as_read(row: DecisionTable, revision: int | None) -> None:
    if revision is not None and revision != row.revision:
        raise DefinitionChanged(row.written_by_id)


def _must_read(
    key: str,
    version: int,
    name: Mapping[str, str],
    model: Mapping[str, Any],
    inputs: Mapping[str, Any],
    source: Sequence[Mapping[str, str]],
) -> None:
    try:
        rules.read_table(key=key, version=version, name=dict(name), model=model, inputs=inputs, source=source)
    except (ValueError, rules.EvaluationError) as error:
        raise InvalidInput.at("model", "invalid", str(error)) from error


@transaction.atomic
def set_parameter(
    actor: Actor,
    *,
    key: str,
    value: Any,
    valid_from: dt.date,
    instrument: str,
    region: str = "",
    article: str = "",
    unit: str = "",
) -> Parameter:
    """A value from ``valid_from`` on; the one before ends the day before. Raises ``NotPermitted``, ``NotFound``,
    ``InvalidInput`` when a value already starts that day."""
    _must_administer(actor)
    source = Instrument.objects.filter(key=instrument).first()
    if source is None:
        raise NotFound(_("This instrument is not in the register of law."), code="instrument_missing")
    rows = Parameter.objects.select_for_update(of=("self",)).filter(key=key, region=region)
    if rows.filter(valid_from=valid_from).exists():
        raise InvalidInput.at("valid_from", "taken", _("A value already holds from this day on."))
    following = rows.filter(valid_from__gt=valid_from).order_by("valid_from").first()
    rows.filter(valid_from__lt=valid_from, valid_to__isnull=True).update(valid_to=valid_from - dt.timedelta(days=1))
    row = Parameter.objects.create(
        key=key,
        region=region,
        value=value,
        unit=unit,
        valid_from=valid_from,
        valid_to=following.valid_from - dt.timedelta(days=1) if following else None,
        instrument=source,
        article=article,
    )
    journal.record(actor, "law.set_parameter", Ref("parameter", key), content=[key, region, value, str(valid_from)])
    queries.kept.moved()
    return row


def cite(
    actor: Actor, *, citing: Ref, citations: Iterable[Mapping[str, str] | rules.Article], on: dt.date | None = None
) -> int:
    """Note that ``citing`` rests on articles as they stood ``on`` (default today); repeated citations are one.

    Returns how many instruments were known. In the caller's transaction; the caller's own entry is the journal's.
    """
    articles = [
        each if isinstance(each, rules.Article) else rules.Article(each["instrument"], str(each.get("article", "")))
        for each in citations
    ]
    ids = instrument_ids()
    rows = [
        Citation(
            citing=str(citing),
            instrument_id=ids[each.instrument],
            article=each.article,
            fact_date=on or clock.today(),
        )
        for each in dict.fromkeys(articles)
        if each.instrument in ids
    ]
    Citation.objects.bulk_create(rows, ignore_conflicts=True)
    return len(rows)


def instrument_ids() -> dict[str, int]:
    return queries.kept.get("instruments", lambda: dict(Instrument.objects.values_list("key", "id")))


def _must_administer(actor: Actor) -> None:
    if not (actor.is_system or actor.has_role(ADMINISTRATOR)):
        raise NotPermitted()


def _load_instruments(rows: list[dict[str, Any]], report: LoadReport) -> dict[str, int]:
    present = {row.key: row for row in Instrument.objects.all()}
    new = []
    for content in rows:
        name, found, digest = f"instrument:{content['key']}", present.get(content["key"]), definitions.digest(content)
        if found is None:
            new.append(Instrument(**content, loaded_hash=digest))
            report.created.append(name)
        else:
            _renew(found, content, digest, definitions.digest(_instrument_content(found)), name, report)
    Instrument.objects.bulk_create(new)
    return dict(Instrument.objects.values_list("key", "id"))


def _load_parameters(rows: list[dict[str, Any]], instruments: dict[str, int], report: LoadReport) -> None:
    found = Parameter.objects.select_related("instrument")
    present = {(row.key, row.region, row.valid_from.isoformat()): row for row in found}
    new = []
    for content in rows:
        name = f"parameter:{content['key']}/{content['region']}/{content['valid_from']}"
        row = present.get((content["key"], content["region"], content["valid_from"]))
        digest = definitions.digest(content)
        fields = {**content, "instrument_id": instruments[content["instrument"]]}
        del fields["instrument"]
        if row is None:
            new.append(Parameter(**fields, loaded_hash=digest))
            report.created.append(name)
        else:
            _renew(row, fields, digest, definitions.digest(_parameter_content(row)), name, report)
    Parameter.objects.bulk_create(new)


def _renew(row: Any, fields: dict[str, Any], digest: str, present: str, name: str, report: LoadReport) -> None:
    """Bring a row to what its file says now, unless somebody edited it."""
    if digest in (row.loaded_hash, present):
        report.unchanged += 1
    elif row.loaded_hash == present:
        for field_name, value in fields.items():
            setattr(row, field_name, value)
        row.loaded_hash = digest
        row.save()
        report.updated.append(name)
    else:
        report.kept.append(name)


def _load_versions(
    model: type[Any],
    kind: str,
    contents: list[dict[str, Any]],
    content_of: Callable[[Any], Any],
    report: LoadReport,
    by: Actor | None,
) -> None:
    versions: dict[str, list[Any]] = {}
    for row in model.objects.order_by("key", "version"):
        versions.setdefault(row.key, []).append(row)
    for content in contents:
        rows = versions.get(content["key"], [])
        digest, name = definitions.digest(content), f"{kind}:{content['key']}"
        if any(row.loaded_hash == digest for row in rows if by is None or row.state == State.DRAFT):
            report.unchanged += 1
            continue
        current = next((row for row in rows if row.state == State.PUBLISHED), None)
        present = definitions.digest(content_of(current)) if current else ""
        if present == digest:
            report.unchanged += 1
            continue
        if by is not None and any(row.state == State.DRAFT and not row.is_shipped for row in rows):
            report.kept.append(name)
            continue
        edited = bool(rows) and (current is None or not current.is_shipped or present != current.loaded_hash)
        waits = by is not None or edited
        if current is not None and not waits:
            _retire(current)
        number = rows[-1].version + 1 if rows else 1
        state = State.DRAFT if waits else State.PUBLISHED
        writer_ids = writers(by) if by is not None else []
        model.objects.create(**content, version=number, state=state, loaded_hash=digest, writer_ids=writer_ids)
        (report.drafted if waits else report.updated if rows else report.created).append(name)
        report.refs += _refs(kind, content["key"], number)[:2]


def _publish(actor: Actor, model: type[Any], kind: str, key: str, version: int, check: Callable[[Any], None]) -> Any:
    _must_administer(actor)
    rows = {row.version: row for row in model.objects.select_for_update(of=("self",)).filter(key=key)}
    row = rows.get(version)
    if row is None:
        raise NotFound()
    if row.state != State.DRAFT:
        raise TransitionNotAllowed(_("Only a draft can be published."))
    row.must_be_of_others(actor, says=_("Whoever wrote a version does not publish it."))
    try:
        check(row)
    except (ValueError, rules.EvaluationError) as error:
        raise InvalidInput.at("definition", "invalid", str(error)) from error
    for other in rows.values():
        if other.state == State.PUBLISHED:
            _retire(other)
    row.state = State.PUBLISHED
    if hasattr(row, "valid_from"):
        row.valid_from = row.valid_from or clock.today()
    row.save()
    journal.record(actor, f"law.publish_{kind}", *_refs(kind, key, version), content=[key, version])
    queries.kept.moved()
    return row


def _refs(kind: str, key: str, version: int) -> tuple[Ref, ...]:
    return Ref(kind, key), Ref(f"{kind}_version", f"{key}/{version}"), VERSIONS


def _retire(row: Any) -> None:
    row.state = State.RETIRED
    if hasattr(row, "valid_to"):
        row.valid_to = row.valid_to or clock.today()
    row.save()


def _next_version(model: type[Any], key: str) -> int:
    last = model.objects.filter(key=key).order_by("-version").values_list("version", flat=True).first()
    return int(last or 0) + 1


def _check_procedure(row: Procedure) -> None:
    rules.read_procedure(key=row.key, version=row.version, name=row.name, definition=row.definition)


def _check_table(row: DecisionTable) -> None:
    failed = rules.run_tests(queries.definition_of(row))
    if failed:
        raise ValueError("; ".join(f"test {test.number}: {test.message}" for test in failed))


def content_in_force() -> dict[str, list[dict[str, Any]]]:
    """Instruments and parameters, and the procedures and tables in force, as their files would say them, by key."""
    parameters = Parameter.objects.select_related("instrument").order_by("key", "region", "valid_from")
    return {
        "instruments": [_instrument_content(row) for row in Instrument.objects.order_by("key")],
        "parameters": [_parameter_content(row) for row in parameters],
        "procedures": [_procedure_content(row) for row in _in_force(Procedure)],
        "tables": [_table_content(row) for row in _in_force(DecisionTable)],
    }


def _in_force(model: type[Any]) -> Any:
    return model.objects.filter(state=State.PUBLISHED).order_by("key")


def _iso(day: dt.date | None) -> str | None:
    return day.isoformat() if day else None


def _instrument_content(row: Instrument) -> dict[str, Any]:
    return {
        "key": row.key,
        "title": row.title,
        "number": row.number,
        "in_force_from": _iso(row.in_force_from),
        "in_force_to": _iso(row.in_force_to),
    }


def _parameter_content(row: Parameter) -> dict[str, Any]:
    return {
        "key": row.key,
        "region": row.region,
        "value": row.value,
        "unit": row.unit,
        "valid_from": _iso(row.valid_from),
        "valid_to": _iso(row.valid_to),
        "instrument": row.instrument.key,
        "article": row.article,
    }


def _procedure_content(row: Procedure) -> dict[str, Any]:
    return {"key": row.key, "name": row.name, "valid_from": _iso(row.valid_from), "definition": row.definition}


def _table_content(row: DecisionTable) -> dict[str, Any]:
    return {
        "key": row.key,
        "name": row.name,
        "model": row.model,
        "inputs": row.inputs,
        "tests": row.tests,
        "source": row.source,
    }
