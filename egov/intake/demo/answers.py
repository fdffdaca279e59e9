"""Answers to any form: what people know of themselves, what ``filings.yaml`` says, else what the form accepts."""

import datetime as dt
import functools
import random
import struct
import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import yaml

from egov.catalogue.models import ServiceVersion
from egov.documents.demo import past_file
from egov.documents.models import StoredFile
from egov.intake import queries, rules
from egov.intake.demo.city import Filer
from egov.intake.queries import DraftMember
from egov.intake.rules import Form
from egov.kernel import clock
from egov.kernel.errors import FieldError
from egov.kernel.text import localise


@functools.cache
def filings() -> Mapping[str, Mapping[str, Any]]:
    return dict(yaml.safe_load((Path(__file__).parent / "filings.yaml").read_text()))


@dataclass(frozen=True)
class Filled:
    """A form that was filled in without a fault."""

    answers: dict[str, Any]
    files: tuple[tuple[str, StoredFile], ...]  # without rows yet
    price: rules.Price


class Unfit(ValueError):
    """No answers were found that this form accepts."""


def fill(
    rng: random.Random, version: ServiceVersion, filer: Filer, at: dt.datetime, given: Mapping[str, Any] | None = None
) -> Filled:
    """Raises ``Unfit``."""
    form = queries.form_for(version)
    answers = _typed(rng, version, form.questions, filer, at, given or {})
    files = [
        (question.material, new_file(version, question.material, filer.party.pk, at))
        for question in form.file_questions
        if question.required or question.required_when
    ]
    attached = {material: [file.reference] for material, file in files}
    checked = rules.check(form, answers, files=attached, known=queries.known_codes(form))
    if checked.faults:
        raise Unfit(f"{version.service.code}: {_named(checked.faults)}")
    asked = {form.by_key[key].material for key in checked.visible if form.by_key[key].is_file}
    price = rules.price_of(version.fee, form, checked.answers, name=version.name)
    return Filled(checked.answers, tuple(pair for pair in files if pair[0] in asked), price)


@dataclass(frozen=True)
class FilledWhole:
    """The one form of several services. ``answers``: under its keys; ``files``: one for each material, without rows."""

    answers: dict[str, Any]
    files: tuple[tuple[str, StoredFile], ...]
    checked: rules.Checked


def fill_whole(
    rng: random.Random,
    form: Form,
    members: Sequence[DraftMember],
    filer: Filer,
    at: dt.datetime,
    given: Mapping[str, Any],
) -> FilledWhole:
    """Member by member, each question once. ``given``: what is answered already. Raises ``Unfit``."""
    answers, files = dict(given), dict[str, StoredFile]()
    for member in members:
        part, own = member.part, member.part.own(answers)
        asked = [question for question in member.form.questions if question.key not in part.awaited]
        typed = _typed(rng, member.version, asked, filer, at, own)
        answers |= {part.names[key]: value for key, value in typed.items()}
        for question in member.form.file_questions:
            if question.material not in files and (question.required or question.required_when):
                files[question.material] = new_file(member.version, question.material, filer.party.pk, at)
    attached = {material: [file.reference] for material, file in files.items()}
    checked = rules.check(form, answers, files=attached, known=queries.known_codes(form), today=clock.local(at).date())
    if checked.faults:
        raise Unfit(f"{[member.service for member in members]}: {_named(checked.faults)}")
    wanted = {form.by_key[key].material for key in checked.visible if form.by_key[key].is_file}
    return FilledWhole(checked.answers, tuple(pair for pair in files.items() if pair[0] in wanted), checked)


def _named(faults: Iterable[FieldError]) -> list[tuple[str, str]]:
    return [(fault.path, fault.code) for fault in faults]


def _typed(
    rng: random.Random,
    version: ServiceVersion,
    questions: Iterable[rules.Question],
    filer: Filer,
    at: dt.datetime,
    given: Mapping[str, Any],
) -> dict[str, Any]:
    """Answers to what must be answered, and to whatever there is something to say; no files."""
    said = filings().get(version.service.code, {}).get("answers", {})
    answers = {key: value for key, value in given.items() if value is not None}
    for question in questions:
        if question.is_file or question.key in given:
            continue
        if not (question.key in said or question.required or question.required_when):
            continue
        value = _value(rng, question, said, filer, clock.local(at).date())
        if value is not None:
            answers[question.key] = value
    return answers


def _value(rng: random.Random, question: rules.Question, said: Mapping[str, Any], filer: Filer, day: dt.date) -> Any:
    if question.key in said:
        return by_rule(rng, said[question.key], filer, day)
    if question.element in filer.facts:
        return filer.facts[question.element]
    if question.choices:
        return rng.choice(question.choices)
    if question.type == "boolean":
        return True if question.must_confirm else rng.random() < 0.5
    if question.format == "date":
        return (day - dt.timedelta(days=rng.randint(5, 60))).isoformat()
    if question.type in ("integer", "number"):
        return max(int(question.schema.get("minimum", 1)), 1)
    if question.widget == "region":
        return filer.region
    return {"money": "10000.00", "phone": filer.facts.get("person.phone", "")}.get(question.widget, "见所附材料。")


def by_rule(rng: random.Random, rule: Any, filer: Filer, day: dt.date) -> Any:
    """A value by a rule of ``filings.yaml``."""
    match rule:
        case list():
            return rng.choice(rule)
        case {"days": [first, last]}:
            return (day + dt.timedelta(days=rng.randint(first, last))).isoformat()
        case {"whole": [least, most]}:
            return rng.randint(least, most)
        case {"number": [least, most]}:
            return float(Decimal(str(rng.uniform(least, most))).quantize(Decimal("0.1")))
        case {"fact": element}:
            return filer.facts.get(element)
        case {"surname": names}:
            return filer.party.name[0] + rng.choice(names)
        case {"shareholder": share}:
            return [{"name": filer.facts.get("person.name", filer.party.name), "share": share}]
    return rule


# --- Files ---------------------------------------------------------------------------------------------


def new_file(version: ServiceVersion, material: str, owner_id: int, at: dt.datetime) -> StoredFile:
    found: Mapping[str, Any] = next((each for each in version.materials if each["key"] == material), {})
    image = found.get("accept") == "image"
    return past_file(
        owner_id=owner_id,
        name=f"{localise(found.get('name'), 'zh-Hans') or material}.{'png' if image else 'pdf'}",
        content_type="image/png" if image else "application/pdf",
        content=_picture() if image else _page(),
        at=at,
    )


@functools.cache
def _picture(width: int = 358, height: int = 441) -> bytes:
    """A plain portrait-sized picture (PNG)."""
    rows = b"".join(
        b"\0" + bytes(channel for _x in range(width) for channel in (225 - y // 8, 232 - y // 10, 240))
        for y in range(height)
    )
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(rows, 9)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body)) for kind, body in chunks
    )


@functools.cache
def _page() -> bytes:
    """One page (PDF) that says what it is."""
    text = b"BT /F1 18 Tf 72 760 Td (Demonstration material, not a real document) Tj ET"
    objects: Sequence[bytes] = (
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R "
        b"/Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(text), text),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    )
    body, places = b"%PDF-1.4\n", []
    for number, content in enumerate(objects, start=1):
        places.append(len(body))
        body += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    return body + (
        b"xref\n0 %d\n0000000000 65535 f \n%strailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n"
        % (len(objects) + 1, table, len(objects) + 1, len(body))
    )
