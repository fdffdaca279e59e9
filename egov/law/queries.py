"""Reading the law: procedures, parameters, tables, formulas, citations. Kept in memory until something is loaded."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from egov.kernel.errors import NotFound
from egov.kernel.memory import Kept
from egov.kernel.text import LocalisedText
from egov.law import registry, rules
from egov.law.models import Citation, DecisionTable, Instrument, Parameter, Procedure, State
from egov.law.rules import EvaluationError, ProcedureDefinition, TableDefinition, TableResult

__all__ = [
    "EvaluationError",
    "FormulaResult",
    "citation_text",
    "citations_of",
    "citing_instrument",
    "compute",
    "evaluate",
    "evaluate_table",
    "holds",
    "kept",
    "parameter",
    "procedure",
    "procedures",
    "table",
    "tables",
    "tables_in_work",
]

kept = Kept("law")
_NO_PROCEDURE = _("There is no such procedure.")


@dataclass(frozen=True)
class FormulaResult:
    """Named results and what they were computed from, for the case."""

    values: dict[str, Any]
    trace: dict[str, Any]


def procedure(key: str, *, version: int | None = None) -> ProcedureDefinition:
    """The statutory procedure in force, or the ``version`` a case was opened under. Raises ``NotFound``."""
    if version is not None:
        return kept.get(("procedure", key, version), lambda: _load_procedure(key, version))
    found = _procedures_in_force().get(key)
    if found is None:
        raise NotFound(_NO_PROCEDURE, code="procedure_missing")
    return found


def procedures() -> list[ProcedureDefinition]:
    """All procedures in force, by key (one statement)."""
    return list(_procedures_in_force().values())


def _procedures_in_force() -> dict[str, ProcedureDefinition]:
    rows = Procedure.objects.filter(state=State.PUBLISHED).order_by("key")
    return kept.get("procedures", lambda: {row.key: _read(row) for row in rows})


def parameter(key: str, *, on: dt.date, region: str = "") -> Any:
    """The value that holds on the day ``on`` in ``region``, else in the regions above it, else in the country.

    Decimals are texts, as they were loaded. Raises ``NotFound`` when none holds.
    """
    rows = kept.get(("parameter", key), lambda: list(Parameter.objects.filter(key=key).order_by("-valid_from")))
    for place in regions_above(region):
        for row in rows:
            if row.region == place and row.valid_from <= on and (row.valid_to is None or on <= row.valid_to):
                return row.value
    raise NotFound(_("No value of the law is in force for this day and place."), code="parameter_missing")


def regions_above(code: str) -> list[str]:
    """``code``, the divisions it lies in by GB/T 2260 (district, city, province) and "" for the country."""
    six = code[:6]
    places = [code, six, f"{six[:4]}00", f"{six[:2]}0000"] if len(six) == 6 else [code]
    return list(dict.fromkeys([*places, ""]))


def table(key: str, *, version: int | None = None) -> TableDefinition:
    """The published decision table, or one of its versions. Raises ``NotFound``."""
    return kept.get(("table", key, version), lambda: _load_table(key, version))


def tables() -> list[TableDefinition]:
    """All published tables, by key."""
    keys = kept.get("tables", lambda: _published_keys(DecisionTable.objects.all()))
    return [table(key) for key in keys]


def table_versions(key: str = "") -> QuerySet[DecisionTable]:
    """All versions of a table, or of all tables, by key and newest first."""
    rows = DecisionTable.objects.order_by("key", "-version")
    return rows.filter(key=key) if key else rows


def tables_in_work() -> QuerySet[DecisionTable]:
    """Versions of tables that wait for publication, oldest first."""
    return DecisionTable.objects.filter(state=State.DRAFT).order_by("pk")


def tried(row: DecisionTable) -> list[tuple[Mapping[str, Any], str]]:
    """The tests of a table, run now: each with what failed, "" where it passes. Raises ``EvaluationError``."""
    failed = {each.number: each.message for each in rules.run_tests(definition_of(row))}
    return [(test, failed.get(number, "")) for number, test in enumerate(row.tests, start=1)]


def evaluate_table(key: str, inputs: Mapping[str, Any]) -> TableResult:
    """What the published table chooses for ``inputs`` and why. Raises ``NotFound``, ``EvaluationError``."""
    return rules.run_table(table(key), inputs)


def evaluate(expression: str, context: Mapping[str, Any]) -> Any:
    """The value of a zen expression. Raises ``EvaluationError``; see :func:`egov.law.rules.evaluate`."""
    return rules.evaluate(expression, context)


def holds(expression: str, context: Mapping[str, Any]) -> bool:
    """Whether a condition is true; missing answers make it not hold. Raises ``EvaluationError``."""
    return rules.holds(expression, context)


def compute(key: str, *, on: dt.date, region: str = "", inputs: Mapping[str, Any]) -> FormulaResult:
    """Run the formula ``key`` with the parameters in force. Raises ``NotFound``; ``ValueError`` outside the law."""
    formula = registry.formulas.get(key)
    given = {name: parameter(name, on=on, region=region) for name in formula.parameters}
    values = formula.compute(given, inputs)
    trace = {
        "formula": key,
        "on": on.isoformat(),
        "region": region,
        "parameters": given,
        "inputs": dict(inputs),
        "values": {name: str(value) if isinstance(value, Decimal) else value for name, value in values.items()},
        "articles": [{"instrument": each.instrument, "article": each.article} for each in formula.articles],
    }
    return FormulaResult(values, trace)


def citation_text(instrument_key: str, article: str = "") -> LocalisedText:
    """The citation as people read it, per language. Raises ``NotFound`` for an unknown instrument."""
    titles = kept.get("titles", lambda: dict(Instrument.objects.values_list("key", "title")))
    if instrument_key not in titles:
        raise NotFound(_("This instrument is not in the register of law."), code="instrument_missing")
    return rules.article_text(titles[instrument_key], article)


def citations_of(citing: str) -> QuerySet[Citation]:
    """What a thing (a ``Ref`` as text) rests on, with its instruments."""
    return Citation.objects.filter(citing=citing).select_related("instrument").order_by("instrument__key", "article")


def citing_instrument(instrument_key: str, article: str = "") -> QuerySet[Citation]:
    """Everything that rests on an instrument, or on one article of it."""
    chosen = Q(instrument__key=instrument_key)
    return Citation.objects.filter(chosen & Q(article=article) if article else chosen).order_by("citing")


def _published_keys(rows: QuerySet[Any]) -> list[str]:
    return list(rows.filter(state=State.PUBLISHED).order_by("key").values_list("key", flat=True))


def _load_procedure(key: str, version: int) -> ProcedureDefinition:
    row = Procedure.objects.filter(key=key, version=version).first()
    if row is None:
        raise NotFound(_NO_PROCEDURE, code="procedure_missing")
    return _read(row)


def _read(row: Procedure) -> ProcedureDefinition:
    return rules.read_procedure(key=row.key, version=row.version, name=row.name, definition=row.definition)


def _load_table(key: str, version: int | None) -> TableDefinition:
    chosen = Q(state=State.PUBLISHED) if version is None else Q(version=version)
    row = DecisionTable.objects.filter(chosen, key=key).first()
    if row is None:
        raise NotFound(_("There is no such decision table."), code="table_missing")
    return definition_of(row)


def definition_of(row: DecisionTable) -> TableDefinition:
    """The table a row holds, checked. Raises ``EvaluationError``."""
    return rules.read_table(
        key=row.key,
        version=row.version,
        name=row.name,
        model=row.model,
        inputs=row.inputs,
        source=row.source,
        tests=row.tests,
    )
