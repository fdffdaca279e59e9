"""What several departments ask to be put right is one notice, answered once."""

import pytest

from egov.casework import actions as casework
from egov.casework.models import AnswerChange, Case, CaseFile, CorrectionRequest
from egov.contracts.cases import CorrectionRequested
from egov.identity.models import Account
from egov.intake import actions, queries
from egov.kernel import clock
from egov.kernel.actor import SYSTEM
from egov.kernel.errors import InvalidInput, NotFound
from egov.kernel.refs import Ref
from egov.matters.models import Matter
from egov.notices import consumers
from portals.applicant.todo import to_do
from tests.plugins.intake import FEE, FOOD, filled, grant, question, start

pytestmark = pytest.mark.django_db


@pytest.fixture
def clerk(identities, services):
    return identities.officer("clerk", unit=services.unit)


@pytest.fixture
def matter(shop, resident, clerk) -> Matter:
    """Registration and sign both ask for the name; the sign for its words too, with a paper of its own."""
    submission = filled(resident, start(resident, area=80, sign=True), aa02__cooks=2, aa03__words="面")
    return Matter.objects.get(reference=submission.matter)


def ask(clerk, matter, code, **messages):
    case = Case.objects.get(matter=matter.reference, service__code=code)
    if case.state == "submitted":
        case = casework.receive_paid(SYSTEM, case=case.reference)
    items = [{"field": key, "message": message} for key, message in messages.items()]
    return casework.request_correction(clerk, case=case.reference, items=items)


@pytest.fixture
def asked(matter, clerk) -> Matter:
    ask(clerk, matter, "AA01", owner="请写全名")
    ask(clerk, matter, "AA03", name="与身份证一致", words="字数不够")
    return matter


def test_everything_all_of_them_ask_stands_on_one_notice_and_each_thing_once(asked, resident):
    found = queries.open_corrections(resident, matter=asked.reference)
    assert len(found.keys) == 2
    assert "person__name" in found.keys
    assert [each.message for each in found.askers("person__name")] == ["请写全名", "与身份证一致"]
    assert found.answers["person__name"] == "林晓雯"
    assert found.respond_by == min(CorrectionRequest.objects.values_list("respond_by", flat=True))


def _words(found):
    return next(key for key in found.keys if key != "person__name")


def test_one_answer_reaches_each_that_asked(asked, resident):
    found = queries.open_corrections(resident, matter=asked.reference)
    actions.answer_corrections(
        resident, matter=asked.reference, answers={"person__name": "林小雯", _words(found): "面馆招牌"}
    )
    cases = {case.service.code: case for case in Case.objects.select_related("service")}
    assert cases["AA01"].answers["owner"] == "林小雯"
    assert (cases["AA03"].answers["name"], cases["AA03"].answers["words"]) == ("林小雯", "面馆招牌")
    assert {case.state for case in cases.values()} == {"received"}
    with pytest.raises(NotFound):
        queries.open_corrections(resident, matter=asked.reference)


def test_a_fault_at_one_sends_nothing_to_any(asked, resident):
    found = queries.open_corrections(resident, matter=asked.reference)
    with pytest.raises(InvalidInput) as refused:
        actions.answer_corrections(
            resident, matter=asked.reference, answers={"person__name": "林小雯", _words(found): None}
        )
    assert {fault.path for fault in refused.value.faults} == {_words(found)}
    assert set(Case.objects.values_list("state", flat=True)) == {"correction"}


def test_what_only_one_asked_is_proposed_to_the_other(matter, clerk, resident):
    ask(clerk, matter, "AA01", owner="请写全名")
    ask(clerk, matter, "AA03", words="字数不够")
    found = queries.open_corrections(resident, matter=matter.reference)
    actions.answer_corrections(
        resident, matter=matter.reference, answers={"person__name": "林小雯", _words(found): "面馆招牌"}
    )
    case = Case.objects.get(service__code="AA03")
    assert case.answers["name"] == "林晓雯", "until its officer takes it over"
    assert AnswerChange.objects.get(case=case).answers == {"name": "林小雯"}


