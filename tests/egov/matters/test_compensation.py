"""What becomes of the rest when a member is refused or taken back; and that no crash or repeat makes two cases of one."""

import itertools
from decimal import Decimal

import pytest
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from egov.casework import actions as casework
from egov.casework.models import Case
from egov.contracts.cases import CaseChanged, CaseDecided, MembersUndone
from egov.identity.models import Account, Person
from egov.identity.queries import actor_for
from egov.journal.models import Entry
from egov.kernel import clock
from egov.kernel.actor import SYSTEM
from egov.kernel.errors import TransitionNotAllowed
from egov.kernel.models import OutboxMessage
from egov.kernel.refs import Ref
from egov.matters import actions, queries
from egov.matters.models import Matter, Member
from egov.matters.rules import DROPPED, FAILED, WAITING, Needs, Undone, cannot_start, cause, falling
from egov.notices import consumers
from egov.payments import actions as payments
from egov.payments.actions import BillLineSpec
from egov.payments.models import Bill, BillState, Payment, PaymentState

pytestmark = pytest.mark.django_db
FEE = Decimal("30.00")


@pytest.fixture
def diamond(member_spec, resident, services):
    """A company; then seal and licence; then the account, which needs both. The sign stands alone. Each costs 30."""
    specs = [
        member_spec("AA01", price=FEE),
        member_spec("AA02", depends_on=[Needs("AA01")], price=FEE),
        member_spec("AA03", depends_on=[Needs("AA01", passes={"organisation.uscc": "uscc"})], price=FEE),
        member_spec("AA04", depends_on=[Needs("AA02"), Needs("AA03")], price=FEE),
        member_spec("AA05", price=FEE),
    ]

    def make(*, paid: bool = True) -> Matter:
        opened = actions.open_matter(
            resident, applicant_id=resident.on_behalf_of_id, title={"zh-Hans": "开店", "en": "Shop"}, members=specs
        )
        payments.raise_bill(
            resident,
            payer_id=resident.on_behalf_of_id,
            subject=Ref("matter", opened.matter.reference),
            lines=[
                BillLineSpec(
                    subject=Ref("case", case),
                    department_id=services.unit.department_id,
                    text={"zh-Hans": "费"},
                    amount=FEE,
                    basis="依据",
                )
                for case in opened.references.values()
            ],
        )
        if paid:
            _pay(opened.matter)
        return opened.matter

    return make


def _pay(matter):
    """The bill is paid and the cases hear of it."""
    bill = Bill.objects.get(subject=f"matter:{matter.reference}")
    Bill.objects.filter(pk=bill.pk).update(state=BillState.PAID)
    Payment.objects.create(
        reference=f"P-{bill.pk}",
        bill=bill,
        gateway="test",
        method="card",
        amount=bill.total,
        state=PaymentState.SUCCEEDED,
        started_at=clock.now(),
        settled_at=clock.now(),
    )
    for case in Case.objects.filter(matter=matter.reference):
        casework.receive_paid(SYSTEM, case=case.reference)


def states(matter) -> dict[str, str]:
    return dict(matter.members.order_by("key").values_list("key", "state"))


def undone(matter, key) -> Undone | None:
    return Undone.from_json(matter.members.get(key=key).undone)


def decided(matter, key, outcome="granted", **outputs) -> CaseDecided:
    case = matter.members.get(key=key).case
    return CaseDecided(
        case=case,
        matter=matter.reference,
        service=key,
        applicant_id=matter.applicant_id,
        outcome=outcome,
        outputs=outputs,
    )


def ended(matter, key, before, after) -> CaseChanged:
    case = matter.members.get(key=key).case
    return CaseChanged(
        case=case,
        matter=matter.reference,
        service=key,
        applicant_id=matter.applicant_id,
        before=before,
        after=after,
        act="test",
    )


def owed(matter) -> Decimal:
    """What the bill still asks for, or has kept."""
    bill = Bill.objects.get(subject=f"matter:{matter.reference}")
    if bill.state == BillState.CANCELLED:
        return Decimal(0)
    back = sum((refund.amount for payment in bill.payments.all() for refund in payment.refunds.all()), Decimal(0))
    return bill.total - back


