"""What an uploaded file really is, by its content: never by its name or by what the browser says.

Every check reads a bounded amount: a picture's size stands in its header, archives and compressed streams are
measured before anything opens them.
"""

import io
import re
import unicodedata
import warnings
import zipfile
import zlib
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath

import filetype
from django.utils.translation import gettext_lazy as _
from PIL import Image

from egov.kernel.errors import Text

MEGABYTE = 1_000_000


@dataclass(frozen=True)
class FileKind:
    """A type of file the platform takes. ``extensions``: the first one is given to a file that has another."""

    mime: str
    extensions: tuple[str, ...]
    name: str
    group: str


JPEG = FileKind("image/jpeg", ("jpg", "jpeg", "jpe", "jfif"), "JPEG", "image")
PNG = FileKind("image/png", ("png",), "PNG", "image")
WEBP = FileKind("image/webp", ("webp",), "WebP", "image")
PDF = FileKind("application/pdf", ("pdf",), "PDF", "pdf")
DOCX = FileKind(
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document", ("docx",), "Word (docx)", "office"
)
XLSX = FileKind(
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", ("xlsx",), "Excel (xlsx)", "office"
)
OFD = FileKind("application/ofd", ("ofd",), "OFD", "office")
TXT = FileKind("text/plain", ("txt",), "TXT", "text")
CSV = FileKind("text/csv", ("csv",), "CSV", "text")

KINDS = {kind.mime: kind for kind in (JPEG, PNG, WEBP, PDF, DOCX, XLSX, OFD, TXT, CSV)}
PICTURES = frozenset({JPEG.mime, PNG.mime, WEBP.mime})
PAPERS = PICTURES | {PDF.mime}
EVERYTHING = frozenset(KINDS)

# Pixels. A JPEG is decoded at an eighth of its size, the others whole.
MAX_PIXELS = {JPEG.mime: 120_000_000, PNG.mime: 30_000_000, WEBP.mime: 30_000_000}
MAX_UNPACKED = 250 * MEGABYTE
MAX_MEMBERS = 3_000
MAX_NAME = 200


class Refused(Exception):
    """Why the file is not taken: a stable code and a sentence for the person."""

    def __init__(self, code: str, message: Text) -> None:
        super().__init__(code)
        self.code = code
        self.message = message


def inspect(content: bytes, name: str, allowed: Collection[str]) -> FileKind:
    """The kind of ``content``. Raises ``Refused`` when it is damaged, dangerous, not allowed or misnamed."""
    kind = _kind_of(content, name)
    if kind is None or kind.mime not in allowed:
        names = ", ".join(KINDS[mime].name for mime in KINDS if mime in allowed)
        raise Refused("type_not_allowed", _("This kind of file is not accepted here. Accepted: %s.") % names)
    named = _named_kind(name)
    # A picture under another picture's name is a slip of the phone; a program under a picture's name is not.
    if named is not None and named.group != kind.group:
        raise Refused(
            "type_mismatch",
            _("The name says %(named)s, but the content is %(found)s. Please choose the right file.")
            % {"named": named.name, "found": kind.name},
        )
    _CHECKS[kind.group](content, kind)
    return kind


def clean_name(name: str, kind: FileKind) -> str:
    """What the person called it, as a plain file name with the extension of its kind."""
    base = PurePosixPath(name.replace("\\", "/")).name
    visible = "".join(each for each in base if unicodedata.category(each) not in ("Cc", "Cf", "Cs", "Co", "Cn"))
    stem, dot, extension = visible.strip(" .").rpartition(".")
    if not dot or extension.lower() not in kind.extensions:
        stem = stem if dot and _named_kind(visible) else visible.strip(" .")
        extension = kind.extensions[0]
    return f"{(stem or kind.group)[: MAX_NAME - len(extension) - 1]}.{extension}"


def _named_kind(name: str) -> FileKind | None:
    extension = name.rpartition(".")[2].lower()
    return next((kind for kind in KINDS.values() if extension in kind.extensions), None)


def _kind_of(content: bytes, name: str) -> FileKind | None:
    if content.startswith(b"PK"):
        return _kind_of_archive(content)
    guess = filetype.guess_mime(content[:8192])
    if guess is not None:
        return KINDS.get(guess)
    named = _named_kind(name)
    return named if named in (TXT, CSV) else None


def _kind_of_archive(content: bytes) -> FileKind | None:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            members = set(archive.namelist())
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError):
        return None
    if "OFD.xml" in members:
        return OFD
    if "[Content_Types].xml" in members:
        if "word/document.xml" in members:
            return DOCX
        if "xl/workbook.xml" in members:
            return XLSX
    return None


# --- Pictures --------------------------------------------------------------------------------------


