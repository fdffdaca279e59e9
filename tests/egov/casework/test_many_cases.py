"""Who may see which case stays a matter of a few rows read, however many cases there are."""

import json

import pytest
from django.db import connection

from egov.casework.models import Case
from egov.casework.queries import CaseFilters, case_list

ROWS = 30_000  # spread over units and years; what is read must not depend on it
OPEN = 50  # one case in so many is open
PAGE = 50
READ = 800  # rows of one page, with the tables joined to it
# Open ones are found by their own index, or, newest first, among as many as hold a page of them: the planner may choose.
READ_OPEN = PAGE * OPEN + READ


@pytest.fixture
def many(casework):
    """Copies of one case: nine in ten in another unit, one in fifty open."""
    model = casework.received()
    other = casework.received()
    Case.objects.filter(pk=other.pk).update(unit=casework.elsewhere, department=casework.elsewhere.department)
    columns = [field.column for field in Case._meta.concrete_fields if field.column not in ("id", "reference", "state")]
    names = ", ".join(f'"{column}"' for column in columns)
    with connection.cursor() as cursor:
        for source, share in ((model, ROWS // 10), (other, ROWS)):
            cursor.execute(
                f"insert into casework_case (reference, state, {names}) "
                f"select reference || '-' || n, case when n %% {OPEN} = 0 then 'received' else 'closed' end, {names} "
                "from casework_case, generate_series(1, %s) n where id = %s",
                [share, source.pk],
            )
        cursor.execute("analyze casework_case")
    return casework


@pytest.mark.parametrize("who", ["applicant", "reviewer", "director"])
@pytest.mark.parametrize("filters", [{}, {"state": "open"}, {"state": "ended"}, {"state": "closed"}])
def test_a_page_of_cases_is_found_by_an_index(many, who, filters):
    plan = json.loads(case_list(getattr(many, who), CaseFilters.read(filters)).explain(format="json", analyze=True))
    nodes = list(nodes_of(plan[0]["Plan"]))
    scans = [node for node in nodes if node.get("Relation Name") == "casework_case"]
    assert scans, plan
    for node in scans:
        assert "Index" in node["Node Type"] or node["Node Type"] == "Bitmap Heap Scan", node
    read = sum((node["Actual Rows"] + node.get("Rows Removed by Filter", 0)) * node["Actual Loops"] for node in scans)
    allowed = READ_OPEN if filters.get("state") == "open" else READ
    assert read <= allowed, f"{read} rows read for one page"


def nodes_of(plan):
    yield plan
    for child in plan.get("Plans", ()):
        yield from nodes_of(child)
