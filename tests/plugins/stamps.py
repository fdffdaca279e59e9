"""No test finds published configuration that another one's database left in the process."""

from collections.abc import Iterator

import pytest

from egov.kernel.stamps import Stamped


@pytest.fixture(autouse=True)
def _nothing_stamped() -> Iterator[None]:
    Stamped.forget_all()
    yield
    Stamped.forget_all()
