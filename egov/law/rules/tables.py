"""Decision tables: written as rows, run as JSON Decision Models by the zen engine.

A table chooses, it never calculates: outputs are literals, amounts come from the formulas of the jurisdiction. Inputs
are checked against their declared types before the engine sees them.
"""

import functools
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import jsonschema
import zen
from django.utils.translation import gettext as _

from egov.kernel.text import LocalisedText
from egov.law.rules.citations import Article, read_articles
from egov.law.rules.conditions import (
    EvaluationError,
    bounded,
    check_cell,
    check_over,
    refuse_costly,
)

# Function nodes are JavaScript, decision nodes reach other tables, custom and http nodes reach anything.
ALLOWED_NODES = frozenset({"inputNode", "outputNode", "decisionTableNode", "expressionNode", "switchNode"})
MAX_ROWS = 1000
MAX_NODES = 50


@dataclass(frozen=True)
class Row:
    """``when``: cell per input (unary zen expression); ``condition``: over all inputs; ``then``: literals."""

    id: str
    when: Mapping[str, str]
    then: Mapping[str, Any]
    condition: str = ""
    says: LocalisedText = field(default_factory=dict)
    articles: tuple[Article, ...] = ()


@dataclass(frozen=True)
class TableDefinition:
    """A table that passed :func:`read_table`. ``model`` is the JSON Decision Model the engine runs."""

    key: str
    version: int
    name: LocalisedText
    inputs: Mapping[str, Mapping[str, Any]]
    rows: tuple[Row, ...]
    source: tuple[Article, ...]
    tests: tuple[Mapping[str, Any], ...]
    model: Mapping[str, Any]

    def row(self, row_id: str) -> Row | None:
        return next((row for row in self.rows if row.id == row_id), None)


@dataclass(frozen=True)
class TableResult:
    """What the table chose and why. ``trace`` goes onto the case: table, version, rule, its words, the inputs."""

    output: dict[str, Any]
    trace: dict[str, Any]

    @property
    def rule(self) -> str:
        return str(self.trace["rule"])


@dataclass(frozen=True)
class FailedTest:
    number: int
    message: str


def read_table(
    *,
    key: str,
    version: int,
    name: LocalisedText,
    model: Mapping[str, Any],
    inputs: Mapping[str, Mapping[str, Any]],
    source: Sequence[Mapping[str, str]] = (),
    tests: Sequence[Mapping[str, Any]] = (),
) -> TableDefinition:
    """A table ready to run. ``model`` holds ``rules`` (rows as written in YAML) or a JSON Decision Model (``nodes``).

    Raises ``EvaluationError`` for a node that may run code, an undeclared input, a bad cell, or rows that leave a
    case undecided (the last row must have no condition).
    """
    _check_inputs(key, inputs)
    if "nodes" in model:
        rows: tuple[Row, ...] = ()
        graph = model
    else:
        rows = _read_rows(key, model.get("rules"), inputs)
        graph = _graph(key, rows, list(inputs))
    check_model(graph)
    return TableDefinition(
        key=key,
        version=version,
        name=dict(name),
        inputs={each: dict(schema) for each, schema in inputs.items()},
        rows=rows,
        source=read_articles(source),
        tests=tuple(tests),
        model=graph,
    )


def run_table(table: TableDefinition, inputs: Mapping[str, Any]) -> TableResult:
    """Check the types, run the engine, say which row fired. Raises ``EvaluationError``."""
    facts = checked_inputs(table, inputs)
    try:
        answer = _decision(json.dumps(table.model, sort_keys=True)).evaluate(facts, {"trace": True})
    except (KeyboardInterrupt, SystemExit):
        raise
    except BaseException as error:  # the engine's panics are no Exception
        raise EvaluationError(f"table {table.key}: {str(error).partition(chr(10))[0][:200]}") from None
    output = answer.get("result") or {}
    fired = _fired(answer.get("trace") or {})
    if not output:
        raise EvaluationError(f"table {table.key}: no row fits")
    row = table.row(fired)
    articles = (row.articles if row else ()) or table.source
    trace = {
        "table": table.key,
        "version": table.version,
        "rule": fired,
        "says": row.says if row else {},
        "articles": [{"instrument": each.instrument, "article": each.article} for each in articles],
        "inputs": facts,
    }
    return TableResult(output=dict(output), trace=trace)


