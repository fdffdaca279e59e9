"""How words are found in a text: what sounds alike, what is misspelt, what stands in other words."""

import pytest

from egov.routing.rules import text as texts
from egov.routing.rules.index import Spelling, features_of
from egov.routing.rules.lexicon import Lexicon

LEXICON = Lexicon.build(
    [
        ("zh-Hans", "市监", "regulator"),
        ("zh-Hans", "公积金", "fund"),
        ("zh-Hans", "KTV", "karaoke"),
        ("en", "company", "company"),
        ("en", "game", "everyday_games"),
    ]
)


def found(text):
    return set(LEXICON.concepts_in(texts.normalise(text)))


def test_what_only_sounds_alike_is_found():
    assert found("公机金怎么取") == {"fund"}


def test_characters_of_two_words_are_no_misspelt_word():
    assert texts.inside_words("夜市煎饼") == {1, 3}
    assert found("夜市煎饼") == set()


@pytest.mark.parametrize(
    ("text", "concepts"), [("开个KTV", {"karaoke"}), ("Bektver", set()), ("a ktv bar", {"karaoke"})]
)
def test_letters_among_chinese_are_a_word_of_their_own(text, concepts):
    assert found(text) == concepts


def test_a_short_word_that_nobody_knows_is_left_as_it_is():
    spelling = Spelling(["passport", "soul", "licence"])
    assert spelling.correct("pasport") == "passport"
    assert spelling.correct("lisence") == "licence"
    assert spelling.correct("sour") == "sour"


def test_everyday_words_count_less_than_what_is_needed():
    weights = features_of("a game company", LEXICON).weights
    assert weights["c:everyday_games"] < weights["c:company"] / 2
