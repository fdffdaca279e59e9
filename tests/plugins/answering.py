"""Plausible answers to any form, the same ones each time: what lets every service of the catalogue be filed in a test.

``AnswerSheet(form).fill()`` answers each question that is asked, in the order of the form, and again whatever its
answers bring up. ``given`` wins, by the key of the question or by its data element.
"""

import datetime as dt
import io
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from egov.identity.rules import make_resident_id, make_uscc
from egov.intake import queries, rules
from egov.intake.rules.validation import TODAY
from egov.kernel import clock

LINJIANG = "990102"
PROSE = "情况属实，详见所附材料，请依法办理。"
PHONE = "13900139000"

# What a form accepts for a pattern; a pattern without a line here makes the test of its service fail.
BY_PATTERN = {
    "^[0-9 ]{12,30}$": "6222 0000 0000 0000 123",
    "^[0-9A-Fa-f]{64}$": "9f" * 32,
    "^[A-HJ-NPR-Za-hj-npr-z0-9]{17}$": "LSVAB4BR8EN000123",
    "^[A-Za-z]?[0-9]{4}$": "C3311",
    "^[0-9]{8,13}$": "94054210",
    "^20[0-9]{2}-(0[1-9]|1[0-2])$": "2026-10",
    "^[A-Za-z][0-9]{9}$": "V990000001",
    "^[A-Za-z0-9]{5,18}$": "E12345678",
    "^[A-Za-z ,.'-]{2,60}$": "LIN XIAOWEN",
    "^[A-Za-z][0-9]{8}$": "C12345678",
    "^[\\u4e00-\\u9fa5][A-Z][A-Z0-9]{5,6}$": "江A12345",
}
BY_ELEMENT = {
    "organisation.trade_name": "望江小馆",
    "organisation.name_latin": "Wangjiang Kitchen",
    "address.postal": "临江区滨江路 18 号 3 栋 502",
    "bank.name": "江州农商银行",
    "property.unit_number": "990102001001GB00001F00010001",
}
BY_FORMAT = {
    "phone": PHONE,
    "money": "1000.00",
    "email": "lin@example.org",
    "time": "09:30",
    "uri": "https://example.org/",
    "cn-uscc": make_uscc(prefix="91", area=LINJIANG, body="MA000001"),
}
BY_WIDGET = {"region": LINJIANG, "textarea": PROSE}


@dataclass
class AnswerSheet:
    """A form as it is filled in. ``files``: material → what is attached to it, a reference or anything that counts as one."""

    form: rules.Form
    given: Mapping[str, Any] = field(default_factory=dict)
    answers: dict[str, Any] = field(default_factory=dict)

    def fill(self) -> "AnswerSheet":
        """Answers until no further question comes up; those there already stay, unless ``given`` says otherwise."""
        self.answers |= {
            question.key: value for question in self.form.questions if (value := self._given(question)) is not None
        }
        while open_questions := self._open():
            for question in open_questions:
                self.answers[question.key] = self._answer(question)
        return self

    def papers(self) -> list[tuple[str, SimpleUploadedFile]]:
        """A file for each material that is asked for now."""
        visible = queries.check_answers(self.form, self.answers).visible
        return [(each.material, paper(each)) for each in self.form.file_questions if each.key in visible]

    def _open(self) -> list[rules.Question]:
        visible = queries.check_answers(self.form, self.answers).visible
        asked = (self.form.by_key[key] for key in self.form.order if key in visible and key not in self.answers)
        return [question for question in asked if not question.is_file]

    def _given(self, question: rules.Question) -> Any:
        return self.given.get(question.key, self.given.get(question.element))

    def _answer(self, question: rules.Question, row: Mapping[str, Any] | None = None) -> Any:
        if question.is_group:
            return [self._row(question) for _number in range(max(question.min_rows, 1))]
        if question.choices:
            return [question.choices[0]] if question.type == "array" else question.choices[0]
        if question.type == "boolean":
            return True
        if question.type in ("integer", "number"):
            return _number(question)
        if question.format == "date":
            return self._day(question, {**self.answers, **(row or {})})
        return _text(question)

    def _row(self, group: rules.Question) -> dict[str, Any]:
        row: dict[str, Any] = {}
        for child in group.children:
            given = self._given(child)
            row[child.key] = given if given is not None else self._answer(child, row)
        return row

    def _day(self, question: rules.Question, answers: Mapping[str, Any]) -> str:
        """Last month, or when the form says so after or before another day."""
        days = {**answers, TODAY: clock.today().isoformat()}
        limits = [question.schema.get(limit, "") for limit in ("x-not-before", "x-not-after")]
        for limit in limits:
            if limit in self.form.by_key and limit not in days:
                days[limit] = self.answers[limit] = self._answer(self.form.by_key[limit])
        after, before = (days.get(limit) for limit in limits)
        if after:
            return min(after, before) if before else _moved(after, 30)
        return _moved(before or days[TODAY], -30)


def _moved(day: str, days: int) -> str:
    return (dt.date.fromisoformat(day) + dt.timedelta(days=days)).isoformat()


def _number(question: rules.Question) -> int | float:
    limits = _limits(question)
    least = max((each["minimum"] for each in limits if "minimum" in each), default=1)
    above = max((each["exclusiveMinimum"] for each in limits if "exclusiveMinimum" in each), default=least - 1)
    most = min((each["maximum"] for each in limits if "maximum" in each), default=10**9)
    return min(max(least, int(above) + 1, 1), most)


def _text(question: rules.Question) -> str:
    patterns = [BY_PATTERN[each["pattern"]] for each in _limits(question) if "pattern" in each]
    known = [
        *patterns,
        BY_ELEMENT.get(question.element),
        BY_FORMAT.get(question.format),
        BY_WIDGET.get(question.widget),
    ]
    if question.widget == "post":
        return next(iter(queries.posts()))
    if question.format == "cn-resident-id":
        return make_resident_id(area="330106", born_on=dt.date(1990, 3, 2), sex="female", serial=1)
    text = next((each for each in known if each), "江州市示例")
    shortest = max((int(each.get("minLength", 0)) for each in _limits(question)), default=0)
    return (text * (shortest // len(text) + 1))[: max(shortest, len(text))][: question.max_length]


def _limits(question: rules.Question) -> list[Mapping[str, Any]]:
    """What bounds the value; a question of several services has the bounds of each."""
    return [question.schema, *question.schema.get("allOf", ())]


def paper(question: rules.Question) -> SimpleUploadedFile:
    """A picture where one is asked for, else a page."""
    if question.accept == "image":
        return SimpleUploadedFile("photo.png", PICTURE, content_type="image/png")
    return SimpleUploadedFile("paper.pdf", PAGE, content_type="application/pdf")


def _saved(kind: str) -> bytes:
    stream = io.BytesIO()
    Image.new("RGB", (40, 52), "white").save(stream, kind)
    return stream.getvalue()


PICTURE, PAGE = _saved("PNG"), _saved("PDF")
