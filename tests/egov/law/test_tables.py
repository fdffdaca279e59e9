"""Decision tables: code-free, typed, traced, and carrying their own tests."""

import pytest
from django.utils import translation

from egov.law import rules
from egov.law.files import default_place, read_law
from egov.law.rules import EvaluationError, ImpossibleAnswer

INPUTS = {"years": {"type": "integer", "minimum": 0}, "kind": {"type": "string", "optional": True}}
ROWS = [
    {"id": "short", "when": {"years": "< 1"}, "then": {"outcome": "refused"}, "says": {"en": "Too short."}},
    {"id": "special", "condition": 'kind == "special" and years > 3', "then": {"outcome": "granted", "months": 24}},
    {"id": "else", "then": {"outcome": "granted", "months": 12}},
]


def table(model=None, inputs=INPUTS, tests=()):
    return rules.read_table(
        key="t",
        version=3,
        name={"en": "T"},
        model=model or {"rules": ROWS},
        inputs=inputs,
        source=[{"instrument": "cn.x", "article": "5"}],
        tests=tests,
    )


@pytest.mark.parametrize(
    ("inputs", "rule", "output"),
    [
        ({"years": 0}, "short", {"outcome": "refused"}),
        ({"years": 4, "kind": "special"}, "special", {"outcome": "granted", "months": 24}),
        ({"years": 4}, "else", {"outcome": "granted", "months": 12}),
    ],
)
def test_the_first_row_that_fits_is_chosen_and_named(inputs, rule, output):
    result = rules.run_table(table(), inputs)
    assert result.output == output
    assert result.rule == rule
    assert (result.trace["table"], result.trace["version"]) == ("t", 3)
    assert result.trace["articles"] == [{"instrument": "cn.x", "article": "5"}]
    assert result.trace["inputs"]["years"] == inputs["years"]


def test_the_trace_says_it_in_words():
    assert rules.run_table(table(), {"years": 0}).trace["says"] == {"en": "Too short."}


@pytest.mark.parametrize(
    "inputs", [{}, {"years": "4"}, {"years": 4.5}, {"years": -1}, {"years": True}, {"years": 2, "kind": 3}]
)
def test_types_are_checked_before_the_engine_sees_them(inputs):
    with translation.override("en"), pytest.raises(EvaluationError, match=r"is missing|cannot be"):
        rules.run_table(table(), inputs)


def test_what_is_not_declared_is_not_seen():
    assert "secret" not in rules.run_table(table(), {"years": 2, "secret": 1}).trace["inputs"]


@pytest.mark.parametrize("kind", ["functionNode", "decisionNode", "customNode", "httpNode", None])
def test_a_node_that_may_run_code_is_refused(kind):
    model = {
        "nodes": [{"id": "f", "type": kind, "name": "f", "content": "export const handler = () => 1"}],
        "edges": [],
    }
    with pytest.raises(EvaluationError, match="not allowed"):
        table(model)


def test_a_whole_decision_model_runs_too():
    model = dict(table().model)
    assert rules.run_table(table(model), {"years": 0}).rule == "short"


def test_a_costly_cell_is_refused_in_a_decision_model_as_well():
    model = {
        "nodes": [
            {
                "id": "e",
                "type": "expressionNode",
                "name": "e",
                "content": {"expressions": [{"id": "1", "key": "x", "value": "len(map([0..99999999], #))"}]},
            }
        ],
        "edges": [],
    }
    with pytest.raises(EvaluationError, match="closure over a range"):
        table(model)


@pytest.mark.parametrize(
    "rows",
    [
        [],
        [{"id": "a", "when": {"years": "> 1"}, "then": {"x": 1}}],
        [{"id": "a", "then": {}}],
        [{"id": "a", "when": {"age": "> 1"}, "then": {"x": 1}}, {"then": {"x": 2}}],
        [{"id": "a", "when": {"years": "> 1"}, "then": {"x": 1}}, {"id": "a", "then": {"x": 2}}],
    ],
)
def test_rows_that_leave_a_case_open_or_mean_nothing_are_refused(rows):
    with pytest.raises(EvaluationError):
        table({"rules": rows})


@pytest.mark.parametrize(
    ("cell", "condition"),
    [
        ('"sale', ""),  # the engine takes it for a row that never fits
        (">=", ""),
        ("sale", ""),  # a text without its quotation marks would be a missing input
        ("", "years > 1 and"),
        ("", "age > 1"),
        ("> age", ""),
    ],
)
def test_a_cell_that_would_silently_fit_nothing_is_refused(cell, condition):
    rows = [{"id": "a", "when": {"years": cell}, "condition": condition, "then": {"x": 1}}, {"then": {"x": 2}}]
    with pytest.raises(EvaluationError):
        table({"rules": rows})


GOODS = {"type": "string", "enum": ["food", "goods"]}


@pytest.mark.parametrize(
    ("cell", "condition"),
    [
        ('"cars"', ""),
        ('"food", "cars"', ""),
        ('$ == "cars" or years > 3', ""),
        ("3", ""),
        ("true", ""),
        ("", 'goods == "cars"'),
        ("", 'years > 3 and "cars" != goods'),
        ("", 'goods in ["food", "cars"]'),
        ("", 'years == "3"'),
    ],
)
def test_an_answer_that_an_input_cannot_have_is_refused(cell, condition):
    row = {"id": "a", "when": {"goods": cell}, "condition": condition, "then": {"outcome": "granted"}}
    inputs = {**INPUTS, "goods": GOODS}
    with translation.override("en"), pytest.raises(ImpossibleAnswer, match="can never be"):
        table({"rules": [row, {"id": "else", "then": {"outcome": "refused"}}]}, inputs)


@pytest.mark.parametrize(
    ("cell", "condition"),
    [
        ('"food"', ""),
        ('!= "food"', ""),
        ('not in ["food", "goods"]', ""),
        ("null", ""),
        ("len($) > 3", ""),
        ("", "years >= 2.5 and years < 900"),
        ("", "years * 2 == 7"),
        ("", 'goods + "s" == "foods"'),
    ],
)
def test_what_can_be_answered_or_is_calculated_may_stand(cell, condition):
    row = {"id": "a", "when": {"goods": cell}, "condition": condition, "then": {"outcome": "granted"}}
    inputs = {**INPUTS, "goods": GOODS}
    assert table({"rules": [row, {"id": "else", "then": {"outcome": "refused"}}]}, inputs).row("a")


def test_money_does_not_pass_as_a_float():
    with pytest.raises(EvaluationError, match="fen"):
        table(inputs={"years": {"type": "integer"}, "kind": {"type": "number", "format": "money"}})


def test_a_failing_test_is_told_with_its_number():
    tests = [
        {"input": {"years": 0}, "output": {"outcome": "refused"}},
        {"input": {"years": 0}, "output": {"outcome": "granted"}},
        {"input": {"years": 9}, "rule": "special"},
        {"input": {"years": "x"}, "error": True},
        {"input": {"years": 9}, "error": True},
    ]
    assert [each.number for each in rules.run_tests(table(tests=tests))] == [2, 3, 5]


@pytest.mark.parametrize("content", read_law(default_place()).tables, ids=lambda each: each["key"])
def test_every_table_of_the_jurisdiction_passes_its_own_tests(content):
    definition = rules.read_table(version=1, **content)
    assert len(definition.tests) >= 4
    assert rules.run_tests(definition) == []
    fired = {test["rule"] for test in definition.tests if "rule" in test}
    assert fired == {row.id for row in definition.rows}, "each row has a test that makes it fire"
