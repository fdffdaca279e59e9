"""Who decides on what was said and meant, and what an officer may name."""

import datetime as dt

import pytest

from egov.catalogue import actions as catalogue
from egov.catalogue.models import Event
from egov.journal.models import Entry
from egov.kernel import clock
from egov.kernel.actor import SYSTEM
from egov.kernel.errors import NotPermitted
from egov.routing import actions, memory, queries, tasks
from egov.routing.models import Example, Need

pytestmark = pytest.mark.django_db


@pytest.fixture
def offered(new_service):
    new_service("ZZ09", name={"zh-Hans": "宠物店备案", "en": "Pet shop record"})
    new_service("ZZ08", name={"zh-Hans": "宠物登记", "en": "Pet registration"}, department_role="police")
    Event.objects.create(code="LE90", kind="life", name={"zh-Hans": "养宠物", "en": "Keeping a pet"}, summary={})
    memory.forget()
    actions.reindex(SYSTEM)
    yield
    memory.forget()


@pytest.fixture
def market(offered, identities):
    department = identities.department("jz.linjiang.market")
    catalogue.set_competence(SYSTEM, region="990102", department_id=department.pk, department_role="market")
    return department


def said(text, target, **more):
    return Need.objects.create(text=text, language="en", chosen=target, at=clock.now(), **more)


def test_each_decides_on_its_own_services_and_the_platform_on_all(market, identities):
    own = said("a shop with cats", "ZZ09")
    corrected = said("my dog needs papers", "ZZ08", corrected=True)
    event = said("we get a dog", "LE90", corrected=True)
    said("nothing was chosen", "")
    said("looked at already", "ZZ09", learned=True)
    of_market = identities.officer("department_admin", unit=identities.unit(market))
    of_platform = identities.officer("platform_admin", unit=identities.unit(market))
    assert list(queries.needs_to_learn(of_market)) == [own]
    assert list(queries.needs_to_learn(of_platform)) == [event, corrected, own]
    assert list(queries.needs_to_learn(SYSTEM)) == [event, corrected, own]


def test_what_waits_at_other_departments_hides_nothing(market, identities):
    own = said("a shop with cats", "ZZ09")
    Need.objects.bulk_create(
        Need(text=f"dog {n}", language="en", chosen="ZZ08", corrected=True, at=clock.now()) for n in range(60)
    )
    of_market = identities.officer("department_admin", unit=identities.unit(market))
    assert list(queries.needs_to_learn(of_market)[:50]) == [own]


def test_only_who_could_take_it_sets_it_aside(market, identities):
    of_market = identities.officer("department_admin", unit=identities.unit(market))
    for target in ("ZZ08", "LE90"):
        need = said("my dog", target)
        with pytest.raises(NotPermitted):
            actions.learn_need(of_market, need_id=need.pk, target="")
    own = said("a shop with cats", "ZZ09")
    assert actions.learn_need(of_market, need_id=own.pk, target="") is None
    assert not Example.objects.filter(text=own.text).exists()
    assert not queries.needs_to_learn(of_market).exists()
    assert Entry.objects.filter(action="routing.set_need_aside").count() == 1


def test_a_correction_is_in_the_journal_without_its_words(market, identities):
    officer = identities.officer("reviewer", unit=identities.unit(market))
    need = actions.correct_need(officer, text="my dog 110101199003071234", target="LE90")
    assert need.text == "my dog …"
    entry = Entry.objects.get(action="routing.correct_need")
    assert "dog" not in str([entry.refs, entry.reason])


def test_what_is_said_again_waits_once(market, identities):
    officer = identities.officer("reviewer", unit=identities.unit(market))
    first = actions.correct_need(officer, text="my dog", target="LE90")
    assert actions.correct_need(officer, text="my dog ", target="LE90") == first
    assert actions.correct_need(officer, text="my dog", target="ZZ08") != first
    actions.learn_need(SYSTEM, need_id=first.pk, target="")
    assert actions.correct_need(officer, text="my dog", target="LE90") != first


@pytest.mark.parametrize(
    ("text", "code"),
    [("zz09", "ZZ09"), (" Pet shop record ", "ZZ09"), ("养宠物", "LE90"), ("pet", None), ("", None), ("ZZ", None)],
)
def test_a_code_or_a_whole_name_names_one(offered, text, code):
    found = queries.target_named(text)
    assert (found.code if found else None) == code


def test_a_part_of_a_name_finds_those_that_hold_it(offered):
    assert {each.code for each in queries.targets_like("pet")} == {"ZZ08", "ZZ09", "LE90"}
    assert queries.targets_like("shop pet")[0].code == "ZZ09"
    assert queries.targets_like("zz0")[0].code in ("ZZ08", "ZZ09")
    assert [each.kind for each in queries.targets()] == ["event", "service", "service"]
    assert queries.targets_like("") == []


def test_after_half_a_year_only_an_officers_word_that_waits_is_kept(offered):
    long_ago = clock.now() - actions.KEPT - dt.timedelta(days=1)
    for text, more in (
        ("never chosen from", {"chosen": ""}),
        ("chosen", {}),
        ("corrected and reviewed", {"corrected": True, "learned": True}),
        ("corrected and waiting", {"corrected": True}),
    ):
        Need.objects.create(**{"text": text, "language": "en", "chosen": "ZZ09", "at": long_ago, **more})
    said("lately", "ZZ09")
    assert tasks.forget_needs() == 3
    assert {need.text for need in Need.objects.all()} == {"corrected and waiting", "lately"}
