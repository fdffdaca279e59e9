"""Regions, departments on three levels with their units, and the civil servants who fill the posts."""

import random
from collections.abc import Iterator

from django.contrib.auth.models import Group
from django.db import transaction

from egov.identity import rules
from egov.identity.actions import load_roles
from egov.identity.demo.drafting import IN_OFFICE_SINCE, Draft, Maker, write_numbers, write_people
from egov.identity.demo.names import DISTRICTS, REGIONS
from egov.identity.demo.structure import (
    FUNCTIONS,
    HALL,
    PLACES,
    Function,
    Place,
    PostPlan,
    full_name,
    posts_of,
    short_name,
    units_of,
)
from egov.identity.models import Organisation, OrganisationKind, Party, PartyKind, Post, Region, Unit
from egov.identity.queries.regions import kept
from egov.journal import actions as journal
from egov.kernel.actor import SYSTEM
from egov.kernel.refs import Ref

HOURS = {
    "zh-Hans": "工作日9:00—12:00，13:30—17:00",
    "en": "Working days 9:00–12:00 and 13:30–17:00",
}
SEATS = {
    "990000": "江州市省府路1号",
    "990100": "江州市市民大道8号",
    "990102": "江州市临江区滨江路66号",
    "990103": "江州市望山区望山大道128号",
    "990104": "江州市东湖区东湖大道99号",
}

Seat = tuple[Place, Function]


@transaction.atomic
def lay_departments(rng: random.Random) -> int:
    """Regions, departments, units, service halls and filled posts; how many departments were laid (0: all stand)."""
    own = random.Random(rng.getrandbits(64))  # noqa: S311 - reproducible, not secret
    if Organisation.objects.filter(key="jz.data").exists():
        return 0
    load_roles()
    _lay_regions()
    seats = [(place, FUNCTIONS[name]) for place in PLACES for name in place.functions]
    departments = _lay_organisations(own, seats)
    units = _lay_units(departments)
    _lay_posts(own, seats, units)
    journal.record(SYSTEM, "identity.lay_departments", Ref("demonstration", "departments"), content=len(departments))
    return len(departments)


def key_of(place: Place, function: Function) -> str:
    return f"{place.key}.{function.key}"


def _lay_regions() -> None:
    Region.objects.bulk_create(
        (
            Region(code=code, name={"zh-Hans": zh, "en": en}, level=level, parent_id=parent)
            for code, zh, en, level, parent in REGIONS
        ),
        ignore_conflicts=True,
    )


def _lay_organisations(rng: random.Random, seats: list[Seat]) -> dict[str, tuple[Seat, Organisation]]:
    parties = Party.objects.bulk_create(
        Party(kind=PartyKind.ORGANISATION, name=full_name(place, function)["zh-Hans"], region_id=place.region)
        for place, function in seats
    )
    by_key = {key_of(*seat): party for seat, party in zip(seats, parties, strict=True)}
    rows = Organisation.objects.bulk_create(
        Organisation(
            party=by_key[key_of(place, function)],
            kind=OrganisationKind.DEPARTMENT,
            org_type=function.org_type,
            full_name=full_name(place, function),
            short_name=short_name(place, function),
            key=key_of(place, function),
            level=place.level,
            parent_id=_above(place, function, by_key),
            address=SEATS[place.region],
            phone=f"0990-88{rng.randint(0, 9999):04d}",
            office_hours=HOURS,
        )
        for place, function in seats
    )
    write_numbers(
        "cn.uscc",
        [
            (row.pk, rules.make_uscc(prefix=function.prefix, area=place.region, body=f"{serial:08d}"), IN_OFFICE_SINCE)
            for serial, ((place, function), row) in enumerate(zip(seats, rows, strict=True), start=1)
        ],
    )
    return {key_of(*seat): (seat, row) for seat, row in zip(seats, rows, strict=True)}


def _above(place: Place, function: Function, parties: dict[str, Party]) -> int | None:
    """The same function one level up, else the government office of the same level."""
    for key in (f"{place.parent}.{function.key}", f"{place.key}.office"):
        if key in parties and key != key_of(place, function):
            return parties[key].pk
    return None


def _lay_units(departments: dict[str, tuple[Seat, Organisation]]) -> dict[str, Unit]:
    """Units by key; the first one of a department takes what is routed to it."""
    rows = [
        Unit(
            department=department,
            key=f"{department_key}.{key}",
            name=name,
            region_id=place.region,
            is_service_hall=key == HALL,
            phone=department.phone,
        )
        for department_key, ((place, function), department) in departments.items()
        for key, name in units_of(place, function).items()
    ]
    units = {unit.key: unit for unit in Unit.objects.bulk_create(rows)}
    kept.moved()
    return units


def _lay_posts(rng: random.Random, seats: list[Seat], units: dict[str, Unit]) -> None:
    maker = Maker(rng)
    filled: list[tuple[str, PostPlan, Draft]] = []
    for place, function in seats:
        for plan in posts_of(place, function):
            region = place.region if place.region in DISTRICTS else rng.choice(sorted(DISTRICTS))
            age = (42, 58) if plan.is_head else (25, 55)
            draft = maker.person(age=age, region=region)
            draft.address = f"江州市{DISTRICTS[region][1]}{rng.choice(DISTRICTS[region][3])}{rng.randint(1, 220)}号"
            filled.append((f"{key_of(place, function)}.{plan.unit}", plan, draft))
    write_people(maker.drafts)
    posts = Post.objects.bulk_create(
        Post(
            person=draft.person,
            unit=units[unit_key],
            title={"zh-Hans": plan.zh, "en": plan.en},
            is_head=plan.is_head,
            valid_from=IN_OFFICE_SINCE,
        )
        for unit_key, plan, draft in filled
    )
    groups = dict(Group.objects.values_list("name", "pk"))
    Post.roles.through.objects.bulk_create(
        Post.roles.through(post_id=post.pk, group_id=groups[role])
        for post, (_unit, plan, _draft) in zip(posts, filled, strict=True)
        for role in plan.roles
    )


def planned_posts() -> Iterator[tuple[Place, Function, PostPlan]]:
    """Every post of the city in the order in which it was laid."""
    for place in PLACES:
        for name in place.functions:
            for plan in posts_of(place, FUNCTIONS[name]):
                yield place, FUNCTIONS[name], plan
