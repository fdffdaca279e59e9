"""Members of an event, and the questions that decide about them."""

import itertools
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from egov.routing.rules import bundles
from egov.routing.rules.bundles import Why

EVENTS = sorted(Path("egov/catalogue/definitions/events").glob("*.yaml"))
RESTAURANT = yaml.safe_load(Path("egov/catalogue/definitions/events/BE01.yaml").read_text())["definition"]


def state_of(definition: dict[str, Any], answers: dict[str, Any], service: str, **more: Any) -> Why:
    return next(member.why for member in bundles.members_for(definition, answers, **more) if member.service == service)


def test_a_large_restaurant_needs_the_fire_inspection_and_a_small_one_above_ground_does_not():
    assert state_of(RESTAURANT, {"area": 301}, "LC03") is Why.APPLIES
    assert state_of(RESTAURANT, {"area": 300, "below_ground": False}, "LC03") is Why.NOT_NEEDED
    assert state_of(RESTAURANT, {"area": 300}, "LC03") is Why.OPEN


def test_a_question_whose_answer_changes_nothing_any_more_is_not_asked():
    assert "below_ground" in bundles.questions_to_ask(RESTAURANT, {"area": 80})
    assert "below_ground" not in bundles.questions_to_ask(RESTAURANT, {"area": 301})
    assert "area" not in bundles.questions_to_ask(RESTAURANT, {"below_ground": True})


def test_what_is_held_already_is_not_applied_for_and_not_asked_about():
    assert state_of(RESTAURANT, {"sign": True}, "LC04", held=["LC04"]) is Why.HELD
    assert "sign" not in bundles.questions_to_ask(RESTAURANT, {}, held=["LC04"])


def test_what_does_not_apply_is_not_needed_even_when_it_is_held():
    assert state_of(RESTAURANT, {"sign": False}, "LC04", held=["LC04"]) is Why.NOT_NEEDED


def test_alternatives_are_satisfied_by_the_one_that_is_there():
    waiting = bundles.edges_among(RESTAURANT, ["BR02", "LC01"])
    assert [(edge.before, edge.after) for edge in waiting] == [("BR02", "LC01")]
    assert not bundles.edges_among(RESTAURANT, ["BR01", "LC01"], there=["BR02"])


MARRIAGE = yaml.safe_load(Path("egov/catalogue/definitions/events/LE05.yaml").read_text())["definition"]


def test_what_another_authority_does_applies_all_the_same_and_is_asked_about():
    assert "both_mainland" in bundles.questions_to_ask(MARRIAGE, {})
    assert state_of(MARRIAGE, {}, "CL10") is Why.OPEN
    assert state_of(MARRIAGE, {"both_mainland": False}, "CL10") is Why.ELSEWHERE
    assert state_of(MARRIAGE, {"both_mainland": True}, "CL10") is Why.APPLIES
    assert "both_mainland" not in bundles.questions_to_ask(MARRIAGE, {}, held=["CL10"])


ILLNESS = yaml.safe_load(Path("egov/catalogue/definitions/events/LE09.yaml").read_text())["definition"]


def test_a_question_asked_under_a_condition_waits_for_the_one_that_it_looks_at():
    first = bundles.questions_to_ask(ILLNESS, {})
    assert "work_related" in first
    assert not {"stable", "dispute"} & set(first)
    assert {"stable", "dispute"} <= set(bundles.questions_to_ask(ILLNESS, {"work_related": True}))
    assert not {"stable", "dispute"} & set(bundles.questions_to_ask(ILLNESS, {"work_related": False}))


@pytest.mark.parametrize("file", EVENTS, ids=lambda path: path.stem)
def test_every_question_asked_of_an_event_can_change_a_member(file):
    """Each question that is put has two values that lead to different members, whatever else stands."""
    definition = yaml.safe_load(file.read_text())["definition"]
    for key in bundles.questions_to_ask(definition, {}):
        question = next(each for each in definition["questions"] if each["key"] == key)
        conditions = [
            row[name]
            for row in definition["members"]
            for name in ("when", "elsewhere")
            if key in bundles.names_in(row.get(name, ""))
        ]
        outcomes = set()
        for condition in conditions:
            others = sorted(bundles.names_in(condition) - {key})
            by_key = {each["key"]: each for each in definition["questions"]}
            values = [bundles.values_told_apart(by_key[other], condition) for other in others]
            for combination in itertools.product(*values):
                rest = dict(zip(others, combination, strict=True))
                found = {
                    tuple(member.why for member in bundles.members_for(definition, {**rest, key: value}))
                    for value in bundles.values_told_apart(question, condition)
                }
                outcomes.add(len(found) > 1)
        assert True in outcomes, key


def asking(condition: str, **kinds: str) -> dict[str, Any]:
    """An event with one member under a condition over questions of these kinds."""
    return {
        "members": [{"service": "A", "when": condition}],
        "questions": [{"key": key, "type": kind} for key, kind in kinds.items()],
    }


