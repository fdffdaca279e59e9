"""What an integrator builds on: the document, problems, pages of lists, versions, throttles, languages."""

import re
from decimal import Decimal

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import get_resolver
from rest_framework.throttling import SimpleRateThrottle

from egov.casework.rules.lifecycle import TRANSITIONS
from egov.documents import actions as documents
from egov.kernel.actor import SYSTEM
from egov.kernel.refs import Ref
from egov.notices import actions as notices
from egov.payments import actions as payments
from egov.payments.actions import BillLineSpec
from egov.registers import actions as registers
from portals.api.views.acts import ACTS
from portals.api.views.cases import ELSEWHERE
from tests.plugins.intake import CARD_FORM, PHOTO

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def document():
    from drf_spectacular.generators import SchemaGenerator

    return SchemaGenerator().get_schema(request=None, public=True)


def operations(document):
    for address, methods in document["paths"].items():
        for method, operation in methods.items():
            yield address, method, operation


# --- The document -----------------------------------------------------------------------------------------
def test_the_document_is_openapi_3_1(client):
    response = client.get("/api/schema/?format=json")
    assert response.json()["openapi"].startswith("3.1")
    assert client.get("/api/docs/").status_code == 200


def test_every_route_is_documented(document):
    def walk(patterns, prefix):
        for each in patterns:
            where = prefix + str(each.pattern)
            if hasattr(each, "url_patterns"):
                yield from walk(each.url_patterns, where)
            elif "/v1/" in where and each.name != "payment_callback":
                yield re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", f"/{where}")

    api = next(each for each in get_resolver().url_patterns if str(each.pattern) == "api/")
    assert set(walk(api.url_patterns, "api/")) == set(document["paths"])


def test_every_operation_says_what_it_does_and_answers_in_a_known_shape(document):
    for address, method, operation in operations(document):
        where = f"{method} {address}"
        assert operation["description"], where
        assert operation["operationId"], where
        fine = {code: each for code, each in operation["responses"].items() if code.startswith("2")}
        assert fine, where
        for code, each in fine.items():
            assert code == "204" or each["content"], where
            for content in each.get("content", {}).values():
                assert content["schema"], where
                assert content["schema"] != {"type": "object", "additionalProperties": {}}, where
        assert "429" in operation["responses"], where


def test_every_request_has_an_example(document):
    for address, method, operation in operations(document):
        for kind, content in operation.get("requestBody", {}).get("content", {}).items():
            if kind == "application/json":
                assert content.get("examples"), f"{method} {address}"


def test_examples_of_requests_fit_their_shapes():
    for key, act in ACTS.items():
        from portals.api.samples import _all

        example = act.body._spectacular_annotation["examples"][0].value
        assert example in _all().values()
        shape = act.body(data=example)
        assert shape.is_valid(), f"{key}: {shape.errors}"


def test_every_act_that_a_page_offers_can_be_done_here():
    offered = {key for key, act in TRANSITIONS.items() if act.label is not None}
    assert offered - ACTS.keys() - ELSEWHERE.keys() == set()
    assert not (ACTS.keys() | ELSEWHERE.keys()) - TRANSITIONS.keys()


# --- Problems ------------------------------------------------------------------------------------------------
def test_a_problem_points_at_the_field_in_the_language_of_the_caller(casework, by_token, services, resident):
    services.publish("CL02")
    program = by_token(resident)
    body = {"service": "CL02", "region": "990102", "answers": {"reason": "lost", "name": "林晓雯"}}
    english = program.post("submissions", body, Idempotency_Key="k")
    chinese = program.post("submissions", body, Idempotency_Key="k", Accept_Language="zh-CN")
    assert english.status_code == chinese.status_code == 422
    assert english["Content-Type"] == "application/problem+json"
    (fault,) = english.json()["errors"]
    assert (fault["pointer"], fault["code"]) == ("/answers/lost_on", "required")
    assert fault["detail"].isascii() or "Lost on" in fault["detail"]
    assert re.search("[一-鿿]", chinese.json()["errors"][0]["detail"])
    assert english.json()["type"] == chinese.json()["type"] == "urn:egov:problem:invalid_input"


