"""The inbox: what is to be done, by when, by whom."""

import re

import pytest

from egov.casework.models import Case
from egov.journal.models import Entry
from egov.work import actions as work
from egov.work.models import ItemEvent, WorkItem

pytestmark = pytest.mark.django_db


def items_in(page: str) -> list[int]:
    return [int(number) for number in re.findall(r'name="item" value="(\d+)"', page)]


def test_what_waits_in_the_unit_is_listed_with_deadline_applicant_step_and_next_action(casework, desk):
    case = casework.received()
    page = desk(casework.clerk).text("inbox", view="unit")
    assert case.reference in page
    assert "赵启明" in page
    assert "Accept, or ask for corrections" in page
    assert "working days left" in page
    assert 'class="bdg bdg--' in page


def test_a_case_of_another_unit_is_not_listed(casework, desk):
    case = casework.received()
    assert case.reference not in desk(casework.neighbour).text("inbox", view="unit")


def test_claiming_takes_the_item_in_hand_and_returns_to_the_same_list(casework, desk):
    item = casework.item(casework.received(), "accept")
    clerk = desk(casework.clerk)
    back = clerk.url("inbox") + "?view=unit&due=week"
    answer = clerk.post("items_act", claim=item.pk, next=back)
    assert answer.url == back
    item.refresh_from_db()
    assert item.assignee_id == casework.clerk.post_id


@pytest.mark.parametrize("address", ["//evil.example/", "https://evil.example/", "/desk/p-0/", "/desk/%s//evil"])
def test_a_claim_leads_nowhere_but_to_the_own_list(casework, desk, address):
    clerk = desk(casework.clerk)
    item = casework.item(casework.received(), "accept")
    answer = clerk.post("items_act", claim=item.pk, next=address.replace("%s", casework.clerk.capacity))
    assert answer.url == clerk.url("inbox")


def test_several_rows_are_claimed_and_those_refused_say_why(casework, desk):
    first, second, third = (casework.item(casework.received(), "accept") for _ in range(3))
    work.claim(casework.second, item_id=third.pk)
    clerk = desk(casework.clerk)
    clerk.post("items_act", act="claim", item=[first.pk, second.pk, third.pk])
    page = clerk.text("inbox")
    assert "2 items are yours now." in page
    assert "1 not done: Someone else has already taken this." in page
    assert {first.pk, second.pk} == set(items_in(page))


def test_choosing_no_row_is_told(casework, desk):
    clerk = desk(casework.clerk)
    clerk.post("items_act", act="claim")
    assert "Choose at least one row first." in clerk.text("inbox")


def test_an_unknown_act_is_not_found(casework, desk):
    item = casework.item(casework.received(), "accept")
    assert desk(casework.clerk).post("items_act", act="burn", item=item.pk).status_code == 404


def test_whoever_leads_assigns_what_nobody_holds_and_others_pass_on_what_they_hold(casework, desk):
    item = casework.item(casework.received(), "accept")
    clerk, head = desk(casework.clerk), desk(casework.head)
    clerk.post("items_act", act="pass-on", item=item.pk, post=casework.second.post_id)
    item.refresh_from_db()
    assert item.assignee_id is None, "a clerk hands out only what is in their hands"
    head.post("items_act", act="pass-on", item=item.pk, post=casework.clerk.post_id, note="bitte")
    item.refresh_from_db()
    assert item.assignee_id == casework.clerk.post_id
    clerk.post("items_act", act="pass-on", item=item.pk, post=casework.second.post_id)
    acts = ItemEvent.objects.filter(item=item).order_by("id").values_list("act", "note")
    assert list(acts) == [("assign", "bitte"), ("delegate", "")]


def test_passing_on_needs_a_colleague(casework, desk):
    item = casework.item(casework.received(), "accept")
    head = desk(casework.head)
    head.post("items_act", act="pass-on", item=item.pk)
    assert "Choose a colleague." in head.text("inbox")


def test_what_is_given_back_waits_for_the_unit_again(casework, desk):
    item = casework.item(casework.received(), "accept")
    work.claim(casework.clerk, item_id=item.pk)
    desk(casework.clerk).post("items_act", **{"give-back": item.pk})
    item.refresh_from_db()
    assert item.assignee_id is None
    assert item.state == "open"


