"""Formulas of the default jurisdiction. Pure; money is ``Decimal`` in CNY, rounded half up to the fen."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from egov.kernel import money
from egov.law.registry import Formula, formulas
from egov.law.rules.citations import Article


def months_of_benefit(years: int, steps: Sequence[Mapping[str, int]]) -> int:
    """Months that ``years`` of contributions give: the last step reached; 0 below the first.

    A step may add ``per_year`` months for each full year beyond its own start, up to ``at_most``.
    """
    months = 0
    for step in steps:
        if years < step["from_years"]:
            break
        extra = (years - step["from_years"]) * step.get("per_year", 0)
        months = min(step["months"] + extra, step.get("at_most", step["months"] + extra))
    return months


def unemployment_benefit(parameters: Mapping[str, Any], inputs: Mapping[str, Any]) -> dict[str, Any]:
    """``months``, ``monthly`` and ``total`` of the unemployment benefit.

    Inputs: ``contribution_years`` (full years), ``undrawn_months`` from an earlier unemployment (default 0).
    Social Insurance Law art. 46: 12, 18, 24 months at most; a local step scale may give less, never more.
    Unemployment Insurance Regulation art. 18: below the minimum wage, above the subsistence allowance.
    """
    years = int(inputs["contribution_years"])
    if years < 1:
        raise ValueError("less than one year of contributions")
    ceiling = months_of_benefit(years, parameters["cn.unemployment.max-months"])
    local = months_of_benefit(years, parameters["cn.unemployment.local-months"])
    months = min(local or ceiling, ceiling) + int(inputs.get("undrawn_months", 0))
    months = min(months, 24)
    wage = Decimal(parameters["cn.minimum-wage"])
    monthly = money.rounded(wage * Decimal(parameters["cn.unemployment.ratio"]))
    floor = Decimal(parameters["cn.subsistence-allowance"])
    if not floor < monthly < wage:
        raise ValueError("the ratio leaves the range the law allows")
    return {"months": months, "monthly": monthly, "total": monthly * months}


def skill_subsidy(parameters: Mapping[str, Any], inputs: Mapping[str, Any]) -> dict[str, Any]:
    """``amount`` of the subsidy for a vocational certificate: a fixed sum for each ``skill_level``."""
    return {"amount": Decimal(parameters["cn.skill-subsidy.by-level"][inputs["skill_level"]])}


def employment_refund(parameters: Mapping[str, Any], inputs: Mapping[str, Any]) -> dict[str, Any]:
    """``amount`` refunded to an employer who keeps the staff: a share of the ``contributions`` by ``size``."""
    ratio = Decimal(parameters["cn.employment-refund.ratio"][inputs["size"]])
    return {"amount": money.rounded(Decimal(inputs["contributions"]) * ratio)}


def startup_subsidy(parameters: Mapping[str, Any], inputs: Mapping[str, Any]) -> dict[str, Any]:
    """``amount`` of the subsidy for a first business: one fixed sum of the place."""
    return {"amount": Decimal(parameters["cn.startup-subsidy"])}


def register() -> None:
    """Called when all apps are loaded."""
    formulas.add(
        "cn.unemployment-benefit",
        Formula(
            key="cn.unemployment-benefit",
            parameters=(
                "cn.unemployment.max-months",
                "cn.unemployment.local-months",
                "cn.unemployment.ratio",
                "cn.minimum-wage",
                "cn.subsistence-allowance",
            ),
            compute=unemployment_benefit,
            articles=(
                Article("cn.social-insurance-law", "46-47"),
                Article("cn.unemployment-insurance-regulation", "17-18"),
            ),
        ),
    )
    formulas.add(
        "cn.skill-subsidy",
        Formula(
            key="cn.skill-subsidy",
            parameters=("cn.skill-subsidy.by-level",),
            compute=skill_subsidy,
            articles=(Article("cn.skill-subsidy-notice"),),
        ),
    )
    formulas.add(
        "cn.employment-refund",
        Formula(
            key="cn.employment-refund",
            parameters=("cn.employment-refund.ratio",),
            compute=employment_refund,
            articles=(Article("cn.stable-jobs-notice"),),
        ),
    )
    formulas.add(
        "cn.startup-subsidy",
        Formula(
            key="cn.startup-subsidy",
            parameters=("cn.startup-subsidy",),
            compute=startup_subsidy,
            articles=(Article("cn.employment-subsidy-measures"),),
        ),
    )
