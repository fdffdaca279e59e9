"""Who handles what, where: the nearer row wins, from day to day."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from egov.catalogue import actions, queries, rules
from egov.catalogue.models import Competence
from egov.catalogue.rules import CompetenceRow
from egov.kernel import clock
from egov.kernel.actor import SYSTEM
from egov.kernel.errors import InvalidInput, NotFound

CHAIN = ["990102", "990100", "990000"]
DAY = dt.date(2026, 3, 2)


def row(number, region="990102", service=None, role="market", **changes):
    given = {"condition": "", "priority": 0, "valid_from": dt.date(2020, 1, 1), "valid_to": None, **changes}
    return CompetenceRow(number, service, "" if service else role, region, number * 10, None, **given)


def order(*rows):
    found = rules.nearest_first(rows, service_id=7, department_role="market", chain=CHAIN, on=DAY)
    return [each.id for each in found]


def test_the_service_beats_its_function_and_the_district_the_city():
    assert order(row(1, "990100"), row(2), row(3, "990100", service=7), row(4, service=7)) == [4, 3, 2, 1]


def test_priority_and_condition_come_before_age():
    assert order(row(1), row(2, priority=5), row(3, condition="area > 300")) == [2, 3, 1]


def test_other_places_functions_services_and_times_do_not_count():
    assert order(
        row(1, "990103"),
        row(2, role="fire"),
        row(3, service=8),
        row(4, valid_to=dt.date(2026, 3, 1)),
        row(5, valid_from=dt.date(2026, 3, 3)),
        row(6, valid_to=DAY),
    ) == [6]


@given(st.permutations([row(1, "990100"), row(2), row(3, "990000"), row(4, service=7), row(5, priority=1)]))
def test_the_order_does_not_depend_on_the_order_of_the_rows(rows):
    assert order(*rows) == [4, 5, 2, 1, 3]


@pytest.fixture
def market(identities):
    return identities.department("jz.linjiang.market")


@pytest.mark.django_db
def test_a_new_unit_takes_over_from_its_day_on(service, identities, market, frozen):
    frozen("2026-03-01 09:00")
    first = actions.set_competence(SYSTEM, region="990102", department_id=market.pk, department_role="market")
    unit = identities.unit(market)
    frozen("2026-03-10 09:00")
    second = actions.set_competence(
        SYSTEM, region="990102", department_id=market.pk, department_role="market", unit_id=unit.pk
    )

    def unit_on(day):
        return [each.unit_id for each in queries.competences_for(service.service, region="990102", on=day)]

    assert unit_on(dt.date(2026, 3, 9)) == [None]
    assert unit_on(dt.date(2026, 3, 10)) == [unit.pk]
    assert Competence.objects.get(pk=first.pk).valid_to == dt.date(2026, 3, 9)
    actions.end_competence(SYSTEM, competence_id=second.pk, on=dt.date(2026, 3, 31))
    assert unit_on(dt.date(2026, 4, 1)) == []


@pytest.mark.django_db
def test_a_row_that_has_not_begun_is_removed_when_it_ends(market):
    made = actions.set_competence(
        SYSTEM,
        region="990102",
        department_id=market.pk,
        department_role="market",
        valid_from=clock.today() + dt.timedelta(days=30),
    )
    actions.end_competence(SYSTEM, competence_id=made.pk)
    assert not Competence.objects.exists()
    with pytest.raises(NotFound):
        actions.end_competence(SYSTEM, competence_id=made.pk)


@pytest.mark.django_db
def test_what_does_not_fit_is_refused(service, identities, market):
    elsewhere = identities.unit(identities.department("jz.linjiang.fire"))
    person = identities.person()
    good = {"region": "990102", "department_id": market.pk, "department_role": "market"}
    for changes, path in (
        ({"service": "ZZ01"}, "service"),
        ({"department_role": ""}, "service"),
        ({"region": "000000"}, "region"),
        ({"department_id": person.pk}, "department"),
        ({"unit_id": elsewhere.pk}, "unit"),
        ({"condition": "area >"}, "condition"),
    ):
        with pytest.raises(InvalidInput) as caught:
            actions.set_competence(SYSTEM, **{**good, **changes})
        assert caught.value.faults[0].path == path


@pytest.mark.django_db
def test_asking_costs_nothing_once_kept(service, market, django_assert_num_queries):
    actions.set_competence(SYSTEM, region="990102", department_id=market.pk, department_role="market")
    queries.competences_for(service.service, region="990102", on=DAY)
    with django_assert_num_queries(0):
        for region in ("990102", "990103", "990100"):
            queries.competences_for(service.service, region=region, on=DAY)
