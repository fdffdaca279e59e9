"""Ages, and who represents whom by law."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from egov.identity import rules
from egov.kernel.actor import ANONYMOUS, SYSTEM, Actor, CapacityKind

days = st.dates(dt.date(1930, 1, 1), dt.date(2040, 12, 31))


@pytest.mark.parametrize(
    ("born", "day", "age"),
    [
        ("1990-03-07", "2026-03-06", 35),
        ("1990-03-07", "2026-03-07", 36),
        ("2008-02-29", "2026-02-28", 17),
        ("2008-02-29", "2026-03-01", 18),
        ("2008-02-29", "2028-02-29", 20),
        ("2024-02-29", "2024-02-29", 0),
    ],
)
def test_age_on_the_calendar(born, day, age):
    assert rules.age_on(dt.date.fromisoformat(born), dt.date.fromisoformat(day)) == age


@given(days, st.integers(0, 100))
def test_a_year_of_age_is_reached_on_the_birthday_and_not_before(born, years):
    birthday = rules.birthday(born, born.year + years)
    assert rules.age_on(born, birthday) == years
    if years:
        assert rules.age_on(born, birthday - dt.timedelta(days=1)) == years - 1


BORN = dt.date(2010, 5, 1)
CHILDHOOD, ADULT = dt.date(2026, 1, 1), dt.date(2029, 1, 1)


@pytest.mark.parametrize(
    ("kind", "since", "other", "day", "acts"),
    [
        ("parent", BORN, False, CHILDHOOD, True),
        ("parent", BORN, False, dt.date(2028, 4, 30), True),
        ("parent", BORN, False, dt.date(2028, 5, 1), False),  # eighteen
        ("parent", BORN, True, CHILDHOOD, False),  # somebody else was appointed (Civil Code art. 27)
        ("guardian", dt.date(2020, 1, 1), False, CHILDHOOD, True),
        ("guardian", dt.date(2020, 1, 1), False, ADULT, False),  # ended with adulthood (art. 39)
        ("guardian", dt.date(2028, 6, 1), False, ADULT, True),  # over an adult without capacity (art. 28)
        ("guardian", dt.date(2020, 1, 1), True, CHILDHOOD, True),  # two guardians
        ("spouse", dt.date(2020, 1, 1), False, ADULT, False),
    ],
)
def test_who_acts_by_law(kind, since, other, day, acts):
    assert rules.acts_by_law(kind=kind, since=since, born_on=BORN, other_guardian=other, day=day) is acts


def test_without_a_birth_date_nobody_is_a_minor():
    assert not rules.is_minor(None, ADULT)
    assert not rules.acts_by_law(kind="parent", since=BORN, born_on=None, other_guardian=False, day=ADULT)


OFFICER = Actor(kind=CapacityKind.POST, department_id=5, roles=frozenset({"reviewer"}))
SELF = Actor(kind=CapacityKind.SELF, party_id=1, on_behalf_of_id=1, assurance=2)
FOR_COMPANY = Actor(kind=CapacityKind.REPRESENTATIVE, party_id=1, on_behalf_of_id=9, assurance=2)
AGENT = Actor(kind=CapacityKind.AGENT, party_id=1, on_behalf_of_id=9, assurance=2)
LIMITED = Actor(kind=CapacityKind.AGENT, party_id=1, on_behalf_of_id=9, mandate_services=frozenset({"LC01"}))
GUARDIAN = Actor(kind=CapacityKind.GUARDIAN, party_id=1, on_behalf_of_id=9, assurance=2)


@pytest.mark.parametrize(
    ("actor", "party", "may"),
    [
        (SELF, 1, True),
        (SELF, 9, False),
        (FOR_COMPANY, 9, True),
        (FOR_COMPANY, 1, False),
        (AGENT, 9, False),  # a mandate is not passed on (Civil Code art. 169)
        (GUARDIAN, 9, False),
        (OFFICER, 1, False),
        (SYSTEM, 1, False),
        (ANONYMOUS, 1, False),
        (Actor(kind=CapacityKind.SELF, party_id=1, on_behalf_of_id=1, assurance=0), 1, False),
    ],
)
def test_who_may_bind_a_party(actor, party, may):
    assert rules.may_bind(actor, party) is may


@pytest.mark.parametrize(
    ("actor", "expected"),
    [
        (SYSTEM, {}),
        (Actor(kind=CapacityKind.POST, department_id=5, roles=frozenset({"supervisor"})), {}),
        (OFFICER, {"department_id": 5}),
        (SELF, {"applicant_id": 1}),
        (AGENT, {"applicant_id": 9}),
        (GUARDIAN, {"applicant_id": 9}),
        (LIMITED, {"applicant_id": 9, "service__in": frozenset({"LC01"})}),
        (ANONYMOUS, {"pk__in": []}),
        (Actor(kind=CapacityKind.POST), {"pk__in": []}),
    ],
)
def test_which_rows_an_actor_sees(actor, expected):
    assert dict(rules.visible(actor, service="service").children) == expected


def test_an_agent_with_limits_sees_nothing_of_rows_without_a_service():
    assert dict(rules.visible(LIMITED).children)["pk__in"] == []
