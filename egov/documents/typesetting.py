"""From a template and JSON to a PDF/A-2b (typst). What people wrote is data to the template, never source."""

import functools
import io
import json
import re
import unicodedata
from pathlib import Path
from typing import Any, Final

import pylopdf_fonts_zh_cn
import segno
import structlog
import typst
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from egov.documents.rules import TemplateKey
from egov.kernel.errors import Unavailable

logger = structlog.get_logger(__name__)

STANDARD: Final = "a-2b"  # ISO 19005-2 level B: fonts embedded, no script, readable for decades
GETA = "〓"  # 缺字符号: stands where no font has the character
_MISSING = re.compile(r'the text `"(.*)"` could not be displayed', re.DOTALL)
_ESCAPE = re.compile(r"\\u\{([0-9a-fA-F]+)\}")
MAX_ROUNDS = 30


def folder() -> Path:
    """Where letters stand: the root that a template cannot leave."""
    return Path(settings.BASE_DIR) / "templates" / "letters"


def exists(template: str) -> bool:
    """Whether there is such a template; anything that is not a plain key is none."""
    try:
        return _path(TemplateKey.parse(template)).exists()
    except ValueError:
        return False


def _path(key: TemplateKey) -> Path:
    return folder() / key.folder / f"{key.name}.typ"


@functools.cache
def _compiler() -> typst.Compiler:
    """One per process: it reads the fonts, which takes a quarter of a second."""
    fonts = typst.Fonts(font_paths=[str(Path(pylopdf_fonts_zh_cn.__file__).parent)])
    return typst.Compiler(root=str(folder()), font_paths=fonts)


def typeset(template: str, document: dict[str, Any]) -> bytes:
    """The PDF. ``document`` is everything the template reads.

    A character that no font has is replaced by 〓 and named at the foot of the document: PDF/A refuses a missing
    glyph, and a letter that cannot be printed would never arrive. Raises ``Unavailable`` when the template fails.
    """
    # Private-use characters mean nothing outside one system: a font that has one shows the wrong thing.
    whole = json.dumps(document, ensure_ascii=False)
    missing = dict.fromkeys(each for each in whole if unicodedata.category(each) == "Co")
    for _round in range(MAX_ROUNDS):
        given = {**document, "missing": " ".join(f"U+{ord(each):04X}" for each in missing)}
        text = json.dumps(given, ensure_ascii=False)
        for each in missing:
            text = text.replace(each, GETA)
        try:
            pdf = _compiler().compile(
                input=str(_path(TemplateKey.parse(template))), sys_inputs={"document": text}, pdf_standards=[STANDARD]
            )
        except typst.TypstError as error:
            found = _MISSING.search(error.message)
            unknown = _unescape(found[1]) if found else ""
            fresh = {each for each in unknown if each in text and ord(each) > 127}
            if not fresh:
                logger.error("typesetting_failed", template=template, error=error.message, hints=error.hints)
                raise Unavailable(_("The document cannot be typeset."), code="typesetting_failed") from error
            missing.update(dict.fromkeys(sorted(fresh)))
            continue
        return bytes(pdf)  # type: ignore[arg-type]
    raise Unavailable(_("The document cannot be typeset."), code="typesetting_failed")


def _unescape(text: str) -> str:
    """The characters in an error message as they stand in the text."""
    return _ESCAPE.sub(lambda found: chr(int(found[1], 16)), text)


def qr_code(text: str) -> str:
    """A QR code (level M) as SVG."""
    picture = io.BytesIO()
    segno.make(text, error="m", micro=False).save(picture, kind="svg", border=0, xmldecl=False, svgns=True)
    return picture.getvalue().decode()
