"""Which unit handles a service for an applicant in a region, and why. Always ends with an owner.

The rules are ``catalogue.Competence`` rows; units are kept in each process, so that a route costs no statement
in the common case and follows a change within seconds.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any, Self

from egov.catalogue import queries as catalogue
from egov.catalogue.models import PublicService
from egov.catalogue.rules import CompetenceRow
from egov.identity import queries as identity
from egov.identity.models import Organisation, Unit
from egov.kernel.errors import NotFound
from egov.kernel.text import LocalisedText
from egov.law import queries as law
from egov.law.rules import EvaluationError

LAST_RESORT = "last-resort"


@dataclass(frozen=True)
class RouteChoice:
    """Department and unit, the rule that chose them ("competence:17" or "last-resort") and the reasons in words."""

    department_id: int
    unit_id: int
    rule: str
    reasons: tuple[LocalisedText, ...]
    region: str

    def as_json(self) -> dict[str, Any]:
        return {**asdict(self), "reasons": list(self.reasons)}

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> Self:
        return cls(
            department_id=kept["department_id"],
            unit_id=kept["unit_id"],
            rule=kept["rule"],
            reasons=tuple(kept["reasons"]),
            region=kept["region"],
        )


@dataclass(frozen=True)
class _Unit:
    pk: int
    department_id: int
    name: LocalisedText
    department: LocalisedText
    region: str
    is_hall: bool


@identity.kept.table
def _units() -> dict[int, _Unit]:
    rows = Unit.objects.filter(closed_on__isnull=True).select_related("department").order_by("pk")
    return {
        row.pk: _Unit(
            row.pk, row.department_id, row.name, row.department.full_name, row.region_id or "", row.is_service_hall
        )
        for row in rows
    }


def competent(
    *, service: str, region: str, applicant_kind: str, answers: Mapping[str, Any], on: dt.date
) -> RouteChoice:
    """The most specific rule that holds and whose unit is open; else the service hall of the region or one above.

    ``answers`` are what conditions may look at, ``applicant_kind`` among them. Raises ``NotFound`` only when there is
    no service hall at all: the console shows that as a fault of the set-up.
    """
    subject = catalogue.published(service).service
    return competent_for(subject, region=region, applicant_kind=applicant_kind, answers=answers, on=on)


def competent_for(
    subject: PublicService, *, region: str, applicant_kind: str, answers: Mapping[str, Any], on: dt.date
) -> RouteChoice:
    """As ``competent``, also of a service that was taken out of force: what was filed under it goes on."""
    context = {**answers, "applicant_kind": applicant_kind}
    units = _units()
    for row in catalogue.competences_for(subject, region=region, on=on):
        unit = _unit_of(row, units)
        if unit is not None and _holds(row, context):
            return RouteChoice(unit.department_id, unit.pk, f"competence:{row.id}", _reasons(row, unit), region)
    return _last_resort(region, units)


class Verdict(StrEnum):
    """What became of a rule when a case was routed."""

    CHOSEN = "chosen"
    CONDITION = "condition"  # its condition does not hold
    UNIT_CLOSED = "unit_closed"
    LATER = "later"  # an earlier rule was chosen


@dataclass(frozen=True)
class Considered:
    """One rule that could apply, in the order in which rules are asked. ``department`` and ``unit`` as shown."""

    row: CompetenceRow
    verdict: Verdict
    department: LocalisedText
    unit: LocalisedText
    place: LocalisedText


@dataclass(frozen=True)
class Explanation:
    """Who would get the next case, and every rule that was asked. ``unit`` as shown."""

    choice: RouteChoice
    unit: LocalisedText
    department: LocalisedText
    considered: tuple[Considered, ...]


def explain(*, service: str, region: str, applicant_kind: str, answers: Mapping[str, Any], on: dt.date) -> Explanation:
    """As ``competent``, with all rules that can apply and what became of each. For administrators' previews."""
    choice = competent(service=service, region=region, applicant_kind=applicant_kind, answers=answers, on=on)
    subject = catalogue.published(service).service
    context = {**answers, "applicant_kind": applicant_kind}
    units = _units()
    rows = catalogue.competences_for(subject, region=region, on=on)
    names = dict(Organisation.objects.filter(pk__in={row.department_id for row in rows}).values_list("pk", "full_name"))
    considered = []
    found = False
    for row in rows:
        unit = _unit_of(row, units)
        verdict = _verdict(row, unit, context, later=found)
        found = found or verdict is Verdict.CHOSEN
        place = identity.region_names(row.region)
        considered.append(Considered(row, verdict, names.get(row.department_id, {}), unit.name if unit else {}, place))
    chosen = units[choice.unit_id]
    return Explanation(choice, chosen.name, chosen.department, tuple(considered))


def _verdict(row: CompetenceRow, unit: _Unit | None, context: Mapping[str, Any], *, later: bool) -> Verdict:
    if later:
        return Verdict.LATER
    if unit is None:
        return Verdict.UNIT_CLOSED
    return Verdict.CHOSEN if _holds(row, context) else Verdict.CONDITION


def _unit_of(row: CompetenceRow, units: Mapping[int, _Unit]) -> _Unit | None:
    """The unit the rule names, else the first open one of its department."""
    if row.unit_id is not None:
        return units.get(row.unit_id)
    return next((unit for unit in units.values() if unit.department_id == row.department_id), None)


def _holds(row: CompetenceRow, context: Mapping[str, Any]) -> bool:
    """A condition that cannot be judged does not hold: the next rule is asked."""
    if not row.condition:
        return True
    try:
        return law.holds(row.condition, context)
    except EvaluationError:
        return False


def _reasons(row: CompetenceRow, unit: _Unit) -> tuple[LocalisedText, ...]:
    place = identity.region_names(row.region)
    reasons: list[LocalisedText] = [
        {
            "zh-Hans": f"{place.get('zh-Hans', row.region)}由{unit.department.get('zh-Hans', '')}办理",
            "en": f"In {place.get('en', row.region)}, {unit.department.get('en', '')} is competent",
        }
    ]
    if row.note:
        reasons.append({"zh-Hans": row.note})
    return tuple(reasons)


def _last_resort(region: str, units: Mapping[int, _Unit]) -> RouteChoice:
    halls = [unit for unit in units.values() if unit.is_hall]
    chain = identity.region_chain(region)
    near = sorted((chain.index(hall.region), hall.pk) for hall in halls if hall.region in chain)
    chosen = units[near[0][1]] if near else next(iter(halls), None)
    if chosen is None:
        raise NotFound(code="no_service_hall")
    reason = {
        "zh-Hans": f"没有部门的规则覆盖这种情形，由{chosen.name.get('zh-Hans', '政务服务大厅')}负责到底",
        "en": f"No department's rule covers this; {chosen.name.get('en', 'the service hall')} sees it through",
    }
    return RouteChoice(chosen.department_id, chosen.pk, LAST_RESORT, (reason,), region)
