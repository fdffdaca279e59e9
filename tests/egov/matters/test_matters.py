"""Members follow their cases; what waits is woken with what came before; the whole ends when nothing goes on."""

import datetime as dt

import pytest

from egov.casework import actions as casework
from egov.casework.models import Case, Pace
from egov.casework.paces import kept as paces_kept
from egov.catalogue.models import PublicService
from egov.contracts.cases import CaseChanged, CaseDecided
from egov.deadlines import queries as deadlines
from egov.journal.models import Entry
from egov.kernel import clock, outbox
from egov.kernel.errors import NotFound, NotPermitted, TransitionNotAllowed
from egov.kernel.models import ConsumedMessage, OutboxMessage
from egov.kernel.refs import Ref, subjects
from egov.matters import actions, queries
from egov.matters.models import Matter, Member
from egov.matters.rules import GraphError, Needs

pytestmark = pytest.mark.django_db


@pytest.fixture
def spec(member_spec):
    return member_spec


@pytest.fixture
def opened(spec, resident):
    """A company first, then its seal and its licence; the tax service waits for nothing."""

    def make() -> Matter:
        members = [
            spec("AA03", depends_on=[Needs("AA01", passes={"organisation.uscc": "uscc"})]),
            spec("AA01"),
            spec("AA02", depends_on=[Needs("AA01")], optional=True),
            spec("AA04"),
        ]
        return actions.open_matter(
            resident, applicant_id=resident.on_behalf_of_id, title={"zh-Hans": "开店"}, members=members
        ).matter

    return make


def states(matter) -> dict[str, str]:
    return dict(matter.members.order_by("key").values_list("key", "state"))


def decide(matter, key, outcome="granted", **outputs):
    member = matter.members.get(key=key)
    event = CaseDecided(
        case=member.case,
        matter=matter.reference,
        service=key,
        applicant_id=matter.applicant_id,
        outcome=outcome,
        outputs=outputs,
    )
    actions.follow_decision(event)
    return event


def change(matter, key, after):
    member = matter.members.get(key=key)
    actions.follow_change(
        CaseChanged(
            case=member.case,
            matter=matter.reference,
            service=key,
            applicant_id=matter.applicant_id,
            before="received",
            after=after,
            act="test",
        )
    )


def test_only_members_that_wait_for_nothing_get_a_case(opened):
    matter = opened()
    assert states(matter) == {"AA01": "open", "AA02": "waiting", "AA03": "waiting", "AA04": "open"}
    assert Case.objects.filter(matter=matter.reference).count() == 2


def test_a_circle_opens_nothing(spec, resident):
    members = [spec("AA01", depends_on=[Needs("AA02")]), spec("AA02", depends_on=[Needs("AA01")])]
    with pytest.raises(GraphError):
        actions.open_matter(resident, applicant_id=resident.on_behalf_of_id, title={}, members=members)
    assert not Case.objects.exists()


def test_success_wakes_those_who_waited_with_its_outputs(opened):
    matter = opened()
    decide(matter, "AA01", **{"organisation.uscc": "92990102MA2DEM0094"})
    assert states(matter) == {"AA01": "done", "AA02": "open", "AA03": "open", "AA04": "open"}
    woken = Case.objects.get(reference=matter.members.get(key="AA03").case)
    assert woken.answers == {"name": "甲", "uscc": "92990102MA2DEM0094"}
    assert woken.filed_by_id == matter.filed_by_id


def test_the_same_news_twice_changes_nothing(opened):
    matter = opened()
    decide(matter, "AA01", **{"organisation.uscc": "1"})
    before = list(Member.objects.order_by("pk").values())
    decide(matter, "AA01", **{"organisation.uscc": "1"})
    assert list(Member.objects.order_by("pk").values()) == before
    assert Case.objects.count() == 4


def test_through_the_outbox_each_event_takes_effect_once(opened):
    matter = opened()
    event = decide(matter, "AA04")
    outbox.emit(event)
    OutboxMessage.objects.exclude(name="case_decided").delete()
    assert outbox.deliver() == 1
    OutboxMessage.objects.update(delivered_at=None)
    outbox.deliver()
    assert ConsumedMessage.objects.filter(handler="matters.case_decided").count() == 1


def test_failure_drops_what_could_only_follow_success(opened):
    matter = opened()
    decide(matter, "AA01", outcome="refused")
    decide(matter, "AA04")
    assert states(matter) == {"AA01": "failed", "AA02": "dropped", "AA03": "dropped", "AA04": "done"}
    matter.refresh_from_db()
    assert matter.state == "done"
    assert matter.closed_at is not None


