"""Nothing is left without an owner when a unit is closed: matters, members that wait, cases, opinions and the work."""

import datetime as dt

import pytest

from egov.casework import actions as casework_actions
from egov.casework.models import Case, Transition
from egov.identity import actions as identity
from egov.identity.models import Post
from egov.kernel import clock, outbox
from egov.kernel.actor import SYSTEM
from egov.matters.models import Matter
from egov.work.models import Plan, WorkItem
from tests.plugins.intake import filled, grant, start

pytestmark = pytest.mark.django_db


def close(unit, successor=None):
    """As the console does when everybody has left; returns after the outbox has told it."""
    Post.objects.filter(unit=unit).update(valid_to=clock.today() - dt.timedelta(days=1))
    identity.close_unit(SYSTEM, unit_id=unit.pk, successor_id=successor.pk if successor else None)
    outbox.deliver()


@pytest.fixture
def matter(shop, resident) -> Matter:
    """The registration has a case, the food licence waits for it."""
    submission = filled(resident, start(resident, area=80, sign=False), aa02__cooks=2)
    return Matter.objects.get(reference=submission.matter)


@pytest.fixture
def successor(identities, services):
    identities.unit(is_service_hall=True, region_id="990102")
    return identities.unit(services.unit.department, name={"zh-Hans": "综合科", "en": "General section"})


def places(case: Case) -> set[int]:
    return set(WorkItem.objects.filter(subject=f"case:{case.reference}").values_list("unit_id", flat=True))


def test_case_lead_and_work_go_to_the_successor(matter, services, successor, resident):
    close(services.unit, successor)
    matter.refresh_from_db()
    assert (matter.lead, matter.lead_unit) == (successor.department, successor)
    case = Case.objects.get(matter=matter.reference)
    assert (case.unit, places(case)) == (successor, {successor.pk})
    moved = Transition.objects.get(case=case, act="take_over")
    assert (moved.public, moved.note) == (True, "综合科"), "the applicant reads where it is"


def test_a_member_that_waits_begins_at_the_successor_and_says_why(matter, services, successor):
    close(services.unit, successor)
    grant(matter, "AA01", **{"organisation.uscc": "91990102MA0000001X"})
    case = Case.objects.get(matter=matter.reference, service__code="AA02")
    assert (case.unit, places(case)) == (successor, set()), "its fee is not paid yet"
    assert case.route["reasons"][-1] == {
        "zh-Hans": "“许可科”已撤销，由“综合科”接办",
        "en": "“Licensing section” was closed; “General section” takes over",
    }


def test_without_a_successor_a_colleague_of_the_department_has_it(matter, services, successor):
    close(services.unit)
    assert Case.objects.get(matter=matter.reference).unit == successor


def test_the_last_unit_of_a_department_leaves_it_to_the_service_hall(matter, services, identities):
    hall = identities.unit(is_service_hall=True, region_id="990102")
    close(services.unit)
    case = Case.objects.get(matter=matter.reference)
    assert (case.department, case.unit, places(case)) == (hall.department, hall, {hall.pk})


def test_what_a_process_sent_there_while_it_did_not_know_follows(matter, services, successor, resident, frozen):
    now = frozen("2026-03-02 09:00")
    close(services.unit, successor)
    Case.objects.update(unit=services.unit)  # as one that was being filed at that moment
    frozen(now + dt.timedelta(minutes=1))
    outbox.deliver()
    assert Case.objects.get(matter=matter.reference).unit == successor


def test_a_review_under_way_goes_on_at_the_successor(casework, identities, deliver_outbox):
    case = casework.accepted()
    casework.claim(case, casework.reviewer, "review")
    close(casework.unit, casework.other_unit)
    assert Plan.objects.get(subject=f"case:{case.reference}").unit == casework.other_unit
    item = casework.item(case, "review")
    assert (item.unit, item.state, item.assignee) == (casework.other_unit, "open", None)
    casework.step(case, casework.neighbour, "review")
    assert casework.item(case, "decide").unit == casework.other_unit


def test_an_opinion_is_asked_of_the_successor(casework, identities):
    other = identities.unit(casework.elsewhere.department)
    colleague = identities.officer("reviewer", unit=other)
    case = casework.accepted()
    request = casework_actions.ask_opinion(
        casework.reviewer, case=case.reference, unit=casework.elsewhere.key, question="排水可行吗？"
    )
    close(casework.elsewhere, other)
    request.refresh_from_db()
    assert request.unit == other
    casework_actions.give_opinion(colleague, opinion_id=request.pk, stance="agree", answer="")
    assert Case.objects.get(pk=case.pk).unit == casework.unit, "who asked is not touched"


def test_what_has_ended_is_answered_for_by_the_successor_of_the_same_department_only(casework):
    case = casework.decided()
    close(casework.unit, casework.other_unit)
    case.refresh_from_db()
    assert (case.state, case.unit) == ("delivered", casework.other_unit)
    assert not Transition.objects.filter(case=case, act="take_over").exists()
    close(casework.other_unit, casework.elsewhere)
    case.refresh_from_db()
    assert case.department == casework.department, "it decided, and not another one"
