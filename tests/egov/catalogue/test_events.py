"""An event composed, approved by a second person, put into force, and composed again."""

import pytest
from django.utils import translation

from egov.catalogue import actions, queries, rules
from egov.catalogue.models import Event, EventVersion, PublicService
from egov.contracts.catalogue import CatalogueChanged
from egov.journal.models import Entry
from egov.kernel.actor import Actor, CapacityKind
from egov.kernel.errors import InvalidInput, NotFound, NotPermitted, TransitionNotAllowed
from egov.kernel.models import OutboxMessage
from egov.registers.models import DataElement

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
    return actions.publish_event(admin(2), version_id=row.pk)


def test_nobody_finds_an_event_before_it_is_published(service):
    row = draft()
    with pytest.raises(NotFound):
        queries.event("BE90")
    assert queries.events_for_console()[0].in_work == row
    actions.review_event(admin(2), version_id=row.pk)
    actions.publish_event(admin(2), version_id=row.pk)
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


def test_who_wrote_any_of_it_neither_approves_nor_publishes(service):
    row = draft()
    actions.review_event(admin(2), version_id=row.pk)
    actions.edit_event(admin(2), version_id=row.pk, changes={"order": 7})
    with pytest.raises(TransitionNotAllowed):
        actions.publish_event(admin(3), version_id=row.pk)
    for writer in (1, 2):
        with pytest.raises(NotPermitted):
            actions.review_event(admin(writer), version_id=row.pk)
    actions.review_event(admin(3), version_id=row.pk)
    for writer in (1, 2):
        with pytest.raises(NotPermitted) as caught:
            actions.publish_event(admin(writer), version_id=row.pk)
        assert caught.value.code == "four_eyes"
    assert actions.publish_event(admin(3), version_id=row.pk).order == 7


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
    ("definition", "path", "said"),
    [
        (
            {"questions": [{**SIGN, "when": "big == true"}, {**SIGN, "key": "big"}]},
            "definition/questions/0/when",
            "big",
        ),
        ({"questions": [{**SIGN, "when": "sign == true"}]}, "definition/questions/0/when", "sign"),
        ({"questions": [SIGN, {**SIGN, "key": "big", "when": "new == 1"}]}, "definition/questions/1/when", "new"),
        (
            {"edges": [{"from": "ZZ01", "to": "ZZ02"}, {"from": "ZZ01", "to": "ZZ02", "any_of": "a"}]},
            "definition/edges/1",
            "once",
        ),
    ],
)
def test_a_question_hangs_on_earlier_ones_and_a_service_waits_for_another_once(definition, path, said):
    """Else nobody knows which to ask first, and what was filed could not be told apart."""
    members = [{"service": "ZZ01"}, {"service": "ZZ02"}]
    (fault,) = rules.check_event({**CONTENT, "definition": {"members": members, **definition}})
    assert fault.path == path
    with translation.override("en"):
        assert said in str(fault.message)


KIND = {"key": "kind", "type": "choice", "text": BOTH, "choices": [{"key": "food", "text": BOTH}]}


@pytest.mark.parametrize(
    ("when", "said"),
    [
        ("nosuch == true", "nosuch"),
        ("sign == 5", "5"),
        ('kind == "mars"', "mars"),
        ('sign == true and kind in ["food", "mars"]', "mars"),
    ],
)
def test_what_a_service_waits_for_is_asked_and_can_be_answered(when, said):
    members = [{"service": "ZZ01", "when": when}]
    definition = {"members": members, "questions": [SIGN, KIND]}
    (fault,) = rules.check_event({**CONTENT, "definition": definition})
    assert fault.path == "definition/members/0/when"
    assert "ZZ01" in str(fault.message), "whose condition it is"
    assert said in str(fault.message)


@pytest.mark.parametrize(
    ("question", "path"),
    [
        ({"choices": [{"key": "food", "text": BOTH}, {"key": "food", "text": BOTH}]}, "definition/questions/1/choices"),
        ({"element": "shop.kind"}, "definition/questions/1/element"),
    ],
)
def test_two_answers_have_two_keys_and_a_data_element_is_asked_once(question, path):
    questions = [{**KIND, "key": "first", "element": "shop.kind"}, {**KIND, **question}]
    definition = {"members": [{"service": "ZZ01"}], "questions": questions}
    (fault,) = rules.check_event({**CONTENT, "definition": definition})
    assert fault.path == path


