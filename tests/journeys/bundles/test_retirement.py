"""A man of sixty retires early: one form, then his pension, insurance and savings one after the other."""

import datetime as dt

import pytest

from egov.kernel import clock
from tests.plugins import walking, whole

pytestmark = [pytest.mark.long, pytest.mark.journey, pytest.mark.timeout(1200), walking.ON_A_PHONE_TOO]

MAN = {"sex": "male", "born_on__range": ["1963-01-01", "1966-12-31"]}


def answers_of(man):
    first = (clock.today().replace(day=1) + dt.timedelta(days=64)).replace(day=1)
    return {
        "si08__direction": "early",
        "retirement__post_class": "male",
        "retirement__retires_on": first.isoformat(),
        "employment__employer_name": man.say("江州市望江食品有限公司", "Wangjiang Foods"),
        "si08__enough_years": True,
        "si07__work_began_on": "1986-07-01",
        "si07__deemed_years": True,
        "insurance__medical_area": "990102",
        "mh13__enough_years": "enough",
        "hf07__open_loan": "none",
        "hf07__close_account": True,
        "bank__name": man.say("江州农商银行", "Jiangzhou Rural Commercial Bank"),
        "bank__account": "6222000000000000123",
    }


def test_from_the_last_month_to_the_pension(walker, officers, somebody):
    man, who = walker(), somebody(**MAN)
    whole.begin(
        man,
        who,
        man.say("快退休了，要办哪些手续", "I am retiring soon, what do I have to arrange"),
        "LE08",
        {"flexible": "true", "enough_years": "true"},
        services=["HF07"],  # leaving early or late comes along: the pension needs it first
    )
    man.complete(**answers_of(man))
    matter = whole.send(man)
    found = officers.finish(matter)
    assert found.members == dict.fromkeys(("SI08", "SI07", "MH13", "HF07"), "done")
    whole.see_the_end(man, matter, done=4, total=4)
