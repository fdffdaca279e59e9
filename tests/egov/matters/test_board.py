"""The lead department sees who holds up its matters; a breach becomes its work, once, and goes when the danger is over."""

import datetime as dt

import pytest

from egov.casework.models import Case
from egov.deadlines import queries as deadlines
from egov.deadlines.rules import due_at
from egov.journal.models import Entry
from egov.kernel import clock
from egov.kernel.actor import SYSTEM
from egov.kernel.errors import InvalidInput, NotFound, NotPermitted, TransitionNotAllowed
from egov.kernel.refs import subjects
from egov.matters import actions, queries
from egov.matters.models import Matter
from egov.matters.queries import BoardFilters
from egov.matters.rules import Needs
from egov.notices.models import Notice
from egov.work import actions as work
from egov.work import queries as work_queries
from egov.work.models import ItemEvent, WorkItem
from tests.plugins.intake import grant

pytestmark = pytest.mark.django_db


@pytest.fixture
def led(member_spec, resident, services):
    """A company first, then its licence; the sign waits for nothing. The services' department leads."""
    members = [member_spec("AA01"), member_spec("AA02", depends_on=[Needs("AA01")]), member_spec("AA03", limit=1)]

    def make(**more) -> Matter:
        return actions.open_matter(
            resident,
            applicant_id=resident.on_behalf_of_id,
            title={"zh-Hans": "开店", "en": "Open a shop"},
            members=members,
            lead=(services.unit.department_id, services.unit.pk),
            **more,
        ).matter

    return make


@pytest.fixture
def lead(identities, services):
    return identities.officer("section_head", unit=services.unit)


def lines(actor, **filters):
    return queries.board_lines(actor, list(queries.board(actor, BoardFilters.read(filters)).order_by("id")))


def late(matter, key, days=7):
    """The case of a member is so many days past its promise."""
    due = clock.now() - dt.timedelta(days=days)
    Case.objects.filter(reference=matter.members.get(key=key).case).update(promised_due_at=due)


def test_the_board_is_the_lead_department_s(led, lead, identities, resident):
    matter = led()
    assert [line.matter for line in lines(lead)] == [matter]
    assert lines(identities.officer("department_head")) == []
    assert lines(resident) == []
    with pytest.raises(NotFound):
        queries.led_matter(identities.officer("department_head"), reference=matter.reference)


def test_a_line_says_who_has_what_and_for_how_long(led, lead):
    led()
    (line,) = lines(lead)
    assert [holder.member.key for holder in line.holders] == ["AA01", "AA03"]
    assert all(holder.left is not None and not holder.endangers for holder in line.holders)
    assert (line.waiting, line.done, line.total) == (1, 0, 3)
    assert Entry.objects.filter(kind="list", reason="lead").count() == 1


def test_what_nobody_has_in_hand_is_told_with_why(led, lead):
    """A refused part and what fell with it are seen, and what is no longer needed counts in no figure."""
    matter = led()
    (line,) = lines(lead)
    (waiting,) = line.idle
    assert (waiting.title["en"], waiting.state) == ("Service AA02", "waiting")
    assert [title["en"] for title in waiting.waits_for] == ["Service AA01"]
    case = Case.objects.get(reference=matter.members.get(key="AA01").case)
    Case.objects.filter(pk=case.pk).update(state="closed", outcome="refused", decided_at=clock.now())
    matter.members.filter(key="AA01").update(state="failed")
    matter.members.filter(key="AA02").update(state="dropped")
    (line,) = lines(lead)
    assert [(each.title["en"], each.state, each.outcome) for each in line.idle] == [
        ("Service AA01", "failed", "refused"),
        ("Service AA02", "dropped", ""),
    ]
    assert (line.done, line.failed, line.total) == (0, 1, 2)


def test_a_department_learns_what_waits_for_its_case_and_nothing_else_of_the_whole(led, member_spec, resident):
    matter = led()
    whole = queries.whole_of(Case.objects.get(reference=matter.members.get(key="AA01").case))
    assert (whole.matter, whole.parts) == (matter, 3)
    assert [each.title["en"] for each in whole.waiting] == ["Service AA02"]
    assert queries.whole_of(Case.objects.get(reference=matter.members.get(key="AA03").case)).waiting == ()
    alone = actions.open_matter(
        resident, applicant_id=resident.on_behalf_of_id, title={"en": "One"}, members=[member_spec("AA09")]
    ).matter
    assert queries.whole_of(Case.objects.get(matter=alone.reference)) is None


def test_the_promise_is_kept_with_the_matter_so_that_the_board_is_in_its_order(led, lead):
    matter = led()
    (line,) = lines(lead)
    assert matter.promised_due_at == line.promise.promised_due_at


