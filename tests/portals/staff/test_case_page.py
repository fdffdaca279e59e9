"""The case page: what stands on it, who may open it, and each act through the page."""

import datetime as dt
import re

import pytest
from django.urls import reverse
from django.utils import translation
from django.utils.html import escape

from egov.casework import actions
from egov.casework.models import Case, CorrectionRequest, Decision, Extension, Message, OpinionRequest, Rating
from egov.documents import actions as documents
from egov.documents.models import IssuedDocument
from egov.identity import queries as identity
from egov.intake import actions as intake
from egov.intake import queries as forms
from egov.journal.models import Entry
from egov.kernel.actor import SYSTEM
from egov.kernel.refs import Ref
from egov.registers import actions as registers
from egov.work import actions as work
from egov.work.models import WorkItem
from portals.staff.templatetags.desk import state_at_desk
from tests.plugins.casework import DECIDE, REVIEW

pytestmark = pytest.mark.django_db


def offered(page: str) -> list[str]:
    return re.findall(r'id="act-([a-z_]+)', page)


# --- What stands on it ----------------------------------------------------------------------------------


def test_facts_work_and_clock_stand_beside_each_other(casework, desk):
    case = casework.accepted()
    page = desk().text("case", case.reference)
    assert "望山小馆" in page
    assert "Trade name" in page
    assert 'class="case__facts"' in page
    assert 'class="case__work"' in page
    assert 'class="case__story"' in page
    assert "Promised" in page
    assert "By law" in page
    assert "Accepted" in page
    assert "Administrative Licensing Law" in page


def test_why_it_came_here_is_told_without_a_key(casework, desk):
    case = casework.accepted()
    Case.objects.filter(pk=case.pk).update(route={"rule": "competence:47", "reasons": []})
    page = desk().text("case", case.reference)
    assert "rule 47 of who handles what" in page
    assert "competence:" not in page


def test_only_possible_acts_are_buttons_and_the_others_say_why_not(casework, desk):
    case = casework.accepted()
    page = desk().text("case", case.reference)
    assert "complete_step" in offered(page)
    assert "draft_decision" not in offered(page)
    assert "The earlier steps of the review are not done yet." in page or "not done" in page


def test_what_a_colleague_holds_is_not_offered(casework, desk):
    case = casework.accepted()
    work.claim(casework.second, item_id=casework.item(case, "review").pk)
    page = desk().text("case", case.reference)
    assert "suspend" not in offered(page)
    assert "terminate" not in offered(page)
    assert "A colleague has this in hand." in page
    assert "suspend" in offered(desk(casework.head).text("case", case.reference)), "who leads the unit may"


def test_whoever_drafted_is_not_offered_to_sign_and_reads_why(casework, desk):
    plan = {
        "key": "heads",
        "steps": [
            {**DECIDE, "after": [], "role": "section_head"},
            {
                **DECIDE,
                "key": "sign",
                "kind": "sign",
                "role": "section_head",
                "after": ["decide"],
                "four_eyes": ["decide"],
            },
        ],
    }
    case = casework.accepted(casework.service(plan=plan))
    casework.draft(case, officer=casework.head)
    page = desk(casework.head).text("case", case.reference)
    assert "sign_decision" not in offered(page)
    assert "You took part in an earlier step; someone else must do this one." in page
    assert desk(casework.head).act(case, "sign_decision").status_code == 403
    assert not Decision.objects.get(case=case).signed_at


@pytest.mark.parametrize("trait", ["received", "corrected", "accepted", "reviewed", "drafted", "decided", "suspended"])
def test_the_page_opens_in_every_state(casework, desk, trait):
    case = getattr(casework, trait)()
    with translation.override("en"):
        state = state_at_desk(casework.again(case)).split(",")[0]
    assert escape(state) in desk(casework.head).text("case", case.reference)


@pytest.mark.parametrize("language", ["en", "zh-Hans"])
def test_a_number_that_does_not_exist_is_not_found(casework, desk, language):
    assert desk().get("case", "JZ-C-261124-00000-00", lang=language).status_code == 404


# --- Who may open it ------------------------------------------------------------------------------------


