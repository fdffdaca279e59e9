"""Fixtures of the deadlines room."""

import pytest
from django.core.management import call_command


@pytest.fixture
def calendar(db: None) -> None:
    """The published working days are loaded."""
    call_command("load_calendar", verbosity=0)
