"""A configuration taken elsewhere and brought in again under its keys."""

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from egov.catalogue import actions, queries, section
from egov.catalogue.models import Competence, Event, EventVersion, PublicService, ServiceVersion
from egov.journal.models import Entry
from egov.kernel import configuration
from egov.kernel.actor import SYSTEM, Actor, CapacityKind
from egov.kernel.configuration import Outcome
from egov.kernel.errors import InvalidInput, NotPermitted, TransitionNotAllowed
from egov.kernel.refs import VERSIONS

pytestmark = pytest.mark.django_db


def admin(party):
    return Actor(kind=CapacityKind.POST, capacity=f"p-{party}", party_id=party, roles=frozenset({"platform_admin"}))


@pytest.fixture
def configured(definitions, fileable, identities):
    definitions.write()
    definitions.write("ZZ02", **fileable)
    definitions.write_event()
    definitions.load()
    department = identities.department("jz.linjiang.market")
    unit = identities.unit(department)
    actions.set_competence(
        SYSTEM, region="990102", department_id=department.pk, service="ZZ02", unit_id=unit.pk, condition="area > 300"
    )
    actions.set_enabled(SYSTEM, code="ZZ01", enabled=False)
    return queries.export_configuration()


def test_what_was_exported_comes_in_as_it_was(configured):
    data = json.loads(json.dumps(configured))
    Competence.objects.all().delete()
    ServiceVersion.objects.all().delete()
    PublicService.objects.all().delete()
    queries.kept.forget()
    report = actions.import_configuration(SYSTEM, data=data)
    assert (report.created, report.competences, report.switched) == (["ZZ01", "ZZ02"], 1, 1)
    assert queries.export_configuration() == configured


def test_conditions_that_nobody_can_meet_do_not_come_in(configured):
    data = json.loads(json.dumps(configured))
    form = next(row for row in data["services"] if row["code"] == "ZZ02")["content"]["form"]
    form["properties"]["kind"]["x-visible-when"] = 'reason == "x"'
    form["properties"]["name"]["x-visible-when"] = 'kind == "mars"'
    with pytest.raises(InvalidInput) as caught:
        actions.import_configuration(SYSTEM, data=data)
    assert {each.path for each in caught.value.faults} == {
        "ZZ02/form/properties/kind/x-visible-when",
        "ZZ02/form/properties/name/x-visible-when",
    }


def test_bringing_it_twice_changes_nothing(configured):
    report = actions.import_configuration(SYSTEM, data=configured)
    assert (report.changed, report.competences, report.switched) == ([], 0, 0)


def test_an_event_taken_out_of_force_is_so_elsewhere_too(configured):
    """Once, and also where it only comes in with the same file."""
    row = actions.draft_withdrawal(SYSTEM, code="LE99", reason="x")
    actions.review_event(SYSTEM, version_id=row.pk)
    actions.publish_event(SYSTEM, version_id=row.pk)
    data = json.loads(json.dumps(queries.export_configuration()))
    assert [each["withdrawn"] for each in data["events"]] == [True]
    assert actions.import_configuration(SYSTEM, data=data).withdrawn == 0
    Event.objects.all().delete()
    EventVersion.objects.all().delete()
    queries.kept.forget()
    assert actions.import_configuration(SYSTEM, data=data).withdrawn == 1
    assert not queries.event("LE99").is_offered
    assert queries.events() == []
    assert queries.export_configuration()["events"] == data["events"]
    assert actions.import_configuration(SYSTEM, data=data).withdrawn == 0


def composed(**changes):
    """The event as it was put into force here by two people."""
    row = actions.draft_event(admin(1), code="LE99", changes=changes)
    actions.review_event(admin(2), version_id=row.pk)
    return actions.publish_event(admin(2), version_id=row.pk)


