"""An uploaded file is what its content says; whatever is damaged, dangerous or misnamed is refused at its field."""

import io
import zipfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from egov.documents import actions, queries, uploads
from egov.documents.models import StoredFile
from egov.kernel.actor import ANONYMOUS, SYSTEM
from egov.kernel.errors import InvalidInput, NotFound, NotPermitted, TransitionNotAllowed
from tests.plugins.papers import archive, pdf, picture, stream, upload

CONTENT_TYPES = b"<Types/>"
DOCX = {"[Content_Types]_dot_xml": CONTENT_TYPES, "word__document_dot_xml": b"<w/>"}
MACRO = {**DOCX, "word__vbaProject_dot_bin": b"x"}


def refusal(content, name, allowed=uploads.EVERYTHING):
    with pytest.raises(uploads.Refused) as refused:
        uploads.inspect(content, name, allowed)
    return refused.value.code


@pytest.mark.parametrize(
    ("content", "name", "kind"),
    [
        (picture("JPEG"), "a.jpg", uploads.JPEG),
        (picture("JPEG"), "IMG_0001.JPEG", uploads.JPEG),
        (picture("PNG"), "a.png", uploads.PNG),
        (picture("WEBP"), "a.webp", uploads.WEBP),
        (picture("PNG"), "from the phone.jpg", uploads.PNG),
        (picture("PNG"), "no extension", uploads.PNG),
        (pdf(), "a.pdf", uploads.PDF),
        (pdf(stream(b"0 0 m" * 100)), "a.pdf", uploads.PDF),
        (archive(**DOCX), "a.docx", uploads.DOCX),
        (archive(**{"[Content_Types]_dot_xml": b"", "xl__workbook_dot_xml": b""}), "a.xlsx", uploads.XLSX),
        (archive(OFD_dot_xml=b"<ofd/>"), "公文.ofd", uploads.OFD),
        ("姓名,金额\n王小明,5\n".encode(), "表.csv", uploads.CSV),
        ("姓名".encode("gb18030"), "a.txt", uploads.TXT),
    ],
)
def test_what_is_taken(content, name, kind):
    assert uploads.inspect(content, name, uploads.EVERYTHING) is kind


@pytest.mark.parametrize(
    ("content", "name", "code"),
    [
        (b"MZ\x90\x00" + b"\0" * 200, "photo.jpg", "type_not_allowed"),
        (b"<html><script>alert(1)</script>", "photo.jpg", "type_not_allowed"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "a.svg", "type_not_allowed"),
        (b"\x7fELF" + b"\0" * 100, "a.pdf", "type_not_allowed"),
        (pdf(), "photo.jpg", "type_mismatch"),
        (picture("JPEG"), "lease.pdf", "type_mismatch"),
        (picture("JPEG")[:300], "a.jpg", "damaged"),
        (picture("PNG")[:-90], "a.png", "damaged"),
        (b"\x89PNG\r\n\x1a\n" + b"x" * 50, "a.png", "damaged"),
        (b"%PDF-1.7\nnothing more", "a.pdf", "damaged"),
        (pdf()[:-30], "a.pdf", "damaged"),
        (pdf().replace(b"startxref\n", b"startxref\n9"), "a.pdf", "damaged"),
        (pdf(trailer=b"/Encrypt 4 0 R"), "a.pdf", "locked"),
        (pdf(b"<< /S /JavaScript /JS (app.alert(1)) >>"), "a.pdf", "active_content"),
        (pdf(b"<< /S /J#61vaScript >>"), "a.pdf", "active_content"),
        (pdf(b"<< /Type /Action /S /Launch >>"), "a.pdf", "active_content"),
        (pdf(stream(b"1 0 << /S /JavaScript >>", b"/Type /ObjStm /Filter /FlateDecode")), "a.pdf", "active_content"),
        (pdf(stream(b"", b"/Type /ObjStm /Filter [/ASCIIHexDecode /FlateDecode]")), "a.pdf", "damaged"),
        (archive(**MACRO), "a.docx", "active_content"),
        (archive(any_dot_txt=b"x"), "a.docx", "type_not_allowed"),
        (archive(**DOCX), "a.xlsx", None),
        (b"PK\x03\x04 broken", "a.docx", "type_not_allowed"),
        (b"a\x00b", "a.txt", "damaged"),
    ],
)
def test_what_is_refused(content, name, code):
    if code is None:  # an office document under another office document's name is renamed
        assert uploads.clean_name(name, uploads.inspect(content, name, uploads.EVERYTHING)) == "a.docx"
    else:
        assert refusal(content, name) == code


