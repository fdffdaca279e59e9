"""Who may do what to a case: the owner, a stranger, the competent officer, one of another department, an administrator."""

from typing import Any

import pytest

from egov.casework import actions
from egov.casework.actions import CaseSpec
from egov.kernel.actor import SYSTEM
from tests.plugins.permissions import PermissionTable, Row

ITEMS = [{"field": "area", "message": "x"}]
ANSWER = {"zh-Hans": "已改正", "en": "Done"}


class World:
    """Cases in the states the rows need, made when first asked for."""

    def __init__(self, casework: Any) -> None:
        self.casework = casework

    def __getattr__(self, trait: str) -> str:
        case = getattr(self.casework, trait)()
        return str(case.reference)

    @property
    def extended(self) -> str:
        case = self.casework.accepted()
        actions.propose_extension(self.casework.reviewer, case=case.reference, days=3, reason="x")
        return str(case.reference)

    @property
    def changed(self) -> str:
        case = self.casework.accepted()
        actions.propose_change(self.casework.applicant, case=case.reference, answers={"area": 90}, reason="x")
        return str(case.reference)

    @property
    def asked(self) -> int:
        case = self.casework.reviewed()
        request = actions.ask_opinion(
            self.casework.reviewer, case=case.reference, unit=self.casework.elsewhere.key, question="x"
        )
        return int(request.pk)

    @property
    def step(self) -> tuple[str, int]:
        case = self.casework.accepted()
        return case.reference, self.casework.item(case, "review").pk

    @property
    def shared(self) -> str:
        name = {"zh-Hans": "居民身份证", "en": "Identity card"}
        version = self.casework.service(materials=[{"key": "id_card", "name": name, "source": "shared"}])
        return str(self.casework.received(version).reference)

    @property
    def handed_over(self) -> str:
        version = self.casework.service(channel={"delivery": ["window"]})
        return str(self.casework.decided(version).reference)

    @property
    def rated_badly(self) -> str:
        case = self.casework.decided()
        actions.rate(self.casework.applicant, case=case.reference, grade=1)
        return str(case.reference)

    @property
    def rectified(self) -> str:
        reference = self.rated_badly
        actions.verify_rating(self.casework.supervisor, case=reference, justified=True, note="x")
        actions.rectify_rating(self.casework.head, case=reference, rectification="x", public_answer=ANSWER)
        return reference