@pytest.mark.parametrize("circle", [("a", "b"), ("a",)])
def test_questions_in_a_circle_are_refused_at_the_question(service, circle):
    questions = [{**SIGN, "key": key, "when": f"{circle[place - 1]} == true"} for place, key in enumerate(circle)]
    row = draft()
    with pytest.raises(InvalidInput) as caught:
        actions.edit_event(admin(1), version_id=row.pk, changes={"definition": {**DEFINITION, "questions": questions}})
    assert [each.path for each in caught.value.faults] == ["definition/questions/0/when"]


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


@pytest.fixture
def desk(identities):
    """An administrator of the department that does ``role``."""
    departments = {role: identities.department(f"jz.linjiang.{role}") for role in ("market", "fire")}
    for role, department in departments.items():
        actions.set_competence(admin(1), region="990102", department_id=department.pk, department_role=role)

    def of(role, party=9):
        return Actor(
            kind=CapacityKind.POST,
            capacity=f"p-{party}",
            party_id=party,
            department_id=departments[role].pk,
            roles=frozenset({"department_admin"}),
        )

    return of


def test_a_department_does_not_take_an_event_from_another(service, desk):
    row = draft()
    with pytest.raises(NotPermitted):
        actions.edit_event(desk("fire"), version_id=row.pk, changes={"lead_role": "fire"})
    own = actions.draft_event(desk("fire"), code="BE91", changes={**CONTENT, "lead_role": "fire"})
    with pytest.raises(NotPermitted):
        actions.edit_event(desk("fire"), version_id=own.pk, changes={"lead_role": "market"})


def handed_over():
    """Led by the fire department by now, once by the market's."""
    first = published()
    actions.draft_event(admin(1), code="BE90", changes={"lead_role": "fire"})
    second = EventVersion.objects.get(code="BE90", number=2)
    actions.review_event(admin(2), version_id=second.pk)
    return first, actions.publish_event(admin(2), version_id=second.pk)


def test_nobody_goes_on_from_a_version_of_before_it_was_handed_over(service, desk):
    first, _second = handed_over()
    with pytest.raises(NotPermitted):
        actions.draft_event(desk("market"), code="BE90", changes={"order": 3}, based_on=first.pk)
    with pytest.raises(NotPermitted):
        actions.draft_event(desk("fire"), code="BE90", changes={"order": 3}, based_on=first.pk)
    assert actions.draft_event(desk("fire"), code="BE90", changes={"order": 3}).lead_role == "fire"


@pytest.mark.parametrize(
    "act", [actions.edit_event, actions.review_event, actions.publish_event, actions.discard_event]
)
def test_a_version_that_waits_from_before_it_was_handed_over_is_nobody_s_but_the_platform_s(service, desk, act):
    """Such as one that came from a file."""
    handed_over()
    content = {**CONTENT, "definition": DEFINITION}
    state = "reviewed" if act is actions.publish_event else "draft"
    waiting = EventVersion.objects.create(code="BE90", number=7, state=state, loaded_hash="f", **content)
    more = {"changes": {"order": 3}} if act is actions.edit_event else {}
    for role in ("market", "fire"):
        with pytest.raises(NotPermitted):
            act(desk(role), version_id=waiting.pk, **more)
    act(admin(1), version_id=waiting.pk, **more)


# --- Answered by the event itself ----------------------------------------------------------------------------
@pytest.fixture
def asked(definitions, fileable):
    """ZZ01 asks which kind of shop it is, and for a declaration."""
    fileable["form"]["properties"]["kind"]["x-element"] = "shop.kind"
    fileable["form"]["properties"]["truth"] = {
        "type": "boolean",
        "const": True,
        "x-title": BOTH,
        "x-element": "shop.declared",
    }
    fileable["form"]["x-pages"][0]["fields"].append("truth")
    definitions.write(**fileable)
    definitions.load()
    for key, schema in (
        ("shop.kind", {"enum": ["a", "b", "c"]}),
        ("shop.declared", {"type": "boolean"}),
        ("shop.opens_on", {"type": "string", "format": "date"}),
        ("shop.area_sqm", {"type": "number"}),
    ):
        DataElement.objects.create(key=key, name=BOTH, meaning={}, schema=schema)


