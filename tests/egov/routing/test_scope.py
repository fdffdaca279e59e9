"""What tells a need from chat: learned, small, deterministic, and switched off with the model."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from egov.routing.rules import decide
from egov.routing.rules.index import Features, Scored, Target
from egov.routing.rules.scope import PLACES, Scope, train

NEEDS = [f"where do i register {thing}" for thing in ("a shop", "my car", "a birth", "a company", "a trademark")]
NEEDS += [f"{thing}去哪里办" for thing in ("执照", "护照", "户口", "低保", "社保")]
CHAT = [f"which {thing} is better" for thing in ("phone", "song", "film", "noodle", "game")]
CHAT += [f"{thing}哪个好吃" for thing in ("火锅", "面条", "奶茶", "烧烤", "蛋糕")]


@pytest.fixture(scope="module")
def scope():
    return train(NEEDS, CHAT)


@pytest.mark.parametrize("text", ["where do i register a boat", "残疾证去哪里办"])
def test_how_a_need_is_put_tells_it_apart(scope, text):
    assert scope.foreign(text) < 0


@pytest.mark.parametrize("text", ["which sofa is better", "饺子哪个好吃"])
def test_how_chat_is_put_tells_it_apart(scope, text):
    assert scope.foreign(text) > 0


def test_the_same_texts_give_the_same_model(scope):
    assert train(NEEDS, CHAT) == scope


def test_it_comes_back_as_it_was(scope):
    assert Scope.from_content(scope.as_content()) == scope


def test_a_place_too_few_is_refused(scope):
    with pytest.raises(ValueError):
        Scope.from_content({**scope.as_content(), "weights": [0] * (PLACES - 1)})


def test_without_texts_nothing_is_told(scope):
    assert train([], []).foreign("a passport") == 0
    assert scope.foreign("") == scope.bias


@given(st.text(max_size=300))
def test_any_text_gets_an_answer(text):
    assert -1000 < MODEL.foreign(text) < 1000


MODEL = train(NEEDS, CHAT)


def nearness(score):
    return Scored(Target("CL05", "service"), score, 1.0)


@pytest.mark.parametrize(
    ("foreign", "near", "none", "turned_away"),
    [
        (None, 0.2, 0.1, False),
        (None, 0.1, 0.1, True),
        (-3.0, 0.1, 0.2, False),  # said like a need, though chat is nearer
        (3.0, 0.1, 0.05, True),  # said like chat, though a service is nearer
        (3.0, 0.6, 0.05, False),  # but not when the service is near indeed
    ],
)
def test_how_it_is_said_counts_with_what_is_near(foreign, near, none, turned_away):
    said = Features({}, {}, foreign=foreign)
    found = decide._not_for_us(said, nearness(near), Scored(Target("none", "none"), none, 1.0), asked=False)
    assert found is turned_away
