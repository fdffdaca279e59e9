"""What the administration already knows about a party, with its source; what the party holds and has allowed."""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from egov.journal import actions as journal
from egov.kernel import clock
from egov.kernel.actor import Actor
from egov.kernel.errors import NotPermitted
from egov.kernel.refs import Ref, subjects
from egov.kernel.text import LocalisedText
from egov.registers.evidence import look_up
from egov.registers.memory import evidence_types, kept, register_names
from egov.registers.models import Consent, DataElement, FactCorrection, Holding, Register
from egov.registers.registry import Absent, Evidence, Fact, handlers
from egov.registers.rows import masked

__all__ = [
    "Absent",
    "Asked",
    "Evidence",
    "Fact",
    "HeldDatum",
    "consented",
    "consents_of",
    "corrections_for",
    "corrections_of",
    "data_about",
    "element",
    "elements",
    "evidence",
    "evidence_types",
    "facts",
    "holdings_of",
    "is_allowed",
    "is_own",
    "kept",
    "masked",
    "register_names",
    "sources_of",
]


def sources_of(answers: Mapping[str, Any], sources: Mapping[str, Mapping[str, Any]]) -> dict[str, dict[str, Any]]:
    """Where prefilled ``answers`` came from; one that differs from what its register said is marked as corrected.

    ``sources``: question → register, day and ``value`` of the fact. Call it whenever the answers change.
    """
    return {
        key: {**source, "corrected": answers[key] != source.get("value")}
        for key, source in sources.items()
        if key in answers
    }


def facts(
    actor: Actor, *, party_id: int, elements: Iterable[str], purpose: str = "", subject: Ref | None = None
) -> dict[str, Fact]:
    """What the registers at hand hold of ``elements`` about a party; missing ones are left out.

    A party's own side reads without a trace. Officers read for a ``purpose`` and a ``subject`` that they may view, and
    each reading is one journal entry. Registers of other authorities are skipped: they are fetched in the background.
    Raises ``NotPermitted``.
    """
    own = is_own(actor, party_id)
    if not own and not actor.is_system:
        _require_reason(actor, purpose, subject)
    wanted = list(dict.fromkeys(elements))
    found: dict[str, Fact] = {}
    for handler in handlers.values():
        if handler.remote:
            continue
        mine = set(handler.elements())
        asked = [name for name in wanted if name in mine and name not in found]
        if asked:
            found.update(handler.facts(party_id, asked))
    if found and not own and not actor.is_system:
        refs = [Ref("party", str(party_id)), *([subject] if subject else [])]
        journal.record_view(actor, *refs, reason=purpose)
    return found


def is_own(actor: Actor, party_id: int) -> bool:
    """Whether the actor stands on this party's side; an officer in a post never does, not even for themselves."""
    return actor.is_applicant and party_id in (actor.party_id, actor.on_behalf_of_id)


def _require_reason(actor: Actor, purpose: str, subject: Ref | None) -> None:
    """Personal Information Protection Law art. 6: data are read for a definite purpose."""
    if not actor.is_staff or not purpose or subject is None:
        raise NotPermitted()
    known = subjects.find(subject.kind)
    if known is not None and not known.may_view(subject, actor):
        raise NotPermitted()


@dataclass(frozen=True)
class Asked:
    """A material that a department asks of the registers: the type of evidence that answers for it, for whose matter.

    ``consent``: the subject for which the applicant, or whoever filed, allowed it.
    """

    material: str
    type: str
    applicant_id: int
    filer_id: int | None
    department_id: int
    consent: Ref


def evidence(actor: Actor, asked: Asked, *, purpose: str, subject: Ref) -> Evidence | Absent:
    """What the registers hold that answers for a material, or why they give nothing.

    Remote registers are read too: never while a page is rendered. Officers read for a ``purpose`` and a ``subject``
    that they may view. Only with consent; the caller journals what the department was given, all materials at once.
    Raises ``NotPermitted``.
    """
    if not actor.is_system:
        _require_reason(actor, purpose, subject)
        if actor.department_id != asked.department_id:
            raise NotPermitted()
    kind = evidence_types().get(asked.type)
    if kind is None:
        return Absent.NO_REGISTER
    if not is_allowed(asked):
        return Absent.NO_CONSENT
    return look_up(kind, applicant_id=asked.applicant_id, filer_id=asked.filer_id)


