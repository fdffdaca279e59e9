"""The token engine: every plan ends or waits for a person; no step runs twice a round; four eyes are two persons."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from egov.kernel.errors import InvalidInput
from egov.work import rules
from egov.work.rules import Entered, Moves, Token


def plan_of(*steps: dict[str, Any]) -> rules.PlanDefinition:
    return rules.parse_plan({"key": "p", "steps": [{"kind": "review", "title": {"en": "x"}, **step} for step in steps]})


def never(_expression: str, _steps: object) -> bool:
    return False


def always(_expression: str, _steps: object) -> bool:
    return True


class Run:
    """A plan with its tokens kept as rows are: what the engine says is applied, nothing else."""

    def __init__(self, plan: rules.PlanDefinition, holds: rules.Holds = always) -> None:
        self.plan = plan
        self.holds = holds
        self.tokens: list[Token] = []
        self.excluded: dict[str, tuple[int, ...]] = {}
        self.finished = False
        self.apply(rules.start(plan, holds))

    def apply(self, moves: Moves) -> None:
        self.tokens = [
            Token(token.key, token.round, "returned", token.outcome, token.persons)
            if token.key in moves.returned and token.state in rules.FINISHED
            else Token(token.key, token.round, "cancelled", token.outcome, token.persons)
            if token.key in moves.cancelled and token.state == "active"
            else token
            for token in self.tokens
        ]
        for entered in moves.entered:
            self.enter(entered)
        self.finished = moves.finished

    def enter(self, entered: Entered) -> None:
        self.tokens.append(Token(entered.step.key, entered.round, "skipped" if entered.skipped else "active"))
        self.excluded[entered.step.key] = entered.excluded_persons

    @property
    def active(self) -> list[str]:
        return [token.key for token in self.tokens if token.state == "active"]

    def do(self, key: str, outcome: str = "", person: int = 1) -> None:
        index = next(i for i, token in enumerate(self.tokens) if token.key == key and token.state == "active")
        token = self.tokens[index]
        self.tokens[index] = Token(key, token.round, "done", outcome or rules.DONE, (person,))
        self.apply(rules.complete(self.plan, self.tokens, key, outcome, self.holds))


RETURN = [{"key": "agree"}, {"key": "return", "back_to": "review"}]


def test_steps_follow_each_other() -> None:
    run = Run(plan_of({"key": "review"}, {"key": "decide", "after": ["review"]}))
    assert run.active == ["review"]
    run.do("review")
    assert run.active == ["decide"]
    assert not run.finished
    run.do("decide")
    assert run.finished


def test_parallel_steps_are_joined() -> None:
    run = Run(plan_of({"key": "a"}, {"key": "b"}, {"key": "join", "after": ["a", "b"]}))
    assert run.active == ["a", "b"]
    run.do("b")
    assert run.active == ["a"]
    run.do("a")
    assert run.active == ["join"]


def test_a_step_whose_condition_fails_is_skipped_and_joined() -> None:
    run = Run(
        plan_of({"key": "a", "when": "x"}, {"key": "b"}, {"key": "join", "after": ["a", "b"]}),
        lambda expression, _steps: expression != "x",
    )
    assert run.active == ["b"]
    run.do("b")
    assert run.active == ["join"]


def test_a_plan_whose_steps_are_all_skipped_ends_at_once() -> None:
    run = Run(plan_of({"key": "a", "when": "x"}, {"key": "b", "when": "x", "after": ["a"]}), never)
    assert run.finished
    assert run.active == []


def test_conditions_see_the_outcomes_of_steps_that_count() -> None:
    seen = []

    def holds(_expression: str, steps: Any) -> bool:
        seen.append({key: step["outcome"] for key, step in steps.items()})
        return True

    run = Run(
        plan_of(
            {"key": "inspect", "outcomes": [{"key": "pass"}, {"key": "fail"}]},
            {"key": "b", "after": ["inspect"], "when": "x"},
        ),
        holds,
    )
    run.do("inspect", "fail")
    assert seen == [{"inspect": "fail"}]


def test_a_return_runs_the_step_and_all_that_follow_again() -> None:
    run = Run(
        plan_of(
            {"key": "review"},
            {"key": "opinion", "after": ["review"]},
            {"key": "other"},
            {"key": "sign", "after": ["opinion", "other"], "outcomes": RETURN},
        )
    )
    for key in ("review", "opinion", "other"):
        run.do(key)
    run.do("sign", "return")
    assert run.active == ["review"]
    assert [token.key for token in run.tokens if token.state == "returned"] == ["review", "opinion", "sign"]
    run.do("review")
    run.do("opinion")
    assert run.active == ["sign"]
    run.do("sign", "agree")
    assert run.finished
    assert [(token.round, token.state) for token in run.tokens if token.key == "sign"] == [(1, "returned"), (2, "done")]


def test_a_return_cancels_what_runs_beside_it() -> None:
    run = Run(
        plan_of(
            {"key": "review"}, {"key": "a", "after": ["review"]}, {"key": "b", "after": ["review"], "outcomes": RETURN}
        )
    )
    run.do("review")
    run.do("b", "return")
    assert run.active == ["review"]
    assert ("a", "cancelled") in [(token.key, token.state) for token in run.tokens]


def test_who_did_the_earlier_step_is_excluded_from_the_one_that_checks_it() -> None:
    run = Run(plan_of({"key": "review"}, {"key": "sign", "after": ["review"], "four_eyes": ["review"]}))
    run.do("review", person=7)
    assert run.excluded["sign"] == (7,)


def test_in_a_new_round_only_the_last_persons_are_excluded() -> None:
    run = Run(
        plan_of({"key": "review"}, {"key": "sign", "after": ["review"], "four_eyes": ["review"], "outcomes": RETURN})
    )
    run.do("review", person=7)
    run.do("sign", "return", person=8)
    run.do("review", person=9)
    assert run.excluded["sign"] == (9,)


def test_an_unknown_outcome_is_refused() -> None:
    run = Run(plan_of({"key": "review", "outcomes": [{"key": "agree"}]}))
    with pytest.raises(rules.UnknownOutcome):
        run.do("review", "perhaps")


@pytest.mark.parametrize(
    ("steps", "code"),
    [
        ([], "missing"),
        ([{"key": "a"}, {"key": "a"}], "twice"),
        ([{"key": "a", "kind": "dance"}], "unknown"),
        ([{"key": "a", "after": ["b"]}], "unknown_step"),
        ([{"key": "a", "after": ["b"]}, {"key": "b", "after": ["a"]}], "circle"),
        ([{"key": "a", "after": ["a"]}], "circle"),
        ([{"key": "a", "four_eyes": ["b"]}, {"key": "b"}], "not_earlier"),
        ([{"key": "a", "outcomes": [{"key": "x"}, {"key": "y", "back_to": "b"}]}, {"key": "b"}], "not_earlier"),
        ([{"key": "a", "outcomes": [{"key": "y", "back_to": "a"}]}], "no_way_forward"),
        ([{"key": "a", "outcomes": [{"key": "y"}, {"key": "y"}]}], "twice"),
        ([{"key": "a", "limit": {"n": -1, "unit": "wd"}}], "invalid"),
        ([{"key": "a", "limit": {"n": 1, "unit": "weeks"}}], "invalid"),
        ([{"kind": "review"}], "missing"),
    ],
)
def test_a_plan_with_faults_is_refused(steps: list[dict[str, Any]], code: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        plan_of(*steps)
    assert code in {fault.code for fault in caught.value.faults}


# --- Properties ---------------------------------------------------------------------------------------


@st.composite
def plans(draw: st.DrawFn) -> rules.PlanDefinition:
    """Any plan: up to seven steps, any joins, conditions, returns and four eyes that go backwards."""
    size = draw(st.integers(1, 7))
    keys = [f"s{number}" for number in range(size)]
    steps: list[dict[str, Any]] = []
    for number, key in enumerate(keys):
        after = draw(st.lists(st.sampled_from(keys[:number]), unique=True)) if number else []
        earlier = _closure(after, steps)
        step: dict[str, Any] = {"key": key, "after": after, "when": draw(st.sampled_from(["", "", f"if {key}"]))}
        if earlier:
            step["four_eyes"] = draw(st.lists(st.sampled_from(sorted(earlier)), unique=True, max_size=2))
        backs = draw(st.lists(st.sampled_from([*sorted(earlier), key]), max_size=2, unique=True))
        if backs:
            step["outcomes"] = [{"key": "on"}, *({"key": f"to {back}", "back_to": back} for back in backs)]
        steps.append(step)
    return plan_of(*draw(st.permutations(steps)))


def _closure(after: list[str], steps: list[dict[str, Any]]) -> set[str]:
    by_key = {step["key"]: step for step in steps}
    found = set(after)
    for key in after:
        found |= _closure(by_key[key]["after"], steps)
    return found


@given(plans(), st.data())
def test_every_plan_ends_or_waits_for_a_person(plan: rules.PlanDefinition, data: st.DataObject) -> None:
    run = Run(plan, lambda _expression, _steps: data.draw(st.booleans()))
    for _turn in range(25):
        assert run.finished != bool(run.active)
        if run.finished:
            break
        key = data.draw(st.sampled_from(sorted(run.active)))
        named = [outcome.key for outcome in plan.step(key).outcomes] or [""]
        run.do(key, data.draw(st.sampled_from(named)), person=data.draw(st.integers(1, 3)))
        check_tokens(run)
    # Whoever never sends work back comes to the end.
    for _turn in range(len(plan.steps)):
        if run.active:
            key = run.active[0]
            run.do(key, plan.step(key).first_forward())
            check_tokens(run)
    assert run.finished


def check_tokens(run: Run) -> None:
    turns = [(token.key, token.round) for token in run.tokens]
    assert len(set(turns)) == len(turns), "a step ran twice in one round"
    live = [token for token in run.tokens if token.state in rules.LIVE]
    assert len({token.key for token in live}) == len(live), "two tokens of one step count"
    done = {token.key for token in live if token.state in rules.FINISHED}
    for token in live:
        assert set(run.plan.step(token.key).after) <= done, "a step began before those it comes after were finished"


@given(plans(), st.data())
def test_a_checked_person_is_always_excluded(plan: rules.PlanDefinition, data: st.DataObject) -> None:
    run = Run(plan)
    for _turn in range(15):
        for key in run.active:
            checked = [
                token.persons for token in run.tokens if token.state == "done" and token.key in plan.step(key).four_eyes
            ]
            assert {person for persons in checked for person in persons} == set(run.excluded[key])
        if run.finished:
            return
        key = data.draw(st.sampled_from(sorted(run.active)))
        named = [outcome.key for outcome in plan.step(key).outcomes] or [""]
        run.do(key, data.draw(st.sampled_from(named)), person=data.draw(st.integers(1, 3)))
