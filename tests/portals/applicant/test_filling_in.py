"""Filling in a form on pages that work without script."""

import re

import pytest
from django.urls import reverse

from egov.casework.models import Case
from egov.identity.models import Account
from egov.intake import actions as intake
from egov.intake.models import Draft, Submission
from egov.registers.models import Consent
from tests.plugins.intake import CARD_FORM, PHOTO, question

pytestmark = pytest.mark.django_db


@pytest.fixture
def browser(client, resident):
    """Somebody signed in, acting for themselves."""
    client.force_login(Account.objects.get(pk=resident.account_id))
    return client


@pytest.fixture
def started(browser, services):
    """A begun form of the card service."""
    services.publish()
    browser.post("/as/self/start/CL02/")
    return Draft.objects.get()


def page_url(draft, page="reason"):
    return f"/as/self/drafts/{draft.reference}/page/{page}/"


def text_of(response) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def test_nobody_gets_in_without_signing_in(client, started):
    client.logout()
    response = client.get(page_url(started))
    assert response.status_code == 302
    assert "/account/login" in response["Location"]


def test_a_stranger_finds_nothing(client, started, identities):
    account = identities.account(identities.person("外人"))
    client.force_login(account)
    for url in (
        page_url(started),
        f"/as/self/drafts/{started.reference}/check/",
        f"/as/self/drafts/{started.reference}/",
    ):
        assert client.get(url).status_code == 404


def test_the_words_that_led_here_are_shown_before_they_go_along(browser, services):
    services.publish()
    text = text_of(browser.get("/as/self/start/CL02/?lang=en&need=证丢了"))
    assert "证丢了" in text
    assert "The department sees it with your request." in text
    browser.post("/as/self/start/CL02/", {"need": "证丢了"})
    assert Draft.objects.get().need == "证丢了"


def test_the_start_page_says_what_it_takes(browser, services):
    services.publish()
    text = text_of(browser.get("/as/self/start/CL02/?lang=en"))
    assert "5 working days" in text
    assert "Free" in text
    assert "Photo" not in text or "照片" not in text


def test_the_way_through_a_form(browser, started, a_picture):
    response = browser.get(f"/as/self/drafts/{started.reference}/", follow=True)
    assert "办理原因" in response.content.decode()
    response = browser.post(
        page_url(started), {"_asked": "reason", "reason": "expired", "_act": "next", "_revision": "0"}
    )
    assert response["Location"] == page_url(started, "you")
    response = browser.get(page_url(started, "you"))
    assert "林晓雯" in response.content.decode()
    assert 'name="name"' not in response.content.decode(), "a known fact is shown, not asked"
    response = browser.post(page_url(started, "you"), {"_asked": "photo", "photo": a_picture(), "_act": "next"})
    assert response["Location"] == f"/as/self/drafts/{started.reference}/check/"
    response = browser.get(response["Location"])
    key = re.search(r'name="_key" value="(\w+)"', response.content.decode())[1]
    response = browser.post(response.request["PATH_INFO"], {"_key": key, "declaration": "true"})
    submission = Submission.objects.get()
    assert response["Location"] == f"/as/self/submissions/{submission.reference}/"
    receipt = browser.get(response["Location"]).content.decode()
    assert submission.reference in receipt
    assert Case.objects.get().files.count() == 1
    again = browser.post(f"/as/self/drafts/{started.reference}/check/", {"_key": key, "declaration": "true"})
    assert again["Location"] == response["Location"], "a double click leads to the one receipt"


def test_an_answer_that_brings_up_a_question_stays_on_the_page(browser, started):
    response = browser.post(page_url(started), {"_asked": "reason", "reason": "lost", "_act": "next"})
    assert response.status_code == 200
    assert 'name="lost_on__y"' in response.content.decode()
    response = browser.post(
        page_url(started), {"_asked": "reason lost_on", "reason": "lost", "lost_on__y": "2026", "_act": "next"}
    )
    assert response.status_code == 422
    assert "丢失日期" in response.content.decode()
    assert 'value="2026"' in response.content.decode(), "what was typed is still there"
    response = browser.post(
        page_url(started),
        {"_asked": "reason lost_on", "reason": "lost", "lost_on__y": "2026", "lost_on__m": "3", "lost_on__d": "7"},
    )
    assert response.status_code == 302
    assert Draft.objects.get().answers["lost_on"] == "2026-3-7"


