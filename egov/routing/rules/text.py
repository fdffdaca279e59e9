"""Text of a need made comparable: normalised, cut into clauses, words and pairs of characters. Pure."""

import functools
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
_SENTENCE_END = re.compile(r"[。！？!?；;\n]+|\.(?=\s|$)")
_COMMA = re.compile(r"[，,、:：]+|\s+-\s+")
_CONJUNCTION = re.compile(
    r"另外|还有|顺便|此外|再就是|同时还|以及|并且|而且|第二件?|另一个|"
    r"\band also\b|\band i'd also\b|\balso\b|\bin addition\b|\bbesides\b|\bas well as\b|\bplus\b|\bsecondly\b|\banother thing\b"
)

# Words that say that somebody wants something, not what.
STOP_ZH = frozenset(
    ["的", "了", "是", "我", "你", "他", "她", "它", "们", "我们", "你们", "他们", "在", "有", "和", "与", "跟", "把", "给", "要", "想", "想要", "去", "来", "到", "就", "都", "也", "还", "很", "吗", "呢", "吧", "啊", "呀", "哦", "嘛", "么", "什么", "怎么", "怎么办", "如何", "哪里", "哪儿", "哪", "怎样", "咋", "咋办", "咋弄", "请问", "请", "能", "能不能", "可以", "可不可以", "需要", "应该", "该", "会", "这", "那", "这个", "那个", "这边", "那边", "一个", "个", "些", "一下", "一些", "几", "上", "下", "里", "中", "对", "从", "被", "让", "叫", "说", "听说", "听人", "现在", "已经", "刚", "刚刚", "办", "办理", "弄", "弄个", "搞", "做", "手续", "流程", "材料", "不", "没", "没有", "谁", "多少", "为什么", "因为", "所以", "但是", "可是", "但", "如果", "还是", "或者", "着", "过", "得", "地", "之", "等", "吧", "呗", "啦", "哈", "啥", "有没有", "是不是", "帮", "帮我", "帮忙", "我家", "我们家", "自己", "人家", "大家", "的话", "以后", "之后", "以前", "之前", "然后", "时候", "时", "后", "前", "年", "月", "天", "号", "日", "今天", "明天", "昨天", "今年", "去年", "明年", "又", "再", "才", "只", "就是", "不是", "这样", "那样", "一点", "有点", "比较", "非常", "特别", "真的", "太", "最", "更", "好", "好像", "知道", "不知道", "想问", "问", "问一下", "了解", "咨询一下", "您好", "你好", "谢谢", "急", "先", "块", "元", "钱", "事", "事情", "东西", "找", "拿", "用", "看", "打算", "准备", "希望", "必须", "得", "一直", "两", "三", "四", "五", "六", "七", "八", "九", "十", "一", "二", "百", "千", "万", "第", "每", "各", "另", "哪些"]
)
STOP_EN = frozenset(
    ["a", "an", "the", "i", "i'm", "i'd", "i've", "i'll", "my", "me", "we", "we're", "we'd", "we've", "our", "us", "you", "your", "he", "she", "it", "its", "his", "her", "they", "their", "them", "to", "of", "in", "on", "at", "for", "from", "by", "with", "and", "or", "but", "so", "is", "are", "was", "were", "be", "been", "being", "am", "do", "does", "did", "doing", "how", "what", "when", "where", "who", "which", "why", "can", "could", "would", "should", "will", "may", "might", "must", "shall", "have", "has", "had", "having", "need", "needs", "needed", "want", "wants", "wanted", "like", "get", "gets", "getting", "got", "go", "going", "make", "this", "that", "these", "those", "there", "here", "if", "then", "than", "as", "about", "into", "out", "up", "off", "over", "not", "no", "don't", "doesn't", "didn't", "isn't", "aren't", "won't", "please", "help", "some", "any", "all", "just", "now", "new", "one", "two", "three", "also", "very", "too", "more", "much", "many", "still", "only", "after", "before", "because", "since", "while", "want'd", "let", "tell", "know", "apply", "application", "possible", "way", "take", "last", "next", "week", "month", "year", "years", "months", "something", "someone", "thing", "things", "it's", "that's", "what's", "where's", "how's", "there's", "s", "t", "re", "ve", "ll", "m", "d", "am"]
)

_stemmer = snowballstemmer.stemmer("english")
_jieba = rjieba.Jieba()


@functools.cache
def _traditional() -> dict[int, str]:
    """Traditional to simplified characters, one to one."""
    table: dict[int, str] = {}
    for line in (DEFINITIONS / "traditional.txt").read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            for pair in line.split():
                table[ord(pair[0])] = pair[1]
    return table


@functools.cache
def _syllables() -> dict[str, str]:
    """Common characters and their syllable without tone, with the pairs that input methods and dialects mix up."""
    found: dict[str, str] = {}
    for line in (DEFINITIONS / "syllables.txt").read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            syllable, characters = line.split(" ", 1)
            for character in characters:
                found[character] = _merge_sounds(syllable)
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
    text = _INVISIBLE.sub("", text).lower().replace("’", "'")
    return _SPACES.sub(" ", text.translate(_traditional())).strip()


def sentences(text: str) -> list[str]:
    """``text`` cut at ends of sentences and where another wish is joined on ("另外", "and also")."""
    cut = []
    for sentence in _SENTENCE_END.split(text):
        cut += [part.strip(" ,，、") for part in _CONJUNCTION.split(sentence)]
    return [part for part in cut if part]


def clauses(text: str) -> list[str]:
    """The smallest parts that may each hold a wish."""
    return [part.strip() for sentence in sentences(text) for part in _COMMA.split(sentence) if part.strip()]


def parts(text: str) -> list[str]:
    """Runs of Chinese characters, English words, numbers, in order."""
    return _PARTS.findall(text)


def is_chinese(part: str) -> bool:
    return "\u3400" <= part[0] <= "\u9fff"


@functools.lru_cache(maxsize=20_000)
def stem(word: str) -> str:
    word = word.strip("'-&").removesuffix("'s")
    return _stemmer.stemWord(word)


def chinese_words(run: str) -> list[str]:
    return _jieba.cut(run)


def learn_words(words: list[str]) -> None:
    """Teach the segmenter words of the domain, so that it keeps them whole."""
    for word in words:
        if 2 <= len(word) <= 6:
            _jieba.add_word(word, None, None)


def word_features(text: str) -> Iterator[tuple[str, str]]:
    """Kind and value of the plain features: ``w`` words (stems in English), ``b`` pairs of Chinese characters."""
    for part in parts(text):
        if is_chinese(part):
            for word in chinese_words(part):
                if len(word) > 1 and word not in STOP_ZH:
                    yield "w", word
            for left, right in zip(part, part[1:], strict=False):
                if left + right not in STOP_ZH:
                    yield "b", left + right
        elif part[0].isdigit():
            if "%" in part:
                yield "w", part
        elif part not in STOP_EN:
            yield "w", stem(part)


def shares(text: str) -> float:
    """The share of Chinese among Chinese characters and English words, 0 to 1."""
    chinese = english = 0
    for part in parts(text):
        if is_chinese(part):
            chinese += len(part)
        elif not part[0].isdigit():
            english += 1
    return chinese / (chinese + english) if chinese + english else 1.0
