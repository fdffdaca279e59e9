"""Holdings, consents and corrections of facts. Rows are added and ended, never edited."""

import datetime as dt
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import jsonschema
import yaml
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from egov.identity.models import Organisation
from egov.identity.rules import may_act_for, may_administer_platform, may_register
from egov.journal import actions as journal
from egov.kernel import clock, references, writing
from egov.kernel.actor import Actor
from egov.kernel.errors import FieldError, InvalidInput, NotFound, NotPermitted, TransitionNotAllowed
from egov.kernel.refs import Ref
from egov.kernel.text import LocalisedText, enumerated
from egov.registers import queries
from egov.registers.models import Consent, DataElement, EvidenceType, FactCorrection, Holding, Register

M = TypeVar("M", Register, DataElement, EvidenceType)

KEY = re.compile(r"^[a-z_]+(\.[a-z_0-9]+)+$")
DEFINITIONS = Path(__file__).parent / "definitions"


def hold(
    actor: Actor,
    *,
    party_id: int,
    service: str,
    output: str,
    source: Ref,
    data: dict[str, Any] | None = None,
    valid_from: dt.date,
    valid_to: dt.date | None = None,
) -> Holding:
    """Record that a party holds an output. The same source and output twice change nothing."""
    holding, _created = Holding.objects.get_or_create(
        source=str(source),
        output=output,
        defaults={
            "party_id": party_id,
            "service": service,
            "data": data or {},
            "valid_from": valid_from,
            "valid_to": valid_to,
        },
    )
    return holding


def end_holding(actor: Actor, *, source: Ref, output: str = "") -> int:
    """End what came from ``source`` (one output of it only); returns how many ended."""
    rows = Holding.objects.filter(source=str(source), ended_at__isnull=True)
    if output:
        rows = rows.filter(output=output)
    return rows.update(ended_at=clock.now())


def end_holdings(actor: Actor, *, party_id: int, services: Collection[str]) -> int:
    """End whatever a party holds of these services: a registration was cancelled. Returns how many ended."""
    rows = Holding.objects.filter(party_id=party_id, service__in=services, ended_at__isnull=True)
    return rows.update(ended_at=clock.now())


@dataclass(frozen=True)
class ConsentSpec:
    """Which department may read which elements."""

    recipient_id: int
    elements: Sequence[str]
    purpose: LocalisedText


@transaction.atomic
def give_consents(
    actor: Actor, *, party_id: int, subject: Ref, consents: Iterable[ConsentSpec], widen: bool = False
) -> list[Consent]:
    """Let departments read named elements for a matter. One that stands for the same department and subject is kept
    when it says the same, else revoked and given anew; to ``widen`` it, with what it said and the new. Raises ``NotPermitted`` unless the actor acts for the party.
    """
    _must_act_for(actor, party_id)
    moment = clock.now()
    standing = {
        row.recipient_id: row
        for row in Consent.objects.select_for_update().filter(
            party_id=party_id, subject=str(subject), revoked_at__isnull=True
        )
    }
    given: list[Consent] = []
    for spec in consents:
        earlier = standing.get(spec.recipient_id)
        if widen and earlier is not None:
            spec = ConsentSpec(
                spec.recipient_id, [*earlier.elements, *spec.elements], enumerated([earlier.purpose, spec.purpose])
            )
        elements = sorted(set(spec.elements))
        if earlier is not None and earlier.elements == elements:
            given.append(earlier)
            continue
        if earlier is not None:
            Consent.objects.filter(pk=earlier.pk).update(revoked_at=moment)
        given.append(_consent(actor, party_id, subject, spec, moment))
    new = [row for row in given if row._state.adding]
    if new:
        _write_consents(actor, party_id, subject, new)
    return given


def give_first_consents(actor: Actor, *, party_id: int, subject: Ref, consents: Sequence[ConsentSpec]) -> list[Consent]:
    """As ``give_consents``, for a subject that the caller's transaction brings into being: nothing stands for it yet,
    so nothing is read and the rows are written with those of the caller. One for each department.
    """
    _must_act_for(actor, party_id)
    moment = clock.now()
    new = [_consent(actor, party_id, subject, spec, moment) for spec in consents]
    if new:
        _write_consents(actor, party_id, subject, new)
    return new


