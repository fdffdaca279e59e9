"""From a need to a rated, verifiable decision, through the API alone: by session and by token."""

import json
from urllib.parse import parse_qs, urlparse

import pytest

from egov.catalogue import queries as catalogue
from egov.catalogue.models import Competence
from egov.journal import actions as journal
from egov.kernel import clock
from egov.kernel.actor import SYSTEM
from egov.payments import rules as payment_rules
from egov.payments.gateways import sandbox_secret
from egov.routing.actions import reindex
from tests.plugins.casework import DECIDE, REVIEW, SIGN
from tests.plugins.intake import CARD_FORM, PHOTO

pytestmark = pytest.mark.django_db


@pytest.fixture
def card_service(casework):
    """A service with a fee, a photo, an opinion and a decision of two people."""
    version = casework.service(
        "confirmation",
        code="CL02",
        name={"zh-Hans": "居民身份证补领", "en": "Resident ID card"},
        needs={"zh-Hans": ["身份证丢了"], "en": ["lost my identity card"]},
        audience=["person"],
        online_depth=4,
        form=CARD_FORM,
        materials=[{**PHOTO, "required": "always"}],
        fee={"amount": "40.00", "basis": {"zh-Hans": "居民身份证法第二十条"}},
        plan={"key": "card", "steps": [REVIEW, DECIDE, SIGN]},
        opinions=[{"department_role": "water"}],
    )
    Competence.objects.create(
        service=version.service,
        region=casework.identities.region(),
        department=casework.department,
        unit=casework.unit,
        valid_from="2020-01-01",
    )
    catalogue.kept.forget()
    reindex(SYSTEM)
    return version


def ok(response, status=200):
    assert response.status_code == status, response.content.decode()
    return response.json() if response.content else None


def pay(client, url):
    """What the sandbox does when the person presses "pay": it tells the platform, signed."""
    order = {key: values[0] for key, values in parse_qs(urlparse(url).query).items()}
    message = {
        "order": order["order"],
        "id": f"SB{order['order']}",
        "amount": int(order["amount"]),
        "at": clock.now().isoformat(),
        "status": "paid",
    }
    body = json.dumps(message).encode()
    signed = payment_rules.signature(sandbox_secret(), body)
    address = "/api/v1/payments/callbacks/sandbox"
    ok(client.post(address, body, "application/json", headers={"X-Signature": signed}))
    wrong = client.post(address, body, "application/json", headers={"X-Signature": "forged"})
    assert wrong.status_code == 422