@pytest.mark.parametrize(("language", "word"), [("en", "material"), ("zh-Hans", "材料")])
def test_a_file_that_does_not_fit_is_told_at_its_member_of_the_request(
    by_token, a_draft, a_picture, resident, language, word
):
    draft = a_draft(resident)
    program = by_token(resident, language=language)
    attachments = f"drafts/{draft.reference}/attachments"
    for address, more in ((attachments, {}), ("files", {"service": "CL02"})):
        unknown = program.upload(address, material="passport", file=a_picture(), **more)
        assert (unknown.status_code, unknown["Content-Type"]) == (422, "application/problem+json")
        (fault,) = unknown.json()["errors"]
        assert (fault["pointer"], fault["code"]) == ("/material", "unknown")
        assert word in fault["detail"]
        wrong = SimpleUploadedFile("photo.png", b"not a picture", content_type="image/png")
        told = program.upload(address, material="photo", file=wrong, **more).json()["errors"]
        assert [each["pointer"] for each in told] == ["/file"]


@pytest.mark.parametrize(
    ("body", "pointer", "code"),
    [
        ({"service": "CL02"}, "/region", "required"),
        ({"service": "CL02", "region": "990102", "regoin": "x"}, "/regoin", "unknown"),
        ({"service": ["CL02"], "region": "990102"}, "/service", "invalid"),
        ([], "", "invalid"),
    ],
)
def test_a_wrong_form_is_told_where(casework, by_token, body, pointer, code):
    response = by_token(casework.applicant).post("drafts", body)
    assert response.status_code == 422
    assert {"pointer": pointer, "code": code}.items() <= response.json()["errors"][0].items()


@pytest.mark.parametrize("content", ["{", "null", '"text"', "[1]", "\x00"])
def test_malformed_json_is_a_problem_and_no_fault_of_ours(casework, by_token, content):
    caller = by_token(casework.applicant)
    response = caller.client.post(caller.address("drafts"), content, "application/json", headers=caller.headers)
    assert response.status_code in (400, 422)
    assert response["Content-Type"] == "application/problem+json"


def test_a_missing_key_names_the_header(casework, by_token):
    case = casework.received()
    response = by_token(casework.applicant).post("submissions", {"service": case.service.code})
    assert response.json()["errors"][0]["header"] == "Idempotency-Key"


def test_an_unknown_address_is_a_problem_too(client):
    response = client.get("/api/v1/nothing")
    assert (response.status_code, response["Content-Type"]) == (404, "application/problem+json")


# --- Versions of what is read and written ---------------------------------------------------------------------
def test_a_case_has_an_etag_and_refuses_a_stale_one(casework, by_token):
    case = casework.received()
    clerk = by_token(casework.clerk)
    seen = clerk.get(f"cases/{case.reference}")["ETag"]
    assert seen == f'"{case.lock_version}"'
    done = clerk.post(f"cases/{case.reference}/acts/accept", If_Match=seen)
    assert done.status_code == 200
    assert done["ETag"] != seen
    late = by_token(casework.head).post(f"cases/{case.reference}/acts/terminate", {"reason": "x"}, If_Match=seen)
    assert (late.status_code, late.json()["code"]) == (412, "stale_version")
    told = by_token(casework.head).post(
        f"cases/{case.reference}/acts/terminate", {"reason": "x", "lock_version": case.lock_version}
    )
    assert (told.status_code, told.json()["code"]) == (409, "stale_version")
    wrong = clerk.post(f"cases/{case.reference}/acts/accept", If_Match='"abc"')
    assert wrong.json()["errors"][0]["header"] == "If-Match"


def test_a_draft_saved_elsewhere_is_not_overwritten(by_token, resident, a_draft):
    draft = a_draft(resident)
    program = by_token(resident)
    address = f"drafts/{draft.reference}"
    seen = program.get(address)["ETag"]
    assert program.patch(address, {"answers": {"reason": "lost"}}, If_Match=seen).status_code == 200
    late = program.patch(address, {"answers": {"reason": "expired"}}, If_Match=seen)
    assert (late.status_code, late.json()["code"]) == (412, "draft_changed")