def _consent(actor: Actor, party_id: int, subject: Ref, spec: ConsentSpec, moment: dt.datetime) -> Consent:
    return Consent(
        party_id=party_id,
        recipient_id=spec.recipient_id,
        elements=sorted(set(spec.elements)),
        purpose=spec.purpose,
        subject=str(subject),
        given_by_id=actor.party_id or party_id,
        given_at=moment,
    )


def _write_consents(actor: Actor, party_id: int, subject: Ref, rows: Sequence[Consent]) -> None:
    writing.insert(rows)
    content = [[row.recipient_id, row.elements, row.purpose] for row in rows]
    journal.record(actor, "registers.give_consents", Ref("party", str(party_id)), subject, content=content)


def give_consent(
    actor: Actor,
    *,
    recipient_id: int,
    elements: Sequence[str],
    purpose: LocalisedText,
    subject: Ref,
    party_id: int | None = None,
) -> Consent:
    """One consent, of the party that the actor acts for. Raises ``NotPermitted``."""
    party_id = party_id if party_id is not None else actor.on_behalf_of_id
    if party_id is None:
        raise NotPermitted()
    spec = ConsentSpec(recipient_id, elements, purpose)
    return give_consents(actor, party_id=party_id, subject=subject, consents=[spec])[0]


@transaction.atomic
def revoke_consent(actor: Actor, *, consent_id: int) -> Consent:
    """Revoke for the future; what was read before stays lawful (PIPL art. 15).

    For the party's own side; not for an agent whose mandate is limited to some services. Raises ``NotPermitted``,
    ``NotFound``, ``TransitionNotAllowed``.
    """
    consent = Consent.objects.select_for_update().filter(pk=consent_id).first()
    if consent is None:
        raise NotFound()
    _must_stand_for(actor, consent.party_id)
    if consent.revoked_at is not None:
        raise TransitionNotAllowed(_("This consent was revoked before."))
    consent.revoked_at = clock.now()
    consent.save(update_fields=["revoked_at"])
    journal.record(
        actor, "registers.revoke_consent", Ref("party", str(consent.party_id)), Ref("consent", str(consent.pk))
    )
    return consent


@transaction.atomic
def ask_fact_correction(
    actor: Actor, *, party_id: int, element: str, proposed: Any, reason: str = ""
) -> FactCorrection:
    """Say that a held fact is wrong (PIPL art. 46); the keeper of the register answers.

    For whom all that is held is shown to (``queries.data_about``). Raises ``NotPermitted``, ``InvalidInput``.
    """
    _must_stand_for(actor, party_id)
    row = DataElement.objects.filter(key=element).first()
    if row is None:
        raise InvalidInput.at("element", "unknown", _("There is no such datum."))
    if proposed in (None, ""):
        raise InvalidInput.at("proposed", "required", _("Say what it should be."))
    present = queries.facts(actor, party_id=party_id, elements=[element]).get(element)
    correction = FactCorrection.objects.create(
        reference=references.draw("FC"),
        party_id=party_id,
        element=row,
        present=present.value if present else None,
        proposed=proposed,
        reason=reason,
        asked_at=clock.now(),
    )
    journal.record(
        actor,
        "registers.ask_fact_correction",
        Ref("party", str(party_id)),
        Ref("fact_correction", correction.reference),
    )
    return correction


@transaction.atomic
def answer_fact_correction(actor: Actor, *, reference: str, accepted: bool, answer: str) -> FactCorrection:
    """The keeper of the register answers. The register itself is changed by the keeper's own act.

    Raises ``NotPermitted`` for staff of another department, ``TransitionNotAllowed`` when it was answered before.
    """
    correction = (
        FactCorrection.objects.select_for_update(of=("self",))
        .select_related("element__register")
        .filter(reference=reference)
        .first()
    )
    if correction is None:
        raise NotFound()
    register = correction.element.register
    if not _may_answer(actor, register.keeper_id if register else None):
        raise NotPermitted()
    if correction.state != "open":
        raise TransitionNotAllowed()
    correction.state = "accepted" if accepted else "refused"
    correction.answer = answer
    correction.answered_at = clock.now()
    correction.save(update_fields=["state", "answer", "answered_at"])
    journal.record(
        actor,
        "registers.answer_fact_correction",
        Ref("party", str(correction.party_id)),
        Ref("fact_correction", reference),
        content=accepted,
    )
    return correction


