"""Every route of the API: whose matter it is, strangers, officers here and elsewhere, administrators, nobody, too little scope."""

import re
from decimal import Decimal
from types import SimpleNamespace

import pytest
from django.test import Client
from django.urls import get_resolver

from egov.casework import actions as casework_actions
from egov.catalogue.models import Competence, Event
from egov.documents import actions as documents
from egov.identity.models import Account
from egov.intake import actions as intake
from egov.journal import actions as journal
from egov.kernel.actor import SYSTEM
from egov.kernel.refs import Ref
from egov.notices import actions as notices
from egov.payments import actions as payments
from egov.payments.actions import BillLineSpec
from egov.registers import actions as registers
from portals.api.views.acts import ACTS
from tests.plugins.api import Caller
from tests.plugins.intake import CARD_FORM, PHOTO
from tests.plugins.permissions import PermissionTable, Row

EVERYONE = {"owner": True, "stranger": True, "officer": True, "officer_elsewhere": True, "administrator": True}
APPLICANTS = {"owner": True, "stranger": True}  # each sees their own
POSTS = {"officer": True, "officer_elsewhere": True, "administrator": True}  # each their unit's


def get(path, **may):
    return Row(lambda caller, world: caller.get(path.format(**vars(world))), **may)


def post(path, body=None, **may):
    return Row(lambda caller, world: caller.post(path.format(**vars(world)), body, Idempotency_Key="k"), **may)


def act(key, **may):
    """An empty or senseless body: whoever may is told what is wrong with it, or that the state is another."""
    which = "corrected" if key == "answer_correction" else "case"
    return post(f"cases/{{{which}}}/acts/{key}", BODIES.get(key, {}), **may)


BODIES = {
    "not_accept": {"reason": "x"},
    "redirect": {"body": "x"},
    "transfer": {"unit": "jz.linjiang.market.registration", "reason": "x"},
    "request_correction": {"items": [{"field": "area", "message": "x"}]},
    "answer_correction": {"answers": {}},
    "refuse_change": {"reason": "x"},
    "suspend": {"procedure": "inspection", "reason": "x"},
    "propose_extension": {"days": 1, "reason": "x"},
    "ask_opinion": {"unit": "x", "question": "x"},
    "complete_step": {"item_id": 1},
    "draft_decision": {"outcome": "granted"},
    "return_draft": {"note": "x"},
    "terminate": {"reason": "x"},
    "send_message": {"text": "x"},
    "rate": {"grade": 5},
    "rate_again": {"grade": 5},
    "fetch_evidence": {"material": "x"},
    "verify_rating": {"justified": True, "note": "x"},
    "rectify_rating": {"rectification": "x", "public_answer": {"en": "x"}},
}
# Acts of applicants; all others are for the officer whose case it is, as far as the post's roles go.
OWNERS = {"answer_correction", "withdraw", "rate", "rate_again"}
BOTH = {"send_message"}
# An officer who carries none of the roles of the act, or of no such part on this case.
NEITHER = {"extend", "refuse_extension", "verify_rating"}


@pytest.fixture
def permission_world(casework, journal_key):
    case = casework.received(casework.service(form=CARD_FORM, materials=[PHOTO]))
    party = casework.applicant.on_behalf_of_id
    corrected = casework.received(case.version)
    casework_actions.request_correction(
        casework.clerk, case=corrected.reference, items=[{"field": "name", "message": "x"}]
    )
    casework.claim(case, casework.reviewer, "accept")
    asked = casework.accepted()
    opinion = casework_actions.ask_opinion(
        casework.reviewer, case=asked.reference, unit=casework.elsewhere.key, question="？"
    )
    document = documents.issue_document(
        SYSTEM,
        template="acceptance",
        title={"en": "Notice"},
        subject=Ref("case", case.reference),
        holder_id=party,
        department_id=casework.department.pk,
        data={},
    )
    bill = payments.raise_bill(
        SYSTEM,
        payer_id=party,
        subject=Ref("case", case.reference),
        lines=[BillLineSpec(Ref("case", case.reference), casework.department.pk, {"en": "Fee"}, Decimal("40.00"), "")],
    )
    (notice,) = notices.notify(
        SYSTEM,
        recipients=[party],
        key="k",
        kind="case_accepted",
        subject=Ref("case", case.reference),
        context={"service": "x", "case": "x", "due": "x", "department": "x"},
    )
    consent = registers.give_consent(
        casework.applicant,
        recipient_id=casework.department.pk,
        elements=["person.name"],
        purpose={"en": "x"},
        subject=Ref("case", case.reference),
    )
    Competence.objects.create(
        service=case.service,
        region=casework.identities.region(),
        department=casework.department,
        unit=casework.unit,
        valid_from="2020-01-01",
    )
    draft = intake.start_draft(casework.applicant, service=case.service.code, region="990102")
    journal.seal_pending()
    Event.objects.create(code="BE01", kind="business", name={"en": "Opening a restaurant"})
    return SimpleNamespace(
        case=case.reference,
        corrected=corrected.reference,
        draft=draft.reference,
        matter="JZ-M-260101-00000-00",
        asked=corrected.matter,
        opinion=opinion.pk,
        document=document.reference,
        code=document.code,
        bill=bill.reference,
        notice=notice.pk,
        consent=consent.pk,
        service=case.service.code,
        item=casework.item(case, "accept").pk,
        colleague=casework.second.post_id,
        casework=casework,
    )