# --- A refusal in the middle ---------------------------------------------------------------------------------
def test_a_refusal_takes_along_what_needs_it_and_leaves_the_rest(diamond):
    matter = diamond()
    actions.follow_decision(decided(matter, "AA01"))
    actions.follow_decision(decided(matter, "AA02"))
    actions.follow_decision(decided(matter, "AA03", outcome="refused"))
    assert states(matter) == {"AA01": "done", "AA02": "done", "AA03": "failed", "AA04": "dropped", "AA05": "open"}
    assert undone(matter, "AA04") == Undone("not_granted", ("AA03",), FEE)
    assert owed(matter) == FEE * 4, "what was decided is paid for; what never began is given back"
    assert Entry.objects.filter(action="matters.undone").count() == 1
    matter.refresh_from_db()
    assert matter.state == "open"


def test_a_chain_falls_from_its_end_and_every_part_says_why(diamond, monkeypatch):
    matter = diamond()
    order = []
    give_up = payments.give_up
    monkeypatch.setattr(
        payments, "give_up", lambda actor, **how: (order.append(how["subject"].key), give_up(actor, **how))[1]
    )
    actions.follow_decision(decided(matter, "AA01", outcome="refused"))
    cases = {member.pending.case: member.key for member in matter.members.filter(pending__isnull=False)}
    assert [cases[each] for each in order] == ["AA04", "AA03", "AA02"]
    assert undone(matter, "AA02") == Undone("not_granted", ("AA01",), FEE)
    assert undone(matter, "AA04") == Undone("not_started", ("AA02", "AA03"), FEE)
    assert owed(matter) == FEE * 2
    event = MembersUndone(**OutboxMessage.objects.get(name=MembersUndone.name).payload)
    assert [name["en"] for name in event.services] == ["Service AA02", "Service AA03", "Service AA04"]
    told = consumers.told_of(event)
    assert told.context["services"]["zh-Hans"] == "事项AA02、事项AA03、事项AA04"


@pytest.mark.parametrize(
    ("before", "after", "kept"),
    [
        ("received", "withdrawn", 0),
        ("correction", "not_accepted", 0),
        ("received", "redirected", 0),
        ("accepted", "withdrawn", FEE),
        ("accepted", "terminated", FEE),
    ],
)
def test_nothing_is_owed_for_what_nobody_has_examined(diamond, before, after, kept):
    matter = diamond()
    whole = owed(matter)
    event = ended(matter, "AA05", before, after)
    actions.follow_change(event)
    actions.follow_change(event)
    assert owed(matter) == whole - FEE + kept
    assert states(matter)["AA01"] == "open"


def test_what_is_not_paid_is_taken_off_the_bill(diamond):
    matter = diamond(paid=False)
    actions.follow_change(ended(matter, "AA01", "submitted", "withdrawn"))
    assert owed(matter) == FEE
    actions.follow_change(ended(matter, "AA05", "submitted", "withdrawn"))
    assert owed(matter) == 0
    assert Bill.objects.get().state == BillState.CANCELLED


# --- Taking back ------------------------------------------------------------------------------------------
def test_taking_back_one_part_takes_what_needs_it_and_leaves_the_rest(diamond, resident):
    matter = diamond()
    actions.follow_decision(decided(matter, "AA01"))
    actions.withdraw_matter(resident, matter=matter.reference, members=["AA03"], reason="不办了")
    assert states(matter) == {"AA01": "done", "AA02": "open", "AA03": "dropped", "AA04": "dropped", "AA05": "open"}
    assert undone(matter, "AA03") == Undone("taken_back", (), FEE)
    assert Case.objects.get(reference=matter.members.get(key="AA03").case).state == "withdrawn"
    assert owed(matter) == FEE * 3


