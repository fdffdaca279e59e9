"""Shares with an honest interval, percentiles as the database counts them."""

import statistics
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from egov.measures import rules


@pytest.mark.parametrize(
    ("good", "all_", "low", "high"),
    # The limits p0 solve (p - p0)^2 = z^2 p0 (1 - p0) / n (Wilson 1927).
    [
        (95, 100, "0.888250", "0.978456"),
        (5, 10, "0.236593", "0.763407"),
        (0, 10, "0", "0.277533"),
        (10, 10, "0.722467", "1"),
    ],
)
def test_wilson(good, all_, low, high):
    interval = rules.wilson(good, all_)
    assert (interval.low, interval.high) == (Decimal(low), Decimal(high))


def test_without_cases_there_is_no_share():
    assert rules.wilson(0, 0) is None
    assert rules.share(0, 0) is None


@pytest.mark.parametrize(("good", "all_"), [(-1, 3), (4, 3)])
def test_more_than_all_is_no_share(good, all_):
    with pytest.raises(ValueError, match="no share"):
        rules.wilson(good, all_)


@given(st.integers(min_value=1, max_value=100_000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_the_share_lies_in_its_interval_and_the_interval_in_the_possible(counts):
    good, all_ = counts
    interval = rules.wilson(good, all_)
    assert 0 <= interval.low <= rules.share(good, all_) + Decimal("0.000001")
    assert rules.share(good, all_) - Decimal("0.000001") <= interval.high <= 1


@given(st.integers(min_value=1, max_value=1000))
def test_more_cases_make_it_narrower(n):
    few, many = rules.wilson(n, 2 * n), rules.wilson(10 * n, 20 * n)
    assert many.high - many.low < few.high - few.low


@given(st.lists(st.integers(-1000, 1000), min_size=1, max_size=50))
def test_the_percentile_of_a_half_is_the_median(values):
    assert float(rules.percentile(values, 0.5)) == pytest.approx(statistics.median(values))


def test_percentiles_of_nothing_and_of_the_ends():
    assert rules.percentile([], 0.9) is None
    assert (rules.percentile([3, 1, 2], 0), rules.percentile([3, 1, 2], 1)) == (1, 3)
    assert rules.percentile([1, 2, 3, 4], 0.9) == Decimal("3.7")
