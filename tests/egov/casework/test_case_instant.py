"""An instant service is decided in the filing transaction; a machine only grants."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from egov.casework import actions
from egov.casework.models import Case, Decision, Transition
from egov.casework.registry import Effect, effects
from egov.documents.models import Credential, IssuedDocument
from egov.kernel.actor import SYSTEM
from egov.kernel.errors import TransitionNotAllowed
from egov.kernel.models import OutboxMessage
from egov.law.actions import draft_table, publish_table
from egov.registers.models import Holding
from egov.work.models import WorkItem

GRANT = {"outcome": "granted", "reasons": {"zh-Hans": "符合条件，当场办结。", "en": "Granted on the spot."}}
CERTIFICATE = {
    "key": "registration",
    "name": {"zh-Hans": "备案回执", "en": "Registration"},
    "type": "certificate",
    "credential": "TREATMENT_ELSEWHERE",
    "valid_years": 2,
}


def instant(casework, **more):
    more = {"auto_decision": GRANT, "plan": None, "promised_limit": 0, "case_kind": "instant", **more}
    return casework.service("public_service", **more)


def test_it_is_decided_and_delivered_when_it_is_filed(casework):
    case = casework.received(instant(casework))
    kept = Case.objects.get(pk=case.pk)
    assert (kept.state, kept.outcome) == ("delivered", "granted")
    assert kept.accepted_at == kept.decided_at == kept.delivered_at
    assert case.outcome == "granted"  # the matter reads it from the object
    assert list(Transition.objects.filter(case=case).order_by("id").values_list("act", flat=True)) == [
        "open",
        "accept_at_once",
        "decide_at_once",
        "deliver",
    ]
    assert not WorkItem.objects.filter(subject=f"case:{case.reference}").exists()


def test_its_outputs_are_issued_and_held(casework):
    version = instant(
        casework, outputs=[CERTIFICATE], effects=[{"key": "registers.hold", "options": {"output": "registration"}}]
    )
    case = casework.received(version)
    credential = Credential.objects.get(case=case.reference)
    assert credential.holder_id == case.applicant_id
    assert credential.valid_to is not None
    assert Holding.objects.get(source=f"case:{case.reference}").party_id == case.applicant_id
    decision = Decision.objects.get(case=case)
    assert decision.data["registration.number"] == credential.number
    assert decision.letter == IssuedDocument.objects.get(subject=f"case:{case.reference}")


def test_its_papers_are_issued_in_the_transaction_of_the_filing_without_savepoints_of_their_own(casework):
    """One to open the case, one to take back all that was decided when an effect objects."""
    version = instant(casework, outputs=[CERTIFICATE])
    with CaptureQueriesContext(connection) as captured:
        casework.received(version)
    assert sum(each["sql"].startswith("SAVEPOINT") for each in captured) == 2
    assert IssuedDocument.objects.count() == 2


@pytest.mark.parametrize(("area", "issued"), [(80, "receipt"), (500, "permit")])
def test_of_two_outputs_the_one_whose_condition_holds_is_issued(casework, area, issued):
    name = {"zh-Hans": "证", "en": "Paper"}
    paper = {"type": "certificate", "name": name, "credential": "TREATMENT_ELSEWHERE"}
    permit = {**paper, "key": "permit", "when": "area > 100", "produces": {"licence.number": "permit.number"}}
    receipt = {**paper, "key": "receipt", "when": "area <= 100"}
    case = casework.received(instant(casework, outputs=[permit, receipt]), answers={"area": area})
    data = Decision.objects.get(case=case).data
    assert Credential.objects.get(case=case.reference).number == data[f"{issued}.number"]
    assert ("licence.number" in data) is (issued == "permit")


def test_the_decision_is_told(casework):
    case = casework.received(instant(casework))
    told = OutboxMessage.objects.filter(payload__case=case.reference).values_list("name", flat=True)
    assert {"case_decided", "case_changed"} <= set(told)


@pytest.fixture
def table(casework, administrator):
    """Up to 100 square metres on the spot; above refused."""
    draft_table(
        administrator(),
        key="test.area",
        name={"zh-Hans": "面积", "en": "Area"},
        model={
            "rules": [
                {
                    "id": "small",
                    "when": {"area": "<= 100"},
                    "then": {"outcome": "granted"},
                    "says": {"zh-Hans": "小", "en": "small"},
                },
                {"id": "large", "then": {"outcome": "refused"}, "says": {"zh-Hans": "大", "en": "large"}},
            ]
        },
        inputs={"area": {"type": "number"}},
        tests=[{"input": {"area": 50}, "output": {"outcome": "granted"}}],
        source=[{"instrument": "cn.licensing-law", "article": "38.1"}],
    )
    publish_table(SYSTEM, key="test.area", version=1)


def test_a_table_grants_and_its_trace_stays_on_the_case(casework, table):
    case = casework.received(instant(casework, auto_decision={"table": "test.area"}))
    decision = Decision.objects.get(case=case)
    assert case.outcome == "granted"
    assert decision.trace["rule"] == "small"
    assert decision.citations == [{"instrument": "cn.licensing-law", "article": "38.1"}]


def test_a_table_that_would_refuse_leaves_it_to_an_officer(casework, table):
    case = casework.received(
        instant(casework, auto_decision={"table": "test.area"}), answers={"trade_name": "大店", "area": 300}
    )
    assert casework.again(case).state == "received"
    assert casework.item(case, "accept")
    assert not Decision.objects.filter(case=case).exists()


def test_answers_the_table_cannot_read_leave_it_to_an_officer(casework, table):
    case = casework.received(instant(casework, auto_decision={"table": "test.area"}), answers={"trade_name": "无面积"})
    assert casework.again(case).state == "received"


@pytest.fixture
def objecting_effect(monkeypatch):
    def apply(*_arguments):
        raise TransitionNotAllowed("the name is taken")

    monkeypatch.setitem(effects._handlers, "test.objects", Effect(key="test.objects", apply=apply))


def test_what_an_effect_objects_to_is_for_a_person(casework, objecting_effect):
    case = casework.received(instant(casework, effects=[{"key": "test.objects"}]))
    kept = casework.again(case)
    assert (kept.state, kept.outcome, case.outcome) == ("received", "", "")
    assert casework.item(case, "accept")
    assert not Decision.objects.filter(case=case).exists()


def test_without_a_plan_an_officer_gets_one_step_to_decide(casework, table):
    case = casework.received(
        instant(casework, auto_decision={"table": "test.area"}), answers={"trade_name": "大店", "area": 300}
    )
    actions.accept(casework.clerk, case=case.reference)
    casework.draft(case, outcome="refused")
    assert casework.again(case).outcome == "refused"


def test_paid_it_is_decided_at_once(casework):
    case = casework.unpaid(instant(casework))
    assert casework.again(case).state == "submitted"
    assert actions.receive_paid(SYSTEM, case=case.reference).outcome == "granted"
