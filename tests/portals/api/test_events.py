"""A whole event through the API: what applies, one draft, one form, one submission."""

import json

from egov.catalogue import queries as catalogue
from egov.catalogue.models import Event
from egov.intake import queries
from egov.kernel import clock
from egov.matters.models import Matter
from tests.plugins.answering import LINJIANG, AnswerSheet

ABOUT = {"insurance": "employee", "directly_settled": True, "beyond_means": True}
NO = dict.fromkeys(("elsewhere", "chronic", "self_care", "work_related"), False)
PATH = "/api/v1/as/self"


def send(client, address, body=None, status=200, **headers):
    response = client.post(address, json.dumps(body or {}), "application/json", **headers)
    assert response.status_code == status, response.content.decode()
    return response.json()


def test_an_event_is_planned_and_filed_with_one_form(quick_city, client):
    lin = quick_city.actor("lin.xiaowen")
    client.force_login(quick_city.account("lin.xiaowen"))

    open_plan = send(client, f"{PATH}/events/LE09/plan", {"answers": ABOUT})
    assert set(NO) >= set(open_plan["to_ask"]) != set()
    refused = send(client, f"{PATH}/events/LE09/drafts", {"region": LINJIANG, "answers": ABOUT}, status=422)
    assert {fault["pointer"] for fault in refused["errors"]} == {f"/answers/{key}" for key in open_plan["to_ask"]}

    plan = send(client, f"{PATH}/events/LE09/plan", {"answers": {**ABOUT, **NO}})
    why = {member["service"]: member["why"] for member in plan["members"]}
    assert (plan["to_ask"], why["CL18"], why["MH10"]) == ([], "optional", "not_needed")

    wanted = {"region": LINJIANG, "answers": {**ABOUT, **NO}, "services": ["MH11", "CL18"]}
    draft = send(client, f"{PATH}/events/LE09/drafts", wanted, status=201)
    assert (draft["event"], draft["services"]) == ("LE09", ["MH11", "CL18"])
    address = f"{PATH}/drafts/{draft['reference']}"
    form = client.get(f"{address}/form").json()
    shared = {key for key, services in form["serves"].items() if set(services) == {"MH11", "CL18"}}
    assert shared, "what both ask is asked once"
    assert {key for page in form["pages"] for key in page["questions"]} >= shared

    opened = queries.open_draft(lin, reference=draft["reference"])
    sheet = AnswerSheet(opened.form, {}, dict(draft["answers"])).fill()
    saved = client.patch(address, json.dumps({"answers": sheet.answers}), "application/json")
    assert saved.status_code == 200
    for material, paper in sheet.papers():
        sent = client.post(f"{address}/attachments", {"material": material, "file": paper})
        assert sent.status_code == 201, sent.content.decode()
    key = {"Idempotency-Key": "one"}
    filed = send(client, f"{address}/submission", {"consent": True}, status=201, headers=key)
    matter = Matter.objects.get(reference=filed["matter"])
    assert set(matter.members.values_list("key", flat=True)) == {"MH11", "CL18"}


def test_what_the_event_does_not_take_is_told_where_it_stands(quick_city, client):
    client.force_login(quick_city.account("lin.xiaowen"))
    wrong = send(client, f"{PATH}/events/LE09/plan", {"answers": {"insurance": "gold", "nonsense": 1}}, status=422)
    assert {fault["pointer"] for fault in wrong["errors"]} == {"/answers/insurance", "/answers/nonsense"}
    wanted = {"region": LINJIANG, "answers": {**ABOUT, **NO}, "services": ["CL18", "BR01"]}
    wrong = send(client, f"{PATH}/events/LE09/drafts", wanted, status=422)
    assert [fault["pointer"] for fault in wrong["errors"]] == ["/services/1"]


def test_an_event_out_of_force_is_listed_no_more_and_begins_nothing(quick_city, client):
    client.force_login(quick_city.account("lin.xiaowen"))
    assert "LE09" in [each["code"] for each in client.get("/api/v1/events").json()]
    Event.objects.filter(code="LE09").update(withdrawn_at=clock.now())
    catalogue.kept.forget()
    assert "LE09" not in [each["code"] for each in client.get("/api/v1/events").json()]
    found = client.get("/api/v1/events/LE09").json()
    assert (found["offered"], found["definition"]["members"] != []) == (False, True)
    for path, body in (("plan", {"answers": {}}), ("drafts", {"region": LINJIANG})):
        refused = send(client, f"{PATH}/events/LE09/{path}", body, status=409)
        assert refused["type"] == "urn:egov:problem:event_withdrawn"
        assert refused["way_out"]


def test_what_the_party_says_against_what_is_known_goes_with_the_plan(quick_city, client):
    client.force_login(quick_city.account("wu.accountant"))
    answers = {"form": "sole_trader", "area": 400, "below_ground": False, "sign": False, "drainage": False}
    answers |= {"tobacco": False, "staff": False, "first_business": False}
    plan = send(client, f"{PATH}/events/BE01/plan", {"answers": answers, "have": {"LC03": "消2024-31"}})
    members = {member["service"]: member for member in plan["members"]}
    assert (members["LC03"]["why"], members["LC03"]["may_be_claimed"]) == ("claimed", True)
    assert (members["TX05"]["may_be_claimed"], members["LC03"]["holdings"]) == (False, [])
    wanted = {"region": LINJIANG, "answers": answers, "have": {"LC03": "消2024-31"}}
    draft = send(client, f"{PATH}/events/BE01/drafts", wanted, status=201)
    assert "LC03" not in draft["services"]
    refused = send(client, f"{PATH}/events/BE01/drafts", {**wanted, "have": {"TX05": "7"}}, status=422)
    assert [fault["pointer"] for fault in refused["errors"]] == ["/have/TX05"]