def test_filters_narrow_the_board(led, lead):
    calm, slow = led(event="BE01"), led(event="BE02")
    late(slow, "AA01")
    actions.watch_promises(SYSTEM)
    assert [line.matter for line in lines(lead, standing="endangered")] == [slow]
    assert [line.matter for line in lines(lead, standing="late")] == [slow]
    assert [line.matter for line in lines(lead, event="BE01")] == [calm]
    assert [line.matter for line in lines(lead, standing="nonsense")] == [calm, slow]
    Case.objects.filter(matter=calm.reference).update(state="correction")
    assert [line.matter for line in lines(lead, standing="applicant")] == [calm]
    assert sorted(queries.events_led(lead)) == ["BE01", "BE02"]


def test_the_sql_of_the_board_is_the_same_for_one_and_for_twenty(led, lead, statements):
    def read():
        return lines(lead)

    led()
    read()
    with statements("board", at_most=6):
        assert len(read()) == 1
    for _number in range(1, 20):
        led()
    read()
    with statements("board", at_most=6):
        assert len(read()) == 20


# --- Who holds up most -----------------------------------------------------------------------------------
@pytest.fixture
def elsewhere(identities):
    """Another department of the same matters, which takes over the cases of one member."""
    department = identities.department("jz.linjiang.fire", full_name={"zh-Hans": "消防大队", "en": "Fire Brigade"})
    unit = identities.unit(department, "jz.linjiang.fire.services")

    def take(matter, key):
        rows = Case.objects.filter(reference=matter.members.get(key=key).case)
        rows.update(department=department, unit=unit)

    return take


def figures(actor, **filters):
    found = queries.hold_ups(actor, BoardFilters.read(filters))
    return {row.department: (row.in_hand, row.endangered, row.late, row.applicant) for row in found}


def test_whoever_holds_up_most_stands_first_and_each_figure_is_what_the_filter_shows(led, lead, services, elsewhere):
    own = services.unit.department.key
    slow, asked, calm = led(event="BE01"), led(event="BE01"), led(event="BE02")
    for matter in (slow, asked):
        elsewhere(matter, "AA01")
    late(slow, "AA01")
    Case.objects.filter(reference=asked.members.get(key="AA01").case).update(state="correction")
    actions.watch_promises(SYSTEM)
    assert list(figures(lead).items()) == [("jz.linjiang.fire", (2, 1, 1, 1)), (own, (3, 0, 0, 0))]
    assert figures(lead, event="BE02") == {own: (1, 0, 0, 0)}
    for event in ("", "BE01", "BE02"):
        for department, counted in figures(lead, event=event).items():
            for standing, number in zip(("", "endangered", "late", "applicant"), counted, strict=True):
                shown = lines(lead, event=event, department=department, standing=standing)
                assert len(shown) == number, (event, department, standing)
    assert [line.matter for line in lines(lead, department="jz.linjiang.fire", standing="late")] == [slow]
    assert calm not in [line.matter for line in lines(lead, department="jz.linjiang.fire")]
    assert lines(lead, department="no.such") == []


def test_what_is_done_is_in_nobody_s_hand(led, lead, services, elsewhere):
    matter = led()
    elsewhere(matter, "AA03")
    matter.members.filter(key="AA03").update(state="done")
    assert figures(lead) == {services.unit.department.key: (1, 0, 0, 0)}
    assert lines(lead, department="jz.linjiang.fire") == []


def test_who_leads_nothing_counts_nothing(led, identities, resident):
    led()
    assert figures(identities.officer("department_head")) == {}
    assert figures(resident) == {}


def test_the_sql_of_the_figures_is_the_same_for_one_and_for_twenty(led, lead, services, statements):
    own = services.unit.department.key
    chosen = BoardFilters(standing="late", department=own)
    for number in (1, 20):
        while Matter.objects.count() < number:
            led()
        with statements("board_by_department", at_most=2):
            assert figures(lead)[own][0] == number
            assert list(queries.board(lead, chosen)) == []


# --- Escalation ------------------------------------------------------------------------------------------
def hurry(matter):
    return WorkItem.objects.filter(subject=f"matter:{matter.reference}", kind="hurry")


