"""The department's own paragraphs in the letters of a case: filled, chosen by condition, never in the way."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from egov.casework import actions, letters, queries
from egov.casework.models import Case, Decision
from egov.casework.rules.letters import answer_in_words, day_in_words, money_in_words, own_words
from egov.catalogue.models import ServiceVersion
from egov.catalogue.rules import PLACEHOLDERS, check_letters
from egov.documents import queries as documents
from egov.documents.models import IssuedDocument
from egov.identity.models import Organisation, Party, Unit
from egov.journal.models import Entry
from egov.kernel.errors import NotFound
from egov.law import queries as law
from egov.law.rules import LETTERS
from tests.plugins.casework import FORM
from tests.plugins.papers import text_of

UTC = dt.UTC


def row(key="next", act="grant", zh="请带{case}来。", en="Bring {case}.", **more):
    return {"key": key, "act": act, "text": {"zh-Hans": zh, "en": en}, **more}


def last_letter(case):
    return IssuedDocument.objects.filter(subject=f"case:{case.reference}").order_by("-id")[0]


# --- In words -----------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("field", "answer", "chinese", "english"),
    [
        ({"type": "string"}, " two\n lines ", "two lines", "two lines"),
        ({"type": "string"}, "", "", ""),
        ({"type": "string"}, None, "", ""),
        ({"type": "boolean"}, False, "否", "no"),
        ({"type": "number", "x-unit": {"zh-Hans": "平方米", "en": "m²"}}, 64.0, "64平方米", "64 m²"),
        ({"type": "number"}, 0.5, "0.5", "0.5"),
        ({"type": "integer"}, 1000000, "1000000", "1000000"),
        ({"type": "integer"}, 0, "0", "0"),
        ({"type": "string", "format": "date"}, "2026-11-24", "2026年11月24日", "24 November 2026"),
        ({"type": "string", "format": "date"}, "soon", "soon", "soon"),
        ({"type": "string", "format": "money"}, "1234.5", "1,234.50元", "¥1,234.50"),
        (
            {"type": "string", "enum": ["a"], "x-labels": {"a": {"zh-Hans": "甲", "en": "A"}}},
            "a",
            "甲",
            "A",
        ),
        (
            {"type": "array", "items": {"enum": ["a", "b"], "x-labels": {"a": {"zh-Hans": "甲", "en": "A"}}}},
            ["a", "b"],
            "甲、b",
            "A, b",
        ),
        ({"type": "string", "x-widget": "region"}, "990102", "区990102", "区990102"),
    ],
)
def test_an_answer_reads_as_a_sentence_would_say_it(field, answer, chinese, english):
    def words(language):
        return answer_in_words(field, answer, language=language, region=lambda code: f"区{code}")

    assert (words("zh-Hans"), words("en")) == (chinese, english)


def test_days_and_money_that_are_none_stay_as_they_are():
    assert (day_in_words("", "en"), money_in_words("much", "en")) == ("", "much")


def test_a_line_with_nothing_to_put_in_is_left_out_and_the_others_stay():
    rows = [row(en="Call {phone}.\nBring {case}."), row(key="other", act="refuse")]
    values = {"phone": "", "case": "C-1"}
    assert own_words(rows, act="grant", language="en", value=values.__getitem__, holds=bool) == ["Bring C-1."]


# --- Any text ---------------------------------------------------------------------------------------------
FIELDS = {
    "name": {"type": "string"},
    "area": {"type": "number", "x-unit": {"zh-Hans": "平方米", "en": "m²"}},
    "new": {"type": "boolean"},
    "day": {"type": "string", "format": "date"},
    "cost": {"type": "string", "format": "money"},
    "kinds": {"type": "array", "items": {"enum": ["a", "b"]}},
    "card": {"type": "string", "format": "cn-resident-id"},
}
names = [*PLACEHOLDERS, *(f"answers.{key}" for key in FIELDS), "answers.none", "nothing", ""]
pieces = st.one_of(st.sampled_from(names).map(lambda name: f"{{{name}}}"), st.text(max_size=12))
texts = st.lists(pieces, max_size=6).map("".join)
conditions = st.sampled_from([None, "new == true", "area > 10", "area", "len(kinds) > 1", "name ==", "none == 1"])
answers = st.fixed_dictionaries(
    {},
    optional={
        "name": st.text(max_size=20),
        "area": st.one_of(st.none(), st.floats(allow_nan=False, allow_infinity=False), st.integers()),
        "new": st.booleans(),
        "day": st.sampled_from(["2026-02-28", "x", ""]),
        "cost": st.sampled_from(["1.00", "x", ""]),
        "kinds": st.lists(st.sampled_from(["a", "b", "c"])),
    },
)


@given(zh=texts, en=texts, condition=conditions, given_answers=answers, language=st.sampled_from(["zh-Hans", "en"]))
def test_any_text_has_a_fault_at_review_or_can_be_put_into_a_letter(zh, en, condition, given_answers, language):
    form = {"type": "object", "properties": FIELDS}
    rows = [row(zh=zh, en=en, **({"when": condition} if condition else {}))]
    if list(check_letters(rows, form=form)):
        return
    department = Organisation(full_name={"zh-Hans": "局", "en": "Bureau"})
    case = Case(
        reference="C-1",
        version=ServiceVersion(letters=rows, form=form),
        applicant=Party(name="{case}"),
        title={"zh-Hans": "事项", "en": "Service"},
        department=department,
        unit=Unit(department=department, name={"zh-Hans": "科", "en": "Section"}),
        answers=given_answers,
        language=language,
        received_at=dt.datetime(2026, 11, 24, tzinfo=UTC),
    )
    for line in letters.added(case, "grant").get("own_words", []):
        assert line.strip()
        assert "{answers." not in line.replace(given_answers.get("name", "\0"), "")
    assert letters.added(case, "refuse") == {}


# --- On a case ----------------------------------------------------------------------------------------------
@pytest.mark.django_db
class TestOnACase:
    def test_the_decision_says_what_the_department_adds(self, casework, frozen):
        frozen("2026-11-02 10:00")
        version = casework.service(
            letters=[
                row(zh="请带{case}到{department}{unit}，店名“{answers.trade_name}”。"),
                row(key="large", zh="面积{answers.area}的，另行通知。", when="area > 300"),
                row(key="small", zh="面积{answers.area}的，不用另行通知。", when="area <= 300"),
                row(key="refused", act="refuse", zh="可以重新申请。"),
            ]
        )
        case = casework.decided(version)
        department, unit = casework.department.full_name["zh-Hans"], casework.unit.name["zh-Hans"]
        letter = Decision.objects.get(case=case).letter
        assert letter.data["own_words"] == [
            f"请带{case.reference}到{department}{unit}，店名“望山小馆”。",
            "面积64的，不用另行通知。",
        ]
        shown = text_of(documents.pdf(letter.pk))
        assert "救济途径" in shown
        assert shown.index("四、后续事项") > shown.index("救济途径"), "after all that the law prescribes"
        assert "店名“望山小馆”。" in shown
        other = casework.decided(version, outcome="refused")
        assert Decision.objects.get(case=other).letter.data["own_words"] == ["可以重新申请。"]

    def test_in_the_language_of_the_case(self, casework):
        version = casework.service(letters=[row(en="Show your licence at {answers.trade_name}.")])
        case = casework.decided(version, language="en")
        letter = Decision.objects.get(case=case).letter
        assert letter.data["own_words"] == ["Show your licence at 望山小馆."]
        assert "Whatcomesnext" in text_of(documents.pdf(letter.pk))

    def test_acceptance_correction_and_rulings_have_their_own(self, casework):
        rows = [row(key=act, act=act, zh=f"{act}：{{service}}") for act in LETTERS]
        version = casework.service(letters=rows)
        found = {
            "accept": casework.accepted(version),
            "request_correction": casework.corrected(version),
            "suspend": casework.suspended(version),
            "not_accept": actions.not_accept(
                casework.clerk, case=casework.received(version).reference, reason="不属于许可"
            ),
        }
        for act, case in found.items():
            letter = last_letter(case)
            assert letter.data["own_words"] == [f"{act}：食品经营许可"], act
            assert f"{act}：食品经营许可" in text_of(documents.pdf(letter.pk)), act

    def test_a_service_that_adds_nothing_writes_what_it_always_wrote(self, casework):
        letter = Decision.objects.get(case=casework.decided()).letter
        assert "own_words" not in letter.data
        assert "后续事项" not in text_of(documents.pdf(letter.pk))

    def test_a_missing_answer_and_a_condition_that_fails_hold_up_no_letter(self, casework):
        version = casework.service(
            letters=[
                row(key="area", zh="面积{answers.area}。\n请带身份证件。"),
                row(key="broken", zh="不会出现。", when="trade_name"),
            ]
        )
        case = casework.decided(version, answers={"trade_name": "望山小馆"})
        assert Decision.objects.get(case=case).letter.data["own_words"] == ["请带身份证件。"]

    def test_what_was_answered_is_data(self, casework):
        version = casework.service(letters=[row(zh="店名：{answers.trade_name}")])
        name = '#read("/etc/passwd") {case} $x$ *b*'
        case = casework.decided(version, answers={"trade_name": name})
        letter = Decision.objects.get(case=case).letter
        assert letter.data["own_words"] == [f"店名：{name}"]
        assert "{case}" in text_of(documents.pdf(letter.pk))

    def test_an_open_case_keeps_the_letters_it_was_filed_under(self, casework):
        version = casework.service(letters=[row(zh="旧的话。")])
        case = casework.accepted(version)
        version.service.versions.update(state="retired")
        ServiceVersion.objects.create(
            service=version.service,
            number=2,
            state="published",
            item_type="01",
            level="district",
            case_kind="promised",
            letters=[row(zh="新的话。")],
        )
        casework.step(case, casework.reviewer, "review")
        casework.draft(case)
        case = actions.sign_decision(casework.head, case=case.reference)
        assert Decision.objects.get(case=case).letter.data["own_words"] == ["旧的话。"]

    def test_whoever_drafts_sees_it_in_the_draft(self, casework):
        case = casework.drafted(casework.service(letters=[row(zh="请带身份证件。")]))
        page = queries.case_page(casework.head, case.reference)
        assert list(queries.letter_draft(page.case, page.procedure, page.decision).own_words) == ["请带身份证件。"]


# --- Before there is a case -----------------------------------------------------------------------------------
@pytest.mark.django_db
class TestSamples:
    @pytest.fixture
    def version(self, casework):
        rows = [
            row(key=act, act=act, zh="编号{case}，字号{answers.trade_name}。", when="area > 9999") for act in LETTERS
        ]
        return casework.service(letters=rows, legal_basis=[])

    def test_each_letter_has_a_sample_in_both_languages_and_nothing_is_kept(self, casework, version):
        before = IssuedDocument.objects.count(), Case.objects.count(), Entry.objects.count()
        for language, mark, added in (
            ("zh-Hans", "样张：仅供预览", "编号〔办件编号〕，字号〔字号〕。"),
            ("en", "Asampletolookat", "Bring[numberofthecase]."),
        ):
            for each in queries.letters_of(version):
                pdf = queries.sample_letter(
                    version, act=each.act, language=language, department_id=casework.department.pk
                )
                shown = text_of(pdf)
                assert mark in shown, each.act
                assert each.title[language].replace(" ", "") in shown
                assert added in shown, "under a condition as well"
                assert "核验码" not in shown.replace("没有编号和核验码", "")
        assert (IssuedDocument.objects.count(), Case.objects.count(), Entry.objects.count()) == before

    def test_the_law_of_a_letter_stands_beside_it(self, version):
        found = {each.act: each for each in queries.letters_of(version)}
        assert list(found) == list(law.procedure("licensing").letters())
        assert found["grant"].title["zh-Hans"] == "准予行政许可决定书"
        assert "第三十八条" in found["grant"].basis[0]["zh-Hans"]
        assert len(found["refuse"].remedies) == 2
        assert found["accept"].remedies == []

    def test_there_is_no_sample_of_what_is_not_issued(self, casework, version):
        for act in ("deliver", "nothing"):
            with pytest.raises(NotFound):
                queries.sample_letter(version, act=act, language="en", department_id=casework.department.pk)
        listed = casework.service("")
        assert queries.letters_of(listed) == []
        with pytest.raises(NotFound):
            queries.sample_letter(listed, act="grant", language="en", department_id=casework.department.pk)

    def test_of_every_procedure(self, casework):
        for procedure in law.procedures():
            version = casework.service(procedure.key, form=FORM, legal_basis=[])
            for act in procedure.letters():
                sample = queries.sample_letter(
                    version, act=act, language="zh-Hans", department_id=casework.department.pk
                )
                assert sample.startswith(b"%PDF"), (procedure.key, act)