@pytest.mark.parametrize(
    ("after", "state"),
    [("not_accepted", "failed"), ("redirected", "failed"), ("terminated", "failed"), ("withdrawn", "dropped")],
)
def test_an_end_without_a_decision_ends_the_member(opened, after, state):
    matter = opened()
    change(matter, "AA01", after)
    assert states(matter)["AA01"] == state


def test_steps_in_between_leave_the_member_open(opened):
    matter = opened()
    for after in ("accepted", "correction", "suspended", "decided", "delivered"):
        change(matter, "AA01", after)
    assert states(matter)["AA01"] == "open"


def test_news_of_a_case_of_no_matter_is_ignored(resident):
    event = CaseDecided(case="X", matter="Y", service="Z", applicant_id=1, outcome="granted", outputs={})
    actions.follow_decision(event)


# --- Withdrawing ----------------------------------------------------------------------------------------
def test_withdrawing_ends_open_cases_and_what_waits(opened, resident):
    matter = opened()
    actions.withdraw_matter(resident, matter=matter.reference, reason="不办了")
    assert set(states(matter).values()) == {"dropped"}
    assert set(Case.objects.values_list("state", flat=True)) == {"withdrawn"}
    matter.refresh_from_db()
    assert matter.state == "withdrawn"
    assert Entry.objects.filter(action="matters.withdraw").count() == 1
    with pytest.raises(TransitionNotAllowed):
        actions.withdraw_matter(resident, matter=matter.reference, reason="")


def test_what_is_decided_stays(opened, resident):
    matter = opened()
    decide(matter, "AA04")
    actions.withdraw_matter(resident, matter=matter.reference, reason="")
    assert states(matter)["AA04"] == "done"
    matter.refresh_from_db()
    assert matter.state == "done"


def test_strangers_and_agents_of_other_services_withdraw_nothing(opened, resident, identities):
    from egov.identity.models import Person
    from egov.identity.queries import actor_for

    matter = opened()
    with pytest.raises(NotFound):
        actions.withdraw_matter(identities.resident(identities.person("外人")), matter=matter.reference, reason="")
    grantor = Person.objects.get(pk=resident.party_id)
    agent = identities.person("代理人")
    mandate = identities.mandate(grantor.party, agent.party, by=grantor, services=["AA01"])
    actor = actor_for(identities.account(agent), f"m-{mandate.pk}")
    with pytest.raises(NotPermitted):
        actions.withdraw_matter(actor, matter=matter.reference, reason="")
    assert states(matter)["AA01"] == "open"


# --- The timeline ----------------------------------------------------------------------------------------
def test_the_timeline_has_a_lane_for_each_member(opened, resident):
    matter = opened()
    timeline = queries.timeline(resident, reference=matter.reference)
    lanes = {lane.key: lane for lane in timeline.lanes}
    assert set(lanes) == {"AA01", "AA02", "AA03", "AA04"}
    assert lanes["AA01"].department["zh-Hans"]
    assert lanes["AA01"].due_at is not None
    assert lanes["AA03"].case is None
    assert [text["en"] for text in lanes["AA03"].waits_for] == ["Service AA01"]
    assert lanes["AA03"].due_at > lanes["AA01"].due_at
    assert lanes["AA01"].critical
    assert not lanes["AA04"].critical
    assert timeline.promised_due_at == max(lanes["AA02"].due_at, lanes["AA03"].due_at)


def test_a_view_by_somebody_else_is_recorded(opened, resident, identities):
    from egov.identity.models import Person
    from egov.identity.queries import actor_for

    matter = opened()
    queries.timeline(resident, reference=matter.reference)
    assert not Entry.objects.filter(kind="view").exists()
    grantor = Person.objects.get(pk=resident.party_id)
    agent = identities.person("代理人")
    mandate = identities.mandate(grantor.party, agent.party, by=grantor)
    queries.timeline(actor_for(identities.account(agent), f"m-{mandate.pk}"), reference=matter.reference)
    assert Entry.objects.filter(kind="view", refs__contains=[f"party:{grantor.pk}"]).count() == 1


def test_the_timeline_is_bounded_in_statements(opened, resident, django_assert_max_num_queries):
    matter = opened()
    queries.timeline(resident, reference=matter.reference)
    with django_assert_max_num_queries(6):
        queries.timeline(resident, reference=matter.reference)


