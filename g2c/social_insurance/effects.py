"""What happens to the room's registers when one of its cases is decided."""

from typing import Any

from egov.casework.models import Case, Decision
from egov.casework.registry import Effect, effects
from egov.kernel import clock
from egov.kernel.actor import Actor
from egov.law import queries as law
from g2c.social_insurance import actions


def award_unemployment_benefit(actor: Actor, case: Case, decision: Decision, options: dict[str, Any]) -> dict[str, Any]:
    """Months and amount come from the jurisdiction's formula, with the parameters in force today."""
    result = law.compute(
        options["formula"],
        on=clock.today(),
        region=case.region,
        inputs={"contribution_years": case.answers["contribution_years"]},
    )
    award = actions.award_unemployment_benefit(
        actor,
        case=case.reference,
        person_id=case.applicant_id,
        months=result.values["months"],
        monthly=result.values["monthly"],
        account_number=case.answers["bank_account"].replace(" ", ""),
    )
    return {
        "benefit.months": award.months,
        "benefit.monthly_amount": str(award.monthly_amount),
        "benefit.starts_on": award.starts_on.isoformat(),
    }


effects.add(
    "social_insurance.award_unemployment_benefit",
    Effect(
        key="social_insurance.award_unemployment_benefit",
        apply=award_unemployment_benefit,
        options={"type": "object", "properties": {"formula": {"type": "string"}}, "required": ["formula"]},
    ),
)
