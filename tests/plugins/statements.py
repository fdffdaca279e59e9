"""The SQL of a page or an action, kept beside its test, so that a reviewer sees each new statement.

    def test_inbox(client, statements, …):
        with statements("inbox", at_most=8):
            client.get("/staff/inbox/")

compares with ``statements/<test module>.inbox.sql`` in the test's folder; ``EGOV_UPDATE_STATEMENTS=1 bin/test …`` writes it.
Values are left out, so the same page with 1 and with 20 rows must give the same file.
"""

import os
import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest
import sqlparse
from django.db import connection
from django.test.utils import CaptureQueriesContext

_SHAPES = [
    (re.compile(r"'(?:[^']|'')*'(::\w+(\[\])?)?"), "?"),
    (re.compile(r"\b\d+(\.\d+)?\b"), "?"),
    (re.compile(r"\bARRAY\[[^\]]*\]"), "?"),
    (re.compile(r"\bNULL\b(?=[,)])"), "?"),
    (re.compile(r"\((?:\?(?:, )?)+\)(?:, \((?:\?(?:, )?)+\))*"), "(?)"),
    (re.compile(r"\bSAVEPOINT \"\w+\""), "SAVEPOINT"),
    (
        re.compile(
            r"^SELECT (DISTINCT )?((?:\"\w+\"\.\"\w+\"(?: AS \"\w+\")?, ){5,}\"\w+\"\.\"\w+\"(?: AS \"\w+\")?) FROM"
        ),
        None,
    ),
]


def shape(sql: str) -> str:
    """A statement without its values, long lists of columns counted."""
    for pattern, replacement in _SHAPES:
        if replacement is not None:
            sql = pattern.sub(replacement, sql)
        else:
            sql = pattern.sub(lambda m: f"SELECT {m[1] or ''}[{m[2].count(', ') + 1} columns] FROM", sql)
    return str(sqlparse.format(sql, reindent=True, keyword_case="upper"))


Statements = Callable[..., AbstractContextManager[CaptureQueriesContext]]


@pytest.fixture
def statements(request: pytest.FixtureRequest) -> Statements:
    @contextmanager
    def compare(name: str, *, at_most: int | None = None) -> Iterator[CaptureQueriesContext]:
        with CaptureQueriesContext(connection) as captured:
            yield captured
        shapes = [shape(query["sql"]) for query in captured.captured_queries]
        text = f"-- {len(shapes)} statements\n\n" + "".join(f"{each};\n\n" for each in shapes)
        if at_most is not None:
            assert len(shapes) <= at_most, f"{len(shapes)} statements, at most {at_most}:\n{text}"
        test = Path(str(request.node.path))
        stored = test.parent / "statements" / f"{test.stem}.{name}.sql"
        if os.environ.get("EGOV_UPDATE_STATEMENTS"):
            stored.parent.mkdir(exist_ok=True)
            stored.write_text(text)
        expected = stored.read_text() if stored.exists() else ""
        assert text == expected, f"{stored.name} differs; EGOV_UPDATE_STATEMENTS=1 bin/test writes it anew"

    return compare
