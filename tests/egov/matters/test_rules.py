"""The graph of a matter and the drawing of its story."""

import datetime as dt
import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from egov.matters import rules
from egov.matters.rules import Move, Needs, PartKind

START = dt.datetime(2026, 3, 2, 9, tzinfo=dt.UTC)


def day(number: float) -> dt.datetime:
    return START + dt.timedelta(days=number)


def test_members_come_after_those_they_need():
    order = rules.order_of({"seal": [Needs("company")], "company": [], "bank": [Needs("seal")]})
    assert order == ["company", "seal", "bank"]


def test_a_circle_is_refused():
    with pytest.raises(rules.GraphError):
        rules.order_of({"a": [Needs("b")], "b": [Needs("a")]})


def test_all_groups_and_one_of_each_must_have_succeeded():
    needs = [Needs("br01", group="registered"), Needs("br02", group="registered"), Needs("lc01")]
    states = {"br01": "failed", "br02": "done", "lc01": "open"}
    assert not rules.may_start(needs, states)
    assert rules.may_start(needs, {**states, "lc01": "done"})
    assert not rules.cannot_start(needs, states)
    assert rules.cannot_start(needs, {**states, "br02": "dropped"})


def test_outputs_become_answers_under_our_names():
    needs = [Needs("br02", passes={"organisation.uscc": "uscc", "organisation.name": "operator"})]
    assert rules.passed_answers(needs, {"br02": {"organisation.uscc": "92"}}) == {"uscc": "92"}


@pytest.mark.parametrize(
    ("states", "state"),
    [
        (["done", "open"], "open"),
        (["waiting"], "open"),
        (["done", "failed", "dropped"], "done"),
        (["dropped", "dropped"], "withdrawn"),
        (["failed"], "done"),
    ],
)
def test_the_whole_follows_from_its_members(states, state):
    assert rules.matter_state(states) == state


def test_time_in_work_paused_and_to_come():
    parts = rules.parts_of(
        [Move(day(0), "received"), Move(day(1), "correction"), Move(day(3), "received"), Move(day(4), "accepted")],
        ended_at=None,
        due_at=day(9),
        now=day(5),
    )
    assert [(part.kind, part.start, part.end) for part in parts] == [
        (PartKind.RUN, day(0), day(1)),
        (PartKind.PAUSE, day(1), day(3)),
        (PartKind.RUN, day(3), day(5)),
        (PartKind.PLAN, day(5), day(9)),
    ]


def test_what_went_beyond_the_promise_is_missed_even_when_it_ended():
    parts = rules.parts_of([Move(day(0), "received")], ended_at=day(6), due_at=day(4), now=day(20))
    assert [(part.kind, part.start, part.end) for part in parts] == [
        (PartKind.DONE, day(0), day(4)),
        (PartKind.MISS, day(4), day(6)),
    ]


def test_a_pause_beyond_the_due_date_is_no_miss():
    parts = rules.parts_of(
        [Move(day(0), "accepted"), Move(day(2), "suspended")], ended_at=None, due_at=day(4), now=day(8)
    )
    assert [part.kind for part in parts] == [PartKind.RUN, PartKind.PAUSE]


@given(
    gaps=st.lists(
        st.tuples(st.floats(0, 5), st.sampled_from(["received", "correction", "accepted", "suspended"])), min_size=1
    ),
    due=st.floats(0, 40),
    ended=st.one_of(st.none(), st.floats(0, 40)),
)
def test_parts_follow_each_other_without_overlap(gaps, due, ended):
    moves, at = [], 0.0
    for gap, state in gaps:
        at += gap
        moves.append(Move(day(at), state))
    ended_at = day(at + ended) if ended is not None else None
    now = day(at + 50)
    parts = rules.parts_of(moves, ended_at=ended_at, due_at=day(due), now=now)
    for before, after in itertools.pairwise(parts):
        assert before.end <= after.start
        assert not (before.kind is after.kind and before.end == after.start)
    assert all(part.start < part.end for part in parts)
    assert all(part.kind is not PartKind.PLAN for part in parts) or ended_at is None


def test_the_path_that_decides_the_end():
    needs = {"company": [], "seal": [Needs("company")], "licence": [Needs("company")], "tax": []}
    ends = {"company": day(2), "seal": day(3), "licence": day(9), "tax": day(4)}
    assert rules.critical_path(needs, ends) == {"licence", "company"}


def test_a_single_member_has_no_critical_path():
    assert rules.critical_path({"only": []}, {"only": day(2)}) == frozenset()
