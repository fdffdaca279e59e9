"""Whatever people and time do, a case stays lawful: a machine that tries every act at random, on the real actions."""

import datetime as dt
from collections import Counter

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from egov.casework import actions
from egov.casework.models import (
    OPEN_STATES,
    CorrectionRequest,
    Decision,
    Extension,
    OpinionRequest,
    Suspension,
    Transition,
)
from egov.casework.rules.lifecycle import ENDS, TRANSITIONS, reachable
from egov.deadlines import actions as deadlines
from egov.deadlines.models import Clock
from egov.kernel import outbox
from egov.kernel.actor import SYSTEM
from egov.kernel.errors import EgovError
from egov.law import queries as law
from egov.work.models import OPEN_ITEMS, Plan, WorkItem

REACHED = Counter()
PROCEDURES = ("licensing", "benefit", "foi", "petition", "hotline", "internal")


class CaseMachine(RuleBasedStateMachine):
    """Every rule tries one act as one of the people; refusals with a typed error are fine, states must stay sound."""

    world = None
    time = None

    def __init__(self):
        super().__init__()
        self.point = transaction.savepoint()
        self.now = dt.datetime(2026, 3, 2, 2, tzinfo=dt.UTC)
        self.time(self.now)
        self.case = None

    def teardown(self):
        if self.case is not None:
            REACHED.update(Transition.objects.filter(case=self.case).values_list("act", flat=True))
        transaction.savepoint_rollback(self.point)

    def attempt(self, act, *arguments, **options):
        try:
            with transaction.atomic():
                act(*arguments, **options)
        except EgovError:
            return
        finally:
            self.case = self.world.again(self.case)

    @precondition(lambda self: self.case is None)
    @rule(
        procedure=st.sampled_from(PROCEDURES),
        trait=st.sampled_from(["unpaid", "received", "accepted", "reviewed", "drafted", "decided"]),
    )
    def file(self, procedure, trait):
        self.case = getattr(self.world, trait)(self.versions[procedure])

    @precondition(lambda self: self.case is not None)
    @rule(days=st.sampled_from([1, 3, 10, 40]))
    def time_passes(self, days):
        self.now += dt.timedelta(days=days)
        self.time(self.now)
        deadlines.mark_missed(SYSTEM)
        outbox.deliver()
        actions.close_delivered(SYSTEM)
        self.case = self.world.again(self.case)

    @precondition(lambda self: self.case is not None and self.case.state in OPEN_STATES)
    @rule(outcome=st.sampled_from(["granted", "refused"]))
    def the_usual_next(self, outcome):
        """What most often comes next, so that runs get somewhere."""
        world, case = self.world, self.case.reference
        tasks = set(
            WorkItem.objects.filter(subject=f"case:{case}", state__in=OPEN_ITEMS).values_list("kind", flat=True)
        )
        if self.case.state == "submitted":
            self.attempt(actions.receive_paid, SYSTEM, case=case)
        elif self.case.state == "correction":
            self.attempt(actions.answer_correction, world.applicant, case=case, answers={"area": 66})
        elif self.case.state == "suspended":
            self.attempt(actions.resume, world.head, case=case)
        elif "accept" in tasks:
            self.attempt(actions.accept, world.head, case=case)
        elif "review" in tasks:
            self.attempt(world.step, self.case, world.reviewer, "review")
        elif "decide" in tasks:
            self.attempt(world.draft, self.case, outcome=outcome)
        elif "sign" in tasks:
            self.attempt(actions.sign_decision, world.head, case=case)
        elif self.case.state == "decided":
            self.attempt(actions.deliver, world.clerk, case=case)

    @precondition(lambda self: self.case is not None and self.case.state == "received")
    @rule(
        who=st.sampled_from(["clerk", "reviewer", "second", "head", "director"]),
        what=st.sampled_from(["accept", "request_correction", "request_correction", "not_accept", "redirect_case"]),
    )
    def at_the_front(self, who, what):
        options = {
            "not_accept": {"reason": "x"},
            "redirect_case": {"body": "x"},
            "request_correction": {"items": [{"field": "area", "message": "x"}]},
        }.get(what, {})
        self.attempt(getattr(actions, what), getattr(self.world, who), case=self.case.reference, **options)

    @precondition(lambda self: self.case is not None)
    @rule(what=st.sampled_from(["pay", "answer_correction", "withdraw", "rate", "rate_again", "send_message"]))
    def as_the_applicant(self, what):
        actor, case = self.world.applicant, self.case.reference
        if what == "pay":
            self.attempt(actions.receive_paid, SYSTEM, case=case)
        elif what == "withdraw" and self.case.lock_version < 6:
            return  # let cases live a little
        else:
            options = {
                "answer_correction": {"answers": {"area": 66}},
                "rate": {"grade": 1},
                "rate_again": {"grade": 4},
                "send_message": {"text": "?"},
            }.get(what, {})
            self.attempt(getattr(actions, what), actor, case=case, **options)

    @precondition(lambda self: self.case is not None and self.case.state in ("accepted", "suspended"))
    @rule(
        who=st.sampled_from(["reviewer", "second", "head"]),
        what=st.sampled_from(["suspend", "resume", "propose_extension", "ask_opinion", "terminate"]),
    )
    def under_review(self, who, what):
        if what == "terminate" and self.case.lock_version < 8:
            return
        options = {
            "suspend": {"procedure": "inspection", "reason": "x", "days": 2},
            "propose_extension": {"days": 1, "reason": "x"},
            "ask_opinion": {"unit": self.world.elsewhere.key, "question": "x"},
            "terminate": {"reason": "x"},
        }.get(what, {})
        self.attempt(getattr(actions, what), getattr(self.world, who), case=self.case.reference, **options)

    @precondition(lambda self: self.case is not None and self.case.state in ("accepted", "suspended"))
    @rule(approved=st.booleans(), withdrawn=st.booleans())
    def others_answer(self, approved, withdrawn):
        self.attempt(actions.decide_extension, self.world.director, case=self.case.reference, approved=approved)
        self.attempt(actions.decide_extension, self.world.head, case=self.case.reference, approved=approved)
        for opinion in OpinionRequest.objects.filter(case=self.case, answered_at=None, withdrawn_at=None):
            if withdrawn:
                self.attempt(actions.withdraw_opinion, self.world.head, opinion_id=opinion.pk)
            else:
                self.attempt(actions.give_opinion, self.world.adviser, opinion_id=opinion.pk, stance="agree", answer="")

    @precondition(lambda self: self.case is not None and self.case.state in ("accepted", "suspended"))
    @rule(
        who=st.sampled_from(["reviewer", "second", "head"]),
        outcome=st.sampled_from(["granted", "refused"]),
        what=st.sampled_from(["step", "draft", "sign", "return"]),
    )
    def the_plan_goes_on(self, who, outcome, what):
        actor, case = getattr(self.world, who), self.case.reference
        if what == "step":
            for item in WorkItem.objects.filter(subject=f"case:{case}", kind="review", state__in=OPEN_ITEMS):
                self.attempt(actions.complete_step, actor, case=case, item_id=item.pk)
        elif what == "draft":
            cited = [{"instrument": "cn.licensing-law", "article": "38.2"}]
            self.attempt(actions.draft_decision, actor, case=case, outcome=outcome, reasons="x", citations=cited)
        elif what == "sign":
            self.attempt(actions.sign_decision, actor, case=case)
        else:
            self.attempt(actions.return_draft, actor, case=case, note="x")

    # --- What must always hold --------------------------------------------------------------------------

    @invariant()
    def the_story_is_a_path_through_the_table(self):
        if self.case is None:
            return
        before = ""
        for move in Transition.objects.filter(case=self.case).order_by("id"):
            act = TRANSITIONS[move.act]
            assert move.before == before
            assert before in act.before
            assert move.after == act.target(before)
            before = move.after
        assert before == self.case.state

    @invariant()
    def what_ended_rests(self):
        if self.case is None or self.case.state not in ENDS:
            return
        subject = f"case:{self.case.reference}"
        assert not Clock.objects.filter(subject=subject, stopped_at=None).exists()
        assert not Plan.objects.filter(subject=subject, state="running").exists()
        aside = ("rectify", "verify_rating", "message")
        assert not WorkItem.objects.filter(subject=subject, state__in=OPEN_ITEMS).exclude(kind__in=aside).exists()
        assert self.case.closed_at is not None

    @invariant()
    def what_is_open_waits_for_somebody(self):
        """No open case is forgotten: there is work on it, or it waits for the applicant with a clock, or for payment."""
        if self.case is None or self.case.state not in OPEN_STATES:
            return
        subject = f"case:{self.case.reference}"
        if self.case.state == "submitted":
            return
        if self.case.state == "correction":
            assert Clock.objects.filter(subject=subject, kind="correction", stopped_at=None).exists()
            return
        items = WorkItem.objects.filter(subject=subject, state__in=OPEN_ITEMS)
        assert items.exclude(kind__in=("message", "opinion_answer", "extension")).exists()

    @invariant()
    def clocks_run_and_stand_with_the_state(self):
        if self.case is None or self.case.state not in ("accepted", "suspended"):
            return
        running = Clock.objects.filter(subject=f"case:{self.case.reference}", stopped_at=None)
        limits = running.filter(kind__in=("promised", "statutory"))
        assert limits.count() == 2
        assert all((limit.paused_at is not None) == (self.case.state == "suspended") for limit in limits)
        if self.case.state == "accepted":
            due = {limit.kind: limit.due_at for limit in limits}
            assert (self.case.promised_due_at, self.case.statutory_due_at) == (due["promised"], due["statutory"])

    @invariant()
    def the_law_is_kept(self):
        if self.case is None:
            return
        procedure = self.procedures[self.case.procedure]
        asked = CorrectionRequest.objects.filter(case=self.case).count()
        assert asked <= (procedure.correction.times if procedure.correction else 0)
        assert Extension.objects.filter(case=self.case, approved=True).count() <= 1
        assert Suspension.objects.filter(case=self.case, ended_at=None).count() == (self.case.state == "suspended")
        decision = Decision.objects.filter(case=self.case).first()
        assert bool(self.case.outcome) == (decision is not None and decision.signed_at is not None)
        if decision is not None and decision.signed_at is not None:
            assert decision.drafted_by_id != decision.signed_by_id, "four eyes"
            assert decision.outcome == self.case.outcome
            assert not OpinionRequest.objects.filter(case=self.case, answered_at=None, withdrawn_at=None).exists()

    @invariant()
    def nobody_handles_their_own_matter(self):
        if self.case is None:
            return
        items = WorkItem.objects.filter(subject=f"case:{self.case.reference}")
        assert all(self.world.applicant.party_id in item.excluded_persons for item in items)


