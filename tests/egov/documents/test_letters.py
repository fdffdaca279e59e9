"""Every letter is typeset in both languages as PDF/A, whatever people wrote into it."""

import io
import time

import pytest
from pyhanko.pdf_utils.reader import PdfFileReader

from egov.documents import actions, queries, rules, typesetting
from egov.documents.models import IssuedDocument, Seal
from egov.identity.models import Party, PartyKind
from egov.kernel import secrets
from egov.kernel.actor import SYSTEM
from egov.kernel.errors import NotPermitted, Unavailable
from egov.kernel.refs import Ref
from tests.plugins.papers import DECISION, text_of

pytestmark = pytest.mark.django_db

DATA = {
    "decision": {},
    "extract": {
        "register": {"zh-Hans": "人口登记簿", "en": "Register of persons"},
        "as_of": "2026-11-02",
        "purpose": {"zh-Hans": "食品经营许可", "en": "Food business licence"},
        "material": {"zh-Hans": "身份证明", "en": "Proof of identity"},
        "requested_by": {"zh-Hans": "临江区市场监督管理局", "en": "Market Regulation"},
        "rows": [{"label": {"zh-Hans": "姓名", "en": "Name"}, "value": "林晓雯"}],
        "valid_to": "2027-11-02",
    },
    "acceptance": {
        "case": "JZ-C-1",
        "service": {"zh-Hans": "食品经营许可", "en": "Food business licence"},
        "accepted_on": "2026-11-02",
        "due_on": "2026-11-10",
        "materials": ["平面图"],
    },
    "correction": {
        "service": "居住证申领",
        "items": [{"item": "照片", "message": "面部有阴影"}, "缺少签字页"],
        "respond_by": "2026-12-01",
    },
    "certificate": {
        "statement": "特此证明。",
        "rows": [{"label": "居住地址", "value": "滨江路18号"}],
        "valid_from": "2026-11-24",
        "valid_to": None,
    },
    "licence": {
        "uscc": "92330102MA2DEM0094",
        "rows": [{"label": "经营场所", "value": "老街26号"}],
        "valid_from": "2026-11-24",
    },
    "fiscal_receipt": {
        "series": "2026",
        "number": "00000042",
        "lines": [{"text": "工本费", "department": "公安局", "amount": "40.00"}],
        "total": "40.00",
        "total_words": "肆拾元整",
    },
}


def typeset(document):
    seal = actions.seal_in_use(document.department)
    return typesetting.typeset(document.template, actions.template_input(document, seal))


@pytest.mark.parametrize("language", ["zh-Hans", "en"])
@pytest.mark.parametrize("template", DATA)
def test_every_letter_in_both_languages(a_letter, template, language):
    pdf = typeset(a_letter(template=template, data=DATA[template], language=language))
    reader = PdfFileReader(io.BytesIO(pdf))
    assert reader.root["/Metadata"].data.count(b"pdfaid") >= 2
    assert len(pdf) < 200_000
    assert int(reader.root["/Pages"]["/Count"]) == 1


def test_every_template_is_tried_here():
    found = {path.stem for path in (typesetting.folder() / "documents").glob("*.typ")}
    assert found == {*DATA, "letter"}


def test_a_decision_says_who_decided_what_on_which_law(a_letter):
    chinese = text_of(typeset(a_letter()))
    for words in (
        "临江区市场监督管理局",
        "王小明",
        "准予你的申请",
        "第三十五条",
        "一、决定",
        "三、救济途径",
        "热食类食品制售",
    ):
        assert words in chinese
    english = text_of(typeset(a_letter(language="en", data={"outcome": "refused"})))
    for words in ("LinjiangMarketRegulationBureau", "Yourapplicationisrefused", "Ifyoudisagree", "Licensedfor"):
        assert words in english


@pytest.mark.parametrize("template", ["decision", "acceptance", "correction"])
def test_what_the_department_adds_stands_under_its_own_heading(a_letter, template):
    data = {**DATA[template], "own_words": ["请带身份证件。", "#panic()"]}
    shown = text_of(typeset(a_letter(template=template, data=data)))
    heading = {"decision": "四、后续事项", "acceptance": "二、后续事项", "correction": "后续事项"}[template]
    assert f"{heading}请带身份证件。#panic()" in shown
    assert "后续事项" not in text_of(typeset(a_letter(template=template, data=DATA[template])))


def test_a_sample_is_marked_and_cannot_be_taken_for_the_document(agency):
    spec = actions.DocumentSpec(
        template="decision",
        title={"zh-Hans": "准予行政许可决定书"},
        subject=Ref("case", "x"),
        holder_id=None,
        department_id=agency.pk,
        data=DECISION,
        series="许准",
    )
    holder = Party(kind=PartyKind.PERSON, name="〔申请人〕")
    shown = text_of(queries.sample(spec, holder=holder, department=agency))
    assert "准予你的申请" in shown
    assert "样张：仅供预览，不是正式文书；没有编号和核验码，未加盖印章。" in shown
    assert "电子印章" not in shown
    assert "〔20" not in shown, "no number is drawn"
    assert not IssuedDocument.objects.exists()
    assert not Seal.objects.exists()


