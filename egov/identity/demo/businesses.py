"""Businesses and social organisations with those who stand for them, and mandates."""

import datetime as dt
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.db import transaction

from egov.identity import actions, rules
from egov.identity.demo.drafting import AS_OF, write_numbers
from egov.identity.demo.names import COMPANY_TRADES, DISTRICTS, SHOP_TRADES, SOCIAL, TRADE_NAMES
from egov.identity.demo.people import LIN, SOURCE, WU, ZHAO, resident
from egov.identity.models import (
    HouseholdMember,
    Mandate,
    Organisation,
    OrganisationKind,
    Party,
    PartyKind,
    Representative,
)
from egov.journal import actions as journal
from egov.kernel.actor import SYSTEM
from egov.kernel.refs import Ref

LIN_COMPANY, ZHAO_SHOP = "江州市晓雯餐饮有限公司", "临江区启明面馆"
SOLE_TRADERS = 0.38  # share of them among businesses
# What an accountant is trusted with: taxes and social insurance of the company.
ACCOUNTANTS_SERVICES = ("SI01", "SI02", "SI14", "TX01", "TX02", "TX12")
GRANTED_AT = dt.datetime(2025, 1, 6, 1, 30, tzinfo=dt.UTC)


@dataclass(frozen=True)
class _Draft:
    name: str
    kind: OrganisationKind
    org_type: str
    prefix: str
    industry: str
    region: str
    head_id: int
    founded_on: dt.date

    @property
    def office(self) -> str:
        return "operator" if self.kind == OrganisationKind.SOLE_TRADER else "legal_representative"


@transaction.atomic
def lay_businesses(rng: random.Random, n: int = 120) -> int:
    """``n`` businesses, and social organisations, with representatives and mandates; how many (0: they stand)."""
    own = random.Random(rng.getrandbits(64))  # noqa: S311 - reproducible, not secret
    if Party.objects.filter(name=LIN_COMPANY).exists():
        return 0
    heads = _heads(own)
    drafts = [*_named(), *_businesses(own, n - 2, heads), *_social_organisations(own, heads)]
    rows = _write(own, drafts)
    _lay_mandates(own, rows, drafts)
    journal.record(SYSTEM, "identity.lay_businesses", Ref(SOURCE, "businesses"), content=len(rows))
    return len(rows)


def _named() -> Iterator[_Draft]:
    yield _Draft(
        LIN_COMPANY, OrganisationKind.ENTERPRISE, "LTD", "91", "62", "990102", resident(LIN), dt.date(2021, 4, 12)
    )
    yield _Draft(
        ZHAO_SHOP, OrganisationKind.SOLE_TRADER, "SEH", "92", "62", "990102", resident(ZHAO), dt.date(2019, 8, 8)
    )


def _heads(rng: random.Random) -> list[tuple[int, str]]:
    """Adult residents in chance order, with where they live: those who may lead a business."""
    rows = (
        HouseholdMember.objects.filter(person__born_on__range=(dt.date(1960, 1, 1), dt.date(2003, 1, 1)))
        .exclude(person__related_by__kind="guardian")
        .exclude(person_id__in=[resident(name) for name in (LIN, ZHAO, WU)])
        .order_by("pk")
    )
    heads = list(rows.values_list("person_id", "person__party__region_id"))
    rng.shuffle(heads)
    return heads


def _businesses(rng: random.Random, count: int, heads: Sequence[tuple[int, str]]) -> Iterator[_Draft]:
    seen: set[str] = set()
    while len(seen) < count:
        head_id, region = heads[len(seen) % len(heads)]
        sole = rng.random() < SOLE_TRADERS
        trade, industry = rng.choice(SHOP_TRADES if sole else COMPANY_TRADES)
        word = rng.choice(TRADE_NAMES)
        name = f"{DISTRICTS[region][1]}{word}{trade}" if sole else f"江州市{word}{trade}有限公司"
        founded_on = AS_OF - dt.timedelta(days=rng.randint(90, 4200))
        if name in seen:
            continue
        seen.add(name)
        if sole:
            yield _Draft(name, OrganisationKind.SOLE_TRADER, "SEH", "92", industry, region, head_id, founded_on)
        else:
            yield _Draft(name, OrganisationKind.ENTERPRISE, "LTD", "91", industry, region, head_id, founded_on)


