"""Materials, fees, results, opinions and law of a version, put together in the console without YAML; a new service."""

import pytest

from egov.catalogue import queries
from egov.catalogue.actions import set_competence
from egov.catalogue.models import PublicService, ServiceVersion
from egov.identity.models import Unit
from egov.kernel.actor import SYSTEM
from egov.kernel.errors import NotFound
from egov.kernel.memory import Kept
from egov.registers.models import DataElement

pytestmark = pytest.mark.django_db

D2 = "services/LC01/versions/2"
NAMED = {"name_zh": "房产证明", "name_en": "Proof of the premises"}
MATERIAL = {**NAMED, "source": "applicant", "needed": "always", "form": "electronic", "max_mb": "5", "question": "new"}


@pytest.fixture
def desk(console):
    DataElement.objects.create(key="shop.licence_number", name={"zh-Hans": "证号", "en": "Number"}, schema={})
    set_competence(SYSTEM, region="990102", department_id=console.market.pk, department_role="market")
    console.market_admin.post("services/LC01/draft", {"change_reason": "shorter"})
    Kept.forget_all()
    return console.market_admin


def version(code="LC01", number=2):
    return ServiceVersion.objects.get(service__code=code, number=number)


def test_a_material_comes_with_the_question_that_takes_it_in(desk):
    assert desk.post(f"{D2}/parts/materials/rows", MATERIAL).status_code == 302
    row = version()
    key = row.materials[-1]["key"]
    assert row.materials[-1] == {
        "key": "proof_premises",
        "name": {"zh-Hans": "房产证明", "en": "Proof of the premises"},
        "source": "applicant",
        "required": "always",
        "form": "electronic",
        "max_mb": 5,
    }
    assert row.form["properties"][key]["x-material"] == key
    assert key in row.form["required"]
    only = {**MATERIAL, "question": key, "needed": "when", "term_1_0": 'reason == "lost"'}
    assert desk.post(f"{D2}/parts/materials/rows/{key}", only).status_code == 302
    assert version().materials[-1]["required"] == 'reason == "lost"'
    page = desk.html(f"{D2}/parts/materials")
    assert "the applicant hands it in" in page
    assert "reason ==" not in page
    assert desk.post(f"{D2}/parts/materials/rows/{key}/up").status_code == 302
    assert version().materials[-1]["key"] != key
    desk.post(f"{D2}/parts/materials/rows/{key}/remove")
    assert key not in [each["key"] for each in version().materials]
    assert "A file field hands in a material" in desk.html(D2), "the page of the version says what is left to mend"


def test_what_is_missing_of_a_material_is_said_at_its_field(desk):
    before = version().materials
    refused = desk.post(f"{D2}/parts/materials/rows", {**MATERIAL, "needed": "when", "question": "", "name_en": ""})
    assert refused.status_code == 422
    assert refused.context["form"].errors.keys() == {"name_en", "needed", "question"}
    refused = desk.post(f"{D2}/parts/materials/rows", {**MATERIAL, "needed": "when", "written": "reason =="})
    assert refused.context["form"].errors.keys() == {"needed"}
    assert version().materials == before


def test_a_fee_is_nothing_one_amount_or_items(desk):
    basis = {"basis_zh": "发改价格〔2019〕914号", "basis_en": "Fagaijiage [2019] 914"}
    refused = desk.post(f"{D2}/fee", {"kind": "one", "amount": ""})
    assert refused.context["form"].errors.keys() == {"amount", "basis_zh", "basis_en"}
    assert desk.post(f"{D2}/fee", {"kind": "one", "amount": "12.5", **basis}).status_code == 302
    assert version().fee["amount"] == "12.50"
    assert "¥12.50" in desk.html(D2)
    assert desk.post(f"{D2}/fee", {"kind": "items", **basis}).status_code == 302
    item = {"name_zh": "工本费", "name_en": "Card", "amount": "20", "term_1_0": 'reason == "lost"'}
    assert desk.post(f"{D2}/parts/fee/rows", item).status_code == 302
    assert version().fee["items"] == [
        {
            "key": "card",
            "name": {"zh-Hans": "工本费", "en": "Card"},
            "amount": "20.00",
            "when": 'reason == "lost"',
        }
    ]
    assert "¥20.00" in desk.html(f"{D2}/parts/fee")
    assert desk.post(f"{D2}/fee", {"kind": "none"}).status_code == 302
    assert version().fee == {"amount": "0.00"}


def test_a_result_says_how_long_it_holds_and_what_it_brings_into_being(desk):
    output = {"name_zh": "许可证", "name_en": "Shop licence", "type": "certificate", "valid_years": "5"}
    wrong = {**output, "credential": "SHOP", "elements": "no.such | name", "produces": "shop.licence_number | nothing"}
    refused = desk.post(f"{D2}/parts/outputs/rows", wrong)
    assert refused.context["form"].errors.keys() == {"elements", "produces", "template"}
    good = {
        **output,
        "credential": "SHOP",
        "template": "licence",
        "elements": "shop.licence_number | name",
        "produces": "shop.licence_number | shop_licence.number",
    }
    assert desk.post(f"{D2}/parts/outputs/rows", good).status_code == 302
    row = version().outputs[-1]
    assert (row["key"], row["valid_years"], row["credential"]) == ("shop_licence", 5, "SHOP")
    assert row["produces"] == {"shop.licence_number": "shop_licence.number"}
    assert "5 years" in desk.html(f"{D2}/parts/outputs")