@pytest.mark.parametrize("how", ["session", "token"])
def test_from_a_need_to_a_rated_decision(
    how, client, casework, card_service, by_session, by_token, a_picture, deliver_outbox, journal_key
):
    resident = by_session(casework.applicant) if how == "session" else by_token(casework.applicant, "api.file")
    clerk, reviewer, head, adviser = (
        by_token(actor, "api.desk") for actor in (casework.clerk, casework.reviewer, casework.head, casework.adviser)
    )

    # A need finds the service; its form says what is asked.
    match = ok(client.post("/api/v1/needs", {"text": "身份证丢了", "region": "990102"}, "application/json"))
    assert match["candidates"][0]["code"] == "CL02"
    service = ok(client.get("/api/v1/services/CL02"))
    assert service["form"]["properties"]["lost_on"]["format"] == "date"

    # A draft, prefilled; what is missing is told; the photo is attached; sent twice, taken once.
    draft = ok(resident.post("drafts", {"service": "CL02", "region": "990102", "need": "身份证丢了"}), 201)
    assert draft["answers"]["name"] == "赵启明"
    where = f"drafts/{draft['reference']}"
    ok(resident.patch(where, {"answers": {"reason": "lost"}}, If_Match=f'"{draft["revision"]}"'))
    check = ok(resident.get(f"{where}/check"))
    assert {fault["pointer"] for fault in check["faults"]} == {"/answers/lost_on", "/answers/photo"}
    assert check["price"] == "40.00"
    ok(resident.patch(where, {"answers": {"lost_on": "2026-03-01"}}))
    ok(resident.upload(f"{where}/attachments", material="photo", file=a_picture()), 201)
    assert ok(resident.get(f"{where}/check"))["complete"]
    submission = ok(resident.post(f"{where}/submission", Idempotency_Key="once"), 201)
    assert ok(resident.post(f"{where}/submission", Idempotency_Key="once"), 201) == submission
    (case,) = ok(resident.get("cases"))["results"]
    at = f"cases/{case['reference']}"
    assert case["state"] == "submitted"

    # Bill and payment.
    (bill,) = ok(resident.get("bills?state=open"))["results"]
    ways = ok(resident.get(f"bills/{bill['reference']}"))["ways_to_pay"]
    gateway, method = ways[0]["value"].split(":")
    started = ok(resident.post(f"bills/{bill['reference']}/payment", {"gateway": gateway, "method": method}))
    pay(client, started["url"])
    deliver_outbox()
    assert ok(resident.get(f"bills/{bill['reference']}"))["receipt"]["document"]
    receipt = resident.get(f"bills/{bill['reference']}/receipt")
    assert receipt.content.startswith(b"%PDF-")

    # The officer finds the work, claims it, asks for a correction; the resident answers.
    (item,) = ok(clerk.get("work-items?view=unit"))["results"]
    assert item["subject"] == f"case:{case['reference']}"
    ok(clerk.post(f"work-items/{item['id']}/claim"))
    seen = clerk.get(at)
    allowed = {each["act"] for each in ok(seen)["allowed_acts"] if each["allowed"]}
    assert {"accept", "request_correction", "not_accept"} <= allowed
    asked = {"items": [{"field": "lost_on", "message": "请核对日期"}]}
    ok(clerk.post(f"{at}/acts/request_correction", asked, If_Match=seen["ETag"]))
    stale = clerk.post(f"{at}/acts/accept", If_Match=seen["ETag"])
    assert (stale.status_code, stale.json()["code"]) == (412, "stale_version")
    told = ok(resident.get(at))
    assert told["corrections"][0]["items"][0]["message"] == "请核对日期"
    wrong = resident.post(f"{at}/acts/answer_correction", {"answers": {"lost_on": "yesterday"}})
    assert wrong.status_code == 422
    assert wrong.json()["errors"][0]["pointer"] == "/answers/lost_on"
    ok(resident.post(f"{at}/acts/answer_correction", {"answers": {"lost_on": "2026-03-02"}}))
    ok(clerk.post(f"{at}/acts/accept"))

    # A question both ways; another department's opinion, which sees only what is shared.
    ok(resident.post(f"{at}/messages", {"text": "什么时候能领？"}), 201)
    ok(reviewer.post(f"{at}/messages", {"text": "五个工作日内。"}), 201)
    assert [said["from_applicant"] for said in ok(resident.get(f"{at}/messages"))] == [True, False]
    question = {"unit": casework.elsewhere.key, "question": "请核对。", "shared_fields": ["name"]}
    ok(reviewer.post(f"{at}/acts/ask_opinion", question))
    (asked_of_us,) = ok(adviser.get("opinions"))["results"]
    opinion = ok(adviser.get(f"opinions/{asked_of_us['id']}"))
    assert opinion["answers"] == {"name": "赵启明"}
    ok(adviser.post(f"opinions/{asked_of_us['id']}/answer", {"stance": "agree", "answer": "一致。"}))

    # Review, draft and signature by two people.
    steps = {step["kind"]: step for step in ok(reviewer.get(at))["steps"]}
    ok(reviewer.post(f"{at}/acts/complete_step", {"item_id": steps["review"]["item"]}))
    ok(reviewer.post(f"{at}/acts/draft_decision", {"outcome": "granted", "reasons": "材料齐全。"}))
    own = reviewer.post(f"{at}/acts/sign_decision")
    assert own.status_code == 403
    decided = ok(head.post(f"{at}/acts/sign_decision"))
    assert decided["outcome"] == "granted"
    deliver_outbox()

    # The resident reads the decision, takes the sealed PDF, rates; anyone verifies it.
    read = ok(resident.get(at))
    assert read["decision"]["reasons"] == "材料齐全。"
    letter = next(each for each in read["documents"] if "决定" in each["title"]["zh-Hans"])
    pdf = resident.get(f"documents/{letter['reference']}/pdf")
    assert pdf["Content-Type"] == "application/pdf"
    assert b"/ByteRange" in pdf.content
    ok(resident.post(f"{at}/acts/rate", {"grade": 5, "tags": ["fast"]}))
    assert ok(resident.get(at))["rating"]["grade"] == 5
    journal.seal_pending()
    verified = ok(client.get(f"/api/v1/verify/{letter['code']}"))
    assert (verified["verdict"], verified["in_force"]) == ("valid", True)
    proof = ok(client.get(f"/api/v1/journal/proofs/case:{case['reference']}"))
    assert proof["sealed"]
    assert len(proof["leaf"]) == 64
    looks = ok(resident.get("data/looks"))
    assert any(f"case:{case['reference']}" in look["refs"] for look in looks)


def test_filing_in_one_request(casework, card_service, by_token, a_picture):
    """A machine client stores the file, files, and repeats freely."""
    program = by_token(casework.applicant, "api.file")
    stored = ok(program.upload("files", service="CL02", material="photo", file=a_picture()), 201)
    body = {
        "service": "CL02",
        "region": "990102",
        "answers": {"reason": "expired", "name": "赵启明"},
        "files": {"photo": [stored["reference"]]},
    }
    assert program.post("submissions", body).status_code == 422  # without a key
    first = ok(program.post("submissions", body, Idempotency_Key="a"), 201)
    assert ok(program.post("submissions", body, Idempotency_Key="a"), 201) == first
    assert first["channel"] == "api"
    other = program.post("submissions", {**body, "answers": {"reason": "expired", "name": "赵"}}, Idempotency_Key="a")
    assert (other.status_code, other.json()["code"]) == (409, "idempotency_conflict")
    matter = ok(program.get(f"matters/{first['matter']}"))
    assert matter["lanes"][0]["needs"] == "pay"
    withdrawn = ok(program.post(f"matters/{first['matter']}/withdrawal", {"reason": "重复"}))
    assert withdrawn["lanes"][0]["state"] == "dropped"
