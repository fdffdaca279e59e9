"""The letters of a version: what the law words is shown, what the department adds is written, tried out and corrected."""

import pytest

from egov.catalogue.models import ServiceVersion
from egov.documents.models import IssuedDocument
from tests.plugins.papers import text_of

pytestmark = pytest.mark.django_db

D2 = "services/LC01/versions/2"
PARAGRAPH = {"act": "grant", "text_zh": "请带{case}来。", "text_en": "Bring {case}."}


@pytest.fixture
def desk(console):
    desk = console.market_admin
    desk.post("services/LC01/draft", {"change_reason": "letters"})
    return desk


def letters():
    return ServiceVersion.objects.get(service__code="LC01", number=2).letters


def test_each_letter_stands_there_as_the_law_words_it(desk):
    page = desk.html(f"{D2}/letters")
    for words in ("Notice of the result", "What you asked for is done.", "Notice of acceptance", "adds nothing here"):
        assert words in page
    assert "Letters" in desk.html(D2)
    chinese = desk.get(f"{D2}/letters", {"lang": "zh-hans"}).content.decode()
    assert "办理结果通知书" in chinese


def test_a_paragraph_is_added_changed_moved_and_taken_out(desk):
    new = desk.html(f"{D2}/letters/paragraphs", {"act": "refuse"})
    assert '<option value="refuse" selected>' in new
    assert "{answers.name}" in new, "what may be put in"
    assert desk.post(f"{D2}/letters/paragraphs", PARAGRAPH).status_code == 302
    again = {**PARAGRAPH, "text_en": "Pay nothing.", "term_1_0": 'reason == "lost"'}
    assert desk.post(f"{D2}/letters/paragraphs", again).status_code == 302
    first = {"key": "grant_1", "act": "grant", "text": {"zh-Hans": "请带{case}来。", "en": "Bring {case}."}}
    second = {
        "key": "grant_2",
        "act": "grant",
        "text": {"zh-Hans": "请带{case}来。", "en": "Pay nothing."},
        "when": 'reason == "lost"',
    }
    assert letters() == [first, second]
    page = desk.html(f"{D2}/letters")
    assert '<p lang="zh-Hans">请带{case}来。</p>' in page
    assert "Pay nothing." in page
    assert desk.post(f"{D2}/letters/paragraphs/grant_2/up").status_code == 302
    assert [each["key"] for each in letters()] == ["grant_2", "grant_1"]
    changed = {**PARAGRAPH, "act": "refuse", "text_en": "Ask again."}
    assert desk.post(f"{D2}/letters/paragraphs/grant_1", changed).status_code == 302
    assert letters()[1] == {**first, "act": "refuse", "text": {"zh-Hans": "请带{case}来。", "en": "Ask again."}}
    assert desk.post(f"{D2}/letters/paragraphs/grant_2/remove").status_code == 302
    assert [each["key"] for each in letters()] == ["grant_1"]


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"text_en": "Bring {colour}."}, "text_en"),
        ({"text_zh": "请带{case来。"}, "text_zh"),
        ({"text_zh": "请带{answers.colour}来。"}, "text_zh"),
        ({"text_en": ""}, "text_en"),
        ({"act": "deliver"}, "act"),
        ({"written": "colour == 1"}, "written"),
        ({"written": "reason =="}, "written"),
    ],
)
def test_a_fault_stands_at_its_field_and_nothing_is_kept(desk, wrong, field):
    response = desk.post(f"{D2}/letters/paragraphs", {**PARAGRAPH, **wrong})
    assert response.status_code == 422
    assert response.context["form"].errors.keys() == {field}
    assert letters() == []


def test_what_was_written_otherwise_is_shown_with_its_fault_and_can_be_put_right(desk):
    rows = [
        {"key": "good", "act": "grant", "text": {"zh-Hans": "好", "en": "Good"}},
        {"key": "astray", "act": "party", "text": {"zh-Hans": "好", "en": "{colour}"}},
        {"key": "bare", "act": "grant", "text": "no languages"},
        "no paragraph",
    ]
    ServiceVersion.objects.filter(service__code="LC01", number=2).update(letters=rows)
    page = desk.html(f"{D2}/letters")
    assert "In no letter of this service" in page
    assert "There is no placeholder {colour}." in page
    assert "A paragraph names its letter and its text." in page
    assert desk.html(f"{D2}/letters/paragraphs/bare")
    assert desk.post(f"{D2}/letters/paragraphs/astray", PARAGRAPH).status_code == 302
    assert desk.post(f"{D2}/letters/paragraphs/bare/remove").status_code == 302
    assert [each["key"] for each in letters()] == ["good", "astray"]
    assert "note--error" not in desk.html(f"{D2}/letters")


def test_the_sample_is_the_letter_and_no_letter(desk):
    desk.post(f"{D2}/letters/paragraphs", {**PARAGRAPH, "text_zh": "请到{department}找{unit}。"})
    response = desk.get(f"{D2}/letters/samples/grant/zh-Hans.pdf")
    assert response["Content-Type"] == "application/pdf"
    shown = text_of(response.content)
    for words in ("样张", "办理结果通知书", "救济途径", "请到市监局找服务科。"):
        assert words in shown
    assert "Bring[numberofthecase]." in text_of(desk.get(f"{D2}/letters/samples/grant/en.pdf").content)
    assert not IssuedDocument.objects.exists()
    assert desk.get(f"{D2}/letters/samples/deliver/en.pdf").status_code == 404
    assert desk.get(f"{D2}/letters/samples/grant/fr.pdf").status_code == 404


def test_what_is_in_force_is_only_read(desk, console):
    rows = [{"key": "next", "act": "grant", "text": {"zh-Hans": "好", "en": "Good"}}]
    ServiceVersion.objects.filter(pk=console.service.pk).update(letters=rows)
    page = desk.html("services/LC01/versions/1/letters")
    assert "Good" in page
    assert "Add a paragraph" not in page
    assert "/paragraphs/next" not in page
    assert desk.post("services/LC01/versions/1/letters/paragraphs", PARAGRAPH).status_code == 422
    desk.post("services/LC01/versions/1/letters/paragraphs/next/remove")
    assert ServiceVersion.objects.get(pk=console.service.pk).letters == rows


def test_there_is_no_paragraph_of_that_key(desk):
    assert desk.get(f"{D2}/letters/paragraphs/none").status_code == 404
    assert desk.post(f"{D2}/letters/paragraphs/none/up").status_code == 404
    desk.post(f"{D2}/letters/paragraphs", PARAGRAPH)
    assert desk.post(f"{D2}/letters/paragraphs/grant_1/sideways").status_code == 404


def test_the_versions_differ_by_the_paragraph_in_words(desk):
    desk.post(f"{D2}/letters/paragraphs", PARAGRAPH)
    page = desk.html(D2)
    assert "<h3>Letters</h3>" in page
    assert "Bring {case}." in page
