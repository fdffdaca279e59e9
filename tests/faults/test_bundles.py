"""Five services filed as one, decided one by one by an officer while the worker that wakes the next is killed; and two
decisions of one matter followed at once."""

import threading
from collections import Counter

import pytest
from django.db import connections, transaction

from egov.casework import actions as casework
from egov.casework.models import Case
from egov.contracts.cases import CaseDecided
from egov.intake import queries as forms
from egov.kernel.models import ConsumedMessage, OutboxMessage
from egov.matters import actions
from egov.matters.actions import MemberSpec
from egov.matters.models import Matter, PendingMember
from egov.matters.rules import Needs
from egov.notices.models import Notice
from tests.plugins.instances import until
from tests.plugins.intake import MEMBER_FORM

pytestmark = [pytest.mark.long, pytest.mark.timeout(600), pytest.mark.django_db(transaction=True)]
APP = "tests.faults.waker:app"
CODE = "organisation.uscc"
OUTPUT = {
    "key": "record",
    "type": "record",
    "name": {"zh-Hans": "登记", "en": "Record"},
    "produces": {CODE: "case.reference"},
}
# Who waits for whom; a code goes from the first to those that follow it.
EDGES = {"AA01": [], "AA02": ["AA01"], "AA03": ["AA01"], "AA04": ["AA02", "AA03"], "AA05": ["AA04"]}


# Where the worker is killed that takes in the decision on each: two of them open what waits.
KILLED_AT = {"AA01": "opened", "AA02": "told", "AA03": "followed", "AA04": "delivered", "AA05": "followed"}


@pytest.fixture
def bundle(services, resident) -> Matter:
    members = []
    for key, before in EDGES.items():
        version = services.publish(
            key, form=MEMBER_FORM, name={"en": key, "zh-Hans": key}, outputs=[OUTPUT], materials=[]
        )
        route = forms.route_for(version, forms.form_for(version), {}, region="990102", applicant_kind="person")
        needs = [Needs(each, passes={CODE: "uscc"} if number == 0 else {}) for number, each in enumerate(before)]
        members.append(
            MemberSpec(key=key, version=version, answers={"name": f"甲{key}"}, route=route, depends_on=needs)
        )
    with transaction.atomic():
        opened = actions.open_matter(
            resident, applicant_id=resident.on_behalf_of_id, title={"zh-Hans": "开店", "en": "Shop"}, members=members
        )
    return opened.matter


@pytest.fixture
def officer(identities, services):
    return identities.officer("clerk", "reviewer", unit=services.unit)


def states(matter) -> dict[str, str]:
    return dict(matter.members.order_by("key").values_list("key", "state"))


def decide(officer, case: str) -> None:
    casework.accept(officer, case=case)
    casework.draft_decision(officer, case=case, outcome="granted", reasons="符合条件。")


def case_of(matter, key) -> Case:
    return Case.objects.get(reference=matter.members.get(key=key).case)


def test_a_worker_killed_at_every_point_between_a_decision_and_what_waits_for_it(make_instance, bundle, officer):
    instance = make_instance().start(here=True)
    worker = instance.worker(app=APP)
    for key, point in KILLED_AT.items():
        until(lambda key=key: states(bundle)[key] == "open", seconds=60, what=f"{key} to begin")
        hold, at = instance.place / f"hold-{point}", instance.place / f"at-{point}"
        hold.touch()
        decide(officer, case_of(bundle, key).reference)
        until(at.exists, seconds=60, what=f"{key} at {point}")
        instance.kill(worker)
        assert point == "delivered" or states(bundle)[key] == "open", "all of it or nothing"
        hold.unlink()
        at.unlink()
        worker = instance.worker(app=APP)
        until(lambda key=key: states(bundle)[key] == "done", seconds=90, what=f"{key} followed")
    until(lambda: not OutboxMessage.objects.filter(delivered_at=None).exists(), seconds=90, what="all delivered")

    assert set(states(bundle).values()) == {"done"}
    bundle.refresh_from_db()
    assert bundle.state == "done"
    assert not OutboxMessage.objects.filter(dead_at__isnull=False).exists()
    cases = {case.service.code: case for case in Case.objects.select_related("service")}
    assert Case.objects.count() == len(cases) == len(EDGES), "one case for each"
    first = {"AA02": "AA01", "AA03": "AA01", "AA04": "AA02", "AA05": "AA04"}
    for key, case in cases.items():
        passed = {"uscc": cases[first[key]].reference} if key in first else {}
        assert case.answers == {"name": f"甲{key}", **passed}
    followed = ConsumedMessage.objects.filter(handler="matters.case_decided").values_list("message_id", flat=True)
    assert max(Counter(followed).values()) == 1
    told = Counter(Notice.objects.filter(kind="case_decided").values_list("subject", flat=True))
    assert set(told.values()) <= {1}
    assert not PendingMember.objects.exists()


# --- Two at once ------------------------------------------------------------------------------------------
def at_once(*acts) -> list[Exception]:
    """Run in threads, each with a connection and a transaction of its own."""
    ready, raised = threading.Barrier(len(acts)), []

    def run(act):
        try:
            ready.wait(20)
            act()
        except Exception as error:
            raised.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=[act]) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert not any(thread.is_alive() for thread in threads), "they wait for each other"
    return raised


def granted(matter, key) -> CaseDecided:
    return CaseDecided(
        case=matter.members.get(key=key).case,
        matter=matter.reference,
        service=key,
        applicant_id=matter.applicant_id,
        outcome="granted",
        outputs={CODE: f"from {key}"},
    )


@pytest.mark.parametrize("_time", range(5))
def test_two_decisions_of_one_matter_at_once_open_what_waits_for_both_once(bundle, resident, _time):
    actions.follow_decision(granted(bundle, "AA01"))
    left, right = granted(bundle, "AA02"), granted(bundle, "AA03")
    raised = at_once(
        lambda: actions.follow_decision(left),
        lambda: actions.follow_decision(right),
        lambda: actions.follow_decision(left),
    )
    assert raised == []
    assert states(bundle) == {"AA01": "done", "AA02": "done", "AA03": "done", "AA04": "open", "AA05": "waiting"}
    assert Case.objects.filter(matter=bundle.reference, service__code="AA04").count() == 1
    assert case_of(bundle, "AA04").answers == {"name": "甲AA04", "uscc": "from AA02"}


@pytest.mark.parametrize("_time", range(3))
def test_a_part_taken_back_while_what_it_waits_for_is_decided_is_either_begun_or_gone(bundle, resident, _time):
    actions.follow_decision(granted(bundle, "AA01"))
    actions.follow_decision(granted(bundle, "AA02"))
    event, reference = granted(bundle, "AA03"), bundle.reference
    raised = at_once(
        lambda: actions.follow_decision(event),
        lambda: actions.withdraw_matter(resident, matter=reference, members=["AA04"], reason="不办了"),
    )
    assert raised == []
    assert (states(bundle)["AA04"], states(bundle)["AA05"]) == ("dropped", "dropped")
    opened = Case.objects.filter(matter=reference, service__code="AA04")
    assert [case.state for case in opened] in ([], ["withdrawn"])
