"""The promise of a matter, the date to expect, and who endangers it."""

import itertools
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from egov.matters.rules import Ahead, Needs, critical_path, forecast
from egov.matters.rules.promise import after, chance_by, earlier, later, quantile


def member(key, state="waiting", *, limit=5, **more):
    needs = tuple(Needs(*each) if isinstance(each, tuple) else Needs(each) for each in more.pop("needs", ()))
    return Ahead(key, state, lambda day: day + limit, needs=needs, **more)


def test_promises_add_up_along_the_edges():
    found = forecast(
        [
            member("company", "open", promised=3),
            member("seal", limit=1, needs=["company"]),
            member("licence", limit=10, needs=["company"]),
            member("tax", "open", promised=4),
        ]
    )
    assert found.planned == {"company": 3, "seal": 4, "licence": 13, "tax": 4}
    assert found.promised == 13
    assert found.critical == {"company", "licence"}
    assert found.confidence is None
    assert found.unmeasured == {"company", "seal", "licence", "tax"}
    assert found.expected == 13, "without past cases the promises are all that is known"
    assert not found.endangered


def test_of_alternatives_the_first_counts():
    found = forecast(
        [
            member("a", "open", promised=2),
            member("b", "open", promised=9),
            member("c", limit=1, needs=[("a", "either"), ("b", "either")]),
        ]
    )
    assert found.planned["c"] == 3
    assert critical_path({"a": [], "b": [], "c": [Needs("a", "x"), Needs("b", "x")]}, {"a": 2, "b": 9, "c": 12}) == {
        "a",
        "c",
    }


def test_what_came_to_nothing_delays_nothing():
    found = forecast([member("a", "failed", promised=90, ended=1), member("b", "open", promised=2)])
    assert found.promised == 2


def test_a_broken_promise_does_not_move_the_promise_of_the_whole():
    """The first is three days late: the second, begun late, is to catch up, or it is said who did not."""
    late = forecast([member("a", "open", promised=-3), member("b", needs=["a"])])
    assert late.promised == 2
    assert late.expected == 5
    assert late.endangering == {"a"}
    begun = forecast([member("a", "done", promised=-3, ended=0), member("b", "open", promised=5, begun=0, needs=["a"])])
    assert begun.promised == 2
    assert begun.endangering == {"b"}


def test_what_was_done_early_brings_the_rest_forward():
    assert forecast([member("a", "done", promised=9, ended=-1), member("b", needs=["a"])]).promised == 4


def test_past_cases_give_the_chance():
    pace = {2: 60, 4: 30, 9: 10}
    found = forecast([member("a", "open", promised=5, pace=pace)])
    assert (found.expected, found.likely, found.cases) == (2, 4, 100)
    assert found.confidence == pytest.approx(0.9)
    assert not found.endangered


def test_a_case_under_way_is_measured_by_those_that_took_as_long():
    found = forecast([member("a", "open", promised=1, spent=4, pace={2: 60, 4: 30, 9: 10})])
    assert found.confidence == pytest.approx(0.75)
    older = forecast([member("a", "open", promised=1, spent=5, pace={2: 60, 4: 30, 9: 10})])
    assert older.expected == 4
    assert older.confidence == pytest.approx(0)
    assert older.endangering == {"a"}
    beyond = forecast([member("a", "open", promised=1, spent=10, pace={2: 60, 4: 30, 9: 10})])
    assert beyond.unmeasured == {"a"}, "no past case took that long: nothing is known"


def test_who_usually_is_fast_later_takes_the_danger_away():
    slow_first = [
        member("a", "open", promised=2, spent=3, pace={8: 30}),
        member("b", limit=10, needs=["a"], pace={1: 30}),
    ]
    assert forecast(slow_first).endangering == frozenset()
    assert forecast([slow_first[0], member("b", limit=3, needs=["a"], pace={3: 30})]).endangering == {"a"}


def test_when_only_chance_adds_up_the_farthest_is_named():
    members = [member(key, "open", promised=5, pace={4: 60, 8: 40}) for key in ("a", "b", "c")]
    found = forecast(members)
    assert found.confidence == pytest.approx(0.6**3)
    assert found.endangering == {"a", "b", "c"}


def test_nothing_is_expected_of_what_is_over():
    found = forecast([member("a", "done", promised=3, ended=-1)])
    assert (found.promised, found.expected, found.confidence) == (-1, None, None)


spreads = st.dictionaries(st.integers(0, 30), st.integers(1, 50), min_size=1, max_size=8).map(
    lambda counts: {day: cases / sum(counts.values()) for day, cases in counts.items()}
)


@given(spreads, spreads)
def test_spreads_stay_spreads_and_agree_with_counting_all_pairs(one, other):
    for joined, pick in ((later, max), (earlier, min), (after, lambda a, b: a + b)):
        found = joined(one, other)
        assert math.isclose(sum(found.values()), 1, abs_tol=1e-9)
        counted = {}
        for (a, p), (b, q) in itertools.product(one.items(), other.items()):
            counted[pick(a, b)] = counted.get(pick(a, b), 0) + p * q
        for day in range(61):
            assert math.isclose(chance_by(found, day), chance_by(counted, day), abs_tol=1e-9)


@given(spreads, st.floats(0.01, 0.99))
def test_a_quantile_is_the_first_day_with_so_many_done(spread, share):
    day = quantile(spread, share)
    assert chance_by(spread, day) >= share - 1e-6
    assert chance_by(spread, day - 1) < share + 1e-6


@st.composite
def graphs(draw):
    """Up to seven members, each waiting for some before it; in any state that the graph allows."""
    members, states = [], {}
    for number in range(draw(st.integers(1, 7))):
        key = f"m{number}"
        before = draw(st.lists(st.sampled_from(sorted(states)), unique=True, max_size=3)) if states else []
        ready = all(states[each] == "done" for each in before)
        state = draw(st.sampled_from(["open", "done"] if ready else ["waiting", "dropped"]))
        states[key] = state
        own = draw(st.integers(-5, 20)) if state in ("open", "done") else None
        members.append(
            member(
                key,
                state,
                limit=draw(st.integers(0, 20)),
                needs=before,
                promised=own,
                begun=-9 if own is not None else None,
                ended=draw(st.integers(-8, 0)) if state == "done" else None,
                spent=draw(st.integers(0, 5)),
                pace=draw(st.dictionaries(st.integers(0, 15), st.integers(1, 9), max_size=4)),
            )
        )
    return members


@given(graphs())
def test_a_forecast_is_consistent(members):
    found = forecast(members)
    pending = {each.key for each in members if each.state in ("open", "waiting")}
    states = {each.key: each.state for each in members}
    assert (found.expected is None) == (not pending)
    if pending:
        assert found.expected >= 0
        assert found.likely >= found.expected
        assert found.promised == max(found.planned.values())
    assert found.confidence is None or 0 <= found.confidence <= 1
    assert (found.confidence is None) == (not pending or bool(found.unmeasured))
    assert all(states[key] == "open" for key in found.endangering)
    if found.confidence is not None and found.confidence < 0.5:
        assert found.endangering, "somebody holds it up, and is named"
    for each in members:
        for need in each.needs:
            if each.key in found.planned and states[each.key] == "waiting" and need.before in found.planned:
                assert found.planned[each.key] >= found.planned[need.before]