def test_a_service_is_not_sent_twice(client, casework):
    code = casework.service().service.code
    first = client.get(f"/api/v1/services/{code}")
    again = client.get(f"/api/v1/services/{code}", headers={"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_every_answer_names_the_version_and_is_not_kept(client, casework, by_token):
    for response in (client.get("/api/v1/services"), by_token(casework.applicant).get("cases")):
        assert response["API-Version"] == "1.0.0"
        assert response["Cache-Control"] == "no-store"


# --- Throttles -------------------------------------------------------------------------------------------------
def test_who_asks_too_often_is_told_when_to_go_on(client, monkeypatch, casework):
    monkeypatch.setattr(SimpleRateThrottle, "THROTTLE_RATES", {"anon": "2/min", "user": "2/min", "search": "2/min"})
    cache.clear()
    answers = [client.get("/api/v1/services") for _ in range(3)]
    assert [each.status_code for each in answers] == [200, 200, 429]
    assert 1 <= int(answers[-1]["Retry-After"]) <= 61
    assert answers[-1].json()["code"] == "throttled"


# --- Lists ---------------------------------------------------------------------------------------------------------
def fill_cases(casework, number):
    for _ in range(number):
        casework.received()


def fill_drafts(casework, number):
    from egov.intake import actions as intake

    code = casework.service(form=CARD_FORM, materials=[PHOTO]).service.code
    for _ in range(number):
        intake.start_draft(casework.applicant, service=code, region="990102")


def fill_bills(casework, number):
    for n in range(number):
        line = BillLineSpec(Ref("case", f"x{n}"), casework.department.pk, {"en": "Fee"}, Decimal("40.00"), "")
        payments.raise_bill(
            SYSTEM, payer_id=casework.applicant.on_behalf_of_id, subject=Ref("case", f"x{n}"), lines=[line]
        )


def fill_documents(casework, number):
    for n in range(number):
        documents.issue_document(
            SYSTEM,
            template="acceptance",
            title={"en": "Notice"},
            subject=Ref("case", f"x{n}"),
            holder_id=casework.applicant.on_behalf_of_id,
            department_id=casework.department.pk,
            data={},
        )


def fill_notices(casework, number):
    for n in range(number):
        notices.notify(
            SYSTEM,
            recipients=[casework.applicant.on_behalf_of_id],
            key=f"k{n}",
            kind="case_accepted",
            subject=Ref("case", f"x{n}"),
            context={"service": "x", "case": "x", "due": "x", "department": "x"},
        )


def fill_consents(casework, number):
    for n in range(number):
        registers.give_consent(
            casework.applicant,
            recipient_id=casework.department.pk,
            elements=["person.name"],
            purpose={"en": "x"},
            subject=Ref("case", f"x{n}"),
        )


def fill_opinions(casework, number):
    from egov.casework import actions

    for _ in range(number):
        case = casework.accepted()
        actions.ask_opinion(casework.reviewer, case=case.reference, unit=casework.elsewhere.key, question="？")


def fill_mandates(casework, number):
    party = casework.identities.person("赵").party
    me = casework.applicant.on_behalf_of_id
    from egov.identity.models import Party, Person

    for _ in range(number):
        casework.identities.mandate(Party.objects.get(pk=me), party, by=Person.objects.get(pk=me))


def fill_services(casework, number):
    for _ in range(number):
        casework.service()


LISTS = {
    "cases": ("applicant", "cases", fill_cases),
    "unit_cases": ("clerk", "cases", fill_cases),
    "work_items": ("clerk", "work-items?view=unit", fill_cases),
    "drafts": ("applicant", "drafts", fill_drafts),
    "bills": ("applicant", "bills", fill_bills),
    "documents": ("applicant", "documents", fill_documents),
    "notices": ("applicant", "notices", fill_notices),
    "consents": ("applicant", "data/consents", fill_consents),
    "opinions": ("adviser", "opinions", fill_opinions),
    "mandates": ("applicant", "mandates", fill_mandates),
    "services": ("applicant", "/api/v1/services", fill_services),
}


@pytest.mark.parametrize("name", LISTS)
def test_a_list_costs_the_same_with_one_row_and_with_twenty(name, casework, by_session, statements):
    who, address, fill = LISTS[name]
    caller = by_session(getattr(casework, who))
    fill(casework, 1)
    caller.get(address)
    with statements(name, at_most=12):
        assert caller.get(address).status_code == 200
    fill(casework, 19)
    with statements(name, at_most=12):
        assert len(str(caller.get(address).content)) > 1000


def test_pages_of_a_list_follow_each_other_without_gap(casework, by_token):
    references = [casework.received().reference for _ in range(5)]
    program = by_token(casework.applicant)
    found, address = [], "cases?limit=2&state=open"
    while address:
        page = program.get(address).json()
        found += [row["reference"] for row in page["results"]]
        address = page["next"] and page["next"].removeprefix("http://testserver")
    assert found == references[::-1]
    for wrong in ("cases?limit=0", "cases?limit=x", "cases?after=nonsense"):
        assert program.get(wrong).status_code == 422, wrong


def test_filters_of_cases(casework, by_token):
    casework.received()
    accepted = casework.accepted()
    clerk = by_token(casework.clerk)
    assert [row["reference"] for row in clerk.get("cases?state=accepted").json()["results"]] == [accepted.reference]
    assert clerk.get(f"cases?q={accepted.reference}").json()["results"][0]["state"] == "accepted"
    assert clerk.get("cases?state=ended").json()["results"] == []


# --- Who acts for whom ----------------------------------------------------------------------------------------------
def test_an_agent_for_some_services_sees_no_other_papers(casework, by_token):
    """What the mandate does not name stays the grantor's: cases, bills, documents, data."""
    own, other = casework.service(code="ZZ01"), casework.service(code="ZZ02")
    cases = {version.service.code: casework.received(version) for version in (own, other)}
    party = casework.identities.person("代理").party
    grantor = cases["ZZ01"].applicant
    mandate = casework.identities.mandate(grantor, party, by=grantor.person, services=["ZZ01"])
    for case in cases.values():
        ref = Ref("case", case.reference)
        documents.issue_document(
            SYSTEM,
            template="acceptance",
            title={"en": case.service.code},
            subject=ref,
            holder_id=grantor.pk,
            department_id=casework.department.pk,
            data={},
        )
        line = BillLineSpec(ref, casework.department.pk, {"en": "Fee"}, Decimal("40.00"), "")
        payments.raise_bill(SYSTEM, payer_id=grantor.pk, subject=ref, lines=[line])
    agent = by_token(casework.identities.resident(party.person))
    agent.capacity = f"m-{mandate.pk}"
    assert [row["service"] for row in agent.get("cases").json()["results"]] == ["ZZ01"]
    assert [row["title"]["en"] for row in agent.get("documents").json()["results"]] == ["ZZ01"]
    assert [row["subject"] for row in agent.get("bills").json()["results"]] == [f"case:{cases['ZZ01'].reference}"]
    for hidden in ("data", "data/looks", "data/consents", "data/corrections", "mandates"):
        assert agent.get(hidden).status_code == 403, hidden


def test_a_mandate_is_given_accepted_and_revoked(casework, by_token):
    agent = casework.identities.resident(casework.identities.person("吴慧敏"))
    from egov.identity import queries as identity

    number = identity.number_of(agent.party_id, "cn.ric")
    grantor, taker = by_token(casework.applicant), by_token(agent)
    guess = grantor.post("mandates", {"number": number, "name": "别人"})
    assert guess.json()["errors"][0]["pointer"] == "/number"
    made = grantor.post("mandates", {"number": number, "name": "吴慧敏", "services": ["CL02"]})
    assert made.status_code == 201
    assert taker.post(f"mandates/{made.json()['id']}/acceptance").status_code == 200
    assert f"m-{made.json()['id']}" in [row["slug"] for row in taker.get("/api/v1/capacities").json()]
    assert grantor.post(f"mandates/{made.json()['id']}/revocation").json()["revoked_at"]


def test_a_wrong_datum_is_reported(casework, by_token):
    from egov.registers.actions import load_elements

    load_elements(SYSTEM)
    program = by_token(casework.applicant)
    assert any(row["element"] == "person.name" for row in program.get("data").json())
    asked = program.post("data/corrections", {"element": "person.name", "proposed": "赵启鸣"})
    assert asked.json()["state"] == "open"
    assert program.get("data/corrections").json()["results"][0]["reference"] == asked.json()["reference"]


def test_a_case_elsewhere_is_opened_with_a_reason_only(casework, by_token):
    case = casework.received()
    neighbour = by_token(casework.neighbour)
    refused = neighbour.get(f"cases/{case.reference}")
    assert (refused.status_code, refused.json()["code"]) == (403, "reason_needed")
    assert neighbour.get(f"cases/{case.reference}?reason=统计核对").status_code == 200
    assert by_token(casework.adviser).get(f"cases/{case.reference}?reason=x").status_code == 404
