"""The decision: drafted, signed by another, with reasons and law; effects in the same transaction."""

import pytest

from egov.casework import actions, errors
from egov.casework.models import Decision, Transition
from egov.casework.registry import Effect, effects
from egov.deadlines.models import Clock
from egov.documents.models import Credential, IssuedDocument
from egov.kernel.errors import InvalidInput, NotFound, NotPermitted, TransitionNotAllowed
from egov.kernel.models import OutboxMessage
from egov.law.models import Citation
from egov.work.errors import AlreadyClaimed, NotYourTask
from egov.work.models import OPEN_ITEMS, Plan, WorkItem
from egov.work.rules import FourEyes
from tests.plugins.casework import DECIDE, PLAN, REVIEW, SHORT_PLAN, SIGN

CITED = [{"instrument": "cn.licensing-law", "article": "38.2"}]


def test_signed_it_stands_and_is_delivered(casework, frozen):
    frozen("2026-11-02 10:00")
    case = casework.drafted()
    moment = frozen("2026-11-03 10:00")
    case = actions.sign_decision(casework.head, case=case.reference)
    decision = Decision.objects.get(case=case)
    assert (case.state, case.outcome, case.decided_at, case.delivered_at) == ("delivered", "granted", moment, moment)
    assert (decision.drafted_by_id, decision.signed_by_id) == (casework.reviewer.post_id, casework.head.post_id)
    assert decision.contest_by.isoformat() == "2027-01-04"  # sixty days end on Saturday the 2nd, so Monday
    acts = list(Transition.objects.filter(case=case).order_by("id").values_list("act", flat=True))
    assert acts == ["open", "accept", "complete_step", "draft_decision", "sign_decision", "deliver"]
    assert Plan.objects.get(subject=f"case:{case.reference}").state == "finished"


def test_the_clocks_stop(casework):
    case = casework.decided()
    assert not Clock.objects.filter(subject=f"case:{case.reference}", stopped_at=None).exists()


def test_the_letter_gives_reasons_law_and_remedies(casework):
    case = casework.decided(outcome="refused")
    letter = Decision.objects.get(case=case).letter
    assert letter.title["zh-Hans"] == "不予行政许可决定书"
    assert letter.data["outcome"] == "refused"
    assert letter.data["reasons"]
    assert any("第三十八条" in text for text in letter.data["citations"])
    assert len(letter.data["remedies"]) == 2
    assert letter.data["signatory"] == "高岚"


def test_what_it_rests_on_is_noted_with_the_law(casework):
    case = casework.decided(outcome="refused")
    cited = Citation.objects.get(citing=f"case:{case.reference}")
    assert (cited.instrument.key, cited.article) == ("cn.licensing-law", "38.2")


def test_whoever_drafts_does_not_sign(casework):
    case = casework.reviewed()
    casework.draft(case, officer=casework.head)
    with pytest.raises(FourEyes):
        actions.sign_decision(casework.head, case=case.reference)
    assert casework.again(case).state == "accepted"


def test_only_the_role_the_plan_names_signs(casework):
    case = casework.drafted()
    with pytest.raises(NotYourTask):
        actions.sign_decision(casework.second, case=case.reference)


def test_the_head_of_the_organ_may_sign_for_the_head_of_the_section(casework):
    case = casework.drafted()
    assert actions.sign_decision(casework.director, case=case.reference).state == "delivered"


def test_a_plan_that_ends_after_the_draft_decides_nothing_while_a_change_waits(casework):
    notice = {"key": "notice", "kind": "task", "role": "reviewer", "after": ["decide"], "title": {"en": "Notice"}}
    case = casework.reviewed(casework.service(plan={"key": "notice", "steps": [REVIEW, DECIDE, notice]}))
    casework.draft(case)
    actions.propose_change(casework.applicant, case=case.reference, answers={"area": 66}, reason="写错了")
    with pytest.raises(errors.ChangeOutstanding):
        casework.step(case, casework.reviewer, "task")
    actions.refuse_change(casework.reviewer, case=case.reference, reason="与产权证不符")
    casework.step(case, casework.reviewer, "task")
    assert casework.again(case).outcome == "granted"


def test_sent_back_it_is_drafted_anew(casework):
    case = casework.drafted(outcome="refused")
    case = actions.return_draft(casework.head, case=case.reference, note="理由不充分")
    assert case.state == "accepted"
    assert casework.item(case, "decide")
    with pytest.raises(errors.NotTheSignStep):
        actions.sign_decision(casework.head, case=case.reference)
    casework.draft(case, officer=casework.second)
    case = actions.sign_decision(casework.head, case=case.reference)
    assert case.outcome == "granted"


