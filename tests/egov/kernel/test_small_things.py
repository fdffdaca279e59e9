"""Text, money, registries, refs, events, errors, the clock."""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from typing import ClassVar

import pytest
from django.core.exceptions import ValidationError
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from egov.kernel import clock, money
from egov.kernel.actor import Actor, CapacityKind
from egov.kernel.errors import InvalidInput
from egov.kernel.events import Event
from egov.kernel.refs import Ref
from egov.kernel.registries import Registry
from egov.kernel.text import LocalisedTextField, localise, validate_localised

BOTH = {"zh-Hans": "开办面馆", "en": "Open a noodle shop"}


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("zh-hans", "开办面馆"),
        ("zh", "开办面馆"),
        ("en", "Open a noodle shop"),
        ("en-gb", "Open a noodle shop"),
        ("fr", "开办面馆"),
    ],
)
def test_text_comes_in_the_language_of_the_page(language, expected):
    assert localise(BOTH, language) == expected
    with translation.override(language):
        assert localise(BOTH) == expected


@pytest.mark.parametrize(("text", "expected"), [(None, ""), ({}, ""), ("plain", "plain"), ({"en": "only"}, "only")])
def test_text_that_is_missing_falls_back(text, expected):
    assert localise(text, "zh-hans") == expected


@pytest.mark.parametrize("value", ["text", ["a"], {"en": 1}, {1: "a"}])
def test_text_that_is_not_per_language_is_refused(value):
    with pytest.raises(ValidationError):
        validate_localised(value)


def test_the_field_of_text_says_nothing_of_its_defaults_in_migrations():
    _name, _path, _args, kwargs = LocalisedTextField().deconstruct()
    assert kwargs == {}


@given(st.integers(min_value=-(10**15), max_value=10**15))
def test_fen_and_yuan_are_the_same_money(fen):
    assert money.to_fen(money.from_fen(fen)) == fen


@pytest.mark.parametrize(
    ("amount", "expected"), [("0.005", "0.01"), ("0.0049", "0.00"), ("-0.005", "-0.01"), ("2.675", "2.68")]
)
def test_money_is_rounded_half_up(amount, expected):
    assert money.rounded(Decimal(amount)) == Decimal(expected)


def test_a_part_of_a_fen_is_no_money():
    with pytest.raises(ValueError, match="fen"):
        money.to_fen(Decimal("0.001"))


def test_a_registry_takes_each_key_once_and_names_itself_when_one_is_missing():
    registry: Registry[str] = Registry("effects")
    registry.add("a", "one")
    registry.add("a", "one")
    with pytest.raises(ValueError, match="effects: 'a' is registered twice"):
        registry.add("a", "two")
    with pytest.raises(LookupError, match="effects: nothing is registered under 'b'"):
        registry.get("b")
    assert (list(registry), registry.find("b"), "a" in registry) == (["a"], None, True)


@given(st.text(alphabet="abcdefgh_", min_size=1), st.text(min_size=1))
def test_a_ref_is_read_as_it_was_written(kind, key):
    assert Ref.parse(str(Ref(kind, key))) == Ref(kind, key)


@pytest.mark.parametrize("text", ["", ":", "case:", ":7", "case"])
def test_what_is_no_ref_is_refused(text):
    with pytest.raises(ValueError, match="not a reference"):
        Ref.parse(text)


def test_an_event_is_loaded_as_it_was_emitted_and_declared_once():
    @dataclass(frozen=True, kw_only=True)
    class TunnelDug(Event):
        name: ClassVar[str] = "test_tunnel_dug"
        metres: int

    event = TunnelDug(metres=7)
    assert Event.load("test_tunnel_dug", 1, event.payload()) == event
    with pytest.raises(TypeError, match="declared twice"):
        type("Again", (Event,), {"name": "test_tunnel_dug"})
    with pytest.raises(LookupError):
        Event.load("test_tunnel_dug", 2, {})


def test_invalid_input_names_the_field_and_the_way():
    error = InvalidInput.at("children/0/name", "required", "Give a name.")
    assert (error.status, error.code, error.faults[0].path) == (422, "invalid_input", "children/0/name")
    assert str(InvalidInput([])) != ""


def test_who_acts_for_whom():
    parent = Actor(kind=CapacityKind.GUARDIAN, party_id=1, on_behalf_of_id=2)
    officer = Actor(kind=CapacityKind.POST, party_id=1, post_id=9, roles=frozenset({"reviewer"}))
    assert (parent.is_applicant, parent.is_staff) == (True, False)
    assert (officer.is_applicant, officer.is_staff, officer.has_role("reviewer")) == (False, True, True)
    assert officer.with_request("r-1").request_id == "r-1"


def test_the_day_is_the_one_where_the_authority_is(time_machine):
    time_machine.move_to(dt.datetime(2026, 1, 31, 16, 30, tzinfo=dt.UTC))
    assert clock.today() == dt.date(2026, 2, 1)
    assert clock.local(clock.now()).hour == 0
    assert clock.end_of_day(dt.date(2026, 1, 31)) == dt.datetime(2026, 1, 31, 16, 0, tzinfo=dt.UTC)
