"""Who is married need not register a marriage; who was divorced may marry again."""

import datetime as dt

from egov.identity import actions as identity
from egov.kernel import clock
from egov.kernel.actor import SYSTEM
from egov.routing import queries as routing
from egov.routing.queries import Why

ANSWERS = {"both_mainland": True, "move_household": False, "plan_child": False}


def test_the_register_of_people_says_whether_a_marriage_stands(quick_city, identities):
    actor = quick_city.actor("wu.accountant", "self")
    spouse = identities.person("陈立", sex="male", born_on=dt.date(1990, 6, 1))

    def registration():
        plan = routing.plan_bundle(actor, event="LE05", answers=ANSWERS)
        return next(each.why for each in plan.members if each.service == "CL10")

    pair = {"subject_id": actor.party_id, "of_id": spouse.pk, "kind": "spouse"}
    assert registration() is Why.APPLIES
    identity.relate(SYSTEM, **pair, valid_from=dt.date(2020, 5, 20))
    assert registration() is Why.HELD
    identity.end_relationship(SYSTEM, **pair, last_day=clock.today() - dt.timedelta(days=1), reason="divorce")
    assert registration() is Why.APPLIES
