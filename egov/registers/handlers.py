"""The registers that this platform keeps itself: population and organisations, both in the identity room."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from egov.identity import queries as identity
from egov.identity import rules
from egov.identity.models import Person
from egov.kernel import clock
from egov.registers.registry import Fact, RegisterHandler, handlers

# data element -> what identity calls it, in this order; for a person and for an organisation
_OF_A_PERSON: dict[str, tuple[str, ...]] = {
    "person.name": ("person.name",),
    "person.name_latin": ("person.name_latin",),
    "person.id_number": ("person.id_number",),
    "person.sex": ("person.sex",),
    "person.born_on": ("person.born_on",),
    "person.age": ("person.age",),
    "person.nationality": ("person.nationality",),
    "person.address": ("household.address", "person.address"),  # where the household is registered
    "person.registered_region": ("person.registered_region",),
    "person.region": ("person.region",),
    "person.phone": ("person.phone",),
    "person.email": ("person.email",),
    "person.passport_number": ("person.passport_number",),
    "person.marital_status": ("person.marital_status",),
    "person.household_number": ("household.number",),
    "household.members": ("household.size",),
    "spouse.name": ("spouse.name",),
    "address.residence": ("person.address",),
    "address.postal": ("person.address",),
    "contact.phone": ("person.phone",),
    "contact.name": ("person.name",),
}
_OF_AN_ORGANISATION: dict[str, tuple[str, ...]] = {
    "organisation.name": ("organisation.name",),
    "organisation.uscc": ("organisation.uscc",),
    "organisation.type": ("organisation.type",),
    "organisation.kind": ("organisation.kind",),
    "organisation.address": ("organisation.address",),
    "organisation.region": ("organisation.region",),
    "organisation.legal_representative": ("organisation.legal_representative",),
    "organisation.founded_on": ("organisation.founded_on",),
    "organisation.industry": ("organisation.industry",),
    "organisation.phone": ("organisation.phone",),
    "organisation.email": ("organisation.email",),
    "shop.address": ("organisation.address",),
    "shop.region": ("organisation.region",),
    "contact.phone": ("organisation.phone",),
    "contact.name": ("organisation.legal_representative",),
}
_OF_RELATIVES = (
    *("spouse.id_number", "child.name", "child.id_number", "child.born_on", "child.sex"),
    *("guardian.name", "guardian.id_number"),
    *("parent.father_name", "parent.father_id_number", "parent.mother_name", "parent.mother_id_number"),
)
ELEMENTS = tuple(dict.fromkeys((*_OF_A_PERSON, *_OF_AN_ORGANISATION, *_OF_RELATIVES)))


def _facts(party_id: int, elements: Sequence[str]) -> dict[str, Fact]:
    today = clock.today()
    known = identity.identity_facts(party_id)
    names, register = _OF_A_PERSON, "population"
    if "organisation.name" in known:
        names, register = _OF_AN_ORGANISATION, "organisations"
    found: dict[str, Any] = {
        element: next((known[name] for name in names.get(element, ()) if name in known), None) for element in elements
    }
    relatives = [element for element in elements if element in _OF_RELATIVES]
    if relatives and register == "population":
        found.update(_relatives(party_id, relatives, born_on=known.get("person.born_on")))
    return {element: Fact(value, register, today) for element, value in found.items() if value not in (None, "")}


def _relatives(person_id: int, elements: Sequence[str], *, born_on: str | None) -> dict[str, Any]:
    """About the spouse, and about child and guardian when there is exactly one: of several, the person says which.

    Only a child is asked for its own parents; a grown person files about those of a child.
    """
    kinds = {element.partition(".")[0] for element in elements}
    found: dict[str, Any] = {}
    if "spouse" in kinds:
        found |= _about("spouse", identity.spouse_of(person_id), elements)
    if "child" in kinds:
        minors = [each for each in identity.children_of(person_id) if rules.is_minor(each.born_on, clock.today())]
        found |= _about("child", minors[0] if len(minors) == 1 else None, elements)
    if "guardian" in kinds:
        guardians = identity.guardians_of(person_id)
        found |= _about("guardian", guardians[0] if len(guardians) == 1 else None, elements)
    if "parent" in kinds and rules.is_minor(dt.date.fromisoformat(born_on) if born_on else None, clock.today()):
        for parent in identity.parents_of(person_id):
            found |= _about("parent.father" if parent.sex == "male" else "parent.mother", parent, elements)
    return found


def _about(prefix: str, person: Person | None, elements: Sequence[str]) -> dict[str, Any]:
    if person is None:
        return {}
    joint = "_" if prefix.startswith("parent.") else "."
    facts: dict[str, Any] = {
        f"{prefix}{joint}name": person.party.name,
        f"{prefix}{joint}born_on": person.born_on.isoformat() if person.born_on else None,
        f"{prefix}{joint}sex": person.sex,
    }
    number = f"{prefix}{joint}id_number"
    if number in elements:
        facts[number] = identity.number_of(person.pk, "cn.ric")
    return {element: value for element, value in facts.items() if element in elements}


handlers.add("identity", RegisterHandler(key="identity", elements=lambda: ELEMENTS, facts=_facts))