def test_a_case_of_another_unit_asks_for_a_reason_which_is_in_the_journal_with_each_view(casework, desk):
    case = casework.accepted()
    neighbour = desk(casework.neighbour)
    asked = neighbour.get("case", case.reference)
    assert asked.status_code == 403
    assert "Why do you open this case?" in asked.content.decode()
    assert not Entry.objects.filter(kind="view", party_id=casework.neighbour.party_id).exists()
    assert neighbour.post("case", case.reference, reason=" ").status_code == 422
    answer = neighbour.post("case", case.reference, reason="电话咨询，申请人来电")
    assert answer.url == neighbour.url("case", case.reference)
    page = neighbour.text("case", case.reference)
    assert "望山小馆" in page
    assert not offered(page)
    entry = Entry.objects.filter(kind="view", party_id=casework.neighbour.party_id).latest("id")
    assert entry.reason == "电话咨询，申请人来电"
    assert f"case:{case.reference}" in entry.refs


def test_a_reason_opens_the_case_but_neither_its_journal_nor_the_registers(casework, desk):
    case = casework.accepted()
    neighbour = desk(casework.neighbour)
    neighbour.post("case", case.reference, reason="督查")
    assert neighbour.get("case_journal", case.reference).status_code == 403
    assert neighbour.get("register_view", case.reference).status_code == 403


def test_another_department_finds_nothing(casework, desk):
    assert desk(casework.adviser).get("case", casework.accepted().reference).status_code == 404


def test_whoever_is_asked_for_an_opinion_is_led_to_the_question(casework, desk):
    case = casework.reviewed()
    asked = actions.ask_opinion(casework.reviewer, case=case.reference, unit=casework.elsewhere.key, question="?")
    adviser = desk(casework.adviser)
    assert adviser.get("case", case.reference).url == adviser.url("opinion", asked.pk)


# --- Each act through the page ----------------------------------------------------------------------------


def test_accept(casework, desk):
    case = casework.received()
    clerk = desk(casework.clerk)
    answer = clerk.act(case, "accept", lock_version=case.lock_version, note="齐全")
    assert answer.url == clerk.url("case", case.reference)
    assert casework.again(case).state == "accepted"


def test_not_accept_tells_the_applicant_why(casework, desk):
    case = casework.received()
    clerk = desk(casework.clerk)
    empty = clerk.act(case, "not_accept", reason="  ")
    assert empty.status_code == 422
    assert "Say why; the applicant will read it." in empty.content.decode()
    clerk.act(case, "not_accept", reason="不属于本机关职权")
    assert casework.again(case).state == "not_accepted"


def test_refer_to_another_body(casework, desk):
    case = casework.received()
    desk(casework.clerk).act(case, "redirect", body="省药监局", reason="药品经营")
    assert casework.again(case).state == "redirected"


def test_hand_over_to_another_unit_leads_back_to_the_inbox(casework, desk):
    case = casework.received()
    clerk = desk(casework.clerk)
    assert casework.other_unit.key in clerk.text("case", case.reference)
    answer = clerk.act(case, "transfer", unit=casework.other_unit.key, reason="登记事项")
    assert answer.url == clerk.url("inbox")
    assert casework.again(case).unit == casework.other_unit


def test_corrections_are_listed_by_question_and_material_each_with_its_words(casework, desk):
    case = casework.received()
    form = {"field": "area", "material": "floor_plan", "why-field-area": "按产权证", "why": "看不清"}
    desk(casework.clerk).act(case, "request_correction", **form)
    request = CorrectionRequest.objects.get(case=case)
    listed = [(item.get("field") or item.get("material"), item["message"]) for item in request.items]
    assert listed == [("area", "按产权证"), ("floor_plan", "看不清")]
    page = desk(casework.clerk).text("case", case.reference)
    assert "waits for the applicant" in page
    assert "按产权证" in page


def test_a_correction_without_words_names_the_thing_and_keeps_the_choice(casework, desk):
    case = casework.received()
    answer = desk(casework.clerk).act(case, "request_correction", field="area")
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Floor area: Say what is missing or wrong." in page
    assert re.search(r'value="area" checked', page)
    assert casework.again(case).state == "received"


