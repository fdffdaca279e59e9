"""A certificate ends before its time: by who leads its department at the desk, by its holder among their papers."""

import pytest
from django.test import Client

from egov.documents.models import Credential
from egov.identity.models import Account

pytestmark = pytest.mark.django_db

LICENCE = {
    "key": "licence",
    "name": {"zh-Hans": "食品经营许可证", "en": "Food business licence"},
    "type": "certificate",
    "template": "certificate",
    "credential": "FOOD",
}
WHY = "发证时的材料不实。"


@pytest.fixture
def certificate(casework) -> Credential:
    case = casework.decided(casework.service(outputs=[LICENCE]))
    return Credential.objects.select_related("document").get(case=case.reference)


def test_who_leads_the_department_annuls_it(casework, desk, certificate):
    head = desk(casework.head)
    args = ["certificate_end", certificate.case, certificate.document.reference]
    assert head.url(*args) in head.text("case", certificate.case)
    assert "End this certificate?" in head.text(*args)
    assert head.post(*args, reason=WHY).status_code == 422  # how?
    again = head.post(*args, kind="annulled", reason="  ")
    assert again.status_code == 422
    assert "checked" in again.text
    assert head.post(*args, kind="lost", reason=WHY).status_code == 422  # for the holder to say
    assert head.post(*args, kind="annulled", reason=WHY).status_code == 302
    certificate.refresh_from_db()
    assert (certificate.end_kind, certificate.end_reason) == ("annulled", {"en": WHY})
    assert head.get(*args).status_code == 404  # once
    assert head.url(*args) not in head.text("case", certificate.case)


def test_an_officer_who_does_not_lead_may_not(casework, desk, certificate):
    reviewer = desk(casework.reviewer)
    args = ["certificate_end", certificate.case, certificate.document.reference]
    assert reviewer.post(*args, kind="annulled", reason=WHY).status_code == 403
    assert reviewer.url(*args) not in reviewer.text("case", certificate.case)


def test_the_holder_declares_it_lost(casework, certificate):
    holder, page = Client(), f"/as/self/documents/{certificate.document.reference}/"
    holder.force_login(Account.objects.get(pk=casework.applicant.account_id))
    holder.cookies["django_language"] = "en"
    assert f"{page}end/" in holder.get(page).text
    assert holder.post(f"{page}end/", {"kind": "revoked", "reason": WHY}).status_code == 422  # the department's
    assert holder.post(f"{page}end/", {"kind": "lost", "reason": "掉在公交车上。"}).status_code == 302
    shown = holder.get(page).text
    assert "declared lost" in shown
    assert f"{page}end/" not in shown
    certificate.refresh_from_db()
    assert certificate.end_kind == "lost"


def test_a_stranger_finds_nothing(casework, certificate):
    stranger = Client()
    stranger.force_login(Account.objects.get(pk=casework.stranger.account_id))
    ended = stranger.post(f"/as/self/documents/{certificate.document.reference}/end/", {"kind": "lost", "reason": WHY})
    assert ended.status_code == 404
