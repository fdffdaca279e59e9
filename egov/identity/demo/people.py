"""Residents in families: couples, children, grandparents, single parents, guardians, people from elsewhere."""

import datetime as dt
import random
from collections.abc import Callable
from dataclasses import dataclass, field

from django.db import transaction

from egov.identity import rules
from egov.identity.demo.drafting import AS_OF, Draft, Maker, Numbers, write_people
from egov.identity.demo.names import DISTRICTS
from egov.identity.models import Household, HouseholdMember, Identifier, Relationship
from egov.journal import actions as journal
from egov.kernel import secrets
from egov.kernel.actor import SYSTEM
from egov.kernel.refs import Ref

SOURCE = "demonstration"
LIN, ZHAO, WU = "林晓雯", "赵启明", "吴慧敏"
ELSEWHERE = "990202"  # where migrants are registered


@dataclass
class _Family:
    """Who lives together, and how they are related."""

    region: str
    members: list[tuple[Draft, str]] = field(default_factory=list)
    couples: list[tuple[Draft, Draft, dt.date]] = field(default_factory=list)
    parents: list[tuple[Draft, Draft]] = field(default_factory=list)
    guardians: list[tuple[Draft, Draft, dt.date]] = field(default_factory=list)
    registered_region: str = ""

    def add(self, draft: Draft, role: str) -> Draft:
        self.members.append((draft, role))
        return draft

    def marry(self, one: Draft, other: Draft, day: dt.date) -> None:
        self.couples.append((one, other, day))

    def children_of(self, *parents: Draft) -> Callable[[Draft], None]:
        def born(child: Draft) -> None:
            self.add(child, "child")
            self.parents.extend((parent, child) for parent in parents)

        return born


@transaction.atomic
def lay_people(rng: random.Random, residents: int = 500) -> int:
    """About ``residents`` people in families, those with demonstration accounts first; how many (0: they live here)."""
    own = random.Random(rng.getrandbits(64))  # noqa: S311 - reproducible, not secret
    if Household.objects.filter(number=_household_number("990102", 1)).exists():
        return 0
    maker = Maker(own)
    # The officers were drawn from the same numbers; theirs are left out.
    maker.numbers = _numbers_left()
    families = [*_named(maker), _ward(maker), _orphan(maker)]
    while len(maker.drafts) < residents:
        kind = own.choices(_KINDS, weights=[weight for weight, _make in _WEIGHTED])[0]
        families.append(kind(maker, own.choice(sorted(DISTRICTS))))
    for serial, family in enumerate(families):
        _settle(own, family, serial)
    write_people(maker.drafts)
    _write_families(families)
    journal.record(SYSTEM, "identity.lay_people", Ref(SOURCE, "people"), content=len(maker.drafts))
    return len(maker.drafts)


def _numbers_left() -> Numbers:
    """Without those of the people who are on register already (the officers)."""
    taken = Identifier.objects.filter(scheme="cn.ric").values_list("encrypted", flat=True)
    return Numbers(secrets.decrypt(each)[:17] for each in taken)


def resident(name: str) -> int:
    """The party of a resident with a demonstration account: they were entered before anybody of the same name."""
    rows = HouseholdMember.objects.filter(person__party__name=name).order_by("pk")
    return rows.values_list("person_id", flat=True)[:1].get()


# --- Families ---------------------------------------------------------------------------------------


def _named(maker: Maker) -> list[_Family]:
    """The residents whose accounts the demonstration gives out."""
    region = "990102"
    lin = _Family(region)
    her = lin.add(_fixed(maker, LIN, "Lin Xiaowen", "female", dt.date(1990, 3, 8), region), "spouse")
    him = lin.add(_fixed(maker, "陈立", "Chen Li", "male", dt.date(1988, 7, 15), region), "head")
    lin.marry(him, her, dt.date(2015, 5, 20))
    lin.children_of(him, her)(_fixed(maker, "陈小满", "Chen Xiaoman", "female", dt.date(2018, 9, 2), region))
    zhao = _Family(region)
    head = zhao.add(_fixed(maker, ZHAO, "Zhao Qiming", "male", dt.date(1985, 5, 20), region), "head")
    wife = zhao.add(_fixed(maker, "孙丽", "Sun Li", "female", dt.date(1986, 11, 3), region), "spouse")
    zhao.marry(head, wife, dt.date(2010, 10, 6))
    zhao.children_of(head, wife)(_fixed(maker, "赵子轩", "Zhao Zixuan", "male", dt.date(2012, 6, 1), region))
    wu = _Family(region)
    wu.add(_fixed(maker, WU, "Wu Huimin", "female", dt.date(1987, 2, 14), region), "head")
    return [lin, zhao, wu]


def _fixed(maker: Maker, name: str, latin: str, sex: str, born_on: dt.date, region: str) -> Draft:
    return maker.person(age=(0, 0), sex=sex, region=region, name=(name, latin), born_on=born_on)


def _ward(maker: Maker) -> _Family:
    """A grown son without capacity, whose mother is his guardian (Civil Code art. 28)."""
    family = _Family("990103")
    mother = family.add(maker.person(age=(60, 64), sex="female", region=family.region), "head")
    son = maker.person(age=(30, 34), sex="male", region=family.region)
    family.children_of(mother)(son)
    family.guardians.append((mother, son, rules.birthday(son.born_on, son.born_on.year + 20)))
    return family


