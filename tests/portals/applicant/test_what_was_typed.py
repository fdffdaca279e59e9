"""Nothing typed is lost, each fault stands at its field, and no number that is none breaks a page."""

import pytest

from egov.casework.models import Case, Message
from egov.identity.models import Account
from egov.intake import actions as intake
from egov.intake.models import Draft

pytestmark = pytest.mark.django_db

NO_NUMBERS = ["²", "-1", "9" * 30, "9" * 5000, "１２"]


@pytest.fixture
def browser(client, resident):
    client.force_login(Account.objects.get(pk=resident.account_id))
    client.cookies["django_language"] = "en"
    return client


@pytest.fixture
def case(services, a_draft, resident):
    """Just filed."""
    intake.submit(resident, draft=a_draft(resident).reference, key="k")
    return Case.objects.get()


def test_a_message_that_cannot_be_sent_stays_in_its_field(browser, case):
    address = f"/as/self/cases/{case.reference}/message/"
    refused = browser.post(address, {"text": "x" * 6000})
    assert refused.status_code == 422
    assert "x" * 6000 in refused.text
    assert 'id="f-text-e"' in refused.text
    assert browser.post(address, {"text": "  "}).status_code == 422
    assert not Message.objects.exists()
    assert browser.post(address, {"text": "明天补照片"}).status_code == 302
    assert Message.objects.get().text == "明天补照片"


def test_a_message_on_a_case_that_has_ended_is_shown_with_the_reason(browser, case, resident):
    from egov.casework import actions as casework

    casework.withdraw(resident, case=case.reference)
    refused = browser.post(f"/as/self/cases/{case.reference}/message/", {"text": "还有一句话"})
    assert refused.status_code == 409
    assert "还有一句话" in refused.text


def test_why_somebody_withdraws_is_kept_when_it_is_too_late(browser, case, monkeypatch):
    from egov.kernel.errors import TransitionNotAllowed
    from portals.applicant.views import matters

    def too_late(*_args, **_given):
        raise TransitionNotAllowed

    monkeypatch.setattr(matters.actions, "withdraw_matter", too_late)
    refused = browser.post(f"/as/self/matters/{case.matter}/withdraw/", {"reason": "不办了"})
    assert refused.status_code == 409
    assert "不办了</textarea>" in refused.text


def test_a_wrong_address_leaves_the_boxes_as_they_were_ticked(browser, case):
    form = {"language": "en", "sms": "12", "email_wanted": "true"}
    refused = browser.post("/as/self/settings/", form)
    assert refused.status_code == 422
    assert 'value="12"' in refused.text
    boxes = {name: checked(refused.text, name) for name in ("sms_wanted", "email_wanted")}
    assert boxes == {"sms_wanted": False, "email_wanted": True}


def checked(page: str, name: str) -> bool:
    box = next(part for part in page.split("<input")[1:] if f'name="{name}"' in part.partition(">")[0])
    return " checked" in box.partition(">")[0]


@pytest.mark.parametrize("number", NO_NUMBERS)
def test_what_is_no_number_is_answered(browser, case, a_draft, resident, number):
    draft = a_draft(resident)
    page = f"/as/self/drafts/{draft.reference}/page/reason/"
    sent = {"_asked": "reason", "reason": "lost", "_revision": number, "_detach": number}
    assert browser.post(page, sent).status_code in (200, 409)
    assert browser.post(f"{page}autosave/", sent).status_code in (200, 409)
    assert Draft.objects.get(pk=draft.pk).answers["reason"] in ("lost", "expired")
    rated = browser.post(f"/as/self/cases/{case.reference}/rate/", {"grade": number})
    assert rated.status_code == 422
    assert browser.get("/need", {"q": "身份证丢了", "pick": f"loan:{number}"}).status_code == 200
