"""The one correction notice of a matter through the API: read, and answered once for all departments."""

import pytest

from egov.casework import actions as casework
from egov.casework.models import Case, CaseFile
from egov.intake import actions
from egov.kernel.actor import SYSTEM
from egov.matters.models import Matter
from portals.api.samples import _all
from portals.api.serializers.filing import CorrectionsRequest
from tests.plugins.intake import PHOTO, filled, start

pytestmark = pytest.mark.django_db

SIGN_FORM = {
    "type": "object",
    "properties": {
        "name": {"type": "string", "x-title": {"zh-Hans": "姓名", "en": "Name"}, "x-element": "person.name"},
        "words": {"type": "string", "minLength": 2, "x-title": {"zh-Hans": "文字", "en": "Words"}},
    },
    "required": ["name", "words"],
}


@pytest.fixture
def matter(shop, services, resident, identities) -> Matter:
    """Registration and sign both ask for the name; the sign for its words and for a clearer photo too."""
    services.publish("AA03", form=SIGN_FORM, materials=[{**PHOTO, "required": "never"}])
    submission = filled(resident, start(resident, area=80, sign=True), aa02__cooks=2, aa03__words="面馆")
    found = Matter.objects.get(reference=submission.matter)
    clerk = identities.officer("clerk", unit=services.unit)
    for code, items in (
        ("AA01", [{"field": "owner", "message": "请写全名"}]),
        (
            "AA03",
            [
                {"field": "name", "message": "与身份证一致"},
                {"field": "words", "message": "字数不够"},
                {"material": "photo", "message": "照片不清楚"},
            ],
        ),
    ):
        case = Case.objects.get(matter=found.reference, service__code=code)
        if case.state == "submitted":
            case = casework.receive_paid(SYSTEM, case=case.reference)
        casework.request_correction(clerk, case=case.reference, items=items)
    return found


def words_of(notice):
    return next(each["key"] for each in notice["questions"] if each["title"]["en"] == "Words")


def test_the_notice_says_each_thing_once_with_who_asks_and_why(matter, resident, by_token):
    notice = by_token(resident).get(f"matters/{matter.reference}/corrections").json()
    assert notice["matter"] == matter.reference
    assert notice["respond_by"]
    assert len(notice["questions"]) == 3
    name = next(each for each in notice["questions"] if each["key"] == "person__name")
    assert [(each["service"], each["message"]) for each in name["asked_by"]] == [
        ("AA01", "请写全名"),
        ("AA03", "与身份证一致"),
    ]
    assert name["answer"] == "林晓雯"
    assert name["takes"]["type"] == "string"
    assert {each["case"] for each in name["asked_by"]} == set(
        Case.objects.filter(matter=matter.reference).values_list("reference", flat=True)
    )
    photo = next(each for each in notice["questions"] if each["material"])
    assert (photo["material"], photo["answer"]) == ("photo", None)


def test_one_answer_reaches_each_that_asked(matter, resident, by_token, a_picture):
    program = by_token(resident)
    address = f"matters/{matter.reference}/corrections"
    stored = program.upload("files", service="AA03", material="photo", file=a_picture())
    body = {
        "answers": {"person__name": "林小雯", words_of(program.get(address).json()): "面馆招牌"},
        "files": {"photo": [stored.json()["reference"]]},
    }
    answered = program.post(address, body)
    assert answered.status_code == 200, answered.content.decode()
    assert answered.json()["reference"] == matter.reference
    cases = {case.service.code: case for case in Case.objects.select_related("service")}
    assert cases["AA01"].answers["owner"] == "林小雯"
    assert (cases["AA03"].answers["name"], cases["AA03"].answers["words"]) == ("林小雯", "面馆招牌")
    assert {case.state for case in cases.values()} == {"received"}
    assert CaseFile.objects.get(origin="correction").case == cases["AA03"]
    assert program.get(address).status_code == 404
    assert program.post(address, body).status_code == 404, "a repeat answers nothing twice"


def test_a_fault_at_one_sends_nothing_to_any_and_stands_at_its_place(matter, resident, by_token):
    program = by_token(resident)
    address = f"matters/{matter.reference}/corrections"
    words = words_of(program.get(address).json())
    refused = program.post(address, {"answers": {"person__name": "林小雯", words: "面"}})
    assert refused.status_code == 422
    assert refused["Content-Type"] == "application/problem+json"
    faults = {fault["pointer"]: fault["code"] for fault in refused.json()["errors"]}
    assert faults.keys() == {f"/answers/{words}", "/files/photo"}
    assert faults["/files/photo"] == "required"
    foreign = program.post(address, {"answers": {words: "面馆"}, "files": {"photo": ["JZ-F-260101-00000-00"]}})
    assert {fault["pointer"] for fault in foreign.json()["errors"]} == {"/files"}
    assert set(Case.objects.values_list("state", flat=True)) == {"correction"}


def test_what_no_department_asks_for_is_told(matter, resident, by_token):
    program = by_token(resident)
    body = {"answers": {"shop__area_sqm": 70}, "files": {"lease": []}, "reason": "x"}
    address = f"matters/{matter.reference}/corrections"
    assert [fault["pointer"] for fault in program.post(address, body).json()["errors"]] == ["/reason"]
    body.pop("reason")
    refused = program.post(address, body).json()
    assert [(fault["pointer"], fault["code"]) for fault in refused["errors"]] == [
        ("/answers/shop__area_sqm", "unknown"),
        ("/files/lease", "unknown"),
    ]


def test_what_a_new_answer_makes_necessary_is_taken_with_it(services, a_draft, resident, identities, by_token):
    actions.submit(resident, draft=a_draft(resident).reference, key="k")
    case = Case.objects.get()
    items = [{"field": "reason", "message": "选错了"}]
    casework.request_correction(identities.officer("clerk", unit=services.unit), case=case.reference, items=items)
    program = by_token(resident)
    address = f"matters/{case.matter}/corrections"
    (question,) = program.get(address).json()["questions"]
    reason, lost_on = question["key"], question["key"].replace("reason", "lost_on")
    early = program.post(address, {"answers": {reason: "expired", lost_on: "2026-11-02"}})
    assert [fault["pointer"] for fault in early.json()["errors"]] == [f"/answers/{lost_on}"], "nothing asks for it"
    refused = program.post(address, {"answers": {reason: "lost"}}).json()
    assert [(fault["pointer"], fault["code"]) for fault in refused["errors"]] == [(f"/answers/{lost_on}", "required")]
    assert program.post(address, {"answers": {reason: "lost", lost_on: "2026-11-02"}}).status_code == 200


def test_a_stranger_reads_and_answers_nothing(matter, identities, by_token):
    stranger = by_token(identities.resident(identities.person("外人")))
    address = f"matters/{matter.reference}/corrections"
    assert stranger.get(address).status_code == 404
    assert stranger.post(address, {"answers": {"person__name": "林小雯"}}).status_code == 404


def test_the_example_of_the_document_fits():
    shape = CorrectionsRequest(data=_all()["corrections_request"])
    assert shape.is_valid(), shape.errors