def test_the_sql_of_a_matter_is_the_same_with_two_and_with_twenty_members(spec, resident, statements):
    def opened(count):
        first = spec("BB00")
        more = [spec(f"BB{number:02}", depends_on=[Needs("BB00")]) for number in range(1, count)]
        members = [first, *more]
        title = {"zh-Hans": "开店"}
        return actions.open_matter(resident, applicant_id=resident.on_behalf_of_id, title=title, members=members).matter

    for count in (2, 20):
        matter = opened(count)
        queries.timeline(resident, reference=matter.reference)
        with statements("timeline", at_most=6):
            assert len(queries.timeline(resident, reference=matter.reference).lanes) == count


def test_lists_cost_the_same_for_one_and_for_twenty(a_draft, resident, django_assert_num_queries):
    from egov.intake import actions as filing

    def file(number: int) -> None:
        filing.submit(resident, draft=a_draft(resident).reference, key=f"k{number}")

    def read() -> int:
        found = list(queries.matters_of(resident)[:20])
        return len(queries.lines_of(found, actor=resident))

    file(0)
    read()
    with django_assert_num_queries(3):
        assert read() == 1
    for number in range(1, 20):
        file(number)
    with django_assert_num_queries(3):
        assert read() == 20


def test_what_waits_for_the_applicant_comes_most_urgent_first(services, a_draft, resident, identities):
    from egov.intake import actions as filing

    services.publish("CL02", fee={"amount": "10.00", "basis": {"en": "Law"}})
    filing.submit(resident, draft=a_draft(resident, service="CL02").reference, key="pay")
    services.publish("CL04")
    filing.submit(resident, draft=a_draft(resident, service="CL04").reference, key="correct")
    case = Case.objects.get(state="received")
    officer = identities.officer("clerk", unit=services.unit)
    casework.request_correction(officer, case=case.reference, items=[{"field": "name", "message": "请写全名"}])
    assert [each.state for each in queries.waiting_for_applicant(resident)] == ["correction", "submitted"]


def test_a_matter_is_named_by_its_title(opened, resident, identities):
    matter = opened()
    subject = subjects.get("matter")
    ref = Ref("matter", matter.reference)
    assert subject.title(ref) == "开店"
    assert subject.may_view(ref, resident)
    assert not subject.may_view(ref, identities.resident(identities.person("外人")))
    assert subject.url(ref, resident) == f"/as/self/matters/{matter.reference}/"


# --- The promise -----------------------------------------------------------------------------------------
def test_without_past_cases_the_promises_are_all_that_is_told(opened, resident):
    promise = queries.timeline(resident, reference=opened().reference).promise
    assert promise.percent is None
    assert promise.forecast.unmeasured == {"AA01", "AA02", "AA03", "AA04"}
    assert promise.due(promise.forecast.expected) == promise.promised_due_at


def test_past_cases_say_what_to_expect(opened, resident):
    matter = opened()
    for service in PublicService.objects.all():
        case = Case.objects.filter(matter=matter.reference).first()
        Pace.objects.create(
            service=service,
            department_id=case.department_id,
            days={"1": 20, "2": 10, "6": 10},
            cases=40,
            measured_on=clock.today(),
        )
    paces_kept.forget()
    timeline = queries.timeline(resident, reference=matter.reference)
    promise = timeline.promise
    days = deadlines.working_days(None)
    assert days.between(clock.today(), promise.expected_on) == 7, "two after one, each late in one case of four"
    assert promise.percent == 88
    assert promise.forecast.cases == 160
    lane = next(lane for lane in timeline.lanes if lane.key == "AA01")
    assert days.between(clock.today(), lane.expected_on) == 1


def test_a_case_that_waits_for_its_applicant_endangers_nothing(opened, resident, identities, services, frozen):
    matter = opened()
    case = Case.objects.get(reference=matter.members.get(key="AA01").case)
    officer = identities.officer("clerk", unit=services.unit)
    casework.request_correction(officer, case=case.reference, items=[{"field": "name", "message": "请写全名"}])
    before = queries.timeline(resident, reference=matter.reference).promise
    frozen(clock.now() + dt.timedelta(days=21))
    after = queries.timeline(resident, reference=matter.reference).promise
    assert after.forecast.promised == before.forecast.promised
    assert "AA01" not in after.forecast.endangering
