"""Agencies, people and actors for the tests of documents, notices, ledger and payments."""

from collections.abc import Callable
from itertools import count

import pytest

from egov.identity.models import Contact, Organisation, Party, Person, Unit
from egov.kernel import secrets
from egov.kernel.actor import Actor, CapacityKind

_numbers = count(1)


@pytest.fixture
def an_agency(db: None) -> Callable[..., Organisation]:
    """``an_agency(zh="望山区公安局")``: a department of its own."""

    def make(zh: str = "临江区市场监督管理局", en: str = "Linjiang Market Regulation Bureau") -> Organisation:
        number = next(_numbers)
        party = Party.objects.create(kind="organisation", name=zh)
        organisation = Organisation.objects.create(
            party=party,
            kind="department",
            key=f"test.agency{number}",
            full_name={"zh-Hans": zh, "en": en},
            short_name={"zh-Hans": zh, "en": en},
        )
        Unit.objects.create(department=organisation, key=f"test.agency{number}.unit", name={"zh-Hans": "窗口"})
        return organisation

    return make


@pytest.fixture
def agency(an_agency: Callable[..., Organisation]) -> Organisation:
    return an_agency()


@pytest.fixture
def a_payer(db: None) -> Callable[..., Party]:
    """``a_payer("王小明", email=…, sms=…)``: a person with contacts."""

    def make(name: str = "王小明", *, email: str = "", sms: str = "") -> Party:
        party = Party.objects.create(kind="person", name=name)
        Person.objects.create(party=party)
        for channel, address in (("email", email), ("sms", sms)):
            if address:
                Contact.objects.create(
                    party=party, channel=channel, encrypted=secrets.encrypt(address), masked=f"{address[:2]}***"
                )
        return party

    return make


@pytest.fixture
def payer(a_payer: Callable[..., Party]) -> Party:
    return a_payer()


@pytest.fixture
def acting_for() -> Callable[[Party], Actor]:
    """A person for themselves."""
    return lambda party: Actor(
        kind=CapacityKind.SELF,
        capacity="self",
        account_id=9,
        party_id=party.pk,
        on_behalf_of_id=party.pk,
        assurance=2,
    )


@pytest.fixture
def officer_of() -> Callable[..., Actor]:
    """``officer_of(department, "cashier")``: a civil servant of the department with these roles."""

    def make(department: Organisation, *roles: str) -> Actor:
        return Actor(
            kind=CapacityKind.POST,
            capacity="p-7",
            account_id=7,
            party_id=department.pk,
            post_id=7,
            department_id=department.pk,
            roles=frozenset(roles),
            assurance=3,
        )

    return make