def test_the_most_urgent_item_is_claimed_and_opens(casework, desk, frozen):
    later, sooner = casework.received(), casework.received()
    WorkItem.objects.filter(subject=f"case:{sooner.reference}").update(due_at=sooner.received_at)
    clerk = desk(casework.clerk)
    answer = clerk.post("claim_next")
    assert answer.url == clerk.url("case", sooner.reference)
    assert casework.item(sooner, "accept").assignee_id == casework.clerk.post_id
    assert casework.item(later, "accept").assignee_id is None


def test_nothing_to_claim_is_told(casework, desk):
    clerk = desk(casework.clerk)
    clerk.post("claim_next")
    assert "Nothing waits to be claimed in your unit." in clerk.text("inbox")


def test_filters_stand_in_the_address_and_in_the_fields(casework, desk):
    casework.received()
    page = desk(casework.clerk).text("inbox", view="unit", due="none", q="赵")
    assert '<option value="none" selected>' in page
    assert 'value="赵"' in page
    assert "Nothing fits this filter." in page


def test_names_and_numbers_find_their_row(casework, desk):
    case, other = casework.received(), casework.received()
    page = desk(casework.clerk).text("inbox", view="unit", q=case.reference)
    assert case.reference in page
    assert other.reference not in page


def test_nothing_to_do_points_to_what_waits(casework, desk):
    casework.received()
    page = desk(casework.clerk).text("inbox")
    assert "Nothing is in your hands." in page
    assert "1 item to be claimed" in page


@pytest.mark.parametrize("sort", ["due", "newest"])
def test_pages_follow_each_other_without_gap_or_repeat(casework, desk, sort, monkeypatch):
    monkeypatch.setattr("egov.work.queries.inbox_page.__kwdefaults__", {"after": "", "size": 2})
    wanted = {casework.item(casework.received(), "accept").pk for _ in range(5)}
    WorkItem.objects.filter(pk=min(wanted)).update(due_at=None)
    clerk = desk(casework.clerk)
    seen, address = [], clerk.url("inbox") + f"?view=unit&lang=en&sort={sort}"
    while address:
        page = clerk.client.get(address).content.decode()
        seen += items_in(page)
        following = re.search(r'href="([^"]+)" rel="next"', page)
        address = following.group(1).replace("&amp;", "&") if following else ""
    assert len(seen) == 5
    assert set(seen) == wanted


@pytest.mark.parametrize("after", ["x", "2026-13-45~1", "~", "2026-01-01~99", "9" * 40, "~" + "9" * 30])
def test_a_broken_place_in_the_list_starts_at_the_beginning(casework, desk, after):
    casework.received()
    assert desk(casework.clerk).get("inbox", view="unit", after=after).status_code == 200


def test_a_list_is_one_entry_in_the_journal_with_the_references_it_showed(casework, desk):
    cases = [casework.received() for _ in range(3)]
    Entry.objects.filter(kind="list").count()
    desk(casework.clerk).text("inbox", view="unit")
    entry = Entry.objects.filter(kind="list").latest("id")
    assert {f"case:{case.reference}" for case in cases} <= set(entry.refs)
    assert f"party:{casework.applicant.party_id}" in entry.refs


def test_an_opinion_asked_leads_to_the_question_and_not_to_the_case(casework, desk):
    from egov.casework import actions

    case = casework.reviewed()
    asked = actions.ask_opinion(
        casework.reviewer, case=case.reference, unit=casework.elsewhere.key, question="隔油池够吗？"
    )
    adviser = desk(casework.adviser)
    page = adviser.text("inbox", view="unit")
    assert adviser.url("opinion", asked.pk) in page
    assert adviser.url("case", case.reference) not in page
    assert "赵启明" not in page


def test_overdue_is_said_in_a_word_with_an_icon(casework, desk):
    case = casework.received()
    WorkItem.objects.filter(subject=f"case:{case.reference}").update(due_at=case.received_at)
    page = desk(casework.clerk).text("inbox", view="overdue")
    assert "working day late" in page
    assert "bdg--miss" in page
    assert "#error" in page


@pytest.mark.parametrize("rows", [1, 20])
def test_the_number_of_statements_does_not_grow_with_the_rows(casework, desk, statements, rows, monkeypatch):
    monkeypatch.setattr("egov.kernel.memory.SECONDS", 3600.0)  # no asking for stamps in between
    version = casework.service()
    for _ in range(rows):
        casework.received(version)
    clerk = desk(casework.clerk)
    clerk.text("inbox", view="unit")  # what a process keeps is kept now
    with statements("inbox", at_most=9):
        clerk.text("inbox", view="unit")
    assert Case.objects.count() == rows