def test_what_is_wrong_with_a_correction_is_said_in_chinese_too(casework, desk):
    clerk = desk(casework.clerk)
    clerk.client.cookies["django_language"] = "zh-Hans"
    answer = clerk.act(casework.received(), "request_correction", field="area")
    assert answer.status_code == 422
    assert "请说明缺什么或哪里不对。" in answer.text


def test_what_waits_for_the_applicant_says_so_to_the_officer(casework, desk):
    case = casework.corrected()
    clerk = desk(casework.clerk)
    for path in (["case", case.reference], ["search"]):
        page = clerk.text(*path, q=case.reference)
        assert "waiting for the applicant&#x27;s correction" in page
        assert "waiting for your correction" not in page


def test_suspend_and_resume(casework, desk):
    case = casework.accepted()
    reviewer = desk()
    page = reviewer.text("case", case.reference)
    assert 'name="procedure" value="inspection"' in page
    reviewer.act(case, "suspend", procedure="inspection", reason="现场核查", days="3")
    assert casework.again(case).state == "suspended"
    assert "现场核查" in reviewer.text("case", case.reference)
    reviewer.act(case, "resume", result="合格")
    assert casework.again(case).state == "accepted"


def test_an_extension_is_proposed_and_approved_by_the_head(casework, desk):
    case = casework.accepted()
    answer = desk().act(case, "propose_extension", days="viele", reason="检验排期")
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Give a whole number of days." in page
    assert 'value="viele"' in page, "nothing typed is lost"
    assert "检验排期" in page
    desk().act(case, "propose_extension", days="3", reason="检验排期")
    director = desk(casework.director)
    assert "extend" in offered(director.text("case", case.reference))
    director.act(case, "extend")
    assert Extension.objects.get(case=case).approved


def test_an_extension_that_is_not_approved(casework, desk):
    case = casework.accepted()
    desk().act(case, "propose_extension", days="3", reason="检验排期")
    desk(casework.director).act(case, "refuse_extension", note="不必")
    assert Extension.objects.get(case=case).approved is False


def test_an_opinion_is_asked_and_withdrawn(casework, desk):
    case = casework.reviewed()
    desk().act(case, "ask_opinion", unit=casework.elsewhere.key, question="隔油池够吗？", share=["area"])
    asked = OpinionRequest.objects.get(case=case)
    assert asked.shared_fields == ["area"]
    page = desk().text("case", case.reference)
    assert "not answered yet" in page
    assert "draft_decision" not in offered(page)
    desk().post("withdraw_opinion", case.reference, asked.pk)
    asked.refresh_from_db()
    assert asked.withdrawn_at


def test_a_step_is_finished_by_its_outcome_and_tells_what_was_found(casework, desk):
    plan = {
        "key": "visit",
        "steps": [
            {
                **REVIEW,
                "outcomes": [{"key": "pass", "title": {"en": "Complies"}}, {"key": "fail", "title": {"en": "Fails"}}],
            },
            DECIDE,
        ],
    }
    case = casework.accepted(casework.service(plan=plan))
    item = casework.item(case, "review")
    page = desk().text("case", case.reference)
    assert "Complies" in page
    assert "Fails" in page
    desk().act(case, "complete_step", item=item.pk, outcome="fail", note="后厨不合格")
    item.refresh_from_db()
    assert (item.state, item.outcome) == ("done", "fail")
    assert "后厨不合格" in desk().text("case", case.reference)


def test_a_step_for_two_names_the_second_officer(casework, desk):
    case = casework.accepted(casework.service(plan={"key": "two", "steps": [{**REVIEW, "persons": 2}, DECIDE]}))
    item = casework.item(case, "review")
    reviewer = desk()
    assert "the law asks for 2 officers" in reviewer.text("case", case.reference)
    alone = reviewer.act(case, "complete_step", item=item.pk, note="现场")
    assert alone.status_code == 409
    assert "Another officer must do this step" in alone.content.decode()
    reviewer.act(case, "complete_step", item=item.pk, note="现场", **{"with": casework.second.post_id})
    item.refresh_from_db()
    assert item.state == "done"


