"""The year that lies behind the city is what the actions would have written."""

import pytest

from tests.plugins.history import Reliving, lay_year, snapshot


def relive(laid, frozen):
    """Live every case again; what differs, by case and part."""
    relived: dict[str, str] = {}
    for filing in laid.filings:
        relived[filing.tale.case.reference] = Reliving(filing, frozen, relived).run(laid.now)
    differing = {}
    for filing, before in zip(laid.filings, laid.snapshots, strict=True):
        after = snapshot(relived[filing.tale.case.reference])
        parts = {part: (before[part], after[part]) for part in before if before[part] != after[part]}
        if parts:
            differing[f"{filing.slot.service} {[deed.act for deed in filing.tale.deeds]}"] = parts
    return differing


@pytest.mark.django_db
def test_a_few_cases_of_the_past_are_lived_again(city, frozen):
    laid = lay_year(20, city)
    assert not relive(laid, frozen)


@pytest.mark.long
@pytest.mark.django_db
def test_two_hundred_cases_of_the_past_are_lived_again(city, frozen):
    laid = lay_year(200, city)
    states = {each.tale.case.state for each in laid.filings}
    assert states >= {"received", "correction", "accepted", "closed", "withdrawn"}
    assert not relive(laid, frozen)
