"""Children whose birth was registered in the demonstration city's past."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from egov.identity import actions
from egov.identity.demo.drafting import write_numbers
from egov.identity.models import HouseholdMember, Party, PartyKind, Person, Relationship, RelationshipKind


@dataclass(frozen=True)
class PastBirth:
    """A child that joined the household of ``mother_id``; see ``certificates.register_birth``."""

    name: str
    sex: str
    born_on: dt.date
    region: str
    mother_id: int
    registered_on: dt.date
    source: str


def lay_born(births: Sequence[PastBirth]) -> list[tuple[Person, str, str]]:
    """Insert children with number, mother and household; in the order given, with the numbers of child and household."""
    numbers = [actions.draw_resident_id(region_code=each.region, born_on=each.born_on, sex=each.sex) for each in births]
    mothers = HouseholdMember.objects.filter(
        person_id__in=[each.mother_id for each in births], valid_to__isnull=True
    ).select_related("household")
    home = {member.person_id: member for member in mothers}
    parties = Party.objects.bulk_create(
        Party(kind=PartyKind.PERSON, name=each.name, region_id=each.region) for each in births
    )
    people = Person.objects.bulk_create(
        Person(
            party=party,
            sex=each.sex,
            born_on=each.born_on,
            registered_region_id=home[each.mother_id].household.region_id,
            address=home[each.mother_id].household.address,
        )
        for party, each in zip(parties, births, strict=True)
    )
    write_numbers(
        "cn.ric", [(row.pk, number, each.born_on) for row, number, each in zip(people, numbers, births, strict=True)]
    )
    Relationship.objects.bulk_create(
        Relationship(
            subject_id=each.mother_id,
            of=child,
            kind=RelationshipKind.PARENT,
            valid_from=each.born_on,
            source=each.source,
        )
        for child, each in zip(people, births, strict=True)
    )
    HouseholdMember.objects.bulk_create(
        HouseholdMember(
            household_id=home[each.mother_id].household_id,
            person=child,
            role="child" if home[each.mother_id].role in ("head", "spouse") else "other",
            valid_from=each.registered_on,
        )
        for child, each in zip(people, births, strict=True)
    )
    households = [home[each.mother_id].household.number for each in births]
    return list(zip(people, numbers, households, strict=True))
