"""Fixtures of the law room."""

import pytest

from egov.kernel.actor import SYSTEM
from egov.law import actions


@pytest.fixture
def law(db: None) -> None:
    """The jurisdiction's law is loaded."""
    actions.load_law(SYSTEM)
