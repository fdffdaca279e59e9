"""Definitions from files: once, never over an administrator's version, all or nothing."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from egov.catalogue import actions, queries
from egov.catalogue.models import Event, EventVersion, PublicService, ServiceVersion, VersionState
from egov.contracts.catalogue import CatalogueChanged
from egov.journal.models import Entry
from egov.kernel.actor import Actor, CapacityKind
from egov.kernel.errors import InvalidInput, NotFound
from egov.kernel.models import OutboxMessage

pytestmark = pytest.mark.django_db


def admin(party):
    return Actor(kind=CapacityKind.POST, capacity=f"p-{party}", party_id=party, roles=frozenset({"platform_admin"}))


def test_a_new_definition_is_published_and_told(definitions):
    definitions.write()
    assert definitions.load().created == ["ZZ01"]
    row = queries.published("ZZ01")
    assert (row.number, row.state, row.promised_limit) == (1, VersionState.PUBLISHED, 5)
    assert row.legal_basis[0]["text"]["en"] == "Food Safety Law, art. 35"
    assert Entry.objects.filter(action="catalogue.load", refs__contains=["service:ZZ01"]).count() == 1
    assert OutboxMessage.objects.filter(name=CatalogueChanged.name).count() == 1


def test_loading_twice_changes_nothing(definitions):
    definitions.write()
    definitions.write_event()
    definitions.load()
    entries, messages = Entry.objects.count(), OutboxMessage.objects.count()
    report = definitions.load()
    assert (report.changed, report.unchanged) == ([], 2)
    assert (Entry.objects.count(), OutboxMessage.objects.count()) == (entries, messages)


def test_a_changed_file_is_the_next_version_and_the_old_one_stays_for_its_cases(definitions):
    definitions.write()
    definitions.load()
    old = queries.published("ZZ01")
    definitions.write(promised_limit=3)
    assert definitions.load().updated == ["ZZ01"]
    assert (queries.published("ZZ01").number, queries.published("ZZ01").promised_limit) == (2, 3)
    assert queries.version(old.pk).state == VersionState.RETIRED
    assert queries.version(old.pk).promised_limit == 5


def test_beside_an_edited_version_the_file_waits_as_a_draft_with_its_differences(definitions):
    definitions.write()
    definitions.load()
    draft = actions.draft_version(admin(1), code="ZZ01", changes={"promised_limit": 4}, change_reason="faster")
    actions.review_version(admin(2), version_id=draft.pk)
    actions.publish_version(admin(2), version_id=draft.pk)
    definitions.write(promised_limit=3)
    assert definitions.load().drafted == ["ZZ01"]
    assert queries.published("ZZ01").promised_limit == 4
    waiting = queries.drafts().get()
    assert [
        (each.path, each.before, each.after) for each in queries.differences(queries.published("ZZ01"), waiting)
    ] == [("promised_limit", 4, 3)]
    assert definitions.load().changed == []
    actions.review_version(admin(2), version_id=waiting.pk)
    actions.publish_version(admin(2), version_id=waiting.pk)
    assert queries.published("ZZ01").promised_limit == 3


def test_a_retired_service_is_not_brought_back_by_a_changed_file(service, definitions):
    actions.retire_version(admin(1), version_id=service.pk, reason="no longer offered")
    definitions.write(promised_limit=2)
    assert definitions.load().drafted == ["ZZ01"]
    with pytest.raises(NotFound):
        queries.published("ZZ01")


def test_faults_of_all_files_are_named_and_nothing_is_loaded(definitions):
    definitions.write()
    definitions.write("ZZ02", level="planet", depends_on=[["ZZ99"]])
    definitions.write_event(definition={"members": [{"service": "ZZ98"}]})
    with pytest.raises(InvalidInput) as caught:
        definitions.load()
    assert [fault.path for fault in caught.value.faults] == [
        "ZZ02/level",
        "ZZ02/depends_on/0",
        "LE99/definition/members/0/service",
    ]
    assert not PublicService.objects.exists()


@pytest.mark.parametrize(
    "text", ["code: ZZ02\nmode: g2c\n", "code: ZZ01\nmode: g9z\n", "- a\n", "code: ZZ01\nmode: g2c\ncolour: red\n"]
)
def test_a_file_that_is_no_definition_is_named(definitions, text):
    (definitions.place / "ZZ01.yaml").write_text(text)
    with pytest.raises(InvalidInput) as caught:
        definitions.load()
    assert caught.value.faults[0].path == "ZZ01.yaml"


def test_events_link_their_members_and_beside_an_edited_one_the_file_waits(definitions):
    definitions.write()
    definitions.write("ZZ02")
    definitions.write_event()
    definitions.load()
    assert list(PublicService.objects.filter(events__code="LE99").values_list("code", flat=True)) == ["ZZ01"]
    definitions.write_event(definition={"members": [{"service": "ZZ02"}]})
    assert definitions.load().updated == ["LE99"]
    assert list(PublicService.objects.filter(events__code="LE99").values_list("code", flat=True)) == ["ZZ02"]
    Event.objects.update(order=5)
    definitions.write_event(order=7)
    assert definitions.load().drafted == ["LE99"]
    assert Event.objects.get().order == 5
    states = EventVersion.objects.filter(code="LE99").order_by("number").values_list("number", "state", "order")
    assert list(states) == [(1, "retired", 0), (2, "published", 0), (3, "draft", 7)]
    assert definitions.load().drafted == [], "once"


def test_a_file_that_goes_back_to_what_it_said_before_counts(definitions):
    """What is in force is what the files say, not what they once said."""
    definitions.write()
    definitions.write_event()
    definitions.load()
    definitions.write(promised_limit=3)
    definitions.write_event(order=7)
    definitions.load()
    definitions.write()
    definitions.write_event()
    assert definitions.load().updated == ["ZZ01", "LE99"]
    assert (queries.published("ZZ01").number, queries.published("ZZ01").promised_limit) == (3, 5)
    assert queries.event("LE99").order == 0
    assert EventVersion.objects.get(code="LE99", state="published").number == 3
    assert definitions.load().changed == []


def test_beside_an_edited_version_a_file_waits_whenever_it_changed_and_not_before(definitions):
    definitions.write()
    definitions.write_event()
    definitions.load()
    service = actions.draft_version(admin(1), code="ZZ01", changes={"promised_limit": 4}, change_reason="faster")
    actions.review_version(admin(2), version_id=service.pk)
    actions.publish_version(admin(2), version_id=service.pk)
    event = actions.draft_event(admin(1), code="LE99", changes={"order": 4})
    actions.review_event(admin(2), version_id=event.pk)
    actions.publish_event(admin(2), version_id=event.pk)
    assert definitions.load().changed == [], "the files are as they were"
    definitions.write(promised_limit=3)
    definitions.write_event(order=7)
    assert definitions.load().drafted == ["ZZ01", "LE99"]
    definitions.write()
    definitions.write_event()
    assert definitions.load().drafted == ["ZZ01", "LE99"]
    assert definitions.load().changed == []
    assert (queries.published("ZZ01").promised_limit, queries.event("LE99").order) == (4, 4)


def test_many_definitions_take_few_statements(definitions):
    for number in range(1, 31):
        definitions.write(f"ZY{number:02d}")
    with CaptureQueriesContext(
        connection,
    ) as captured:
        definitions.load()
    assert len(captured) < 30
    assert ServiceVersion.objects.count() == 30
