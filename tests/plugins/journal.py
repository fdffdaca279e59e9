"""What tests of the journal, and of rooms that prove something by it, stand on."""

import pytest

from egov.journal import keys


@pytest.fixture
def journal_key(settings, tmp_path):
    """A signing key of this test alone."""
    settings.EGOV_KEYS_DIR = tmp_path / "keys"
    settings.EGOV_KEYS_DIR.mkdir()
    return keys.make()
