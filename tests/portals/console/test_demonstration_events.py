"""The events of several departments in the city's year: every state a lead department can meet, and no loose end."""

import re
from collections import defaultdict
from urllib.parse import unquote

import pytest
from django.db.models import Count, F, Q

from egov.casework.models import AnswerChange, Case, CorrectionRequest
from egov.identity.models import Account
from egov.identity.queries import actor_for, capacities_of
from egov.intake import queries as intake
from egov.intake.demo.city import City
from egov.intake.demo.year import WHOLE_YEAR, year
from egov.intake.models import Submission
from egov.kernel.actor import SYSTEM, Actor, CapacityKind
from egov.kernel.errors import NotFound
from egov.matters import actions, queries, rules
from egov.matters.models import Dependency, Matter, Member
from egov.matters.queries import BoardFilters
from egov.notices.models import Notice
from egov.work.models import OPEN_ITEMS, WorkItem
from tests.plugins.history import SEED

ACCOUNTS = ("lin.xiaowen", "zhao.qiming", "wu.accountant")


pytestmark = pytest.mark.django_db


@pytest.fixture
def laid(city_with_events):
    return Matter.objects.annotate(parts=Count("members")).filter(parts__gt=1)


def actor_of(username, kind="self"):
    account = Account.objects.get(username=username)
    return actor_for(account, next(each.slug for each in capacities_of(account) if each.slug.startswith(kind)))


def board_of(actor, **filters):
    return queries.board_lines(actor, list(queries.board(actor, BoardFilters.read(filters))))


def test_the_lead_department_meets_every_state(laid):
    lead = actor_of("market.section", "p-")
    lines = board_of(lead)
    assert len(lines) >= 8
    assert any(line.waiting and not line.done for line in lines), "just begun, siblings wait"
    assert any(line.done and line.holders for line in lines), "under way"
    assert any(len({holder.case.department_id for holder in line.holders}) >= 3 for line in lines)
    for standing in ("endangered", "late", "applicant"):
        assert board_of(lead, standing=standing), standing
    asked = [line for line in lines if sum(holder.waits_for_applicant for holder in line.holders) == 2]
    assert asked, "two departments wait for the applicant"
    assert any(
        row.endangered and row.department != "jz.linjiang.market" for row in queries.hold_ups(lead, BoardFilters())
    )
    hurry = WorkItem.objects.filter(kind="hurry", unit__department__key="jz.linjiang.market", state="open")
    endangered = {f"matter:{line.matter.reference}" for line in board_of(lead, standing="endangered")}
    assert set(hurry.values_list("subject", flat=True)) == endangered


def test_who_has_an_account_finds_a_living_matter_of_several_departments(laid):
    for name in ACCOUNTS:
        person = Account.objects.get(username=name).person_id
        assert laid.filter(filed_by_id=person, state="open").exists(), name


def test_two_departments_ask_one_applicant_in_one_notice(laid):
    lin = actor_of("lin.xiaowen")
    asked = CorrectionRequest.objects.filter(answered_at=None, case__applicant_id=lin.party_id)
    (matter,) = {
        row["case__matter"]
        for row in asked.values("case__matter").annotate(departments=Count("case__department", distinct=True))
        if row["departments"] > 1
    }
    found = intake.open_corrections(lin, matter=matter)
    assert len({each.case.department_id for each in found.asked}) == 2
    assert found.keys


def test_a_changed_answer_is_proposed_to_who_decides_and_taken_over_where_nobody_has_looked(laid):
    changes = AnswerChange.objects.filter(decided_at=None, case__matter__in=laid.values("reference"))
    assert changes.count() >= 2
    for change in changes:
        items = WorkItem.objects.filter(subject=f"case:{change.case.reference}", kind="change")
        assert items.get().state in OPEN_ITEMS
        waiting = Member.objects.filter(matter__reference=change.case.matter, state="waiting")
        for member in waiting.filter(pending__answers__has_key="bank_account"):
            assert member.pending.answers["bank_account"] == change.answers["bank_account"]


def test_members_and_their_cases_agree(laid):
    members = Member.objects.filter(matter__in=laid).select_related("matter")
    cases = Case.objects.in_bulk(field_name="reference")
    states = defaultdict(list)
    for member in members:
        case = cases.pop(member.case, None)
        states[member.matter].append(member.state)
        if case is None:
            assert member.state in (rules.WAITING, rules.DROPPED)
            assert member.pending.case not in cases
            continue
        assert case.matter == member.matter.reference
        ended = rules.state_after_decision(case.outcome) if case.outcome else rules.state_after_case(case.state)
        assert member.state == (ended or rules.OPEN)
        assert member.ended_at == (case.decided_at or case.closed_at if ended else None)
        assert member.started_at <= case.received_at
    for matter, found in states.items():
        assert matter.state == rules.matter_state(found)
        assert (matter.closed_at is None) == (matter.state == "open")
        assert matter.lead_unit_id is not None
    assert not Case.objects.exclude(matter__in=Matter.objects.values("reference")).exists(), "a case without its matter"
    assert Submission.objects.filter(matter__in=laid.values("reference")).count() == laid.count()


