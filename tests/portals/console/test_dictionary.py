"""Data elements, topics and decision tables that administrators of the platform add."""

import pytest

from egov.law import queries as law
from egov.law.models import DecisionTable
from egov.registers.models import DataElement, Register
from egov.routing.models import Example, Topic
from tests.plugins.console import Desk

pytestmark = pytest.mark.django_db

ELEMENT = {"key": "stall.kind", "name_zh": "摊位类型", "name_en": "Kind of stall", "kind": "choice"}
TOPIC = {
    "key": "stall",
    "question_zh": "什么摊位？",
    "question_en": "Which stall?",
    "options": "夜市 | Night market | LC01\n早市 | Morning market | LC01 FS01",
}
TABLE = {
    "key": "jz.stall-fee",
    "name_zh": "摊位费",
    "name_en": "Stall fee",
    "inputs": "area | number\nkind? | food drink",
    "outputs": "fee | 20\nfree | false",
    "row": "otherwise",
    "says_zh": "其余",
    "says_en": "All others",
}


def test_the_dictionary_says_type_register_and_who_asks(console, services):
    register = Register.objects.create(key="stalls", name={"zh-Hans": "摊位库", "en": "Stall register"})
    DataElement.objects.create(
        key="stall.open", name={"zh-Hans": "开放", "en": "Opens at"}, schema={"type": "boolean"}, register=register
    )
    asked = {"type": "boolean", "x-element": "stall.open", "x-title": {"zh-Hans": "开", "en": "Open"}}
    services.publish("ZZ08", form={"type": "object", "properties": {"open": asked}}, materials=[])
    page = console.market_admin.html("dictionary", {"q": "Opens"})
    for words in ("stall.open", "yes or no", "Stall register", "ZZ08"):
        assert words in page
    assert "Add a data element" not in page, "departments only read it"
    assert "stall.open" not in console.admin.html("dictionary", {"q": "nothing like it"})


def test_an_element_is_added_and_what_is_wrong_is_said_at_its_field(console):
    desk = console.admin
    refused = desk.post("dictionary/new", {**ELEMENT, "choices": "food"})
    assert refused.context["form"].errors.keys() == {"choices"}
    refused = desk.post("dictionary/new", {**ELEMENT, "choices": "food\ndrink", "key": "Stall"})
    assert refused.context["form"].errors.keys() == {"key"}
    assert desk.post("dictionary/new", {**ELEMENT, "choices": "food\ndrink"}).status_code == 302
    assert DataElement.objects.get(key="stall.kind").schema == {"enum": ["food", "drink"]}
    again = desk.post("dictionary/new", {**ELEMENT, "choices": "food\ndrink"})
    assert again.context["form"].errors.keys() == {"key"}


def test_a_topic_is_asked_back_and_two_tabs_do_not_overwrite_each_other(console):
    desk = console.admin
    refused = desk.post("topics/new", {**TOPIC, "options": "夜市 | Night market | NO99\n早市 | Morning | LC01"})
    assert refused.context["form"].errors.keys() == {"options"}
    refused = desk.post("topics/new", {**TOPIC, "options": "夜市 | LC01"})
    assert refused.context["form"].errors.keys() == {"options"}
    assert desk.post("topics/new", TOPIC)["Location"].endswith("topics/stall")
    assert Topic.objects.get().options[1] == {
        "text": {"zh-Hans": "早市", "en": "Morning market"},
        "codes": ["LC01", "FS01"],
    }
    assert desk.post("topics/stall", {"text": "摆摊"}).status_code == 302
    assert Example.objects.get(target="topic:stall").text == "摆摊"
    assert "Which stall?" in desk.html("words", {"q": "摆摊"})
    late = desk.get("topics/stall/edit").context["form"].initial
    assert desk.post("topics/stall/edit", {**late, "question_en": "What kind of stall?"}).status_code == 302
    refused = desk.post("topics/stall/edit", {**late, "question_en": "Where is it?"})
    assert refused.status_code == 422
    assert "Where is it?" in refused.content.decode()
    assert Topic.objects.get().question["en"] == "What kind of stall?"
    assert desk.post("topics/stall/remove").status_code == 302
    assert not Topic.objects.exists()
    assert not Example.objects.filter(target="topic:stall").exists()


def test_a_shipped_topic_is_changed_and_not_removed(console):
    both = {"zh-Hans": "甲", "en": "A"}
    Topic.objects.create(key="loan", question=both, options=[{"text": both, "codes": ["LC01"]}] * 2, loaded_hash="x")
    assert "Remove the topic" not in console.admin.html("topics/loan")
    told = console.admin.post("topics/loan/remove", follow=True).content.decode()
    assert "shipped" in told
    assert Topic.objects.filter(key="loan").exists()


def test_a_table_begins_with_the_row_that_fits_every_case_and_a_second_person_publishes_it(console):
    desk = console.admin
    refused = desk.post("tables/new", {**TABLE, "inputs": "area | furlong", "outputs": "fee"})
    assert refused.context["form"].errors.keys() == {"inputs", "outputs"}
    assert desk.post("tables/new", TABLE)["Location"].endswith("tables/jz.stall-fee/1/edit")
    row = DecisionTable.objects.get(key="jz.stall-fee")
    assert row.inputs == {
        "area": {"type": "number"},
        "kind": {"type": "string", "enum": ["food", "drink"], "optional": True},
    }
    assert row.model["rules"][0]["then"] == {"fee": 20, "free": False}
    assert desk.post("tables/new", TABLE).context["form"].errors.keys() == {"key"}
    edit = {"r0-was": "otherwise", "r0-id": "otherwise", "r0-then_fee": "20", "r0-then_free": "false", "r0-place": "1"}
    large = {"r1-id": "large", "r1-when_area": "> 10", "r1-then_fee": "50", "r1-then_free": "false"}
    assert (
        desk.post("tables/jz.stall-fee/1/edit", {**edit, **large, "t0-in_area": "12", "t0-rule": "large"}).status_code
        == 302
    )
    other = Desk(console.identities.officer("platform_admin", person=console.identities.person("另一人")))
    assert other.post("tables/jz.stall-fee/1/publish").status_code == 302
    assert law.evaluate_table("jz.stall-fee", {"area": 12}).output["fee"] == 50
    assert law.evaluate_table("jz.stall-fee", {"area": 2}).rule == "otherwise"


def test_what_only_one_service_asks_stands_there_too(console, services):
    asked = {"type": "boolean", "x-title": {"zh-Hans": "露天", "en": "In the open"}, "x-hint": {"en": "No roof"}}
    paper = {"type": "string", "x-widget": "file", "x-material": "plan", "x-title": {"zh-Hans": "图", "en": "Plan"}}
    services.publish("ZZ08", form={"type": "object", "properties": {"outdoors": asked, "plan": paper}}, materials=[])
    page = console.market_admin.html("dictionary", {"of": "services", "q": "in the OPEN"})
    for words in ("zz08.outdoors", "yes or no", "No roof", "ZZ08"):
        assert words in page
    assert "zz08.plan" not in console.market_admin.html("dictionary", {"of": "services"}), "a paper is a material"
    assert "zz08" not in console.market_admin.html("dictionary")
