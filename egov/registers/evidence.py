"""How registers answer for a material: what was issued here, what is held, or an extract of facts. Private to this room."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from egov.documents import queries as documents
from egov.documents.models import Credential
from egov.documents.rules import CredentialState
from egov.identity import queries as identity
from egov.kernel import clock
from egov.kernel.text import LocalisedText, localise
from egov.registers.models import EvidenceType, Holding, Register
from egov.registers.registry import Absent, Evidence, RegisterHandler, handlers
from egov.registers.rows import rows_in_clear

ISSUER: LocalisedText = {"zh-Hans": "发证机关", "en": "Issued by"}
SINCE: LocalisedText = {"zh-Hans": "生效日期", "en": "Valid from"}
EXTRACT = (("zh-Hans", "%s：信息摘录"), ("en", "%s: extract"))
# Of several reasons, the one that tells most.
_TELLING = (Absent.ENDED, Absent.OTHER_PERSON, Absent.NOTHING, Absent.NO_REGISTER)


def look_up(kind: EvidenceType, *, applicant_id: int, filer_id: int | None) -> Evidence | Absent:
    """The first of the sources that holds the evidence, else why none does."""
    reasons = {Absent.NO_REGISTER}
    for source in kind.sources:
        found = _in_source(source, applicant_id, filer_id)
        if isinstance(found, Evidence):
            return found
        reasons.add(found)
    return next(reason for reason in _TELLING if reason in reasons)


def _in_source(source: Mapping[str, Any], applicant_id: int, filer_id: int | None) -> Evidence | Absent:
    register = Register.objects.filter(key=source["register"]).first()
    handler = handlers.find(register.handler) if register else None
    if register is None or handler is None:
        return Absent.NO_REGISTER
    party_id = _about(source.get("of", ""), applicant_id, filer_id)
    if isinstance(party_id, Absent):
        return party_id
    found = handler.evidence(party_id, source) if handler.evidence else _facts(handler, register.key, party_id, source)
    if isinstance(found, Evidence) and not found.title:
        return replace(found, title={language: text % localise(register.name, language) for language, text in EXTRACT})
    return found


def _about(of: str, applicant_id: int, filer_id: int | None) -> int | Absent:
    """Whose data it is. Only those who ask are read about: nobody agrees for another person (PIPL art. 13)."""
    if not of:
        return applicant_id
    if of == "filer":
        return filer_id or Absent.NOTHING
    heads = [head.person_id for head in identity.representatives_of(applicant_id)]
    if not heads:
        return Absent.NOTHING
    return filer_id if filer_id is not None and filer_id in heads else Absent.OTHER_PERSON


def _facts(handler: RegisterHandler, register: str, party_id: int, source: Mapping[str, Any]) -> Evidence | Absent:
    """What the register knows of the elements named; without the one that is its ``number`` it answers nothing."""
    number, elements = source["number"], source["elements"]
    facts = handler.facts(party_id, list(dict.fromkeys([number, *elements])))
    known = {key: fact for key, fact in facts.items() if fact.register == register}
    if number not in known:
        return Absent.NOTHING
    rows = rows_in_clear({key: known[key].value for key in elements if key in known})
    fact = known[number]
    is_private = any(row["sensitive"] for row in rows_in_clear({number: fact.value}))
    return Evidence(party_id, register, fact.as_of, number="" if is_private else str(fact.value), rows=rows)


# --- Certificates issued here ------------------------------------------------------------------------------


def certificate(party_id: int, source: Mapping[str, Any]) -> Evidence | Absent:
    """The certificate in force of one of ``types`` (in this order), of ``services`` where they are named."""
    wanted = list(source["types"])
    rows = documents.credentials_of(party_id).filter(type__in=wanted)
    if source.get("services"):
        rows = rows.filter(service__in=source["services"])
    held = list(rows)
    in_force = [row for row in held if documents.state_of(row) is CredentialState.VALID]
    if not in_force:
        return Absent.ENDED if held else Absent.NOTHING
    return _certificate(min(in_force, key=lambda row: wanted.index(row.type)))


def _certificate(found: Credential) -> Evidence:
    rows = [
        *rows_in_clear(found.data),
        {"label": ISSUER, "value": found.issuer.full_name, "sensitive": False},
        {"label": SINCE, "value": found.valid_from.isoformat(), "sensitive": False},
    ]
    return Evidence(
        found.holder_id,
        "certificates",
        clock.today(),
        title=found.document.title if found.document else {},
        number=found.number,
        rows=rows,
        valid_to=found.valid_to,
        document=found.document_id,
    )


# --- What a party holds ------------------------------------------------------------------------------------


def holding(party_id: int, source: Mapping[str, Any]) -> Evidence | Absent:
    """What the party holds today of the outputs of ``services``."""
    mine = Holding.objects.filter(party_id=party_id, service__in=source["services"])
    found = mine.in_force(clock.today()).order_by("-valid_from", "-id").first()
    if found is None:
        return Absent.ENDED if mine.exists() else Absent.NOTHING
    rows = [
        *rows_in_clear(found.data),
        {"label": SINCE, "value": found.valid_from.isoformat(), "sensitive": False},
    ]
    return Evidence(
        party_id,
        "holdings",
        clock.today(),
        number=found.source.partition(":")[2],
        rows=rows,
        valid_to=found.valid_to,
    )


handlers.add("certificates", RegisterHandler(key="certificates", evidence=certificate))
handlers.add("holdings", RegisterHandler(key="holdings", evidence=holding))