def test_sending_back_says_why(casework):
    case = casework.drafted()
    with pytest.raises(InvalidInput):
        actions.return_draft(casework.head, case=case.reference, note="")


@pytest.mark.parametrize(
    ("draft", "path"),
    [
        ({"outcome": "refused", "reasons": "不符合", "citations": []}, "citations"),
        ({"outcome": "refused", "reasons": " ", "citations": CITED}, "reasons"),
        ({"outcome": "partly", "reasons": "部分", "citations": []}, "citations"),
        ({"outcome": "granted", "reasons": ""}, "reasons"),
        ({"outcome": "perhaps", "reasons": "x"}, "outcome"),
        (
            {"outcome": "refused", "reasons": "x", "citations": [{"instrument": "no.such", "article": "1"}]},
            "citations/0",
        ),
    ],
)
def test_a_draft_with_faults_is_not_handed_over(casework, draft, path):
    case = casework.reviewed()
    with pytest.raises(InvalidInput) as caught:
        actions.draft_decision(casework.reviewer, case=case.reference, **draft)
    assert path in [fault.path for fault in caught.value.faults]
    assert casework.item(case, "decide")


def test_a_draft_is_kept_without_being_handed_over(casework):
    case = casework.reviewed()
    actions.save_draft(casework.reviewer, case=case.reference, outcome="refused", reasons="草稿")
    assert Decision.objects.get(case=case).reasons == "草稿"
    assert casework.item(case, "decide")
    assert casework.again(case).lock_version == case.lock_version


def test_steps_before_the_decision_come_first(casework):
    case = casework.accepted()
    with pytest.raises(errors.StepsOutstanding):
        casework.draft(case)


def test_without_a_signature_in_the_plan_the_officer_decides(casework):
    case = casework.accepted(casework.service(plan=SHORT_PLAN))
    casework.draft(case)
    case = casework.again(case)
    decision = Decision.objects.get(case=case)
    assert (case.state, case.outcome, decision.signed_by_id) == ("delivered", "granted", casework.reviewer.post_id)


def test_a_decision_step_may_name_its_outcomes(casework):
    back = {"key": "return", "title": {"zh-Hans": "退回", "en": "Send back"}, "back_to": "review"}
    named = [back, {"key": "agree", "title": {"zh-Hans": "签发", "en": "Sign"}}]
    case = casework.reviewed(casework.service(plan={"key": "n", "steps": [REVIEW, {**DECIDE, "outcomes": named}]}))
    casework.draft(case)
    assert casework.again(case).state == "delivered"


def test_two_signatures(casework):
    second = {**SIGN, "key": "second", "role": "department_head", "unit": "department_head", "after": ["sign"]}
    case = casework.drafted(casework.service(plan={"key": "two", "steps": [*PLAN["steps"], second]}))
    case = actions.sign_decision(casework.head, case=case.reference)
    assert case.state == "accepted"
    assert Transition.objects.filter(case=case).latest("id").act == "countersign"
    assert actions.sign_decision(casework.director, case=case.reference).state == "delivered"


def test_a_plan_without_a_decision_step_gets_one(casework):
    case = casework.reviewed(casework.service(plan={"key": "r", "steps": [REVIEW]}))
    casework.draft(case)
    assert casework.again(case).outcome == "granted"


def test_a_condition_may_skip_the_signature(casework):
    plan = {"key": "c", "steps": [{**DECIDE, "after": []}, {**SIGN, "when": "area > 100"}]}
    small = casework.accepted(casework.service(plan=plan))
    casework.draft(small)
    assert casework.again(small).state == "delivered"
    large = casework.accepted(casework.service(plan=plan), answers={"trade_name": "大店", "area": 200})
    casework.draft(large)
    assert casework.again(large).state == "accepted"
    assert casework.item(large, "sign")


def test_an_inspection_takes_two_officers(casework):
    inspection = {**REVIEW, "key": "visit", "kind": "inspection", "persons": 2}
    case = casework.accepted(casework.service(plan={"key": "i", "steps": [inspection]}))
    from egov.work.errors import MorePersonsNeeded

    with pytest.raises(MorePersonsNeeded):
        casework.step(case, casework.reviewer, "inspection")
    casework.step(case, casework.reviewer, "inspection", together_with=[casework.second.post_id])


def test_a_colleagues_task_is_theirs(casework):
    case = casework.reviewed()
    casework.claim(case, casework.second, "decide")
    with pytest.raises(AlreadyClaimed):
        casework.draft(case)


def test_nobody_works_past_the_colleague_who_has_it(casework):
    case = casework.accepted()
    casework.claim(case, casework.second, "review")
    with pytest.raises(errors.InAnotherHand):
        actions.suspend(casework.reviewer, case=case.reference, procedure="inspection", reason="x")
    actions.suspend(casework.head, case=case.reference, procedure="inspection", reason="x")