def test_the_draft_is_kept_seen_as_a_letter_and_handed_over(casework, desk):
    case = casework.reviewed()
    reviewer = desk()
    page = reviewer.text("case", case.reference)
    assert "Hand over for signature" in page
    assert "Clauses the decision names" in page
    kept = reviewer.act(case, "save_draft", outcome="granted", reasons="场所符合要求。")
    assert kept.url.endswith("#letter")
    page = reviewer.text("case", case.reference)
    assert "The draft as the applicant would read it" in page
    assert "场所符合要求。" in page
    assert casework.again(case).state == "accepted"
    assert casework.item(case, "decide")
    clause = re.search(r'name="clause" value="([^"]+)"', page).group(1)
    reviewer.act(case, "draft_decision", outcome="granted", reasons="场所符合要求。", clause=clause)
    assert casework.item(case, "sign")
    decision = Decision.objects.get(case=case)
    assert f"{decision.citations[0]['instrument']} {decision.citations[0]['article']}" == clause


def test_a_refusal_without_law_is_sent_back_with_everything_typed(casework, desk):
    case = casework.reviewed()
    form = {"outcome": "refused", "reasons": "面积不符", "conditions": "无"}
    answer = desk().act(case, "draft_decision", **form)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Name the article the refusal rests on." in page
    assert "面积不符" in page
    assert re.search(r'value="refused" checked', page)


def test_a_clause_that_does_not_exist_is_refused_and_one_typed_is_taken(casework, desk):
    case = casework.reviewed()
    form = {"outcome": "refused", "reasons": "面积不符"}
    assert desk().act(case, "draft_decision", clauses="cn.no-such-law 3", **form).status_code == 422
    desk().act(case, "draft_decision", clauses="cn.licensing-law 38.2", **form)
    assert Decision.objects.get(case=case).citations == [{"instrument": "cn.licensing-law", "article": "38.2"}]


def test_the_head_sends_back_or_signs(casework, desk):
    case = casework.drafted()
    head = desk(casework.head)
    page = head.text("case", case.reference)
    assert offered(page)[0] == "sign_decision"
    assert "材料齐全，符合法定条件。" in page
    head.act(case, "sign_decision")
    assert casework.again(case).outcome == "granted"


def test_a_signed_letter_opens_as_pdf(casework, desk):
    case = casework.decided()
    document = IssuedDocument.objects.filter(subject=f"case:{case.reference}").latest("id")
    answer = desk(casework.head).get("letter", case.reference, document.reference)
    assert answer["Content-Type"] == "application/pdf"
    assert answer.content.startswith(b"%PDF")
    other = casework.decided()
    assert desk(casework.head).get("letter", other.reference, document.reference).status_code == 404


def test_what_is_handed_over_at_the_window_is_delivered_and_closed(casework, desk):
    case = casework.decided(casework.service(channel={"delivery": ["window"]}))
    clerk = desk(casework.clerk)
    clerk.act(case, "deliver", note="本人领取")
    assert casework.again(case).state == "delivered"
    clerk.act(case, "close")
    assert casework.again(case).state == "closed"


def test_terminate(casework, desk):
    case = casework.accepted()
    desk().act(case, "terminate", reason="申请人死亡")
    assert casework.again(case).state == "terminated"


def test_a_message_settles_the_question_of_the_applicant(casework, desk):
    case = casework.accepted()
    actions.send_message(casework.applicant, case=case.reference, text="何时上门？")
    desk().act(case, "send_message", text="明天上午")
    assert Message.objects.filter(case=case, from_applicant=False, text="明天上午").exists()
    assert not WorkItem.objects.filter(subject=f"case:{case.reference}", kind="message", state="open").exists()


def test_a_bad_rating_is_called_back_about_and_answered_in_public(casework, desk):
    case = casework.decided()
    actions.rate(casework.applicant, case=case.reference, grade=1, text="等了太久")
    supervisor, head = desk(casework.supervisor), desk(casework.head)
    assert case.reference in supervisor.text("supervision", view="ratings")
    assert case.reference in head.text("supervision", view="ratings")
    page = supervisor.text("case", case.reference)
    assert "等了太久" in page
    assert "verify_rating" in offered(page)
    assert supervisor.act(case, "verify_rating", note="属实").status_code == 422
    supervisor.act(case, "verify_rating", justified="yes", note="属实")
    head.act(case, "rectify_rating", rectification="已增设窗口", answer_zh="已改正", answer_en="Mended")
    rating = Rating.objects.get(case=case)
    assert rating.public_answer == {"zh-Hans": "已改正", "en": "Mended"}
    assert case.reference in head.text("supervision", view="settled")


