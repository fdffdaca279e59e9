"""The main menu shows where one is, also on pages that lie beside the address of their entry."""

import re

import pytest

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("path", "entry"),
    [
        ("", "Overview"),
        ("services", "Services"),
        ("services/LC01", "Services"),
        ("dictionary", "Services"),
        ("words", "Words"),
        ("topics", "Words"),
        ("concepts", "Words"),
        ("units/jz.linjiang.market.services", "Departments"),
    ],
)
def test_the_entry_of_a_page(console, path, entry):
    marked = re.findall(r'aria-current="page">([^<]+)</a>', console.admin.html(path))
    assert marked[0] == entry