def test_the_whole_is_taken_back_from_its_end(diamond, resident, monkeypatch):
    matter = diamond()
    actions.follow_decision(decided(matter, "AA01"))
    order = []
    withdraw = casework.withdraw
    monkeypatch.setattr(casework, "withdraw", lambda *who, **how: (order.append(how["case"]), withdraw(*who, **how)))
    actions.withdraw_matter(resident, matter=matter.reference, reason="")
    keys = {member.case: member.key for member in matter.members.all()}
    assert sorted(keys[each] for each in order) == ["AA02", "AA03", "AA05"]
    places = {member.key: member.order for member in matter.members.all()}
    assert [places[keys[each]] for each in order] == sorted((places[keys[each]] for each in order), reverse=True)
    assert states(matter)["AA01"] == "done", "what is decided stays"
    assert owed(matter) == FEE


def test_what_the_law_does_not_let_go_stays_and_the_rest_goes(diamond, resident, monkeypatch):
    """Of two cases one is under a procedure without withdrawal: it goes on, and so may what needs it."""
    matter = diamond()
    case = matter.members.get(key="AA01").case
    Case.objects.filter(reference=case).update(procedure="fixed")
    from dataclasses import replace

    from egov.law import queries as law

    procedure = law.procedure
    fixed = replace(procedure("public_service"), key="fixed", can_withdraw=False)
    monkeypatch.setattr(law, "procedure", lambda key, **how: fixed if key == "fixed" else procedure(key, **how))
    with pytest.raises(TransitionNotAllowed):
        actions.withdraw_matter(resident, matter=matter.reference, members=["AA01"], reason="")
    actions.withdraw_matter(resident, matter=matter.reference, reason="")
    assert states(matter) == {
        "AA01": "open",
        "AA02": "dropped",
        "AA03": "dropped",
        "AA04": "dropped",
        "AA05": "dropped",
    }


def test_an_agent_leaves_what_is_the_organisation_s_by_now(diamond, resident, identities):
    """The founder may take back what they filed themselves for the company; who acts for the founder may not."""
    founder = Person.objects.get(pk=resident.party_id)
    matter = diamond()
    actions.follow_decision(decided(matter, "AA01"))
    company = identities.organisation("新公司", representative=founder)
    case = matter.members.get(key="AA03").case
    Case.objects.filter(reference=case).update(applicant=company.pk)
    person = identities.person("代办人")
    given = identities.mandate(founder.party, person.party, by=founder)
    agent = actor_for(identities.account(person), f"m-{given.pk}")
    shown = queries.timeline(agent, reference=matter.reference)
    assert {member.key for member in queries.going_with(shown)} == {"AA02", "AA04", "AA05"}
    assert case not in {each.reference for each in shown.cases}
    actions.withdraw_matter(agent, matter=matter.reference, reason="不办了")
    assert states(matter) == {"AA01": "done", "AA02": "dropped", "AA03": "open", "AA04": "dropped", "AA05": "dropped"}
    actions.withdraw_matter(resident, matter=matter.reference, reason="不办了")
    assert states(matter)["AA03"] == "dropped"


def test_the_page_of_the_matter_says_what_was_undone_and_why(client, diamond, resident):
    matter = diamond()
    actions.follow_decision(decided(matter, "AA01", outcome="refused"))
    lanes = {lane.key: lane for lane in queries.timeline(resident, reference=matter.reference).lanes}
    assert lanes["AA02"].undone == Undone("not_granted", ("AA01",), FEE)
    client.force_login(Account.objects.get(pk=resident.account_id))
    client.cookies["django_language"] = "en"
    page = client.get(f"/as/self/matters/{matter.reference}/").text
    assert "because Service AA01 was not granted" in page
    assert "because Service AA02, Service AA03 fell away" in page
    part = client.get(f"/as/self/matters/{matter.reference}/withdraw/?member=AA05").text
    assert "Service AA05" in part


# --- Crashes, repeats, any order --------------------------------------------------------------------------------
class Killed(Exception):
    pass


