"""What a case starts with: its rows, clocks and first item, in few statements. Private to this room."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from egov.casework.models import Case
from egov.casework.moving import ref_of
from egov.deadlines import queries as deadlines
from egov.deadlines.actions import ClockSpec
from egov.deadlines.rules import due_at
from egov.kernel.text import LocalisedText
from egov.law.rules import Limit, ProcedureDefinition
from egov.work.registry import ItemSpec

ACCEPTANCE, PROMISED, STATUTORY, CORRECTION = "acceptance", "promised", "statutory", "correction"
SUSPENSION, DELIVERY = "suspension", "delivery"
DECISION_CLOCKS = (PROMISED, STATUTORY)

TASK_ACCEPT: LocalisedText = {"zh-Hans": "受理或一次告知补正", "en": "Accept, or ask for all corrections at once"}


def words(basis: Sequence[Any]) -> str:
    """Articles as the short text a clock carries."""
    return "; ".join(str(article) for article in basis)[:120]


def acceptance_limit(procedure: ProcedureDefinition) -> Limit | None:
    """By when the office must say whether it accepts; a procedure without such a limit goes by its correction window."""
    if procedure.acceptance_limit is not None:
        return procedure.acceptance_limit
    if procedure.correction is not None:
        return Limit(procedure.correction.limit, procedure.correction.unit, procedure.correction.basis)
    return None


def acceptance_clock(case: Case, procedure: ProcedureDefinition, started_at: dt.datetime) -> ClockSpec | None:
    limit = acceptance_limit(procedure)
    if limit is None:
        return None
    return ClockSpec(
        subject=ref_of(case),
        kind=ACCEPTANCE,
        limit=limit.limit,
        unit=limit.unit,
        department_id=case.department_id,
        basis=words(limit.basis),
        started_at=started_at,
    )


def decision_clocks(case: Case, procedure: ProcedureDefinition, started_at: dt.datetime) -> list[ClockSpec]:
    """The promise and the statutory limit, both counted from acceptance."""
    version = case.version
    common = {"subject": ref_of(case), "department_id": case.department_id, "started_at": started_at}
    clocks = [ClockSpec(kind=PROMISED, limit=version.promised_limit, unit=version.promised_unit, **common)]
    if version.statutory_limit is not None:
        clocks.append(ClockSpec(kind=STATUTORY, limit=version.statutory_limit, unit=version.statutory_unit, **common))
    elif procedure.decision is not None:
        limit = procedure.decision
        clocks.append(ClockSpec(kind=STATUTORY, limit=limit.limit, unit=limit.unit, basis=words(limit.basis), **common))
    return clocks


def due_of(spec: ClockSpec) -> dt.datetime:
    """When the clock will be due, without asking the database."""
    if spec.started_at is None:
        raise ValueError("the clock has no start")
    return due_at(spec.started_at, spec.limit, spec.unit, deadlines.working_days(spec.department_id))


def item_for(
    case: Case,
    kind: str,
    task: LocalisedText,
    *,
    applicant_name: Any = None,
    due: dt.datetime | None = None,
    **more: Any,
) -> ItemSpec:
    """An item about this case in the handling unit. Nobody handles a matter of their own (公务员法, avoidance)."""
    return ItemSpec(
        subject=ref_of(case),
        kind=kind,
        title=case.title,
        subtitle=applicant_name if applicant_name is not None else case.applicant.name,
        task=task,
        topic=case.service.code,
        department_id=more.pop("department_id", case.department_id),
        unit_id=more.pop("unit_id", case.unit_id),
        excluded_persons=[*concerned(case), *more.pop("excluded_persons", ())],
        due_at=due,
        **more,
    )


def concerned(case: Case) -> list[int]:
    """Who may not handle the case: the applicant and whoever filed it."""
    return sorted({person for person in (case.applicant_id, case.filed_by_id) if person is not None})