def run_tests(table: TableDefinition) -> list[FailedTest]:
    """Run the tests that stand beside the table; a test may name the expected ``output``, ``rule`` or ``error``."""
    failed = []
    for number, test in enumerate(table.tests, start=1):
        message = _run_test(table, test)
        if message:
            failed.append(FailedTest(number, message))
    return failed


def _run_test(table: TableDefinition, test: Mapping[str, Any]) -> str:
    try:
        result = run_table(table, test["input"])
    except EvaluationError as error:
        return "" if test.get("error") else str(error)
    if test.get("error"):
        return _("The row %(row)s decides, though this has to be refused.") % {"row": result.rule}
    for name, expected in test.get("output", {}).items():
        if result.output.get(name) != expected:
            found = {"name": name, "found": _written(result.output.get(name)), "expected": _written(expected)}
            return _("%(name)s is %(found)s and should be %(expected)s.") % found
    if "rule" in test and test["rule"] != result.rule:
        return _("The row %(found)s decides and not %(expected)s.") % {"found": result.rule, "expected": test["rule"]}
    return ""


def _written(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def checked_inputs(table: TableDefinition, inputs: Mapping[str, Any]) -> dict[str, Any]:
    """The declared inputs only, of the declared types. The engine knows floats only: money comes as whole fen."""
    facts = bounded({name: inputs.get(name) for name in table.inputs})
    for name, schema in table.inputs.items():
        value = facts[name]
        if value is None:
            if schema.get("optional"):
                continue
            raise EvaluationError(_("Table %(table)s: %(name)s is missing.") % {"table": table.key, "name": name})
        if not _validator(json.dumps(schema, sort_keys=True)).is_valid(value):
            wrong = {"table": table.key, "name": name, "value": _written(value)[:200]}
            raise EvaluationError(_("Table %(table)s: %(name)s cannot be %(value)s.") % wrong)
    return facts


def check_model(model: Mapping[str, Any]) -> None:
    """Raise ``EvaluationError`` when a JSON Decision Model holds anything but tables, expressions and switches."""
    nodes = model.get("nodes")
    if not isinstance(nodes, list) or not 0 < len(nodes) <= MAX_NODES:
        raise EvaluationError(f"a decision model has 1 to {MAX_NODES} nodes")
    for node in nodes:
        kind = node.get("type") if isinstance(node, Mapping) else None
        if kind not in ALLOWED_NODES:
            raise EvaluationError(f"a node of type {kind!r} is not allowed in a decision model")
        _refuse_costly_cells(node.get("content"))
    try:
        _decision(json.dumps(model, sort_keys=True)).validate()
    except (KeyboardInterrupt, SystemExit):
        raise
    except BaseException as error:
        raise EvaluationError(f"not a decision model: {str(error).partition(chr(10))[0][:200]}") from None


def _refuse_costly_cells(content: Any) -> None:
    if isinstance(content, str):
        if content:
            refuse_costly(content)
    elif isinstance(content, Mapping):
        for name, each in content.items():
            # Ids, names and descriptions are text for people; all else is an expression.
            if name not in ("id", "_id", "name", "_description", "hitPolicy", "key"):
                _refuse_costly_cells(each)
    elif isinstance(content, list):
        if len(content) > MAX_ROWS:
            raise EvaluationError(f"more than {MAX_ROWS} rows")
        for each in content:
            _refuse_costly_cells(each)


def _check_inputs(key: str, inputs: Any) -> None:
    if not isinstance(inputs, Mapping) or not inputs:
        raise EvaluationError(f"table {key}: no inputs are declared")
    for name, schema in inputs.items():
        if not isinstance(schema, Mapping) or "type" not in schema:
            raise EvaluationError(f"table {key}: input {name} has no type")
        if schema["type"] == "number" and schema.get("format") == "money":
            raise EvaluationError(f"table {key}: input {name}: money enters as integer fen")
        try:
            jsonschema.Draft202012Validator.check_schema(_schema(schema))
        except jsonschema.SchemaError as error:
            raise EvaluationError(f"table {key}: input {name}: {error.message}") from None


def _read_rows(key: str, rules: Any, inputs: Mapping[str, Any]) -> tuple[Row, ...]:
    if not isinstance(rules, list) or not 0 < len(rules) <= MAX_ROWS:
        raise EvaluationError(f"table {key}: 1 to {MAX_ROWS} rows are needed")
    rows = tuple(_read_row(key, number, rule, inputs) for number, rule in enumerate(rules, start=1))
    if len({row.id for row in rows}) != len(rows):
        raise EvaluationError(_("Table %(table)s: two rows have the same name.") % {"table": key})
    if rows[-1].when or rows[-1].condition:
        raise EvaluationError(_("Table %(table)s: the last row must fit every case.") % {"table": key})
    return rows


def _read_row(key: str, number: int, rule: Any, inputs: Mapping[str, Any]) -> Row:
    if not isinstance(rule, Mapping) or not isinstance(rule.get("then"), Mapping) or not rule["then"]:
        raise EvaluationError(f"table {key}, row {number}: nothing follows from it")
    when = {name: cell if isinstance(cell, str) else json.dumps(cell) for name, cell in rule.get("when", {}).items()}
    undeclared = sorted(set(when) - set(inputs))
    if undeclared:
        raise EvaluationError(f"table {key}, row {number}: {', '.join(undeclared)} is not declared")
    for name, cell in when.items():
        if cell:
            check_cell(cell, name, inputs)
    condition = rule.get("condition", "")
    if condition:
        check_over(condition, inputs)
    return Row(
        id=str(rule.get("id") or number),
        when=when,
        then=dict(rule["then"]),
        condition=condition,
        says=dict(rule.get("says", {})),
        articles=read_articles(rule.get("articles", ())),
    )


def _graph(key: str, rows: Sequence[Row], inputs: list[str]) -> dict[str, Any]:
    """The JSON Decision Model of a table: one first-match table between request and response."""
    outputs = sorted({name for row in rows for name in row.then})
    columns = [{"id": f"i{number}", "name": name, "field": name} for number, name in enumerate(inputs)]
    results = [{"id": f"o{number}", "name": name, "field": name} for number, name in enumerate(outputs)]
    cells = []
    for row in rows:
        cell = {"_id": row.id, "_description": row.says.get("en", ""), "c": row.condition}
        cell |= {column["id"]: row.when.get(column["field"], "") for column in columns}
        cell |= {result["id"]: json.dumps(row.then.get(result["field"]), ensure_ascii=False) for result in results}
        cells.append(cell)
    table = {
        "hitPolicy": "first",
        "inputs": [*columns, {"id": "c", "name": "condition"}],
        "outputs": results,
        "rules": cells,
    }
    place = {"x": 0, "y": 0}
    return {
        "contentType": "application/vnd.gorules.decision",
        "nodes": [
            {"id": "request", "type": "inputNode", "name": "request", "position": place},
            {"id": "table", "type": "decisionTableNode", "name": key, "position": place, "content": table},
            {"id": "response", "type": "outputNode", "name": "response", "position": place},
        ],
        "edges": [
            {"id": "e1", "type": "edge", "sourceId": "request", "targetId": "table"},
            {"id": "e2", "type": "edge", "sourceId": "table", "targetId": "response"},
        ],
    }


def _fired(trace: Mapping[str, Any]) -> str:
    """The ids of the rows that fired, in order of the nodes."""
    steps = sorted(trace.values(), key=lambda step: step.get("order", 0))
    fired = [(step.get("traceData") or {}).get("rule", {}).get("_id", "") for step in steps if _is_table(step)]
    return ", ".join(each for each in fired if each)


def _is_table(step: Mapping[str, Any]) -> bool:
    data = step.get("traceData")
    return isinstance(data, Mapping) and isinstance(data.get("rule"), Mapping)


def _schema(schema: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in schema.items() if name != "optional"}


@functools.lru_cache(maxsize=256)
def _decision(model: str) -> Any:
    return zen.ZenEngine().create_decision(model)


@functools.lru_cache(maxsize=512)
def _validator(schema: str) -> jsonschema.Draft202012Validator:
    return jsonschema.Draft202012Validator(_schema(json.loads(schema)))