def _social_organisations(rng: random.Random, heads: Sequence[tuple[int, str]]) -> Iterator[_Draft]:
    by_name = {district: code for code, (_key, district, *_rest) in DISTRICTS.items()}
    for number, (name, org_type, prefix) in enumerate(SOCIAL):
        region = by_name.get(name[:3], rng.choice(sorted(DISTRICTS)))
        founded_on = AS_OF - dt.timedelta(days=rng.randint(700, 6000))
        head_id = heads[-1 - number % len(heads)][0]
        yield _Draft(name, OrganisationKind.SOCIAL_ORGANISATION, org_type, prefix, "95", region, head_id, founded_on)


def _write(rng: random.Random, drafts: Sequence[_Draft]) -> list[Organisation]:
    parties = Party.objects.bulk_create(
        Party(kind=PartyKind.ORGANISATION, name=each.name, region_id=each.region) for each in drafts
    )
    rows = Organisation.objects.bulk_create(
        Organisation(
            party=party,
            kind=each.kind,
            org_type=each.org_type,
            full_name={"zh-Hans": each.name},
            founded_on=each.founded_on,
            address=_address(rng, each.region),
            industry=each.industry,
            phone=f"0990-66{rng.randint(0, 9999):04d}",
            details={"origin": SOURCE},
        )
        for party, each in zip(parties, drafts, strict=True)
    )
    write_numbers(
        "cn.uscc",
        [
            (row.pk, rules.make_uscc(prefix=each.prefix, area=each.region, body=f"DEM{serial:05d}"), each.founded_on)
            for serial, (row, each) in enumerate(zip(rows, drafts, strict=True), start=1)
        ],
    )
    Representative.objects.bulk_create(
        Representative(organisation=row, person_id=each.head_id, office=each.office, valid_from=each.founded_on)
        for row, each in zip(rows, drafts, strict=True)
    )
    return rows


def _address(rng: random.Random, region: str) -> str:
    _key, district, _latin, streets = DISTRICTS[region]
    return f"江州市{district}{rng.choice(streets)}{rng.randint(1, 260)}号{rng.randint(1, 30)}铺"


def _lay_mandates(rng: random.Random, rows: Sequence[Organisation], drafts: Sequence[_Draft]) -> None:
    """The accountant acts for one company within limits and for another in everything; some others have agents."""
    accountant = resident(WU)
    companies = [
        (row, draft) for row, draft in zip(rows, drafts, strict=True) if draft.kind == OrganisationKind.ENTERPRISE
    ]
    given = [(*companies[0], accountant, ACCOUNTANTS_SERVICES), (*companies[1], accountant, ())]
    given += [
        (row, draft, rng.choice(drafts).head_id, ())
        for row, draft in rng.sample(companies[2:], k=min(10, len(companies) - 2))
    ]
    Mandate.objects.bulk_create(
        Mandate(
            grantor_id=row.pk,
            agent_id=agent_id,
            services=list(services),
            granted_by_id=draft.head_id,
            granted_at=GRANTED_AT,
            accepted_at=GRANTED_AT + dt.timedelta(hours=3),
            valid_from=GRANTED_AT.date(),
        )
        for row, draft, agent_id, services in given
        if agent_id != draft.head_id
    )


@dataclass(frozen=True)
class PastRegistration:
    """A business that was entered in the register on a day of the past; see ``actions.register_organisation``."""

    name: str
    kind: str
    org_type: str
    region: str
    address: str
    industry: str
    founded_on: dt.date
    head_id: int


def lay_registered(registrations: Sequence[PastRegistration]) -> list[tuple[Organisation, str]]:
    """Insert businesses with their codes, drawn from the counters of the registering offices; in the order given."""
    codes = [actions.draw_uscc(kind=each.kind, region_code=each.region) for each in registrations]
    parties = Party.objects.bulk_create(
        Party(kind=PartyKind.ORGANISATION, name=each.name, region_id=each.region) for each in registrations
    )
    rows = Organisation.objects.bulk_create(
        Organisation(
            party=party,
            kind=each.kind,
            org_type=each.org_type,
            full_name={"zh-Hans": each.name},
            founded_on=each.founded_on,
            address=each.address,
            industry=each.industry,
        )
        for party, each in zip(parties, registrations, strict=True)
    )
    write_numbers(
        "cn.uscc",
        [(row.pk, code, each.founded_on) for row, code, each in zip(rows, codes, registrations, strict=True)],
    )
    Representative.objects.bulk_create(
        Representative(
            organisation=row,
            person_id=each.head_id,
            office="operator" if each.kind == OrganisationKind.SOLE_TRADER else "legal_representative",
            valid_from=each.founded_on,
        )
        for row, each in zip(rows, registrations, strict=True)
    )
    return list(zip(rows, codes, strict=True))
