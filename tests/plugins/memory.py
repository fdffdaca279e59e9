"""No test finds what another one's database left in the process."""

from collections.abc import Iterator

import pytest

from egov.kernel.memory import Kept


@pytest.fixture(autouse=True)
def _nothing_kept() -> Iterator[None]:
    Kept.forget_all()
    yield
    Kept.forget_all()
