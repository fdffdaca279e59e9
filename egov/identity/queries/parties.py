"""What the registers of people and organisations say about a party. Callers record views in the journal."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext_lazy as _

from egov.identity import rules
from egov.identity.models import (
    Contact,
    HouseholdMember,
    Identifier,
    Party,
    PartyKind,
    Person,
    Relationship,
    Representative,
)
from egov.identity.queries.current import current
from egov.identity.queries.regions import region_name
from egov.kernel import clock, secrets
from egov.kernel.errors import InvalidInput, NotFound


def party_by_number(scheme: str, number: str) -> Party | None:
    """Whose present number this is; None for an unknown or malformed one. Looks up a keyed digest."""
    try:
        number = rules.check_number(scheme, number)
    except InvalidInput:
        return None
    return Party.objects.filter(
        identifiers__scheme=scheme,
        identifiers__digest=secrets.keyed_digest(number),
        identifiers__valid_to__isnull=True,
    ).first()


def party_named(number: str, name: str) -> Party:
    """Whoever has this identity number or credit code and this very name, so that nobody can be guessed by a number.

    Raises ``InvalidInput``.
    """
    found = next((party for scheme in ("cn.ric", "cn.uscc") if (party := party_by_number(scheme, number))), None)
    if found is None or found.name != " ".join(name.split()):
        raise InvalidInput.at("number", "unknown", _("Nobody of this name and number is registered here. Check both."))
    return found


def number_of(party_id: int, scheme: str) -> str | None:
    """The party's present number in clear."""
    row = Identifier.objects.filter(party_id=party_id, scheme=scheme, valid_to__isnull=True).first()
    return secrets.decrypt(row.encrypted) if row else None


def is_person(party_id: int) -> bool:
    return Party.objects.filter(pk=party_id, kind=PartyKind.PERSON).exists()


def names_of(party_ids: Iterable[int]) -> dict[int, str]:
    """Names of many parties with one statement."""
    return dict(Party.objects.filter(pk__in=set(party_ids)).values_list("pk", "name"))


# --- Facts ------------------------------------------------------------------------------------------


def identity_facts(party_id: int) -> dict[str, Any]:
    """What the identity registers know about a party: data element → value, only what is known.

    Numbers and contacts stand in clear under their element and masked under ``<element>_masked``. Four statements
    for a person, five for an organisation. Raises ``NotFound``.
    """
    party = Party.objects.select_related("person", "organisation").filter(pk=party_id).first()
    if party is None:
        raise NotFound()
    facts = _person_facts(party) if party.kind == PartyKind.PERSON else _organisation_facts(party)
    facts.update(_numbers(party))
    facts.update(_contacts(party))
    return {element: value for element, value in facts.items() if value not in (None, "", {})}


def _person_facts(party: Party) -> dict[str, Any]:
    person = party.person
    household = household_of(party.pk)
    spouse = spouse_of(party.pk)
    return {
        "person.name": party.name,
        "person.name_latin": person.name_latin,
        "person.sex": person.sex,
        "person.born_on": person.born_on.isoformat() if person.born_on else None,
        "person.age": rules.age_on(person.born_on, clock.today()) if person.born_on else None,
        "person.nationality": person.nationality,
        "person.address": person.address,
        "person.region": party.region_id,
        "person.region_name": region_name(party.region_id or "", "zh-Hans"),
        "person.registered_region": person.registered_region_id,
        "person.registered_region_name": region_name(person.registered_region_id or "", "zh-Hans"),
        "household.number": household.number if household else None,
        "household.address": household.address if household else None,
        "household.role": household.role_of(party.pk) if household else None,
        "household.size": len(household.members) if household else None,
        "person.marital_status": "married" if spouse else None,
        "spouse.name": spouse.party.name if spouse else None,
    }


def _organisation_facts(party: Party) -> dict[str, Any]:
    organisation = party.organisation
    head = representatives_of(party.pk).first()
    return {
        "organisation.name": party.name,
        "organisation.kind": organisation.kind,
        "organisation.type": organisation.org_type,
        "organisation.address": organisation.address,
        "organisation.region": party.region_id,
        "organisation.region_name": region_name(party.region_id or "", "zh-Hans"),
        "organisation.industry": organisation.industry,
        "organisation.phone": organisation.phone,
        "organisation.founded_on": organisation.founded_on.isoformat() if organisation.founded_on else None,
        "organisation.legal_representative": head.person.party.name if head else None,
    }


_NUMBER_ELEMENTS = {
    ("person", "cn.ric"): "person.id_number",
    ("person", "passport"): "person.passport_number",
    ("person", "phone"): "person.phone",
    ("organisation", "cn.uscc"): "organisation.uscc",
    ("organisation", "phone"): "organisation.phone",
}
_CONTACT_ELEMENTS = {"sms": "phone", "email": "email"}


