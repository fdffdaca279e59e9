"""Concepts: what words of either language stand for, found in a text with the words that showed them. Pure.

A surface is a literal ("失业金", "laid off") or has gaps: ``*`` stands for up to six Chinese characters or three
English words. Chinese that only sounds like a surface ("公机金") and misspelt English count less.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from egov.routing.rules import text as texts

GAP_CHARACTERS = 6
GAP_WORDS = 3
HOMOPHONE = 0.6
# "KTV" in Chinese text is a word like any of English: among characters it would be found inside other words.
_LETTERS = re.compile(r"[A-Za-z]+")
# A stretch with one of these is not a misspelt word ("没发" is not "美发").
FUNCTION_CHARACTERS = frozenset("没不了要有在是去来给上下我你他她它的地得也都就还会能可到从把被吗呢吧这那个")
MISSPELT = 0.85


@dataclass(frozen=True, slots=True)
class Surface:
    """One way of saying ``concept``: segments that follow each other with gaps between them."""

    concept: str
    language: str
    segments: tuple[str, ...] | tuple[tuple[str, ...], ...]
    weight: float = 1.0


@dataclass(slots=True)
class Hit:
    """A concept found in a text: the words that showed it and how sure that is (0 to 1)."""

    concept: str
    said: str
    weight: float


@dataclass
class Lexicon:
    """All surfaces, by their beginning."""

    _chinese: dict[str, list[Surface]] = field(default_factory=lambda: defaultdict(list))
    _sounds: dict[tuple[str, ...], list[tuple[str, str]]] = field(default_factory=lambda: defaultdict(list))
    _english: dict[str, list[Surface]] = field(default_factory=lambda: defaultdict(list))
    _vocabulary: set[str] = field(default_factory=set)

    @classmethod
    def build(cls, rows: Iterable[tuple[str, str, str]]) -> "Lexicon":
        """``rows``: language ("zh" or "en"), what is said, key of the concept."""
        lexicon = cls()
        for language, said, concept in rows:
            if language.startswith("zh") and not _LETTERS.fullmatch(said):
                lexicon._add_chinese(texts.normalise(said).replace(" ", ""), concept)
            else:
                lexicon._add_english(texts.normalise(said), concept)
        return lexicon

    def english_vocabulary(self) -> set[str]:
        """The English words of all surfaces, as written."""
        return self._vocabulary

    def _add_chinese(self, said: str, concept: str) -> None:
        segments = tuple(part for part in said.split("*") if part)
        if not segments:
            return
        if len(segments) == 1:
            texts.learn_word(said)
        # Runs of Latin letters and digits inside Chinese text ("4050", "N+1") are matched like characters.
        self._chinese[segments[0][:2]].append(Surface(concept, "zh", segments))
        if len(segments) == 1 and 2 <= len(said) <= 6:
            self._sounds[tuple(map(texts.syllable_of, said))].append((said, concept))

    def _add_english(self, said: str, concept: str) -> None:
        self._vocabulary.update(word for word in english_words(said) if word.isalpha())
        segments = tuple(
            tuple(texts.stem(word) for word in english_words(part)) for part in said.split("*") if part.strip()
        )
        if segments and all(segments):
            self._english[segments[0][0]].append(Surface(concept, "en", segments))

    def concepts_in(
        self, text: str, stems: Sequence[tuple[str, str, float]] | None = None, *, homophones: bool = True
    ) -> dict[str, Hit]:
        """The concepts of a normalised ``text``, each with its surest hit.

        ``stems``: the English words as (stem, as written, weight below 1 when corrected); read from the text when None.
        """
        found: dict[str, Hit] = {}
        compact = text.replace(" ", "")
        hits = [*self._chinese_hits(compact), *self._english_hits(english_stems(text) if stems is None else stems)]
        for hit in hits:
            known = found.get(hit.concept)
            if known is None or (hit.weight, len(hit.said)) > (known.weight, len(known.said)):
                found[hit.concept] = hit
        if homophones:
            for hit in self._homophone_hits(compact):
                found.setdefault(hit.concept, hit)
        return found

    def _chinese_hits(self, text: str) -> Iterator[Hit]:
        for start in range(len(text)):
            for key in (text[start : start + 2], text[start]):
                for surface in self._chinese.get(key, ()):
                    end = _match_characters(text, start, surface.segments)  # type: ignore[arg-type]
                    if end:
                        yield Hit(surface.concept, text[start:end], surface.weight)

    def _english_hits(self, stems: Sequence[tuple[str, str, float]]) -> Iterator[Hit]:
        for start, (first, _written, _weight) in enumerate(stems):
            for surface in self._english.get(first, ()):
                end = _match_words(stems, start, surface.segments)  # type: ignore[arg-type]
                if end:
                    span = stems[start:end]
                    yield Hit(
                        surface.concept, " ".join(written for _, written, _ in span), min(weight for *_, weight in span)
                    )

    def _homophone_hits(self, text: str) -> Iterator[Hit]:
        """Surfaces that sound like a stretch of the text and share a character with it, but are written otherwise.

        Two characters cut out of longer words do not: "市煎" of "夜市煎饼" is no "市监".
        """
        sounds = [texts.syllable_of(character) for character in text]
        inside = texts.inside_words(text)
        for length in range(2, 7):
            for start in range(len(text) - length + 1):
                stretch = text[start : start + length]
                if length == 2 and not FUNCTION_CHARACTERS.isdisjoint(stretch):
                    continue
                if length == 2 and not inside.isdisjoint((start, start + length)):
                    continue
                for said, concept in self._sounds.get(tuple(sounds[start : start + length]), ()):
                    same = sum(1 for one, other in zip(stretch, said, strict=True) if one == other)
                    if length > same >= length / 2:
                        yield Hit(concept, stretch, HOMOPHONE)


def english_words(text: str) -> list[str]:
    """English words in order; Chinese characters between them break nothing and are left out."""
    return [part for part in texts.parts(text) if not texts.is_chinese(part)]


def english_stems(text: str) -> list[tuple[str, str, float]]:
    return [(texts.stem(word), word, 1.0) for word in english_words(text)]


def _match_characters(text: str, start: int, segments: tuple[str, ...]) -> int:
    """End of the match of ``segments`` at ``start``, or 0."""
    if not text.startswith(segments[0], start):
        return 0
    end = start + len(segments[0])
    for segment in segments[1:]:
        at = text.find(segment, end, end + GAP_CHARACTERS + len(segment))
        if at < 0:
            return 0
        end = at + len(segment)
    return end


def _match_words(stems: Sequence[tuple[str, str, float]], start: int, segments: tuple[tuple[str, ...], ...]) -> int:
    """End (exclusive) of the match of ``segments`` at ``start``, or 0."""
    at = _segment_at(stems, start, segments[0])
    for segment in segments[1:]:
        for gap in range(GAP_WORDS + 1):
            end = _segment_at(stems, at + gap, segment) if at else 0
            if end:
                at = end
                break
        else:
            return 0
    return at


def _segment_at(stems: Sequence[tuple[str, str, float]], start: int, segment: tuple[str, ...]) -> int:
    end = start + len(segment)
    if end > len(stems):
        return 0
    return end if all(stems[start + i][0] == wanted for i, wanted in enumerate(segment)) else 0
