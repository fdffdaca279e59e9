"""The one effect every service may name: the party holds what was granted."""

import datetime as dt
from typing import Any

from egov.casework.deciding import valid_until
from egov.casework.models import Case, Decision
from egov.casework.moving import ref_of
from egov.casework.registry import Effect, effects
from egov.kernel import clock
from egov.kernel.actor import Actor
from egov.registers import actions as registers


def hold(actor: Actor, case: Case, decision: Decision, options: dict[str, Any]) -> dict[str, Any]:
    """Record in the registers that the applicant holds the output; ``valid_to`` may be one of the answers."""
    today = clock.today()
    named = case.answers.get(options.get("valid_to_answer", ""))
    last = dt.date.fromisoformat(named) if named else valid_until(today, options.get("valid_years"))
    data = {name: case.answers.get(name) for name in options.get("answers", [])}
    registers.hold(
        actor,
        party_id=case.applicant_id,
        service=case.service.code,
        output=options["output"],
        source=ref_of(case),
        data={**data, **decision.data},
        valid_from=today,
        valid_to=last,
    )
    return {}


HOLD = effects.add(
    "registers.hold",
    Effect(
        key="registers.hold",
        apply=hold,
        options={
            "type": "object",
            "properties": {
                "output": {"type": "string", "minLength": 1},
                "valid_years": {"type": "integer", "minimum": 1},
                "valid_to_answer": {"type": "string"},
                "answers": {"type": "array", "items": {"type": "string"}},
            },
            "required": ["output"],
            "additionalProperties": False,
        },
    ),
)