@pytest.mark.parametrize(
    ("given", "faulty"),
    [
        ({"shop.kind": "a", "shop.area_sqm": 60.5, "shop.opens_on": "2026-12-01"}, set()),
        ({"no.such_element": "a"}, {"no.such_element"}),
        ({"shop.kind": "c"}, {"shop.kind"}),  # the dictionary knows it, the form that asks does not
        ({"shop.kind": True}, {"shop.kind"}),
        ({"shop.kind": "", "shop.area_sqm": None}, {"shop.kind", "shop.area_sqm"}),
        ({"shop.area_sqm": "60"}, {"shop.area_sqm"}),
        ({"shop.opens_on": "soon"}, {"shop.opens_on"}),
        ({"shop.declared": True}, {"shop.declared"}),  # nobody declares for the applicant
    ],
)
def test_what_an_event_answers_fits_the_dictionary_and_the_forms(asked, given, faulty):
    row = draft()
    EventVersion.objects.update(definition={**DEFINITION, "given": given})
    row.refresh_from_db()
    assert {each.path for each in actions.faults_of_event(row)} == {f"definition/given/{key}" for key in faulty}


def test_a_new_fault_in_it_is_refused_and_an_old_one_waits_for_review(asked):
    row = draft()
    wrong = {**DEFINITION, "given": {"shop.kind": "z"}}
    with pytest.raises(InvalidInput) as caught:
        actions.edit_event(admin(1), version_id=row.pk, changes={"definition": wrong})
    assert [each.path for each in caught.value.faults] == ["definition/given/shop.kind"]
    EventVersion.objects.update(definition=wrong)
    actions.edit_event(admin(1), version_id=row.pk, changes={"order": 2})
    with pytest.raises(InvalidInput) as caught:
        actions.review_event(admin(2), version_id=row.pk)
    assert [each.path for each in caught.value.faults] == ["definition/given/shop.kind"]


def test_each_answer_differs_by_itself(asked):
    first = published()
    definition = {**DEFINITION, "given": {"shop.kind": "a"}}
    second = actions.draft_event(admin(1), code="BE90", changes={"definition": definition})
    (change,) = queries.event_differences(first, second)
    assert (change.path, change.before, change.after) == ("definition/given/shop.kind", None, "a")


# --- Out of force --------------------------------------------------------------------------------------------
def withdrawn(reason="合并到另一件事"):
    row = actions.draft_withdrawal(admin(1), code="BE90", reason=reason)
    actions.review_event(admin(2), version_id=row.pk)
    return actions.publish_event(admin(2), version_id=row.pk)


def test_taking_an_event_out_of_force_takes_two_people_and_a_reason(service):
    first = published()
    with pytest.raises(InvalidInput) as caught:
        actions.draft_withdrawal(admin(1), code="BE90", reason="  ")
    assert [each.path for each in caught.value.faults] == ["reason"]
    row = actions.draft_withdrawal(admin(1), code="BE90", reason="合并到另一件事")
    assert queries.event("BE90").is_offered, "nothing changes before it is published"
    with pytest.raises(TransitionNotAllowed):
        actions.publish_event(admin(2), version_id=row.pk)
    with pytest.raises(NotPermitted):
        actions.review_event(admin(1), version_id=row.pk)
    actions.review_event(admin(2), version_id=row.pk)
    actions.publish_event(admin(2), version_id=row.pk)
    found = queries.event("BE90")
    assert not found.is_offered
    assert found.definition["members"] == first.definition["members"], "its page still names its services"
    assert "BE90" not in [each.code for each in queries.events()]
    assert "BE90" in [each.code for each in queries.all_events()]
    assert queries.service_page("ZZ01").events == []
    assert Entry.objects.get(action="catalogue.withdraw_event").reason == "合并到另一件事"
    assert OutboxMessage.objects.filter(name=CatalogueChanged.name).last().payload["events"] == ["BE90"]
    assert EventVersion.objects.get(pk=first.pk).state == "retired"