def test_a_known_fact_can_be_corrected(browser, started):
    response = browser.get(page_url(started, "you") + "?correct=name")
    assert 'name="name"' in response.content.decode()
    browser.post(page_url(started, "you"), {"_asked": "name photo", "name": "林小雯", "_act": "next"})
    response = browser.get(f"/as/self/drafts/{started.reference}/check/?lang=en")
    assert 'The register says: <span lang="zh-Hans">林晓雯</span>' in response.content.decode()


def test_every_button_saves_first(browser, started):
    for act in ("back", "leave", "again"):
        browser.post(page_url(started), {"_asked": "reason", "reason": "lost", "_act": act})
        assert Draft.objects.get().answers["reason"] == "lost"
        Draft.objects.update(answers={})


def test_a_save_from_another_device_is_shown_beside_ones_own_words(browser, started):
    browser.post(page_url(started, "you"), {"_asked": "name", "name": "甲", "_act": "again", "_revision": "0"})
    response = browser.post(
        page_url(started, "you"), {"_asked": "name", "name": "乙", "_act": "next", "_revision": "0"}
    )
    body = response.content.decode()
    assert response.status_code == 409
    assert 'value="乙"' in body
    assert "甲" in body
    assert Draft.objects.get().answers["name"] == "甲"
    revision = re.search(r'name="_revision" value="(\d+)"', body)[1]
    browser.post(page_url(started, "you"), {"_asked": "name", "name": "乙", "_act": "next", "_revision": revision})
    assert Draft.objects.get().answers["name"] == "乙"


def test_autosave_keeps_the_text_and_tells_the_revision(browser, started):
    response = browser.post(
        page_url(started, "you") + "autosave/",
        {"_asked": "name", "name": "甲", "_revision": "0"},
        headers={"HX-Request": "true"},
    )
    assert response.status_code == 200
    assert 'name="_revision" value="1"' in response.content.decode()
    assert Draft.objects.get().answers["name"] == "甲"
    stale = browser.post(page_url(started, "you") + "autosave/", {"_asked": "name", "name": "乙", "_revision": "0"})
    assert stale.status_code == 409


def test_a_wrong_file_is_told_at_its_question_and_the_rest_is_kept(browser, started):
    from django.core.files.uploadedfile import SimpleUploadedFile

    wrong = SimpleUploadedFile("photo.png", b"not a picture", content_type="image/png")
    response = browser.post(page_url(started, "you"), {"_asked": "name photo", "name": "甲", "photo": wrong})
    assert response.status_code == 422
    assert 'id="f-photo-e"' in response.content.decode()
    assert Draft.objects.get().answers["name"] == "甲"


@pytest.mark.parametrize("revision", ["", "0"], ids=["without a revision", "from an older page"])
@pytest.mark.parametrize("pages", [CARD_FORM["x-pages"], []], ids=["the page stays", "the page goes"])
def test_a_file_that_is_asked_no_more_is_told_and_the_rest_is_kept(
    browser, started, services, resident, a_picture, monkeypatch, revision, pages
):
    """Another window moves the draft to a newer version while this one sends its page."""
    attach = intake.attach

    def overtaken(*args, **given):
        asked = {key: each for key, each in CARD_FORM["properties"].items() if key != "photo"}
        kept = [{**page, "fields": [key for key in page["fields"] if key in asked]} for page in pages]
        services.publish(form={"type": "object", "properties": asked, "x-pages": kept}, materials=[])
        intake.migrate_draft(resident, draft=started.reference)
        return attach(*args, **given)

    monkeypatch.setattr(intake, "attach", overtaken)
    response = browser.post(
        page_url(started, "you") + "?lang=en",
        {"_asked": "name photo", "name": "甲", "photo": a_picture(), "_revision": revision},
        follow=True,
    )
    assert response.status_code == (200 if not pages else 409 if revision else 422)
    if pages:
        assert "This form takes no such material." in text_of(response)
        assert 'value="甲"' in response.content.decode()
    if not revision:
        assert Draft.objects.get().answers["name"] == "甲"


def test_a_file_can_be_taken_off_again(browser, started, a_picture):
    browser.post(page_url(started, "you"), {"_asked": "photo", "photo": a_picture(), "_act": "again"})
    attachment = Draft.objects.get().attachments.get()
    response = browser.post(page_url(started, "you"), {"_asked": "photo", "_detach": str(attachment.pk)})
    assert response.status_code == 200
    assert not Draft.objects.get().attachments.exists()


def test_nothing_is_submitted_without_the_declaration(browser, started):
    browser.post(page_url(started), {"_asked": "reason", "reason": "expired"})
    response = browser.post(f"/as/self/drafts/{started.reference}/check/", {"_key": "k"})
    assert response.status_code == 422
    assert not Submission.objects.exists()


