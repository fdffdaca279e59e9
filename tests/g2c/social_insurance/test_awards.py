"""One period of drawing unemployment benefit at a time."""

from decimal import Decimal

import pytest

from egov.kernel.actor import SYSTEM
from egov.ledger.actions import FundTooLow
from g2c.social_insurance.actions import DrawsAlready, award_unemployment_benefit
from g2c.social_insurance.models import UnemploymentAward


def award(person, case):
    return award_unemployment_benefit(
        SYSTEM,
        case=case,
        person_id=person.pk,
        months=6,
        monthly=Decimal("1900.00"),
        account_number="6222000000000000123",
    )


def test_whoever_draws_the_benefit_is_not_awarded_another(identities):
    person = identities.person()
    first = award(person, "JZ-C-260101-00001-AA")
    with pytest.raises(DrawsAlready):
        award(person, "JZ-C-260101-00002-AB")
    UnemploymentAward.objects.filter(pk=first.pk).update(ended_on=first.starts_on)
    assert award(person, "JZ-C-260601-00003-AC").months == 6


def test_an_error_brings_its_way_out():
    assert str(FundTooLow().way_out)
    assert FundTooLow(way_out="Wait.").way_out == "Wait."