def test_who_endangers_the_promise_becomes_work_for_the_lead_once(led, lead, services):
    matter = led()
    assert actions.watch_promises(SYSTEM) == 0
    assert not hurry(matter).exists()
    late(matter, "AA01")
    assert actions.watch_promises(SYSTEM) == 1
    assert actions.watch_promises(SYSTEM) == 0, "again finds nothing new"
    item = hurry(matter).get()
    assert (item.unit_id, item.state) == (services.unit.pk, "open")
    assert item.task["en"] == "See to who endangers the promised date: Service AA01"
    one_day = due_at(clock.now(), 1, "wd", deadlines.working_days(services.unit.department_id))
    assert item.due_at == one_day, "to be looked at now, not on the day on which the promise is broken"
    matter.refresh_from_db()
    assert matter.endangered_since is not None
    assert matter.members.get(key="AA01").endangers_since is not None
    assert matter.members.get(key="AA02").endangers_since is None, "it only waits"
    assert Entry.objects.filter(action="matters.endangered").count() == 1


def test_when_the_danger_is_over_the_mark_and_the_work_go(led):
    matter = led()
    late(matter, "AA01")
    actions.watch_promises(SYSTEM)
    late(matter, "AA01", days=-3)
    assert actions.watch_promises(SYSTEM) == 0
    matter.refresh_from_db()
    assert matter.endangered_since is None
    assert hurry(matter).get().state == "done"
    late(matter, "AA01")
    assert actions.watch_promises(SYSTEM) == 1, "a new breach is told anew"
    assert hurry(matter).filter(state="open").count() == 1


@pytest.mark.parametrize("end", ["done", "withdrawn"])
def test_when_the_matter_is_over_the_mark_and_the_work_go(led, resident, end):
    matter = led()
    late(matter, "AA01")
    actions.watch_promises(SYSTEM)
    if end == "withdrawn":
        actions.withdraw_matter(resident, matter=matter.reference, reason="不办了")
    else:
        for key in ("AA03", "AA01", "AA02"):
            grant(matter, key)
    matter.refresh_from_db()
    assert (matter.state, matter.endangered_since) == (end, None)
    assert not matter.members.filter(endangers_since__isnull=False).exists()
    assert raised(matter) == [("", "done", "over")]


@pytest.fixture
def endangered(led, services, identities, frozen):
    """A matter whose promise is endangered, on a Monday, by a department with both kinds of heads."""
    frozen("2026-11-23 10:00")
    for role in ("section_head", "department_head"):
        identities.officer(role, unit=services.unit)
    matter = led()
    late(matter, "AA01")
    assert actions.watch_promises(SYSTEM) == 1
    return matter


def raised(matter):
    return list(hurry(matter).order_by("id").values_list("role", "state", "outcome"))


def test_while_the_danger_lasts_it_is_raised_from_head_to_head_each_working_day(endangered, frozen):
    frozen("2026-11-24 20:00")
    assert actions.watch_promises(SYSTEM) == 0
    assert raised(endangered) == [("", "open", "")], "the day after is given"
    frozen("2026-11-25 09:00")
    actions.watch_promises(SYSTEM)
    actions.watch_promises(SYSTEM)
    assert raised(endangered) == [("", "done", "raised"), ("section_head", "open", "")]
    frozen("2026-11-27 09:00")
    actions.watch_promises(SYSTEM)
    assert raised(endangered)[2:] == [("department_head", "open", "")]
    frozen("2026-12-01 09:00")  # the Saturday and the Sunday before do not count
    actions.watch_promises(SYSTEM)
    assert raised(endangered)[2:] == [("department_head", "done", "raised"), ("department_head", "open", "")]
    told = Notice.objects.filter(kind="work_raised").values_list("recipient__person__posts__roles__name", flat=True)
    assert list(told.order_by("id")) == ["section_head", "department_head", "department_head"]
    assert Entry.objects.filter(action="matters.endangered").count() == 4


def test_urging_gives_a_day_and_no_more_while_the_danger_lasts(endangered, lead, frozen):
    actions.urge(lead, matter=endangered.reference, member="AA01", note="请今天受理")
    frozen("2026-11-24 09:00")
    actions.watch_promises(SYSTEM)
    assert raised(endangered) == [("", "done", "urged")]
    frozen("2026-11-25 09:00")
    actions.watch_promises(SYSTEM)
    assert raised(endangered)[1:] == [("section_head", "open", "")]


def test_another_member_in_danger_is_told_at_once_to_who_had_dealt_with_the_first(endangered, lead, frozen):
    actions.urge(lead, matter=endangered.reference, member="AA01", note="请今天受理")
    for key in ("AA01", "AA03"):
        late(endangered, key, days=20)  # so late that also the part that nobody waits for ends after the promise
    assert actions.watch_promises(SYSTEM) == 1
    assert raised(endangered) == [("", "done", "urged"), ("", "open", "")]