def _check_image(content: bytes, kind: FileKind) -> None:
    damaged = Refused("damaged", _("The picture is damaged or incomplete. Please save or take it again."))
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(content), formats=[kind.mime.removeprefix("image/").upper()]) as image:
                width, height = image.size
                if width * height > MAX_PIXELS[kind.mime]:
                    raise Refused("too_many_pixels", _("The picture has too many pixels. Please make it smaller."))
                if kind is JPEG:
                    image.draft("RGB", (max(width // 8, 1), max(height // 8, 1)))
                image.load()
    except Refused:
        raise
    except Image.DecompressionBombError as error:
        raise Refused("too_many_pixels", _("The picture has too many pixels. Please make it smaller.")) from error
    except Exception as error:  # decoders raise almost anything on broken input
        raise damaged from error


# --- PDF -------------------------------------------------------------------------------------------

_HEADER = re.compile(rb"%PDF-[12]\.\d")
_START = re.compile(rb"startxref\s+(\d+)\s+%%EOF")
_XREF = re.compile(rb"\s*(xref|\d+\s+\d+\s+obj)\b")
_STREAM = re.compile(rb"\bstream\r?\n")
_HEX = re.compile(rb"#([0-9A-Fa-f]{2})")
_ACTIVE = re.compile(
    rb"/(?:JavaScript|JS|Launch|EmbeddedFiles?|RichMedia|XFA|GoToE|ImportData|SubmitForm)(?![A-Za-z0-9])"
)
_LOCKED = re.compile(rb"/Encrypt(?![A-Za-z0-9])")
_OBJECTS = re.compile(rb"/(?:ObjStm|XRef)(?![A-Za-z0-9])")
_FILTER = re.compile(rb"/Filter\s*(\[[^\]]*\]|/[A-Za-z0-9]+)")


def _check_pdf(content: bytes, _kind: FileKind) -> None:
    start = list(_START.finditer(content, max(len(content) - 2048, 0)))
    if not _HEADER.match(content) or not start:
        raise Refused("damaged", _("The PDF is damaged or incomplete. Please save it again."))
    offset = int(start[-1].group(1))
    if not (0 < offset < len(content)) or not _XREF.match(content, offset):
        raise Refused("damaged", _("The PDF is damaged or incomplete. Please save it again."))
    unpacked = 0
    for part, size in _pdf_parts(content):
        unpacked += size
        if unpacked > MAX_UNPACKED:
            raise Refused("bomb", _("The file unpacks to far more than its size. It is not accepted."))
        if part:
            plain = _HEX.sub(lambda found: bytes([int(found.group(1), 16)]), part)
            if _LOCKED.search(plain):
                raise Refused("locked", _("The PDF is protected with a password. Please save it without one."))
            if _ACTIVE.search(plain):
                raise Refused(
                    "active_content", _("The PDF contains scripts or other files. Please print it to a new PDF.")
                )


def _pdf_parts(content: bytes) -> Iterator[tuple[bytes, int]]:
    """What lies outside streams, and what object streams hold, as bytes to search; of other streams the size."""
    position = 0
    for found in _STREAM.finditer(content):
        if found.start() < position:
            continue
        head = content[position : found.start()]
        yield head, 0
        end = content.find(b"endstream", found.end())
        end = len(content) if end < 0 else end
        yield from _stream_part(head[head.rfind(b"obj") :], content[found.end() : end])
        position = end
    yield content[position:], 0


def _stream_part(dictionary: bytes, stream: bytes) -> Iterator[tuple[bytes, int]]:
    plain = _HEX.sub(lambda found: bytes([int(found.group(1), 16)]), dictionary)
    filters = _FILTER.search(plain)
    names = re.findall(rb"/(\w+)", filters.group(1)) if filters else []
    holds_objects = _OBJECTS.search(plain) is not None
    if names in ([b"FlateDecode"], [b"Fl"]):
        text, size = _inflate(stream, keep=holds_objects)
        yield text, size
    elif holds_objects:
        if names:
            raise Refused("damaged", _("The PDF is built in an unusual way. Please print it to a new PDF."))
        yield stream, 0


def _inflate(stream: bytes, *, keep: bool) -> tuple[bytes, int]:
    """Unpack up to the bound; the bytes only when they are to be searched."""
    unpacker = zlib.decompressobj()
    size, kept, rest = 0, [], stream
    try:
        while rest and size <= MAX_UNPACKED and not unpacker.eof:
            piece = unpacker.decompress(rest, 1 << 20)
            size += len(piece)
            if keep and size <= 32 * MEGABYTE:
                kept.append(piece)
            rest = unpacker.unconsumed_tail
    except zlib.error:
        pass  # a damaged stream shows as a blank picture or page in the viewer; it does no harm
    if keep and size > 32 * MEGABYTE:
        raise Refused("bomb", _("The file unpacks to far more than its size. It is not accepted."))
    return b"".join(kept), size


# --- Office documents and text ---------------------------------------------------------------------


def _check_archive(content: bytes, _kind: FileKind) -> None:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        members = archive.infolist()
    # The directory's figures bound what a reader unpacks; one that lies is refused by every reader.
    if len(members) > MAX_MEMBERS or sum(member.file_size for member in members) > MAX_UNPACKED:
        raise Refused("bomb", _("The file unpacks to far more than its size. It is not accepted."))
    if any(member.flag_bits & 1 for member in members):
        raise Refused("locked", _("The document is protected with a password. Please save it without one."))
    names = [member.filename.lower() for member in members]
    if any(name.endswith("vbaproject.bin") or "/embeddings/" in name or "activex" in name for name in names):
        raise Refused("active_content", _("The document contains macros or other files. Please save it as PDF."))


def _check_text(content: bytes, _kind: FileKind) -> None:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if any(ord(each) < 32 and each not in "\t\r\n\f" for each in text):
            break
        return
    raise Refused("damaged", _("This is not a text file in UTF-8 or GB 18030."))


_CHECKS = {"image": _check_image, "pdf": _check_pdf, "office": _check_archive, "text": _check_text}
