"""Text of a need made comparable: normalised, cut into clauses, words and pairs of characters. Pure."""

import functools
import itertools
import re
import unicodedata
from collections.abc import Iterator
from pathlib import Path

import rjieba
import snowballstemmer

DEFINITIONS = Path(__file__).resolve().parent.parent / "definitions"

# Longer texts are cut here: what a person needs stands in the first lines, and work per request stays bounded.
MAX_LENGTH = 2000

_SPACES = re.compile(r"\s+")
_INVISIBLE = re.compile(r"[\u200b-\u200f\u2028-\u202e\u2060\ufeff\x00-\x08\x0b-\x1f]")
_PARTS = re.compile(r"[\u3400-\u9fff]+|[a-z][a-z'’&-]*|\d+%?")
_CHINESE = re.compile(r"[\u3400-\u9fff]+")
_SENTENCE_END = re.compile(r"[。！？!?；;\n]+|\.(?=\s|$)")
_COMMA = re.compile(r"[，,、:：]+|\s+-\s+")
_CONJUNCTION = re.compile(
    r"另外|还有|顺便|此外|再就是|同时还|以及|并且|而且|第二件?|另一个|"
    r"\band also\b|\band i'd also\b|\balso\b|\bin addition\b|\bbesides\b|\bas well as\b|\bplus\b|\bsecondly\b|\banother thing\b"
)
# Joins wishes as often as it only goes on with one ("I lost my job and have no money").
_WEAK_CONJUNCTION = re.compile(
    r"\band(?= (?:i|my|we|our|her|his|need|want)\b)|[，,](?=[^，,]{0,4}(?:还|又|也))|(?:还|又)(?=要|想|得|有|怀|没|需)"
)


def _read(name: str) -> list[str]:
    """The lines of a definition file without its comments."""
    lines = (DEFINITIONS / name).read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line and not line.startswith("#")]


STOP_WORDS = frozenset(word for line in _read("stopwords.txt") for word in line.split())

_stemmer = snowballstemmer.stemmer("english")


@functools.cache
def _traditional() -> dict[int, str]:
    """Traditional to simplified characters, one to one."""
    return {ord(pair[0]): pair[1] for line in _read("traditional.txt") for pair in line.split()}


@functools.cache
def _syllables() -> dict[str, str]:
    """Common characters and their syllable without tone, with the pairs that input methods and dialects mix up."""
    found: dict[str, str] = {}
    for line in _read("syllables.txt"):
        syllable, characters = line.split(" ", 1)
        found.update(dict.fromkeys(characters, _merge_sounds(syllable)))
    return found


def _merge_sounds(syllable: str) -> str:
    for pair, one in (("zh", "z"), ("ch", "c"), ("sh", "s"), ("ang", "an"), ("eng", "en"), ("ing", "in")):
        syllable = syllable.replace(pair, one)
    return syllable


def syllable_of(character: str) -> str:
    """How ``character`` sounds, without tone; itself when it is rare."""
    return _syllables().get(character, character)


def normalise(text: str) -> str:
    """Half width, lower case, simplified characters, single blanks, nothing invisible, bounded length."""
    text = unicodedata.normalize("NFKC", text[: MAX_LENGTH * 2])[:MAX_LENGTH]
    text = _INVISIBLE.sub("", text.replace("\n", "。")).lower().replace("’", "'")
    return _SPACES.sub(" ", text.translate(_traditional())).strip()


def sentences(text: str) -> list[str]:
    """``text`` cut at ends of sentences and where another wish is joined on ("另外", "and also")."""
    cut = []
    for sentence in _SENTENCE_END.split(text):
        cut += [part.strip(" ,，、") for part in _CONJUNCTION.split(sentence)]
    return [part for part in cut if part]


def joined(text: str) -> list[str]:
    """``text`` cut where another wish may be joined on with a small word too ("and my …", "还要…")."""
    cut = [part.strip(" ,，、") for sentence in sentences(text) for part in _WEAK_CONJUNCTION.split(sentence)]
    return [part for part in cut if part]


def clauses(text: str) -> list[str]:
    """The smallest parts that may each hold a wish."""
    return [part.strip() for sentence in sentences(text) for part in _COMMA.split(sentence) if part.strip()]


def parts(text: str) -> list[str]:
    """Runs of Chinese characters, English words, numbers, in order."""
    return _PARTS.findall(text)


def is_chinese(part: str) -> bool:
    return "\u3400" <= part[0] <= "\u9fff"


# Words whose stem is another word's and means something else: who was fired has nothing to do with fire safety.
_OWN_STEM = frozenset({"fired", "firing"})


@functools.lru_cache(maxsize=20_000)
def stem(word: str) -> str:
    word = word.strip("'-&").removesuffix("'s")
    return word if word in _OWN_STEM else _stemmer.stemWord(word)


def chinese_words(run: str) -> list[str]:
    return rjieba.cut(run)  # the library's own instance: each has a dictionary of 24 MB


def inside_words(text: str) -> set[int]:
    """The places in ``text`` that stand between two characters of one Chinese word."""
    found: set[int] = set()
    for run in _CHINESE.finditer(text):
        start = run.start()
        for word in chinese_words(run[0]):
            found.update(range(start + 1, start + len(word)))
            start += len(word)
    return found


def learn_word(word: str) -> None:
    """Teach the segmenter a word of the domain, so that it keeps it whole; what is longer is a phrase, not a word."""
    if 2 <= len(word) <= 3:
        rjieba.add_word(word, None, None)


def word_features(text: str) -> Iterator[tuple[str, str]]:
    """Kind and value of the plain features: ``w`` words (stems in English), ``b`` pairs of Chinese characters."""
    for part in parts(text):
        if is_chinese(part):
            for word in chinese_words(part):
                if len(word) > 1 and word not in STOP_WORDS:
                    yield "w", word
            for left, right in itertools.pairwise(part):
                if left + right not in STOP_WORDS:
                    yield "b", left + right
        elif part[0].isdigit():
            if "%" in part:
                yield "w", part
        elif part not in STOP_WORDS:
            yield "w", stem(part)


def share_of_chinese(text: str) -> float:
    """The share of Chinese among Chinese characters and English words, 0 to 1."""
    chinese = english = 0
    for part in parts(text):
        if is_chinese(part):
            chinese += len(part)
        elif not part[0].isdigit():
            english += 1
    return chinese / (chinese + english) if chinese + english else 1.0