@pytest.fixture
def permission_actors(permission_world):
    casework = permission_world.casework
    actors = {
        "owner": casework.applicant,
        "stranger": casework.stranger,
        "officer": casework.reviewer,
        "officer_elsewhere": casework.adviser,
        "administrator": casework.supervisor,
    }
    callers = {}
    for who, actor in actors.items():
        client = Client()
        client.force_login(
            Account.objects.get(pk=actor.account_id), backend="django.contrib.auth.backends.ModelBackend"
        )
        callers[who] = Caller(client, actor.capacity)
    return callers


OWN = {"owner": True}
HANDLING = {"owner": True, "officer": True}
TABLE = PermissionTable(
    "portals.api",
    {
        "api:needs": post("/api/v1/needs", {"text": "x"}, **EVERYONE),
        "api:services": get("/api/v1/services", **EVERYONE),
        "api:service": get("/api/v1/services/{service}", **EVERYONE),
        "api:events": get("/api/v1/events", **EVERYONE),
        "api:event": get("/api/v1/events/BE01", **EVERYONE),
        "api:regions": get("/api/v1/regions", **EVERYONE),
        "api:departments": get("/api/v1/departments", **EVERYONE),
        "api:track": get("/api/v1/track/{case}", **EVERYONE),
        "api:verify": get("/api/v1/verify/{code}", **EVERYONE),
        "api:verify_upload": Row(lambda caller, world: caller.upload("/api/v1/verify"), **EVERYONE),
        "api:journal_proof": get("/api/v1/journal/proofs/case:{case}", **EVERYONE),
        "api:session": get("/api/v1/session", **EVERYONE),
        "api:capacities": get("/api/v1/capacities", **EVERYONE),
        "api:event_plan": post("events/BE01/plan", {"answers": {}}, **EVERYONE),
        "api:event_drafts": post("events/BE01/drafts", {"region": "990102", "answers": {}}, **APPLICANTS),
        "api:drafts": get("drafts", **EVERYONE),
        "api:draft": get("drafts/{draft}", **OWN),
        "api:draft_form": get("drafts/{draft}/form", **OWN),
        "api:draft_check": get("drafts/{draft}/check", **OWN),
        "api:draft_migration": post("drafts/{draft}/migration", **OWN),
        "api:attachments": get("drafts/{draft}/attachments", **OWN),
        "api:attachment": Row(lambda caller, world: caller.delete(f"drafts/{world.draft}"), **OWN),
        "api:draft_submission": post("drafts/{draft}/submission", **OWN),
        "api:files": Row(lambda caller, world: caller.upload("files", service=world.service), **EVERYONE),
        "api:file": get("files/JZ-F-260101-00000-00"),
        "api:submissions": get("submissions", **EVERYONE),
        "api:submission": get("submissions/JZ-S-260101-00000-00"),
        "api:matters": get("matters", **EVERYONE),
        "api:matter": get("matters/{matter}"),
        "api:matter_change": post("matters/{matter}/changes", {"answers": {}, "reason": "x"}),
        "api:matter_corrections": post("matters/{asked}/corrections", {"answers": {}}, **OWN),
        "api:matter_declaration": post("matters/{matter}/parts/SI03/declaration", {"text": "x"}),
        "api:matter_situation": get("matters/{matter}/situation"),
        "api:matter_parts": post("matters/{matter}/parts", {"service": "LC03"}),
        "api:matter_withdrawal": post("matters/{matter}/withdrawal"),
        "api:cases": get("cases", **EVERYONE),
        "api:case": get("cases/{case}", **HANDLING),
        "api:case_file": get("cases/{case}/files/none"),
        "api:messages": get("cases/{case}/messages", **HANDLING),
        "api:contest": post("cases/{case}/contest", **OWN),
        **{
            f"api:act_{key}": act(
                key,
                owner=key in OWNERS | BOTH,
                officer=key not in OWNERS | NEITHER,
                administrator=key == "verify_rating",
            )
            for key in ACTS
        },
        "api:case_search": get("case-search?q=x", **POSTS),
        "api:work_items": get("work-items", **POSTS),
        "api:claim": post("work-items/{item}/claim", officer=True),
        "api:give_back": post("work-items/{item}/give-back", officer=True),
        "api:delegate": Row(
            lambda caller, world: caller.post(f"work-items/{world.item}/delegate", {"post": world.colleague}),
            officer=True,
        ),
        "api:assign": post("work-items/{item}/assign", {"post": 1}),
        "api:complete": post("work-items/{item}/complete", {"outcome": "done"}, officer=True),
        "api:colleagues": get("colleagues", **POSTS),
        "api:opinions": get("opinions", **POSTS),
        "api:opinion": get("opinions/{opinion}", officer_elsewhere=True),
        "api:give_opinion": post("opinions/{opinion}/answer", {"stance": "agree"}, officer_elsewhere=True),
        "api:withdraw_opinion": post("opinions/{opinion}/withdrawal", officer=True),
        "api:bills": get("bills", **APPLICANTS),
        "api:bill": get("bills/{bill}", **OWN),
        "api:bill_payment": post("bills/{bill}/payment", {"gateway": "sandbox", "method": "card"}, **OWN),
        "api:bill_receipt": get("bills/{bill}/receipt"),  # not paid: nobody has it
        "api:documents": get("documents", **APPLICANTS),
        "api:document": get("documents/{document}", **HANDLING),
        "api:document_pdf": get("documents/{document}", **HANDLING),
        "api:notices": get("notices", **EVERYONE),
        "api:notice_read": post("notices/{notice}/read", **OWN),
        "api:mandates": get("mandates", **APPLICANTS),
        "api:mandate_acceptance": post("mandates/1/acceptance"),
        "api:mandate_revocation": post("mandates/1/revocation"),
        "api:my_data": get("data", **APPLICANTS),
        "api:data_looks": get("data/looks", **APPLICANTS),
        "api:consents": get("data/consents", **APPLICANTS),
        "api:consent_revocation": post("data/consents/{consent}/revocation", **OWN),
        "api:fact_corrections": get("data/corrections", **APPLICANTS),
    },
    internal={
        "api:payment_callback": "the gateway's signature is its permission (test_whole_job)",
        "api:nothing": "leads nowhere",
    },
)
test_permission, test_every_route_has_a_row = TABLE.tests_by_actor()

