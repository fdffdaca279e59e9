"""An event composed, approved by a second person, put into force, and composed again."""

import pytest

from egov.catalogue import actions, queries, rules
from egov.catalogue.models import Event, EventVersion, PublicService
from egov.contracts.catalogue import CatalogueChanged
from egov.kernel.actor import Actor, CapacityKind
from egov.kernel.errors import InvalidInput, NotFound, NotPermitted, TransitionNotAllowed
from egov.kernel.models import OutboxMessage

pytestmark = pytest.mark.django_db

BOTH = {"zh-Hans": "开一家店", "en": "Open a shop"}
SIGN = {"key": "sign", "type": "boolean", "text": BOTH}
CONTENT = {"kind": "business", "name": BOTH, "summary": BOTH, "lead_role": "market"}
DEFINITION = {"members": [{"service": "ZZ01", "stage": 1}], "questions": [SIGN]}


def admin(party):
    return Actor(kind=CapacityKind.POST, capacity=f"p-{party}", party_id=party, roles=frozenset({"platform_admin"}))


def draft(**changes):
    return actions.draft_event(admin(1), code="BE90", changes={**CONTENT, "definition": DEFINITION, **changes})


def published(**changes):
    row = draft(**changes)
    actions.review_event(admin(2), version_id=row.pk)
    return actions.publish_event(admin(1), version_id=row.pk)


def test_nobody_finds_an_event_before_it_is_published(service):
    row = draft()
    with pytest.raises(NotFound):
        queries.event("BE90")
    assert queries.events_for_console()[0].in_work == row
    actions.review_event(admin(2), version_id=row.pk)
    actions.publish_event(admin(1), version_id=row.pk)
    found = queries.event("BE90")
    assert (found.name, found.lead_role) == (BOTH, "market")
    assert found.definition["longest"] == {"path": ["ZZ01"], "working_days": 5}
    assert list(PublicService.objects.filter(events__code="BE90").values_list("code", flat=True)) == ["ZZ01"]
    assert OutboxMessage.objects.filter(name=CatalogueChanged.name).last().payload["events"] == ["BE90"]


def test_the_next_version_starts_from_the_one_in_force_and_replaces_it(service, definitions):
    definitions.write("ZZ02")
    definitions.load()
    first = published()
    definition = {**DEFINITION, "members": [*DEFINITION["members"], {"service": "ZZ02", "when": "sign == true"}]}
    second = actions.draft_event(admin(1), code="BE90", changes={"definition": definition})
    assert (second.number, second.name) == (2, BOTH)
    assert [each.path for each in queries.event_differences(first, second)] == ["definition/members/ZZ02"]
    assert len(queries.event("BE90").definition["members"]) == 1
    actions.review_event(admin(2), version_id=second.pk)
    actions.publish_event(admin(2), version_id=second.pk)
    assert len(queries.event("BE90").definition["members"]) == 2
    assert EventVersion.objects.get(pk=first.pk).state == "retired"
    assert Event.objects.filter(code="BE90").count() == 1


def test_four_eyes_and_whoever_edits_last_is_the_writer(service):
    row = draft()
    with pytest.raises(NotPermitted):
        actions.review_event(admin(1), version_id=row.pk)
    actions.review_event(admin(2), version_id=row.pk)
    actions.edit_event(admin(2), version_id=row.pk, changes={"order": 7})
    with pytest.raises(TransitionNotAllowed):
        actions.publish_event(admin(1), version_id=row.pk)
    with pytest.raises(NotPermitted):
        actions.review_event(admin(2), version_id=row.pk)


def test_a_new_fault_is_refused_with_its_place_and_an_old_one_may_wait(service):
    row = draft(definition={})
    members = [{"service": "ZZ01", "when": "sign == true"}]
    with pytest.raises(InvalidInput) as caught:
        actions.edit_event(admin(1), version_id=row.pk, changes={"definition": {"members": members}})
    assert [each.path for each in caught.value.faults] == ["definition/members/0/when"]
    EventVersion.objects.update(definition={"members": members})
    actions.edit_event(admin(1), version_id=row.pk, changes={"order": 2})
    with pytest.raises(InvalidInput) as caught:
        actions.review_event(admin(2), version_id=row.pk)
    assert [each.path for each in caught.value.faults] == ["definition/members/0/when"]


@pytest.mark.parametrize(
    ("definition", "path"),
    [
        ({}, "definition/members"),
        ({**DEFINITION, "questions": [{**SIGN, "element": "no.such_element"}]}, "definition/questions/0/element"),
    ],
)
def test_what_is_not_whole_is_not_approved(service, definition, path):
    row = draft(definition=definition)
    with pytest.raises(InvalidInput) as caught:
        actions.review_event(admin(2), version_id=row.pk)
    assert [each.path for each in caught.value.faults] == [path]


def test_one_draft_at_a_time_and_it_can_be_thrown_away(service):
    row = draft()
    with pytest.raises(TransitionNotAllowed):
        draft()
    actions.discard_event(admin(1), version_id=row.pk)
    first = published()
    with pytest.raises(TransitionNotAllowed):
        actions.discard_event(admin(1), version_id=first.pk)


@pytest.mark.parametrize(
    ("code", "changes", "path"),
    [("shop", {}, "code"), ("BE91", {"name": {"en": "x"}}, "name"), ("BE91", {"state": "published"}, "state")],
)
def test_what_is_no_event_is_refused(service, code, changes, path):
    with pytest.raises(InvalidInput) as caught:
        actions.draft_event(admin(1), code=code, changes={**CONTENT, **changes})
    assert [each.path for each in caught.value.faults] == [path]


def test_a_department_does_not_take_an_event_from_another(service, identities):
    market, fire = identities.department("jz.linjiang.market"), identities.department("jz.linjiang.fire")
    for department, role in ((market, "market"), (fire, "fire")):
        actions.set_competence(admin(1), region="990102", department_id=department.pk, department_role=role)
    theirs = Actor(
        kind=CapacityKind.POST,
        capacity="p-9",
        party_id=9,
        department_id=fire.pk,
        roles=frozenset({"department_admin"}),
    )
    row = draft()
    with pytest.raises(NotPermitted):
        actions.edit_event(theirs, version_id=row.pk, changes={"lead_role": "fire"})
    own = actions.draft_event(theirs, code="BE91", changes={**CONTENT, "lead_role": "fire"})
    with pytest.raises(NotPermitted):
        actions.edit_event(theirs, version_id=own.pk, changes={"lead_role": "market"})


def test_the_slowest_way_is_the_longest():
    definition = {
        "members": [{"service": code} for code in ("A", "B", "C")],
        "edges": [{"from": "A", "to": "C", "any_of": "x"}, {"from": "B", "to": "C", "any_of": "x"}],
    }
    found = rules.longest_way(definition, {"A": 1, "B": 5, "C": 2})
    assert found == {"path": ["B", "C"], "working_days": 7}
    assert rules.longest_way({}, {}) == {}
