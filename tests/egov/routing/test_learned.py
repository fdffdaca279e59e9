"""The model learned from examples: small, deterministic, and no harm when it is absent or broken."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from egov.routing import memory
from egov.routing.rules.learned import Learned, train
from egov.routing.rules.scope import train as train_scope

SENTENCES = [
    *(("A", ["w:wage", "b:ab", f"w:{word}"]) for word in ("boss", "unpaid", "owed", "month")),
    *(("B", ["w:pass", "b:cd", f"w:{word}"]) for word in ("trip", "abroad", "month", "lost")),
    *(("topic:x", ["w:help", f"w:{word}"]) for word in ("me", "please", "lost", "month")),
]


@pytest.fixture(scope="module")
def model():
    return train(SENTENCES)


def test_it_tells_apart_what_it_was_shown(model):
    assert max(model.probabilities(["w:wage", "w:month"]).items(), key=lambda each: each[1])[0] == "A"
    assert max(model.probabilities(["w:pass", "w:month"]).items(), key=lambda each: each[1])[0] == "B"


def test_the_same_sentences_give_the_same_bytes(model):
    assert train(SENTENCES).to_bytes() == model.to_bytes()


def test_it_comes_back_from_bytes_as_it_was(model):
    said = ["w:wage", "w:help"]
    assert Learned.from_bytes(model.to_bytes()).probabilities(said) == model.probabilities(said)


def test_it_comes_back_with_what_tells_a_need_from_chat(model):
    scope = train_scope(["where do i register"], ["which song is better"])
    assert Learned.from_bytes(replace(model, scope=scope).to_bytes()).scope == scope
    assert Learned.from_bytes(model.to_bytes()).scope is None


def test_what_it_never_saw_tells_it_nothing(model):
    assert model.probabilities(["w:zebra"]) == {}
    assert model.probabilities([]) == {}


@given(st.sets(st.sampled_from(["w:wage", "w:pass", "w:help", "w:lost", "w:month", "b:ab", "w:never"]), min_size=1))
def test_probabilities_are_probabilities(model, said):
    found = model.probabilities(said).values()
    assert all(0 <= each <= 1 for each in found)
    assert not found or sum(found) == pytest.approx(1)


@pytest.mark.parametrize("data", [b"", b"no model", b"x\x9cK\xcb\xcf\x07\x00\x02\x82\x01E"])
def test_bytes_that_are_no_model_are_refused(data):
    with pytest.raises(ValueError):
        Learned.from_bytes(data)


def test_a_missing_file_switches_it_off(settings, tmp_path):
    settings.EGOV_ROUTING_MODEL = str(tmp_path / "none.bin")
    assert memory.read_learned() is None


def test_the_setting_switches_it_off(settings):
    settings.EGOV_ROUTING_LEARNED = False
    assert memory.read_learned() is None


def test_the_shipped_model_can_be_read_and_is_small():
    assert memory.SHIPPED_MODEL.stat().st_size < 1_000_000
    shipped = memory.read_learned()
    assert shipped is not None
    assert {"SI09", "LE01", "none"} < set(shipped.codes)
    assert shipped.scope is not None