def test_an_event_composed_here_is_taken_out_of_force_by_a_second_person_only(configured):
    composed(order=3)
    (row,) = data = json.loads(json.dumps(configured["events"]))
    row |= {"withdrawn": True}
    report = actions.import_configuration(SYSTEM, data={**configured, "events": data})
    assert (report.drafted, report.withdrawn) == (["LE99"], 0)
    assert queries.event("LE99").is_offered
    assert actions.import_configuration(SYSTEM, data={**configured, "events": data}).changed == []
    waiting = EventVersion.objects.get(code="LE99", withdraws=True)
    with pytest.raises(TransitionNotAllowed):
        actions.publish_event(admin(2), version_id=waiting.pk)
    actions.review_event(admin(2), version_id=waiting.pk)
    actions.publish_event(admin(2), version_id=waiting.pk)
    assert not queries.event("LE99").is_offered
    assert queries.event("LE99").order == 3
    report = actions.import_configuration(SYSTEM, data={**configured, "events": data})
    assert (report.changed, report.withdrawn) == ([], 0)


def elsewhere(configured, limit=3, order=8):
    """The same configuration with another time of a service and another order of an event."""
    data = json.loads(json.dumps(configured))
    next(row for row in data["services"] if row["code"] == "ZZ01")["content"]["promised_limit"] = limit
    data["events"][0]["order"] = order
    return data


def test_what_a_person_brings_in_waits_for_a_second_person(configured, definitions):
    """As drafts of the one who brings it, once, and nothing is in force by it."""
    report = actions.import_configuration(admin(1), data=elsewhere(configured))
    assert (report.drafted, report.created, report.updated) == (["ZZ01", "LE99"], [], [])
    assert (queries.published("ZZ01").promised_limit, queries.event("LE99").order) != (3, 8)
    service, event = ServiceVersion.objects.get(state="draft"), EventVersion.objects.get(state="draft")
    assert (service.writer_ids, event.writer_ids) == ([1], [1])
    entry = Entry.objects.get(action="catalogue.import_configuration")
    assert {"service_version:ZZ01/2", "event_version:LE99/2", str(VERSIONS)} <= set(entry.refs)
    with pytest.raises(NotPermitted):
        actions.review_version(admin(1), version_id=service.pk)
    with pytest.raises(NotPermitted):
        actions.review_event(admin(1), version_id=event.pk)
    assert actions.import_configuration(admin(1), data=elsewhere(configured)).changed == []
    for review, publish, row in (
        (actions.review_version, actions.publish_version, service),
        (actions.review_event, actions.publish_event, event),
    ):
        review(admin(2), version_id=row.pk)
        publish(admin(2), version_id=row.pk)
    assert (queries.published("ZZ01").promised_limit, queries.event("LE99").order) == (3, 8)
    assert actions.import_configuration(admin(1), data=elsewhere(configured)).changed == []
    definitions.write(promised_limit=2)
    assert definitions.load().drafted == ["ZZ01"], "what two people put into force no file replaces"
    assert actions.import_configuration(admin(1), data=configured).drafted == ["ZZ01", "LE99"], "as it was taken out"


def test_a_draft_that_a_person_wrote_comes_before_what_is_brought_in(configured):
    actions.draft_version(admin(2), code="ZZ01", changes={"promised_limit": 4}, change_reason="x")
    actions.draft_event(admin(2), code="LE99", changes={"order": 5})
    found = section.load(admin(1), elsewhere(configured))
    assert [(entry.key, entry.outcome) for entry in found] == [("ZZ01", Outcome.KEPT), ("LE99", Outcome.KEPT)]
    assert all(entry.note for entry in found)
    assert (
        ServiceVersion.objects.filter(state="draft").count() == EventVersion.objects.filter(state="draft").count() == 1
    )


def test_after_what_was_brought_in_nobody_begins_a_second_draft(configured):
    actions.import_configuration(admin(1), data=elsewhere(configured))
    with pytest.raises(TransitionNotAllowed):
        actions.draft_version(admin(2), code="ZZ01", changes={}, change_reason="x")
    with pytest.raises(TransitionNotAllowed):
        actions.draft_event(admin(2), code="LE99", changes={})
    assert actions.import_configuration(admin(2), data=elsewhere(configured, 2, 9)).kept == ["ZZ01", "LE99"]


def test_what_was_composed_here_and_taken_out_is_the_same_when_it_is_brought_in(configured):
    row = actions.draft_version(admin(1), code="ZZ01", changes={"promised_limit": 4}, change_reason="x")
    actions.review_version(admin(2), version_id=row.pk)
    actions.publish_version(admin(2), version_id=row.pk)
    composed(order=3)
    assert actions.import_configuration(admin(1), data=queries.export_configuration()).changed == []