def _orphan(maker: Maker) -> _Family:
    """A child whose aunt was appointed guardian (Civil Code art. 27)."""
    family = _Family("990104")
    aunt = family.add(maker.person(age=(38, 42), sex="female", region=family.region), "head")
    child = family.add(maker.person(age=(9, 11), region=family.region, surname=aunt.surname), "other")
    family.guardians.append((aunt, child, dt.date(2023, 6, 1)))
    return family


def _couple(maker: Maker, region: str, age: tuple[int, int]) -> tuple[_Family, Draft, Draft]:
    family = _Family(region)
    him = family.add(maker.person(age=age, sex="male", region=region), "head")
    near = (max(20, him.age() - 4), him.age() + 2)
    her = family.add(maker.person(age=near, sex="female", region=region), "spouse")
    youngest = max(
        rules.birthday(him.born_on, him.born_on.year + 22), rules.birthday(her.born_on, her.born_on.year + 20)
    )
    latest = max(youngest, min(AS_OF, him.born_on + dt.timedelta(days=30 * 365)))
    married = youngest + dt.timedelta(days=maker.rng.randint(0, max((latest - youngest).days, 0)))
    family.marry(him, her, min(married, AS_OF))
    return family, him, her


def _parents_with_children(maker: Maker, region: str) -> _Family:
    family, him, her = _couple(maker, region, (27, 52))
    for _child in range(maker.rng.choice((0, 1, 1, 1, 2, 2))):
        oldest = min(her.age() - 20, 24)
        if oldest >= 0:
            child = maker.person(age=(0, oldest), region=region, surname=him.surname)
            family.children_of(him, her)(child)
    return family


def _three_generations(maker: Maker, region: str) -> _Family:
    family = _parents_with_children(maker, region)
    him = family.members[0][0]
    older = (him.age() + 22, him.age() + 30)
    grandmother = maker.person(age=older, sex="female", region=region)
    family.add(grandmother, "parent")
    family.parents.append((grandmother, him))
    return family


def _old_couple(maker: Maker, region: str) -> _Family:
    return _couple(maker, region, (60, 82))[0]


def _single_parent(maker: Maker, region: str) -> _Family:
    family = _Family(region)
    parent = family.add(maker.person(age=(28, 45), region=region), "head")
    child = maker.person(age=(1, parent.age() - 24), region=region, surname=parent.surname)
    family.children_of(parent)(child)
    return family


def _single(maker: Maker, region: str) -> _Family:
    family = _Family(region)
    family.add(maker.person(age=(19, 45), region=region), "head")
    return family


def _migrant(maker: Maker, region: str) -> _Family:
    """Lives and works here, registered in another city: needs a residence permit."""
    family = _Family(region, registered_region=ELSEWHERE)
    family.add(maker.person(age=(20, 48), region=region, area=ELSEWHERE), "head")
    return family


_WEIGHTED = [
    (46, _parents_with_children),
    (8, _three_generations),
    (14, _old_couple),
    (6, _single_parent),
    (16, _single),
    (10, _migrant),
]
_KINDS = [make for _weight, make in _WEIGHTED]


def _settle(rng: random.Random, family: _Family, serial: int) -> None:
    _key, district, _latin, streets = DISTRICTS[family.region]
    address = (
        f"江州市{district}{rng.choice(streets)}{rng.randint(1, 260)}号{rng.randint(1, 12)}幢{rng.randint(101, 1802)}室"
    )
    for draft, _role in family.members:
        draft.address = address
        draft.registered_region = family.registered_region or family.region


def _household_number(region: str, serial: int) -> str:
    return f"{region}{serial:06d}"


def _write_families(families: list[_Family]) -> None:
    households = Household.objects.bulk_create(
        Household(
            number=_household_number(family.registered_region or family.region, serial),
            region_id=family.registered_region or family.region,
            address="安澜市海门区港口路1号" if family.registered_region else family.members[0][0].address,
        )
        for serial, family in enumerate(families, start=1)
    )
    founded = [min((day for *_pair, day in each.couples), default=dt.date(2016, 1, 1)) for each in families]
    HouseholdMember.objects.bulk_create(
        HouseholdMember(household=household, person=draft.person, role=role, valid_from=max(draft.born_on, since))
        for household, family, since in zip(households, families, founded, strict=True)
        for draft, role in family.members
    )
    Relationship.objects.bulk_create(row for family in families for row in _relationships(family))


def _relationships(family: _Family) -> list[Relationship]:
    rows = [
        Relationship(subject=subject.person, of=of.person, kind="spouse", valid_from=day, source=SOURCE)
        for one, other, day in family.couples
        for subject, of in ((one, other), (other, one))
    ]
    rows += [
        Relationship(subject=parent.person, of=child.person, kind="parent", valid_from=child.born_on, source=SOURCE)
        for parent, child in family.parents
    ]
    rows += [
        Relationship(subject=guardian.person, of=ward.person, kind="guardian", valid_from=day, source=SOURCE)
        for guardian, ward, day in family.guardians
    ]
    return rows
