"""The law of an instance taken out and brought into another."""

import copy

import pytest

from egov.journal.models import Entry
from egov.kernel.actor import SYSTEM, Actor, CapacityKind
from egov.kernel.configuration import Outcome
from egov.kernel.errors import InvalidInput, NotPermitted
from egov.law import actions, configuration
from egov.law.models import DecisionTable, Parameter, Procedure

pytestmark = pytest.mark.django_db

KEY = "cn.fire-check-before-opening"


@pytest.fixture
def law():
    actions.load_law(SYSTEM)
    return configuration.export()


def with_threshold(content, area):
    """The same law with another limit in the table of fire checks."""
    changed = copy.deepcopy(content)
    table = next(row for row in changed["tables"] if row["key"] == KEY)
    next(row for row in table["model"]["rules"] if row["id"] == "large")["when"]["area"] = f">= {area}"
    table["tests"] = [test for test in table["tests"] if test.get("rule") != "large"]
    return changed


def test_bringing_in_what_was_taken_out_changes_nothing(law):
    assert {row["key"] for row in law["tables"]} >= {KEY}
    assert len(law["procedures"]) >= 12
    assert law["parameters"]
    assert configuration.load(SYSTEM, copy.deepcopy(law)) == []
    assert configuration.export() == law


def test_an_instance_without_law_becomes_the_same(law):
    for model in (DecisionTable, Procedure, Parameter):
        model.objects.all().delete()
    assert {entry.outcome for entry in configuration.load(SYSTEM, copy.deepcopy(law))} == {Outcome.ADDED}
    assert configuration.export() == law


def test_a_table_that_nobody_edited_is_replaced_and_cases_keep_theirs(law):
    [entry] = configuration.load(SYSTEM, with_threshold(law, 500))
    assert entry == configuration.Entry(f"table:{KEY}", Outcome.CHANGED)
    assert [row.state for row in DecisionTable.objects.filter(key=KEY).order_by("version")] == ["retired", "published"]


def test_a_table_edited_here_gets_a_draft_beside_it_once(law, identities):
    elsewhere = with_threshold(law, 500)
    here = next(row for row in with_threshold(law, 200)["tables"] if row["key"] == KEY)
    actions.draft_table(SYSTEM, **here)
    actions.publish_table(SYSTEM, key=KEY, version=2)
    taken = configuration.export()
    assert configuration.load(SYSTEM, copy.deepcopy(taken)) == [], "its own change comes back"
    [entry] = configuration.load(SYSTEM, elsewhere)
    assert entry.outcome is Outcome.DRAFT
    assert configuration.load(SYSTEM, elsewhere) == []
    assert configuration.export() == taken


def admin(party):
    return Actor(kind=CapacityKind.POST, capacity=f"p-{party}", party_id=party, roles=frozenset({"platform_admin"}))


def test_what_a_person_brings_in_waits_for_a_second_person(law):
    """A table, and a procedure that this instance has not."""
    key = law["procedures"][0]["key"]
    Procedure.objects.filter(key=key).delete()
    found = configuration.load(admin(1), with_threshold(law, 500))
    assert found == [
        configuration.Entry(f"procedure:{key}", Outcome.DRAFT),
        configuration.Entry(f"table:{KEY}", Outcome.DRAFT),
    ]
    row = DecisionTable.objects.get(key=KEY, state="draft")
    assert (row.version, row.writer_ids) == (2, [1])
    assert f"table_version:{KEY}/2" in Entry.objects.get(action="law.import").refs
    with pytest.raises(NotPermitted):
        actions.publish_table(admin(1), key=KEY, version=2)
    with pytest.raises(NotPermitted):
        actions.publish_procedure(admin(1), key=key, version=1)
    assert configuration.load(admin(1), with_threshold(law, 500)) == [], "once"
    [entry] = configuration.load(admin(2), with_threshold(law, 200))
    assert (entry.outcome, bool(entry.note)) == (Outcome.KEPT, True), "no second draft beside it"
    actions.publish_table(admin(2), key=KEY, version=2)
    assert configuration.load(admin(1), with_threshold(law, 500)) == []
    assert configuration.load(admin(1), law)[-1].outcome is Outcome.DRAFT, "as it was taken out"


def test_a_table_that_cannot_be_read_is_refused_and_named(law):
    broken = with_threshold(law, "300 and")
    with pytest.raises(InvalidInput) as refused:
        configuration.load(SYSTEM, broken)
    assert [fault.path for fault in refused.value.faults] == [f"tables/{KEY}"]
