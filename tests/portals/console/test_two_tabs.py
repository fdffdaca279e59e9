"""Two administrators, or two tabs, at one definition: no edit vanishes, and whoever is second learns who was first."""

import re

import pytest

from egov.catalogue import actions as catalogue
from egov.catalogue.models import EventVersion, ServiceVersion
from egov.kernel.actor import SYSTEM
from egov.law.models import DecisionTable
from tests.plugins.console import Desk

pytestmark = pytest.mark.django_db

D2 = "services/LC01/versions/2"
E1 = "events/BE90/versions/1"
TABLE = "tables/cn.fire-check-before-opening/2"
BOTH = {"zh-Hans": "开一家店", "en": "Open a shop"}
QUESTION = {
    "title_zh": "面积",
    "title_en": "Floor area",
    "kind": "integer",
    "required": "yes",
    "page": "you",
    "means": "visible",
}
STEP = {"title_zh": "甲", "title_en": "Visit", "kind": "task", "persons": "1", "limit_unit": "wd"}


@pytest.fixture
def desks(console):
    catalogue.set_competence(SYSTEM, region="990102", department_id=console.market.pk, department_role="market")
    letters = [{"key": "next", "act": "grant", "text": BOTH}]
    catalogue.draft_version(SYSTEM, code="LC01", changes={"letters": letters}, change_reason="x")
    definition = {
        "members": [{"service": "LC01", "stage": 1}],
        "questions": [{"key": "sign", "type": "boolean", "text": BOTH}],
        "given": {},
    }
    content = {"kind": "business", "name": BOTH, "summary": BOTH, "lead_role": "market", "definition": definition}
    catalogue.draft_event(SYSTEM, code="BE90", changes=content)
    console.admin.post("tables/cn.fire-check-before-opening/1/draft")
    return console.admin, console.market_admin


def revision_on(desk, path):
    """What the page itself carries."""
    return {"_revision": re.search(r'name="_revision" value="(\d+)"', desk.html(path))[1]}


def service():
    return ServiceVersion.objects.get(service__code="LC01", number=2)


def event():
    return EventVersion.objects.get(code="BE90")


@pytest.mark.parametrize(
    "page",
    [
        f"{D2}/edit",
        f"{D2}/form/questions",
        f"{D2}/form/questions/name",
        f"{D2}/form/pages",
        f"{D2}/plan/steps",
        f"{D2}/plan/steps/decide",
        f"{D2}/letters/paragraphs",
        f"{D2}/letters/paragraphs/next",
        f"{E1}/texts",
        f"{E1}/once",
        f"{E1}/services/LC01",
        f"{E1}/questions",
        f"{E1}/questions/sign",
        f"{E1}/given/person.name",
        f"{TABLE}/edit",
    ],
)
def test_every_form_of_a_definition_carries_its_revision(desks, page):
    assert revision_on(desks[0], page) == {"_revision": "0"}


def test_the_second_tab_is_told_who_changed_it_and_keeps_what_was_typed(desks):
    first, second = desks
    path = f"{D2}/form/questions/name"
    late = revision_on(second, path)
    words = {**QUESTION, "kind": "", "title_zh": "名"}
    assert first.post(path, {**words, "title_en": "Name of the shop", **revision_on(first, path)}).status_code == 302
    refused = second.post(path, {**words, "title_en": "Trading name", **late})
    assert refused.status_code == 422
    page = refused.content.decode()
    assert "管理员" in page
    assert "Trading name" in page, "what was typed is kept"
    assert "Name of the shop" in page, "and what stands there now is shown"
    assert service().form["properties"]["name"]["x-title"]["en"] == "Name of the shop"
    again = {"_revision": re.search(r'name="_revision" value="(\d+)"', page)[1]}
    assert second.post(path, {**words, "title_en": "Trading name", **again}).status_code == 302
    assert service().form["properties"]["name"]["x-title"]["en"] == "Trading name"


def test_a_fault_of_what_was_typed_does_not_hide_a_change_meanwhile(desks):
    first, second = desks
    path = f"{D2}/plan/steps"
    late = revision_on(second, path)
    first.post(path, {**STEP, **revision_on(first, path)})
    refused = second.post(path, {**STEP, "title_zh": "", **late})
    assert refused.context["form"].errors.keys() == {"title_zh"}
    assert f'name="_revision" value="{late["_revision"]}"' in refused.content.decode()
    assert second.post(path, {**STEP, "title_en": "Talk", **late}).status_code == 422
    assert [step["key"] for step in service().plan["steps"]] == ["decide", "visit"]