@pytest.mark.parametrize("act", ["burn", "open", "rate", "withdraw", "give_opinion"])
def test_what_is_no_act_of_the_desk_is_not_found(casework, desk, act):
    assert desk().act(casework.accepted(), act).status_code == 404


# --- Two at once ------------------------------------------------------------------------------------------


def test_a_case_that_changed_meanwhile_says_what_happened_and_keeps_what_was_typed(casework, desk):
    case = casework.accepted()
    reviewer = desk()
    page = reviewer.text("case", case.reference)
    seen = re.search(r'name="seen" value="(\d+)"', page).group(1)
    actions.suspend(casework.second, case=case.reference, procedure="inspection", reason="先核查")
    answer = reviewer.act(
        case, "propose_extension", lock_version=case.lock_version, seen=seen, days="3", reason="检验机构排期较长"
    )
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "The case changed while you were working on it" in page
    assert "Clock stopped for a special procedure" in page
    assert "陈立" in page
    assert "先核查" in page
    assert 'value="3"' in page
    assert "检验机构排期较长" in page
    fresh = Case.objects.get(pk=case.pk).lock_version
    assert f'name="lock_version" value="{fresh}"' in page
    assert not Extension.objects.exists()


def test_what_was_typed_for_an_act_that_is_no_longer_possible_can_be_copied(casework, desk):
    case = casework.received()
    actions.accept(casework.second, case=case.reference)
    answer = desk(casework.clerk).act(case, "not_accept", lock_version=0, reason="不属于本机关职权范围")
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "not_accept" not in offered(page)
    assert "What you typed; this act is no longer possible:" in page
    assert "不属于本机关职权范围" in page


# --- Evidence, registers, journal ---------------------------------------------------------------------------


def test_a_photo_is_shown_on_the_page_and_its_opening_is_in_the_journal(casework, desk, evidence):
    case, stored = evidence
    url = desk().url("file", case.reference, stored.reference)
    assert f'src="{url}"' in desk().text("case", case.reference)
    answer = desk().get("file", case.reference, stored.reference)
    assert answer.status_code == 200
    assert answer["Content-Type"] == "image/png"
    assert answer["Content-Disposition"].startswith("inline")
    assert b"".join(answer.streaming_content).startswith(b"\x89PNG")
    entry = Entry.objects.filter(kind="view").latest("id")
    assert f"file:{stored.reference}" in entry.refs
    assert f"case:{case.reference}" in entry.refs


def test_a_photo_of_one_case_does_not_open_under_another(casework, desk, evidence):
    _case, stored = evidence
    other = casework.accepted()
    assert desk().get("file", other.reference, stored.reference).status_code == 404


def test_a_photo_asks_for_the_same_reason_as_its_case(casework, desk, evidence):
    case, stored = evidence
    neighbour = desk(casework.neighbour)
    assert neighbour.get("file", case.reference, stored.reference).status_code == 403
    neighbour.post("case", case.reference, reason="督查")
    assert neighbour.get("file", case.reference, stored.reference).status_code == 200
    assert desk(casework.adviser).get("file", case.reference, stored.reference).status_code == 404


def test_answers_stand_beside_what_the_registers_say(casework, desk):
    form = {
        "type": "object",
        "properties": {
            "name": {"type": "string", "x-element": "person.name", "x-title": {"en": "Name"}},
            "mail": {"type": "string", "x-title": {"en": "Mail"}},
        },
    }
    case = casework.accepted(casework.service(form=form), answers={"name": "赵起明", "mail": "x"})
    page = desk().text("register_view", case.reference)
    assert "赵起明" in page
    assert "赵启明" in page
    assert "differs" in page
    entry = Entry.objects.filter(kind="view", reason="verify").latest("id")
    assert f"case:{case.reference}" in entry.refs


def test_the_journal_of_a_case_names_who_did_and_who_saw_what(casework, desk):
    case = casework.accepted()
    desk().text("case", case.reference)
    page = desk().text("case_journal", case.reference)
    assert "casework.accept" in page
    assert "周窗口" in page
    assert "周明远" in page
    assert reverse("public:journal_proof", args=[case.reference]) in page


