"""People, organisations, departments and posts for tests, written straight into the tables."""

import datetime as dt
import itertools
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import Group

from egov.identity import rules
from egov.identity.actions import load_roles
from egov.identity.models import (
    Account,
    Identifier,
    Mandate,
    Organisation,
    Party,
    Person,
    Post,
    Region,
    Relationship,
    Representative,
    Unit,
)
from egov.identity.queries import actor_for
from egov.kernel import clock, secrets
from egov.kernel.actor import Actor, CapacityKind

LONG_AGO = dt.date(2020, 1, 1)
REGIONS = {
    "990000": ("天江省", "province"),
    "990100": ("江州市", "city"),
    "990102": ("临江区", "district"),
    "990103": ("望山区", "district"),
    "990104": ("东湖区", "district"),
}


class Identities:
    """Factories; whatever is not said is made up. Numbers are synthetic and never collide within a test."""

    def __init__(self) -> None:
        self._count = itertools.count(1)

    def region(self, code: str = "990102") -> Region:
        """A region of the demonstration city, with those above it."""
        name, level = REGIONS[code]
        above = {"990000": None, "990100": "990000"}.get(code, "990100")
        defaults = {"name": {"zh-Hans": name}, "level": level, "parent": self.region(above) if above else None}
        return Region.objects.get_or_create(code=code, defaults=defaults)[0]

    def id_number(self, born_on: dt.date = dt.date(1990, 3, 7), sex: str = "male") -> str:
        place, second = divmod(next(self._count), 2)
        body = f"99{place:04d}{born_on:%Y%m%d}{996 + 2 * second + (sex == 'male')}"
        return body + rules.resident_check_character(body)

    def person(
        self,
        name: str = "张三",
        *,
        born_on: dt.date = dt.date(1990, 3, 7),
        sex: str = "male",
        region: Region | None = None,
        number: str | None = None,
        **more: Any,
    ) -> Person:
        party = Party.objects.create(kind="person", name=name, region=region)
        person = Person.objects.create(party=party, born_on=born_on, sex=sex, **more)
        self.identifier(party, "cn.ric", number or self.id_number(born_on, sex))
        return person

    def identifier(self, party: Party, scheme: str, number: str) -> Identifier:
        return Identifier.objects.create(
            party=party,
            scheme=scheme,
            encrypted=secrets.encrypt(number),
            digest=secrets.keyed_digest(number),
            masked=rules.masked(scheme, number),
            valid_from=LONG_AGO,
        )

    def organisation(
        self,
        name: str = "江州晓雯餐饮有限公司",
        *,
        kind: str = "enterprise",
        representative: Person | None = None,
        office: str = "legal_representative",
        region: Region | None = None,
        **more: Any,
    ) -> Organisation:
        party = Party.objects.create(kind="organisation", name=name, region=region)
        more.setdefault("full_name", {"zh-Hans": name})
        organisation = Organisation.objects.create(party=party, kind=kind, **more)
        if kind != "department":
            body = rules.body_of(next(self._count))
            code = rules.make_uscc(prefix=rules.USCC_PREFIXES[kind], area="990102", body=body)
            self.identifier(party, "cn.uscc", code)
        if representative is not None:
            Representative.objects.create(
                organisation=organisation, person=representative, office=office, valid_from=LONG_AGO
            )
        return organisation

    def department(
        self,
        key: str = "jz.linjiang.market",
        name: str = "临江区市场监督管理局",
        region: Region | None = None,
        **more: Any,
    ) -> Organisation:
        more.setdefault("short_name", {"zh-Hans": name})
        return self.organisation(
            name, kind="department", key=key, level="district", region=region or self.region(), **more
        )

    def unit(self, department: Organisation | None = None, key: str = "", **more: Any) -> Unit:
        department = department or self.department(key=f"jz.d{next(self._count)}")
        more.setdefault("name", {"zh-Hans": "许可科", "en": "Licensing section"})
        return Unit.objects.create(department=department, key=key or f"{department.key}.u{next(self._count)}", **more)

    def post(self, unit: Unit | None = None, *roles: str, person: Person | None = None, **more: Any) -> Post:
        load_roles()
        more = {"title": {"zh-Hans": "科员", "en": "Officer"}, "valid_from": LONG_AGO, **more}
        post = Post.objects.create(person=person or self.person("王五"), unit=unit or self.unit(), **more)
        post.roles.set(Group.objects.filter(name__in=roles))
        return post

    def account(self, person: Person | None = None, *, assurance: int = 2, **more: Any) -> Account:
        more.setdefault("username", f"account{next(self._count)}")
        return Account.objects.create(person=person, assurance=assurance if person else 0, **more)

    def relate(self, subject: Person, of: Person, kind: str = "parent", **more: Any) -> Relationship:
        more.setdefault("valid_from", of.born_on or LONG_AGO)
        return Relationship.objects.create(subject=subject, of=of, kind=kind, **more)

    def mandate(self, grantor: Party, agent: Party, *, by: Person, accepted: bool = True, **more: Any) -> Mandate:
        more = {"valid_from": LONG_AGO, "granted_at": clock.now(), **more}
        return Mandate.objects.create(
            grantor=grantor, agent=agent, granted_by=by, accepted_at=clock.now() if accepted else None, **more
        )

    # --- Actors -------------------------------------------------------------------------------------

    def resident(self, person: Person | None = None, assurance: int = 2) -> Actor:
        """A person with an account, acting for themselves."""
        person = person or self.person()
        account = getattr(person, "account", None) or self.account(person, assurance=assurance)
        return actor_for(account, "self")

    def officer(self, *roles: str, unit: Unit | None = None, person: Person | None = None) -> Actor:
        """Somebody in a post with these roles."""
        post = self.post(unit, *roles, person=person)
        account = getattr(post.person, "account", None) or self.account(post.person)
        return actor_for(account, f"p-{post.pk}")

    def representative(self, organisation: Organisation) -> Actor:
        """The organisation's representative, acting for it."""
        person = organisation.representatives.get().person
        account = getattr(person, "account", None) or self.account(person)
        return actor_for(account, f"o-{organisation.pk}")


@pytest.fixture
def identities(db: None) -> Identities:
    return Identities()


@pytest.fixture
def administrator() -> Callable[..., Actor]:
    """An administrator without rows behind them: ``administrator("platform_admin")``."""

    def make(*roles: str, department_id: int | None = None) -> Actor:
        return Actor(
            kind=CapacityKind.POST,
            capacity="p-0",
            department_id=department_id,
            roles=frozenset(roles or {"platform_admin"}),
        )

    return make