def test_an_organisation_is_addressed_as_one(a_letter, an_agency):
    assert "准予你单位的申请" in text_of(typeset(a_letter(holder_id=an_agency("老街面馆", "Noodles").pk)))


def test_a_certificate_bears_the_public_number_of_its_holder(a_letter, identities):
    person = identities.person("赵晓明")
    shown = text_of(typeset(a_letter(template="certificate", data=DATA["certificate"], holder_id=person.pk)))
    number = person.party.identifiers.get()
    assert number.masked in shown
    assert secrets.decrypt(bytes(number.encrypted)) not in shown
    company = identities.organisation("老街面馆")
    shown = text_of(typeset(a_letter(template="certificate", data=DATA["certificate"], holder_id=company.pk)))
    assert secrets.decrypt(bytes(company.party.identifiers.get().encrypted)) in shown


def test_the_code_on_paper_leads_to_the_document(a_letter):
    document = a_letter()
    assert rules.shown_code(document.code) in text_of(typeset(document))
    assert queries.verification_url(document.code).endswith(f"/verify/{document.code}")
    assert queries.verification_qr(document.code).startswith("<svg")


NAUGHTY = [
    '#read("/etc/passwd") #panic() $x$ *bold* _it_ `raw` <label> @ref // \\ [ ] { } " \'',
    '"}, "qr": "x',
    "\x00\x01\x1b[31m\u202eتحت\u0301\ufeff",
    "<script>alert(1)</script>" * 50,
    "长" * 4000,
    "ﷺ" * 20 + "Z͑ͫ̓ͪ̂ͫ̽͏̴̙̤̞͉͚̯̞̠͍A̴̵̜̰͔ͫ͗͢",
]


@pytest.mark.parametrize("text", NAUGHTY)
def test_what_people_wrote_is_shown_and_never_run(a_letter, text):
    pdf = typeset(a_letter(data={"reasons": text, "service": text, "rows": [{"label": text, "value": text}]}))
    assert pdf.startswith(b"%PDF")
    if "#read" in text:
        assert "#read" in text_of(pdf)
        assert "root:" not in text_of(pdf)


def test_a_character_no_font_has_is_marked_and_named(a_letter, payer):
    """Private-use and unassigned characters stand in old files for rare names."""
    payer.name = "王\ue123\U0010abcd明"
    payer.save()
    shown = text_of(typeset(a_letter()))
    assert "王〓〓明" in shown
    assert "U+E123U+10ABCD" in shown


def test_a_template_that_fails_says_so(a_letter):
    with pytest.raises(Unavailable):
        typeset(a_letter(data={"rows": "not rows"}))


def test_only_templates_that_exist_and_ones_own_department(a_letter, officer_of, an_agency):
    with pytest.raises(ValueError, match="no template"):
        a_letter(template="documents/nothing")
    with pytest.raises(ValueError, match="no template"):
        a_letter(template="../../etc/passwd")
    elsewhere = officer_of(an_agency("望山区公安局"))
    letter = a_letter()
    with pytest.raises(NotPermitted):
        actions.issue_document(
            elsewhere,
            template="decision",
            title={},
            subject=Ref("case", "x"),
            holder_id=None,
            department_id=letter.department_id,
            data={},
        )


def test_numbers_of_letters_have_no_gaps(a_letter, agency):
    agency.details = {"mark": "临市监"}
    agency.save()
    numbers = [a_letter(series="许准").number for _ in range(3)]
    year = numbers[0][numbers[0].index("〔") + 1 :][:4]
    assert numbers == [f"临市监许准〔{year}〕{serial}号" for serial in (1, 2, 3)]
    assert a_letter(series="补").number == f"临市监补〔{year}〕1号"
    assert "临市监许准" in text_of(typeset(a_letter(series="许准")))


def test_typesetting_and_sealing_cost_little(a_letter):
    """At most 100 ms of CPU each, fonts and libraries once loaded (the limit is for a slow machine: 8 measured)."""
    actions.seal_document(SYSTEM, document_id=a_letter().pk)
    letters = [a_letter(data={"reasons": f"理由{number}"}) for number in range(6)]
    seal = Seal.objects.get()
    began = time.process_time()
    for letter in letters:
        typesetting.typeset(letter.template, actions.template_input(letter, seal))
    typeset_ms = (time.process_time() - began) * 1000 / len(letters)
    began = time.process_time()
    for letter in letters:
        actions.seal_document(SYSTEM, document_id=letter.pk)
    both_ms = (time.process_time() - began) * 1000 / len(letters)
    assert typeset_ms < 100
    assert both_ms - typeset_ms < 100
