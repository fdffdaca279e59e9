"""Fixtures of the deadlines room."""

import pytest
from django.core.management import call_command

from egov.deadlines import queries


@pytest.fixture
def calendar(db: None) -> None:
    """The published working days are loaded."""
    queries.forget_calendars()
    call_command("load_calendar", verbosity=0)
    yield
    queries.forget_calendars()