def test_what_registers_hold_is_fetched_only_with_consent(browser, services):
    shared = {
        "key": "id_card",
        "name": {"zh-Hans": "居民身份证", "en": "Identity card"},
        "source": "shared",
        "evidence": "id_card",
        "required": "always",
    }
    services.publish(materials=[PHOTO, shared])
    browser.post("/as/self/start/CL02/")
    draft = Draft.objects.get()
    browser.post(page_url(draft), {"_asked": "reason", "reason": "expired"})
    url = f"/as/self/drafts/{draft.reference}/check/"
    assert browser.post(url, {"_key": "k", "declaration": "true"}).status_code == 422
    assert not Consent.objects.exists()
    assert browser.post(url, {"_key": "k", "declaration": "true", "consent": "true"}).status_code == 302
    consent = Consent.objects.get()
    assert (consent.elements, consent.recipient_id) == (["id_card"], services.unit.department_id)


def test_rows_of_a_group_are_added_and_removed_without_script(browser, services):
    row = {"type": "object", "properties": {"who": question(en="Who")}, "required": ["who"]}
    group = question("array", zh="股东", en="Shareholders", items=row, x_widget="group", minItems=1)
    services.publish("XX01", form={"type": "object", "properties": {"people": group}, "required": ["people"]})
    browser.post("/as/self/start/XX01/")
    draft = Draft.objects.get()
    url = page_url(draft, "form")
    response = browser.post(url, {"_asked": "people", "people/0/who": "甲", "_add": "people"})
    assert 'name="people/1/who"' in response.content.decode()
    response = browser.post(
        url, {"_asked": "people", "people/0/who": "甲", "people/1/who": "乙", "_remove": "people/0"}
    )
    assert Draft.objects.get().answers == {"people": [{"who": "乙"}]}
    browser.post(url, {"_asked": "people", "people/0/who": "乙", "people/1/who": "", "_act": "next"})
    assert Draft.objects.get().answers == {"people": [{"who": "乙"}]}


def test_a_new_version_is_told_and_the_answers_move_along(browser, started, services):
    browser.post(page_url(started), {"_asked": "reason", "reason": "expired"})
    properties = {**CARD_FORM["properties"], "email": question(zh="邮箱", en="E-mail", format="email")}
    pages = [{"key": "all", "title": {"zh-Hans": "全部", "en": "All"}, "fields": list(properties)}]
    services.publish(form={"type": "object", "properties": properties, "x-pages": pages})
    response = browser.get(f"/as/self/drafts/{started.reference}/?lang=en", follow=True)
    assert "This service has changed since you began" in text_of(response)
    assert "New: E-mail" in text_of(response)
    assert Draft.objects.get().answers["reason"] == "expired"


def test_a_service_switched_off_keeps_the_draft_and_says_so(browser, started):
    from egov.catalogue import queries as catalogue

    started.version.service.enabled = False
    started.version.service.save()
    catalogue.kept.forget()
    response = browser.get(page_url(started))
    assert response.status_code == 409
    assert started.reference in response.content.decode()


@pytest.mark.parametrize("language", ["zh-Hans", "en"])
def test_ten_megabytes_of_text_get_a_clear_answer(browser, started, language):
    response = browser.post(
        page_url(started, "you") + f"?lang={language}", {"_asked": "name", "name": "汉" * 600_000, "_act": "next"}
    )
    assert response.status_code == 413


def test_the_draft_page_is_bounded_in_statements(browser, started, django_assert_max_num_queries):
    browser.get(page_url(started, "you"))
    with django_assert_max_num_queries(9):  # session, account, capacity, party, draft and its files, menu
        browser.get(page_url(started, "you"))


def test_the_business_portal_has_the_same_pages(client, services, identities):
    services.publish(audience=["enterprise"])
    owner = identities.person("林晓雯", region=identities.region())
    company = identities.organisation(representative=owner, region=identities.region())
    client.force_login(identities.account(owner))
    response = client.post(
        reverse("business:start", kwargs={"capacity": f"o-{company.pk}", "code": "CL02"}), follow=True
    )
    assert response.status_code == 200
    assert "portal-business" in response.content.decode()
    assert Draft.objects.get().applicant_id == company.pk


def test_a_page_of_what_was_sent_leads_to_its_receipt(browser, a_draft, resident):
    draft = a_draft(resident)
    submission = intake.submit(resident, draft=draft.reference, key="once")
    for page in (page_url(draft, "you"), f"/as/self/drafts/{draft.reference}/check/"):
        response = browser.get(page)
        assert response["Location"] == f"/as/self/submissions/{submission.reference}/"