def _may_answer(actor: Actor, keeper_id: int | None) -> bool:
    """Registrars of the keeper; of a register without a keeper, the platform's administrators."""
    if keeper_id is None:
        return may_administer_platform(actor)
    return actor.is_staff and may_register(actor) and actor.department_id == keeper_id


@transaction.atomic
def set_keeper(actor: Actor, *, register: str, department_id: int | None) -> Register:
    """Say which department keeps a register and answers corrections of it.

    Only for administrators of the platform. Raises ``NotPermitted``, ``NotFound``.
    """
    if not may_administer_platform(actor):
        raise NotPermitted()
    row = Register.objects.select_for_update().filter(key=register).first()
    if row is None or (department_id is not None and not Organisation.objects.filter(pk=department_id).exists()):
        raise NotFound()
    row.keeper_id = department_id
    row.save(update_fields=["keeper"])
    journal.record(actor, "registers.set_keeper", Ref("register", register), content=department_id)
    return row


@transaction.atomic
def load_elements(actor: Actor, *, folder: Path = DEFINITIONS) -> int:
    """Load registers and data elements from the YAML files of ``folder``; returns how many rows are new or changed.

    What the files define is theirs alone; elements that were added by people, and who keeps a register, are left alone.
    Types of evidence stand there too. Raises ``NotPermitted``; ``InvalidInput`` for a key that stands twice, and for a
    register or an element that is not defined.
    """
    if not may_administer_platform(actor):
        raise NotPermitted()
    definitions = _dictionary(folder)
    changed, registers = _put_all(Register, {key: _as_register(row) for key, row in definitions["registers"].items()})
    elements = {key: _as_element(key, row, registers) for key, row in definitions["elements"].items()}
    changed += _put_all(DataElement, elements)[0]
    for key, row in definitions["evidence"].items():
        _require_known_sources(key, row["sources"], registers, elements)
    changed += _put_all(EvidenceType, definitions["evidence"])[0]
    if changed:
        queries.kept.moved()
    return changed


@transaction.atomic
def add_elements(
    actor: Actor, *, registers: Mapping[str, Mapping[str, Any]], elements: Mapping[str, Mapping[str, Any]]
) -> int:
    """Add registers and data elements, written as in the files of definitions, that are missing; how many.

    For administrators of the platform. Raises ``NotPermitted``, ``InvalidInput`` for an unknown register.
    """
    if not may_administer_platform(actor):
        raise NotPermitted()
    new = _missing(Register, registers)
    added, known = _put_all(Register, {key: _as_register(row) for key, row in new.items()})
    fresh = _missing(DataElement, elements)
    added += _put_all(DataElement, {key: _as_element(key, row, known) for key, row in fresh.items()})[0]
    if added:
        journal.record(actor, "registers.add_elements", Ref("register", "dictionary"), content=sorted([*new, *fresh]))
        queries.kept.moved()
    return added


