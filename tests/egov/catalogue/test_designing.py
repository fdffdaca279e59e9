"""A form and a plan changed piece by piece stay whole."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from egov.catalogue import actions, rules
from egov.kernel.actor import Actor, CapacityKind
from egov.kernel.errors import InvalidInput
from tests.plugins.catalogue import FORM, PLAN

TITLE = {"zh-Hans": "问", "en": "Ask"}
FIELD = {"type": "string", "x-title": TITLE}
moves = st.tuples(
    st.sampled_from(["add", "remove", "up", "down", "pages"]), st.sampled_from("abcd"), st.sampled_from(["p", "q"])
)


@given(st.lists(moves, max_size=25))
def test_whatever_is_done_every_question_stands_on_one_page(steps):
    form = None
    for act, key, page in steps:
        if act == "add":
            form = rules.with_field(form, key=key, field=FIELD, page=page, required=page == "p")
        elif act == "pages":
            form = rules.with_pages(form, [{"key": page, "title": TITLE}, {"key": "last", "title": TITLE}])
        elif form and act == "remove":
            form = rules.without_field(form, key=key)
        elif form:
            form = rules.with_field_moved(form, key=key, up=act == "up")
        if form and form["properties"]:
            assert list(rules.check_form(form, [])) == []


def test_a_question_goes_over_the_edge_of_its_page():
    form = rules.with_pages(None, [{"key": "one", "title": TITLE}, {"key": "two", "title": TITLE}])
    for key, page in (("a", "one"), ("b", "one"), ("c", "two")):
        form = rules.with_field(form, key=key, field=FIELD, page=page)

    def shown(form):
        return [page["fields"] for page in form["x-pages"]]

    assert shown(rules.with_field_moved(form, key="b", up=True)) == [["b", "a"], ["c"]]
    assert shown(rules.with_field_moved(form, key="b", up=False)) == [["a"], ["b", "c"]]
    assert shown(rules.with_field_moved(form, key="c", up=True)) == [["a", "b", "c"], []]
    assert shown(rules.with_field_moved(form, key="a", up=True)) == [["a", "b"], ["c"]]


def test_without_a_step_those_after_it_follow_the_one_before():
    steps = [
        {"key": "check", "kind": "review", "after": []},
        {"key": "visit", "kind": "inspection", "after": ["check"]},
        {
            "key": "sign",
            "kind": "sign",
            "after": ["visit"],
            "four_eyes": ["visit"],
            "outcomes": [{"key": "yes"}, {"key": "no", "back_to": "visit"}],
        },
    ]
    plan = rules.without_step({"key": "p", "steps": steps}, key="visit")
    assert [each["key"] for each in plan["steps"]] == ["check", "sign"]
    sign = plan["steps"][1]
    assert (sign["after"], sign["four_eyes"], sign["outcomes"][1]["back_to"]) == (["check"], [], "check")


@pytest.mark.django_db
def test_a_new_fault_is_refused_and_a_service_becomes_online_when_it_is_whole(service):
    admin = Actor(kind=CapacityKind.POST, capacity="p-1", party_id=1, roles=frozenset({"platform_admin"}))
    row = actions.draft_version(admin, code="ZZ01", changes={}, change_reason="x")
    broken = rules.with_field(FORM, key="bad", field={"type": "string"})
    with pytest.raises(InvalidInput) as caught:
        actions.design_version(admin, version_id=row.pk, changes={"form": broken})
    assert [each.path for each in caught.value.faults] == ["form/properties/bad/x-title"]
    row = actions.design_version(admin, version_id=row.pk, changes={"form": FORM})
    assert (row.online_depth, row.form) == (1, FORM)
    row = actions.design_version(admin, version_id=row.pk, changes={"plan": PLAN})
    assert row.online_depth == 4


@pytest.mark.django_db
def test_a_question_that_another_part_depends_on_is_not_taken_away(service):
    """Nor is an answer: what depends on it would never be asked, nor paid, nor checked."""
    admin = Actor(kind=CapacityKind.POST, capacity="p-1", party_id=1, roles=frozenset({"platform_admin"}))
    row = actions.draft_version(admin, code="ZZ01", changes={"form": FORM, "plan": PLAN}, change_reason="x")
    with pytest.raises(InvalidInput) as caught:
        actions.design_version(admin, version_id=row.pk, changes={"form": rules.without_field(FORM, key="kind")})
    faults = {each.path: str(each.message) for each in caught.value.faults}
    assert faults.keys() == {"form/properties/reason/x-visible-when", "plan/sign/when"}
    assert "理由" in faults["form/properties/reason/x-visible-when"]
    assert "签" in faults["plan/sign/when"]
    only_b = {**FORM["properties"]["kind"], "enum": ["b"]}
    with pytest.raises(InvalidInput) as caught:
        actions.design_version(
            admin, version_id=row.pk, changes={"form": rules.with_field(FORM, key="kind", field=only_b)}
        )
    assert [each.path for each in caught.value.faults] == ["plan/sign/when"]