def test_a_level_that_nobody_holds_is_passed_over(led, lead, services, identities, frozen):
    frozen("2026-11-23 10:00")
    services.unit.posts.all().update(valid_to="2026-11-22")
    identities.officer("department_head", unit=services.unit)
    matter = led()
    late(matter, "AA01")
    actions.watch_promises(SYSTEM)
    frozen("2026-11-25 09:00")
    actions.watch_promises(SYSTEM)
    assert raised(matter)[1:] == [("department_head", "open", "")]


def test_once_it_is_over_everything_is_settled_and_a_new_danger_begins_below(endangered, frozen):
    frozen("2026-11-25 09:00")
    actions.watch_promises(SYSTEM)
    late(endangered, "AA01", days=-9)
    actions.watch_promises(SYSTEM)
    assert raised(endangered)[1:] == [("section_head", "done", "over")]
    frozen("2026-11-26 09:00")
    late(endangered, "AA01")
    assert actions.watch_promises(SYSTEM) == 1
    assert raised(endangered)[2:] == [("", "open", "")]


def test_what_waits_for_the_applicant_is_nobody_s_breach(led, services, identities):
    from egov.casework import actions as casework

    matter = led()
    case = matter.members.get(key="AA01").case
    casework.request_correction(
        identities.officer("clerk", unit=services.unit), case=case, items=[{"field": "name", "message": "请写全名"}]
    )
    late(matter, "AA01")
    assert actions.watch_promises(SYSTEM) == 0


def test_only_the_platform_watches(lead):
    with pytest.raises(NotPermitted):
        actions.watch_promises(lead)


def test_a_crash_in_the_middle_leaves_nothing_half_told(led, monkeypatch):
    matter = led()
    late(matter, "AA01")

    def crash(*_args, **_more):
        raise RuntimeError("killed")

    with monkeypatch.context() as patched:
        patched.setattr(work, "open_item", crash)
        assert actions.watch_promises(SYSTEM) == 0
    assert matter.members.get(key="AA01").endangers_since is None
    assert actions.watch_promises(SYSTEM) == 1
    assert hurry(matter).count() == 1


# --- Urging ------------------------------------------------------------------------------------------------
def test_a_matter_that_fails_stops_no_other(led, monkeypatch):
    matters = [led() for _number in range(3)]
    for matter in matters:
        late(matter, "AA01")
    sound = work.open_item

    def crash(actor, *, subject, **more):
        if subject.key == matters[1].reference:
            raise RuntimeError("a fault of this one")
        return sound(actor, subject=subject, **more)

    with monkeypatch.context() as patched:
        patched.setattr(work, "open_item", crash)
        assert actions.watch_promises(SYSTEM) == 2
    assert [hurry(matter).count() for matter in matters] == [1, 0, 1]
    assert actions.watch_promises(SYSTEM) == 1, "the next run looks at it again"


def test_urging_puts_the_work_first_and_tells_who_leads_there(led, lead):
    matter = led()
    late(matter, "AA01")
    actions.watch_promises(SYSTEM)
    actions.urge(lead, matter=matter.reference, member="AA01", note=" 请今天受理 ")
    item = WorkItem.objects.get(subject=f"case:{matter.members.get(key='AA01').case}", kind="accept")
    assert item.priority == 1
    assert ItemEvent.objects.get(item=item).note == "请今天受理"
    assert Notice.objects.filter(kind="work_urged", recipient_id=lead.party_id).count() == 1
    assert hurry(matter).get().outcome == "urged"
    assert Entry.objects.filter(action="matters.urge").count() == 1


def test_urging_needs_a_word_a_lead_and_a_member_in_work(led, lead, identities):
    matter = led()
    with pytest.raises(InvalidInput):
        actions.urge(lead, matter=matter.reference, member="AA01", note="  ")
    with pytest.raises(TransitionNotAllowed):
        actions.urge(lead, matter=matter.reference, member="AA02", note="快")
    with pytest.raises(NotFound):
        actions.urge(lead, matter=matter.reference, member="ZZ99", note="快")
    with pytest.raises(NotFound):
        actions.urge(identities.officer("section_head"), matter=matter.reference, member="AA01", note="快")


def test_the_item_leads_to_the_page_of_the_matter(led, lead, identities):
    matter = led()
    late(matter, "AA01")
    actions.watch_promises(SYSTEM)
    item = hurry(matter).get()
    page = work_queries.next_actions(lead, [item])[item.pk].page
    subject = subjects.get(page.kind)
    assert subject.url(page, lead) == f"/desk/{lead.capacity}/led/{matter.reference}/"
    assert subject.may_view(page, lead)
    assert not subject.may_view(page, identities.officer("section_head"))
