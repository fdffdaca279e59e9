"""How long a registration for treatment elsewhere lasts (医保发〔2022〕22号)."""

import datetime as dt

import pytest

from g2c.health import rules


@pytest.mark.parametrize("kind", ["settled", "resident", "posted"])
def test_who_lives_there_is_registered_without_an_end(kind):
    assert rules.ends_on(kind, dt.date(2026, 3, 1)) is None


@pytest.mark.parametrize(
    ("starts", "ends"),
    [
        (dt.date(2026, 3, 1), dt.date(2026, 8, 31)),
        (dt.date(2026, 8, 31), dt.date(2027, 2, 27)),
        (dt.date(2026, 7, 15), dt.date(2027, 1, 14)),
        (dt.date(2026, 12, 1), dt.date(2027, 5, 31)),
    ],
)
def test_a_single_treatment_is_registered_for_six_months(starts, ends):
    assert rules.ends_on("referred", starts) == ends