def test_nothing_waits_that_could_start_and_nothing_started_too_early(laid):
    for edge in Dependency.objects.filter(matter__in=laid, group="").select_related("before", "after"):
        if edge.after.case:
            assert edge.before.state == rules.DONE
            assert edge.before.ended_at <= edge.after.started_at
            passed = {answer: edge.before.outputs[element] for element, answer in edge.passes.items()}
            answers = Case.objects.get(reference=edge.after.case).answers
            assert passed.items() <= answers.items()
        else:
            assert edge.before.state != rules.DONE or edge.after.waits_for.exclude(before__state=rules.DONE).exists()


def test_what_was_opened_is_asked_nothing_its_own_form_does_not_know(laid):
    for case in Case.objects.filter(matter__in=laid.values("reference")).select_related("service", "version"):
        form = intake.form_for(case.version)
        files = intake.files_in(form, case.answers)
        plain = intake.without_files(form, case.answers)
        faults = [fault for fault in intake.check_answers(form, plain, files=files).faults if fault.code != "too_early"]
        assert not [fault for fault in faults if fault.code in ("required", "unknown")], case.service.code


def test_who_lost_a_member_was_told(laid):
    lost = laid.filter(members__state=rules.DROPPED, members__undone__why__in=[rules.NOT_GRANTED, rules.NOT_STARTED])
    assert lost.distinct().count() >= 5
    for matter in lost.distinct():
        assert Notice.objects.filter(subject=f"matter:{matter.reference}", kind="members_undone").exists()


def test_they_are_spread_over_the_year_and_end_in_every_way(laid):
    assert laid.count() >= 90
    ended = laid.filter(state="done")
    assert len({matter.opened_at.month for matter in ended}) >= 9
    assert set(ended.values_list("event", flat=True)) >= {
        "BE01",
        "BE03",
        "BE04",
        "BE10",
        "LE01",
        "LE04",
        "LE07",
        "LE08",
    }
    whole = ended.annotate(done=Count("members", filter=Q(members__state=rules.DONE))).filter(done=F("parts"))
    assert whole.count() > ended.count() / 2
    assert Member.objects.filter(matter__in=ended, state=rules.FAILED).exists()
    assert Member.objects.filter(matter__in=ended, undone__why=rules.TAKEN_BACK).exists()


def test_the_same_seed_tells_the_same_events(city_with_events):
    def told():
        people = City(city_with_events.date())
        slots = year(SEED, WHOLE_YEAR, now=city_with_events, city=people)
        return [(slot.number, slot.filer.party.pk, slot.at, slot.seed, slot.occasion) for slot in slots]

    assert told() == told()


def test_watching_again_finds_nothing_new(laid):
    assert actions.watch_promises(SYSTEM) == 0


# --- What their pages show -------------------------------------------------------------------------------


def founded_by(laid, username):
    """The open matter of somebody in which a business was registered, and the case of one that this business has."""
    person = Account.objects.get(username=username).person_id
    matter = laid.get(applicant=person, event="BE01", state="open")
    return matter, Case.objects.filter(matter=matter.reference).exclude(applicant=person)


def links_of(page):
    return {unquote(href.partition("?")[0].partition("#")[0]) for href in re.findall(r'href="(/as/[^"]+)"', page)}


def test_a_founder_can_open_everything_the_matter_leads_to(laid, client):
    matter, of_business = founded_by(laid, "lin.xiaowen")
    assert of_business.exists()
    client.force_login(Account.objects.get(username="lin.xiaowen"))
    page = client.get(f"/as/self/matters/{matter.reference}/").content.decode()
    links = links_of(page)
    assert any("/documents/" in link for link in links)
    assert {link: client.get(link).status_code for link in links} == dict.fromkeys(links, 200)


def test_a_founder_answers_what_departments_ask_of_the_business(laid):
    asked = CorrectionRequest.objects.filter(
        answered_at=None, case__state="correction", case__matter__in=laid.filter(event="BE01").values("reference")
    )
    case = asked.first().case
    matter = Matter.objects.get(reference=case.matter)
    assert case.applicant_id != matter.applicant_id
    found = intake.open_corrections(founder_of(matter), matter=matter.reference)
    assert case.reference in [each.case.reference for each in found.asked]
    with pytest.raises(NotFound):
        intake.open_corrections(actor_of("lin.xiaowen"), matter=matter.reference)


def founder_of(matter):
    return Actor(
        kind=CapacityKind.SELF,
        capacity="self",
        party_id=matter.applicant_id,
        on_behalf_of_id=matter.applicant_id,
        assurance=2,
    )


def test_the_pages_of_the_lead_show_what_lies_there(laid, client):
    client.force_login(Account.objects.get(username="market.section"))
    capacity = actor_of("market.section", "p-").capacity
    page = client.get(f"/desk/{capacity}/led/").content.decode()
    shown = set(re.findall(rf"/desk/{capacity}/led/([^/?\"]+)/", page))
    assert len(shown) >= 8
    assert {client.get(f"/desk/{capacity}/led/{each}/").status_code for each in shown} == {200}