def killed_at(number):
    """Stops whatever runs at its ``number``-th statement; what the test's own savepoints say does not count."""
    counter = itertools.count(1)

    def wrapper(execute, sql, params, many, context):
        if "SAVEPOINT" not in str(sql) and next(counter) == number:
            raise Killed
        return execute(sql, params, many, context)

    return connection.execute_wrapper(wrapper)


def picture(matter):
    """All that may differ, without keys and moments."""
    members = matter.members.order_by("key").values_list("key", "state", "outputs", "undone")
    cases = Case.objects.filter(matter=matter.reference).values_list("service__code", "state", "answers")
    return list(members), sorted(cases, key=lambda row: row[0]), owed(matter)


@pytest.mark.parametrize("outcome", ["granted", "refused"])
def test_a_crash_at_any_statement_leaves_nothing_behind_and_the_repeat_does_it_once(diamond, outcome):
    matter = diamond()
    event = decided(matter, "AA01", outcome=outcome, **{"organisation.uscc": "91990102MA0000001X"})
    before = picture(matter)
    for number in itertools.count(1):
        try:
            with killed_at(number):
                actions.follow_decision(event)
        except Killed:
            assert picture(matter) == before, f"after a crash at statement {number}"
        else:
            break
    assert number > 8, "there were statements to be killed at"
    after = picture(matter)
    assert after != before
    for _again in range(3):
        actions.follow_decision(event)
    assert picture(matter) == after
    opened = Case.objects.filter(matter=matter.reference).values_list("service__code", flat=True)
    assert len(opened) == len(set(opened)), "one case a member"


def test_a_crash_while_taking_back_leaves_nothing_half_withdrawn(diamond, resident):
    matter = diamond()
    actions.follow_decision(decided(matter, "AA01"))
    before = picture(matter)
    for number in itertools.count(1, step=5):
        try:
            with killed_at(number):
                actions.withdraw_matter(resident, matter=matter.reference, reason="")
        except Killed:
            assert picture(matter) == before, f"after a crash at statement {number}"
        else:
            break
    assert set(states(matter).values()) == {"done", "dropped"}


def test_news_in_any_order_and_twice_ends_the_same(diamond):
    """The company was granted; of seal, licence and sign the news comes in every order, some of it twice."""
    pictures = set()
    for order in itertools.permutations(["AA02", "AA03", "AA05"]):
        matter = diamond()
        actions.follow_decision(decided(matter, "AA01"))
        for key in [*order, order[0]]:
            outcome = "refused" if key == "AA05" else "granted"
            actions.follow_decision(decided(matter, key, outcome=outcome))
        assert Member.objects.filter(matter=matter).exclude(case="").count() == 5
        assert Case.objects.filter(matter=matter.reference).count() == 5
        pictures.add(repr(picture(matter)))
    assert len(pictures) == 1


# --- The rule alone ---------------------------------------------------------------------------------------------
@st.composite
def graphs(draw):
    needs_of, states_of = {}, {}
    for number in range(draw(st.integers(1, 8))):
        key = f"m{number}"
        before = draw(st.lists(st.sampled_from(sorted(needs_of)), unique=True, max_size=3)) if needs_of else []
        needs_of[key] = [Needs(each, draw(st.sampled_from(["", "a"]))) for each in before]
        states_of[key] = draw(st.sampled_from([WAITING, "open", "done", FAILED, DROPPED]))
    return needs_of, states_of, draw(st.sets(st.sampled_from(sorted(needs_of))))


@given(graphs())
def test_exactly_what_cannot_start_falls_the_last_first(graph):
    needs_of, states_of, gone = graph
    fell = falling(needs_of, states_of, gone)
    then = {key: DROPPED if key in gone or key in fell else state for key, state in states_of.items()}
    assert all(states_of[key] == WAITING and cannot_start(needs_of[key], then) for key in fell)
    assert not [key for key, state in then.items() if state == WAITING and cannot_start(needs_of[key], then)]
    assert fell == sorted(fell, reverse=True)
    for key in fell:
        assert cause(needs_of[key], then).of
