"""Departments, units and posts: opened, filled, ended and closed by those who may, with what hangs on them."""

import datetime as dt

import pytest
from django.core.management import call_command
from django.db import IntegrityError, transaction

from egov.identity import actions, queries
from egov.identity.actions.roles import ROLES
from egov.identity.models import Post, Unit
from egov.journal.models import Entry
from egov.kernel import clock, memory
from egov.kernel.actor import SYSTEM
from egov.kernel.errors import InvalidInput, NotFound, NotPermitted, TransitionNotAllowed
from egov.kernel.models import OutboxMessage

pytestmark = pytest.mark.django_db

NAME = {"zh-Hans": "江州市市场监督管理局", "en": "Jiangzhou Market Regulation Bureau"}


def faults(call, *args, **kwargs):
    with pytest.raises(InvalidInput) as caught, transaction.atomic():
        call(*args, **kwargs)
    return {fault.path: fault.code for fault in caught.value.faults}


@pytest.fixture
def department(identities):
    identities.region()
    return actions.open_department(
        SYSTEM, key="jz.market", full_name=NAME, level="city", region_code="990100", uscc="11330100000000019E"
    )


def test_a_department_is_opened_at_its_place(identities, department):
    below = actions.open_department(
        SYSTEM,
        key="jz.linjiang.market",
        full_name={"zh-Hans": "临江区市场监督管理局"},
        level="district",
        region_code="990102",
        parent_key="jz.market",
    )
    assert below.parent_id == department.pk
    assert queries.department("jz.market").party.name == "江州市市场监督管理局"
    assert [each.key for each in queries.departments()] == ["jz.linjiang.market", "jz.market"]
    assert [each.key for each in queries.departments("990102")] == ["jz.linjiang.market"]
    assert queries.party_by_number("cn.uscc", "11330100000000019E").pk == department.pk
    with pytest.raises(NotFound):
        queries.department("jz.unknown")


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"key": "jz.market"}, {"key": "taken"}),
        ({"key": ""}, {"key": "taken"}),
        ({"level": "village"}, {"level": "level"}),
        ({"region_code": "1"}, {"region_code": "region"}),
        ({"uscc": "1"}, {"uscc": "length"}),
    ],
)
def test_a_department_is_not_opened_with_faults(department, given, expected):
    fields = {"key": "jz.new", "full_name": NAME, "level": "city", "region_code": "990100", **given}
    assert faults(actions.open_department, SYSTEM, **fields) == expected


def test_a_department_without_a_key_is_refused_by_the_database(department):
    department.key = None
    with pytest.raises(IntegrityError), transaction.atomic():
        department.save()


def test_a_department_changes_its_names(department):
    actions.change_department(SYSTEM, department_id=department.pk, full_name={"zh-Hans": "新名"}, phone="12345")
    assert queries.department("jz.market").party.name == "新名"
    with pytest.raises(TypeError):
        actions.change_department(SYSTEM, department_id=department.pk, key="other")


def test_an_organisation_that_is_no_department_is_not_configured(identities):
    with pytest.raises(NotPermitted):
        actions.change_department(SYSTEM, department_id=identities.organisation().pk, phone="1")


# --- Units ------------------------------------------------------------------------------------------


def test_a_unit_is_opened(department):
    unit = actions.open_unit(
        SYSTEM, department_id=department.pk, key="jz.market.food", name={"zh-Hans": "食品科"}, region_code="990102"
    )
    below = actions.open_unit(
        SYSTEM, department_id=department.pk, key="jz.market.food.a", name={"zh-Hans": "一组"}, parent_id=unit.pk
    )
    assert queries.unit("jz.market.food.a") == below
    assert Entry.objects.filter(action="identity.open_unit", refs__contains=["unit:jz.market.food"]).exists()
    with pytest.raises(NotFound):
        queries.unit("unknown")


def test_a_unit_is_not_opened_with_faults(identities, department):
    other = identities.unit()
    fields = {"department_id": department.pk, "key": "jz.market.x", "name": NAME}
    for given, expected in [
        ({"key": other.key}, {"key": "taken"}),
        ({"key": ""}, {"key": "taken"}),
        ({"name": {}}, {"name": "name"}),
        ({"parent_id": other.pk}, {"parent_id": "parent"}),
        ({"region_code": "1"}, {"region_code": "region"}),
    ]:
        assert faults(actions.open_unit, SYSTEM, **{**fields, **given}) == expected
    with pytest.raises(NotFound):
        actions.open_unit(SYSTEM, **{**fields, "department_id": 0})