def is_allowed(asked: Asked) -> bool:
    """Whether the applicant, or whoever filed for what came to be the applicant, lets the department read it now."""
    return any(
        consented(party_id=party, recipient_id=asked.department_id, element=asked.material, subject=asked.consent)
        for party in {asked.applicant_id, asked.filer_id}
        if party is not None
    )


def element(key: str) -> DataElement:
    """Raises ``DataElement.DoesNotExist``."""
    return DataElement.objects.select_related("register").get(key=key)


def elements() -> QuerySet[DataElement]:
    """The whole dictionary, by key."""
    return DataElement.objects.select_related("register").order_by("key")


def holdings_of(party_id: int, on: dt.date | None = None) -> QuerySet[Holding]:
    """What the party holds on a day (today unless told): outputs of services that are valid then."""
    return Holding.objects.filter(party_id=party_id).in_force(on or clock.today()).order_by("-valid_from", "-id")


@dataclass(frozen=True)
class HeldDatum:
    """One line of "data about me"."""

    element: str
    name: LocalisedText
    value: Any
    register: LocalisedText
    keeper: str
    keeper_name: LocalisedText
    as_of: dt.date
    sensitive: bool
    schema: Mapping[str, Any]


def data_about(actor: Actor, *, party_id: int) -> list[HeldDatum]:
    """Everything the registers at hand hold about a party, in the order of the dictionary, for the party's own side.

    An agent whose mandate is limited to some services does not see it all. Raises ``NotPermitted``.
    """
    if actor.mandate_services is not None or not (actor.is_system or is_own(actor, party_id)):
        raise NotPermitted()
    elements = list(DataElement.objects.select_related("register").order_by("id"))
    known = facts(actor, party_id=party_id, elements=[row.key for row in elements], purpose="data_about")
    registers = {row.key: row for row in Register.objects.select_related("keeper__party")}
    lines = []
    for row in elements:
        fact = known.get(row.key)
        if fact is None:
            continue
        register = registers.get(fact.register)
        lines.append(
            HeldDatum(
                element=row.key,
                name=row.name,
                value=fact.value,
                register=register.name if register else {"en": fact.register},
                keeper=register.keeper.party.name if register and register.keeper else "",
                keeper_name=register.keeper.full_name if register and register.keeper else {},
                as_of=fact.as_of,
                sensitive=row.sensitive,
                schema=row.schema,
            )
        )
    return lines


def consents_of(party_id: int) -> QuerySet[Consent]:
    """Given and revoked consents, newest first."""
    return Consent.objects.filter(party_id=party_id).select_related("recipient__party").order_by("-id")


def consented(*, party_id: int, recipient_id: int, element: str, subject: Ref | None = None) -> bool:
    """Whether the party lets this department read the element now (for this subject, if given)."""
    given = Consent.objects.filter(
        party_id=party_id, recipient_id=recipient_id, revoked_at__isnull=True, elements__contains=[element]
    )
    if subject is not None:
        given = given.filter(subject=str(subject))
    return given.exists()


def corrections_for(department_id: int) -> QuerySet[FactCorrection]:
    """Corrections that wait for this department as the keeper of the register, oldest first."""
    return (
        FactCorrection.objects.filter(state="open", element__register__keeper_id=department_id)
        .select_related("element", "party")
        .order_by("asked_at", "id")
    )


def corrections_of(party_id: int) -> QuerySet[FactCorrection]:
    """Corrections a party asked for, newest first."""
    return FactCorrection.objects.filter(party_id=party_id).select_related("element").order_by("-id")
