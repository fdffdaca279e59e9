"""The runner that keeps the SQL of pages notices what it must, and nothing else."""

import pytest

from egov.kernel.models import Counter
from tests.plugins.statements import shape


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("select 1 where a = 'x'", "select 27 where a = 'it''s'"),
        ("delete from t where id in (1)", "delete from t where id in (1, 2, 3)"),
        ("insert into t values (1, 'a')", "insert into t values (1, 'a'), (2, NULL)"),
        ('SAVEPOINT "s139_x1"', 'SAVEPOINT "s140_x9"'),
    ],
)
def test_values_and_numbers_of_rows_do_not_show(one, other):
    assert shape(one) == shape(other)


def test_long_lists_of_columns_are_counted():
    columns = ", ".join(f'"t"."c{letter}"' for letter in "abcdefgh")
    assert "[8 columns]" in shape(f'SELECT {columns} FROM "t" WHERE "t"."id" = 3')


@pytest.mark.django_db
def test_the_same_page_gives_the_same_file_and_a_new_statement_is_seen(statements, monkeypatch, request, tmp_path):
    request.node.path = tmp_path / "test_page.py"
    monkeypatch.setenv("EGOV_UPDATE_STATEMENTS", "1")
    with statements("page", at_most=1):
        list(Counter.objects.filter(key="a"))
    monkeypatch.delenv("EGOV_UPDATE_STATEMENTS")
    with statements("page"):
        list(Counter.objects.filter(key="b"))
    with pytest.raises(AssertionError, match="differs"), statements("page"):
        list(Counter.objects.filter(key="b"))
        Counter.objects.count()
    with pytest.raises(AssertionError, match="at most 1"), statements("page", at_most=1):
        Counter.objects.count()
        Counter.objects.count()
