"""Files and letters to try the documents room with."""

import io
import re
import shutil
import subprocess
import zipfile
import zlib
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from PIL import Image

from egov.documents import actions
from egov.documents.models import IssuedDocument
from egov.identity.models import Organisation, Party
from egov.kernel.actor import SYSTEM
from egov.kernel.refs import Ref

DECISION = {
    "case": "JZ-C-261101-00017-QH",
    "service": {"zh-Hans": "食品经营许可", "en": "Food business licence"},
    "filed_on": "2026-11-01",
    "outcome": "granted",
    "reasons": "申请材料齐全。\n现场核查符合条件。",
    "citations": ["《中华人民共和国食品安全法》第三十五条"],
    "remedies": ["如不服本决定，可以自收到之日起六十日内申请行政复议。"],
    "rows": [{"label": {"zh-Hans": "许可项目", "en": "Licensed for"}, "value": "热食类食品制售"}],
}


@pytest.fixture
def a_letter(agency: Organisation, payer: Party) -> Callable[..., IssuedDocument]:
    """``a_letter(data={…})``: a decision that was issued and not yet typeset."""

    def make(*, data: dict[str, Any] | None = None, **more: Any) -> IssuedDocument:
        given: dict[str, Any] = {
            "template": "decision",
            "title": {"zh-Hans": "准予行政许可决定书", "en": "Decision on a licence"},
            "subject": Ref("case", "JZ-C-261101-00017-QH"),
            "holder_id": payer.pk,
            "department_id": agency.pk,
            "data": {**DECISION, **(data or {})},
            **more,
        }
        with transaction.atomic():
            return actions.issue_document(SYSTEM, **given)

    return make


def text_of(pdf: bytes) -> str:
    """What a reader sees, without spaces."""
    if shutil.which("pdftotext") is None:
        pytest.skip("!!! pdftotext (poppler-utils) is not installed: the letters' texts are NOT checked")
    done = subprocess.run(["pdftotext", "-layout", "-", "-"], input=pdf, capture_output=True, check=True)
    return re.sub(r"\s+", "", done.stdout.decode())


def picture(kind: str = "JPEG", size: tuple[int, int] = (64, 48), mode: str = "RGB") -> bytes:
    """A picture whose pixels differ, so that it does not shrink to nothing."""
    image = Image.new(mode, size)
    image.putdata([(x * 7 % 256, x * 13 % 256, x % 256) for x in range(size[0] * size[1])])
    out = io.BytesIO()
    image.save(out, kind)
    return out.getvalue()


def pdf(*objects: bytes, header: bytes = b"%PDF-1.7\n", trailer: bytes = b"") -> bytes:
    """A small PDF with these objects after the catalogue (1), the pages (2) and a page (3)."""
    parts = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] >>",
        *objects,
    ]
    out = bytearray(header)
    offsets = []
    for number, part in enumerate(parts, start=1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, part)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(parts) + 1)
    out += b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    out += b"trailer\n<< /Size %d /Root 1 0 R %s >>\nstartxref\n%d\n%%%%EOF\n" % (len(parts) + 1, trailer, start)
    return bytes(out)


def stream(content: bytes, dictionary: bytes = b"/Filter /FlateDecode") -> bytes:
    """A PDF stream object that holds ``content`` deflated."""
    packed = zlib.compress(content, 9)
    return b"<< /Length %d %s >>\nstream\n%s\nendstream" % (len(packed), dictionary, packed)


def archive(**members: bytes) -> bytes:
    """A ZIP; ``__`` in a name stands for a slash, ``_dot_`` for a dot."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in members.items():
            packed.writestr(name.replace("__", "/").replace("_dot_", "."), content)
    return out.getvalue()


def upload(content: bytes, name: str = "photo.jpg", content_type: str = "image/jpeg") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, content_type)
