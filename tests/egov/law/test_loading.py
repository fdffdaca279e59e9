"""Loading writes what is new, repeats nothing, and never overwrites what an administrator changed."""

import datetime as dt
import shutil
from io import StringIO

import pytest
import yaml
from django.core.management import CommandError, call_command

from egov.journal.models import Entry
from egov.kernel.actor import SYSTEM, Actor, CapacityKind
from egov.kernel.errors import InvalidInput
from egov.law import actions, files, queries
from egov.law.models import DecisionTable, Instrument, Parameter, Procedure, State

pytestmark = pytest.mark.django_db
ADMINISTRATOR, ANOTHER = (
    Actor(kind=CapacityKind.POST, capacity=f"p-{party}", party_id=party, roles=frozenset({"platform_admin"}))
    for party in (1, 2)
)


@pytest.fixture
def place(tmp_path):
    shutil.copytree(files.default_place(), tmp_path / "law")
    return tmp_path / "law"


def change(path, edit):
    data = yaml.safe_load(path.read_text())
    edit(data)
    path.write_text(yaml.safe_dump(data, allow_unicode=True))


def test_everything_is_loaded_and_in_force(law):
    assert Procedure.objects.filter(state=State.PUBLISHED, version=1).count() == 12
    assert Instrument.objects.count() > 150
    keys = [table.key for table in queries.tables()]
    assert keys == [
        "cn.deed-tax-rate",
        "cn.fire-check-before-opening",
        "cn.invoice-limit",
        "cn.unemployment-benefit",
    ]


def test_loading_twice_changes_nothing(law):
    entries = Entry.objects.count()
    report = actions.load_law(SYSTEM)
    assert report.changed == []
    assert (report.kept, Entry.objects.count()) == ([], entries)


def test_a_changed_file_is_the_next_version_and_cases_keep_theirs(law, place):
    change(place / "procedures/hotline.yaml", lambda data: data["decision"].update(limit=3))
    report = actions.load_law(SYSTEM, path=place)
    assert report.changed == ["procedure:hotline"]
    assert queries.procedure("hotline").decision.limit == 3
    assert queries.procedure("hotline").version == 2
    assert queries.procedure("hotline", version=1).decision.limit == 5


def test_beside_an_edited_procedure_the_file_arrives_as_a_draft(law, place):
    row = Procedure.objects.get(key="hotline")
    row.definition["decision"]["limit"] = 4
    row.save()
    change(place / "procedures/hotline.yaml", lambda data: data["decision"].update(limit=3))
    report = actions.load_law(SYSTEM, path=place)
    queries.kept.forget()
    assert report.drafted == ["procedure:hotline"]
    assert queries.procedure("hotline").decision.limit == 4
    assert actions.load_law(SYSTEM, path=place).changed == []
    actions.publish_procedure(ADMINISTRATOR, key="hotline", version=2)
    assert queries.procedure("hotline").decision.limit == 3
    assert Procedure.objects.get(key="hotline", version=1).state == State.RETIRED


def test_an_edited_parameter_stays_and_is_told(law, place):
    Parameter.objects.filter(key="cn.unemployment.ratio").update(value="0.80")

    def edit(rows):
        for row in rows:
            if row["key"] == "cn.unemployment.ratio":
                row["value"] = "0.85"
            if row["key"] == "cn.childcare-subsidy.per-year":
                row["value"] = "4000.00"

    change(place / "parameters.yaml", edit)
    report = actions.load_law(SYSTEM, path=place)
    assert report.kept == ["parameter:cn.unemployment.ratio/990000/2020-01-01"]
    assert report.updated == ["parameter:cn.childcare-subsidy.per-year//2025-01-01"]
    assert queries.parameter("cn.unemployment.ratio", on=dt.date(2026, 1, 1), region="990100") == "0.80"
    assert queries.parameter("cn.childcare-subsidy.per-year", on=dt.date(2026, 1, 1)) == "4000.00"


def test_faulty_files_load_nothing_and_each_fault_is_named(place):
    change(place / "procedures/foi.yaml", lambda data: data["decision"].update(unit="weeks"))
    change(place / "procedures/penalty.yaml", lambda data: data["articles"].update(grant=[{"instrument": "cn.none"}]))
    change(place / "tables/fire_check.yaml", lambda data: data["tests"][0].update(rule="large"))
    with pytest.raises(InvalidInput) as caught:
        actions.load_law(SYSTEM, path=place)
    assert [fault.path for fault in caught.value.faults] == [
        "procedures/foi",
        "procedures/penalty",
        "tables/cn.fire-check-before-opening",
    ]
    assert not Procedure.objects.exists()


def test_the_command_only_says_what_it_would_do():
    out = StringIO()
    call_command("load_law", stdout=out)
    assert "created: procedure:licensing" in out.getvalue()
    assert not Procedure.objects.exists()
    call_command("load_law", "--commit", stdout=out)
    assert Procedure.objects.exists()


def test_the_tables_can_be_checked_by_command(law):
    out = StringIO()
    call_command("check_tables", stdout=out)
    assert "cn.unemployment-benefit v1: 9 tests, 0 failed" in out.getvalue()
    row = DecisionTable.objects.get(key="cn.unemployment-benefit")
    row.tests[0]["rule"] = "resigned"
    row.save()
    queries.kept.forget()
    with pytest.raises(CommandError):
        call_command("check_tables", stdout=out)


def test_a_draft_table_whose_tests_fail_is_not_published(law):
    row = DecisionTable.objects.get(key="cn.fire-check-before-opening")
    draft = actions.draft_table(
        ADMINISTRATOR,
        key=row.key,
        name=row.name,
        model=row.model,
        inputs=row.inputs,
        tests=[{"input": {"area": 1}, "rule": "large"}],
    )
    assert draft.version == 2
    with pytest.raises(InvalidInput):
        actions.publish_table(ANOTHER, key=row.key, version=2)
    assert queries.table(row.key).version == 1
