"""Parameters by day and region, formulas with their trace, citations."""

import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from egov.kernel.actor import SYSTEM, Actor, CapacityKind
from egov.kernel.errors import InvalidInput, NotFound
from egov.kernel.refs import Ref
from egov.law import actions, queries
from egov.law.cn.formulas import unemployment_benefit
from egov.law.models import Citation

TODAY = dt.date(2026, 11, 22)
ADMINISTRATOR = Actor(kind=CapacityKind.POST, capacity="p-1", roles=frozenset({"platform_admin"}))
PARAMETERS = {
    "cn.unemployment.max-months": [
        {"from_years": 1, "months": 12},
        {"from_years": 5, "months": 18},
        {"from_years": 10, "months": 24},
    ],
    "cn.unemployment.local-months": [],
    "cn.unemployment.ratio": "0.90",
    "cn.minimum-wage": "2490.00",
    "cn.subsistence-allowance": "1180.00",
}


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("region", "on", "expected"),
    [
        ("990102", TODAY, "2490.00"),
        ("990102001", TODAY, "2490.00"),
        ("990100", dt.date(2023, 12, 31), "2280.00"),
        ("990100", dt.date(2024, 1, 1), "2490.00"),
    ],
)
def test_the_value_of_the_day_and_of_the_nearest_region_above(law, region, on, expected):
    assert queries.parameter("cn.minimum-wage", on=on, region=region) == expected


@pytest.mark.django_db
@pytest.mark.parametrize(("region", "on"), [("110101", TODAY), ("990100", dt.date(2010, 1, 1)), ("", TODAY)])
def test_where_no_value_holds_it_is_said(law, region, on):
    with pytest.raises(NotFound):
        queries.parameter("cn.minimum-wage", on=on, region=region)


@pytest.mark.django_db
def test_a_new_value_ends_the_one_before(law):
    actions.set_parameter(
        ADMINISTRATOR,
        key="cn.minimum-wage",
        region="990100",
        value="2690.00",
        valid_from=dt.date(2027, 1, 1),
        instrument="cn.labour-contract-law",
        article="85",
    )
    assert queries.parameter("cn.minimum-wage", on=dt.date(2026, 12, 31), region="990100") == "2490.00"
    assert queries.parameter("cn.minimum-wage", on=dt.date(2027, 1, 1), region="990100") == "2690.00"
    with pytest.raises(InvalidInput):
        actions.set_parameter(
            ADMINISTRATOR,
            key="cn.minimum-wage",
            region="990100",
            value="1",
            valid_from=dt.date(2027, 1, 1),
            instrument="cn.labour-contract-law",
        )


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("years", "months"), [(1, 3), (2, 6), (3, 9), (4, 12), (5, 12), (6, 13), (10, 17), (16, 23), (17, 24), (30, 24)]
)
def test_unemployment_benefit_by_the_scale_of_the_province(law, years, months):
    result = queries.compute("cn.unemployment-benefit", on=TODAY, region="990102", inputs={"contribution_years": years})
    assert result.values == {"months": months, "monthly": Decimal("2241.00"), "total": Decimal("2241.00") * months}
    assert result.trace["parameters"]["cn.minimum-wage"] == "2490.00"
    assert result.trace["articles"][0] == {"instrument": "cn.social-insurance-law", "article": "46-47"}


@given(st.integers(min_value=1, max_value=60), st.integers(min_value=0, max_value=24))
def test_never_more_months_than_the_law_allows(years, undrawn):
    values = unemployment_benefit(PARAMETERS, {"contribution_years": years, "undrawn_months": undrawn})
    ceiling = 12 if years < 5 else 18 if years < 10 else 24
    assert values["months"] == min(24, ceiling + undrawn)
    assert Decimal(PARAMETERS["cn.subsistence-allowance"]) < values["monthly"] < Decimal(PARAMETERS["cn.minimum-wage"])


def test_less_than_a_year_gives_nothing():
    with pytest.raises(ValueError, match="less than one year"):
        unemployment_benefit(PARAMETERS, {"contribution_years": 0})


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("key", "inputs", "amount"),
    [
        ("cn.skill-subsidy", {"skill_level": "5"}, "1000.00"),
        ("cn.skill-subsidy", {"skill_level": "3"}, "2000.00"),
        ("cn.employment-refund", {"size": "small", "contributions": "12345.67"}, "7407.40"),
        ("cn.employment-refund", {"size": "large", "contributions": "12345.67"}, "3703.70"),
        ("cn.startup-subsidy", {}, "5000.00"),
    ],
)
def test_what_is_paid_to_workers_employers_and_founders(law, key, inputs, amount):
    assert queries.compute(key, on=TODAY, region="990102", inputs=inputs).values == {"amount": Decimal(amount)}


@pytest.mark.django_db
def test_the_published_table_decides_and_explains(law):
    result = queries.evaluate_table(
        "cn.unemployment-benefit", {"contribution_years": 3, "end_reason": "resigned", "looking_for_work": True}
    )
    assert result.output["outcome"] == "refused"
    assert result.trace["articles"] == [{"instrument": "cn.social-insurance-law", "article": "45.0.2"}]
    assert queries.citation_text("cn.social-insurance-law", "45.0.2")["zh-Hans"].endswith(
        "社会保险法》第四十五条第二项"
    )


@pytest.mark.django_db
def test_what_is_read_often_is_read_once(law, django_assert_num_queries):
    queries.procedure("licensing")
    queries.parameter("cn.minimum-wage", on=TODAY, region="990102")
    queries.citation_text("cn.licensing-law", "42")
    with django_assert_num_queries(0):
        for _ in range(20):
            queries.procedure("licensing")
            queries.parameter("cn.minimum-wage", on=TODAY, region="990103")
            queries.citation_text("cn.licensing-law", "44")


@pytest.mark.django_db
@pytest.mark.parametrize(
    "call", [lambda: queries.procedure("none"), lambda: queries.table("none"), lambda: queries.citation_text("none")]
)
def test_what_is_not_there_is_not_found(law, call):
    with pytest.raises(NotFound):
        call()


@pytest.mark.django_db
def test_a_citation_stands_once(law):
    citations = [{"instrument": "cn.food-safety-law", "article": "35"}, {"instrument": "cn.nowhere"}]
    for _ in range(2):
        assert actions.cite(SYSTEM, citing=Ref("case", "JZ-C-1"), citations=citations, on=TODAY) == 1
    assert Citation.objects.count() == 1
    assert [row.article for row in queries.citations_of("case:JZ-C-1")] == ["35"]
    assert queries.citing_instrument("cn.food-safety-law").count() == 1