@transaction.atomic
def add_element(
    actor: Actor,
    *,
    key: str,
    name: LocalisedText,
    meaning: LocalisedText,
    schema: Mapping[str, Any],
    register: str = "",
    sensitive: bool = False,
) -> DataElement:
    """A data element that forms may bind their questions to. ``schema`` is a JSON Schema; ``register`` a key.

    For administrators of the platform. Raises ``NotPermitted``, ``InvalidInput`` at each field.
    """
    if not may_administer_platform(actor):
        raise NotPermitted()
    faults = []
    if not KEY.match(key):
        faults.append(FieldError("key", "invalid", _("A key is lower-case words joined by dots, such as shop.area.")))
    elif DataElement.objects.filter(key=key).exists():
        faults.append(FieldError("key", "taken", _("The dictionary has this element already.")))
    if not (name.get("zh-Hans") and name.get("en")):
        faults.append(FieldError("name", "required", _("The name is needed in Chinese and English.")))
    try:
        jsonschema.Draft202012Validator.check_schema(dict(schema))
    except jsonschema.SchemaError as error:
        faults.append(FieldError("schema", "invalid", error.message[:300]))
    keeper = Register.objects.filter(key=register).first() if register else None
    if register and keeper is None:
        faults.append(FieldError("register", "unknown", _("This register is not defined.")))
    if faults:
        raise InvalidInput(faults)
    row = DataElement.objects.create(
        key=key, name=name, meaning=meaning, schema=dict(schema), register=keeper, sensitive=sensitive
    )
    journal.record(actor, "registers.add_element", Ref("element", key), content=[key, dict(schema), register])
    queries.kept.moved()
    return row


def _missing(model: type[M], rows: Mapping[str, Mapping[str, Any]]) -> dict[str, Mapping[str, Any]]:
    present = set(model._default_manager.values_list("key", flat=True))
    return {key: row for key, row in rows.items() if key not in present}


def _as_register(row: Mapping[str, Any]) -> dict[str, Any]:
    return {"name": row["name"], "handler": row.get("handler", "")}


def _as_element(key: str, row: Mapping[str, Any], registers: Mapping[str, int]) -> dict[str, Any]:
    register = row.get("register", "")
    if register and register not in registers:
        raise InvalidInput.at(key, "register", _("This register is not defined."))
    return {
        "name": row["name"],
        "meaning": row.get("meaning", {}),
        "schema": row.get("schema", {"type": "string"}),
        "register_id": registers.get(register),
        "sensitive": row.get("sensitive", False),
    }


def _require_known_sources(
    key: str, sources: Iterable[dict[str, Any]], registers: Collection[str], elements: Collection[str]
) -> None:
    for source in sources:
        if source["register"] not in registers:
            raise InvalidInput.at(key, "register", _("This register is not defined."))
        if not set(source.get("elements", ())) <= set(elements):
            raise InvalidInput.at(key, "element", _("This element is not defined."))


def _dictionary(folder: Path) -> dict[str, dict[str, Any]]:
    whole: dict[str, dict[str, Any]] = {"registers": {}, "elements": {}, "evidence": {}}
    for file in sorted(folder.glob("*.yaml")):
        for kind, rows in yaml.safe_load(file.read_text(encoding="utf-8")).items():
            twice = whole[kind].keys() & rows.keys()
            if twice:
                raise InvalidInput.at(min(twice), "twice", _("This is defined in two files."))
            whole[kind] |= rows
    return whole


def _put_all(model: type[M], wanted: dict[str, dict[str, Any]]) -> tuple[int, dict[str, int]]:
    """Bring the rows of ``wanted`` (by key) to what it says, with at most three statements; how many are new or changed,
    and the id of every row by its key."""
    present: dict[str, M] = {row.key: row for row in model._default_manager.all()}
    new: list[M] = [model(key=key, **values) for key, values in wanted.items() if key not in present]
    stale = []
    for key, values in wanted.items():
        row = present.get(key)
        if row is not None and any(getattr(row, name) != value for name, value in values.items()):
            for name, value in values.items():
                setattr(row, name, value)
            stale.append(row)
    model._default_manager.bulk_create(new)
    if stale:
        model._default_manager.bulk_update(stale, [name.removesuffix("_id") for name in next(iter(wanted.values()))])
    return len(new) + len(stale), {row.key: row.pk for row in (*present.values(), *new)}


def _must_stand_for(actor: Actor, party_id: int) -> None:
    if not (actor.is_system or may_act_for(actor, party_id)):
        raise NotPermitted()


def _must_act_for(actor: Actor, party_id: int) -> None:
    if not (actor.is_system or queries.is_own(actor, party_id)):
        raise NotPermitted()