def test_what_no_field_asks_for_stays_in_its_row(desk, console):
    row = version()
    row.outputs = [{"key": "card", "name": {"en": "Card"}, "type": "record", "known_by": {"shop.licence_number": "x"}}]
    row.save()
    changed = {"name_zh": "卡", "name_en": "Card", "type": "record"}
    assert desk.post(f"{D2}/parts/outputs/rows/card", changed).status_code == 302
    assert version().outputs[0]["known_by"] == {"shop.licence_number": "x"}


def test_departments_that_are_asked_and_the_law_it_rests_on(desk):
    asked = {"department_role": "market", "purpose_zh": "消防", "purpose_en": "Fire safety"}
    assert desk.post(f"{D2}/parts/opinions/rows", asked).status_code == 302
    assert version().opinions == [{"department_role": "market", "purpose": {"zh-Hans": "消防", "en": "Fire safety"}}]
    known = desk.get(f"{D2}/parts/legal_basis/rows").context["form"].fields["instrument"].choices[1][0]
    assert desk.post(f"{D2}/parts/legal_basis/rows", {"instrument": known, "article": "x y"}).status_code == 422
    assert desk.post(f"{D2}/parts/legal_basis/rows", {"instrument": known, "article": "35"}).status_code == 302
    cited = version().legal_basis[-1]
    assert (cited["instrument"], cited["article"]) == (known, "35")
    assert cited["text"], "the citation is written out"
    assert desk.post(f"{D2}/parts/legal_basis/rows/{known}~35/remove").status_code == 302


def test_a_step_is_done_by_another_unit(desk, console):
    step = {"title_zh": "联合踏勘", "title_en": "Joint visit", "kind": "inspection", "persons": "1", "limit_unit": "wd"}
    refused = desk.post(f"{D2}/plan/steps", {**step, "unit": "other", "other_unit": "no.such"})
    assert refused.context["form"].errors.keys() == {"other_unit"}
    other = {"unit": "other", "other_unit": console.other_unit.key}
    assert desk.post(f"{D2}/plan/steps", {**step, **other}).status_code == 302
    assert version().plan["steps"][-1]["unit"] == console.other_unit.key
    assert "Fire section" in desk.html(f"{D2}/plan")
    shown = desk.get(f"{D2}/plan/steps/joint_visit").context["form"].initial
    assert (shown["unit"], shown["other_unit"]) == ("other", console.other_unit.key)
    Unit.objects.filter(pk=console.other_unit.pk).update(closed_on="2026-01-01")
    assert desk.post(f"{D2}/plan/steps/joint_visit", {**step, **other}).status_code == 422


SERVICE = {
    "code": "LC90",
    "mode": "g2b",
    "department_role": "market",
    "name_zh": "夜市摊位登记",
    "name_en": "Night market stall",
    "summary_zh": "登记一个摊位。",
    "summary_en": "Register a stall.",
    "audience": ["person", "enterprise"],
    "item_type": "20",
    "level": "district",
    "promised_limit": "3",
    "promised_unit": "wd",
    "change_reason": "夜市开放",
}


def test_a_service_is_opened_written_published_by_a_second_person_and_can_be_filed(desk, console):
    procedure = desk.get("services/new").context["form"].fields["procedure"].choices[1][0]
    opened = desk.post("services/new", {**SERVICE, "procedure": procedure})
    assert opened.status_code == 302, opened.context["form"].errors
    path = "services/LC90/versions/1"
    assert opened["Location"].endswith(path)
    assert "asks nothing yet" in desk.html(path)
    with pytest.raises(NotFound):
        queries.published("LC90")
    question = {"title_zh": "摊主", "title_en": "Stallholder", "kind": "text", "required": "yes", "means": "visible"}
    assert desk.post(f"{path}/form/questions", question).status_code == 302
    step = {"title_zh": "审核", "title_en": "Check", "kind": "decide", "persons": "1", "limit_unit": "wd"}
    assert desk.post(f"{path}/plan/steps", step).status_code == 302
    desk.post(f"{path}/review")
    assert version("LC90", 1).state == "draft", "whoever wrote it does not review it"
    reviewed = console.admin.post(f"{path}/review", follow=True).content.decode()
    assert version("LC90", 1).state == "reviewed", reviewed
    assert console.admin.post(f"{path}/publish").status_code == 302
    assert queries.published("LC90").is_fileable
    assert "version 1: drafted" in desk.html("services/LC90")


def test_a_service_is_opened_for_ones_own_function_only_and_faults_stand_at_their_fields(desk, console):
    assert desk.post("services/new", SERVICE).context["form"].errors.keys() == {"procedure"}
    procedure = desk.get("services/new").context["form"].fields["procedure"].choices[1][0]
    refused = desk.post("services/new", {**SERVICE, "code": "LC01", "procedure": procedure})
    assert refused.context["form"].errors.keys() == {"code"}
    assert "Register a stall." in refused.content.decode()
    refused = desk.post("services/new", {**SERVICE, "code": "stall"})
    assert "code" in refused.context["form"].errors
    theirs = console.fire_admin.get("services/new").context["form"].fields["department_role"].choices
    assert [key for key, _name in theirs] == [""]
    assert not PublicService.objects.filter(code="LC90").exists()