def test_what_is_put_right_at_one_reaches_all_that_asked_and_the_event(matter, clerk, resident):
    ask(clerk, matter, "AA01", size="量错了")
    case = Case.objects.get(service__code="AA01").reference
    actions.answer_correction(resident, case=case, answers={"size": 320})
    assert Case.objects.get(reference=case).answers["size"] == 320
    assert not AnswerChange.objects.exists(), "its own department has what it asked for"
    assert matter.members.get(key="AA02").pending.answers["area"] == 320
    matter.refresh_from_db()
    assert (matter.determinants["area"], matter.lacking) == (320, ["AA04"])


def test_what_another_asks_as_well_is_answered_there(matter, clerk, resident):
    ask(clerk, matter, "AA01", owner="请写全名")
    ask(clerk, matter, "AA03", name="请写全名")
    for code, key in (("AA01", "owner"), ("AA03", "name")):
        case = Case.objects.get(service__code=code).reference
        actions.answer_correction(resident, case=case, answers={key: "林小雯"})
    assert not AnswerChange.objects.exists()
    assert matter.members.get(key="AA02").pending.answers["operator"] == "林小雯"


def test_the_fee_of_another_stands_against_it(services, shop, resident, clerk):
    fee = {
        "basis": FEE["basis"],
        "items": [
            {"key": "large", "name": {"en": "Large"}, "amount": "60.00", "when": "area >= 100"},
            {"key": "small", "name": {"en": "Small"}, "amount": "30.00", "when": "area < 100"},
        ],
    }
    services.publish("AA02", form=FOOD, materials=[], fee=fee, audience=["enterprise"])
    submission = filled(resident, start(resident, area=80, sign=False), aa02__cooks=2)
    matter = Matter.objects.get(reference=submission.matter)
    ask(clerk, matter, "AA01", size="量错了")
    for act, key in (
        (
            lambda: actions.answer_corrections(resident, matter=matter.reference, answers={"shop__area_sqm": 120}),
            "shop__area_sqm",
        ),
        (lambda: actions.answer_correction(resident, case=Case.objects.get().reference, answers={"size": 120}), "size"),
    ):
        with pytest.raises(InvalidInput) as refused:
            act()
        assert [(fault.path, fault.code) for fault in refused.value.faults] == [(key, "decides_fee")]
    assert Case.objects.get().state == "correction"
    actions.answer_corrections(resident, matter=matter.reference, answers={"shop__area_sqm": 90})
    assert matter.members.get(key="AA02").pending.answers["area"] == 90


def test_columns_that_were_not_asked_stay_where_they_are(services, shop, resident, clerk):
    def rows(**children):
        items = {"type": "object", "properties": children}
        return {"type": "array", "x-title": {"en": "Partners"}, "x-widget": "group", "items": items} | {
            "x-element": "organisation.partners"
        }

    name, share, phone = question(en="Name"), question("integer", en="Share"), question(en="Phone")
    members = {"AA01": rows(name=name, share=share), "AA03": rows(name=name, phone=phone)}
    for code, people in members.items():
        services.publish(code, form={"type": "object", "properties": {"people": people}}, materials=[])
    shop.definition |= {"members": [{"service": code, "stage": 1} for code in members], "edges": []}
    shop.save()
    told = [{"name": "甲", "share": 60, "phone": "1"}, {"name": "乙", "share": 40, "phone": "2"}]
    filed = filled(resident, start(resident, area=80, sign=True), organisation__partners=told)
    ask(clerk, Matter.objects.get(reference=filed.matter), "AA01", people="请写全名")
    new = [{"name": "甲甲", "share": 60}, {"name": "乙", "share": 40}]
    actions.answer_corrections(resident, matter=filed.matter, answers={"organisation__partners": new})
    assert Case.objects.get(service__code="AA01").answers["people"] == new
    proposed = AnswerChange.objects.get(case__service__code="AA03").answers["people"]
    assert proposed == [{"name": "甲甲", "phone": "1"}, {"name": "乙", "phone": "2"}]


def test_strangers_and_other_mandates_see_nothing(asked, resident, identities):
    from dataclasses import replace

    with pytest.raises(NotFound):
        queries.open_corrections(identities.resident(identities.person("外人")), matter=asked.reference)
    limited = replace(resident, mandate_services=frozenset({"AA01"}))
    assert len(queries.open_corrections(limited, matter=asked.reference).asked) == 1