def test_a_unit_closes_when_it_is_empty(identities, department):
    unit = identities.unit(department)
    below = identities.unit(department, parent=unit)
    post = identities.post(unit, "clerk")
    with pytest.raises(TransitionNotAllowed):
        actions.close_unit(SYSTEM, unit_id=unit.pk)
    actions.end_post(SYSTEM, post_id=post.pk)
    with pytest.raises(TransitionNotAllowed):
        actions.close_unit(SYSTEM, unit_id=unit.pk)
    actions.close_unit(SYSTEM, unit_id=below.pk)
    closed_successor = {"unit_id": unit.pk, "successor_id": below.pk}
    assert faults(actions.close_unit, SYSTEM, **closed_successor) == {"successor_id": "closed"}
    assert faults(actions.close_unit, SYSTEM, unit_id=unit.pk, successor_id=unit.pk) == {"successor_id": "closed"}
    successor = identities.unit(department)
    actions.close_unit(SYSTEM, unit_id=unit.pk, successor_id=successor.pk)
    assert Unit.objects.get(pk=unit.pk).closed_on == clock.today()
    told = {"unit_id": unit.pk, "department_id": department.pk, "successor_id": successor.pk}
    first, second = OutboxMessage.objects.filter(name="unit_closed", payload__unit_id=unit.pk).order_by("due_at")
    assert (first.payload, second.payload) == (told, told)
    assert second.due_at - first.due_at > dt.timedelta(seconds=memory.SECONDS), "by then nobody sends it anything"
    with pytest.raises(TransitionNotAllowed):
        actions.close_unit(SYSTEM, unit_id=unit.pk)
    assert faults(actions.appoint, SYSTEM, **post_of(identities, unit)) == {"unit_id": "closed"}


def test_the_last_service_hall_stays(identities, department):
    hall = identities.unit(department, is_service_hall=True, region_id="990100")
    with pytest.raises(TransitionNotAllowed):
        actions.close_unit(SYSTEM, unit_id=hall.pk)
    identities.unit(department, is_service_hall=True, region_id="990100")
    actions.close_unit(SYSTEM, unit_id=hall.pk)


def test_the_heir_of_a_unit_is_the_one_named_then_a_colleague_then_the_service_hall(identities, department):
    above = identities.unit(department)
    closed = identities.unit(department, parent=above, region_id="990102", closed_on=clock.today())
    elsewhere = identities.unit(region_id="990100")
    with pytest.raises(NotFound):
        queries.heir_of(identities.unit(closed_on=clock.today()))
    hall = identities.unit(is_service_hall=True, region_id="990100")
    assert queries.heir_of(closed, named=elsewhere.pk) == elsewhere
    assert queries.heir_of(closed) == above
    first = identities.unit(department)
    Unit.objects.filter(pk__in=[above.pk, elsewhere.pk]).update(closed_on=clock.today())
    assert queries.heir_of(closed, named=elsewhere.pk) == first, "who was named has closed as well"
    Unit.objects.filter(pk=first.pk).update(closed_on=clock.today())
    assert queries.heir_of(closed) == hall


def test_the_nearest_service_hall(identities, department):
    identities.region("990103")
    city = identities.unit(department, is_service_hall=True, region_id="990100")
    assert queries.service_hall("990102") == city
    district = identities.unit(department, is_service_hall=True, region_id="990102")
    identities.unit(department, is_service_hall=True, region_id="990102", closed_on=clock.today())
    assert queries.service_hall("990102") == district
    assert queries.service_hall("990103") == city
    assert queries.service_hall("110101") is None


# --- Posts ------------------------------------------------------------------------------------------


def post_of(identities, unit, **more):
    actions.load_roles()
    return {
        "person_id": identities.person().pk,
        "unit_id": unit.pk,
        "title": {"zh-Hans": "科长"},
        "roles": ["reviewer", "section_head"],
        **more,
    }


def test_a_person_is_appointed(identities, department):
    unit = identities.unit(department)
    post = actions.appoint(SYSTEM, **post_of(identities, unit))
    assert {group.name for group in post.roles.all()} == {"reviewer", "section_head"}
    assert [each.pk for each in queries.posts_in(unit.pk)] == [post.pk]
    assert [each.pk for each in queries.posts_in(unit.pk, role="reviewer")] == [post.pk]
    assert not queries.posts_in(unit.pk, role="cashier")
    assert not queries.posts_in(unit.pk, on=clock.today() - dt.timedelta(days=1))
    assert not queries.head_posts(department.pk)