def test_a_script_inside_a_picture_stream_is_only_pixels():
    """What a stream holds is searched only where it can hold objects."""
    assert uploads.inspect(pdf(stream(b"/JavaScript")), "a.pdf", uploads.PAPERS) is uploads.PDF


def test_a_picture_that_claims_a_billion_pixels_is_not_decoded():
    header = picture("PNG", (4, 4))
    width = header.index(b"IHDR") + 4
    huge = header[:width] + (40_000).to_bytes(4, "big") * 2 + header[width + 8 :]
    assert refusal(huge, "a.png") in {"too_many_pixels", "damaged"}


def test_a_large_photo_is_taken_and_a_larger_drawing_not(monkeypatch):
    monkeypatch.setattr(uploads, "MAX_PIXELS", {**uploads.MAX_PIXELS, "image/png": 5_000})
    assert uploads.inspect(picture("JPEG", (400, 300)), "a.jpg", uploads.PAPERS) is uploads.JPEG
    assert refusal(picture("PNG", (100, 51)), "a.png") == "too_many_pixels"


@pytest.mark.parametrize(
    "make",
    [
        lambda: archive(**DOCX, word__big_dot_xml=b"\0" * (uploads.MAX_UNPACKED // 60)),
        lambda: pdf(*[stream(b"\0" * (uploads.MAX_UNPACKED // 40))] * 3),
        lambda: pdf(stream(b"\0" * (uploads.MAX_UNPACKED // 5), b"/Type /ObjStm /Filter /FlateDecode")),
    ],
)
def test_a_bomb_is_refused_small(monkeypatch, make):
    content = make()
    monkeypatch.setattr(uploads, "MAX_UNPACKED", uploads.MAX_UNPACKED // 80)
    name = "a.docx" if content.startswith(b"PK") else "a.pdf"
    assert len(content) < 200_000
    assert refusal(content, name) == "bomb"


def test_a_crowd_of_members_is_refused():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as packed:
        packed.writestr("[Content_Types].xml", "")
        packed.writestr("word/document.xml", "")
        for number in range(uploads.MAX_MEMBERS):
            packed.writestr(f"m{number}", "")
    assert refusal(out.getvalue(), "a.docx") == "bomb"


@given(
    content=st.binary(max_size=400),
    name=st.text(max_size=30),
    head=st.sampled_from([b"", b"%PDF-1.7\n", b"PK\x03\x04"]),
)
@settings(max_examples=150, deadline=None)
def test_rubbish_is_refused_or_taken_but_never_breaks(content, name, head):
    try:
        kind = uploads.inspect(head + content, name, uploads.EVERYTHING)
    except uploads.Refused:
        return
    cleaned = uploads.clean_name(name, kind)
    assert cleaned.rpartition(".")[2] in kind.extensions
    assert "/" not in cleaned
    assert len(cleaned) <= uploads.MAX_NAME


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("C:\\Users\\me\\照片.JPG", "照片.JPG"),
        ("../../etc/passwd", "passwd.jpg"),
        ("photo.png", "photo.jpg"),
        ("a\u202egpj.exe", "agpj.exe.jpg"),
        ("", "image.jpg"),
        ("x" * 400, "x" * 196 + ".jpg"),
    ],
)
def test_the_name_is_plain_and_ends_as_its_kind(name, expected):
    assert uploads.clean_name(name, uploads.JPEG) == expected


# --- Storing -----------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_a_file_is_kept_under_its_hash_once(payer, acting_for):
    actor = acting_for(payer)
    first = actions.store_file(actor, upload=upload(picture()), owner_id=payer.pk, max_size=10**6)
    second = actions.store_file(actor, upload=upload(picture(), "copy.jpg"), owner_id=payer.pk, max_size=10**6)
    assert first.path == second.path
    assert first.sha256 in first.path
    assert first.content_type == "image/jpeg"
    assert queries.open_file(second.pk).read() == picture()
    actions.remove_file(actor, file_id=first.pk)
    with pytest.raises(NotFound):
        queries.open_file(first.pk)
    assert queries.open_file(second.pk).size == len(picture())


@pytest.mark.django_db(transaction=True)
def test_the_bytes_go_with_the_last_file_that_has_them(payer, acting_for, settings):
    actor = acting_for(payer)
    content = picture(size=(50, 41))
    files = [actions.store_file(actor, upload=upload(content), owner_id=payer.pk, max_size=10**6) for _ in "ab"]
    path = settings.MEDIA_ROOT / files[0].path
    assert path.stat().st_mode & 0o077 == 0
    actions.remove_file(actor, file_id=files[0].pk)
    assert path.exists()
    actions.remove_file(actor, file_id=files[1].pk)
    assert not path.exists()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("content", "name", "size", "code"),
    [
        (b"", "a.jpg", 100, "empty"),
        (picture(), "a.jpg", 100, "too_large"),
        (pdf(), "a.jpg", 10**6, "type_mismatch"),
        (b"GIF89a" + b"\0" * 20, "a.gif", 10**6, "type_not_allowed"),
    ],
)
def test_a_refusal_stands_at_its_field(payer, acting_for, content, name, size, code):
    with pytest.raises(InvalidInput) as refused:
        actions.store_file(
            acting_for(payer), upload=upload(content, name), owner_id=payer.pk, max_size=size, field="photo"
        )
    (fault,) = refused.value.faults
    assert (fault.path, fault.code) == ("photo", code)
    assert str(fault.message)
    assert not StoredFile.objects.exists()


@pytest.mark.django_db
def test_damaged_bytes_are_not_handed_out(payer, acting_for, settings):
    from egov.kernel.errors import Unavailable

    stored = actions.store_file(
        acting_for(payer), upload=upload(picture(size=(9, 9))), owner_id=payer.pk, max_size=10**6
    )
    path = settings.MEDIA_ROOT / stored.path
    path.write_bytes(b"other bytes")
    with pytest.raises(Unavailable):
        queries.open_file(stored.pk)
    path.unlink()
    with pytest.raises(Unavailable):
        queries.open_file(stored.pk)


@pytest.mark.django_db
def test_files_belong_to_somebody(payer, a_payer, acting_for, a_letter):
    stranger = acting_for(a_payer("李四"))
    for who in (ANONYMOUS, stranger):
        with pytest.raises(NotPermitted):
            actions.store_file(who, upload=upload(picture()), owner_id=payer.pk, max_size=10**6)
    stored = actions.store_file(acting_for(payer), upload=upload(picture()), owner_id=payer.pk, max_size=10**6)
    with pytest.raises(NotPermitted):
        actions.remove_file(stranger, file_id=stored.pk)
    sealed = actions.seal_document(SYSTEM, document_id=a_letter().pk)
    with pytest.raises(TransitionNotAllowed):
        actions.remove_file(SYSTEM, file_id=sealed.file_id)


def test_pillow_has_no_say_in_what_is_allowed():
    """The list of kinds is closed: what Pillow could also open (TIFF, GIF, EPS …) is not taken."""
    out = io.BytesIO()
    Image.new("RGB", (5, 5)).save(out, "TIFF")
    assert refusal(out.getvalue(), "a.tiff") == "type_not_allowed"
