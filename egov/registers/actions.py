"""Holdings, consents and corrections of facts. Rows are added and ended, never edited."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from egov.journal import actions as journal
from egov.kernel import clock, references
from egov.kernel.actor import Actor
from egov.kernel.errors import InvalidInput, NotFound, NotPermitted, TransitionNotAllowed
from egov.kernel.refs import Ref
from egov.kernel.text import LocalisedText
from egov.registers import queries
from egov.registers.models import Consent, DataElement, FactCorrection, Holding, Register

DEFINITIONS = Path(__file__).parent / "definitions" / "elements.yaml"


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


@dataclass(frozen=True)
class ConsentSpec:
    """Which department may read which elements."""

    recipient_id: int
    elements: Sequence[str]
    purpose: LocalisedText


def give_consents(actor: Actor, *, party_id: int, subject: Ref, consents: Iterable[ConsentSpec]) -> list[Consent]:
    """Let departments read named elements for a matter; one insert, one journal entry.

    Raises ``NotPermitted`` unless the actor acts for the party.
    """
    _must_act_for(actor, party_id)
    moment = clock.now()
    rows = [
        Consent(
            party_id=party_id,
            recipient_id=spec.recipient_id,
            elements=list(spec.elements),
            purpose=spec.purpose,
            subject=str(subject),
            given_by_id=actor.party_id or party_id,
            given_at=moment,
        )
        for spec in consents
    ]
    if rows:
        Consent.objects.bulk_create(rows)
        journal.record(
            actor,
            "registers.give_consents",
            Ref("party", str(party_id)),
            subject,
            content=[[row.recipient_id, row.elements] for row in rows],
        )
    return rows


@transaction.atomic
def revoke_consent(actor: Actor, *, consent_id: int) -> Consent:
    """Revoke for the future; what was read before stays lawful (PIPL art. 15)."""
    consent = Consent.objects.select_for_update().filter(pk=consent_id).first()
    if consent is None:
        raise NotFound()
    _must_act_for(actor, consent.party_id)
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
    """Say that a held fact is wrong (PIPL art. 46); the keeper of the register answers."""
    _must_act_for(actor, party_id)
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
    keeper_id = register.keeper_id if register else None
    if not actor.is_staff or keeper_id not in (None, actor.department_id):
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


@transaction.atomic
def load_elements(actor: Actor, *, path: Path = DEFINITIONS) -> int:
    """Load registers and data elements from YAML; returns how many rows are new or changed."""
    definitions = yaml.safe_load(path.read_text())
    changed = 0
    registers = {}
    for key, row in definitions["registers"].items():
        register, touched = _put(Register, {"key": key}, {"name": row["name"], "handler": row.get("handler", "")})
        registers[key] = register
        changed += touched
    for key, row in definitions["elements"].items():
        values = {
            "name": row["name"],
            "meaning": row.get("meaning", {}),
            "schema": row.get("schema", {"type": "string"}),
            "register": registers.get(row.get("register", "")),
            "sensitive": row.get("sensitive", False),
        }
        changed += _put(DataElement, {"key": key}, values)[1]
    return changed


def _put(model: type[Any], key: dict[str, Any], values: dict[str, Any]) -> tuple[Any, bool]:
    row = model.objects.filter(**key).first()
    if row is None:
        try:
            return model.objects.create(**key, **values), True
        except IntegrityError as error:
            raise InvalidInput.at(next(iter(key.values())), "conflict", str(error)) from error
    stale = [name for name, value in values.items() if getattr(row, name) != value]
    for name in stale:
        setattr(row, name, values[name])
    if stale:
        row.save(update_fields=stale)
    return row, bool(stale)


def _must_act_for(actor: Actor, party_id: int) -> None:
    if not (actor.is_system or party_id in (actor.party_id, actor.on_behalf_of_id)):
        raise NotPermitted()
