"""Births, marriages and deaths that are decided stand in the register of people (CL01, CL10, CL15)."""

import datetime as dt

import pytest

from egov.casework.models import Case, Decision
from egov.casework.registry import effects
from egov.identity import queries
from egov.identity import rules as identity_rules
from egov.identity.actions import open_household
from egov.identity.models import Identifier, Person
from egov.journal.models import Entry
from egov.kernel.actor import SYSTEM
from egov.kernel.errors import InvalidInput
from tests.plugins.identity import LONG_AGO

pytestmark = pytest.mark.django_db

BORN_ON = dt.date(2026, 11, 3)


@pytest.fixture
def mother(identities):
    return identities.person("林晓雯", sex="female", born_on=dt.date(1995, 3, 7), region=identities.region())


@pytest.fixture
def father(identities):
    return identities.person("陈立", sex="male", born_on=dt.date(1994, 6, 1), region=identities.region())


def number_of(person):
    return queries.number_of(person.pk, "cn.ric")


def decide(effect, applicant, **answers):
    case = Case(reference="C1", applicant_id=applicant.pk, answers=answers)
    return effects.get(f"certificates.{effect}").apply(SYSTEM, case, Decision(case=case), {})


def a_birth(mother, father=None, **more):
    answers = {
        "child_name": "林小满",
        "child_sex": "female",
        "child_born_on": BORN_ON.isoformat(),
        "mother_name": mother.party.name,
        "mother_id_number": number_of(mother),
        "joins": "mother",
        "household_region": "990102",
    }
    if father is not None:
        answers |= {"father_name": father.party.name, "father_id_number": number_of(father)}
    return decide("register_birth", mother, **{**answers, **more})


def test_a_newborn_becomes_a_person_with_a_number_and_parents(mother, father):
    number = a_birth(mother, father)["child.id_number"]
    known = identity_rules.check_resident_id(number)
    assert (known.area, known.born_on, known.sex) == ("990102", BORN_ON, "female")
    child = queries.party_by_number("cn.ric", number)
    assert (child.name, child.region_id, child.person.registered_region_id) == ("林小满", "990102", "990102")
    assert {parent.pk for parent in queries.parents_of(child.pk)} == {mother.pk, father.pk}
    assert {guardian.pk for guardian in queries.guardians_of(child.pk)} == {mother.pk, father.pk}
    assert Entry.objects.filter(action="certificates.register_birth").count() == 1


def test_the_child_joins_the_household_of_the_parent_named(mother, father):
    open_household(SYSTEM, number="990102000001", region_code="990102", address="滨江路8号", head_id=mother.pk)
    child = queries.party_by_number("cn.ric", a_birth(mother, father)["child.id_number"])
    household = queries.household_of(child.pk)
    assert (household.number, household.role_of(child.pk)) == ("990102000001", "child")
    assert child.person.address == "滨江路8号"
    assert queries.household_of(father.pk) is None


def test_numbers_of_one_day_and_place_differ_and_pass_over_one_that_is_given(mother, father, identities):
    first = a_birth(mother)["child.id_number"]
    second, third = (
        identity_rules.make_resident_id(area="990102", born_on=BORN_ON, sex="female", serial=serial)
        for serial in (2, 3)
    )
    identities.identifier(father.party, "cn.ric", second)
    assert a_birth(mother, child_name="林小寒")["child.id_number"] == third
    assert first != third
    assert Identifier.objects.filter(scheme="cn.ric", valid_to__isnull=True).count() == 5


def test_a_parent_without_a_number_here_is_no_obstacle(mother):
    child = queries.party_by_number("cn.ric", a_birth(mother, father_name="John Smith")["child.id_number"])
    assert [parent.pk for parent in queries.parents_of(child.pk)] == [mother.pk]


def test_a_number_of_somebody_else_is_refused(mother, father):
    people = Person.objects.count()
    with pytest.raises(InvalidInput) as refused:
        a_birth(mother, father, father_name="王强")
    assert refused.value.faults[0].path == "father_name"
    assert Person.objects.count() == people


def test_a_day_has_as_many_numbers_as_there_are_orders():
    body = {"area": "990102", "born_on": BORN_ON, "sex": "male"}
    assert identity_rules.make_resident_id(serial=498, **body)[14:17] == "995"
    with pytest.raises(ValueError, match="no number is left"):
        identity_rules.make_resident_id(serial=499, **body)


def test_a_marriage_stands_both_ways_from_its_day(mother, father):
    made = decide("register_marriage", mother, spouse_name="陈立", spouse_id_number=number_of(father))
    assert made["marriage.registered_on"]
    assert queries.spouse_of(father.pk).pk == mother.pk
    assert queries.spouse_of(mother.pk).pk == father.pk


def test_who_is_married_cannot_marry(mother, father, identities):
    other = identities.person("赵敏", sex="female", born_on=dt.date(1993, 1, 1))
    identities.relate(father, other, "spouse", valid_from=LONG_AGO)
    with pytest.raises(InvalidInput):
        decide("register_marriage", mother, spouse_name="陈立", spouse_id_number=number_of(father))


def test_a_death_stands_in_the_register_once(mother, father):
    answers = {"deceased_name": "陈立", "deceased_id_number": number_of(father), "died_on": "2026-11-01"}
    assert decide("register_death", mother, **answers) == {}
    decide("register_death", mother, **{**answers, "died_on": "2026-11-02"})
    father.refresh_from_db()
    assert father.died_on == dt.date(2026, 11, 1)
    assert Entry.objects.filter(action="certificates.register_death").count() == 1
