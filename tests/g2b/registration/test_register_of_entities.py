"""Companies that are changed, converted or deregistered stand so in the register (BR03, BR04, BR09)."""

import datetime as dt
from decimal import Decimal

import pytest

from egov.casework.models import Case, Decision
from egov.casework.registry import effects
from egov.identity import queries
from egov.identity.models import Organisation
from egov.identity.rules import make_resident_id
from egov.journal.models import Entry
from egov.kernel import clock
from egov.kernel.actor import SYSTEM
from egov.kernel.errors import InvalidInput, TransitionNotAllowed
from g2b.registration.models import Registration

pytestmark = pytest.mark.django_db

COMPANY = {"kind": "enterprise", "org_type": "LTD"}


@pytest.fixture
def head(identities):
    return identities.person("林晓雯", region=identities.region())


@pytest.fixture
def company(identities, head):
    found = identities.organisation("江州晓雯餐饮有限公司", representative=head, region=identities.region())
    Registration.objects.create(
        organisation=found, case="C0", registered_on=dt.date(2020, 1, 2), scope="餐饮服务", capital=Decimal(100)
    )
    return found


def decide(effect, applicant, options=None, **answers):
    case = Case(reference="C1", applicant_id=applicant.pk, answers=answers)
    return effects.get(f"registration.{effect}").apply(SYSTEM, case, Decision(case=case), options or {})


def test_a_company_changes_its_name_and_seat_and_keeps_the_rest(company, head):
    told = decide("change_entity", company, name_changes=True, new_name="江州晓雯食品有限公司", new_address="望江街9号")
    company.refresh_from_db()
    assert (company.party.name, company.address) == ("江州晓雯食品有限公司", "望江街9号")
    assert company.full_name["zh-Hans"] == "江州晓雯食品有限公司"
    assert (company.registration.scope, company.registration.capital) == ("餐饮服务", Decimal(100))
    assert told == {
        "organisation.name": "江州晓雯食品有限公司",
        "organisation.address": "望江街9号",
        "organisation.legal_representative": head.party.name,
    }


def test_scope_capital_and_shareholders_change_in_the_entry(company):
    holders = [{"name": "陈立", "share": "500.00"}]
    decide("change_entity", company, new_scope="食品销售", new_capital="500.00", new_shareholders=holders)
    entry = Registration.objects.get(pk=company.pk)
    assert (entry.scope, entry.capital, entry.shareholders) == ("食品销售", Decimal(500), holders)


def test_a_new_representative_takes_the_place_of_the_old(company, identities):
    successor = identities.person("陈立")
    number = queries.number_of(successor.pk, "cn.ric")
    decide("change_entity", company, representative_name="陈立", representative_id_number=number)
    assert [row.person_id for row in queries.representatives_of(company.pk)] == [successor.pk]


def test_a_representative_from_elsewhere_is_entered_with_the_number(company):
    number = make_resident_id(area="110101", born_on=dt.date(1980, 5, 6), sex="male", serial=21)
    decide("change_entity", company, representative_name="王远", representative_id_number=number)
    (row,) = queries.representatives_of(company.pk)
    assert row.person.party.name == "王远"
    assert queries.party_by_number("cn.ric", number).pk == row.person_id


def test_a_representative_whose_name_and_number_differ_is_not_entered(company, identities):
    number = queries.number_of(identities.person("陈立").pk, "cn.ric")
    with pytest.raises(InvalidInput):
        decide("change_entity", company, representative_name="陈力", representative_id_number=number)
    assert queries.representatives_of(company.pk).count() == 1


def test_a_deregistered_company_has_ended_and_does_not_end_twice(company):
    decide("end_entity", company)
    company.refresh_from_db()
    assert company.dissolved_on == company.registration.ended_on == clock.today()
    assert Entry.objects.filter(action="registration.end_entity").count() == 1
    with pytest.raises(TransitionNotAllowed):
        decide("end_entity", company)


def test_a_company_that_was_registered_elsewhere_ends_too(identities):
    other = identities.organisation("江州旧友商贸有限公司")
    decide("end_entity", other)
    assert Organisation.objects.get(pk=other.pk).dissolved_on == clock.today()


def test_a_sole_trader_becomes_a_company_under_the_same_person(identities, head):
    trader = identities.organisation("启明面馆", kind="sole_trader", representative=head, office="operator")
    told = decide(
        "convert_to_company",
        trader,
        COMPANY,
        trade_name="江州启明餐饮有限公司",
        premises_region=identities.region().code,
        premises_address="望江街9号",
        scope="餐饮服务",
        capital="100000.00",
    )
    company = Organisation.objects.get(pk=told["organisation.party"])
    assert (company.kind, company.party.name) == ("enterprise", "江州启明餐饮有限公司")
    assert (
        queries.number_of(company.pk, "cn.uscc") == told["organisation.uscc"] != queries.number_of(trader.pk, "cn.uscc")
    )
    assert [row.person_id for row in queries.representatives_of(company.pk)] == [head.pk]
    trader.refresh_from_db()
    assert trader.dissolved_on == clock.today()