def test_an_item_of_a_case_is_not_completed_past_the_case(casework):
    from egov.work import actions as work

    case = casework.accepted()
    with pytest.raises(TransitionNotAllowed):
        work.complete(casework.reviewer, item_id=casework.item(case, "review").pk)


# --- Effects and outputs ----------------------------------------------------------------------------


@pytest.fixture
def effect(monkeypatch):
    """Records what it was called with; raises when told to."""

    class Calls(list):
        fails = False

    calls = Calls()

    def apply(actor, case, decision, options):
        if calls.fails:
            raise TransitionNotAllowed("the register objects")
        calls.append((case.reference, decision.outcome, options))
        return {"licence.scope": "热食类"}

    monkeypatch.setitem(effects._handlers, "test.register", Effect(key="test.register", apply=apply))
    return calls


LICENCE = {
    "key": "licence",
    "name": {"zh-Hans": "食品经营许可证", "en": "Food licence"},
    "type": "certificate",
    "credential": "FOOD",
    "valid_years": 5,
    "elements": {"scope": "licence.scope", "name": "trade_name", "large": "area > 50"},
}


def licensed(casework, **more):
    return casework.service(effects=[{"key": "test.register", "options": {"x": 1}}], outputs=[LICENCE], **more)


def test_effects_and_credentials_follow_a_grant(casework, effect, frozen):
    frozen("2026-11-02 10:00")
    case = casework.decided(licensed(casework))
    assert effect == [(case.reference, "granted", {"x": 1})]
    credential = Credential.objects.get(case=case.reference)
    assert credential.data == {"scope": "热食类", "name": "望山小馆", "large": True}
    assert credential.valid_to.isoformat() == "2031-11-01"
    decision = Decision.objects.get(case=case)
    assert decision.data == {"licence.scope": "热食类", "licence.number": credential.number}
    told = OutboxMessage.objects.get(name="case_decided", payload__case=case.reference)
    assert told.payload["outputs"] == decision.data


def test_a_refusal_registers_and_issues_nothing(casework, effect):
    case = casework.decided(licensed(casework), outcome="refused")
    assert effect == []
    assert not Credential.objects.filter(case=case.reference).exists()


def test_decision_and_register_stand_or_fall_together(casework, effect):
    case = casework.drafted(licensed(casework))
    effect.fails = True
    with pytest.raises(TransitionNotAllowed):
        actions.sign_decision(casework.head, case=case.reference)
    case = casework.again(case)
    assert (case.state, case.outcome) == ("accepted", "")
    assert casework.item(case, "sign")
    assert Decision.objects.get(case=case).signed_at is None


# --- Delivery ------------------------------------------------------------------------------------------


def handed_over(casework):
    return casework.service(channel={"delivery": ["window", "post"]})


def test_what_is_handed_over_waits_within_its_own_limit(casework, frozen):
    frozen("2026-11-02 10:00")
    case = casework.decided(handed_over(casework))
    assert case.state == "decided"
    delivery = Clock.objects.get(subject=f"case:{case.reference}", kind="delivery")
    assert casework.last_day(delivery.due_at) == "2026-11-16"  # ten working days, art. 44
    assert casework.item(case, "deliver").due_at == delivery.due_at
    assert Decision.objects.get(case=case).contest_by is None


def test_delivered_at_the_window_the_time_for_remedies_runs(casework, frozen):
    frozen("2026-11-02 10:00")
    case = casework.decided(handed_over(casework))
    frozen("2026-11-05 10:00")
    case = actions.deliver(casework.clerk, case=case.reference)
    assert case.state == "delivered"
    assert Decision.objects.get(case=case).contest_by.isoformat() == "2027-01-04"
    assert not WorkItem.objects.filter(subject=f"case:{case.reference}", state__in=OPEN_ITEMS).exists()


def test_delivered_cases_close_after_some_days(casework, frozen):
    from egov.kernel.actor import SYSTEM

    frozen("2026-11-02 10:00")
    case = casework.decided()
    assert actions.close_delivered(SYSTEM) == 0
    frozen("2026-11-08 10:00")
    assert actions.close_delivered(SYSTEM) == 1
    assert casework.again(case).state == "closed"


def test_an_officer_of_another_unit_neither_drafts_nor_signs(casework):
    case = casework.reviewed()
    for officer in (casework.neighbour, casework.adviser):
        with pytest.raises((NotFound, NotPermitted)):
            casework.draft(case, officer=officer)


def test_every_paper_of_a_case_is_issued_by_its_department(casework):
    case = casework.decided()
    issued = IssuedDocument.objects.filter(subject=f"case:{case.reference}")
    assert set(issued.values_list("department_id", flat=True)) == {case.department_id}
