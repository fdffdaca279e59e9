"""Each service that can be filed, from its form to its decision, by the people whose work it is.

Nothing here knows how a service is decided but the steps of its plan, as the desk offers them.
"""

from dataclasses import dataclass, field
from typing import Any

import pytest

pytestmark = [pytest.mark.long, pytest.mark.journey, pytest.mark.timeout(600)]

SHOP = {"contact_phone": "13900001234"}
DAY = "2026-11-20"


@dataclass(frozen=True)
class Told:
    """A service, who files it in which capacity with what, and who then does which step."""

    code: str
    who: str
    answers: dict[str, Any]
    steps: list[tuple[str, str]] = field(default_factory=list)  # account, outcome of its step
    accepts: str = ""
    decides: str = ""
    signs: str = ""
    capacity: str = "self"

    def __str__(self) -> str:
        return self.code


SERVICES = [
    Told(
        "MH03",
        "lin.xiaowen",
        {"kind": "settled", "place": "浙江省杭州市", "from_on": DAY, "residence_address": "杭州市西湖区文三路 90 号"}
        | {"residence_promise": True},
    ),
    Told(
        "CL04",
        "zhao.qiming",
        {"home_region": "990103", "residence_address": "临江区江滨路 18 号", "lives_here_since": "2025-03-01"}
        | {"ground": "job", "employer": "江州市临江区赵记面馆"},
        accepts="police.clerk",
        steps=[("police.reviewer", "agree")],
        decides="police.reviewer",
        signs="police.section",
    ),
]


@pytest.fixture
def language() -> str:
    return "zh-Hans"


@pytest.mark.parametrize("told", SERVICES, ids=str)
def test_a_service_is_filed_and_decided(walker, told):
    applicant = walker(told.who, looks=False)
    capacity = applicant.capacity(told.capacity)
    filed = applicant.file(told.code, capacity, **told.answers)
    assert filed.case
