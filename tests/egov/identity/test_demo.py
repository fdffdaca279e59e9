"""The demonstration city: whole, lawful, the same for the same seed, laid once."""

import datetime as dt
import random
from collections import Counter

import pytest
from django.contrib.auth import authenticate
from django.db import connection, transaction
from django.db.models import Count, F, Q

from egov.identity import demo, queries, rules
from egov.identity.demo.businesses import LIN_COMPANY
from egov.identity.demo.structure import FUNCTIONS
from egov.identity.models import (
    Account,
    Contact,
    Household,
    HouseholdMember,
    Identifier,
    Mandate,
    Organisation,
    Party,
    Person,
    Post,
    Relationship,
    Representative,
    Unit,
)
from egov.identity.queries.regions import kept
from egov.kernel import secrets
from egov.kernel.actor import CapacityKind

pytestmark = pytest.mark.django_db


def lay(seed=7, residents=500, businesses=120):
    rng = random.Random(seed)
    return (
        demo.lay_departments(rng),
        demo.lay_people(rng, residents=residents),
        demo.lay_businesses(rng, n=businesses),
        demo.lay_accounts(),
    )


@pytest.fixture
def city():
    return lay()


def numbers(scheme):
    return [
        secrets.decrypt(each) for each in Identifier.objects.filter(scheme=scheme).values_list("encrypted", flat=True)
    ]


def fingerprint():
    """What the city is, without what differs each time (keys of rows, ciphertext)."""
    return (
        sorted(numbers("cn.ric")),
        sorted(numbers("cn.uscc")),
        sorted(Party.objects.values_list("name", "region_id")),
        sorted(Relationship.objects.values_list("kind", "subject__party__name", "of__party__name", "valid_from")),
        sorted(Post.objects.values_list("unit__key", "person__party__name")),
        sorted(Mandate.objects.values_list("grantor__name", "agent__name")),
        sorted(Account.objects.values_list("username", "person__party__name")),
        sorted(Household.objects.values_list("number", "address")),
    )


def test_the_sizes_that_were_promised(city):
    departments, people, businesses, accounts = city
    assert departments == Organisation.objects.filter(kind="department").count() >= 80
    assert len(FUNCTIONS) >= 30
    assert 500 <= people <= 506
    assert HouseholdMember.objects.count() == people
    assert Organisation.objects.filter(kind__in=["enterprise", "sole_trader"]).count() == 120
    assert businesses - 120 == Organisation.objects.filter(kind="social_organisation").count() == 12
    assert Post.objects.count() >= 120
    assert accounts == Post.objects.count() + 3
    assert Post.objects.values("person").distinct().count() == Post.objects.count()


def test_laying_twice_changes_nothing(city):
    before = fingerprint()
    assert lay(seed=8) == (0, 0, 0, 0)
    assert fingerprint() == before


def test_the_same_seed_is_the_same_city_and_another_is_another():
    found = []
    for seed in (7, 7, 8):
        with transaction.atomic():
            lay(seed, residents=120, businesses=30)
            found.append(fingerprint())
            transaction.set_rollback(True)
        kept.forget()
    assert found[0] == found[1]
    assert found[0] != found[2]


def test_a_part_laid_earlier_does_not_change_the_next_one():
    lay(residents=120, businesses=30)
    whole = fingerprint()
    with connection.cursor() as cursor:
        cursor.execute("delete from identity_account where person_id is not null")
        Mandate.objects.all().delete()
        Representative.objects.all().delete()
        businesses = Organisation.objects.exclude(kind="department")
        Identifier.objects.filter(party__organisation__in=businesses).delete()
        parties = list(businesses.values_list("pk", flat=True))
        businesses.delete()
        Party.objects.filter(pk__in=parties).delete()
    lay(residents=120, businesses=30)
    assert fingerprint() == whole


def test_it_is_laid_with_few_statements(django_assert_max_num_queries):
    with django_assert_max_num_queries(90):
        lay()


# --- People -----------------------------------------------------------------------------------------