# --- Its cost -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("much", [1, 20])
def test_the_number_of_statements_does_not_grow_with_what_hangs_on_the_case(
    casework, desk, statements, much, monkeypatch
):
    monkeypatch.setattr("egov.kernel.memory.SECONDS", 3600.0)  # no asking for stamps in between
    case = casework.accepted()
    for number in range(much):
        actions.send_message(casework.applicant, case=case.reference, text=f"问题 {number}")
    desk().text("case", case.reference)
    reviewer = desk()
    with statements("case", at_most=10):
        reviewer.text("case", case.reference)


# --- What registers gave ------------------------------------------------------------------------------------


@pytest.fixture
def fetched(casework, deliver_outbox):
    """A received case of a service with three shared materials: given, not found, and of no register here."""
    registers.load_elements(SYSTEM)
    rows = {"id_card": "id_card", "driving_licence": "driving_licence", "patents": ""}
    materials = [
        {"key": key, "name": {"zh-Hans": key, "en": f"The {key}"}, "source": "shared"}
        | ({"evidence": kind} if kind else {})
        for key, kind in rows.items()
    ]
    case = casework.received(casework.service(materials=materials))
    registers.give_consent(
        casework.applicant,
        recipient_id=casework.department.pk,
        elements=list(rows),
        purpose={"en": "x"},
        subject=Ref("matter", case.matter),
    )
    deliver_outbox()
    return case


def test_the_page_tells_what_was_fetched_from_where_and_what_was_not(casework, desk, fetched):
    page = desk().text("case", fetched.reference)
    file = fetched.files.get().file
    assert f"files/{file.reference}/" in page
    assert "from the Population register" in page
    assert "The register holds nothing of it about the applicant." in page
    assert "No register connected here holds it." in page
    assert page.count("/acts/fetch_evidence/") == 2, "what no register holds is not fetched again"
    number = identity.number_of(fetched.applicant_id, "cn.ric")
    assert number not in page, "the number of a person is masked"
    assert desk().get("file", fetched.reference, file.reference).status_code == 200


def test_what_was_not_found_is_offered_for_a_correction_and_can_be_answered(casework, desk, fetched, a_picture):
    page = desk(casework.clerk).text("case", fetched.reference)
    assert 'id="cm-driving_licence"' in page
    assert 'id="cm-patents"' in page
    assert 'id="cm-id_card"' not in page, "it is there"
    desk(casework.clerk).act(fetched, "request_correction", material="driving_licence", why="Please hand it in")
    asked = forms.open_correction(casework.applicant, case=fetched.reference)
    assert asked.keys == ("shared__driving_licence",)
    intake.answer_correction(
        casework.applicant, case=fetched.reference, answers={}, uploads={"driving_licence": [a_picture("card.png")]}
    )
    page = desk(casework.clerk).text("case", fetched.reference)
    assert "card.png" in page
    assert page.count("The register holds nothing of it") == 0


def test_an_officer_fetches_again_on_the_page(casework, desk, fetched):
    documents.issue_credential(
        SYSTEM,
        type="DRIVING",
        holder_id=fetched.applicant_id,
        issuer_id=casework.department.pk,
        case="",
        service="CL07",
        data={},
        valid_from=dt.date(2025, 1, 1),
        valid_to=None,
        title={"zh-Hans": "驾驶证", "en": "Licence"},
    )
    assert desk().act(fetched, "fetch_evidence", material="driving_licence").status_code == 302
    assert "from the Register of certificates and licences" in desk().text("case", fetched.reference)
    assert "Fetched again from a register" in desk().text("case", fetched.reference)


def test_nothing_is_claimed_of_a_case_for_which_nothing_was_fetched(casework, desk):
    registers.load_elements(SYSTEM)
    name = {"zh-Hans": "身份证", "en": "Identity card"}
    version = casework.service(materials=[{"key": "id_card", "name": name, "source": "shared", "evidence": "id_card"}])
    assert "not fetched yet" in desk().text("case", casework.received(version).reference)
    done = desk(casework.reviewer).text("case", casework.decided(version).reference)
    assert "not fetched" in done
    assert "not fetched yet" not in done
