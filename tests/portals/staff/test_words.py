"""What had they meant? An officer says it; it waits for whoever decides."""

import re

import pytest

from egov.catalogue.models import Event
from egov.journal.models import Entry
from egov.kernel.actor import SYSTEM
from egov.matters.models import Matter, Member
from egov.routing import actions, memory, queries
from egov.routing.models import Need

pytestmark = pytest.mark.django_db

SAID = "我想摆个煎饼摊"


@pytest.fixture(autouse=True)
def understood(casework):
    """One service and one event, as the platform knows them."""
    casework.service(code="LC01")
    casework.service(code="LC02", name={"zh-Hans": "小餐饮登记", "en": "Small food business registration"})
    Event.objects.create(code="BE90", kind="business", name={"zh-Hans": "摆摊", "en": "Keeping a stall"}, summary={})
    memory.forget()
    actions.reindex(SYSTEM)
    actions.add_example(SYSTEM, target="LC01", text="我想开个小饭馆")
    yield
    memory.forget()


@pytest.fixture
def begun(casework):
    """A case whose matter began with words."""

    def make(*, parts: int = 1, need: str = f"{SAID}，电话13800138000", **more):
        case = casework.received()
        matter = Matter.objects.create(
            reference=case.matter,
            applicant_id=case.applicant_id,
            capacity="self",
            title=case.title,
            need=need,
            opened_at=case.received_at,
            **more,
        )
        for number in range(parts):
            Member.objects.create(
                matter=matter,
                key=f"P{number}",
                order=number,
                service=case.service,
                case="" if number else case.reference,
            )
        return case

    return make


def test_trying_the_words_shows_where_they_lead_and_keeps_nothing(desk):
    page = desk().post("meant", text="我想开个小饭馆", target="lc01", **{"try": "1"})
    assert page.status_code == 200
    assert "What the platform answers today" in page.text
    assert "These words lead there already" in page.text
    assert not Need.objects.exists()
    elsewhere = desk().post("meant", text="qwxzv", **{"try": "1"})
    assert "the hotline is offered" in elsewhere.text
    other = desk().post("meant", text="我想开个小饭馆", target="BE90", **{"try": "1"})
    assert "BE90 Keeping a stall does not stand among them." in other.text


@pytest.mark.parametrize("page", ["zh-Hans", "en"])
@pytest.mark.parametrize(("words", "language"), [("我想开个小饭馆", "zh-Hans"), ("open a little noodle bar", "en")])
def test_words_of_either_language_lead_to_the_same_whichever_the_page_is_in(desk, page, words, language):
    actions.add_example(SYSTEM, target="LC01", text="I want to open a little noodle bar")
    here = desk()
    shown = here.client.post(f"{here.url('meant')}?lang={page}", {"text": words, "target": "LC01", "try": "1"})
    assert f'<html lang="{page}"' in shown.text
    assert 'class="leads' in shown.text
    assert f'lang="{language}"' in re.search(r"<textarea[^>]*>", shown.text)[0]
    assert re.search(rf'value="{language}"[^>]*checked|checked[^>]*value="{language}"', shown.text)


def test_handed_in_it_waits_for_who_decides(desk, casework):
    answer = desk().post("meant", text=f"{SAID} 110101199003071234", language="zh-Hans", target="LC02")
    assert answer.status_code == 302
    need = queries.needs_to_learn(SYSTEM).get()
    assert (need.text, need.chosen, need.corrected, need.language) == (f"{SAID} …", "LC02", True, "zh-Hans")
    assert need.region == casework.reviewer.region_code
    assert Entry.objects.get(action="routing.correct_need").capacity == casework.reviewer.capacity


def test_the_officer_is_told_who_looks_at_it(desk):
    officer = desk()
    officer.post("meant", text=SAID, target="LC02")
    assert "Who configures the service looks at it" in officer.text("meant")
    officer.post("meant", text=SAID, target="Keeping a stall")
    assert "An administrator of the platform looks at it" in officer.text("meant")
    assert {need.chosen for need in Need.objects.all()} == {"LC02", "BE90"}


def test_a_part_of_a_name_brings_a_list_to_choose_from(desk):
    asked = desk().post("meant", text=SAID, target="food business")
    assert asked.status_code == 422
    assert "Choose one of these" in asked.text
    assert 'value="LC01"' in asked.text
    assert 'value="LC02"' in asked.text
    assert not Need.objects.exists()
    assert desk().post("meant", text=SAID, target="food business", like="LC02").status_code == 302
    assert Need.objects.get().chosen == "LC02"


@pytest.mark.parametrize(
    ("form", "fault"),
    [
        ({"text": SAID}, "Name the service or event."),
        ({"text": SAID, "target": "qwxzv"}, "There is no such service or event."),
        ({"text": SAID, "target": "food business", "like": "none"}, "Choose one of these"),
        ({"text": "？？", "target": "LC01"}, "Write the words that people say."),
        ({"target": "LC01"}, "Write the words that people say."),
    ],
)
def test_what_is_wrong_stands_at_its_field(desk, form, fault):
    page = desk().post("meant", **form)
    assert page.status_code == 422
    assert fault in page.text
    assert not Need.objects.exists()


def test_the_words_of_a_case_stand_there_without_numbers(desk, begun):
    case = begun()
    assert f"?case={case.reference}" in desk().text("case", case.reference)
    page = desk().text("meant", case=case.reference)
    assert SAID in page
    assert "13800138000" not in page
    assert "What the platform answers today" in page
    url = f"{desk().url('meant')}?case={case.reference}"
    back = desk().client.post(url, {"text": SAID, "target": "LC02"})
    assert back["Location"] == desk().url("case", case.reference)


def test_the_words_of_a_whole_are_the_lead_departments(desk, begun, casework):
    case = begun(parts=2)
    assert SAID not in desk().text("meant", case=case.reference)
    Matter.objects.update(lead=casework.department, lead_unit=casework.unit)
    assert SAID in desk().text("meant", case=case.reference)


def test_a_case_of_others_is_not_opened_this_way(desk, begun, casework):
    case = begun()
    assert desk(casework.adviser).get("meant", case=case.reference).status_code in (403, 404)
    assert desk().get("meant", case="C-NOTHING").status_code == 404
