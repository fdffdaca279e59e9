"""What a party has already of the services of an event: certificates in force, holdings, what a register shows.

Private to this room; ``bundles`` asks it.
"""

import datetime as dt
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from egov.catalogue.models import ServiceVersion
from egov.documents import queries as documents
from egov.documents.models import Credential
from egov.documents.rules import CredentialState
from egov.kernel.refs import Ref
from egov.kernel.text import LocalisedText
from egov.registers import queries as registers
from egov.registers.models import Holding
from egov.registers.queries import Fact
from egov.routing.rules import holdings as rules


@dataclass(frozen=True)
class Held:
    """One thing that the party has. ``number``: of the certificate, or of the case that granted it ("" for what a
    register shows). ``source``: who issued it or keeps it. ``about``: data element → value, of the object it is for;
    ``counts``: for the answers so far the service is not needed."""

    number: str
    since: dt.date | None
    until: dt.date | None
    source: LocalisedText
    about: Mapping[str, Any]
    counts: bool


def holdings_for(
    party_id: int,
    *,
    versions: Mapping[str, ServiceVersion],
    registered: Mapping[str, Fact],
    answers: Mapping[str, Any],
) -> dict[str, tuple[Held, ...]]:
    """By service, what the party has of it today. ``answers``: data element → value, as far as known. Two statements."""
    held = list(registers.holdings_of(party_id).filter(service__in=list(versions)))
    certificates = list(documents.credentials_of(party_id))
    found = {
        code: (
            *_shown(version, registered),
            *_in_force(version, [each for each in held if each.service == code], certificates, answers),
        )
        for code, version in versions.items()
    }
    return {code: each for code, each in found.items() if each}


def _shown(version: ServiceVersion, registered: Mapping[str, Fact]) -> list[Held]:
    """What a register shows: an enterprise is registered. It is the party's standing, not one of several things."""
    found = []
    for known_by in shown_by(version):
        facts = [registered[element] for element, value in known_by.items() if _says(registered, element, value)]
        if len(facts) == len(known_by):
            source = registers.register_names().get(facts[0].register, {"en": facts[0].register})
            found.append(Held("", facts[0].as_of, None, source, {}, counts=True))
    return found


def shown_by(version: ServiceVersion) -> list[Mapping[str, Any]]:
    """By which facts a register shows that the outputs of a service are there."""
    return [output["known_by"] for output in version.outputs if output.get("known_by")]


def _says(registered: Mapping[str, Fact], element: str, value: Any) -> bool:
    return element in registered and registered[element].value == value


def _in_force(
    version: ServiceVersion, held: Sequence[Holding], certificates: Sequence[Credential], answers: Mapping[str, Any]
) -> Iterator[Held]:
    """Each certificate in force of the kinds that the service issues, whichever service issued it (a renewed driving
    licence is a driving licence), and each other holding. What was granted by a certificate lasts as long as that one.
    """
    meanings = [output["held"] for output in version.outputs if output.get("held", rules.NEVER) != rules.NEVER]
    if not meanings:
        return
    told_by = {element for meaning in meanings for element in rules.same_object_by(meaning)}
    kinds = {output["credential"] for output in version.outputs if output.get("credential")}
    of_kind = [each for each in certificates if each.type in kinds]
    holding_of = {_case_of(each): each for each in held}
    for each in of_kind:
        if documents.state_of(each) == CredentialState.VALID:
            about = {**_about(version, holding_of.get(each.case), told_by), **_only(told_by, each.data)}
            counts = any(rules.counts(meaning, about, answers) for meaning in meanings)
            yield Held(each.number, each.valid_from, each.valid_to, each.issuer.full_name, about, counts)
    certified = {each.case for each in of_kind if each.case}
    for holding in held:
        if _case_of(holding) not in certified:
            about = _about(version, holding, told_by)
            counts = any(rules.counts(meaning, about, answers) for meaning in meanings)
            number = _case_of(holding) or holding.source
            yield Held(number, holding.valid_from, holding.valid_to, version.department_name, about, counts)


def _case_of(holding: Holding) -> str:
    ref = Ref.parse(holding.source)
    return ref.key if ref.kind == "case" else ""


def _about(version: ServiceVersion, holding: Holding | None, elements: Collection[str]) -> dict[str, Any]:
    """What a holding says of these data elements: its data are answers to the form of its service, or elements already."""
    if holding is None:
        return {}
    fields = (version.form or {}).get("properties", {})
    return _only(elements, {fields.get(key, {}).get("x-element", key): value for key, value in holding.data.items()})


def _only(elements: Collection[str], data: Mapping[str, Any]) -> dict[str, Any]:
    return {element: data[element] for element in elements if data.get(element) is not None}
