"""A version in work, run over the cases that were filed: which of them would have come out otherwise, and why."""

import copy

import pytest

from egov.casework.models import Case
from egov.catalogue.models import Event, EventVersion, ServiceVersion
from egov.intake import actions, queries, replaying
from egov.intake.models import Replay
from egov.journal.models import Entry
from egov.kernel.errors import TransitionNotAllowed
from egov.work.queries import forward_way
from tests.plugins.intake import CARD_FORM, PLAN, question

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin(identities):
    return identities.officer("platform_admin")


@pytest.fixture
def filed(services, a_draft, resident):
    """Two cases: a lost card and one that ran out."""
    services.publish()
    for number, answers in enumerate(({"reason": "lost", "lost_on": "2026-02-01"}, {"reason": "expired"})):
        draft = a_draft(resident, answers={"name": "林晓雯", **answers})
        actions.submit(resident, draft=draft.reference, key=f"k{number}")
    lost, expired = Case.objects.order_by("id").values_list("reference", flat=True)
    return {"lost": lost, "expired": expired}


def in_work(**changes):
    base = ServiceVersion.objects.get(service__code="CL02", state="published")
    base.pk, base.number, base.state = None, base.number + 1, "draft"
    for name, value in changes.items():
        setattr(base, name, value)
    base.save()
    return base


def replayed(admin, **changes):
    row = in_work(**changes)
    asked = actions.replay_service(admin, code="CL02", number=row.number)
    replaying.run_waiting()
    asked.refresh_from_db()
    assert asked.failed == ""
    return asked, {each["case"]: [reason["en"] for reason in each["reasons"]] for each in asked.cases}


def test_a_version_that_says_the_same_changes_nothing(filed, admin):
    row, cases = replayed(admin, name={"zh-Hans": "新名", "en": "New name"})
    assert (row.total, row.done, row.differing, cases) == (2, 2, 0, {})
    assert row.finished_at is not None


def test_a_question_that_must_be_answered_now_names_who_had_not(filed, admin):
    form = copy.deepcopy(CARD_FORM)
    form["properties"]["police_report"] = question(en="Report number", zh="报案号", x_visible_when='reason == "lost"')
    form["required"].append("police_report")
    form["x-pages"][0]["fields"].append("police_report")
    row, cases = replayed(admin, form=form)
    assert cases == {filed["lost"]: ["“Report number” would have to be answered"]}
    assert row.cases[0]["reasons"][0]["zh-Hans"] == "须填写“报案号”"
    assert row.counts == {"refused": 1}


def test_an_answer_that_is_no_longer_taken_and_one_that_is_not_asked(filed, admin):
    form = copy.deepcopy(CARD_FORM)
    form["properties"]["reason"]["enum"] = ["lost"]
    del form["properties"]["lost_on"]
    form["x-pages"][0]["fields"].remove("lost_on")
    _row, cases = replayed(admin, form=form)
    assert cases == {filed["expired"]: ["the answer to “Reason” would not be accepted"]}


def test_steps_fees_and_decisions_are_told(filed, admin):
    step = {"key": "check", "kind": "review", "when": 'reason == "lost"', "title": {"zh-Hans": "核查", "en": "Check"}}
    plan = {**PLAN, "steps": [step, {**PLAN["steps"][0], "after": ["check"]}]}
    _row, cases = replayed(admin, plan=plan, fee={"amount": "40.00", "basis": {"zh-Hans": "法", "en": "law"}})
    assert cases[filed["lost"]] == ["the step “Check” would be added", "the fee would be ¥40.00 instead of ¥0.00"]
    assert cases[filed["expired"]] == ["the fee would be ¥40.00 instead of ¥0.00"]


def test_a_decision_at_once(filed, admin):
    granted = {"outcome": "granted", "reasons": {"zh-Hans": "可", "en": "yes"}}
    row, cases = replayed(admin, auto_decision=granted)
    assert set(cases[filed["lost"]]) == {"decided at once: granted instead of not decided at once"}
    assert row.counts == {"verdict": 2}


def test_nothing_is_written_but_the_result_and_it_is_run_once(filed, admin):
    before = list(Case.objects.order_by("id").values())
    row, _cases = replayed(admin)
    assert list(Case.objects.order_by("id").values()) == before
    assert replaying.run_waiting() == 0
    assert Entry.objects.filter(action="intake.replay").count() == 1
    assert queries.last_replay("CL02", row.after_id) == row


def test_what_breaks_is_told_and_ends(filed, admin):
    row = in_work(form={"type": "object", "properties": {"a": {"type": "object"}}})
    asked = actions.replay_service(admin, code="CL02", number=row.number)
    replaying.run_waiting()
    asked.refresh_from_db()
    assert "cannot be asked" in asked.failed
    assert asked.finished_at is not None


def test_a_first_version_has_nothing_to_be_compared_with(services, admin):
    version = services.publish()
    with pytest.raises(TransitionNotAllowed):
        actions.replay_service(admin, code="CL02", number=version.number)


def test_the_filings_of_an_event_tell_which_services_come_and_go(services, admin, resident):
    for code in ("AA01", "AA02"):
        services.publish(code, materials=[], name={"zh-Hans": code, "en": code})
    sign = {"key": "sign", "type": "boolean", "text": {"zh-Hans": "牌？", "en": "Sign?"}}
    staff = {**sign, "key": "staff"}
    old = {"members": [{"service": "AA01"}, {"service": "AA02", "when": "sign == true"}], "questions": [sign]}
    new = {"members": [{"service": "AA02"}, {"service": "AA01", "when": "staff == true"}], "questions": [staff]}
    for number, (state, definition) in enumerate((("published", old), ("draft", new)), start=1):
        EventVersion.objects.create(code="BE90", number=number, state=state, kind="business", definition=definition)

    Event.objects.create(code="BE90", kind="business", name={"en": "Shop"}, definition=old)
    draft = actions.start_bundle(resident, event="BE90", region="990102", answers={"sign": False}, services=[])
    type(draft).objects.filter(pk=draft.pk).update(submitted_at=draft.started_at)
    asked = actions.replay_event(admin, code="BE90", number=2)
    replaying.run_waiting()
    asked = Replay.objects.get(pk=asked.pk)
    assert asked.failed == ""
    assert [reason["en"] for reason in asked.cases[0]["reasons"]] == [
        "“AA02” would be needed",
        "a further question would decide about “AA01”",
    ]


def test_the_forward_way_leaves_out_what_its_condition_leaves_out():
    steps = [
        {"key": "a", "kind": "review"},
        {"key": "b", "kind": "inspection", "after": ["a"], "when": "area > 3"},
        {"key": "c", "kind": "sign", "after": ["b"], "outcomes": [{"key": "no", "back_to": "a"}, {"key": "yes"}]},
    ]
    plan = {"key": "p", "steps": steps}
    assert forward_way(plan, {"area": 5}) == ("a", "b", "c")
    assert forward_way(plan, {"area": 1}) == ("a", "c")
