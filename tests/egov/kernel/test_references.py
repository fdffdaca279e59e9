"""References are readable and every usual typing error in them is found."""

import datetime as dt

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from egov.kernel import references

bodies = st.builds(
    lambda kind, day, number: f"JZ-{kind}-{day:%y%m%d}-{number:05d}",
    st.text(alphabet="ABCDEFGHIJKLMNOPQRSTUVWXYZ", min_size=1, max_size=2),
    st.dates(min_value=dt.date(2024, 1, 1), max_value=dt.date(2060, 12, 31)),
    st.integers(min_value=1, max_value=99_999_999),
)


def signed(body: str) -> str:
    return f"{body}-{references.check_characters(body)}"


@given(bodies)
def test_a_drawn_reference_is_valid(body):
    assert references.is_valid(signed(body))


@given(bodies, st.data())
def test_every_single_wrong_character_is_found(body, data):
    reference = signed(body)
    position = data.draw(st.sampled_from([i for i, c in enumerate(reference) if c != "-"]))
    wrong = data.draw(st.sampled_from(references.ALPHABET))
    assume(wrong != reference[position])
    assert not references.is_valid(reference[:position] + wrong + reference[position + 1 :])


@given(bodies, st.data())
def test_every_swap_of_neighbours_is_found(body, data):
    reference = signed(body)
    swappable = [
        i for i in range(len(reference) - 1) if "-" not in reference[i : i + 2] and reference[i] != reference[i + 1]
    ]
    at = data.draw(st.sampled_from(swappable))
    swapped = reference[:at] + reference[at + 1] + reference[at] + reference[at + 2 :]
    assert not references.is_valid(swapped)


@pytest.mark.parametrize(
    "typed",
    ["jz-c-261124-00042-{}", " JZ–C–261124–00042–{} ", "JZ—C—261124—00042—{}", "ＪＺ－C－261124－00042－{}"],
)
def test_what_a_person_types_is_understood(typed):
    check = references.check_characters("JZ-C-261124-00042")
    assert references.normalise(typed.format(check)) == f"JZ-C-261124-00042-{check}"


@pytest.mark.parametrize("typed", ["", "-", "JZ", "工号-1", "JZ-C-261124-00042", "JZ-C-261124-00042-", "jz-c"])
def test_what_is_no_reference_is_refused_without_error(typed):
    assert not references.is_valid(typed)


@pytest.mark.django_db
def test_numbers_are_drawn_in_blocks(django_assert_max_num_queries):
    references.draw("C")
    with django_assert_max_num_queries(3):
        drawn = [references.draw("C") for _ in range(2 * references.BLOCK)]
    assert len(set(drawn)) == len(drawn)
    assert all(references.is_valid(each) for each in drawn)