def test_a_paper_that_several_ask_for_is_handed_in_once(services, resident, clerk, a_picture):
    from egov.intake import queries as forms
    from egov.matters import actions as matters
    from egov.matters.actions import MemberSpec

    specs = []
    for code in ("BB01", "BB02"):
        version = services.publish(code)
        route = forms.route_for(version, forms.form_for(version), {}, region="990102", applicant_kind="person")
        specs.append(MemberSpec(code, version, {"reason": "expired", "name": "甲"}, route))
    opened = matters.open_matter(resident, applicant_id=resident.on_behalf_of_id, title={}, members=specs)
    for case in opened.cases:
        items = [{"material": "photo", "message": "照片不清楚"}]
        casework.request_correction(clerk, case=case.reference, items=items)
    found = queries.open_corrections(resident, matter=opened.matter.reference)
    assert found.keys == ("file__photo",)
    actions.answer_corrections(resident, matter=opened.matter.reference, answers={}, uploads={"photo": [a_picture()]})
    files = CaseFile.objects.filter(origin="correction")
    assert files.count() == 2
    assert files.values("file").distinct().count() == 1


def test_the_person_is_led_to_the_one_notice(client, asked, resident, clerk):
    event = CorrectionRequested(
        case="C", matter=asked.reference, service="AA01", applicant_id=1, respond_by=clock.now().isoformat()
    )
    assert consumers.told_of(event).subject == Ref("matter", asked.reference)
    (entry,) = to_do(resident)
    url = f"/as/self/matters/{asked.reference}/corrections/"
    assert entry.url == url
    client.force_login(Account.objects.get(pk=resident.account_id))
    client.cookies["django_language"] = "en"
    assert url in client.get(f"/as/self/matters/{asked.reference}/").text
    page = client.get(url)
    assert page.text.count("请写全名") == 1
    words = next(key for key in queries.open_corrections(resident, matter=asked.reference).keys if "words" in key)
    assert client.post(url, {"person__name": "林小雯", words: ""}).status_code == 422
    assert client.post(url, {"person__name": "林小雯", words: "面馆招牌"}).status_code == 302
    grant(asked, "AA01", outcome="refused")
    assert client.get(url).status_code == 404


def test_the_page_says_who_else_hears_of_it(client, matter, clerk, resident):
    ask(clerk, matter, "AA01", owner="请写全名")
    ask(clerk, matter, "AA03", name="请写全名")
    client.force_login(Account.objects.get(pk=resident.account_id))
    client.cookies["django_language"] = "en"
    heading = "What you answer also goes to"
    together = client.get(f"/as/self/matters/{matter.reference}/corrections/").text
    assert together.count("begins with the new answer") == 1, "the food licence, which waits"
    assert "the department looks at it and tells you" not in together, "the sign asks for it itself"
    case = Case.objects.get(service__code="AA01").reference
    alone = client.get(f"/as/self/cases/{case}/correction/").text
    assert heading in together
    assert heading in alone
    assert client.post(f"/as/self/cases/{case}/correction/", {"owner": "林小雯"}).status_code == 302
    assert matter.members.get(key="AA02").pending.answers["operator"] == "林小雯"


def test_the_page_asks_beside_it_what_a_new_answer_makes_necessary(client, services, a_draft, resident, clerk):
    actions.submit(resident, draft=a_draft(resident).reference, key="k")
    case = Case.objects.get()
    casework.request_correction(clerk, case=case.reference, items=[{"field": "reason", "message": "选错了"}])
    client.force_login(Account.objects.get(pk=resident.account_id))
    (question,) = queries.open_corrections(resident, matter=case.matter).keys
    lost_on = question.replace("reason", "lost_on")
    for url, reason, day in (
        (f"/as/self/matters/{case.matter}/corrections/", question, lost_on),
        (f"/as/self/cases/{case.reference}/correction/", "reason", "lost_on"),
    ):
        assert f"{day}__d" not in client.get(url).text
        again = client.post(url, {reason: "lost"})
        assert again.status_code == 422
        assert f"{day}__d" in again.text
        wrong = client.post(url, {reason: "lost", f"{day}__y": "2026", f"{day}__m": "13", f"{day}__d": "2"})
        assert wrong.status_code == 422
    right = client.post(url, {reason: "lost", f"{day}__y": "2026", f"{day}__m": "11", f"{day}__d": "2"})
    assert right.status_code == 302
    case.refresh_from_db()
    assert case.answers == {"reason": "lost", "lost_on": "2026-11-02", "name": "林晓雯"}
