"""What happens to the register of people when a birth, a marriage or a death is registered."""

import datetime as dt
from typing import Any

from egov.casework.models import Case, Decision
from egov.casework.registry import Effect, effects
from egov.kernel.actor import Actor
from g2c.certificates import actions


def register_birth(actor: Actor, case: Case, decision: Decision, options: dict[str, Any]) -> dict[str, Any]:
    """The child's identity number comes into being here; later members of the matter ask for it."""
    answers = case.answers
    number = actions.register_birth(
        actor,
        case=case.reference,
        name=answers["child_name"],
        sex=answers["child_sex"],
        born_on=dt.date.fromisoformat(answers["child_born_on"]),
        region_code=answers["household_region"],
        joins=answers["joins"],
        parents={
            which: (answers.get(f"{which}_name", ""), answers.get(f"{which}_id_number", ""))
            for which in ("mother", "father")
        },
    )
    return {"child.id_number": number}


def register_marriage(actor: Actor, case: Case, decision: Decision, options: dict[str, Any]) -> dict[str, Any]:
    married_on = actions.register_marriage(
        actor,
        case=case.reference,
        person_id=case.applicant_id,
        partner=(case.answers["spouse_name"], case.answers["spouse_id_number"]),
    )
    return {"marriage.registered_on": married_on.isoformat()}


def register_death(actor: Actor, case: Case, decision: Decision, options: dict[str, Any]) -> dict[str, Any]:
    actions.register_death(
        actor,
        case=case.reference,
        deceased=(case.answers["deceased_name"], case.answers["deceased_id_number"]),
        died_on=dt.date.fromisoformat(case.answers["died_on"]),
    )
    return {}


_NO_OPTIONS = {"type": "object", "properties": {}, "additionalProperties": False}

for _apply in (register_birth, register_marriage, register_death):
    effects.add(
        f"certificates.{_apply.__name__}",
        Effect(key=f"certificates.{_apply.__name__}", apply=_apply, options=_NO_OPTIONS),
    )