@pytest.mark.parametrize(
    ("definition", "first", "second"),
    [
        (asking("b > a", a="number", b="number"), {"a": 5}, {"b": 9}),
        (
            asking("seats > 20 and seats > permitted", seats="number", permitted="number"),
            {"permitted": 90},
            {"seats": 91},
        ),
        (asking("home != work", home="region", work="region"), {"home": "990102"}, {"work": "990104"}),
        (asking("date(a) < date(b)", a="date", b="date"), {"a": "2026-03-01"}, {"b": "2026-03-02"}),
    ],
)
def test_answers_are_compared_with_each_other(definition, first, second):
    assert bundles.questions_to_ask(definition, {}) == tuple(each["key"] for each in definition["questions"])
    assert state_of(definition, first, "A") is Why.OPEN
    assert bundles.questions_to_ask(definition, first) == tuple(second)
    assert state_of(definition, {**first, **second}, "A") is Why.APPLIES


@pytest.mark.parametrize(
    "condition",
    [
        "n > 1 and n < 2",
        "n * 1000 > 5",
        "n % 2 == 1",
        "n in [10..300]",
        "abs(n) > 3",
    ],
)
def test_a_number_may_lie_between_the_ones_named_and_what_is_calculated_is_asked(condition):
    assert bundles.questions_to_ask(asking(condition, n="number"), {}) == ("n",)


@pytest.mark.parametrize("condition", ['date(day) > date("2026-03-01") and date(day) < date("2026-04-01")'])
def test_a_day_may_lie_between_the_ones_named(condition):
    assert bundles.questions_to_ask(asking(condition, day="date"), {}) == ("day",)


def test_what_has_too_many_combinations_to_try_is_asked():
    keys = [f"q{number}" for number in range(13)]
    definition = asking(" and ".join(f"{key} == true" for key in keys), **dict.fromkeys(keys, "boolean"))
    assert bundles.questions_to_ask(definition, {}) == tuple(keys)
    assert state_of(definition, {}, "A") is Why.OPEN
    assert state_of(definition, {"q4": False}, "A") is Why.NOT_NEEDED
    assert state_of(definition, dict.fromkeys(keys, True), "A") is Why.APPLIES


KEYS = ["a", "b", "c", "d"]


@st.composite
def events(draw: Any) -> dict[str, Any]:
    questions = []
    for key in KEYS:
        kind = draw(st.sampled_from(["boolean", "number", "choice"]))
        question = {"key": key, "type": kind}
        if kind == "choice":
            question["choices"] = [{"key": "x"}, {"key": "y"}, {"key": "z"}]
        questions.append(question)
    kinds = {question["key"]: question["type"] for question in questions}

    def atom() -> str:
        key = draw(st.sampled_from(KEYS))
        if kinds[key] == "boolean":
            return f"{key} == {draw(st.sampled_from(['true', 'false']))}"
        if kinds[key] == "number":
            others = [other for other in KEYS if other != key and kinds[other] == "number"]
            if others and draw(st.booleans()):
                return f"{key} {draw(st.sampled_from(['>', '<', '==', '+ 2 >']))} {draw(st.sampled_from(others))}"
            return f"{key} {draw(st.sampled_from(['>=', '<', '==']))} {draw(st.integers(0, 9))}"
        return f'{key} {draw(st.sampled_from(["==", "!="]))} "{draw(st.sampled_from("xyz"))}"'

    members = []
    for number in range(draw(st.integers(1, 4))):
        row: dict[str, Any] = {"service": f"S{number}", "optional": draw(st.booleans())}
        if draw(st.booleans()):
            row["when"] = draw(st.sampled_from(["{} and {}", "{} or {}", "{}"])).format(atom(), atom())
        if draw(st.booleans()):
            row["elsewhere"] = atom()
        members.append(row)
    return {"members": members, "questions": questions}


def answers_to(definition: dict[str, Any]) -> st.SearchStrategy[dict[str, Any]]:
    by_kind = {
        "boolean": st.booleans(),
        "number": st.integers(-4, 24).map(lambda halves: halves / 2),
        "choice": st.sampled_from(["x", "y", "z"]),
    }
    return st.fixed_dictionaries({each["key"]: by_kind[each["type"]] for each in definition["questions"]})


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_answering_only_what_is_asked_settles_every_member_as_answering_all_would(data):
    definition = data.draw(events())
    everything = data.draw(answers_to(definition))
    given_so_far: dict[str, Any] = {}
    while asked := bundles.questions_to_ask(definition, given_so_far):
        given_so_far[asked[0]] = everything[asked[0]]
    assert bundles.members_for(definition, given_so_far) == bundles.members_for(definition, everything)


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_a_question_that_is_not_asked_changes_no_member(data):
    definition = data.draw(events())
    everything = data.draw(answers_to(definition))
    kept = data.draw(st.sets(st.sampled_from(KEYS)))
    known = {key: everything[key] for key in kept}
    asked = bundles.questions_to_ask(definition, known)
    if asked:
        return
    for key in set(KEYS) - kept:
        changed = data.draw(answers_to(definition))
        assert bundles.members_for(definition, known) == bundles.members_for(definition, {**known, key: changed[key]})
