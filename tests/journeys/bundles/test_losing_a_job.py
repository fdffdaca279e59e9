"""Somebody is dismissed without wages: the benefit is refused, what hangs on it falls away, the rest goes on."""

import pytest

from tests.plugins import walking, whole

pytestmark = [pytest.mark.long, pytest.mark.journey, pytest.mark.timeout(1200), walking.ON_A_PHONE_TOO]

WORKER = {"born_on__range": ["1976-01-01", "1998-01-01"], "representations": None, "party__region": "990102"}
ABOUT = {
    "involuntary": "true",
    "years_of_contributions": "3",
    "employer_filed": "true",
    "dispute": "true",
    "start_business": "false",
    "poor": "false",
    "hard_to_place": "false",
}


def answers_of(worker):
    return {
        "person__education_level": "senior",
        "em08__group": "unemployed",
        "employment__last_employer_name": worker.say("江州市望江食品有限公司", "Wangjiang Foods"),
        "employment__ended_on": "2026-10-31",
        "employment__end_reason": "dismissed",
        "employment__looking_for_work": True,
        "em01__services": ["job", "training"],
        "em01__wanted_post": worker.say("仓库管理员", "Storekeeper"),
        "employment__without_work": True,
        "em08__trade": "forklift",
        "em08__level": "basic",
        "em08__region": "990102",
        "em08__time": "weekdays",
        "em08__once_promise": True,
        "cl22__insurance_now": "stopped",
        "bank__name": worker.say("江州农商银行", "Jiangzhou Rural Commercial Bank"),
        "bank__account": "6222000000000000123",
        "dispute__facts": worker.say("公司欠我两个月工资，说没有钱。", "Two months of wages were not paid."),
        "cp07__work_region": "990102",
        "employment__employer_address": worker.say("江州市临江区码头路 5 号", "5 Matou Road"),
        "employment__started_on": "2022-03-01",
        "cp07__violations": ["wages"],
        "dispute__unpaid_wages": "9800",
        "dispute__unpaid_from": "2026-09-01",
        "dispute__unpaid_to": "2026-10-31",
        "cp07__people": "1",
    }


def test_the_benefit_is_refused_and_the_rest_goes_on(walker, officers, somebody):
    worker, who = walker(), somebody(**WORKER)
    whole.begin(
        worker,
        who,
        worker.say("被公司裁了，接下来要做什么", "I was laid off, what now"),
        "LE04",
        ABOUT,
        services=["EM08", "CP07"],
    )
    worker.complete(**answers_of(worker))
    matter = whole.send(worker)
    found = officers.finish(matter, refuse={"SI09"})
    assert found.members == {"EM01": "done", "SI09": "failed", "EM08": "done", "CL22": "dropped", "CP07": "done"}
    assert found.outcomes["SI09"] == "refused"

    # The page of the matter says what was refused and what can be done, what fell away and why, and that it ended.
    whole.see_the_end(worker, matter, done=3, total=4)
    worker.sees(worker.say("不符合条件", "The conditions are not met"))
    worker.follow("/contest/")
