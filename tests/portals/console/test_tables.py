"""A decision table changed in the console: its tests run on the spot, and a second person publishes it."""

import pytest

from egov.law import queries
from egov.law.models import DecisionTable
from portals.console.table_forms import TableForms
from tests.plugins.console import Desk

pytestmark = pytest.mark.django_db

KEY = "cn.fire-check-before-opening"


def filled(number=1):
    """The fields of the page as they stand, ready to be posted."""
    forms = TableForms(DecisionTable.objects.get(key=KEY, version=number))
    return {
        f"{form.prefix}-{name}": ("on" if value is True else value)
        for form in (*forms.row_forms, *forms.test_forms)
        for name, value in form.initial.items()
        if value not in (False, None)
    }


@pytest.fixture
def desk(console):
    assert console.admin.post(f"tables/{KEY}/1/draft").status_code == 302
    return console.admin


def test_what_is_not_touched_stays_as_it_is(desk):
    assert desk.post(f"tables/{KEY}/2/edit", filled(2)).status_code == 302
    first, second = DecisionTable.objects.filter(key=KEY).order_by("version")
    rows = [{**row, "when": row["when"]} if "when" in row else row for row in first.model["rules"]]
    assert second.model["rules"] == rows
    assert second.tests == first.tests
    assert "all pass" in desk.html(f"tables/{KEY}/2")


def test_a_test_that_fails_is_told_and_nothing_is_published(desk, console):
    changed = {**filled(2), "r2-when_area": ">= 500"}
    assert desk.post(f"tables/{KEY}/2/edit", changed).status_code == 302
    page = desk.html(f"tables/{KEY}/2")
    assert "1 fails" in page
    other = Desk(console.identities.officer("platform_admin", person=console.identities.person("另一人")))
    other.post(f"tables/{KEY}/2/publish")
    assert DecisionTable.objects.get(key=KEY, version=2).state == "draft"


def test_a_test_that_cannot_run_says_in_words_what_is_wrong(desk):
    assert desk.post(f"tables/{KEY}/2/edit", {**filled(2), "t5-in_area": "abc", "t5-rule": "small"}).status_code == 302
    page = desk.html(f"tables/{KEY}/2")
    assert "area cannot be &quot;abc&quot;." in page
    assert "is not of type" not in page


def test_a_row_is_added_before_the_last_and_a_second_person_publishes(desk, console):
    row = {"r4-id": "tiny", "r4-when_area": "< 10", "r4-then_needed": "false", "r4-then_way": "none"}
    test = {"t5-in_area": "5", "t5-rule": "tiny"}
    assert desk.post(f"tables/{KEY}/2/edit", {**filled(2), **row, **test}).status_code == 302
    rows = DecisionTable.objects.get(key=KEY, version=2).model["rules"]
    assert [each["id"] for each in rows] == ["entertainment", "below_ground", "large", "tiny", "small"]
    desk.post(f"tables/{KEY}/2/publish")
    assert DecisionTable.objects.get(key=KEY, version=2).state == "draft", "whoever wrote it does not publish it"
    other = Desk(console.identities.officer("platform_admin", person=console.identities.person("另一人")))
    other.post(f"tables/{KEY}/2/publish")
    assert queries.evaluate_table(KEY, {"area": 5}).rule == "tiny"


def test_who_wrote_an_earlier_part_of_a_table_does_not_publish_it_and_all_who_wrote_are_named(desk, console):
    other = Desk(console.identities.officer("platform_admin", person=console.identities.person("另一人")))
    assert desk.post(f"tables/{KEY}/2/edit", filled(2)).status_code == 302
    assert other.post(f"tables/{KEY}/2/edit", filled(2)).status_code == 302
    page = desk.html(f"tables/{KEY}/2")
    assert "Somebody else has to publish it" in page
    assert "管理员, 另一人" in page
    desk.post(f"tables/{KEY}/2/publish")
    assert DecisionTable.objects.get(key=KEY, version=2).state == "draft"


def test_a_wrong_row_is_told_and_what_was_typed_stays(desk):
    refused = desk.post(f"tables/{KEY}/2/edit", {**filled(2), "r4-id": "New row", "r4-when_area": "< 10"})
    assert refused.status_code == 422
    assert "New row" in refused.content.decode()
    refused = desk.post(f"tables/{KEY}/2/edit", {**filled(2), "r3-gone": "on"})
    assert refused.status_code == 422, "the last row must fit every case"


@pytest.mark.parametrize(
    ("cell", "typed"),
    [
        ("r2-when_area", ">= 300 and"),
        ("r2-when_area", "large"),
        ("r2-condition", "surface > 3"),
        ("r2-when_area", "true"),
        ("r2-condition", "entertainment == 5"),
    ],
)
def test_a_cell_that_cannot_be_read_or_never_fits_is_told_at_the_cell(desk, cell, typed):
    refused = desk.post(f"tables/{KEY}/2/edit", {**filled(2), cell: typed})
    assert refused.status_code == 422
    page = refused.content.decode()
    assert f'href="#id_{cell}"' in page
    assert f'value="{typed}"'.replace(">", "&gt;") in page
    assert (
        DecisionTable.objects.get(key=KEY, version=2).model["rules"]
        == DecisionTable.objects.get(key=KEY, version=1).model["rules"]
    )


def test_what_was_typed_is_shown_when_the_table_was_published_meanwhile(desk):
    typed = {**filled(2), "r2-when_area": ">= 512"}
    DecisionTable.objects.filter(key=KEY, version=2).update(state="retired")
    refused = desk.post(f"tables/{KEY}/2/edit", typed)
    assert refused.status_code == 422
    assert "只能修改草稿。" in refused.content.decode()
    assert "&gt;= 512" in refused.content.decode()