def test_an_act_by_intention_keeps_what_another_wrote_meanwhile(desks, monkeypatch):
    """The row is read, somebody else adds a question, then the act takes the lock."""
    first, second = desks
    from portals.console.views import composing, designing

    def between(module, name, act):
        """``act`` happens right after the view has read its row."""
        read = getattr(module, name)

        def reading(*args, **kwargs):
            row = read(*args, **kwargs)
            monkeypatch.setattr(module, name, read)
            act()
            return row

        monkeypatch.setattr(module, name, reading)

    between(designing, "version_of", lambda: first.post(f"{D2}/form/questions", QUESTION))
    assert second.post(f"{D2}/form/questions/name/down").status_code == 302
    assert "floor_area" in service().form["properties"]
    between(designing, "version_of", lambda: first.post(f"{D2}/plan/steps", STEP))
    assert second.post(f"{D2}/plan/steps", {**STEP, "title_en": "Talk"}).status_code == 302
    assert [step["key"] for step in service().plan["steps"]] == ["decide", "visit", "talk"]
    asked = {"text_zh": "大吗", "text_en": "Large shop?", "type": "boolean"}
    between(composing, "event_version_of", lambda: first.post(f"{E1}/questions", asked))
    assert second.post(f"{E1}/services", {"service": ["FS01"]}).status_code == 302
    assert [each["key"] for each in event().definition["questions"]] == ["sign", "large_shop"]
    assert [each["service"] for each in event().definition["members"]] == ["LC01", "FS01"]
    between(composing, "event_version_of", lambda: first.post(f"{E1}/questions/sign/remove"))
    assert second.post(f"{E1}/services/FS01/remove").status_code == 302
    assert [each["key"] for each in event().definition["questions"]] == ["large_shop"]


def test_two_tabs_at_an_event(desks):
    first, second = desks
    late = revision_on(second, f"{E1}/once")
    once = {"once_zh": "名", "once_en": "Name", "rules_zh": "", "rules_en": ""}
    assert first.post(f"{E1}/once", {**once, **revision_on(first, f"{E1}/once")}).status_code == 302
    refused = second.post(f"{E1}/once", {**once, "once_en": "Names", **late})
    assert refused.status_code == 422
    assert event().definition["asked_once"] == [{"zh-Hans": "名", "en": "Name"}]


def test_nobody_approves_what_was_changed_after_it_was_read(desks):
    """Four eyes see one and the same text."""
    first, second = desks
    late = revision_on(second, E1)
    first.post(f"{E1}/questions/sign/remove", revision_on(first, f"{E1}/texts"))
    told = second.post(f"{E1}/acts/review", late, follow=True).content.decode()
    assert "管理员" in told
    assert event().state == "draft"
    late = revision_on(second, D2)
    first.post(f"{D2}/form/questions", QUESTION)
    second.post(f"{D2}/review", late)
    assert service().state == "draft"


def filled(number):
    from tests.portals.console.test_tables import filled

    return filled(number)


def test_a_row_that_somebody_added_to_a_table_stays(desks, console):
    first, _second = desks
    other = Desk(console.identities.officer("platform_admin", person=console.identities.person("另一人")))
    late = {**filled(2), **revision_on(other, f"{TABLE}/edit")}
    row = {"r4-id": "tiny", "r4-when_area": "< 10", "r4-then_needed": "false", "r4-then_way": "none"}
    assert first.post(f"{TABLE}/edit", {**filled(2), **row, **revision_on(first, f"{TABLE}/edit")}).status_code == 302
    mine = {**late, "r4-id": "huge", "r4-when_area": "> 9000", "r4-then_needed": "true", "r4-then_way": "full"}
    refused = other.post(f"{TABLE}/edit", mine)
    assert refused.status_code == 422
    page = refused.content.decode()
    assert "管理员" in page
    assert "huge" in page
    again = {
        bound.html_name: value
        for form in (*refused.context["forms"].row_forms, *refused.context["forms"].test_forms)
        for bound in form
        if (value := bound.value()) not in (None, False, "")
    }
    revision = re.search(r'name="_revision" value="(\d+)"', page)[1]
    assert other.post(f"{TABLE}/edit", {**again, "_revision": revision}).status_code == 302
    rows = DecisionTable.objects.get(key="cn.fire-check-before-opening", version=2).model["rules"]
    assert {"tiny", "huge"} <= {row["id"] for row in rows}
    assert rows[-1]["id"] == "small", "the last one still fits every case"