def _numbers(party: Party) -> dict[str, str]:
    found = {}
    for row in Identifier.objects.filter(party=party, valid_to__isnull=True):
        element = _NUMBER_ELEMENTS.get((party.kind, row.scheme))
        if element:
            found[element] = secrets.decrypt(row.encrypted)
            found[f"{element}_masked"] = row.masked
    return found


def _contacts(party: Party) -> dict[str, str]:
    found = {}
    for row in Contact.objects.filter(party=party):
        element = f"{party.kind}.{_CONTACT_ELEMENTS[row.channel]}"
        found[element] = secrets.decrypt(row.encrypted)
        found[f"{element}_masked"] = row.masked
    return found


# --- Family -----------------------------------------------------------------------------------------


def children_of(person_id: int) -> QuerySet[Person]:
    """Living children of whatever age, oldest first."""
    return (
        Person.objects.filter(
            current(prefix="related_by__"), related_by__subject_id=person_id, related_by__kind="parent"
        )
        .filter(died_on__isnull=True)
        .select_related("party")
        .order_by("born_on", "pk")
        .distinct()
    )


def parents_of(person_id: int) -> QuerySet[Person]:
    """Living parents."""
    return (
        Person.objects.filter(
            current(prefix="relationships__"), relationships__of_id=person_id, relationships__kind="parent"
        )
        .filter(died_on__isnull=True)
        .select_related("party")
        .order_by("sex", "pk")
        .distinct()
    )


def guardians_of(person_id: int, on: dt.date | None = None) -> list[Person]:
    """Who represents this person by law on that day (today): the parents of a minor, or guardians."""
    day = on or clock.today()
    rows = by_law(Relationship.objects.filter(of_id=person_id), day).filter(subject__died_on__isnull=True)
    found = {row.subject_id: row.subject for row in rows.select_related("subject__party", "of") if _acts(row, day)}
    return list(found.values())


def wards_of(person_id: int, on: dt.date | None = None) -> list[Person]:
    """Whom this person represents by law on that day (today): minor children and wards."""
    day = on or clock.today()
    rows = by_law(Relationship.objects.filter(subject_id=person_id), day).filter(of__died_on__isnull=True)
    found = {row.of_id: row.of for row in rows.select_related("of__party") if _acts(row, day)}
    return list(found.values())


def by_law(relationships: QuerySet[Relationship], day: dt.date) -> QuerySet[Relationship]:
    """Those of parents and guardians on that day, with ``other_guardian``: somebody else was appointed."""
    others = Relationship.objects.filter(current(day), of_id=OuterRef("of_id"), kind="guardian")
    return (
        relationships.filter(current(day), kind__in=["parent", "guardian"])
        .annotate(other_guardian=Exists(others.exclude(subject_id=OuterRef("subject_id"))))
        .order_by("of__born_on", "of_id", "kind", "pk")
    )


def _acts(row: Relationship, day: dt.date) -> bool:
    return rules.acts_by_law(
        kind=row.kind,
        since=row.valid_from,
        born_on=row.of.born_on,
        other_guardian=row.other_guardian,  # type: ignore[attr-defined]
        day=day,
    )


def spouse_of(person_id: int) -> Person | None:
    return (
        Person.objects.filter(
            current(prefix="related_by__"), related_by__subject_id=person_id, related_by__kind="spouse"
        )
        .select_related("party")
        .first()
    )


def representatives_of(organisation_id: int, on: dt.date | None = None) -> QuerySet[Representative]:
    """Who may act for the organisation by virtue of an office in it, the legal representative first."""
    return (
        Representative.objects.filter(current(on), organisation_id=organisation_id)
        .select_related("person__party")
        .order_by("office", "pk")
    )


# --- Households -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class HouseholdMembership:
    person_id: int
    name: str
    role: str


@dataclass(frozen=True)
class HouseholdView:
    """A registered household and who belongs to it, the head first."""

    number: str
    region_code: str
    address: str
    members: tuple[HouseholdMembership, ...]

    def role_of(self, person_id: int) -> str:
        return next((each.role for each in self.members if each.person_id == person_id), "")


_ROLES = ("head", "spouse", "child", "parent", "other")


def household_of(person_id: int, on: dt.date | None = None) -> HouseholdView | None:
    """The household in which the person is registered (one statement)."""
    mine = HouseholdMember.objects.filter(current(on), person_id=person_id).values("household_id")
    members = list(
        HouseholdMember.objects.filter(current(on), household_id__in=mine)
        .select_related("household", "person__party")
        .order_by("pk")
    )
    if not members:
        return None
    household = members[0].household
    ranked = sorted(members, key=lambda each: _ROLES.index(each.role) if each.role in _ROLES else len(_ROLES))
    return HouseholdView(
        household.number,
        household.region_id,
        household.address,
        tuple(HouseholdMembership(each.person_id, each.person.party.name, each.role) for each in ranked),
    )
