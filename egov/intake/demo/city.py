"""Who files in the demonstration city, in which capacity, and what they know of themselves."""

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

from egov.casework.demo import Officers
from egov.identity.models import (
    Account,
    Contact,
    HouseholdMember,
    Identifier,
    Mandate,
    Organisation,
    OrganisationKind,
    Party,
    Person,
    Representative,
    Unit,
)
from egov.kernel import secrets
from egov.kernel.actor import Actor, CapacityKind
from egov.kernel.text import localise

OF_AGE = 18


@dataclass(frozen=True)
class Filer:
    """An applicant with the human who files for them."""

    party: Party
    actor: Actor
    kind: str  # party kind as routing knows it
    region: str
    facts: dict[str, Any] = field(default_factory=dict)
    person: Person | None = None  # of a person who files for themselves
    business: str = ""  # kind of the organisation, of one that is no office


class City:
    """Everybody who files, by who they are, in an order that stays the same."""

    def __init__(self, today: dt.date) -> None:
        self.officers = Officers()
        self.units = {unit.pk: unit for unit in Unit.objects.select_related("department__party")}
        self._accounts = dict(Account.objects.filter(person__isnull=False).values_list("person_id", "pk"))
        self._numbers = {
            (party_id, scheme): secrets.decrypt(sealed)
            for party_id, scheme, sealed in Identifier.objects.filter(valid_to__isnull=True).values_list(
                "party_id", "scheme", "encrypted"
            )
        }
        self._phones = {
            party_id: secrets.decrypt(sealed)
            for party_id, sealed in Contact.objects.filter(channel="sms").values_list("party_id", "encrypted")
        }
        self.filers: dict[str, list[Filer]] = defaultdict(list)
        self._find_people(today)
        self._find_businesses(today)
        self._find_staff()

    def named(self, name: str) -> list[Filer]:
        """In all capacities of whoever has this account name."""
        person = Account.objects.values_list("person_id", flat=True).get(username=name)
        return [filer for who in ("person", "business") for filer in self.filers[who] if filer.actor.party_id == person]

    def unit_of(self, role: str, region: str) -> Unit | None:
        """The unit that answers for a function of government in a region, or in the city."""
        keys = {unit.department.key: unit for unit in self.units.values() if unit.key.endswith(".services")}
        district = {"990102": "jz.linjiang", "990103": "jz.wangshan", "990104": "jz.donghu"}.get(region, "jz")
        return keys.get(f"{district}.{role}") or keys.get(f"jz.{role}")

    def _find_people(self, today: dt.date) -> None:
        born_by = today.replace(year=today.year - OF_AGE)
        members = HouseholdMember.objects.filter(valid_to__isnull=True, person__born_on__lte=born_by)
        for member in members.select_related("person__party").order_by("pk"):
            person, party = member.person, member.person.party
            facts = self._facts_of(person.pk, party.name)
            facts |= {
                "person.address": person.address,
                "person.address_here": person.address,
                "person.registered_region": person.registered_region_id,
                "person.region": party.region_id,
                "person.shop": f"{person.address.partition('号')[0]}号1铺",
            }
            actor = self._applicant(CapacityKind.SELF, "self", person.pk, party)
            filer = Filer(party, actor, "person", party.region_id or "", facts, person)
            self.filers["person"].append(filer)
            if person.registered_region_id != party.region_id:
                self.filers["newcomer"].append(filer)

    def _facts_of(self, person_id: int, name: str) -> dict[str, Any]:
        phone = self._phones.get(person_id, "").removeprefix("+86")
        return {
            "person.name": name,
            "person.id_number": self._numbers.get((person_id, "cn.ric"), ""),
            "person.phone": phone,
            "contact.phone": phone,
        }

    def _find_businesses(self, today: dt.date) -> None:
        kinds = [OrganisationKind.ENTERPRISE, OrganisationKind.SOLE_TRADER]
        offices = Representative.objects.filter(organisation__kind__in=kinds, valid_to__isnull=True)
        # Those the city was founded with: what a year of registrations adds or ends must not change the year.
        offices = offices.filter(organisation__details__origin="demonstration")
        agents = {
            mandate.grantor_id: mandate
            for mandate in Mandate.objects.filter(
                revoked_at__isnull=True, accepted_at__isnull=False, services=[]
            ).order_by("-pk")
        }
        for office in offices.select_related("organisation__party", "person__party").order_by("pk"):
            organisation, party = office.organisation, office.organisation.party
            facts = self._facts_of(office.person_id, office.person.party.name)
            facts |= {
                "organisation.name": party.name,
                "organisation.uscc": self._numbers.get((party.pk, "cn.uscc"), ""),
                "shop.region": party.region_id,
                "shop.address": organisation.address,
                "person.address_here": organisation.address,
            }
            region, kind = party.region_id or "", organisation.kind
            actor = self.representative(office.person_id, party)
            self.filers["business"].append(Filer(party, actor, "organisation", region, facts, business=kind))
            if mandate := agents.get(party.pk):
                agent = self._applicant(CapacityKind.AGENT, f"m-{mandate.pk}", mandate.agent_id, party, mandate.pk)
                self.filers["business"].append(Filer(party, agent, "organisation", region, facts, business=kind))

    def _find_staff(self) -> None:
        """Civil servants for themselves, and heads for their departments."""
        heads = {actor.department_id: actor for actor in self.officers.with_role("department_head")}
        departments = Organisation.objects.filter(kind=OrganisationKind.DEPARTMENT, key__startswith="jz.")
        for department in departments.select_related("party").order_by("pk"):
            facts = {"organisation.name": localise(department.full_name, "zh-Hans")}
            region = department.party.region_id or ""
            if head := heads.get(department.pk):
                self.filers["department"].append(Filer(department.party, head, "organisation", region, facts))
        parties = Party.objects.in_bulk(list(self.officers.names))
        for actor in self.officers.by_post.values():
            if actor.has_role("department_head"):
                continue  # whose own matters the office above decides
            party = parties[actor.party_id or 0]
            facts = self._facts_of(party.pk, party.name)
            region = party.region_id or actor.region_code
            self.filers["staff"].append(
                Filer(party, actor, "person", region, {**facts, "department": actor.department_id})
            )

    def representative(self, person_id: int, organisation: Party) -> Actor:
        return self._applicant(CapacityKind.REPRESENTATIVE, f"o-{organisation.pk}", person_id, organisation)

    def _applicant(
        self, kind: CapacityKind, capacity: str, person_id: int, party: Party, mandate_id: int | None = None
    ) -> Actor:
        return Actor(
            kind=kind,
            capacity=capacity,
            account_id=self._accounts.get(person_id),
            party_id=person_id,
            on_behalf_of_id=party.pk,
            assurance=2,
            mandate_id=mandate_id,
            region_code=party.region_id or "",
        )