MADE_UP = {"capacity": "self", "code": "x", "gateway": "x", "ref": "x:y"}


def addresses():
    """Each route with made-up keys."""

    def walk(patterns, prefix):
        for each in patterns:
            where = prefix + str(each.pattern)
            if hasattr(each, "url_patterns"):
                yield from walk(each.url_patterns, where)
            elif each.name != "nothing":
                yield re.sub(
                    r"<(?:(\w+):)?(\w+)>", lambda m: "1" if m[1] == "int" else MADE_UP.get(m[2], "none"), where
                )

    api = next(each for each in get_resolver().url_patterns if str(each.pattern) == "api/")
    return [f"/{address}" for address in walk(api.url_patterns, "api/")]


def in_capacity(address):
    return "/as/" in address or address.endswith(("/session", "/capacities"))


ADDRESSES = addresses()


@pytest.mark.django_db
def test_nobody_gets_in_without_logging_in(client):
    for address in filter(in_capacity, ADDRESSES):
        for method in ("get", "post", "patch", "delete"):
            response = getattr(client, method)(address)
            assert response.status_code in (401, 405), f"{method} {address}: {response.status_code}"
            assert response["Content-Type"].startswith("application/problem+json")


@pytest.mark.django_db
def test_a_token_that_may_only_read_changes_nothing(casework, by_token):
    """RFC 6750: 403 with the scopes of which one would do."""
    reader = by_token(casework.applicant, "api.read")
    written = 0
    for address in filter(in_capacity, ADDRESSES):
        assert "insufficient" not in str(reader.get(address).content)
        response = reader.post(address)
        if response.status_code == 415:
            response = reader.upload(address)
        if response.status_code == 405:
            continue
        written += 1
        assert response.status_code == 403, address
        assert response.json()["code"] == "insufficient_scope"
        assert response["WWW-Authenticate"] == 'Bearer error="insufficient_scope", scope="api api.file"'
    assert written > 40


@pytest.mark.django_db
def test_a_token_for_filing_does_not_open_the_desk(casework, by_token):
    both = casework.identities.officer("reviewer", unit=casework.unit, person=casework.identities.person("两用"))
    filing = by_token(both, "api.file")
    assert filing.get("work-items").status_code == 403
    assert filing.get("/api/v1/as/self/drafts").status_code == 200
    desk = by_token(both, "api.desk")
    assert desk.get("work-items").status_code == 200
    assert desk.get("/api/v1/as/self/drafts").status_code == 403