def test_a_person_takes_no_event_out_of_force_alone_by_bringing_it_in(configured):
    data = elsewhere(configured)
    data["services"] = []
    data["events"][0]["withdrawn"] = True
    report = actions.import_configuration(admin(1), data=data)
    assert (report.drafted, report.withdrawn) == (["LE99"], 0)
    waiting = EventVersion.objects.get(state="draft")
    assert (waiting.withdraws, waiting.writer_ids) == (True, [1])
    with pytest.raises(NotPermitted):
        actions.review_event(admin(1), version_id=waiting.pk)
    assert actions.import_configuration(admin(1), data=data).changed == []


def test_files_loaded_again_after_it_bring_nothing_back(configured, definitions):
    """They say what they said at the last start."""
    data = elsewhere(configured)
    assert actions.import_configuration(SYSTEM, data=data).updated == ["ZZ01", "LE99"]
    assert definitions.load().changed == []
    assert (queries.published("ZZ01").promised_limit, queries.event("LE99").order) == (3, 8)
    assert actions.import_configuration(SYSTEM, data=configured).updated == ["ZZ01", "LE99"], "as it was taken out"


def test_what_was_composed_wrongly_elsewhere_is_named_by_its_place(configured):
    both = {"zh-Hans": "挂招牌吗？", "en": "A sign?"}
    questions = [{"key": key, "type": "boolean", "text": both, "when": when} for key, when in (("a", "b"), ("b", "a"))]
    configured["events"][0]["definition"]["questions"] = questions
    with pytest.raises(InvalidInput) as caught:
        actions.import_configuration(SYSTEM, data=configured)
    assert [fault.path for fault in caught.value.faults] == ["LE99/definition/questions/0/when"]


def test_it_is_the_same_file_every_time(configured, tmp_path):
    out = StringIO()
    for name in ("a.zip", "b.zip"):
        call_command("export_configuration", str(tmp_path / name), stdout=out)
    assert (tmp_path / "a.zip").read_bytes() == (tmp_path / "b.zip").read_bytes()
    data = configuration.unpack((tmp_path / "a.zip").read_bytes())
    assert "text" not in data["catalogue"]["services"][0]["content"]["legal_basis"][0]
    out = StringIO()
    call_command("import_configuration", str(tmp_path / "a.zip"), stdout=out)
    assert "catalogue: 0" in out.getvalue()


def test_a_dry_run_writes_nothing(configured, tmp_path):
    """And what is written then is what the dry run said."""
    path = str(tmp_path / "a.zip")
    call_command("export_configuration", path, stdout=StringIO())
    Competence.objects.all().delete()
    ServiceVersion.objects.all().delete()
    PublicService.objects.all().delete()
    queries.kept.forget()
    said = []
    for arguments, services in (((), 0), (("--commit",), 2), ((), 2)):
        out = StringIO()
        call_command("import_configuration", path, *arguments, stdout=out)
        said.append([line for line in out.getvalue().splitlines() if line.startswith("  ")])
        assert PublicService.objects.count() == services
        queries.kept.forget()
    assert said[0] == said[1]
    assert [line.split()[1] for line in said[0] if line.split()[1].startswith("ZZ")] == ["ZZ01", "ZZ02"]
    assert said[2] == []


def test_keys_that_are_not_known_here_are_named_and_nothing_changes(configured):
    configured["competences"][0]["department"] = "jz.nowhere"
    configured["services"][0]["content"]["promised_limit"] = 3
    with pytest.raises(InvalidInput) as caught:
        actions.import_configuration(SYSTEM, data=configured)
    assert [fault.path for fault in caught.value.faults] == ["competences/0/department"]
    assert queries.published("ZZ01").promised_limit == 5


@pytest.mark.parametrize("content", [b"", b"{}", b"PK\x05\x06" + bytes(18)])
def test_another_file_is_refused(tmp_path, content):
    (tmp_path / "x.zip").write_bytes(content)
    with pytest.raises(CommandError):
        call_command("import_configuration", str(tmp_path / "x.zip"))
