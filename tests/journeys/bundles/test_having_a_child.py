"""A mother says that her child was born; five departments do their part, each when what it needs exists."""

import pytest

from tests.plugins import walking, whole

pytestmark = [pytest.mark.long, pytest.mark.journey, pytest.mark.timeout(1200), walking.ON_A_PHONE_TOO]

MOTHER = {
    "sex": "female",
    "born_on__range": ["1986-01-01", "2002-01-01"],
    "relationships__kind": "spouse",
    "party__region": "990102",
}


def answers_of(mother, who):
    """The one form of nine services: each question by the element or the service that it belongs to."""
    return {
        "child__name": mother.say("林安安", "Lin An'an"),
        "child__sex": "female",
        "child__born_on": "2026-11-02",
        "child__hospital": mother.say("江州市妇幼保健院", "Jiangzhou Maternity Hospital"),
        "child__weight_g": "3250",
        "child__birth_order": "2",
        "child__ethnic_group": mother.say("汉族", "Han"),
        "child__registered_region": "990102",
        "child__applicant_relation": "mother",
        "parent__mother_name": who.name,
        "parent__mother_id_number": who.number,
        "mh06__place": "hospital",
        "mh06__birth_time": "09:05",
        "cl01__joins": "mother",
        "mh07__reason": "first",
        "vaccination__clinic": mother.say("临江区望江街社区卫生服务中心", "Wangjiang Street health centre"),
        "mh02__category": "newborn",
        "mh02__ground": "household",
        "mh02__not_insured": True,
        "insurance__medical_area": "990102",
        "si12__purpose": "first",
        "si12__card_bank": "icbc",
        "si12__card_delivery": "branch",
        "mh09__source": "born",
        "mh09__account_of": "applicant",
        "mh09__no_double_claim": True,
        "bank__name": mother.say("江州农商银行", "Jiangzhou Rural Commercial Bank"),
        "bank__account": "6222000000000000123",
        "bank__holder": who.name,
        "mh05__claim_as": "employee",
        "mh05__kind": "delivery",
        "mh05__delivery_kind": "normal",
        "mh05__babies": "1",
        "mh05__leave_from": "2026-10-20",
        "mh05__directly_settled": True,
        "employment__employer_name": mother.say("江州市晓雯餐饮有限公司", "Xiaowen Catering"),
        "tax__year": "2026",
        "tx01__housing": "none",
        "tx01__items": ["child"],
        "tx01__withholding": "yearly",
        "tx01__child_stage": "under_three",
        "tx01__child_share": "full",
        "tx01__truth": True,
    }


def test_from_the_birth_to_the_subsidy(walker, officers, somebody):
    mother, who = walker(), somebody(**MOTHER)
    whole.begin(
        mother,
        who,
        mother.say("孩子刚出生，要办哪些手续", "we just had a baby, which papers do we need"),
        "LE01",
        {"born_in": "mainland", "employee_maternity": "true", "under_three": "true", "pays_income_tax": "true"},
        services=["SI12", "TX01"],
    )
    mother.complete(**answers_of(mother, who))
    matter = whole.send(mother)
    found = officers.finish(matter)
    services = ("MH06", "CL01", "MH07", "MH02", "SI12", "MH09", "MH05", "TX01")
    assert found.members == dict.fromkeys(services, "done")
    whole.see_the_end(mother, matter, done=8, total=8)
