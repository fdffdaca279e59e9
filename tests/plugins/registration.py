"""Answers to any form: one that it accepts for each question, whatever it asks."""

from collections.abc import Mapping
from typing import Any

from egov.intake import rules
from egov.kernel import clock

FORMATS = {
    "money": "2000000.00",
    "phone": "13800138000",
    "email": "office@example.cn",
    "uri": "https://example.cn",
}
PATTERNS = {
    "[A-HJ-NPR": "LSVAA4182E2123456",
    "[0-9]{4}$": "1411",
    "[0-9]{8,13}$": "84713010",
    "{12,30}": "622200000000000012",
    "\\u9fa5][A-Z]": "江A12345",
}


def an_answer(question: rules.Question, numbers: Mapping[str, str]) -> Any:
    """``numbers``: format → a number of somebody who exists. Of choices the first; a box only where it must be ticked."""
    if question.is_group:
        return [{child.key: an_answer(child, numbers) for child in question.children}]
    if question.choices:
        return [question.choices[0]] if question.type == "array" else question.choices[0]
    if question.type == "boolean":
        return question.must_confirm
    if question.format == "date":
        return clock.today().isoformat()
    if question.format in numbers:
        return numbers[question.format]
    if question.type in ("integer", "number"):
        return max(question.schema.get("minimum", 1), 1)
    if "pattern" in question.schema:
        return next(value for part, value in PATTERNS.items() if part in question.schema["pattern"])
    text = "990102" if question.widget == "region" else "临江区望江街九号一楼商铺"[: question.max_length]
    return FORMATS.get(question.format, text)