TABLE = PermissionTable(
    "egov.casework",
    {
        "accept": Row(lambda actor, world: actions.accept(actor, case=world.received), officer=True),
        "not_accept": Row(
            lambda actor, world: actions.not_accept(actor, case=world.received, reason="x"), officer=True
        ),
        "redirect_case": Row(
            lambda actor, world: actions.redirect_case(actor, case=world.received, body="x"), officer=True
        ),
        "transfer_case": Row(
            lambda actor, world: actions.transfer_case(
                actor, case=world.received, unit=world.casework.other_unit.key, reason="x"
            ),
            officer=True,
        ),
        "request_correction": Row(
            lambda actor, world: actions.request_correction(actor, case=world.received, items=ITEMS), officer=True
        ),
        "fetch_again": Row(
            lambda actor, world: actions.fetch_again(actor, case=world.shared, material="id_card"), officer=True
        ),
        "fetch_all": Row(lambda actor, world: actions.fetch_all(actor, case=world.received)),
        "answer_correction": Row(
            lambda actor, world: actions.answer_correction(actor, case=world.corrected, answers={"area": 1}), owner=True
        ),
        "complete_step": Row(
            lambda actor, world: actions.complete_step(
                actor, **dict(zip(("case", "item_id"), world.step, strict=True))
            ),
            officer=True,
        ),
        "suspend": Row(
            lambda actor, world: actions.suspend(actor, case=world.accepted, procedure="inspection", reason="x"),
            officer=True,
        ),
        "resume": Row(lambda actor, world: actions.resume(actor, case=world.suspended), officer=True),
        "propose_extension": Row(
            lambda actor, world: actions.propose_extension(actor, case=world.accepted, days=1, reason="x"),
            officer=True,
        ),
        # The head of the organ approves; the officer of this table is a reviewer.
        "decide_extension": Row(
            lambda actor, world: actions.decide_extension(actor, case=world.extended, approved=True)
        ),
        "ask_opinion": Row(
            lambda actor, world: actions.ask_opinion(
                actor, case=world.reviewed, unit=world.casework.elsewhere.key, question="x"
            ),
            officer=True,
        ),
        "give_opinion": Row(
            lambda actor, world: actions.give_opinion(actor, opinion_id=world.asked, stance="agree", answer=""),
            officer_elsewhere=True,
        ),
        "withdraw_opinion": Row(
            lambda actor, world: actions.withdraw_opinion(actor, opinion_id=world.asked), officer=True
        ),
        "save_draft": Row(
            lambda actor, world: actions.save_draft(actor, case=world.reviewed, outcome="granted"), officer=True
        ),
        "draft_decision": Row(
            lambda actor, world: actions.draft_decision(actor, case=world.reviewed, outcome="granted", reasons="x"),
            officer=True,
        ),
        # The officer of this table drafted; the head of the section signs or sends back.
        "return_draft": Row(lambda actor, world: actions.return_draft(actor, case=world.drafted, note="x")),
        "sign_decision": Row(lambda actor, world: actions.sign_decision(actor, case=world.drafted)),
        "deliver": Row(lambda actor, world: actions.deliver(actor, case=world.handed_over), officer=True),
        "close": Row(lambda actor, world: actions.close(actor, case=world.decided), officer=True),
        "withdraw": Row(lambda actor, world: actions.withdraw(actor, case=world.accepted), owner=True),
        "terminate": Row(lambda actor, world: actions.terminate(actor, case=world.accepted, reason="x"), officer=True),
        "send_message": Row(
            lambda actor, world: actions.send_message(actor, case=world.accepted, text="x"), owner=True, officer=True
        ),
        "rate": Row(lambda actor, world: actions.rate(actor, case=world.decided, grade=5), owner=True),
        # Data administration calls back; the officers of this table do not.
        "verify_rating": Row(
            lambda actor, world: actions.verify_rating(actor, case=world.rated_badly, justified=True, note="x")
        ),
        "rectify_rating": Row(
            lambda actor, world: actions.rectify_rating(
                actor, case=world.rated_badly, rectification="x", public_answer=ANSWER
            ),
            officer=True,
        ),
        "propose_change": Row(
            lambda actor, world: actions.propose_change(actor, case=world.received, answers={"area": 90}, reason="x"),
            owner=True,
        ),
        "accept_change": Row(
            lambda actor, world: actions.accept_change(actor, case=world.changed, judge=lambda _case, given: given),
            officer=True,
        ),
        "refuse_change": Row(
            lambda actor, world: actions.refuse_change(actor, case=world.changed, reason="x"), officer=True
        ),
        "rate_again": Row(lambda actor, world: actions.rate_again(actor, case=world.rectified, grade=4), owner=True),
    },
    internal={
        "open_case": "called by matters and imports, which asked already",
        "open_cases": "called by matters, which asked already",
        "receive_paid": "the system follows a bill that was paid",
        "deem_accepted": "the system follows a limit that passed",
        "take_as_it_is": "the system follows a limit that passed",
        "follow_missed_clock": "the system follows a limit that passed",
        "take_over": "follows the closing of a unit, which identity asked about",
        "close_delivered": "a nightly task",
        "read_messages": "marks only messages to the actor's own party",
    },
)


@pytest.fixture
def permission_world(casework: Any) -> World:
    return World(casework)


@pytest.fixture
def permission_actors(casework: Any, administrator: Any) -> dict[str, Any]:
    return {
        "owner": casework.applicant,
        "stranger": casework.stranger,
        "officer": casework.reviewer,
        "officer_elsewhere": casework.adviser,
        "administrator": administrator(),
    }


test_permission, test_every_act_has_a_row = TABLE.tests()


@pytest.mark.parametrize("act", ["pay", "deem_accepted", "take_as_it_is", "accept_at_once", "take_over"])
def test_what_happens_by_itself_is_nobodys_act(casework: Any, act: str) -> None:
    from egov.casework.rules.lifecycle import TRANSITIONS, Who

    assert TRANSITIONS[act].who == {Who.SYSTEM}


def test_a_civil_servant_does_not_handle_a_matter_of_their_own(casework: Any) -> None:
    from egov.casework.errors import OwnCase
    from egov.kernel.errors import NotPermitted
    from egov.work import actions as work

    spec: CaseSpec = casework.spec(applicant_id=casework.reviewer.party_id)
    case = actions.open_case(SYSTEM, spec=spec)
    with pytest.raises(OwnCase):
        actions.accept(casework.reviewer, case=case.reference)
    with pytest.raises(NotPermitted):
        work.claim(casework.reviewer, item_id=casework.item(case, "accept").pk)
    actions.accept(casework.second, case=case.reference)


def test_under_a_mandate_only_its_services(casework: Any, identities: Any) -> None:
    from dataclasses import replace

    case = casework.accepted()
    agent = replace(casework.stranger, on_behalf_of_id=case.applicant_id, mandate_services=frozenset({"XX99"}))
    row = Row(lambda actor, world: actions.withdraw(actor, case=case.reference), owner=True)
    from tests.plugins.permissions import is_denied

    assert is_denied(lambda: row.attempt(agent, None))
    allowed = replace(agent, mandate_services=frozenset({case.service.code}))
    assert not is_denied(lambda: row.attempt(allowed, None))
