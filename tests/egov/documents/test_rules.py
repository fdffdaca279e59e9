"""Codes, numbers, states: what calculates."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from egov.documents import rules

codes = st.builds(lambda seed: rules.new_code(seed.choice), st.randoms(use_true_random=False))


@given(codes, st.integers(0, rules.CODE_LENGTH - 1), st.sampled_from(rules.CODE_ALPHABET))
def test_every_single_slip_in_a_code_is_found(code, place, other):
    typed = code[:place] + other + code[place + 1 :]
    assert rules.is_code(typed) is (typed == code)


@given(codes, st.integers(0, rules.CODE_LENGTH - 2))
def test_every_swap_of_neighbours_in_a_code_is_found(code, place):
    swapped = code[:place] + code[place + 1] + code[place] + code[place + 2 :]
    assert rules.is_code(swapped) is (swapped == code)


@given(codes)
def test_a_code_survives_being_typed(code):
    assert rules.normalise_code(f" {rules.shown_code(code).lower()} ") == code
    assert len(rules.shown_code(code)) == 14


def test_a_document_number_has_the_brackets_of_the_standard():
    assert rules.document_number("临市监", "许准", 2026, 12) == "临市监许准〔2026〕12号"


def test_a_credential_number_has_six_parts_and_keeps_its_serial():
    first = rules.credential_number(type_="FOOD", issuer_code="113301060025000178", serial=42, version=1)
    second = rules.credential_number(type_="FOOD", issuer_code="113301060025000178", serial=42, version=2)
    assert first.startswith("1.2.156.3005.2.113301060025000178014.113301060025000178.0000000042.001.")
    assert second.split(".")[-2] == "002"
    assert len(first) <= 120
    other = rules.credential_number(type_="SOMETHING", issuer_code="X", serial=1, version=1)
    assert other.split(".")[5] == "X999"
    assert rules.type_digits("SOMETHING") == rules.type_digits("SOMETHING ELSE") == "999"
    digits = [digits for digits, _name in rules.CREDENTIAL_TYPES.values()]
    assert len(digits) == len(set(digits)), "two types would share a series of numbers"


def test_the_check_character_is_that_of_the_standard():
    """ISO/IEC 7064:2003, MOD 37,36: the example of the Global Release Identifier, A12425GABC1234002M."""
    assert rules.mod_37_36("A12425GABC1234002") == "M"


@pytest.mark.parametrize(
    ("facts", "state"),
    [
        ({}, "valid"),
        ({"on": dt.date(2026, 1, 1)}, "valid"),
        ({"on": dt.date(2025, 12, 31)}, "not_yet_valid"),
        ({"on": dt.date(2026, 12, 31)}, "valid"),
        ({"on": dt.date(2027, 1, 1)}, "expired"),
        ({"valid_to": None, "on": dt.date(2099, 1, 1)}, "valid"),
        ({"suspended": True}, "suspended"),
        ({"suspended": True, "on": dt.date(2027, 1, 1)}, "expired"),
        *(
            ({"end_kind": kind, "suspended": True}, kind)
            for kind in ("cancelled", "revoked", "annulled", "lost", "replaced")
        ),
    ],
)
def test_the_state_of_a_credential(facts, state):
    given = {
        "valid_from": dt.date(2026, 1, 1),
        "valid_to": dt.date(2026, 12, 31),
        "suspended": False,
        "end_kind": "",
        "on": dt.date(2026, 6, 1),
        **facts,
    }
    assert rules.credential_state(**given) == state
    assert str(rules.credential_state(**given).label)


def test_a_term_of_years_ends_the_day_before():
    assert rules.last_day(dt.date(2026, 11, 24), 5) == dt.date(2031, 11, 23)
    assert rules.last_day(dt.date(2024, 2, 29), 1) == dt.date(2025, 2, 28)


@pytest.mark.parametrize("text", ["../secrets", "a/b/c", "Decision", "documents/", "", "decision.typ"])
def test_a_template_is_a_plain_key(text):
    with pytest.raises(ValueError, match="not a template"):
        rules.TemplateKey.parse(text)


def test_what_a_template_is_given_is_in_one_language_and_printable():
    data = {"a": {"zh-Hans": "甲\u202e", "en": "A"}, "b": [{"zh-Hans": "乙"}, 5, None], "c": {"d": "x\r\ny\x00"}}
    assert rules.in_language(data, "en") == {"a": "A", "b": ["乙", 5, None], "c": {"d": "x\ny"}}
    assert rules.in_language(data, "zh-Hans")["a"] == "甲"


def test_letters_are_in_chinese_or_english():
    assert [rules.document_language(each) for each in ("zh-hans", "zh-Hans", "en", "fr")] == [
        "zh-Hans",
        "zh-Hans",
        "en",
        "en",
    ]
