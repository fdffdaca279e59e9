"""The documents show the lifecycle the code has."""

import pytest
from django.core.management import call_command

from egov.casework.rules import drawing
from egov.casework.rules.lifecycle import TRANSITIONS


def test_the_page_is_up_to_date():
    call_command("draw_lifecycle", check=True)


def test_every_act_stands_in_the_table():
    table = drawing.table()
    assert all(f"| {key} |" in table for key in TRANSITIONS)


def test_the_diagram_begins_and_ends():
    diagram = drawing.mermaid()
    assert "[*] --> received: open" in diagram
    assert "withdrawn --> [*]" in diagram


def test_a_page_without_marks_is_refused():
    with pytest.raises(ValueError, match="no marks"):
        drawing.marked("nothing", {"lifecycle": "x"})