def walk(casework, frozen, **how):
    CaseMachine.world = casework
    CaseMachine.time = staticmethod(frozen)
    CaseMachine.versions = {procedure: casework.service(procedure) for procedure in PROCEDURES}
    CaseMachine.procedures = {procedure: law.procedure(procedure) for procedure in PROCEDURES}
    REACHED.clear()
    how = {"deadline": None, "suppress_health_check": list(HealthCheck), **how}
    run_state_machine_as_test(CaseMachine, settings=settings(**how))
    # The walk must have gone deep, or its invariants prove little.
    assert {"accept", "complete_step", "draft_decision", "sign_decision", "deliver"} <= set(REACHED), REACHED


def test_a_case_stays_lawful_whatever_happens(casework, frozen):
    walk(casework, frozen, max_examples=15, stateful_step_count=20, derandomize=True)


@pytest.mark.long
def test_a_case_stays_lawful_on_longer_walks(casework, frozen):
    walk(casework, frozen, max_examples=60, stateful_step_count=25)


def test_every_state_can_reach_an_end():
    for state in {after for act in TRANSITIONS.values() if (after := act.after)} - ENDS:
        assert reachable(state) & ENDS


def test_no_end_leads_anywhere():
    for state in ENDS:
        assert reachable(state) == frozenset()


def test_every_state_is_reached():
    from egov.casework.models import CaseState

    assert reachable("") == set(CaseState.values)


def test_buttons_are_for_somebody_and_words_are_unique():
    labels = Counter(str(act.label) for act in TRANSITIONS.values() if act.label)
    assert max(labels.values()) == 1
