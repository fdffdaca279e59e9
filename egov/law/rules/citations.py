"""How articles are written down and read aloud.

An article is written ``32``, ``32.1`` (paragraph), ``32.1.4`` (item), ``11.0.3`` (item of an article that has one
paragraph only, which nobody numbers), ``45-46`` (from–to), several with commas.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from egov.kernel.text import LocalisedText

ARTICLE = re.compile(r"^\d+(?:\.\d+){0,2}(?:-\d+(?:\.\d+){0,2})?(?:,\s*\d+(?:\.\d+){0,2}(?:-\d+(?:\.\d+){0,2})?)*$")
# The title, and the document's number or year in full-width brackets after it.
_NUMBERED = re.compile(r"^(.+?)(（[^（）]*[号试][^（）]*）)?$")
_DIGITS = "零一二三四五六七八九"


@dataclass(frozen=True)
class Article:
    """An article of an instrument; ``article`` may be empty (the instrument as a whole)."""

    instrument: str
    article: str = ""

    def __str__(self) -> str:
        return f"{self.instrument} {self.article}".strip()


def read_articles(rows: Iterable[Mapping[str, str]]) -> tuple[Article, ...]:
    """Raises ``ValueError`` for an article that is not written as it should be."""
    found = []
    for row in rows:
        article = str(row.get("article", ""))
        if not row.get("instrument"):
            raise ValueError(f"an article without its instrument: {dict(row)}")
        if article and not ARTICLE.match(article):
            raise ValueError(f"not an article: {article!r}")
        found.append(Article(str(row["instrument"]), article))
    return tuple(found)


def article_text(title: Mapping[str, str], article: str) -> LocalisedText:
    """The citation as a person reads it, in the languages of the title (《…》第三十二条第一款第四项 / …, art. 32(1)(4))."""
    return {
        language: (_chinese(text, article) if language.startswith("zh") else _english(text, article))
        for language, text in title.items()
    }


def _chinese(title: str, article: str) -> str:
    name = _NUMBERED.sub(r"《\1》\2", title)
    spans = [span.strip() for span in article.split(",") if span.strip()]
    return name + "、".join("至".join(_chinese_place(place) for place in span.split("-")) for span in spans)


def _chinese_place(place: str) -> str:
    units = ("条", "款", "项")
    numbered = zip(place.split("."), units, strict=False)
    return "".join(f"第{chinese_number(int(number))}{unit}" for number, unit in numbered if int(number))


def _english(title: str, article: str) -> str:
    if not article:
        return title
    spans = [span.strip() for span in article.split(",")]
    word = "art." if len(spans) == 1 and "-" not in article else "arts."
    return f"{title}, {word} " + ", ".join("–".join(_english_place(place) for place in s.split("-")) for s in spans)


def _english_place(place: str) -> str:
    first, *rest = place.split(".")
    return first + "".join(f"({number})" for number in rest if int(number))


def chinese_number(number: int) -> str:
    """A number from 1 to 1999 as laws write it (一百零八, 十二)."""
    if number >= 1000:
        rest = number % 1000
        head = _DIGITS[number // 1000] + "千"
        return head if not rest else head + ("零" if rest < 100 else "") + chinese_number_in(rest)
    if number < 20:
        return ("十" + (_DIGITS[number - 10] if number > 10 else "")) if number >= 10 else _DIGITS[number]
    return chinese_number_in(number)


def chinese_number_in(number: int) -> str:
    """The same inside a larger number (一十 instead of 十)."""
    hundreds, rest = divmod(number, 100)
    tens, ones = divmod(rest, 10)
    text = _DIGITS[hundreds] + "百" if hundreds else ""
    if tens:
        text += _DIGITS[tens] + "十"
    elif hundreds and ones:
        text += "零"
    return text + (_DIGITS[ones] if ones else "")
