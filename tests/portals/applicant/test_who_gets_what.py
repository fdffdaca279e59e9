"""Before filing: which department gets what, agreeing to it or handing it in. After it: what registers gave."""

import re

import pytest
from django.urls import reverse

from egov.casework.models import Case, Fetched
from egov.identity.models import Account
from egov.intake import actions, queries
from egov.intake.models import Draft, Submission
from egov.kernel.actor import SYSTEM
from egov.registers import actions as registers
from egov.registers.models import Consent
from tests.plugins.intake import PHOTO, SIGN, start

pytestmark = pytest.mark.django_db

CARD = {
    "key": "id_card",
    "name": {"zh-Hans": "居民身份证", "en": "Identity card"},
    "source": "shared",
    "evidence": "id_card",
}
PATENT = {"key": "patents", "name": {"zh-Hans": "专利", "en": "Patents"}, "source": "shared"}


@pytest.fixture
def browser(client, resident):
    client.force_login(Account.objects.get(pk=resident.account_id))
    return client


@pytest.fixture
def draft(services, a_draft, resident) -> Draft:
    registers.load_elements(SYSTEM)
    services.publish(materials=[PHOTO, CARD, PATENT])
    return a_draft(resident)


def url_of(name, draft):
    return reverse(f"citizen:{name}", kwargs={"capacity": "self", "reference": draft.reference})


def text_of(response) -> str:
    assert response.status_code in (200, 422), response.status_code
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def table_of(response) -> str:
    found = re.search(r'<table class="tbl tbl--text gets.*?</table>', response.content.decode(), re.DOTALL)
    assert found
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", found[0]))


def test_the_check_page_says_who_gets_what_for_what(browser, draft, services):
    page = browser.get(url_of("check", draft) + "?lang=en")
    told = table_of(page)
    assert "for: Identity card, replacement" in told
    assert "Reason, Name" in told, "in the order of the form"
    assert "Identity card" in told.rpartition("none")[2]
    assert "Patents" not in told, "nobody fetches what no register holds"
    assert "No register connected here holds these." in text_of(page)
    assert "<details" not in re.search(r"h-gets.*?</section>", page.content.decode(), re.DOTALL)[0]


def test_each_department_of_a_bundle_stands_with_its_own_part(browser, shop, services, resident):
    services.publish("AA03", form=SIGN, materials=[CARD])
    draft = start(resident, area=80, sign=True)
    actions.save_draft(resident, draft=draft.reference, answers={"aa02__cooks": 2, "aa03__words": "面馆"})
    page = browser.get(url_of("check", draft))
    fetching = re.findall(r'data-l="该部门调取的材料">\s*(.*?)\s*</td>', page.content.decode(), re.DOTALL)
    assert [text for text in fetching if text != "无"] == ["居民身份证"]
    assert len(fetching) == 3


def test_who_agrees_lets_the_department_fetch_and_sees_what_it_got(browser, draft, resident, deliver_outbox):
    answer = {"_key": "k", "declaration": "true", "consent": "true"}
    assert browser.post(url_of("check", draft), answer).status_code == 302
    deliver_outbox()
    case = Case.objects.get()
    page = browser.get(reverse("citizen:case", args=["self", case.reference]) + "?lang=en")
    told = text_of(page)
    assert "fetched" in told
    assert "from the Population register" in told
    assert "Patents" in told
    assert "No register connected here holds it." in told
    file = Fetched.objects.get(case=case, material="id_card").paper.file.reference
    address = reverse("citizen:case_file", args=["self", case.reference, file])
    assert address in page.content.decode()
    assert browser.get(address)["Content-Type"] == "application/pdf"
    looks = text_of(browser.get("/as/self/data/views/"))
    assert "居民身份证补领：居民身份证" in looks


def test_who_does_not_agree_hands_it_in(browser, draft, resident, a_picture, deliver_outbox):
    refused = browser.post(url_of("check", draft), {"_key": "k", "declaration": "true"})
    assert refused.status_code == 422
    assert url_of("draft_papers", draft) in refused.content.decode()
    assert not Submission.objects.exists()
    page = browser.get(url_of("draft_papers", draft))
    assert 'name="shared__id_card"' in page.content.decode()
    assert browser.post(url_of("draft_papers", draft), {"shared__id_card": a_picture("card.png")}).status_code == 302
    told = table_of(browser.get(url_of("check", draft) + "?lang=en"))
    assert told.count("none") == 1, "handed in, no longer fetched"
    assert browser.post(url_of("check", draft), {"_key": "k", "declaration": "true"}).status_code == 302
    deliver_outbox()
    case = Case.objects.get()
    assert [(row.material, row.origin) for row in case.files.all()] == [("id_card", "uploaded")]
    assert not Consent.objects.exists()
    assert "card.png" in text_of(browser.get(reverse("citizen:case", args=["self", case.reference])))


def test_a_wrong_file_is_told_and_a_right_one_is_taken_off_again(browser, draft, resident, a_picture):
    from django.core.files.uploadedfile import SimpleUploadedFile

    odd = SimpleUploadedFile("x.png", b"not a picture", content_type="image/png")
    assert browser.post(url_of("draft_papers", draft), {"shared__id_card": odd}).status_code == 422
    browser.post(url_of("draft_papers", draft), {"shared__id_card": a_picture()})
    attachment = draft.attachments.get()
    assert browser.post(url_of("draft_papers", draft), {"_detach": str(attachment.pk)}).status_code == 200
    assert not draft.attachments.exists()


def test_a_stranger_finds_neither_the_papers_nor_the_file(browser, draft, client, identities, deliver_outbox):
    browser.post(url_of("check", draft), {"_key": "k", "declaration": "true", "consent": "true"})
    deliver_outbox()
    fetched = Fetched.objects.get(material="id_card")
    client.force_login(identities.account(identities.person("外人")))
    address = reverse("citizen:case_file", args=["self", fetched.case.reference, fetched.paper.file.reference])
    assert client.get(address).status_code == 404
    assert client.get(url_of("draft_papers", draft)).status_code == 404


def test_a_draft_knows_what_is_fetched_and_what_no_register_holds(draft, resident):
    papers = queries.open_draft(resident, reference=draft.reference).shared_papers
    assert [(paper.material, paper.is_fetched) for paper in papers] == [("id_card", True), ("patents", False)]
