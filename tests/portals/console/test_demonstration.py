"""The year that lies behind the city is what the actions would have written."""

import pytest

from tests.plugins.history import (
    Reliving,
    RelivingWhole,
    lay_wholes,
    lay_year,
    snapshot,
    whole_snapshot,
)


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


# --- Events of several departments ------------------------------------------------------------------------


def relive_wholes(laid, frozen):
    """Live every whole again; what differs, by event and part."""
    relived = [RelivingWhole(filing, frozen).run(laid.now) for filing in laid.filings]
    differing = {}
    for filing, reference, before in zip(laid.filings, relived, laid.snapshots, strict=True):
        after = whole_snapshot(reference)
        for key in before.keys() | after.keys():
            if before.get(key) != after.get(key):
                differing[f"{filing.occasion.event} {filing.reference} {key}"] = differences(
                    before.get(key, {}), after.get(key, {})
                )
    return differing


def differences(before, after):
    if not isinstance(before, dict):
        return before, after
    parts = before.keys() | after.keys()
    return {part: (before.get(part), after.get(part)) for part in parts if before.get(part) != after.get(part)}


@pytest.mark.django_db
def test_a_few_events_of_the_past_are_lived_again(city, frozen):
    laid = lay_wholes(city, wanted=lambda slot: slot.number % 15 == 0)
    assert not relive_wholes(laid, frozen)


@pytest.mark.long
@pytest.mark.timeout(900)
@pytest.mark.django_db
def test_every_third_event_of_the_past_is_lived_again(city, frozen):
    laid = lay_wholes(city, wanted=lambda slot: slot.number % 3 == 0)
    members = [member for each in laid.filings for member in each.whole.members.values()]
    assert {member.state for member in members} >= {"waiting", "open", "done", "dropped"}
    assert not relive_wholes(laid, frozen)