def test_every_number_is_valid_and_belongs_to_nobody(city):
    people = dict(Person.objects.values_list("pk", "born_on"))
    for row in Identifier.objects.filter(scheme="cn.ric"):
        found = rules.check_resident_id(secrets.decrypt(row.encrypted))
        assert rules.is_synthetic(found)
        assert found.number[14:17] in ("996", "997", "998", "999")
        assert found.born_on == people[row.party_id]
        assert row.valid_to is None
    assert all(rules.check_uscc(each) for each in numbers("cn.uscc"))
    assert len(set(numbers("cn.uscc"))) == Organisation.objects.count()
    assert {row.party_id for row in Identifier.objects.filter(scheme="cn.ric")} == set(people)


def test_sex_and_name_fit_the_number(city):
    for person in Person.objects.select_related("party"):
        assert rules.check_resident_id(queries.number_of(person.pk, "cn.ric")).sex == person.sex
        assert person.name_latin
        assert 2 <= len(person.party.name) <= 4


def test_families_are_lawful(city):
    for row in Relationship.objects.filter(kind="spouse").select_related("subject"):
        assert rules.age_on(row.subject.born_on, row.valid_from) >= rules.MARRIAGE_AGE[row.subject.sex]
    spouses = Relationship.objects.filter(kind="spouse")
    assert not spouses.values("subject").annotate(n=Count("pk")).filter(n__gt=1)
    assert {(a, b) for a, b in spouses.values_list("subject_id", "of_id")} == {
        (b, a) for a, b in spouses.values_list("subject_id", "of_id")
    }
    assert not Relationship.objects.filter(kind="parent", subject__born_on__gte=F("of__born_on"))
    for row in Relationship.objects.filter(kind="parent").select_related("subject", "of"):
        assert rules.age_on(row.subject.born_on, row.of.born_on) >= 18
    assert not HouseholdMember.objects.filter(valid_from__lt=F("person__born_on"))
    assert not Person.objects.filter(born_on__gt=dt.date(2026, 1, 1))


def test_there_are_all_kinds_of_families(city):
    minors = Person.objects.filter(born_on__gt=dt.date(2008, 11, 1))
    assert 60 <= minors.count() <= 200
    for child in minors:
        assert queries.guardians_of(child.pk), child
    sizes = Counter(Household.objects.annotate(n=Count("members")).values_list("n", flat=True))
    assert {1, 2, 3, 4} <= set(sizes)
    assert Relationship.objects.filter(kind="guardian").count() == 2
    assert Person.objects.filter(registered_region_id="990202").exclude(party__region_id="990202").count() >= 10
    assert Person.objects.filter(born_on__lt=dt.date(1960, 1, 1)).count() >= 20
    for region in ("990102", "990103", "990104"):
        assert Person.objects.filter(party__region_id=region, household_memberships__isnull=False).count() >= 80


def test_contacts_lead_to_nobody(city):
    for contact in Contact.objects.all():
        value = secrets.decrypt(contact.encrypted)
        if contact.channel == "email":
            assert value.endswith("@example.com")
        else:
            assert rules.check_phone(value) == value
            assert value.startswith("+861990000")


# --- Organisations ----------------------------------------------------------------------------------


def test_every_business_has_somebody_who_stands_for_it(city):
    for organisation in Organisation.objects.exclude(kind="department"):
        (row,) = queries.representatives_of(organisation.pk)
        assert row.office == ("operator" if organisation.kind == "sole_trader" else "legal_representative")
        assert rules.age_on(row.person.born_on, row.valid_from) >= 10
        assert organisation.party.region_id.startswith("9901")


def test_departments_stand_on_three_levels(city):
    levels = Counter(Organisation.objects.filter(kind="department").values_list("level", flat=True))
    assert levels == {"province": 5, "city": len(FUNCTIONS), "district": 45}
    for department in Organisation.objects.filter(kind="department").select_related("parent"):
        assert department.full_name.keys() == department.short_name.keys() == {"zh-Hans", "en"}
        if department.level == "district":
            assert department.parent.key == department.key.replace("linjiang.", "").replace("wangshan.", "").replace(
                "donghu.", ""
            )
    assert queries.department("jz.linjiang.police").full_name["zh-Hans"] == "江州市公安局临江分局"
    assert queries.department("jz.linjiang.tax").full_name["zh-Hans"] == "国家税务总局江州市临江区税务局"
    assert queries.department("jz.health").full_name["en"] == "Jiangzhou Health Commission"


