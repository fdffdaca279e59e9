"""What happens to the register of projects when a filing or an approval is decided."""

from typing import Any

from egov.casework.models import Case, Decision
from egov.casework.registry import Effect, effects
from egov.kernel import clock, counters
from egov.kernel.actor import Actor

# Parts of the national code of an investment project (全国投资项目在线审批监管平台 赋码规则).
_KINDS = {"approval": "02", "filing": "04"}
_UPGRADE, _CONSTRUCTION = "02", "01"


def assign_project_code(actor: Actor, case: Case, decision: Decision, options: dict[str, Any]) -> dict[str, Any]:
    """One code for the whole life of the project; every later permit asks for it."""
    month = f"{clock.today():%y%m}"
    area = str(case.answers["project_region"])[:6].ljust(6, "0")
    nature = _UPGRADE if case.answers["nature"] == "rebuild" else _CONSTRUCTION
    serial = counters.next_value(f"investment.project:{month}:{area}")
    return {"project.code": f"{month}-{area}-{_KINDS[options['kind']]}-{nature}-{serial:06d}"}


effects.add(
    "investment.assign_project_code",
    Effect(
        key="investment.assign_project_code",
        apply=assign_project_code,
        options={
            "type": "object",
            "properties": {"kind": {"enum": sorted(_KINDS)}},
            "required": ["kind"],
            "additionalProperties": False,
        },
    ),
)