def test_those_who_head_the_department(identities, department):
    deputy = identities.post(identities.unit(department), "department_head")
    head = identities.post(identities.unit(department), "department_head", is_head=True)
    identities.post(identities.unit(department), "section_head", is_head=True)
    identities.post(None, "department_head")
    assert [each.pk for each in queries.head_posts(department.pk)] == [head.pk, deputy.pk]


def test_an_appointment_is_refused_with_faults(identities, department):
    unit = identities.unit(department)
    today = clock.today()
    assert faults(actions.appoint, SYSTEM, **post_of(identities, unit, roles=["king"])) == {"roles": "role"}
    backwards = post_of(identities, unit, valid_from=today, valid_to=today - dt.timedelta(days=1))
    assert faults(actions.appoint, SYSTEM, **backwards) == {"valid_to": "order"}
    held = post_of(identities, unit, valid_from=today, valid_to=today + dt.timedelta(days=9))
    actions.appoint(SYSTEM, **held)
    assert faults(actions.appoint, SYSTEM, **held) == {"valid_from": "overlap"}
    open_ended = {**held, "valid_from": today + dt.timedelta(days=9), "valid_to": None}
    assert faults(actions.appoint, SYSTEM, **open_ended) == {"valid_from": "overlap"}
    actions.appoint(SYSTEM, **{**held, "valid_from": today + dt.timedelta(days=10), "valid_to": None})
    before = {**held, "valid_from": today - dt.timedelta(days=9), "valid_to": today - dt.timedelta(days=1)}
    actions.appoint(SYSTEM, **before)
    with pytest.raises(NotFound):
        actions.appoint(SYSTEM, **{**held, "person_id": 0})


def test_two_posts_at_once_in_a_unit_are_refused_by_the_database(identities):
    post = identities.post()
    with pytest.raises(IntegrityError), transaction.atomic():
        Post.objects.create(person=post.person, unit=post.unit, title={}, valid_from=clock.today())


def test_a_post_ends(identities):
    today = clock.today()
    post = identities.post(None, "clerk", valid_from=today - dt.timedelta(days=5))
    early = {"post_id": post.pk, "last_day": today - dt.timedelta(days=6)}
    assert faults(actions.end_post, SYSTEM, **early) == {"last_day": "order"}
    actions.end_post(SYSTEM, post_id=post.pk, last_day=today - dt.timedelta(days=1))
    assert not queries.posts_in(post.unit_id)
    event = OutboxMessage.objects.get(name="post_ended")
    assert event.payload["person_id"] == post.person_id
    with pytest.raises(TransitionNotAllowed):
        actions.end_post(SYSTEM, post_id=post.pk)


def test_only_the_platforms_administrators_let_others_see_everything(identities, department, administrator):
    unit = identities.unit(department)
    own = administrator("department_admin", department_id=department.pk)
    for role in ("platform_admin", "supervisor"):
        with pytest.raises(NotPermitted):
            actions.appoint(own, **post_of(identities, unit, roles=[role]))
    actions.appoint(own, **post_of(identities, unit, roles=["department_head"]))
    actions.appoint(administrator("platform_admin"), **post_of(identities, unit, roles=["supervisor"]))


def test_a_grant_is_not_passed_on(identities, department, administrator):
    clerk = identities.officer("clerk", unit=identities.unit(department))
    other = identities.account()
    own = administrator("department_admin", department_id=department.pk)
    actions.grant_configuration(own, account_id=clerk.account_id, thing=department)
    assert queries.may_configure(clerk, department)
    with pytest.raises(NotPermitted):
        actions.grant_configuration(clerk, account_id=other.pk, thing=department)
    actions.withdraw_configuration(own, account_id=clerk.account_id, thing=department)
    assert not queries.may_configure(clerk, department)


# --- Roles ------------------------------------------------------------------------------------------


def test_roles_are_loaded_once(capsys):
    call_command("load_roles")
    assert f"{len(ROLES)} roles created" in capsys.readouterr().out
    call_command("load_roles")
    assert "0 roles created" in capsys.readouterr().out