def test_every_department_can_decide(city):
    """Its first unit takes what comes, somebody accepts, somebody reviews, and another one heads it."""
    for department in Organisation.objects.filter(kind="department").exclude(level="province"):
        first = Unit.objects.filter(department=department).order_by("pk")[0]
        assert queries.posts_in(first.pk, role="clerk"), department
        assert queries.posts_in(first.pk, role="reviewer"), department
        heads = {post.person_id for post in queries.head_posts(department.pk)}
        assert heads
        assert not heads & {post.person_id for post in queries.posts_in(first.pk)}


def test_in_every_unit_somebody_works(city):
    assert not queries.units_without_posts()


def test_every_district_has_a_service_hall(city):
    for region in ("990102", "990103", "990104"):
        hall = queries.service_hall(region)
        assert hall.region_id == region
        assert queries.posts_in(hall.pk, role="clerk").count() >= 2
    assert queries.service_hall("990102001").region_id == "990102"
    assert queries.service_hall("990100").key == "jz.data.hall"


def test_inspections_can_be_done_by_two(city):
    for district in ("linjiang", "wangshan", "donghu"):
        unit = queries.unit(f"jz.{district}.market.services")
        assert queries.posts_in(unit.pk, role="inspector").count() >= 2


# --- Accounts ---------------------------------------------------------------------------------------


def test_every_account_that_is_printed_can_be_used(city, rf):
    for account in demo.ACCOUNTS:
        found = Account.objects.get(username=account.username)
        assert found.check_password(demo.PASSWORD)
        assert queries.capacities_of(found)
        assert account.who
    assert authenticate(rf.post("/"), username="lin.xiaowen", password=demo.PASSWORD)


def kinds(username):
    return Counter(each.kind for each in queries.capacities_of(Account.objects.get(username=username)))


def test_the_named_residents_are_who_they_are_said_to_be(city):
    assert kinds("lin.xiaowen") == {
        CapacityKind.SELF: 1,
        CapacityKind.GUARDIAN: 1,
        CapacityKind.REPRESENTATIVE: 1,
    }
    assert kinds("zhao.qiming")[CapacityKind.REPRESENTATIVE] == 1
    assert kinds("wu.accountant") == {CapacityKind.SELF: 1, CapacityKind.AGENT: 2}
    company = Party.objects.get(name=LIN_COMPANY)
    wu = Account.objects.get(username="wu.accountant")
    limited = Mandate.objects.get(grantor=company, agent_id=wu.person_id)
    assert "TX12" in queries.actor_for(wu, f"m-{limited.pk}").mandate_services


@pytest.mark.parametrize(
    ("username", "department", "roles"),
    [
        ("market.clerk", "jz.linjiang.market", {"clerk"}),
        ("market.reviewer", "jz.linjiang.market", {"reviewer"}),
        ("market.section", "jz.linjiang.market", {"section_head", "reviewer"}),
        ("market.head", "jz.linjiang.market", {"department_head"}),
        ("market.admin", "jz.linjiang.market", {"department_admin", "records"}),
        ("police.reviewer", "jz.linjiang.police", {"reviewer"}),
        ("urban.officer", "jz.linjiang.urban", {"clerk", "reviewer", "inspector"}),
        ("water.officer", "jz.linjiang.water", {"clerk", "reviewer", "inspector"}),
        ("data.supervisor", "jz.data", {"supervisor"}),
        ("admin", "jz.data", {"platform_admin", "department_admin"}),
        ("admin2", "jz.data", {"platform_admin", "department_admin"}),
        ("wangshan.market.head", "jz.wangshan.market", {"department_head"}),
        ("jz.finance.cashier", "jz.finance", {"cashier"}),
    ],
)
def test_officers_are_where_their_names_say(city, username, department, roles):
    capacity = queries.capacities_of(Account.objects.get(username=username))[-1]
    assert capacity.department_id == queries.department(department).pk
    assert capacity.roles == roles


def test_only_the_platforms_administrator_is_a_superuser(city):
    assert list(Account.objects.filter(Q(is_superuser=True) | Q(is_staff=True)).values_list("username", flat=True)) == [
        "admin"
    ]