def test_it_can_be_put_into_force_again_with_a_new_version(service):
    published()
    row = withdrawn()
    with pytest.raises(TransitionNotAllowed):
        actions.draft_withdrawal(admin(1), code="BE90", reason="again")
    again = actions.draft_event(admin(2), code="BE90", changes={"order": 3})
    assert (again.withdraws, again.definition["members"]) == (False, row.definition["members"])
    actions.review_event(admin(1), version_id=again.pk)
    actions.publish_event(admin(1), version_id=again.pk)
    assert queries.event("BE90").is_offered
    assert [each.code for each in queries.events()] == ["BE90"]


def test_what_takes_an_event_out_of_force_is_not_edited_but_thrown_away(service):
    published()
    row = actions.draft_withdrawal(admin(1), code="BE90", reason="x")
    with pytest.raises(TransitionNotAllowed):
        actions.edit_event(admin(1), version_id=row.pk, changes={"order": 3})
    with pytest.raises(TransitionNotAllowed):
        draft()
    actions.discard_event(admin(1), version_id=row.pk)
    assert draft().number == 2


def test_an_event_whose_services_are_gone_can_be_taken_out_of_force(service):
    published()
    actions.retire_version(admin(1), version_id=service.pk, reason="x")
    withdrawn()
    assert not queries.event("BE90").is_offered


def test_what_is_taken_out_of_force_is_what_was_in_force_by_then(service):
    """A version that came from a file may be published meanwhile."""
    published()
    row = actions.draft_withdrawal(admin(1), code="BE90", reason="x")
    content = {**queries.event_content(row), "order": 9}
    other = EventVersion.objects.create(code="BE90", number=7, state="reviewed", loaded_hash="f", **content)
    actions.publish_event(admin(2), version_id=other.pk)
    actions.review_event(admin(2), version_id=row.pk)
    actions.publish_event(admin(2), version_id=row.pk)
    assert (queries.event("BE90").order, queries.event("BE90").is_offered) == (9, False)


def test_only_what_is_in_force_is_taken_out_of_it(service):
    with pytest.raises(NotFound):
        actions.draft_withdrawal(admin(1), code="BE90", reason="x")
    draft()
    with pytest.raises(TransitionNotAllowed):
        actions.draft_withdrawal(admin(1), code="BE90", reason="x")


@pytest.mark.parametrize(
    ("needs", "joined"),
    [
        ([["A"]], {"A": ""}),
        ([["A", "B"]], {"A": "s_1", "B": "s_1"}),
        ([["A", "B"], ["C", "D"]], {"A": "s_1", "B": "s_1", "C": "s_2", "D": "s_2"}),
        ([["A", "B"], ["A"]], {"A": ""}),  # who has A has one of A and B
        ([["A"], ["A", "B"]], {"A": ""}),
        ([["A", "B"], ["A", "C"]], {"A": "", "B": "", "C": ""}),
        ([["A", "X"], ["A", "B"]], {"A": ""}),  # X is no part of the event
        ([["A", "B"], ["B", "A"]], {"A": "s_1", "B": "s_1"}),
    ],
)
def test_a_service_is_joined_once_to_each_that_it_needs(needs, joined):
    edges = rules.edges_by_dependence("ABCDS", {"S"}, {"S": needs})
    assert {(each["from"], each["to"]): each.get("any_of", "") for each in edges} == {
        (code, "S"): group for code, group in joined.items()
    }
    assert len(edges) == len(joined)


def test_the_slowest_way_is_the_longest():
    definition = {
        "members": [{"service": code} for code in ("A", "B", "C")],
        "edges": [{"from": "A", "to": "C", "any_of": "x"}, {"from": "B", "to": "C", "any_of": "x"}],
    }
    found = rules.longest_way(definition, {"A": 1, "B": 5, "C": 2})
    assert found == {"path": ["B", "C"], "working_days": 7}
    assert rules.longest_way({}, {}) == {}


def test_what_is_decided_on_the_spot_belongs_to_the_way_but_does_not_prolong_it():
    definition = {
        "members": [{"service": code} for code in ("A", "B", "C", "D")],
        "edges": [{"from": "A", "to": "B"}, {"from": "B", "to": "C"}, {"from": "C", "to": "D"}],
    }
    found = rules.longest_way(definition, {"A": 0, "B": 0, "C": 2, "D": 0})
    assert found == {"path": ["A", "B", "C"], "working_days": 2}
