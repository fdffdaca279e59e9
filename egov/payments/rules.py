"""Signatures of gateway messages and the comparison of two days' books. Pure."""

import hashlib
import hmac
from collections.abc import Mapping
from typing import Any


def signature(secret: bytes, content: bytes) -> str:
    """HMAC-SHA-256 in hexadecimal."""
    return hmac.new(secret, content, hashlib.sha256).hexdigest()


def is_signed(secret: bytes, content: bytes, given: str) -> bool:
    """Constant time, so that a forger learns nothing."""
    return hmac.compare_digest(signature(secret, content), given)


def differences(ours: Mapping[str, int], theirs: Mapping[str, int]) -> list[dict[str, Any]]:
    """Where two books of a day disagree: reference → fen on both sides, "missing" where one has no line."""
    found = []
    for reference in sorted({*ours, *theirs}):
        mine, other = ours.get(reference), theirs.get(reference)
        if mine != other:
            found.append({"reference": reference, "ours": mine, "theirs": other})
    return found


_DIGITS = "零壹贰叁肆伍陆柒捌玖"
_PLACES = ("", "拾", "佰", "仟")
_GROUPS = ("", "万", "亿", "万亿")


def in_capitals(fen: int) -> str:
    """An amount in Chinese capitals, as receipts write it (票据法实施管理办法): 1234.50 → 壹仟贰佰叁拾肆元伍角."""
    yuan, rest = divmod(fen, 100)
    jiao, cents = divmod(rest, 10)
    words = _yuan(yuan) + "元" if yuan else ""
    if not rest:
        return (words or "零元") + "整"
    if jiao:
        words += _DIGITS[jiao] + "角"
    elif words:
        words += "零"
    return words + (_DIGITS[cents] + "分" if cents else "")


def _yuan(number: int) -> str:
    groups = []
    while number:
        number, group = divmod(number, 10000)
        groups.append(group)
    words = ""
    for index in range(len(groups) - 1, -1, -1):
        group = groups[index]
        if words and 0 < group < 1000 and not words.endswith("零"):
            words += "零"
        if group:
            words += _group(group) + _GROUPS[index]
    return words


def _group(number: int) -> str:
    words, skipped = "", False
    for place in range(3, -1, -1):
        digit = number // 10**place % 10
        if digit:
            words += ("零" if skipped and words else "") + _DIGITS[digit] + _PLACES[place]
            skipped = False
        else:
            skipped = True
    return words
