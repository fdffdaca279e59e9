"""Pure rules of the law: conditions, decision tables, statutory procedures, citations. No database, no clock."""

from egov.law.rules.citations import Article, article_text
from egov.law.rules.comparisons import Compared, compared
from egov.law.rules.conditions import (
    EvaluationError,
    ImpossibleAnswer,
    check_cell,
    check_expression,
    check_over,
    evaluate,
    holds,
    names_in,
)
from egov.law.rules.procedures import (
    ACTS,
    LETTERS,
    Correction,
    Extension,
    Limit,
    ProcedureDefinition,
    Remedy,
    Silence,
    SpecialProcedure,
    read_procedure,
)
from egov.law.rules.tables import TableDefinition, TableResult, read_table, run_table, run_tests

__all__ = [
    "ACTS",
    "LETTERS",
    "Article",
    "Compared",
    "Correction",
    "EvaluationError",
    "Extension",
    "ImpossibleAnswer",
    "Limit",
    "ProcedureDefinition",
    "Remedy",
    "Silence",
    "SpecialProcedure",
    "TableDefinition",
    "TableResult",
    "article_text",
    "check_cell",
    "check_expression",
    "check_over",
    "compared",
    "evaluate",
    "holds",
    "names_in",
    "read_procedure",
    "read_table",
    "run_table",
    "run_tests",
]
