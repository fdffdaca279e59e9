"""Who handles a service where: the most specific rule that holds, and always an owner."""

import datetime as dt

import pytest

from egov.catalogue import queries as catalogue
from egov.catalogue.models import Competence, PublicService, ServiceVersion
from egov.identity.models import Organisation, Party, PartyKind, Region, Unit
from egov.kernel.errors import NotFound
from egov.routing import competence
from egov.routing.queries import RouteChoice, competent

pytestmark = pytest.mark.django_db
TODAY = dt.date(2026, 11, 24)


@pytest.fixture(autouse=True)
def fresh():
    competence._units._value = None
    yield
    competence._units._value = None


def department(key: str) -> Organisation:
    party = Party.objects.create(kind=PartyKind.ORGANISATION, name=key)
    return Organisation.objects.create(party=party, kind="department", key=key, full_name={"zh-Hans": key, "en": key})


@pytest.fixture
def place():
    province = Region.objects.create(code="990000", level="province", name={"en": "P", "zh-Hans": "省"})
    city = Region.objects.create(code="990100", level="city", name={"en": "C", "zh-Hans": "市"}, parent=province)
    return Region.objects.create(code="990102", level="district", name={"en": "D", "zh-Hans": "区"}, parent=city)


@pytest.fixture
def hall(place):
    return Unit.objects.create(
        department=department("jz.data"), key="hall", name={"en": "Hall"}, region=place, is_service_hall=True
    )


@pytest.fixture
def service():
    row = PublicService.objects.create(code="LC01", mode="g2b", department_role="market")
    ServiceVersion.objects.create(
        service=row, number=1, state="published", item_type="01", level="district", case_kind="promised"
    )
    return row


def unit(key: str, region: Region | None = None) -> Unit:
    return Unit.objects.create(department=department(f"dep.{key}"), key=key, name={"en": key}, region=region)


def rule(service: PublicService, region: str, target: Unit, **more) -> Competence:
    return Competence.objects.create(
        service=service,
        region_id=region,
        department=target.department,
        unit=target,
        valid_from=dt.date(2020, 1, 1),
        **more,
    )


def choose(**more) -> RouteChoice:
    catalogue.kept.forget()
    asked = {"service": "LC01", "region": "990102", "applicant_kind": "person", "answers": {}, "on": TODAY, **more}
    return competent(**asked)


def test_the_nearest_region_wins(place, hall, service) -> None:
    rule(service, "990100", unit("city"))
    near = rule(service, "990102", unit("district"))
    assert choose().rule == f"competence:{near.pk}"


def test_a_rule_of_the_city_serves_its_districts(place, hall, service) -> None:
    city = rule(service, "990100", unit("city"))
    choice = choose()
    assert (choice.rule, choice.unit_id) == (f"competence:{city.pk}", city.unit_id)
    assert choice.reasons[0]["en"] == "In C, dep.city is competent"


def test_a_condition_over_the_answers_is_asked(place, hall, service) -> None:
    large = rule(service, "990102", unit("large"), condition="area > 300", priority=1)
    small = rule(service, "990102", unit("small"))
    assert choose(answers={"area": 400}).rule == f"competence:{large.pk}"
    assert choose(answers={"area": 80}).rule == f"competence:{small.pk}"
    assert choose(answers={}).rule == f"competence:{small.pk}"


def test_a_closed_unit_gets_nothing(place, hall, service) -> None:
    row = rule(service, "990102", unit("closed"))
    Unit.objects.filter(pk=row.unit_id).update(closed_on=TODAY)
    assert choose().unit_id == hall.pk


def test_a_rule_that_ended_does_not_hold(place, hall, service) -> None:
    rule(service, "990102", unit("old"), valid_to=dt.date(2025, 12, 31))
    assert choose().rule == competence.LAST_RESORT


def test_without_any_rule_the_service_hall_owns_it(place, hall, service) -> None:
    choice = choose()
    assert (choice.unit_id, choice.rule) == (hall.pk, "last-resort")
    assert "sees it through" in choice.reasons[0]["en"]


def test_an_unknown_region_still_finds_an_owner(place, hall, service) -> None:
    assert choose(region="110101").unit_id == hall.pk


def test_a_house_without_a_hall_says_so(place, service) -> None:
    with pytest.raises(NotFound):
        choose()


def test_a_route_costs_no_statement_once_known(place, hall, service, django_assert_num_queries) -> None:
    rule(service, "990102", unit("district"))
    choose()
    with django_assert_num_queries(0):
        competent(service="LC01", region="990102", applicant_kind="person", answers={}, on=TODAY)


def test_a_choice_survives_being_stored(place, hall, service) -> None:
    choice = choose()
    assert RouteChoice.from_json(choice.as_json()) == choice
