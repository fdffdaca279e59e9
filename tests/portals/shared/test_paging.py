"""Pages of a list by key: every row once, forwards and backwards; an altered cursor is refused."""

import pytest

from egov.identity.models import Region
from egov.kernel.errors import InvalidInput
from portals.shared.paging import page_of

pytestmark = pytest.mark.django_db

ORDER = ("level", "-code")


@pytest.fixture
def regions():
    rows = [
        Region(code=f"99{n:04d}", name={"en": f"Region {n}"}, level="city" if n % 3 else "district") for n in range(23)
    ]
    Region.objects.bulk_create(rows)
    return Region.objects.filter(code__startswith="99")


def walk(rf, rows, direction, start):
    url, seen = start, []
    while url:
        page = page_of(rf.get(url), rows, order=ORDER, size=5)
        seen.append([row.code for row in page])
        last, url = page, getattr(page, f"{direction}_url")
    return seen, last


def test_forwards_then_backwards_shows_the_same_pages(rf, regions):
    forwards, last = walk(rf, regions, "next", "/x?q=1")
    assert [len(page) for page in forwards] == [5, 5, 5, 5, 3]
    assert [code for page in forwards for code in page] == list(regions.order_by(*ORDER).values_list("code", flat=True))
    backwards, first = walk(rf, regions, "previous", last.previous_url)
    assert backwards[::-1] == forwards[:-1]
    assert not first.previous_url


def test_the_filters_stay_in_the_links(rf, regions):
    page = page_of(rf.get("/x", {"q": "面馆"}), regions, order=ORDER, size=5)
    assert "q=%E9%9D%A2%E9%A6%86" in page.next_url
    assert not page.previous_url


def test_one_query_a_page(rf, regions, django_assert_num_queries):
    with django_assert_num_queries(1):
        page_of(rf.get("/x"), regions, order=ORDER, size=5)


@pytest.mark.parametrize("cursor", ["x", "WyJhIl0", "bm90IGpzb24", "WzEsMl0", "é", "=" * 9])
def test_an_altered_cursor_is_refused(rf, regions, cursor):
    with pytest.raises(InvalidInput):
        page_of(rf.get("/x", {"after": cursor}), regions, order=ORDER, size=5)
